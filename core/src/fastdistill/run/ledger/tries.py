"""Every answer to every task by itself: what pass rates, comparisons and diagnoses are made of."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal

from attrs import field, frozen

from fastdistill.run.jsonl import loads

Said = Literal["solved", "wrong", "undecided"]
TEXT_GOLD = "text-gold"
"""The reason of a gate that cannot read its task's gold: a judge may stand in for it."""
NO_GOLD_MATCH = "no-gold-match"


@frozen(kw_only=True)
class Try:
    """One answer: whether it would be accepted alone, whatever the others came to."""

    said: Said
    reason: str | None = None
    """Why not; None where it is solved."""
    key: str | None = None
    """The class of equal answers that it belongs to, where a gate named one."""
    unread: bool = False
    """Whether no answer could be read out of the reply."""


@frozen(kw_only=True)
class TriedTask:
    """One task with all its answers, in the order in which they were asked for."""

    sample_id: str
    task_id: str
    group: str
    """What belongs together, such as a database; the sample id where nothing does."""
    split: str
    tags: tuple[str, ...]
    has_gold: bool
    tries: tuple[Try, ...]
    prompt_tokens: int | None
    """Of all its requests; None where a server did not count."""
    completion_tokens: int | None
    canonical_input: str = field(repr=False)

    @property
    def solved(self) -> int:
        """How many answers are right."""
        return sum(one.said == "solved" for one in self.tries)

    @property
    def decided(self) -> int:
        """How many answers are right or wrong: those that no gate could judge are not."""
        return sum(one.said != "undecided" for one in self.tries)


_TASKS = """
SELECT sample_id, task_id, grp, split, row, has_gold, input FROM tasks
WHERE duplicate_of IS NULL ORDER BY position
"""
_TRIES = """
SELECT k.sample_id, k.attempt, k.choice, k.answer, v.kind, v.outcome, v.reason, v.gold_match, v.class_key
FROM candidates k LEFT JOIN verdicts v USING (sample_id, attempt, choice)
ORDER BY k.sample_id, k.attempt, k.choice, v.ordinal
"""
_TOKENS = """
SELECT a.sample_id, SUM(c.prompt_tokens) AS prompt, SUM(c.completion_tokens) AS completion,
       SUM(c.prompt_tokens IS NULL) AS no_prompt, SUM(c.completion_tokens IS NULL) AS no_completion
FROM attempts a JOIN completions c USING (request_id) GROUP BY 1
"""


def read_tried(
    ledger: sqlite3.Connection, *, asked: int = 0, accept_unmatched: bool = False
) -> Iterator[TriedTask]:
    """Yield the tasks of a run in source order, each with its answers.

    Where fewer than `asked` answers came, because calls failed, the missing ones are undecided.
    """
    tries, tokens = (
        _tries(ledger, accept_unmatched),
        {row["sample_id"]: row for row in ledger.execute(_TOKENS)},
    )
    for row in ledger.execute(_TASKS):
        found = tries.get(row["sample_id"], [])
        missing = [Try(said="undecided", reason="no-answer")] * (asked - len(found))
        counted = tokens.get(row["sample_id"])
        yield TriedTask(
            sample_id=row["sample_id"],
            task_id=row["task_id"],
            group=row["grp"] or row["sample_id"],
            split=row["split"],
            tags=_tags(row["row"]),
            has_gold=bool(row["has_gold"]),
            tries=(*found, *missing),
            prompt_tokens=_known(counted, "prompt"),
            completion_tokens=_known(counted, "completion"),
            canonical_input=row["input"],
        )


def _tags(row: str) -> tuple[str, ...]:
    found = loads(row).get("tags")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _known(row: sqlite3.Row | None, name: str) -> int | None:
    return None if row is None or row[f"no_{name}"] else row[name]


def _tries(ledger: sqlite3.Connection, accept_unmatched: bool) -> dict[str, list[Try]]:
    golds = {row["sample_id"]: row["has_gold"] for row in ledger.execute(_TASKS)}
    verdicts = defaultdict[tuple[str, int, int], list[sqlite3.Row]](list)
    for row in ledger.execute(_TRIES):
        verdicts[row["sample_id"], row["attempt"], row["choice"]].append(row)
    found = defaultdict[str, list[Try]](list)
    for (sample_id, _, _), rows in verdicts.items():
        needs_match = bool(golds.get(sample_id)) and not accept_unmatched
        found[sample_id].append(_try(rows, needs_match=needs_match))
    return found


def _try(rows: list[Any], *, needs_match: bool) -> Try:
    """Return what the accept rule says of one answer alone: see `run.decision.judge_alone`."""
    last = rows[-1]
    keys = [row["class_key"] for row in rows if row["class_key"]]
    key, unread = (keys[-1] if keys else None), last["answer"] is None
    if last["outcome"] in ("reject", "error"):
        said: Said = "wrong" if last["outcome"] == "reject" else "undecided"
        return Try(said=said, reason=last["reason"], key=key, unread=unread)
    stood_in = any(row["reason"] == TEXT_GOLD for row in rows[:-1]) and any(
        r["kind"] == "judge" for r in rows
    )
    matched = any(row["gold_match"] for row in rows) and not stood_in
    if needs_match and not (matched or stood_in):
        return Try(said="wrong", reason=NO_GOLD_MATCH, key=key)
    return Try(said="solved", key=key)


def read_fingerprints(ledger: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Return each gate that judged, with its fingerprint."""
    rows = ledger.execute("SELECT DISTINCT gate, fingerprint FROM verdicts")
    return frozenset((row["gate"], row["fingerprint"]) for row in rows)
