"""The public names: pinned, loaded when used, and enough for our own plugins."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fastdistill
import fastdistill.http
import fastdistill.testing

ROOT = Path(__file__).parents[2]
PUBLIC = {"fastdistill", "fastdistill.http", "fastdistill.testing"}
MOVING = {"fastdistill.caches"}
"""The folder of caches, for modules that import it themselves."""
PINNED = [
    "AsyncVerifier", "AuthFailed", "BadReply", "BadRequest", "BadTask", "Batch", "BatchState",
    "Bounded", "BudgetSpent", "Call", "Candidate", "Choice", "Completion", "ConnectionFailed",
    "Constraint", "ContentRefused", "ContextTooLong", "DeadlineExceeded", "Difference", "DoctorCheck",
    "Event",
    "ExecEvalSpec", "FastDistillError", "Finding", "Fingerprinted", "Finished", "Gate",
    "ImportOptions", "ImportReport", "ImportSpec", "JudgeSpec", "Judged", "Message", "ModelCatalog",
    "ModelEntry", "Mutant", "NoOptions", "NotFound", "Noticed", "Outcome", "Overloaded",
    "PluginError", "Progress", "Prompt", "Provider", "ProviderError", "ProviderSpec", "RateHint",
    "RateLimited", "Reading", "Reporter", "ReporterSpec", "Row", "Rule", "RuleSpec", "Sample",
    "Sampling", "Scenario", "ScenarioSpec", "ServerFailed", "Services", "Settled", "SetupError",
    "Source", "Started", "Status", "StructureError", "Task", "TaskError", "Ticked", "TimedOut",
    "Usage", "UsageError", "Verdict", "Verified", "Verifier", "WorkerLost", "Workers", "averifier",
    "canonical_json", "gate", "hookimpl", "nearest", "passed", "rejected", "rule", "structure",
    "undecided", "verifier",
]  # fmt: skip


def test_no_public_name_is_lost() -> None:
    """Names may be added; one that goes is deprecated first (see the page on versioning)."""
    assert sorted(set(PINNED) - set(fastdistill.__all__)) == []


@pytest.mark.parametrize("module", [fastdistill, fastdistill.http, fastdistill.testing])
def test_every_public_name_is_there_and_in_order(module: object) -> None:
    names: list[str] = module.__all__  # type: ignore[attr-defined]
    assert sorted(set(names)) == names
    assert [name for name in names if not hasattr(module, name)] == []


def test_what_types_see_is_what_is_loaded() -> None:
    tree = ast.parse(Path(fastdistill.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == fastdistill._MODULES
    assert sorted(seen) == fastdistill.__all__


def test_importing_the_package_loads_nothing() -> None:
    script = (
        "import sys; import fastdistill; "
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in ('fastdistill', 'attrs', 'pluggy')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['fastdistill']"


SOURCES = [*ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("fastdistill_*/src/**/*.py")]


def test_our_plugins_need_no_more_than_the_public_names() -> None:
    beyond = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            modules = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            beyond += [
                f"{path.relative_to(ROOT)}:{node.lineno}: {module}"
                for module in modules
                if module.partition(".")[0] == "fastdistill" and module not in PUBLIC | MOVING
            ]
    assert beyond == []
