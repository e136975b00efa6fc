"""What rows of the dataset and of the rejects hold, by option, from recorded ledgers."""

from pathlib import Path
from typing import Any, Literal

import pytest
from support.golden import TEACHERS, load_dump
from support.toy import rows

from fastdistill.model.answer import Choice
from fastdistill.run.ledger.exports import AcceptedRow
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.report.dataset import accepted_row, write_exports
from fastdistill.serde import StructureError, structure
from fastdistill.settings import DatasetRows, RunConfig

SQL = TaskKind(scenario="sql", gold="gold_sql", title="question", form=lambda one: f"```sql\n{one}\n```")


def exported(folder: Path, options: DatasetRows, kind: TaskKind = SQL, dump: str = "sql") -> list[Any]:
    load_dump(dump, folder)
    write_exports(folder, kind, TEACHERS, options)
    return rows(folder / "dataset.jsonl")


def test_the_assistant_says_the_answer_alone_unless_the_reply_is_wanted(tmp_path: Path) -> None:
    options = [DatasetRows(), DatasetRows(content="answer"), DatasetRows(content="reply")]
    said = {
        one.content: [row["messages"][-1]["content"] for row in exported(tmp_path / one.content, one)]
        for one in options
    }
    assert said["auto"] == said["answer"]
    assert all(text.startswith("```sql\n") for text in said["answer"])
    assert any(text.startswith("Here:") for text in said["reply"])


def test_working_that_stands_nowhere_else_is_kept() -> None:
    kind = TaskKind(scenario="math", form=lambda one: f"\\boxed{{{one}}}", worked=True)

    def row(reasoning: str | None, content: Literal["auto", "answer"]) -> dict[str, Any]:
        one = AcceptedRow(
            sample_id="s", task_id="t", messages=[("user", "?")], answer="4", teacher="weak", attempt=1,
            labelled=True, detail="", verdicts=[], row={}, group="s", split="train",
            choice=Choice(text="2 + 2 is \\boxed{4}.", reasoning=reasoning),
        )  # fmt: skip
        found: dict[str, Any] = accepted_row(one, kind, TEACHERS, DatasetRows(content=content))
        return found

    assert row(None, "auto")["messages"][-1]["content"] == "2 + 2 is \\boxed{4}."
    assert row(None, "answer")["messages"][-1]["content"] == "\\boxed{4}"
    turn = row("Two and two.", "auto")["messages"][-1]
    assert turn == {"role": "assistant", "content": "\\boxed{4}", "reasoning_content": "Two and two."}


def test_gold_tags_and_meta_come_on_request(tmp_path: Path) -> None:
    asked = exported(tmp_path / "a", DatasetRows(include=("gold", "tags", "meta")))
    assert all(isinstance(row["tags"], list) for row in asked)
    assert any((row["gold"] or "").startswith("SELECT") for row in asked)
    assert all("replies" in row["meta"] for row in asked)
    assert not {"gold", "tags", "meta"} & exported(tmp_path / "b", DatasetRows())[0].keys()
    with pytest.raises(StructureError, match="'include' takes gold, tags, meta, not 'golds'"):
        structure({"scenario": "sql", "dataset": {"include": ["golds"]}}, RunConfig)


def test_a_rejected_row_holds_what_a_pair_needs(tmp_path: Path) -> None:
    exported(tmp_path, DatasetRows())
    found = [row for row in rows(tmp_path / "rejected.jsonl") if row.get("reason") == "wrong-rows"]
    assert found
    for row in found:
        assert row["prompt"][-1]["role"] == "user"
        assert row["question"] in row["prompt"][-1]["content"]
        assert row["gold"].startswith("SELECT")
        assert row["answer"] in row["reply"]
        assert row["gate"] == "sqlite"
        assert row["evidence"]["expected"] != row["evidence"]["candidate"]


def test_a_ledger_from_before_rows_were_kept_is_still_exported(tmp_path: Path) -> None:
    kind = TaskKind(scenario="math", gold="answer", title="problem", worked=True)
    found = exported(tmp_path, DatasetRows(include=("gold",)), kind, "math.schema2")
    assert found
    assert all(row["gold"] is None and row["split"] == "train" for row in found)
