"""The layouts of released sets of functions, each as a draft of a row. A missing field is a `KeyError`.

A draft is a row of ours, with `golds` in place of `gold` and, where the release has them, further `inputs`.
"""

import ast
from typing import Any

from fastdistill_code.kinds.evaluate import dotted
from fastdistill_code.syntax import parse, top_names


def humaneval(raw: dict[str, Any]) -> dict[str, Any]:
    """`task_id, prompt, entry_point, canonical_solution, test`."""
    return {
        "task_id": raw["task_id"],
        "prompt": raw["prompt"],
        "entry_point": raw["entry_point"],
        "tests": {"kind": "source", "source": raw["test"]},
        "golds": [raw["canonical_solution"]],
    }


def evalplus(raw: dict[str, Any]) -> dict[str, Any]:
    """HumanEval+ and MBPP+: the base tests, and the inputs of both kinds where they are given.

    Their expected values are not in the file but made by running the gold.
    """
    row = {
        "task_id": raw["task_id"],
        "prompt": raw["prompt"],
        "entry_point": raw["entry_point"],
        "golds": [raw["canonical_solution"]],
        "inputs": [args for key in ("base_input", "plus_input") for args in raw.get(key) or ()],
    }
    if raw.get("atol"):
        row["margin"] = {"tolerance": float(raw["atol"])}
    if "test" in raw:
        return row | {"tests": {"kind": "source", "source": raw["test"]}}
    asserts = raw["assertion"]
    return row | {"tests": {"kind": "asserts", "source": asserts}}


def mbpp(raw: dict[str, Any]) -> dict[str, Any]:
    """`task_id, text | prompt, code, test_list, test_setup_code | test_imports`."""
    tests = "\n".join([*raw["test_list"], *raw.get("challenge_test_list", ())])
    setup = raw.get("test_setup_code") or "\n".join(raw.get("test_imports", ()))
    name = called(tests, raw["code"])
    text = raw["text"] if "text" in raw else raw["prompt"]
    example = raw["test_list"][0] if raw["test_list"] else ""
    return {
        "task_id": f"MBPP/{raw['task_id']}",
        "prompt": f"{text}\n\nIt has to satisfy, for example:\n{example}",
        "entry_point": name,
        "tests": {"kind": "asserts", "source": f"{setup}\n{tests}".strip()},
        "golds": [raw["code"].replace("\r\n", "\n").replace("\t", "    ")],
    }


def called(tests: str, code: str) -> str:
    """The function of `code` that the first assert of `tests` calls. Raises ValueError when there is
    none.
    """
    tree, program = parse(tests), parse(code.replace("\r\n", "\n").replace("\t", "    "))
    if tree is None or program is None:
        raise ValueError("tests or code are not Python")
    known = top_names(program)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) in known:
            return dotted(node.func)
    raise ValueError(f"the tests call none of {', '.join(sorted(known)) or 'nothing'}")
