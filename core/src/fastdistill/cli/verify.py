"""`fd verify`: a run's files against its manifest."""

import json
from pathlib import Path

import attrs
import click

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.run.ops.verify import verify


@click.command(short_help="Check a run's files against its manifest.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--expect", metavar="DIGEST", help="The manifest's digest, as printed when the run ended.")
@click.option("--tasks", type=click.Path(path_type=Path), help="Check also that this is the task file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(run: Path, expect: str | None, tasks: Path | None, as_json: bool) -> int:
    """Check every file of RUN against its manifest, and the manifest against the ledger.

    Exit code 0 if nothing was changed, 1 otherwise. Notes tell where this machine is another than the
    run's; they do not change the exit code.
    """
    with reading(run):
        report = verify(run, expect=expect, source=tasks)
        if as_json:
            echo(json.dumps(attrs.asdict(report), ensure_ascii=True))
        else:
            for problem in report.problems:
                echo(f"problem: {problem}")
            for note in report.notes:
                echo(f"note: {note}")
            echo(f"{'changed' if report.problems else 'unchanged'}: manifest digest {report.digest}")
        return 1 if report.problems else 0
