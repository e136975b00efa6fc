"""Each form's rows, from records made here: the columns that the loaders of its trainer read."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from fastdistill import AttemptRecord, GateResult, Message, Outcome, SettledTask, Status
from fastdistill.serde import structure
from fastdistill_export import plugin

PROMPT = (Message(role="system", content="Answer."), Message(role="user", content="1+1?"))


def answer(
    text: str, *, outcome: Outcome = Outcome.PASS, reason: str | None = None, attempt: int = 1, **more: Any
) -> AttemptRecord:
    result = GateResult(
        gate="sympy", kind="exec", outcome=outcome, reason=reason, detail="", score=None, fingerprint="f"
    )
    given: dict[str, Any] = {
        "attempt": attempt,
        "choice": 0,
        "teacher": "t",
        "text": text,
        "reasoning": None,
        "finish": "stop",
        "answer": text,
        "formed": f"[{text}]",
        "judgements": (result,),
        "outcome": outcome,
        "usage": None,
    }
    return AttemptRecord(**(given | more))


def task(attempts: Iterable[AttemptRecord], **more: Any) -> SettledTask:
    held = tuple(attempts)
    good = [one for one in held if one.outcome is Outcome.PASS]
    given: dict[str, Any] = {
        "sample_id": "s1",
        "task_id": "t1",
        "scenario": "math",
        "input": {"problem": "1+1?"},
        "row": {"task_id": "t1", "problem": "1+1?", "answer": "2"},
        "gold": "2",
        "worked": False,
        "tags": ("easy",),
        "meta": {},
        "prompt": PROMPT,
        "status": Status.ACCEPTED if good else Status.REJECTED,
        "reason": None,
        "labelled": True,
        "group": "g",
        "split": "train",
        "attempts": held,
        "accepted": good[0] if good else None,
    }
    return SettledTask(**(given | more))


def rows(form: str, tasks: Iterable[SettledTask], **options: Any) -> list[Any]:
    spec = next(one for one in plugin.fastdistill_exporters() if one.name == form)
    found: list[Any] = json.loads(json.dumps(list(spec.rows(structure(options, spec.config), tasks))))
    return found


def bad(text: str, reason: str = "wrong-answer", **more: Any) -> AttemptRecord:
    return answer(text, outcome=Outcome.REJECT, reason=reason, **more)


PROMPT_ROWS = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "1+1?"}]


def test_sft() -> None:
    (row,) = rows("sft", [task([answer("2", reasoning="because")]), task([bad("3")])])
    said = {"role": "assistant", "content": "[2]", "reasoning_content": "because"}
    assert row["messages"] == [*PROMPT_ROWS, said]
    assert row["meta"]["task_id"] == "t1"


def test_reasoning_in_think_and_dropped() -> None:
    one = [task([answer("2", reasoning="because")])]
    assert rows("sft", one, reasoning="think")[0]["messages"][-1] == {
        "role": "assistant",
        "content": "<think>\nbecause\n</think>\n\n[2]",
    }
    assert "because" not in json.dumps(rows("sft", one, reasoning="drop"))


@pytest.mark.parametrize(
    ("worked", "reasoning", "content", "says"),
    [
        (False, None, "auto", "[2]"),
        (True, None, "auto", "2"),
        (True, "because", "auto", "[2]"),
        (True, None, "answer", "[2]"),
        (False, None, "reply", "2"),
    ],
)
def test_what_the_assistant_says(worked: bool, reasoning: str | None, content: str, says: str) -> None:
    made = task([answer("2", reasoning=reasoning)], worked=worked)
    assert rows("sft", [made], content=content)[0]["messages"][-1]["content"] == says


def test_prompt_completion() -> None:
    (row,) = rows("prompt-completion", [task([answer("2")])])
    assert (row["prompt"], row["completion"]) == (PROMPT_ROWS, [{"role": "assistant", "content": "[2]"}])


@pytest.mark.parametrize("form", ["openai", "mlx"])
def test_messages_alone(form: str) -> None:
    (row,) = rows(form, [task([answer("2", reasoning="because")])])
    assert row == {"messages": [*PROMPT_ROWS, {"role": "assistant", "content": "[2]"}]}
    with pytest.raises(ValueError, match="think or drop"):
        rows(form, [], reasoning="field")


def test_alpaca() -> None:
    (row,) = rows("alpaca", [task([answer("2")])])
    assert row == {"instruction": "1+1?", "input": "", "output": "[2]", "system": "Answer."}


def test_sharegpt_and_its_index() -> None:
    (row,) = rows("sharegpt", [task([answer("2")])])
    turns = [{"from": "human", "value": "1+1?"}, {"from": "gpt", "value": "[2]"}]
    assert row == {"conversations": turns, "system": "Answer."}
    spec = next(one for one in plugin.fastdistill_exporters() if one.name == "sharegpt")
    assert spec.layout.beside is not None
    index = spec.layout.beside({"train": "train.json"})["dataset_info.json"]
    assert index["fastdistill_train"]["columns"] == {"messages": "conversations", "system": "system"}


PAIRED = [answer("2" * 40), bad("3" * 40, attempt=2), bad("4" * 40, "too-expensive", attempt=3)]


def test_dpo_pairs_are_rejects_alone() -> None:
    held = [
        *PAIRED,
        answer("5" * 40, outcome=Outcome.ERROR, reason="deadline", attempt=4),
        bad("6" * 40, finish="length", attempt=5),
        bad("2" * 40, attempt=6),
    ]
    found = rows("dpo", [task(held)], pairs_per_task=9)
    assert {row["rejected"][0]["content"][0] for row in found} == {"3", "4"}
    assert all(row["chosen"] == [{"role": "assistant", "content": "2" * 40}] for row in found)
    assert {row["meta"]["reason"] for row in found} == {"wrong-answer", "too-expensive"}


def test_pairs_are_bounded_seeded_and_chosen_by_reason() -> None:
    one = [task(PAIRED)]
    assert len(rows("dpo", one)) == 1
    assert rows("dpo", one, seed=1) == rows("dpo", one, seed=1)
    picked = {rows("dpo", one, seed=n)[0]["meta"]["reason"] for n in range(20)}
    assert picked == {"wrong-answer", "too-expensive"}
    assert [r["meta"]["reason"] for r in rows("dpo", one, reasons=["too-expensive"])] == ["too-expensive"]
    assert rows("dpo", [task([bad("3")])]) == []


def test_kto_takes_tasks_that_nobody_solved() -> None:
    found = rows("kto", [task(PAIRED), task([bad("3")])])
    assert [row["label"] for row in found] == [True, False, False]
    assert found[2]["completion"] == [{"role": "assistant", "content": "3"}]


def test_axolotl_and_openai_preferences() -> None:
    (row,) = rows("axolotl-dpo", [task(PAIRED[:2])])
    assert row["messages"] == PROMPT_ROWS
    assert row["chosen"] == {"role": "assistant", "content": "2" * 40}
    assert row["rejected"] == {"role": "assistant", "content": "3" * 40}
    (row,) = rows("openai-dpo", [task(PAIRED[:2])])
    assert row["input"]["messages"] == PROMPT_ROWS
    assert set(row) == {"input", "preferred_output", "non_preferred_output"}


def test_prompts_for_reinforcement_learning() -> None:
    made = [task([bad("3")]), task([answer("2")]), task([], status=Status.SKIPPED, prompt=())]
    found = rows("verl", made)
    assert [row["extra_info"]["index"] for row in found] == [0, 1]
    assert found[0]["reward_model"] == {"style": "rule", "ground_truth": "2"}
    assert (found[0]["data_source"], found[0]["ability"]) == ("fastdistill/math", "math")
    assert json.loads(found[0]["extra_info"]["row"])["answer"] == "2"
    assert len(rows("verl", made, solved=False)) == 1
    assert rows("skyrl", made)[0]["env_class"] == "fastdistill"
    assert rows("skyrl", made)[0]["reward_model"] == {"method": "rule", "ground_truth": "2"}
    assert rows("nemo-gym", made)[0]["responses_create_params"] == {"input": PROMPT_ROWS}


def test_grpo_keeps_the_columns_of_the_row() -> None:
    row = {"task_id": "t", "prompt": "def f", "tests": {"kind": "calls"}}
    (found,) = rows("trl-grpo", [task([bad("3")], scenario="code", row=row, gold=row["tests"])])
    assert found == {
        "task_id": "t",
        "tests": {"kind": "calls"},
        "task_prompt": "def f",
        "prompt": PROMPT_ROWS,
    }


def test_a_gold_that_is_no_text_is_told_as_json() -> None:
    made = task([bad("3")], gold={"b": 1, "a": 2})
    assert rows("verl", [made])[0]["reward_model"]["ground_truth"] == '{"a": 2, "b": 1}'


def test_the_flat_table() -> None:
    (row,) = rows("parquet", [task([answer("2")])])
    assert (row["completion"], row["reply"], row["answer"]) == ("[2]", "2", "2")
