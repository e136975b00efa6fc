"""Reading a program out of a reply."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill import Reading
from fastdistill_code.reading import read_reply
from fastdistill_code.syntax import complete, parse

PROMPT = '''from typing import List


def helper(x: int) -> int:
    return x + 1


def total(numbers: List[int]) -> int:
    """Add the numbers."""
'''
GOOD = "def total(numbers):\n    return sum(numbers)"


def read(text: str, prompt: str = PROMPT, entry: str | None = "total", finish: str = "stop") -> Reading:
    return read_reply(text, finish, prompt, entry)


def works(answer: str | None) -> bool:
    """These texts are ours, so that they may run here."""
    space: dict[str, Any] = {}
    exec(answer or "", space)
    return bool(space["total"]([1, 2, 3]) == 6)


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        (f"```python\n{GOOD}\n```", "fenced"),
        (f"Sure!\n\n```py\n{GOOD}\n```\nThis adds them.", "fenced"),
        (f"~~~python\n{GOOD}\n~~~", "fenced"),
        (f"````\n{GOOD}\n````", "fenced"),
        (f"```python\n{GOOD}", "fenced"),
        (f"1. First\n   ```python\n   {GOOD.replace(chr(10), chr(10) + '   ')}\n   ```", "fenced"),
        (f"<think>```python\ndef total(n): return 0\n```</think>\n```python\n{GOOD}\n```", "fenced"),
        (f"```python\ndef total(n):\n    return 0\n```\nBetter:\n```python\n{GOOD}\n```", "fenced"),
        (f"```python\n{GOOD}\n```\nUse it so:\n```python\nprint(total([1]))\n```", "fenced"),
        (f"```\n$ pip install x\n```\n```python\n{GOOD}\n```", "fenced"),
        (GOOD, "plain"),
        (f"Here it is:\n\n{GOOD}\n\nIt sums the list, as asked.", "plain"),
        ("    return sum(numbers)", "body"),
        ("return sum(numbers)", "body"),
        ("result = 0\n    for n in numbers:\n        result += n\n    return result", "body"),
        ("```python\n    return sum(numbers)\n```", "fenced-body"),
        ("```python\nreturn sum(numbers)\n```", "fenced-body"),
        ("```python\ndef total(numbers):\r\n\treturn sum(numbers)\r\n```", "fenced"),
        ("```python\ndef total(numbers: List[int]) -> int:\n    return sum(numbers)\n```", "fenced"),
        ("```python\ndef total(numbers):\n    return sum(numbers) + helper(-1)\n```", "fenced"),
        ("```python\ndef total(numbers):\n    return math.floor(sum(numbers))\n```", "fenced"),
        (f"```python\n{GOOD}\n\nprint(total([1]))\nassert total([]) == 0\n```", "fenced"),
        (f"```python\n{GOOD}\n\nif __name__ == '__main__':\n    print(total([1]))\n```", "fenced"),
        ("```python\ndef add(a, b):\n    return a + b\n```\nand\n```python\ndef total(numbers):\n"
         "    out = 0\n    for n in numbers:\n        out = add(out, n)\n    return out\n```", "fenced"),
        ("```python\n    def total(numbers):\n        return sum(numbers)\n```", "fenced"),
        ("```python\n>>> def total(numbers):\n...     return sum(numbers)\n```", "fenced"),
    ],
)  # fmt: skip
def test_the_program_is_found(reply: str, rule: str) -> None:
    reading = read(reply)
    assert reading.rule == rule
    assert works(reading.answer)


def test_completions_and_cuts_are_told() -> None:
    reading = read("```python\ndef total(n: List[int]):\n    return math.floor(sum(n))\n\nprint(1)\n```")
    assert reading.evidence["cut"] == 1
    assert "import math" in reading.evidence["added"]
    assert "from typing import List" in reading.evidence["added"]


@pytest.mark.parametrize(
    ("reply", "finish", "reason"),
    [
        ("", "stop", "empty"),
        ("   \n ", "stop", "empty"),
        ("I cannot help with that.", "stop", "no-code"),
        ("```python\ndef total(numbers:\n```", "stop", "syntax-error"),
        ("```python\ndef total(numbers):\n    return (sum(", "length", "truncated"),
        ("x" * 1_000_001, "stop", "too-long"),
    ],
)
def test_what_is_no_program_says_why(reply: str, finish: str, reason: str) -> None:
    reading = read(reply, finish=finish)
    assert (reading.answer, reading.reason) == (None, reason)


def test_without_the_entry_point_the_longest_block_is_taken() -> None:
    reading = read(
        "```python\nx = 1\n```\n```python\ndef other(a):\n    return a\n```", prompt="Sum a list."
    )
    assert reading.rule == "longest"
    assert "def other" in (reading.answer or "")


def test_a_whole_program_keeps_its_prints() -> None:
    reading = read("```python\nprint(sum(map(int, input().split())))\n```", entry=None)
    assert "print" in (reading.answer or "")


def test_future_imports_stay_first() -> None:
    source, added = complete("from __future__ import annotations\nx = math.pi\n", "")
    assert added == ("import math",)
    first = ast.parse(source).body[0]
    assert isinstance(first, ast.ImportFrom)
    assert first.module == "__future__"
    compile(source, "x", "exec")


@given(st.text(alphabet="`~defotal(): \n\t=1'\"<>think/#\\", max_size=300))
def test_hostile_text_never_raises(text: str) -> None:
    reading = read(text)
    assert reading.answer is None or parse(reading.answer) is not None


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "a" + ".b" * 50_000, "-" * 50_000 + "1", "```python\n" * 5000]
)
def test_deep_text_never_raises(text: str) -> None:
    read(text)


@pytest.mark.parametrize("odd", ["\u2028", "\x0c", "\x85", "\x1d", "\x0b"])
def test_lines_are_counted_as_python_counts_them(odd: str) -> None:
    program = (
        f"def total(numbers):\n    mark = '{odd}{odd}{odd}'\n    return sum(numbers) + 0 * len(mark)\n"
    )
    found = read(f"```python\n{program}\nprint(total([1]))\n```")
    assert works(found.answer), found
    assert odd in (found.answer or "")
    lacking = (
        f"from __future__ import annotations\nMARK = '{odd}'\ndef total(numbers: List[int]): return 1\n"
    )
    made, added = complete(lacking, "")
    assert added
    assert parse(made) is not None
    assert odd in made
