"""From a row's `tests` to a suite, with every mistake named."""

import ast
from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from fastdistill import StructureError, structure
from fastdistill_code.compare import COMPARERS, Match
from fastdistill_code.jobs import CallInput
from fastdistill_code.kinds.lift import lift
from fastdistill_code.kinds.suite import Check, Ends, Raises, Returns, Suite
from fastdistill_code.output import OUTPUTS, rule_of

_CHECKER = "checker"
KINDS = ("calls", "source", "asserts", "io", "checker")


@frozen(kw_only=True)
class CallCase:
    """One call of the entry point, and its value or the name of the exception that it raises."""

    args: list[Any] = field(factory=list)
    kwargs: dict[str, Any] = field(factory=dict)
    value: Any = None
    raises: str | None = None
    tolerance: float | None = None
    unordered: bool = False
    comparer: str | None = None


@frozen(kw_only=True)
class IoCase:
    """One run of a program: what it reads and what it prints."""

    stdin: str
    stdout: str
    comparer: str | None = None
    tolerance: float | None = None


@frozen(kw_only=True)
class _Calls:
    kind: str
    cases: list[CallCase]


@frozen(kw_only=True)
class _Io:
    kind: str
    cases: list[IoCase]
    comparer: str | None = None
    """How outputs are compared (`OUTPUTS`); what the problem's words ask for unless given."""
    tolerance: float | None = None
    """Numbers may differ by tolerance * max(1, |expected|)."""


@frozen(kw_only=True)
class _Source:
    kind: str
    source: str


@frozen(kw_only=True)
class CheckerCase:
    """One call of the entry point, or one run of a program, whose answer a checker judges."""

    args: list[Any] = field(factory=list)
    stdin: str | None = None
    stdout: str | None = None
    """A known output, as the third argument of the checker."""


@frozen(kw_only=True)
class _Checker:
    kind: str
    source: str
    cases: list[CheckerCase]


def is_program(tests: dict[str, Any]) -> bool:
    """Whether the tests are of a program that reads standard input, not of a function."""
    cases = tests.get("cases")
    return tests.get("kind") == "io" or (
        tests.get("kind") == "checker" and isinstance(cases, list) and of_programs(cases)
    )


def make_suite(tests: dict[str, Any], entry_point: str, problem: str = "") -> Suite:
    """The suite of a row's `tests`; `problem` is the text of the task.

    Raises ValueError that says what is wrong, with its path.
    """
    if tests.get("cases") == []:
        raise ValueError("tests.cases: is empty; a task needs at least one test")
    match tests.get("kind"):
        case "calls":
            return _calls(_structured(tests, _Calls).cases, tests["cases"])
        case "io":
            return _io(_structured(tests, _Io), problem)
        case "source" | "asserts" as kind:
            return _source(_structured(tests, _Source).source, entry_point, check=kind == "source")
        case "checker":
            return _checker(_structured(tests, _Checker))
    raise ValueError(f"tests.kind: {tests.get('kind')!r} is none of {', '.join(KINDS)}")


def _structured(tests: dict[str, Any], into: type[Any]) -> Any:
    try:
        return structure(tests, into, path="tests")
    except StructureError as error:
        raise ValueError(str(error)) from None


def _io(tests: _Io, problem: str) -> Suite:
    checks: list[Check] = []
    for i, case in enumerate(tests.cases):
        path = f"tests.cases[{i}]"
        comparer = case.comparer or tests.comparer or rule_of(problem)
        if comparer not in OUTPUTS:
            raise ValueError(f"{path}.comparer: {comparer!r} is none of {', '.join(OUTPUTS)}")
        tolerance = _tolerance(case.tolerance if case.tolerance is not None else tests.tolerance, path)
        match = Match(comparer="output-exact" if comparer == "exact" else comparer, tolerance=tolerance)
        checks.append(Returns(index=i, value=case.stdout, match=match))
    return Suite(stdin=tuple(case.stdin for case in tests.cases), checks=tuple(checks))


def _tolerance(given: float | None, path: str) -> float | None:
    if given is not None and not 0 <= given < float("inf"):
        raise ValueError(f"{path}.tolerance: {given!r} is not a number from 0")
    return given


def _calls(cases: list[CallCase], raw: list[dict[str, Any]]) -> Suite:
    checks: list[Check] = []
    for i, (case, given) in enumerate(zip(cases, raw, strict=True)):
        path = f"tests.cases[{i}]"
        if ("value" in given) == (case.raises is not None):
            raise ValueError(f"{path}: give either 'value' or 'raises'")
        if case.raises is not None:
            checks.append(Raises(index=i, type_name=case.raises))
            continue
        comparer = case.comparer or ("unordered" if case.unordered else "json")
        if comparer not in COMPARERS:
            raise ValueError(f"{path}.comparer: {comparer!r} is none of {', '.join(COMPARERS)}")
        match = Match(comparer=comparer, tolerance=_tolerance(case.tolerance, path))
        checks.append(Returns(index=i, value=case.value, match=match))
    calls = tuple(CallInput(args=tuple(case.args), kwargs=case.kwargs) for case in cases)
    return Suite(calls=calls, checks=tuple(checks))


def _checker(tests: _Checker) -> Suite:
    """Tests that give each answer to the function `checker(args, answer)` of their source."""
    try:
        tree = ast.parse(tests.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"tests.source is not Python: {error}") from None
    if not any(isinstance(n, ast.FunctionDef) and n.name == _CHECKER for n in tree.body):
        raise ValueError(f"tests.source defines no function '{_CHECKER}(args, answer)'")
    if of_programs(tests.cases):
        return Suite(
            source=tests.source,
            stdin=tuple(case.stdin or "" for case in tests.cases),
            known=tuple(case.stdout for case in tests.cases),
            checks=tuple(Ends(index=i) for i in range(len(tests.cases))),
        )
    lines = [f"    assert {_CHECKER}({case.args!r}, candidate(*{case.args!r}))" for case in tests.cases]
    return Suite(source="\n".join([tests.source, "", "def check(candidate):", *lines]))


def of_programs(cases: Sequence[Any]) -> bool:
    """Whether the cases of a checker are runs of programs. ValueError where only some are."""
    texts = [_stdin(case) is not None for case in cases]
    if any(texts) and not all(texts):
        raise ValueError("tests.cases: give either 'args' or 'stdin', in all of them")
    return any(texts)


def _stdin(case: Any) -> Any:
    return case.get("stdin") if isinstance(case, dict) else getattr(case, "stdin", None)


def _source(source: str, entry_point: str, *, check: bool) -> Suite:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"tests.source is not Python: {error}") from None
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    if check and "check" not in functions:
        raise ValueError("tests.source defines no function 'check(candidate)'")
    if not any(isinstance(n, ast.Assert) for n in ast.walk(tree)):
        raise ValueError("tests.source asserts nothing: a candidate would always pass")
    if not check and not any(isinstance(n, ast.Name) and n.id == entry_point for n in ast.walk(tree)):
        raise ValueError(f"tests.source never calls {entry_point!r}")
    lifted = lift(source, entry_point, check=check)
    if lifted is not None:
        return lifted
    return Suite(source=source)
