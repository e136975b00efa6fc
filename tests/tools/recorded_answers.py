"""Make a small data file of a run's answers: `recorded_answers.py RUN > recorded/NAME.jsonl`.

A line is a task: why each of its answers was refused (null for an accepted one), which of them are the same
answer (equal numbers), and the tokens of its prompt and of one answer in the mean; no answer's text.
The run asks every task for several answers in one request (`teacher.0.n`), all of which are judged.
"""

import json
import sys
from pathlib import Path

from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.tries import read_tried

ANSWERS = "SELECT sample_id, answer FROM candidates ORDER BY sample_id, attempt, choice"


def main() -> None:
    with reading(Path(sys.argv[1])) as ledger:
        texts: dict[str, list[str | None]] = {}
        for row in ledger.execute(ANSWERS):
            texts.setdefault(row["sample_id"], []).append(row["answer"])
        for task in read_tried(ledger):
            if not task.tries:
                continue
            names: dict[str, int] = {}
            said = [
                one.key or " ".join((text or "").split())
                for one, text in zip(task.tries, texts[task.sample_id], strict=True)
            ]
            line = {
                "task_id": task.task_id,
                "group": task.group if task.group != task.sample_id else task.task_id,
                "tags": list(task.tags),
                "refused": [one.reason for one in task.tries],
                "undecided": [one.said == "undecided" for one in task.tries],
                "unread": [one.unread for one in task.tries],
                "same": [names.setdefault(one, len(names)) for one in said],
                "prompt_tokens": task.prompt_tokens,
                "answer_tokens": round((task.completion_tokens or 0) / len(task.tries), 1),
            }
            print(json.dumps(line))


main()
