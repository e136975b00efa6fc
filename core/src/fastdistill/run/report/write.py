"""What a run leaves: exports, the three reports, the page and the manifest over them all."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill.redact import redact
from fastdistill.run.folder import (
    DATASET,
    LEDGER,
    MANIFEST,
    PAGE,
    QUALITY,
    REJECTED,
    TIMING,
    pretty,
    write_atomic,
)
from fastdistill.run.gates.pipeline import GateLine
from fastdistill.run.ledger.ledger import connect
from fastdistill.run.ledger.rows import loads
from fastdistill.run.plan import Plan, digest
from fastdistill.run.report.dataset import write_exports
from fastdistill.run.report.html.page import render
from fastdistill.run.report.manifest import (
    environment,
    file_digests,
    ledger_digest,
    plugin_entry,
    prompts_entry,
    seal,
)
from fastdistill.run.report.quality import counts, quality_report
from fastdistill.run.report.timing import timing_report
from fastdistill.serde import unstructure

FILES = (LEDGER, DATASET, REJECTED, QUALITY, TIMING, PAGE, MANIFEST)


@frozen(kw_only=True)
class Facts:
    """What the reports need to know beside the ledger."""

    run_id: str
    plan: Plan
    source: Path
    source_digest: str
    gates: GateLine
    identities: Mapping[str, str]
    """Endpoint identity by teacher."""
    quality: Mapping[str, Any] = field(factory=dict)
    """Further parts of the quality report, such as `gate_error`."""


def teacher_rows(plan: Plan) -> dict[str, dict[str, Any]]:
    """How the dataset names each teacher."""
    return {
        one.config.title: {
            "provider": one.config.provider,
            "model": one.config.model,
            "tier": getattr(one.offer.spec, "tier", None),
        }
        for one in plan.teachers
    }


def write_reports(folder: Path, facts: Facts, outcome: str) -> dict[str, Any]:
    """Write every file beside the ledger, the manifest last; returns the manifest."""
    write_exports(folder, facts.plan.config.scenario, teacher_rows(facts.plan))
    with closing(connect(folder / LEDGER, write=False)) as ledger:
        sessions = [
            {
                "started": row["started"],
                "ended": row["ended"],
                "outcome": row["outcome"],
                "timing": loads(row["timing"] or "null"),
            }
            for row in ledger.execute("SELECT * FROM sessions ORDER BY id")
        ]
        prices = {one.config.title: one.config.price for one in (*facts.plan.teachers, *facts.plan.helpers)}
        quality = quality_report(ledger, run_id=facts.run_id, extra=facts.quality)
        timing = timing_report(ledger, run_id=facts.run_id, prices=prices, sessions=sessions)
        write_atomic(folder / QUALITY, pretty(quality))
        write_atomic(folder / TIMING, pretty(timing))
        write_atomic(folder / PAGE, render(ledger, quality, timing, facts.plan.spec))
        manifest = seal(
            {
                "run_id": facts.run_id,
                "outcome": outcome,
                **described(facts),
                "prompts": prompts_entry(ledger),
                "counts": counts(ledger),
                "ledger_content": ledger_digest(ledger),
                "files": file_digests(folder),
            }
        )
    write_atomic(folder / MANIFEST, pretty(manifest))
    return manifest


def described(facts: Facts) -> dict[str, Any]:
    """The part of a manifest that is known before the first answer."""
    plan = facts.plan
    offers = (
        plan.scenario.offer,
        *(gate.offer for gate in plan.gates),
        *(one.offer for one in (*plan.teachers, *plan.helpers)),
        *(one.offer for one in plan.reporters),
    )
    return {
        "scenario": plan.config.scenario,
        "source": {"name": facts.source.name, "sha256": facts.source_digest},
        "configuration": {
            "sha256": digest(plan.config),
            "resolved": redact(unstructure(plan.config)),
        },
        "plugins": [plugin_entry(offer) for offer in offers],
        "gates": [
            {
                "name": station.name,
                "kind": station.kind,
                "fingerprint": station.fingerprint,
                "depends_on": getattr(station.rule or station.gate, "depends_on", None),
                "options": redact(unstructure(chosen.options)),
            }
            for station, chosen in zip(facts.gates.stations, plan.gates, strict=True)
        ],
        "reader": {"fingerprint": facts.gates.fingerprint},
        "teachers": [
            {**teacher_rows(plan).get(title, {}), "name": title, "identity": identity}
            for title, identity in facts.identities.items()
        ],
        "environment": environment(offer.origin.distribution for offer in offers),
    }
