"""The answer in a reply: a value in any dress is read back, a hedge is no answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdistill_math.judging import decide
from fastdistill_math.phrases import PHRASE, may_introduce
from fastdistill_math.policy import Policy
from fastdistill_math.reading import read

DRESSES = (
    "{}",
    "\\boxed{{{}}}",
    "So the answer is \\boxed{{{}}}.",
    "We get $\\boxed{{{}}}$, as wanted.",
    "First 1, then 2.\n#### {}",
    "The final answer is ${}$.",
    "Final answer: ${}$",
    "**Answer:** ${}$",
    "<think>Perhaps \\boxed{{999}}?</think>\\boxed{{{}}}",
    "Therefore \\[ \\boxed{{{}}} \\]",
    "La respuesta es ${}$.",
    "Die Antwort ist ${}$.",
    "答案是 ${}$。",
    "Thus the answer is \\boxed{{{0}}}. Check: \\boxed{{{0}}}.",
)
VALUES = (
    "7",
    "-3",
    "\\frac{1}{2}",
    "3.25",
    "1,234",
    "\\sqrt{5}",
    "2\\pi",
    "x^2+1",
    "\\{1,2\\}",
    "[0,1)",
    "(1,2)",
)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("value", VALUES)
def test_a_value_in_any_dress_is_read_back(dress: str, value: str) -> None:
    found = read(dress.format(value))
    assert found.answer is not None, found
    assert decide(value, found.answer, "", (), Policy()).equal is True, found


@settings(deadline=None)
@given(
    st.integers(-(10**12), 10**12), st.sampled_from(DRESSES), st.sampled_from(["", "Let n = 5. ", "1. "])
)
def test_numbers_are_read_back(number: int, dress: str, before: str) -> None:
    text = dress.format(number)
    found = read(text if dress == "{}" else before + text)
    assert found.answer is not None
    assert decide(str(number), found.answer, "", (), Policy()).equal is True, found


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("\\boxed{}", "empty"),
        ("It is \\boxed{1} or maybe \\boxed{2}.", "hedge"),
        ("<think>it is \\boxed{7}", "truncated"),
        ("I do not know how to solve this problem because it lacks some information.", "no-answer"),
    ],
)
def test_what_is_no_answer_says_why(reply: str, reason: str) -> None:
    found = read(reply)
    assert (found.answer, found.reason) == (None, reason)


def test_a_cut_reply_needs_a_mark() -> None:
    assert read("so we have 12", truncated=True).reason == "truncated"
    assert read("so \\boxed{12}. Furthermore", truncated=True).answer == "12"


@pytest.mark.parametrize(
    ("reply", "answer", "rule"),
    [
        ("\\boxed{\\frac{1}{\\sqrt{2}}}", "\\frac{1}{\\sqrt{2}}", "boxed"),
        ("text\n#### 42\n", "42", "hashes"),
        ("The answer is 5 apples.", "5 apples", "phrase"),
        ("12 + 30 = 42", "12 + 30 = 42", "whole"),
    ],
)
def test_the_rule_is_told(reply: str, answer: str, rule: str) -> None:
    found = read(reply)
    assert (found.answer, found.rule) == (answer, rule)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("\\boxed{}$#. \n17=<think/>ab"), max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read(text)
    assert (found.answer is None) == (found.reason is not None)


def test_only_the_end_of_an_endless_reply_is_read() -> None:
    assert read("{" * 200_000 + "\\boxed{3}").answer == "3"
    assert len(read("\\boxed{" * 50_000).answer or "") <= 40_000


SAID = [
    "The final answer is 5", "correct option is B", "Answer: 5", "réponse finale : 5",
    "Endgültige Antwort lautet 5", "La respuesta es 5", "ОТВЕТ: 5", "最终答案是5", "答え: 5",
    "정답은 5", "उत्तर है 5", "الإجابة هي 5", "RPTA. 5:", "đáp án là: 5",
]  # fmt: skip


@given(st.sampled_from(SAID), st.text(max_size=20), st.text(max_size=20))
def test_a_text_without_the_words_of_a_phrase_has_none(said: str, before: str, behind: str) -> None:
    for text in (said, said.upper(), f"{before} {said} {behind}", before + behind):
        assert may_introduce(text) or not PHRASE.search(text)
