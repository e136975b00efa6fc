"""`fd report`: a run's figures at the terminal."""

import json
from pathlib import Path
from typing import Any

import click

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.errors import RunFolderError
from fastdistill.run.folder import MANIFEST, PAGE, QUALITY, TIMING


def read(folder: Path, name: str) -> dict[str, Any]:
    """A report of the run in `folder`. Raises `RunFolderError` if it is not there or not JSON."""
    path = folder / name
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise RunFolderError(
            f"there is no {name} in {str(folder)!r}: is this the folder of a run?"
        ) from None
    except OSError as error:
        raise RunFolderError(f"cannot read {str(path)!r}: {error.strerror or 'it fails'}") from None
    except ValueError:
        raise RunFolderError(
            f"{str(path)!r} is not JSON: it was changed or is damaged; fd verify tells which files were"
        ) from None
    if not isinstance(found, dict):
        raise RunFolderError(f"{str(path)!r} is not a report")
    return found


def shown(rate: dict[str, Any]) -> str:
    """A rate with its counts."""
    value = rate["rate"]
    return f"{'unknown' if value is None else f'{value:.1%}'} ({rate['count']} of {rate['of']})"


def number(value: float | None, unit: str = "") -> str:
    """A figure, or `unknown`."""
    return "unknown" if value is None else f"{value:,.2f}{unit}"


@click.command(short_help="Show what a run found.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The three reports as one JSON object.")
def command(run: Path, as_json: bool) -> None:
    """Show the figures of the run in folder RUN."""
    with reading(run):
        manifest, quality, timing = (read(run, name) for name in (MANIFEST, QUALITY, TIMING))
        if as_json:
            echo(json.dumps({"manifest": manifest, "quality": quality, "timing": timing}, indent=2))
            return
        counts = quality["counts"]
        echo(f"run {manifest['run_id']}: {manifest['scenario']}, {manifest['outcome']}")
        echo("  ".join(f"{name} {count}" for name, count in counts.items()))
        for name in ("p_keep", "exec_pass", "gold_match", "unlabelled"):
            echo(f"{name:<14}{shown(quality[name])}")
        for title in ("reject_reason_counts", "error_reason_counts", "failed_reason_counts"):
            if quality[title]:
                echo(f"{title}: " + ", ".join(f"{key} {count}" for key, count in quality[title].items()))
        for gate in quality["gates"]:
            echo(
                f"  {gate['gate']:<26}{gate['kind']:<7}judged {gate['judged']}, passed {gate['passed']}, "
                f"rejected {gate['rejected']}, errors {gate['errors']}"
            )
        echo(
            f"{number(timing['elapsed'], ' s')}; mean in flight {number(timing['mean_in_flight'])}; "
            f"accepted per hour {number(timing['accepted_per_hour'])}; "
            f"US dollars {number(timing['usd'])}"
        )
        echo(f"page  {run / PAGE}")
