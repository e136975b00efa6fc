"""Benchmarks that nothing may repeat, near duplicates, and the splits that they make."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows

import fastdistill
from fastdistill import UsageError
from fastdistill.run.overlap.index import Index
from fastdistill.run.overlap.texts import tokens_of
from fastdistill.settings import Decontaminate

WORDS = (
    "apple", "river", "garden", "market", "train", "captain", "letter", "silver", "window", "morning",
    "bridge", "teacher", "village", "forest", "engine", "doctor", "harbor", "candle", "mountain", "summer",
    "blanket", "farmer", "kitchen", "pocket", "ladder", "orchard", "ribbon", "tailor",
)  # fmt: skip


def question(rng: random.Random, length: int = 24) -> str:
    body = " ".join(rng.choice(WORDS) for _ in range(length))
    return f"The {body} cost {rng.randint(2, 999)} coins; how many {rng.choice(WORDS)}s are left?"


def near_copies(text: str, rng: random.Random) -> list[str]:
    words = text.split()
    changed = list(words)
    changed[rng.randrange(2, 8)] = "quite"
    return [
        text,
        text.upper().replace(" ", "  "),
        f"Please solve this. {text} Answer with a number.",
        " ".join(changed),
        text.replace(",", "").replace("?", "."),
    ]


def index(*items: str, **settings: Any) -> Index:
    found = Index(Decontaminate(**settings))
    for number, text in enumerate(items, start=1):
        found.add("bench", number, text)
    return found


def test_near_copies_are_found_and_others_are_not() -> None:
    rng = random.Random(1)
    items = [question(rng) for _ in range(40)]
    made = index(*items)
    for number, item in enumerate(items, start=1):
        for copy in near_copies(item, rng):
            hit = made.find(copy)
            assert hit is not None, copy
            assert hit.item.number == number
            assert len(hit.span.split()) >= 3
    assert [text for text in (question(rng) for _ in range(400)) if made.find(text)] == []


def test_numbers_tell_questions_of_one_template_apart() -> None:
    template = (
        "A train leaves the station at {} miles an hour and arrives {} hours later; how far did it go?"
    )
    made = index(template.format(60, 3))
    assert made.find(template.format(60, 3)) is not None
    assert made.find(template.format(60, "three")) is not None
    assert made.find(template.format(75, 4)) is None
    assert made.find(template.format(60, 4)) is None


def test_short_items_are_compared_as_a_whole() -> None:
    made = index("What is 2 + 2?", "Name a prime.")
    assert made.find("what is  2 + 2") is not None
    assert made.find("What is 2 * 2?") is None
    assert made.find("What is 2 + 2 + 2?") is None
    assert made.find("First: what is 2 + 2? Then add the number of apples in the basket to it.") is None


def test_rules_of_the_field_are_options() -> None:
    rng = random.Random(2)
    words = [rng.choice(WORDS) + str(i) for i in range(60)]
    item, shared = " ".join(words), " ".join(words[20:34])
    text = f"{' '.join(WORDS[:20])} {shared} {' '.join(WORDS[8:])}"
    plain = " ".join(word.rstrip("0123456789") for word in words)
    assert index(item).find(text) is None  # a quarter of the item alone
    assert index(item, ngram=13, share=0.0).find(text) is not None
    assert index(item, characters=50).find(text) is not None
    assert index(plain, characters=50).find("nothing of it " * 5) is None


def test_thousands_and_names_of_numbers_are_numbers() -> None:
    assert tokens_of("1,000 apples, Seven left") == ("1000", "apples", "7", "left")


TASK = {"answer": "1"}


def run(tmp_path: Path, tasks: list[dict[str, Any]], **more: Any) -> fastdistill.Run:
    replies = tmp_path / "replies.jsonl"
    said = more.pop("reply", "\\boxed{1}")
    kept = [json.dumps({"task_id": one["task_id"], "reply": said}) for one in tasks]
    replies.write_text("\n".join(kept))
    return fastdistill.run(
        "math", tasks, teacher=f"recorded:{replies}", out=tmp_path / "out", audit=0, gates=["sympy"], **more
    )


def test_planted_items_are_skipped_before_any_request_and_listed(tmp_path: Path) -> None:
    rng = random.Random(3)
    bench = tmp_path / "bench.jsonl"
    items = [question(rng) for _ in range(5)]
    bench.write_text("".join(json.dumps({"question": one, "answer": "7"}) + "\n" for one in items))
    planted = [copy for item in items for copy in near_copies(item, rng)]
    texts = [question(rng) for _ in range(60)] + planted
    rng.shuffle(texts)
    tasks = [{"task_id": str(at), "problem": text, **TASK} for at, text in enumerate(texts)]
    made = run(tmp_path, tasks, decontaminate={"against": [str(bench)]})
    skipped = {one.input["problem"]: one for one in made.tasks("skipped")}
    assert set(planted) == set(skipped)
    assert {one.reason for one in skipped.values()} == {"contaminated"}
    assert all(not one.attempts for one in skipped.values())
    assert made.report["counts"]["skipped"] == len(planted)
    assert made.report["skipped_reason_counts"] == {"contaminated": len(planted)}
    (source,) = made.report["decontamination"]["against"]
    assert source["questions"] == 5
    listed = [one for one in rows(tmp_path / "out" / "rejected.jsonl") if one["reason"] == "contaminated"]
    assert len(listed) == len(planted)
    assert all("bench.jsonl, row" in one["detail"] for one in listed)
    assert made.verify().problems == []


def test_a_reply_that_repeats_a_solution_is_rejected(tmp_path: Path) -> None:
    solution = (
        "First we add the seven apples to the four pears and then divide the sum by the number of children"
    )
    bench = tmp_path / "bench.jsonl"
    bench.write_text(
        json.dumps({"question": "Another question of more words than eight of them?", "solution": solution})
    )
    made = run(
        tmp_path, [{"task_id": "1", "problem": "What is one?", **TASK}], reply=f"{solution}: \\boxed{{1}}",
        decontaminate={"against": [str(bench)]},
    )  # fmt: skip
    (task,) = made.rejected()
    assert task.reason == "contaminated-reply"
    (one,) = rows(tmp_path / "out" / "rejected.jsonl")
    assert one["gate"] == "decontaminate"
    assert one["evidence"]["row"] == 1
    assert "seven" not in one["evidence"]["span"]
    assert "the 7 apples" in one["evidence"]["span"]


def test_a_benchmark_without_questions_is_told(tmp_path: Path) -> None:
    bench = tmp_path / "bench.jsonl"
    bench.write_text('{"frage": "Was?"}\n')
    with pytest.raises(UsageError, match="has no question in its 1 rows: name its columns"):
        run(tmp_path, [{"task_id": "1", "problem": "x?", **TASK}], decontaminate={"against": [str(bench)]})


@pytest.mark.parametrize("near", ["keep", "drop"])
def test_near_duplicates_are_a_group_or_dropped(near: str, tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    rng = random.Random(4)
    texts = [question(rng, 40) for _ in range(30)]
    copies = [f"{text} Thanks!" for text in texts]
    tasks = [{"task_id": str(at), "problem": text, **TASK} for at, text in enumerate([*texts, *copies])]
    split = {"train": 0.5, "test": 0.5, "by": "near-duplicates"}
    made = run(tmp_path, tasks, split=split, duplicates={"near": near})
    found = {task.task_id: task for task in made.tasks()}
    for at in range(30):
        first, copy = found[str(at)], found[str(at + 30)]
        assert first.group == copy.group == first.sample_id
        assert first.split == copy.split
        assert copy.status == ("skipped" if near == "drop" else "accepted")
    assert {task.split for task in found.values()} == {"train", "test"}
    if near == "drop":
        assert made.report["skipped_reason_counts"] == {"near-duplicate": 30}
