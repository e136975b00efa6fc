"""`fd view`: a run in the browser, or as one page."""

from pathlib import Path

import click

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError


@click.command(short_help="Look through a run in the browser.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("run2", required=False, type=click.Path(path_type=Path))
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="The port [a free one].")
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    help="Where verdicts that you call wrong are kept [RUN.cases.jsonl beside the run].",
)
@click.option(
    "--page", type=click.Path(path_type=Path), help="Write one page to this file, and serve nothing."
)
@click.option(
    "--most", default=5000, show_default=True, type=click.IntRange(1, 20_000), help="Tasks on that page."
)
def command(
    run: Path, run2: Path | None, port: int, cases: Path | None, page: Path | None, most: int
) -> None:
    """Serve RUN on this machine: filters, search, every answer with its evidence; RUN2 to compare with.

    The printed address holds a token: whoever has it sees the run. Nothing in RUN is changed, also while it
    is still going on. Ctrl-C ends it.
    """
    folders = (run,) if run2 is None else (run, run2)
    with reading(*folders):
        if page is not None:
            from fastdistill.view.single import write_page

            if run2 is not None:
                raise UsageError("--page is of one run: leave RUN2 out")
            count, total = write_page(run, page, most)
            sample = "" if count == total else f", a sample of {total:,} by status and reason"
            echo(f"{count:,} tasks{sample}: {page}")
            return
        from fastdistill.view.serving import Viewer

        viewer = Viewer(folder=run, against=run2, cases=cases, port=port)
        viewer.serve(lambda url: click.echo(f"{run} is at {url}", err=False))
