"""The layouts of released sets of contest problems, each as a draft of a row. A missing field is a
`KeyError`.

A draft is a row of ours, with `golds` in place of `gold`: solutions that the release calls right, in order.
"""

import base64
import contextlib
import json
import pickletools
import zlib
from typing import Any

_PYTHON3 = 3
_MOST_BYTES = 200_000_000
"""Of one problem's tests after unpacking."""
_TOLERANCE = 1e-6


def livecodebench(raw: dict[str, Any]) -> dict[str, Any]:
    """`question_content, question_id, starter_code, public_test_cases, private_test_cases, metadata`."""
    cases = _loaded(raw["public_test_cases"]) + private_cases(raw["private_test_cases"])
    name = _loaded(raw["metadata"] or "{}").get("func_name")
    prompt = str(raw["question_content"])
    if starter := str(raw["starter_code"]).strip():
        prompt = f"{prompt.rstrip()}\n\nStart from:\n\n```python\n{starter}\n```"
    calls = bool(cases) and all(case["testtype"] == "functional" for case in cases)
    if calls != bool(name) or any((case["testtype"] == "functional") != calls for case in cases):
        raise ValueError("its test cases are neither all functional, with a func_name, nor all of stdin")
    row = {
        "task_id": f"LiveCodeBench/{raw['question_id']}",
        "prompt": prompt,
        "tags": [str(raw[key]) for key in ("platform", "difficulty") if raw.get(key)],
        "golds": [],
    }
    if not calls:
        return row | {"tests": _io([(case["input"], case["output"]) for case in cases], tolerance=0.0)}
    made = [
        {"args": [json.loads(line) for line in case["input"].split("\n") if line.strip()],
         "value": json.loads(case["output"])}
        for case in cases
    ]  # fmt: skip
    return row | {"entry_point": name, "tests": {"kind": "calls", "cases": made}}


def private_cases(packed: str) -> list[dict[str, Any]]:
    """The hidden cases: JSON, or JSON in a pickle of one text, compressed, in base64.

    The pickle is read as a list of its operations and never loaded.
    """
    with contextlib.suppress(ValueError):
        return list(_loaded(packed))
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(packed), _MOST_BYTES)
        texts = [
            argument for operation, argument, _ in pickletools.genops(data) if "UNICODE" in operation.name
        ]
    except (ValueError, zlib.error) as error:
        raise ValueError(f"private_test_cases: cannot be unpacked: {error}") from None
    if len(texts) != 1:
        raise ValueError(f"private_test_cases: a pickle of one text is wanted, not of {len(texts)}")
    return list(_loaded(texts[0]))


def apps(raw: dict[str, Any]) -> dict[str, Any]:
    """APPS and TACO: `question, solutions, input_output, starter_code`, the middle two as JSON texts."""
    tests = _loaded(raw["input_output"] or "{}")
    inputs, outputs = tests.get("inputs") or [], tests.get("outputs") or []
    if not inputs or len(inputs) != len(outputs):
        raise ValueError(f"input_output: {len(inputs)} inputs and {len(outputs)} outputs")
    number = raw["problem_id"] if "problem_id" in raw else raw.get("id", raw.get("url"))
    prompt = str(raw["question"])
    if starter := str(raw["starter_code"] or "").strip():
        prompt = f"{prompt.rstrip()}\n\nStart from:\n\n```python\n{starter}\n```"
    row = {
        "task_id": f"problem/{number}",
        "prompt": prompt,
        "tags": [str(raw["difficulty"])] if raw.get("difficulty") else [],
        "golds": [str(text) for text in _loaded(raw["solutions"] or "[]")],
    }
    if not tests.get("fn_name"):
        return row | {
            "tests": _io(list(zip(map(_text, inputs), map(_text, outputs), strict=True)), tolerance=None)
        }
    inputs, outputs = map(_listed, inputs), list(map(_listed, outputs))
    wrapped = all(isinstance(value, list) and len(value) == 1 for value in outputs)
    values = [value[0] for value in outputs] if wrapped else outputs
    cases = [{"args": args, "value": value} for args, value in zip(inputs, values, strict=True)]
    return row | {"entry_point": str(tests["fn_name"]), "tests": {"kind": "calls", "cases": cases}}


def code_contests(raw: dict[str, Any]) -> dict[str, Any]:
    """`name, description, public_tests, private_tests, generated_tests, solutions, time_limit`."""
    if raw.get("input_file") or raw.get("output_file"):
        raise ValueError("it reads and writes files of given names, not standard input and output")
    pairs = [
        pair
        for key in ("public_tests", "private_tests", "generated_tests")
        for pair in zip(raw[key]["input"], raw[key]["output"], strict=True)
    ]
    if not pairs:
        raise ValueError("it has no tests")
    solutions = raw["solutions"]
    languages = zip(solutions["language"], solutions["solution"], strict=True)
    return {
        "task_id": str(raw["name"]),
        "prompt": str(raw["description"]),
        "tests": _io(pairs, tolerance=None) | {"comparer": "tokens"},
        "golds": [text for language, text in languages if language in (_PYTHON3, "PYTHON3")],
    }


def _io(pairs: list[tuple[str, str]], tolerance: float | None) -> dict[str, Any]:
    """Numbers with a point may differ a little where the release's own checker lets them."""
    if tolerance is None and any("." in output for _, output in pairs):
        tolerance = _TOLERANCE
    cases = [{"stdin": text, "stdout": output} for text, output in pairs]
    return {"kind": "io", "cases": cases} | ({} if tolerance is None else {"tolerance": tolerance})


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Arguments or a value: some releases write them as JSON, one a line."""
    if isinstance(value, str) and "\n" in value.strip():
        return [json.loads(line) for line in value.split("\n") if line.strip()]
    return value


def _text(value: Any) -> str:
    """A text, or its lines."""
    return "\n".join(map(_text, value)) if isinstance(value, list) else str(value)
