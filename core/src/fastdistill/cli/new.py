"""`fd new`: a package for a plugin of one's own, whose tests pass at once."""

from pathlib import Path

import click

from fastdistill.cli.terminal import echo
from fastdistill.host import PluginHost
from fastdistill.scaffold.kinds import TEMPLATES
from fastdistill.scaffold.write import write


@click.command(short_help="Write the package of a plugin of your own.")
@click.argument("kind", metavar="|".join(TEMPLATES))
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), metavar="DIR", help="The folder [fastdistill-NAME]."
)
def command(kind: str, name: str, into: Path | None) -> None:
    """Write a package that offers one plugin: pyproject, module, tests, README. Its tests pass at once.

    NAME is what a run file calls it: words of lower-case letters and digits, joined by hyphens.
    """
    made = write(kind, name, into, PluginHost().discover())
    for path in made.files:
        echo(str(path))
    echo(f"Next: cd {made.folder} && pip install -e . --group test && pytest && fd plugins")
