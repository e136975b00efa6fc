"""`fd run --dry-run`: what a run would do, without a teacher, a worker or a folder."""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from fastdistill.api.tasks import STDIN, read_task_file
from fastdistill.cli.checking import checked, told
from fastdistill.errors import UsageError, boundary
from fastdistill.model.answer import Prompt
from fastdistill.model.task import Task
from fastdistill.run.checking import Checked, refusal
from fastdistill.run.plan import Plan
from fastdistill.settings import Price, TeacherConfig

CHARACTERS = 4
"""Of one token, about: English and code with the tokenizers in use."""
SAMPLED = 200
"""Prompts that the estimate is made of."""
REPLY = 300
"""Tokens of a reply where the run file sets no `max_tokens`: a guess, and said so."""
SHOWN = 3


@frozen(kw_only=True)
class Estimate:
    """Tokens and US dollars of one teacher: each task asked once, and every attempt used."""

    title: str
    attempts: int
    prompt_tokens: int
    reply_tokens: int
    guessed: bool
    """Whether the length of replies is a guess."""
    usd: float | None
    """Each task asked once; None where the run file has no price."""

    def line(self) -> str:
        """Return it as a sentence."""
        how = "guessed at" if self.guessed else "at most, by max_tokens,"
        cost = "cost unknown: no price in the run file" if self.usd is None else f"about {self.usd:.2f} USD"
        more = f"; up to {self.attempts} times that with every attempt" if self.attempts > 1 else ""
        return (
            f"{self.title}: about {self.prompt_tokens} prompt tokens, replies {how} "
            f"{self.reply_tokens} tokens, {cost}{more}"
        )


def estimate(config: TeacherConfig, price: Price | None, tasks: int, prompt: float) -> Estimate:
    """Return what `tasks` prompts of about `prompt` tokens cost with a teacher."""
    reply = (config.max_tokens or REPLY) * config.n
    asked, answered = round(tasks * prompt), tasks * reply
    usd = None
    if price is not None and price.input is not None and price.output is not None:
        usd = (asked * price.input + answered * price.output) / 1e6
    return Estimate(
        title=config.title,
        attempts=config.attempts,
        prompt_tokens=asked,
        reply_tokens=answered,
        guessed=config.max_tokens is None,
        usd=usd,
    )


def dry_run(plan: Plan) -> Iterator[str]:
    """Yield what the run would do, a line at a time; nothing is asked and nothing kept."""
    if str(plan.config.tasks) == STDIN:
        raise UsageError("--dry-run keeps no tasks: give a file instead of stdin")
    with read_task_file(plan) as tasks:
        if tasks.note:
            yield tasks.note
        plan = tasks.plan
        found = checked(plan, tasks.path, keep=SAMPLED)
    yield from told(found)
    if found.mostly_bad:
        yield refusal(found)
        return
    prompts = _prompts(plan, found.first)
    for task, prompt in zip(found.first[:SHOWN], prompts, strict=False):
        yield f"\n--- the prompt of task {task.task_id!r} ({prompt.template} {prompt.version})"
        yield from (f"[{turn.role}]\n{turn.content}" for turn in prompt.messages)
    yield "\n--- gates, in order"
    yield from _gates(plan, found)
    yield "\n--- tokens and cost, estimated at four characters a token"
    sizes = [sum(len(turn.content) for turn in one.messages) / CHARACTERS for one in prompts]
    mean = sum(sizes) / len(sizes) if sizes else 0.0
    count = max(0, found.tasks - found.duplicates - found.names_twice)
    for teacher in plan.teachers:
        yield estimate(teacher.config, teacher.config.price, count, mean).line()
    if len(plan.teachers) > 1:
        yield "later teachers are asked only what the earlier ones did not solve"


def _prompts(plan: Plan, tasks: Sequence[Task[Any]]) -> list[Prompt]:
    owner = str(plan.scenario.offer.origin)
    with boundary(owner, "prompt"):
        scenario = plan.spec.build(plan.scenario.options)
        return [scenario.prompt(task, 1) for task in tasks]


def _gates(plan: Plan, found: Checked) -> Iterator[str]:
    for gate in plan.gates:
        yield f"{gate.name}: {gate.offer.spec.summary}"
    without = found.tasks - found.with_gold
    config = plan.config
    if found.with_gold and not config.accept_unmatched:
        yield f"{found.with_gold} tasks have gold: an answer is accepted where a gate matches it"
    if without:
        how = "by consensus over all attempts" if config.consensus.enabled else "where every gate passes"
        yield f"{without} tasks have none: an answer is accepted {how}, and marked as confirmed by no gold"
