"""`fd tasks import`: released datasets as task files."""

from pathlib import Path

import click

from fastdistill.errors import UsageError, boundary
from fastdistill.host import PluginHost
from fastdistill.serde import nearest
from fastdistill.specs import ImportOptions, ImportSpec, ScenarioSpec


@click.group(short_help="Import released datasets as tasks.")
def command() -> None:
    """Work with task files."""


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
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--samples", type=click.IntRange(min=1), metavar="N", help="Draw N tasks [all].")
@click.option("--seed", type=int, default=0, metavar="N", help="Of the draw and the split.")
@click.option(
    "--eval-share", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE", help="Groups put aside."
)
def import_(name: str, source: Path, out: Path, samples: int | None, seed: int, eval_share: float) -> None:
    """Turn the released dataset NAME at SOURCE into OUT/tasks.jsonl."""
    found = importers(PluginHost().discover())
    if name not in found:
        raise UsageError(
            f"there is no importer {name!r}{nearest(name, list(found))}; installed: "
            f"{', '.join(sorted(found)) or 'none'}"
        )
    if not source.exists():
        raise UsageError(f"there is nothing at {str(source)!r}")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {str(out)!r}: {error.strerror or error}") from None
    owner, spec = found[name]
    with boundary(owner, f"import of {name}"):
        report = spec.run(source, out, ImportOptions(samples=samples, seed=seed, eval_share=eval_share))
    for key, count in report.counts.items():
        click.echo(f"{key}: {count}")
    for path in report.files:
        click.echo(str(path))
