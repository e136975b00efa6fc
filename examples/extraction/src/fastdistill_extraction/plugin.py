"""The scenario `extraction`: fields of a text as JSON, against a schema; and the gate that compares."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from fastdistill import (
    BadTask,
    Candidate,
    Completion,
    Constraint,
    Finding,
    Message,
    Mutant,
    NoOptions,
    Prompt,
    Reading,
    RuleSpec,
    ScenarioSpec,
    Source,
    Task,
    hookimpl,
    passed,
    rejected,
    undecided,
)

Kind = Literal["string", "number", "boolean"]
TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}
FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
LONGEST = 100_000


@frozen(kw_only=True)
class Row:
    """A line of a task file: a text, the fields to find in it with their types, and what is right."""

    task_id: str
    text: str
    fields: dict[str, Kind]
    gold: dict[str, Any] | None = None
    meta: dict[str, Any] = field(factory=dict)


@frozen
class Extraction:
    """Implements `fastdistill.Scenario`; what gates need of a task is its whole row."""

    payload: type[Row] = Row

    def tasks(self, source: Source, /) -> Iterable[Task[Row] | BadTask]:
        """A gold that does not fit its own schema is a broken task: no answer could be right."""
        for row in source.rows(Row, optional=("text",)):
            if isinstance(row, BadTask):
                yield row
                continue
            value: Row = row.value
            if value.gold is not None and (problem := misfit(value.gold, value.fields)):
                yield BadTask(line=row.line, detail=f"gold: {problem}", task_id=value.task_id)
                continue
            yield Task(
                task_id=value.task_id, input={"text": value.text, "fields": value.fields}, payload=value,
                has_gold=value.gold is not None, meta=value.meta, line=row.line,
            )  # fmt: skip

    def prompt(self, task: Task[Row], attempt: int, /) -> Prompt:
        """The schema is also a constraint, for servers that can hold a reply to one."""
        wanted = {name: {"type": kind} for name, kind in task.payload.fields.items()}
        schema = {
            "type": "object",
            "properties": wanted,
            "required": list(wanted),
            "additionalProperties": False,
        }
        asked = (
            f"Give these fields of the text as one JSON object: {json.dumps(wanted)}\n\n{task.payload.text}"
        )
        return Prompt(
            messages=(Message(role="user", content=asked),),
            template="extraction", constraint=Constraint(kind="json_schema", value=schema),
        )  # fmt: skip

    def read(self, task: Task[Row], completion: Completion, /) -> Reading:
        """The last fenced block, or the whole reply; an answer is canonical JSON of one object."""
        text = completion.text[-LONGEST:]
        found = FENCE.findall(text)
        try:
            value = json.loads(found[-1] if found else text)
            answer = json.dumps(value, sort_keys=True, allow_nan=False) if isinstance(value, dict) else None
        except (ValueError, RecursionError):
            return Reading(answer=None, reason="no-json", detail="the reply holds no JSON")
        if answer is None:
            return Reading(answer=None, reason="no-object", detail="the JSON is no object")
        return Reading(answer=answer, rule="last-fence" if found else "whole")

    def mutants(self, task: Task[Row], /) -> Iterable[Mutant]:
        """Made from the gold: the same in another order or dress, and one field away from it."""
        gold = task.payload.gold
        if not gold:
            return
        yield Mutant(text=json.dumps(dict(reversed(gold.items())), indent=2), expect="accept", kind="order")
        yield Mutant(text=f"Here:\n```json\n{json.dumps(gold)}\n```", expect="accept", kind="fence")
        for name, value in gold.items():
            others = {key: one for key, one in gold.items() if key != name}
            wrong = (
                not value
                if isinstance(value, bool)
                else f"{value}x"
                if isinstance(value, str)
                else value + 1
            )
            yield Mutant(text=json.dumps({**others, name: wrong}), expect="reject", kind="value")
            yield Mutant(text=json.dumps(others), expect="reject", kind="field-left-out")
        yield Mutant(text=json.dumps({**gold, "more": 1}), expect="reject", kind="field-too-many")


def misfit(value: Mapping[str, Any], fields: Mapping[str, Kind]) -> str:
    """Why an object does not fit a schema, or nothing. A truth value is no number."""
    if value.keys() != fields.keys():
        return f"has the fields {sorted(value)}, not {sorted(fields)}"
    return next(
        (f"{name} is no {kind}" for name, kind in fields.items() if type(value[name]) not in TYPES[kind]),
        "",
    )


def fits(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Check the schema, then compare with the gold; without gold, equal objects are the same answer."""
    try:
        value = json.loads(candidate.answer)
    except (ValueError, RecursionError):
        return rejected("no-json", "the answer is no JSON")
    row = task.payload
    if not isinstance(row, Row):
        return undecided("no-schema", "the task is of another scenario")
    if not isinstance(value, dict) or misfit(value, row.fields):
        return rejected("off-schema", misfit(value, row.fields) if isinstance(value, dict) else "no object")
    if row.gold is None or value == row.gold:
        return passed(gold_match=None if row.gold is None else True, class_key=candidate.answer)
    wrong = sorted(name for name in value if value[name] != row.gold[name])
    return rejected(
        "wrong-value", f"differs in {', '.join(wrong)}", gold_match=False, class_key=candidate.answer
    )


@hookimpl
def fastdistill_scenarios() -> Iterable[ScenarioSpec[Any]]:
    """The kind of task, with three bundled ones."""
    yield ScenarioSpec(
        name="extraction", summary="fields of a text as JSON, against a schema", config=NoOptions,
        build=lambda _: Extraction(), gates=("not-empty", "extraction-fits"), title="text", gold="gold",
        form=lambda answer: f"```json\n{answer}\n```", pack=lambda: Path(__file__).parent / "tasks.jsonl",
    )  # fmt: skip


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """Its gate."""
    summary = "checks the schema and compares with the gold"
    yield RuleSpec(name="extraction-fits", summary=summary, config=NoOptions, build=lambda _: fits)
