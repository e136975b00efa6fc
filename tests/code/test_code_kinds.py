"""Lifting asserts into calls and checks."""

from typing import Any

import pytest

from fastdistill_code.jobs import Died, Raised, TimedOut, TooExpensive, Unencodable, Value
from fastdistill_code.kinds.lift import lift
from fastdistill_code.kinds.make import make_suite
from fastdistill_code.kinds.suite import Holds, Raises, Returns, failure


def body(*lines: str) -> str:
    return "def check(candidate):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "args", "good", "bad"),
    [
        ("assert candidate(1) == 2", (1,), 2, 3),
        ("assert 2 == candidate(1)", (1,), 2, 3),
        ("assert candidate([1, -2], (3,)) == {'a': [1.5]}, 'message'", ([1, -2], (3,)), {"a": [1.5]}, {}),
        ("assert candidate(1) == True", (1,), True, False),
        ("assert candidate(1) is True", (1,), True, 1),
        ("assert candidate(1) is None", (1,), None, 0),
        ("assert candidate('a')", ("a",), 1, 0),
        ("assert not candidate('a')", ("a",), [], [0]),
        ("assert abs(candidate(1.5) - 0.5) < 1e-6", (1.5,), 0.5 + 1e-9, 0.51),
        ("assert math.isclose(candidate(2), 0.1)", (2,), 0.1, 0.2),
        ("assert math.fabs(candidate(2) - 1) <= 0.1", (2,), 1.05, 1.2),
        ("assert sorted(candidate(1)) == [1, 2]", (1,), [2, 1], [1, 1]),
        ("assert set(candidate(1)) == {1, 2}", (1,), [2, 1, 2], [1]),
        ("assert tuple(candidate(1)) == tuple([1, 2])", (1,), [1, 2], [2, 1]),
        ("assert candidate(1) in (2, 3)", (1,), 3, 4),
        ("assert candidate(1) != 2", (1,), 3, 2),
        ("assert len(candidate(3)) == 3", (3,), "abc", "ab"),
        ("assert candidate(1)[0] > 2 and True", (1,), [3], [1]),
        ("assert all(x > 0 for x in candidate(1))", (1,), [1, 2], [0]),
        ("assert candidate(-1 + 2 * 3, 'a' * 3) == 10 ** 2", (5, "aaa"), 100, 10),
        ("assert round(candidate(1), 2) == 0.33", (1,), 0.333, 0.34),
    ],
)
def test_an_assert_becomes_a_call_and_a_check(
    line: str, args: tuple[Any, ...], good: Any, bad: Any
) -> None:
    suite = lift(body(line), "f", check=True)
    assert suite is not None
    assert suite.calls[0].args == args
    assert failure(suite.checks[0], [Value(good)]) is None
    found = failure(suite.checks[0], [Value(bad)])
    assert found is not None
    assert found.reason == "wrong-value"


def test_loops_helpers_and_keywords_are_unrolled() -> None:
    suite = lift(
        body("data = [1, 2, 3]", "for x in data[1:]:", "    assert candidate(x, y=x + 1) == str(x)"),
        "f",
        check=True,
    )
    assert suite is not None
    assert [(c.args, c.kwargs) for c in suite.calls] == [((2,), {"y": 3}), ((3,), {"y": 4})]
    assert [check.value for check in suite.checks if isinstance(check, Returns)] == ["2", "3"]


def test_a_kept_result_is_one_call() -> None:
    suite = lift(body("got = candidate(4)", "assert got[0] == 1", "assert got[1] == 2"), "f", check=True)
    assert suite is not None
    assert len(suite.calls) == 1
    assert all(failure(check, [Value([1, 2])]) is None for check in suite.checks)
    assert failure(suite.checks[1], [Value([1, 3])]) is not None


def test_expected_errors_are_lifted() -> None:
    lines = ["try:", "    candidate(0)", "    assert False", "except ValueError:", "    pass"]
    suite = lift(body(*lines, "with pytest.raises(KeyError):", "    candidate(1)"), "f", check=True)
    assert suite is not None
    assert [c.type_name for c in suite.checks if isinstance(c, Raises)] == ["ValueError", "KeyError"]
    derived = Raised("JSONDecodeError", kinds=("JSONDecodeError", "ValueError", "Exception"))
    assert failure(suite.checks[0], [derived]) is None
    assert failure(suite.checks[0], [Value(1)]) is not None


def test_two_results_compared_are_a_check_of_both() -> None:
    suite = lift(body("assert candidate(1) == f(2)", "assert candidate(1) == 1"), "f", check=True)
    assert suite is not None
    assert isinstance(suite.checks[0], Holds)
    assert suite.plain
    assert failure(suite.checks[0], [Value(1), Value(1)]) is None
    assert failure(suite.checks[0], [Value(1), Value(2)]) is not None


@pytest.mark.parametrize(
    "line",
    [
        "import random; assert candidate(random.random()) == 1",
        "assert candidate(open('/etc/passwd').read()) == 1",
        "assert candidate(lambda x: x) == 1",
        "assert candidate(10 ** 10 ** 10) == 1",
        "assert candidate('x' * 10 ** 9) == 1",
        "assert [candidate(x) for x in range(3)] == [0, 1, 2]",
        "while True: assert candidate(1)",
        "assert candidate.__name__ == 'f'",
        "assert candidate(1).upper() == 'A'",
        "for i in range(10 ** 9): assert candidate(i)",
        "x = [candidate]; assert x[0](1) == 1",
    ],
)
def test_what_goes_beyond_is_left_to_the_checker(line: str) -> None:
    assert lift(body(line), "f", check=True) is None


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (Raised("ValueError", "no"), "raised"),
        (TooExpensive("cpu"), "too-expensive"),
        (TimedOut(30.0), "timed-out"),
        (Died("exit 0"), "died"),
        (Unencodable("Liar"), "unencodable"),
    ],
)
def test_what_has_no_value_has_a_reason(result: Any, reason: str) -> None:
    suite = lift("assert f(1) == 2", "f", check=False)
    assert suite is not None
    found = failure(suite.checks[0], [result])
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ({}, "tests.kind"),
        ({"kind": "unit"}, "calls, source, asserts, io"),
        ({"kind": "calls", "cases": []}, "tests.cases"),
        ({"kind": "calls"}, "tests.cases: is missing"),
        ({"kind": "calls", "cases": [{"args": 1, "value": 1}]}, "tests.cases[0].args"),
        ({"kind": "calls", "cases": [{"args": [1]}]}, "either 'value' or 'raises'"),
        (
            {"kind": "calls", "cases": [{"args": [], "value": 1, "raises": "E"}]},
            "either 'value' or 'raises'",
        ),
        (
            {"kind": "calls", "cases": [{"args": [], "value": 1, "comparer": "x"}]},
            "comparer: 'x' is none of",
        ),
        ({"kind": "calls", "cases": [{"args": [], "value": 1, "tolerance": -1}]}, "tolerance"),
        ({"kind": "calls", "cases": [{"args": [], "valu": 1}]}, "did you mean 'value'"),
        ({"kind": "io", "cases": [{"stdin": "1"}]}, "stdout: is missing"),
        ({"kind": "source", "source": "def check(c"}, "is not Python"),
        ({"kind": "source", "source": "def test(c):\n    assert c(1)"}, "defines no function 'check"),
        ({"kind": "source", "source": "def check(c):\n    pass"}, "asserts nothing"),
        ({"kind": "asserts", "source": "assert g(1) == 2"}, "never calls 'f'"),
    ],
)
def test_bad_tests_are_named_with_their_path(tests: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        make_suite(tests, "f")
    assert words in str(caught.value)
