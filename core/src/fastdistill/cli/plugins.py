"""`fd plugins`: what is installed, what failed to load, and whether it keeps the contract."""

import json
from typing import TYPE_CHECKING

import click

from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.host import KINDS, Offer, PluginFailure, PluginHost
from fastdistill.serde import nearest

if TYPE_CHECKING:
    from fastdistill.testing.conformance.check import Result
    from fastdistill.testing.conformance.kinds import Checked


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


def conflicts(offers: list[Offer]) -> list[tuple[str, str, list[str]]]:
    """Names that more than one plugin offers: kind, name, and who."""
    found: dict[tuple[str, str], list[str]] = {}
    for offer in offers:
        found.setdefault((offer.kind, offer.spec.name), []).append(str(offer.origin))
    return [(kind, name, who) for (kind, name), who in found.items() if len(who) > 1]


@click.group(invoke_without_command=True, short_help="List what is installed, and what failed to load.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List what is installed, what failed to load, and which names are in conflict.

    Tier 1 providers are tested in full; tier 2 is best effort. `fd plugins check` tries them.
    """
    if context.invoked_subcommand is not None:
        return
    host = PluginHost().discover()
    offers = host.offers()
    both = conflicts(offers)
    if as_json:
        shown = {
            "offers": [_offer(offer) for offer in offers],
            "failures": [_failure(failure) for failure in host.failures],
            "conflicts": [{"kind": kind, "name": name, "plugins": who} for kind, name, who in both],
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
        echo(f"conflicts: {of} {name!r} is offered by {' and '.join(who)}: uninstall one of them")
    for failure in host.failures:
        echo(f"failed: {failure.origin} at {failure.stage}: {failure.error}")


def normal(name: str) -> str:
    """A distribution's name as it compares."""
    return name.lower().replace("_", "-").replace(".", "-")


def chosen(host: PluginHost, dist: str | None) -> tuple[list[Offer], list[PluginFailure]]:
    """What a distribution offers, and what of it failed to load. Raises `UsageError` for an unknown one."""
    offers, failures = host.offers(), host.failures
    if dist is None:
        return offers, failures
    there = sorted(
        {one.origin.distribution for one in offers} | {one.origin.distribution for one in failures}
    )
    names = [name for name in there if normal(name) == normal(dist)]
    if not names:
        known = ", ".join(there)
        raise UsageError(f"no plugin comes from {dist!r}{nearest(dist, there)}; they come from: {known}")
    return (
        [one for one in offers if one.origin.distribution in names],
        [one for one in failures if one.origin.distribution in names],
    )


@command.command("check", short_help="Hold plugins to the contract.")
@click.argument("dist", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def check(dist: str | None, as_json: bool) -> int:
    """Hold every plugin, or those of the distribution DIST, to the contract; exit 1 if one breaks it.

    Gates meet hostile answers and mutants of gold, providers a simulated teacher that fails in every way
    (`pip install fastdistill-simulator`), scenarios spoilt rows, and so on. Nothing is asked of a network.
    """
    from fastdistill.testing.conformance.kinds import check_all

    host = PluginHost().discover()
    offers, failures = chosen(host, dist)
    done: list[Checked] = []
    for one in check_all(host, offers):
        done.append(one)
        if not as_json:
            _tell(one)
    failures = [one for one in host.failures if one in failures or one.origin in {o.origin for o in offers}]
    broken = sum(bool(one.failed) for one in done) + len(failures)
    if as_json:
        plugins = [{**_offer(one.offer), "checks": [_result(two) for two in one.results]} for one in done]
        shown = {"plugins": plugins, "failures": [_failure(one) for one in failures], "broken": broken}
        echo(json.dumps(shown, indent=2))
        return int(broken > 0)
    for failure in failures:
        echo(f"failed: {failure.origin} at {failure.stage}: {failure.error}")
    echo(f"{len(done)} plugins checked, {broken} broken")
    return int(broken > 0)


def _result(one: "Result") -> dict[str, str]:
    return {"check": one.check, "outcome": one.outcome, "detail": one.detail}


def _tell(one: "Checked") -> None:
    """Print a plugin's results: what was kept as a number, what was not as a sentence each."""
    kept = sum(two.outcome == "ok" for two in one.results)
    left = [two for two in one.results if two.outcome == "skipped"]
    word = "FAILED" if one.failed else "ok"
    echo(f"{word:<7}{one.offer.kind.replace('_', '-')} {one.offer.spec.name}: {kept} promises kept")
    for two in one.failed:
        echo(f"       {two.check}: {two.detail}")
    for why in dict.fromkeys(two.detail for two in left):
        names = ", ".join(two.check for two in left if two.detail == why)
        echo(f"       not tried ({names}): {why}")
