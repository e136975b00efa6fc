"""`fd models`: the weights that providers keep themselves."""

import click

from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.serde import nearest
from fastdistill.specs import ModelCatalog, ProviderSpec


def catalogs() -> list[tuple[str, ModelCatalog]]:
    """The catalogs of the installed providers, each with its provider's name."""
    return [
        (offer.spec.name, offer.spec.models())
        for offer in PluginHost().discover().offers("providers")
        if isinstance(offer.spec, ProviderSpec) and offer.spec.models is not None
    ]


@click.group(short_help="List and fetch the weights of embedded teachers.")
def command() -> None:
    """Work with the weights of embedded teachers."""


@command.command("list")
def list_() -> None:
    """List the known models and where their verified weights lie."""
    for provider, catalog in catalogs():
        for entry in catalog.entries():
            where = str(entry.path) if entry.path else "not here yet"
            echo(f"{provider}:{entry.name}  {entry.size / 1e6:.0f} MB  {entry.licence}  {where}")
            echo(f"  {entry.summary}")


@command.command("pull")
@click.argument("name")
def pull(name: str) -> None:
    """Fetch and verify the model NAME, unless it is here."""
    names = []
    for _, catalog in catalogs():
        names += [entry.name for entry in catalog.entries()]
        if name in names:
            echo(str(catalog.pull(name, lambda line: click.echo(line, err=True))))
            return
    raise UsageError(
        f"there is no known model {name!r}{nearest(name, names)}; known: {', '.join(names) or 'none'}"
    )
