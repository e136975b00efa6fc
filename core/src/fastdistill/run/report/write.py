"""What a run leaves: exports, the three reports, the page and the manifest over them all."""

import sqlite3
from collections.abc import Mapping, Sequence
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
from fastdistill.run.ledger import economics
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.content import content_digest, prompts_entry
from fastdistill.run.ledger.metrics import counts
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.plan import Plan, digest
from fastdistill.run.report.dataset import write_exports
from fastdistill.run.report.html.page import render
from fastdistill.run.report.manifest import environment, file_digests, plugin_entry, seal
from fastdistill.run.report.quality import quality_report
from fastdistill.run.report.timing import timing_report
from fastdistill.serde import unstructure
from fastdistill.settings import RunConfig

FILES = (LEDGER, DATASET, REJECTED, QUALITY, TIMING, PAGE, MANIFEST)


@frozen(kw_only=True)
class ReportInputs:
    """What the reports need to know beside the ledger."""

    run_id: str
    plan: Plan
    source: Path
    source_digest: str
    gates: Sequence[Mapping[str, Any]]
    """Name, kind, fingerprint and `depends_on` of each gate, in the plan's order."""
    reader: str
    """The scenario's fingerprint."""
    identities: Mapping[str, str]
    """Endpoint identity by teacher."""
    shards: Mapping[str, str] = field(factory=dict)
    """For a run that is the union of shards: the name of each one's folder and its manifest's digest."""
    findings: Mapping[str, Any] = field(factory=dict)
    """Further parts of the quality report, such as `gate_error`."""


def teacher_rows(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return how the dataset names each teacher."""
    return {
        one.config.title: {
            "provider": one.config.provider,
            "model": one.config.model,
            "tier": getattr(one.offer.spec, "tier", None),
        }
        for one in plan.teachers
    }


def write_reports(folder: Path, inputs: ReportInputs, outcome: str) -> dict[str, Any]:
    """Write every file beside the ledger, the manifest last; return the manifest."""
    plan = inputs.plan
    write_exports(folder, TaskKind.of(plan.spec), teacher_rows(plan), plan.config.dataset)
    with reading(folder) as ledger:
        prices = {one.config.title: one.config.price for one in (*plan.teachers, *plan.helpers)}
        findings = {**inputs.findings, **_economics(ledger, plan.config)}
        quality = quality_report(ledger, run_id=inputs.run_id, findings=findings)
        timing = timing_report(ledger, run_id=inputs.run_id, prices=prices)
        write_atomic(folder / QUALITY, pretty(quality))
        write_atomic(folder / TIMING, pretty(timing))
        write_atomic(folder / PAGE, render(ledger, quality, timing, plan.spec))
        manifest = seal(
            {
                "run_id": inputs.run_id,
                "outcome": outcome,
                **described(inputs),
                "prompts": prompts_entry(ledger),
                "counts": counts(ledger),
                "ledger_content": content_digest(ledger),
                "files": file_digests(folder),
            }
        )
    write_atomic(folder / MANIFEST, pretty(manifest))
    return manifest


def _economics(ledger: sqlite3.Connection, config: RunConfig) -> dict[str, Any]:
    """Return the parts of the quality report on repairs and on the choice by a student, where there are."""
    found = dict[str, Any]()
    if config.repair.rounds:
        found["repair"] = economics.repairs(ledger, config.repair.reasons)
    if config.select.student is not None:
        found["select"] = economics.selection(ledger)
    return found


def described(inputs: ReportInputs) -> dict[str, Any]:
    """Return the part of a manifest that is known before the first answer."""
    plan = inputs.plan
    offers = (
        plan.scenario.offer,
        *(gate.offer for gate in plan.gates),
        *(one.offer for one in (*plan.teachers, *plan.helpers)),
        *(one.offer for one in plan.reporters),
    )
    options = {chosen.name: chosen.options for chosen in plan.gates}
    return {
        **({"shards": dict(inputs.shards)} if inputs.shards else {}),
        "scenario": plan.config.scenario,
        "source": {"name": inputs.source.name, "sha256": inputs.source_digest},
        "configuration": {
            "sha256": digest(plan.config),
            "resolved": redact(unstructure(plan.config)),
        },
        "plugins": [plugin_entry(offer) for offer in offers],
        "gates": [
            {**gate, "options": redact(unstructure(options.get(gate["name"], plan.config.decontaminate)))}
            for gate in inputs.gates
        ],
        "reader": {"fingerprint": inputs.reader},
        "teachers": [
            {**teacher_rows(plan).get(title, {}), "name": title, "identity": identity}
            for title, identity in inputs.identities.items()
        ],
        "environment": environment(offer.origin.distribution for offer in offers),
    }
