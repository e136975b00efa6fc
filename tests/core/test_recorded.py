"""Replies that exist already: every layout is found by task, judged as attempts, and counted."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.toy import rows

import fastdistill
from fastdistill import UsageError
from fastdistill.builtin.recorded.index import Replies
from fastdistill.builtin.recorded.layouts import read

TASKS = [{"task_id": f"t{i}", "problem": f"What is {i} and {i}?", "answer": str(2 * i)} for i in range(4)]


def boxed(number: int) -> str:
    return f"It is \\boxed{{{number}}}."


def chat(text: str, **more: Any) -> dict[str, Any]:
    turn = {"role": "assistant", "content": text, **more}
    return {
        "model": "big",
        "choices": [{"index": 0, "message": turn, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }


def asked(i: int) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": "Solve it."},
        {"role": "user", "content": str(TASKS[i]["problem"])},
    ]


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


LAYOUTS: dict[str, list[dict[str, Any]]] = {
    "reply": [{"task_id": f"t{i}", "reply": boxed(2 * i)} for i in range(4)],
    "by question": [{"question": f" What is {i} and {i}?\n", "completion": boxed(2 * i)} for i in range(4)],
    "responses": [{"task_id": f"t{i}", "responses": ["\\boxed{77}", boxed(2 * i)]} for i in range(4)],
    "messages": [{"messages": [*asked(i), *said(boxed(2 * i))]} for i in range(4)],
    "vllm run_batch": [
        {
            "id": "vllm-1",
            "custom_id": f"t{i}",
            "response": {"status_code": 200, "request_id": "x", "body": chat(boxed(2 * i))},
            "error": None,
        }
        for i in range(4)
    ],
    "openai batch, responses API": [
        {
            "id": "batch_req_1",
            "custom_id": f"t{i}",
            "response": {
                "status_code": 200,
                "body": {
                    "output": [
                        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Add."}]},
                        {
                            "type": "message",
                            "role": "assistant",
                            "content": [{"type": "output_text", "text": boxed(2 * i)}],
                        },
                    ]
                },
            },
            "error": None,
        }
        for i in range(4)
    ],
    "verifiers": [
        {
            "example_id": 3 - i,  # another numbering: the question tells
            "prompt": asked(i),
            "completion": said(boxed(2 * i)),
            "answer": "?",
            "reward": 1.0,
            "info": {},
        }
        for i in range(4)
    ],
    "nemo gym": [
        {
            "responses_create_params": {"input": asked(i)},
            "response": {
                "output": [
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": boxed(2 * i)}],
                    }
                ],
                "usage": {"input_tokens": 5, "output_tokens": 2},
            },
            "reward": 1.0,
        }
        for i in range(4)
    ],
}


def sample(i: int, epoch: int, text: str) -> dict[str, Any]:
    turn = {
        "role": "assistant",
        "content": [{"type": "reasoning", "reasoning": "Add."}, {"type": "text", "text": text}],
    }
    return {
        "id": f"t{i}",
        "epoch": epoch,
        "input": "in other words",
        "target": "?",
        "messages": [*asked(i), turn],
        "output": {
            "model": "big",
            "choices": [{"message": turn, "stop_reason": "stop"}],
            "usage": {"input_tokens": 4, "output_tokens": 2},
        },
        "scores": {},
    }  # fmt: skip


def run_of(teacher: Path, out: Path, **more: Any) -> fastdistill.Run:
    return fastdistill.run(
        "math", TASKS, teacher=f"recorded:{teacher}", out=out, audit=0, calibrate=0, gates=["sympy"], **more
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_found_by_task_and_judged(layout: str, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in LAYOUTS[layout]))
    run = run_of(file, tmp_path / "out")
    assert run.report["counts"]["accepted"] == 4
    counted = run.report["recorded"][f"recorded:{file}"]
    assert counted["unmatched_replies"] == 0
    assert counted["tasks_without"] == 0


@pytest.mark.parametrize("packed", [True, False])
def test_a_log_of_inspect_is_read_in_the_order_of_its_epochs(packed: bool, tmp_path: Path) -> None:
    found = [sample(i, epoch, boxed(2 * i if epoch == 2 else 77)) for epoch in (2, 1) for i in range(4)]
    file = tmp_path / ("log.eval" if packed else "log.json")
    if packed:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("header.json", "{}")
            for one in found:
                archive.writestr(f"samples/{one['id']}_epoch_{one['epoch']}.json", json.dumps(one))
    else:
        file.write_text(json.dumps({"version": 2, "eval": {}, "samples": found}, indent=2))
    run = run_of(file, tmp_path / "out")
    assert [row["attempt"] for row in run.rows()] == [2, 2, 2, 2]
    assert all(row["messages"][-1]["reasoning_content"] == "Add." for row in run.rows())
    assert all(one["reply"] == boxed(77) for one in rows(tmp_path / "out" / "rejected.jsonl"))


def test_what_does_not_match_is_counted_and_costs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    kept = [
        {"task_id": "t0", "reply": boxed(0)},
        {"task_id": "t1", "reply": boxed(5)},
        {"task_id": "unknown", "responses": ["a", "b"]},
        {"task_id": "t2"},
        {"custom_id": "t3", "response": None, "error": {"code": "server_error"}},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in kept) + "not json\n")
    run = run_of(file, tmp_path / "out")
    counts = run.report["counts"]
    assert (counts["accepted"], counts["rejected"], counts["failed"]) == (1, 1, 2)
    assert run.report["failed_reason_counts"] == {"no-reply": 2}
    counted = run.report["recorded"][f"recorded:{file}"]
    assert (counted["replies"], counted["matched_replies"], counted["unmatched_replies"]) == (4, 2, 2)
    assert counted["rows_without_reply"] == {"no-reply-in-row": 1, "request-failed": 1, "unreadable": 1}
    assert counted["examples"] == {"tasks_without": ["t2", "t3"], "replies": ["unknown"]}
    (spent,) = json.loads((tmp_path / "out" / "timing_report.json").read_text())["spending"]
    assert spent["usd"] == 0
    assert run.verify().problems == []


def test_tokens_cost_what_the_run_file_says_and_a_replay_needs_no_file(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in LAYOUTS["vllm run_batch"]))
    teacher = {"provider": "recorded", "model": str(file), "price": {"input": 1.0, "output": 2.0}}
    run = fastdistill.run("math", TASKS, teacher=teacher, out=tmp_path / "out", audit=0, gates=["sympy"])
    (spent,) = json.loads((tmp_path / "out" / "timing_report.json").read_text())["spending"]
    assert (spent["prompt_tokens"], spent["completion_tokens"]) == (28, 12)
    assert spent["usd"] == pytest.approx((28 * 1.0 + 12 * 2.0) / 1e6)
    assert [row["attempt"] for row in run.rows()] == [1, 1, 1, 1]


def test_a_table_with_other_columns_and_a_bound_on_attempts(tmp_path: Path) -> None:
    file = tmp_path / "replies.csv"
    file.write_text(
        "key,said\n" + "".join(f"t{i},\\boxed{{{2 * i + 2 - k}}}\n" for i in range(4) for k in range(3))
    )
    teacher = {
        "provider": "recorded", "model": str(file), "attempts": 2, "options": {"id": "key", "reply": "said"}
    }  # fmt: skip
    run = fastdistill.run("math", TASKS, teacher=teacher, out=tmp_path / "out", audit=0, gates=["sympy"])
    assert run.report["counts"]["rejected"] == 4


def test_a_path_without_replies_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no recorded replies at"):
        run_of(tmp_path / "none.jsonl", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no file of replies"):
        run_of(tmp_path / "empty", tmp_path / "out")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = (
    "task_id",
    "custom_id",
    "response",
    "reply",
    "responses",
    "messages",
    "output",
    "responses_create_params",
    "prompt",
    "epoch",
)


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        JSON
        | st.dictionaries(
            st.sampled_from(
                ("choices", "message", "content", "role", "body", "input", "usage", "output", "status_code")
            ),
            JSON,
        ),
    )
)
def test_a_row_of_anything_is_a_reply_or_says_why_not(row: dict[str, Any]) -> None:
    found = read(row, {})
    assert bool(found.replies) != bool(found.problem)
    assert all(isinstance(one.choice.text, str) for one in found.replies)


def test_an_id_of_ours_tells_better_than_a_question(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text(
        '{"task_id": "a", "question": "Q?", "reply": "one"}\n'
        '{"id": "b", "question": "Q?", "reply": "two"}\n'
    )
    replies = Replies(columns={})
    replies.load([file], tmp_path / "db")
    assert [one.choice.text for _, one in replies.find("a", ["Q?"])] == ["one"]
    assert [one.choice.text for _, one in replies.find("b", [])] == ["two"]
    assert [one.choice.text for _, one in replies.find(None, ["Q?"])] == ["one", "two"]
    replies.close()
