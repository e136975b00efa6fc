"""One task as a piece of a page: its question and gold, every answer side by side, and the evidence."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.ledger.task_view import SeenAnswer, SeenTask, SeenVerdict
from fastdistill.run.report.html.evidence import evidence, facts
from fastdistill.run.report.html.markup import escape, long

Below = Callable[[SeenTask, SeenAnswer], str]
"""What stands below an answer, such as a form."""


@frozen(kw_only=True)
class Drawn:
    """How much is shown."""

    kind: TaskKind
    text: int = 20_000
    """Characters of a reply or a prompt."""
    below: Below | None = None


def title_of(found: Mapping[str, Any], key: str | None) -> str:
    """The part of an input that people read first, or all of it."""
    value = found.get(key) if key is not None else None
    return value if isinstance(value, str) else dumps(dict(found))


def pill(status: str, reason: str | None = None) -> str:
    """A status, with its reason."""
    said = f"{status}: {reason}" if reason else status
    return f'<span class="pill {escape(status)}">{escape(said)}</span>'


def draw_task(task: SeenTask, drawn: Drawn, other: SeenTask | None = None) -> str:
    """The task's whole story; `other` is the same task in another run."""
    key, gold = drawn.kind.title, drawn.kind.gold
    rest = {name: value for name, value in task.input.items() if name != key}
    meta = {name: task.row[name] for name in ("tags", "meta") if task.row.get(name)}
    known = {"split": task.split, "sample id": task.sample_id}
    if task.duplicate_of:
        known["the same question as"] = task.duplicate_of
    golden = task.row.get(gold) if gold else None
    wanted = (
        f"<h3>Gold</h3><pre>{long(golden if isinstance(golden, str) else dumps(golden), drawn.text)}</pre>"
        if golden is not None
        else '<p class="quiet">This task has no gold.</p>'
    )
    detail = f"<p>{long(task.detail, 2000)}</p>" if task.detail else ""
    return (
        f'<div class="pair"><section class="panel" aria-label="Question"><h3>Question</h3>'
        f"<pre>{long(title_of(task.input, key), drawn.text)}</pre>{facts(rest | meta | known)}</section>"
        f'<section class="panel" aria-label="Gold">{wanted}{_prompt(task, drawn)}</section></div>'
        f"{detail}{_faults(task)}{_answers(task, drawn)}{_other(other, drawn)}"
    )


def _prompt(task: SeenTask, drawn: Drawn) -> str:
    return _messages("the prompt", task.answers[0], drawn) if task.answers else ""


def _messages(name: str, one: SeenAnswer, drawn: Drawn) -> str:
    said = "".join(
        f'<p class="quiet">{escape(role)}</p><pre>{long(content, drawn.text)}</pre>'
        for role, content in one.prompt
    )
    return f"<details><summary>{escape(name)}</summary>{said}</details>"


def _faults(task: SeenTask) -> str:
    if not task.faults:
        return ""
    said = "".join(
        f"<li>{escape(one['teacher'])}: {escape(one['kind'])}, {long(str(one['detail']), 500)}</li>"
        for one in task.faults
    )
    return f"<details><summary>{len(task.faults)} failed calls</summary><ul>{said}</ul></details>"


def _answers(task: SeenTask, drawn: Drawn) -> str:
    if not task.answers:
        return '<p class="quiet">Nobody was asked, or no answer has come yet.</p>'
    cards = "".join(_answer(task, one, drawn) for one in task.answers)
    return (
        f'<h2>Answers, {len(task.answers)}</h2><div class="answers" tabindex="0" role="region"'
        f' aria-label="Answers side by side">{cards}</div>'
    )


def _answer(task: SeenTask, one: SeenAnswer, drawn: Drawn) -> str:
    outcome = one.outcome
    last = one.verdicts[-1] if one.verdicts and outcome != "pass" else None
    word = "accepted" if one.accepted else f"{outcome}: {last.reason}" if last else outcome
    name = f"attempt {one.attempt}" + (f", choice {one.choice + 1}" if one.choice else "")
    asked = [
        one.teacher,
        one.model if one.model != one.teacher else "",
        "" if one.tokens is None else f"{one.tokens:,} tokens",
        "from the cache" if one.cached else f"{one.latency:.2f} s",
        f"finish {one.finish}" if one.finish not in (None, "stop") else "",
    ]
    reading = "not read yet" if one.rule is None else f"read by the rule “{one.rule or 'none'}”"
    if one.reason:
        reading = f"not read: {one.reason}"
    own = _messages("its own prompt", one, drawn) if one.prompt != task.answers[0].prompt else ""
    thought = (
        f"<details><summary>reasoning, {len(one.reasoning):,} characters</summary>"
        f"<pre>{long(one.reasoning, drawn.text)}</pre></details>"
        if one.reasoning
        else ""
    )
    answer = (
        ""
        if one.answer is None or one.answer.strip() == one.text.strip()
        else f'<p class="quiet">{escape(reading)}</p><pre>{long(one.answer, drawn.text)}</pre>'
    )
    below = drawn.below(task, one) if drawn.below is not None else ""
    return (
        f'<article class="panel answer {outcome}"><h3><span>{escape(name)}</span>'
        f'<span class="{outcome}">{escape(word)}</span></h3>'
        f'<p class="quiet">{escape(" · ".join(part for part in asked if part))}</p>'
        f"<pre>{long(one.text, drawn.text)}</pre>{thought}{own}"
        f"{answer or f'<p class=quiet>{escape(reading)}</p>'}"
        f"{facts(one.reading)}{_gates(task, one)}{below}</article>"
    )


def _gates(task: SeenTask, one: SeenAnswer) -> str:
    """The verdicts in order; those that pass and show nothing stand together."""
    items, plain = list[str](), list[str]()
    for verdict in one.verdicts:
        if verdict.outcome == "pass" and not (verdict.evidence or verdict.detail or verdict.differences):
            plain.append(verdict.gate)
            continue
        items += _passed(plain)
        items.append(_gate(task, verdict))
    items += _passed(plain)
    return f'<ul class="gates" aria-label="Verdicts">{"".join(items)}</ul>' if items else ""


def _passed(plain: list[str]) -> list[str]:
    names = ", ".join(plain)
    plain.clear()
    return [f'<li><span class="pass">pass</span> {escape(names)}</li>'] if names else []


def _gate(task: SeenTask, one: SeenVerdict) -> str:
    reason = f": {one.reason}" if one.reason else ""
    score = "" if one.score is None else f" · score {one.score:g}"
    head = (
        f'<span class="quiet">{one.elapsed * 1000:,.3g} ms{score}</span><b>{escape(one.gate)}</b> '
        f'<span class="{one.outcome}">{escape(one.outcome + reason)}</span>'
    )
    body = (
        f"<p>{long(one.detail, 2000)}</p>" if one.detail and "first_difference" not in one.evidence else ""
    )
    body += evidence(one.evidence, task.row) + _contested(one)
    if one.outcome == "pass" and body:
        body = f"<details><summary>evidence</summary>{body}</details>"
    return f"<li>{head}{body}</li>"


def _contested(one: SeenVerdict) -> str:
    """Inputs that parted the answer from the gold, by how they came to be."""
    if not one.differences:
        return ""
    graded = dict[str, int]()
    for difference in one.differences:
        graded[str(difference[-1])] = graded.get(str(difference[-1]), 0) + 1
    said = ", ".join(f"{count} {grade}" for grade, count in graded.items())
    return f'<p class="quiet">Differs from the gold on {len(one.differences)} inputs: {escape(said)}.</p>'


def _other(other: SeenTask | None, drawn: Drawn) -> str:
    if other is None:
        return ""
    return (
        f"<h2>In the other run: {pill(other.status, other.reason)}</h2>"
        f"<p>{long(other.detail, 2000)}</p>{_answers(other, Drawn(kind=drawn.kind, text=drawn.text))}"
    )
