"""Programs that read and print: their texts as rows, and inputs made beside a gold."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill import Candidate, Outcome, Reading
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.inputs import contracts, make_inputs
from fastdistill_code.oracle.streams import layout
from fastdistill_code.oracle.wording import Wording
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task


def made(*texts: str, count: int = 60) -> list[str]:
    form = layout(texts)
    assert form is not None
    found = contracts([form.call(text) for text in texts], Wording(), ())
    return [form.text(call) for call in make_inputs(found, random.Random(3), count)]


@pytest.mark.parametrize(
    "texts",
    [
        ("2 3\n", "0 -5\n"),
        ("3\n1 2 3\n", "1\n-5\n"),
        ("3\nbanana\n\naba\n", "1\na\n"),
        ("a b\nc\n", "d\ne f\n"),
        ("1.5\n", "2.25\n"),
        ("5\n5", "1\n2"),
    ],
)
def test_a_text_becomes_a_row_and_the_same_text_again(texts: tuple[str, ...]) -> None:
    form = layout(texts)
    assert form is not None
    assert [form.text(form.call(text)) for text in texts] == list(texts)


@given(st.lists(st.text(alphabet="ab1 -.\n\r\t", max_size=12), max_size=4))
def test_odd_texts_have_no_layout_or_one_that_reads_them(texts: list[str]) -> None:
    form = layout(texts)
    if form is not None:
        for text in texts:
            form.text(form.call(text))


def test_counts_match_what_follows_and_columns_stay_columns() -> None:
    for text in made("3\n4 1 9\n", "1\n-5\n", "2\n0 0\n"):
        first, *rest = map(int, text.split())
        assert first == len(rest)
    for text in made("2\nab\nc\n", "1\nb\n", "3\na\nb\nccc\n"):
        assert int(text.split("\n")[0]) == len(text.split("\n")) - 2
    for text in made("2 3\n", "0 5\n", "-1 4\n"):
        assert len(text.split()) == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (
            "import sys\nx, y = sys.stdin.read().split()\nsys.stdout.write(str(int(x) * int(y)))",
            Outcome.PASS,
        ),
        ("print({'2 3': 6, '0 5': 0, '-1 4': -4}[input().strip()])", Outcome.REJECT),
        ("import os\na, b = os.read(0, 99).split()\nos.write(1, b'%d' % (int(a) * int(b)))", Outcome.PASS),
    ],
)
async def test_answers_learnt_by_heart_are_refused_and_other_ways_of_reading_are_not(
    source: str, outcome: Outcome
) -> None:
    cases = [{"stdin": f"{a} {b}\n", "stdout": f"{a * b}\n"} for a, b in ((2, 3), (0, 5), (-1, 4))]
    row = CodeRow(
        task_id="p",
        prompt="Print the product of two whole numbers.",
        tests={"kind": "io", "cases": cases},
        gold="a, b = map(int, input().split())\nprint(a * b)",
    )
    options = PythonOptions(allow_weak_sandbox=True, parallel=1, cpu_seconds=0.5)
    async with lend() as services, open_gate(options, services) as gate:
        said = await gate(
            make_task(row), Candidate(answer=source, text=source, reading=Reading(answer=source))
        )
        assert said.outcome is outcome
        assert said.evidence["generated"]["inputs"] >= 10
