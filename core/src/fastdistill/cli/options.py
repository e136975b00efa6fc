"""The options that several commands share, and the run file they make."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from fastdistill.config import Loaded, load
from fastdistill.errors import UsageError
from fastdistill.run.mapping import map_of

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = [
    click.argument("runfile", required=False, type=click.Path(path_type=Path)),
    click.option("--scenario", metavar="NAME", help="The kind of task: sql, code, math or a plugin's."),
    click.option(
        "--tasks", type=click.Path(path_type=Path), help="Task file; - is stdin [the bundled pack]."
    ),
    click.option("--map", "columns", multiple=True, metavar="OURS=THEIRS", help="Our field, their column."),
    click.option("--base", type=click.Path(path_type=Path), help="Where paths inside tasks start."),
    click.option("--shard", metavar="K/N", help="Take the Kth of N parts of the tasks, such as 1/4."),
    click.option("--split", metavar="A/B/C", help="Shares of train, validation and test: 0.9/0.05/0.05."),
    click.option("--by", metavar="COLUMN", help="What a split may not part: a column, or near-duplicates."),
    click.option("--limit", type=int, metavar="N", help="Take only the first N tasks."),
    click.option("--teacher", metavar="PROVIDER:MODEL", help="Who is asked, such as openai:gpt-4.1."),
    click.option("--base-url", metavar="URL", help="The teacher's endpoint."),
    click.option("--attempts", type=int, metavar="N", help="Requests for one task."),
    click.option("--concurrency", type=int, metavar="N", help="At most N requests in flight [found]."),
    click.option("--seed", type=int, metavar="N", help="Another seed asks again."),
    click.option("--no-cache", is_flag=True, help="Neither read nor write the completion cache."),
    click.option(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value of the run file."
    ),
]

_FLAGS = {
    "scenario": ["scenario"],
    "limit": ["limit"],
    "shard": ["shard"],
    "base_url": ["teacher", "0", "options", "base_url"],
    "attempts": ["teacher", "0", "attempts"],
    "concurrency": ["teacher", "0", "max_in_flight"],
    "seed": ["seed"],
}


def shares_of(text: str) -> list[tuple[str, float]]:
    """Return what `--split` says, by split. Raises `UsageError`."""
    try:
        shares = [float(one) for one in text.split("/")]
    except ValueError:
        shares = []
    if not 2 <= len(shares) <= 3 or not all(0 <= one <= 1 for one in shares) or abs(sum(shares) - 1) > 1e-9:
        raise UsageError(
            f"--split {text!r}: write the shares of train, validation and test, such as 0.9/0.05/0.05; "
            "they make 1 together"
        )
    names = ("train", "validation", "test") if len(shares) == 3 else ("train", "test")
    return list(zip(names, shares, strict=True))


def run_options(function: F) -> F:
    """Add the options that make a run file."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def loaded(
    runfile: Path | None,
    settings: tuple[str, ...],
    flags: dict[str, Any],
    more: Sequence[tuple[str, str, Any]] = (),
) -> Loaded:
    """The run file that a command line asks for; `more` holds further flags as `(flag, path, value)`."""
    layers: list[tuple[str, list[str], Any]] = []
    if flags.get("teacher"):
        provider, sign, model = flags["teacher"].partition(":")
        if not sign or not provider or not model:
            raise UsageError(
                f"--teacher {flags['teacher']!r}: write PROVIDER:MODEL, such as openai:gpt-4.1; "
                "`fd plugins` lists the providers"
            )
        layers += [
            ("--teacher", ["teacher", "0", "provider"], provider),
            ("--teacher", ["teacher", "0", "model"], model),
        ]
    layers += [
        (f"--{name.replace('_', '-')}", path, flags[name])
        for name, path in _FLAGS.items()
        if flags.get(name) is not None
    ]
    if flags.get("tasks"):
        layers.append(("--tasks", ["tasks"], str(flags["tasks"])))
    layers += [
        (f"--map {ours}={theirs}", ["map", ours], theirs)
        for ours, theirs in map_of(flags.get("columns") or ()).items()
    ]
    if flags.get("split"):
        layers += [
            (f"--split {flags['split']}", ["split", name], n) for name, n in shares_of(flags["split"])
        ]
    if flags.get("by"):
        layers.append(("--by", ["split", "by"], flags["by"]))
    if flags.get("base"):
        layers.append(("--base", ["base"], str(flags["base"])))
    if flags.get("no_cache"):
        layers.append(("--no-cache", ["cache"], False))
    layers += [(flag, path.split("."), value) for flag, path, value in more if value is not None]
    return load(runfile, settings, layers)
