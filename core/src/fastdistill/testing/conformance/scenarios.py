"""What holds of scenarios: tasks from any file, prompts without gold, readers that never raise."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
from attrs import define, field

from fastdistill.model.answer import Choice, Completion, Prompt, Reading
from fastdistill.model.task import BadTask, Mutant, Task
from fastdistill.protocols import Row, Scenario
from fastdistill.run.tasks import JsonLines, lines
from fastdistill.specs import ScenarioSpec
from fastdistill.testing.conformance.check import (
    NotApplicable,
    Subject,
    cpu_limit,
    made,
    want,
)
from fastdistill.testing.conformance.material import HOSTILE, plan_for, task_file
from fastdistill.testing.conformance.mutants import default_gates_tell_mutants_apart

MOST = 40
"""Tasks of a file that are looked at."""
WRONG: tuple[Any, ...] = (None, 3, -1.5, True, [], ["x"], {}, {"a": None}, "", " ", "\0", "x" * 50_000)


@define
class Counted:
    """A source that counts the rows which were asked of it."""

    source: JsonLines
    taken: int = field(default=0, init=False)

    @property
    def base(self) -> Path:
        """See `Source.base`."""
        return self.source.base

    @property
    def path(self) -> Path:
        """See `Source.path`."""
        return self.source.path

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """See `Source.rows`."""
        for row in self.source.rows(into, optional=optional):
            self.taken += 1
            yield row


def _spec(subject: Subject) -> ScenarioSpec[Any]:
    spec = subject.offer.spec
    assert isinstance(spec, ScenarioSpec)  # noqa: S101  the host has checked it
    return spec


def _built(subject: Subject) -> Scenario[Any]:
    return _spec(subject).build(subject.built_options())


def _file(subject: Subject) -> Path:
    return task_file(subject, plan_for(subject, _spec(subject).name))


def _tasks(subject: Subject, path: Path | None = None, base: Path | None = None) -> list[Task[Any]]:
    path = path or _file(subject)
    source = JsonLines(path=path) if base is None else JsonLines(path=path, base=base)
    found = list[Task[Any]]()
    for item in _built(subject).tasks(source):
        if isinstance(item, Task):
            found.append(item)
            if len(found) == MOST:
                break
    want(found, f"{path.name} holds no task")
    return found


def tasks_come_lazily_and_alike(subject: Subject) -> None:
    """Tasks come one by one in the order of the file, with the same ids at every reading."""
    path = _file(subject)
    counted = Counted(JsonLines(path=path))
    first = next(iter(_built(subject).tasks(counted)))
    want(isinstance(first, Task), f"the first row is no task: {first!r:.200}")
    want(counted.taken <= 2, f"{counted.taken} rows were read for the first task: yield each as it comes")
    one, two = _tasks(subject, path), _tasks(subject, path)
    want([t.sample_id for t in one] == [t.sample_id for t in two], "sample ids differ between two readings")
    numbers = [task.line for task in one if task.line]
    want(numbers == sorted(numbers), "tasks do not stand in the order of their lines")
    want(len({t.sample_id for t in one}) == len(one), "two tasks of the file have one sample id")


def bad_rows_cost_themselves(subject: Subject) -> None:
    """A row that is no task is a `BadTask`; it raises nothing, and the rows beside it are read."""
    path = _file(subject)
    good = next(row for _, row in lines(path) if not isinstance(row, BadTask))
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        for rows in _spoilt(good):
            file = Path(tmp, "tasks.jsonl")
            file.write_text("".join(json.dumps(row) + "\n" for row in (*rows, good)), encoding="utf-8")
            with cpu_limit(f"on the row {rows[0]!r:.80}"):
                found = list(_built(subject).tasks(JsonLines(path=file, base=path.parent)))
            want(all(isinstance(one, Task | BadTask) for one in found), "it yields what is no task")
            last = found[-1] if found else None
            want(isinstance(last, Task), f"after the row {rows[0]!r:.80} a good one is lost: {last!r:.120}")


def _spoilt(good: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Rows with one key missing or wrong, a key at a time."""
    yield [{}]
    for key in good:
        others = {name: value for name, value in good.items() if name != key}
        yield [others, *({**others, key: value} for value in WRONG)]


def gold_is_never_shown(subject: Subject) -> None:
    """Neither prompt nor sample id depends on the gold."""
    spec, path = _spec(subject), _file(subject)
    if spec.gold is None:
        raise NotApplicable("its spec names no gold")
    rows = [row for _, row in lines(path) if not isinstance(row, BadTask) and row.get(spec.gold)]
    if len(rows) < 2:
        raise NotApplicable("fewer than two tasks have gold")
    built, (first, second) = _built(subject), rows[:2]
    if first[spec.gold] == second[spec.gold]:
        raise NotApplicable("the first two tasks have one gold")
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        seen = list[tuple[str, Prompt]]()
        for gold in (first[spec.gold], second[spec.gold]):
            file = Path(tmp, "tasks.jsonl")
            file.write_text(json.dumps({**first, spec.gold: gold}) + "\n", encoding="utf-8")
            (task,) = built.tasks(JsonLines(path=file, base=path.parent))
            if isinstance(task, BadTask):
                raise NotApplicable("another task's gold does not fit the first task")
            seen.append((task.sample_id, built.prompt(task, 1)))
    want(seen[0][0] == seen[1][0], "the sample id changes with the gold: input must not hold it")
    want(seen[0][1] == seen[1][1], "the prompt changes with the gold")


def prompts_are_prompts(subject: Subject) -> None:
    """Each attempt has a prompt with messages, the same when it is made again."""
    built = _built(subject)
    for task in _tasks(subject)[:5]:
        for attempt in (1, 2, 7):
            prompt = built.prompt(task, attempt)
            want(isinstance(prompt, Prompt), f"prompt() gave {prompt!r:.80}, no Prompt")
            want(prompt.messages, "the prompt has no message")
            want(prompt.template, "the prompt's template has no name")
            want(prompt == built.prompt(task, attempt), f"attempt {attempt} has another prompt each time")


def hostile_replies_are_read(subject: Subject) -> None:
    """Every reply is read: an answer by a rule, or none and a slug that says why. Nothing is raised."""
    built, (task, *_) = _built(subject), _tasks(subject)
    for name, reply in HOSTILE:
        for finish in ("stop", "length", None):
            completion = Completion(choices=(Choice(text=reply, finish=finish),), model="m")
            with cpu_limit(f"on {name}"):
                reading = built.read(task, completion)
            want(isinstance(reading, Reading), f"on {name}: read() gave {reading!r:.80}, no Reading")
            ok = isinstance(reading.answer, str) if reading.answer is not None else bool(reading.reason)
            want(ok, f"on {name}: no answer and no reason: {reading!r:.120}")
            again = built.read(task, completion)
            want(again == reading, f"on {name}: {reading!r:.80}, then {again!r:.80}")


def payload_is_a_class(subject: Subject) -> None:
    """`payload` is the attrs class of what tasks carry for gates."""
    payload: Any = _built(subject).payload
    want(isinstance(payload, type) and attrs.has(payload), f"payload is {payload!r:.80}, no attrs class")
    wrong = next((t for t in _tasks(subject) if not isinstance(t.payload, payload)), None)
    want(wrong is None, f"a task carries {wrong and wrong.payload!r:.80}, no {payload.__name__}")


def mutants_are_mutants(subject: Subject) -> None:
    """Mutants are made from gold alone, alike each time, and their right replies can be read."""
    built = _built(subject)
    gold = [task for task in _tasks(subject) if task.has_gold][:5]
    if not gold:
        raise NotApplicable("no task has gold")
    for task in gold:
        found = list(built.mutants(task))
        want(found == list(built.mutants(task)), f"{task.task_id}: other mutants each time")
        for mutant in found:
            want(isinstance(mutant, Mutant), f"mutants() gave {mutant!r:.80}, no Mutant")
            want(mutant.expect in ("accept", "reject"), f"a mutant expects {mutant.expect!r}")
            if mutant.expect == "accept":
                reply = Completion(choices=(Choice(text=mutant.text, finish="stop"),), model="m")
                reading = built.read(task, reply)
                want(reading.answer is not None, f"{task.task_id}: its own {mutant.kind!r} is not read")


def form_is_read_back(subject: Subject) -> None:
    """An answer in the scenario's form is read as that answer again."""
    spec, built = _spec(subject), _built(subject)
    if spec.form is None:
        raise NotApplicable("its spec has no form")
    for task in [one for one in _tasks(subject) if one.has_gold][:3]:
        for mutant in built.mutants(task):
            reply = Completion(choices=(Choice(text=mutant.text, finish="stop"),), model="m")
            answer = built.read(task, reply).answer
            if mutant.expect == "accept" and answer:
                formed = Completion(choices=(Choice(text=spec.form(answer), finish="stop"),), model="m")
                again = built.read(task, formed).answer
                want(again == answer, f"{answer!r:.80} comes back as {again!r:.80}")


def default_gates_are_there(subject: Subject) -> None:
    """Every default gate is offered by a plugin that is installed."""
    plan_for(subject, _spec(subject).name)


SCENARIO_CHECKS = made(
    tasks_come_lazily_and_alike,
    bad_rows_cost_themselves,
    gold_is_never_shown,
    prompts_are_prompts,
    hostile_replies_are_read,
    payload_is_a_class,
    mutants_are_mutants,
    form_is_read_back,
    default_gates_are_there,
    default_gates_tell_mutants_apart,
)
