"""Rules over a program's text."""

import pytest

from fastdistill import Candidate, Reading, Rule
from fastdistill_code import rules
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

CALLS = {"kind": "calls", "cases": [{"args": [1], "value": 1}]}
TASK = make_task(CodeRow(task_id="a", prompt="p", entry_point="f", tests=CALLS))
PROGRAM = make_task(
    CodeRow(task_id="b", prompt="p", tests={"kind": "io", "cases": [{"stdin": "", "stdout": "1"}]})
)


def answer(source: str) -> Candidate:
    return Candidate(answer=source, text=source, reading=Reading(answer=source))


@pytest.mark.parametrize(
    ("rule", "source", "reason"),
    [
        (rules.parses, "def f(x): return x", None),
        (rules.parses, "def f(x) return x", "syntax-error"),
        (rules.parses, "(" * 10_000, "syntax-error"),
        (rules.parses, "x = '\0'", "syntax-error"),
        (rules.entry_point, "f = lambda x: x", None),
        (rules.entry_point, "class A:\n    def f(self): pass", "missing-entry-point"),
        (rules.no_io, "def f(x):\n    print(x)", None),
        (rules.no_io, "print(1)\ndef f(x): pass", "io-at-import"),
        (rules.no_io, "data = open('x').read()", "io-at-import"),
        (
            rules.AllowedImports(rules.ImportOptions()),
            "import math, re\nfrom collections import Counter",
            None,
        ),
        (
            rules.AllowedImports(rules.ImportOptions()),
            "def f():\n    import subprocess",
            "forbidden-import",
        ),
        (rules.AllowedImports(rules.ImportOptions()), "from . import x", "forbidden-import"),
        (rules.AllowedImports(rules.ImportOptions(allowed=("os",))), "import os.path", None),
        (rules.Size(rules.SizeOptions(max_characters=10)), "x = 1234567", "too-large"),
        (rules.Size(rules.SizeOptions(max_nodes=10)), "x = [1, 2, 3, 4, 5, 6, 7, 8]", "too-large"),
    ],
)
def test_each_rule_says_why(rule: Rule, source: str, reason: str | None) -> None:
    assert rule(TASK, answer(source)).reason == reason


def test_programs_may_print_and_have_no_entry_point() -> None:
    assert rules.no_io(PROGRAM, answer("print(1)")).reason is None
    assert rules.entry_point(PROGRAM, answer("print(1)")).reason is None
