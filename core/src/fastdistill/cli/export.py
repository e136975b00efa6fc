"""`fd export`: a run in the form that a trainer reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click

from fastdistill.cli.terminal import echo
from fastdistill.config import parse_setting
from fastdistill.errors import SetupError, UsageError
from fastdistill.host import Offer, PluginHost
from fastdistill.run.ops.export import FinishedRun, TokenBound, export, finished_run
from fastdistill.serde import StructureError, nearest, structure


def _options(offer: Offer, given: dict[str, Any]) -> Any:
    """Return the form's options. Raises `UsageError` for one that it does not have."""
    known = [f.name for f in attrs.fields(offer.spec.config)]
    for key in given:
        if key not in known:
            there = ", ".join(known) or "none"
            hint = nearest(key, known) or f"; it has: {there}"
            raise UsageError(f"the form {offer.spec.name!r} has no option {key!r}{hint}")
    try:
        return structure(given, offer.spec.config, path=offer.spec.name)
    except StructureError as error:
        raise UsageError(str(error)) from None


def _bound(most: int | None, tokenizer: Path | None) -> TokenBound | None:
    if most is None and tokenizer is None:
        return None
    if most is None or tokenizer is None:
        raise UsageError("--max-tokens and --tokenizer go together: a number, and what to count with")
    return TokenBound(most=most, count=_counter(tokenizer))


def _counter(path: Path) -> Callable[[str], int]:
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError:
        raise SetupError("--max-tokens needs tokenizers: pip install tokenizers") from None
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"there is no tokenizer at {str(file)!r}")
    try:
        made = Tokenizer.from_file(str(file))
    except Exception as error:  # noqa: BLE001  the library raises a bare Exception
        raise UsageError(f"{str(file)!r} is not a tokenizer: {error}") from None
    return lambda text: len(made.encode(text).ids)


@click.command(short_help="Write a run in the form that a trainer reads.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to", "form", required=True, metavar="FORM", help="sft, dpo, verl, ...: `fd plugins` lists them."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write.")
@click.option("--content", type=click.Choice(["auto", "answer", "reply"]), help="What the assistant says.")
@click.option("--reasoning", type=click.Choice(["field", "think", "drop"]), help="Where reasoning goes.")
@click.option("--max-tokens", type=click.IntRange(1), metavar="N", help="Leave longer rows out.")
@click.option("--tokenizer", type=click.Path(path_type=Path), help="The tokenizer.json to count with.")
@click.option("--card", is_flag=True, help="Write README.md: configs, funnel, gate errors, teacher, cost.")
@click.option("--license", "licence", metavar="ID", help="The licence that you give it, for the card.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="An option of the form.")
def command(
    runs: tuple[Path, ...],
    form: str,
    out: Path,
    content: str | None,
    reasoning: str | None,
    max_tokens: int | None,
    tokenizer: Path | None,
    card: bool,
    licence: str | None,
    settings: tuple[str, ...],
) -> None:
    """Write one run, or several as one, as rows for a trainer, a file for each split.

    Of tasks that several runs share the first run's is taken. Nothing is written where there are no rows.
    """
    host = PluginHost().discover()
    offer = host.get("exporters", form)
    given = {"content": content, "reasoning": reasoning}
    given |= {".".join(path): value for path, value in map(parse_setting, settings)}
    options = _options(offer, {key: value for key, value in given.items() if value is not None})
    bound = _bound(max_tokens, tokenizer)
    opened: list[FinishedRun] = [finished_run(folder, host) for folder in runs]
    found = export(
        opened, offer, options, out, bound=bound, card=card or licence is not None, licence=licence
    )
    for name, count in found.files.items():
        echo(f"{out / name}: {count} rows")
    if found.duplicates:
        echo(f"{found.duplicates} tasks stood in an earlier run already")
    if found.too_long:
        echo(f"{found.too_long} rows have more than {max_tokens} tokens and were left out")
