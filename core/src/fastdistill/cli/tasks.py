"""`fd tasks`: check task files, turn released datasets into them."""

from pathlib import Path

import click

from fastdistill.cli.check import command as check
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError, boundary
from fastdistill.host import PluginHost
from fastdistill.serde import nearest
from fastdistill.specs import ImportOptions, ImportSpec, ScenarioSpec


@click.group(short_help="Check task files, import released datasets as tasks.")
def command() -> None:
    """Work with task files."""


command.add_command(check)


def importers(host: PluginHost) -> dict[str, tuple[str, ImportSpec]]:
    """Every importer by name, with its owner."""
    return {
        spec.name: (str(offer.origin), spec)
        for offer in host.offers("scenarios")
        if isinstance(offer.spec, ScenarioSpec)
        for spec in offer.spec.importers
    }


@command.command("import", short_help="Turn a released dataset into a task file.")
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, metavar="[SOURCE] OUT", type=click.Path(path_type=Path))
@click.option("--samples", type=click.IntRange(min=1), metavar="N", help="Draw N tasks [all].")
@click.option("--seed", type=int, default=0, metavar="N", help="Of the draw and the split.")
@click.option(
    "--eval-share", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE", help="Groups put aside."
)
@click.option("--questions", type=click.Path(path_type=Path), help="One file in the release's columns.")
@click.option("--databases", type=click.Path(path_type=Path), help="The folder of its databases.")
def import_(
    name: str,
    paths: tuple[Path, ...],
    samples: int | None,
    seed: int,
    eval_share: float,
    questions: Path | None,
    databases: Path | None,
) -> None:
    """Turn the released dataset NAME at SOURCE into OUT/tasks.jsonl.

    With --questions FILE, and --databases DIR where they lie apart, SOURCE may be left out.
    """
    found = importers(PluginHost().discover())
    if name not in found:
        raise UsageError(
            f"there is no importer {name!r}{nearest(name, list(found))}; installed: "
            f"{', '.join(sorted(found)) or 'none'}"
        )
    owner, spec = found[name]
    if (questions or databases) and not spec.questions:
        raise UsageError(
            f"the importer {name!r} takes neither --questions nor --databases: name its SOURCE"
        )
    source, out = _places(paths, questions)
    if not source.exists():
        raise UsageError(f"there is nothing at {str(source)!r}")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {str(out)!r}: {error.strerror or error}") from None
    options = ImportOptions(
        samples=samples, seed=seed, eval_share=eval_share, questions=questions, databases=databases
    )
    with boundary(owner, f"import of {name}"):
        report = spec.run(source, out, options)
    for key, count in report.counts.items():
        echo(f"{key}: {count}")
    for path in report.files:
        echo(str(path))


def _places(paths: tuple[Path, ...], questions: Path | None) -> tuple[Path, Path]:
    """SOURCE and OUT; the folder of `--questions` stands for a SOURCE that is left out."""
    if len(paths) == 1 and questions is not None:
        return questions.parent, paths[0]
    if len(paths) != 2:
        raise UsageError(
            f"SOURCE and OUT are wanted (SOURCE only without --questions), not {len(paths)} paths"
        )
    return paths[0], paths[1]
