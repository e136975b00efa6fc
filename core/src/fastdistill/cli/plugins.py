"""`fd plugins`: what is installed, and what failed to load."""

import json

import click

from fastdistill.cli.terminal import echo
from fastdistill.host import KINDS, Offer, PluginFailure, PluginHost


def _offer(offer: Offer) -> dict[str, object]:
    origin = offer.origin
    return {
        "kind": offer.kind,
        "name": offer.spec.name,
        "summary": offer.spec.summary,
        "tier": getattr(offer.spec, "tier", None),
        "plugin": origin.plugin,
        "distribution": origin.distribution,
        "version": origin.version,
    }


def _failure(failure: PluginFailure) -> dict[str, object]:
    origin = failure.origin
    return {
        "plugin": origin.plugin,
        "distribution": origin.distribution,
        "version": origin.version,
        "stage": failure.stage,
        "error": failure.error,
    }


def rivals(offers: list[Offer]) -> list[tuple[str, str, list[str]]]:
    """Names that more than one plugin offers: kind, name, and who."""
    found: dict[tuple[str, str], list[str]] = {}
    for offer in offers:
        found.setdefault((offer.kind, offer.spec.name), []).append(str(offer.origin))
    return [(kind, name, who) for (kind, name), who in found.items() if len(who) > 1]


@click.command(short_help="List what is installed, and what failed to load.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(as_json: bool) -> None:
    """List what is installed, what failed to load, and which names have rivals.

    Tier 1 providers are tested in full; tier 2 is best effort.
    """
    host = PluginHost().discover()
    offers = host.offers()
    both = rivals(offers)
    if as_json:
        shown = {
            "offers": [_offer(offer) for offer in offers],
            "failures": [_failure(failure) for failure in host.failures],
            "rivals": [{"kind": kind, "name": name, "plugins": who} for kind, name, who in both],
        }
        echo(json.dumps(shown, indent=2))
        return
    for kind in KINDS:
        of_kind = [offer for offer in offers if offer.kind == kind]
        if not of_kind:
            continue
        echo(kind.replace("_", "-"))
        for offer in of_kind:
            tier = getattr(offer.spec, "tier", None)
            mark = f" (tier {tier})" if tier else ""
            echo(f"  {offer.spec.name:<22}{offer.spec.summary}{mark}  [{offer.origin}]")
    for of, name, who in both:
        echo(f"rivals: {of} {name!r} is offered by {' and '.join(who)}: uninstall one of them")
    for failure in host.failures:
        echo(f"failed: {failure.origin} at {failure.stage}: {failure.error}")
