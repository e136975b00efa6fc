"""The gate: votes become scores, scores an opinion for each judge, opinions a finding."""

from collections.abc import Mapping, Sequence
from typing import Any

import anyio
from attrs import field, frozen

from fastdistill import (
    Call,
    Candidate,
    FastDistillError,
    Finding,
    Prompt,
    Provider,
    Sampling,
    Task,
    passed,
    rejected,
    undecided,
)
from fastdistill_judge import reply
from fastdistill_judge.options import JudgeOptions
from fastdistill_judge.prompt import VERSION, comparing, scoring
from fastdistill_judge.rubric import Read


@frozen(kw_only=True)
class Opinion:
    """What one judge came to."""

    judge: str
    votes: tuple[float | None, ...]
    """The score of each vote; None for one that could not be read."""

    @property
    def score(self) -> float | None:
        """The mean of the votes that could be read; None when half of them or more could not."""
        readable = [vote for vote in self.votes if vote is not None]
        if 2 * len(readable) <= len(self.votes):
            return None
        return sum(readable) / len(readable)


@frozen(kw_only=True)
class JudgeGate:
    """A `fastdistill.Gate` that asks models."""

    options: JudgeOptions
    read: Read
    judges: Mapping[str, Provider] = field(factory=dict)
    """By the name in the run file, in the order of asking."""

    @property
    def depends_on(self) -> str:
        """The rubric's bytes and the template's version: both are part of the fingerprint."""
        return f"rubric {self.read.digest}, template {VERSION}"

    async def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Ask every judge. Errors of their endpoints are the caller's to treat as such."""
        if self.read.rubric.mode == "pairwise" and self._reference(task) is None:
            return undecided("no-reference", f"the task's meta has no text {self.options.reference!r}")
        opinions = [
            Opinion(judge=name, votes=await self._votes(provider, task, candidate.answer))
            for name, provider in self.judges.items()
        ]
        return self._finding(opinions)

    def _reference(self, task: Task[Any]) -> str | None:
        found = task.meta.get(self.options.reference)
        return found if isinstance(found, str) else None

    async def _votes(self, judge: Provider, task: Task[Any], answer: str) -> tuple[float | None, ...]:
        votes: list[float | None] = [None] * self.options.votes
        errors: list[FastDistillError] = []

        async def vote(number: int) -> None:
            try:
                votes[number - 1] = await self._vote(judge, task, answer, number)
            except FastDistillError as error:
                errors.append(error)

        async with anyio.create_task_group() as group:
            for number in range(1, self.options.votes + 1):
                group.start_soon(vote, number)
        if errors:
            raise errors[0]
        return tuple(votes)

    async def _vote(self, judge: Provider, task: Task[Any], answer: str, number: int) -> float | None:
        rubric, structured = self.read.rubric, self.options.structured
        if rubric.mode == "score":
            prompt = scoring(rubric, task, answer, structured=structured)
            given = reply.scores(await self._ask(judge, task, prompt, number), rubric)
            return None if given is None else reply.weighted(given, rubric)
        other = self._reference(task) or ""
        wins = 0.0
        # Each pair is judged in both orders: a judge that goes by position comes out at a half.
        for texts, mine in (((answer, other), "A"), ((other, answer), "B")):
            prompt = comparing(rubric, task, *texts, structured=structured)
            said = reply.better(await self._ask(judge, task, prompt, number))
            if said is None:
                return None
            wins += 1.0 if said == mine else 0.5 if said == "tie" else 0.0
        return wins / 2

    async def _ask(self, judge: Provider, task: Task[Any], prompt: Prompt, number: int) -> str:
        call = Call(
            request_id="",
            sample_id=task.sample_id,
            attempt=number,
            purpose="judge",
            prompt=prompt,
            sampling=Sampling(temperature=self.options.heat, max_tokens=self.options.max_tokens),
        )
        return (await judge.complete(call)).text

    def _finding(self, opinions: Sequence[Opinion]) -> Finding:
        threshold = self.options.threshold
        evidence = {
            "threshold": threshold,
            "judges": [
                {"judge": one.judge, "score": one.score, "votes": list(one.votes)} for one in opinions
            ],
        }
        scores = [one.score for one in opinions]
        if any(score is None for score in scores):
            unread = ", ".join(one.judge for one in opinions if one.score is None)
            return undecided("judge-unreadable", f"no readable reply of {unread}", evidence=evidence)
        known = [score for score in scores if score is not None]
        mean = sum(known) / len(known)
        said = {score >= threshold for score in known}
        if len(said) == 2 and self.options.tie == "undecided":
            return undecided("judges-disagree", _told(opinions, threshold), evidence=evidence)
        good = said == {True} or (len(said) == 2 and self.options.tie == "mean" and mean >= threshold)
        if good:
            return passed(score=mean, evidence=evidence)
        return rejected("judged-poor", _told(opinions, threshold), score=mean, evidence=evidence)


def _told(opinions: Sequence[Opinion], threshold: float) -> str:
    scores = ", ".join(f"{one.judge} gives {one.score:.2f}" for one in opinions if one.score is not None)
    return f"{scores}; {threshold:.2f} passes"
