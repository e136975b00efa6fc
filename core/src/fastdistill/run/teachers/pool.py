"""The teachers of one session, opened in the order of the run file."""

import math
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from attrs import define, field, frozen

from fastdistill.errors import NotRecorded, UsageError
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Covers, Provider
from fastdistill.redact import scrub
from fastdistill.run.ledger.completion_cache import CompletionCache
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import Plan, TeacherPlan
from fastdistill.run.services.opening import entered
from fastdistill.run.teachers.channel import Channel, open_channel
from fastdistill.run.teachers.dispatcher import Dispatcher
from fastdistill.run.teachers.observer import Observer
from fastdistill.run.teachers.teacher import ProvidedTeacher, Teacher
from fastdistill.serde import nearest
from fastdistill.specs import ProviderSpec, Services

FIRST = "teacher"
"""By this name a gate asks for the task's own teacher, whatever it is called."""


@frozen(kw_only=True)
class Attempt:
    """One request for a task."""

    teacher: Teacher
    number: int
    """Its ordinal over all teachers, from 1."""
    teacher_attempt: int
    """Its ordinal among the requests to this teacher, from 1."""


@define
class Schedule:
    """The attempts at one task: every attempt of the first teacher, then of the next. An iterator."""

    teachers: Sequence[Teacher]
    number: int = 0
    """How many attempts were begun."""
    _teacher: int = field(default=0, init=False)
    _teacher_attempt: int = field(default=0, init=False)
    _left: int | None = field(default=None, init=False)
    """Attempts left after an acceptance, with the teacher that was accepted; None before it."""

    def __iter__(self) -> "Schedule":
        return self

    def __next__(self) -> Attempt:
        while self._teacher < len(self.teachers):
            teacher = self.teachers[self._teacher]
            if self._left is not None:
                if self._left == 0:
                    break
                self._left -= 1
            if self._left is not None or self._teacher_attempt < _most(teacher.plan):
                self.number += 1
                self._teacher_attempt += 1
                return Attempt(teacher=teacher, number=self.number, teacher_attempt=self._teacher_attempt)
            self.leave_teacher()
        raise StopIteration

    def only_more(self, attempts: int) -> bool:
        """Allow so many further attempts of this teacher, and no others; return whether any are left."""
        if self._left is None:
            self._left = attempts
        return self._left > 0

    def leave_teacher(self) -> None:
        """Go on with the next teacher: more attempts of this one do not help."""
        if self._left is not None:
            self._left = 0
            return
        self._teacher += 1
        self._teacher_attempt = 0


def _most(plan: TeacherPlan) -> float:
    """Return how often a teacher is asked for one task; recorded replies, until there are none."""
    endless = getattr(plan.offer.spec, "recorded", False) and plan.config.attempts == 1
    return math.inf if endless else plan.config.attempts


@define(kw_only=True)
class TeacherPool:
    """All teachers and helpers of a session, by name."""

    teachers: Sequence[Teacher] = ()
    helpers: Sequence[Teacher] = ()
    channels: Mapping[str, Channel] = field(factory=dict)
    covering: Mapping[str, Covers] = field(factory=dict)
    """Those whose replies exist already, and who can tell which of them no task asked for."""
    _provided: dict[str, Provider] = field(factory=dict, init=False)

    def schedule(self) -> Schedule:
        """Return the attempts at one task."""
        return Schedule(self.teachers)

    def named(self, title: str) -> Teacher:
        """Return the teacher or helper of that name. Raises LookupError."""
        return next(one for one in (*self.teachers, *self.helpers) if one.title == title)

    @property
    def capacity(self) -> float:
        """How many tasks may be under way with the teachers."""
        return max((one.capacity for one in self.teachers), default=1.0)

    @property
    def limit(self) -> float | None:
        """How many calls may be in flight together, as found so far; None where nothing finds it."""
        found = [one.limit for one in self.channels.values() if isinstance(one, Dispatcher)]
        return sum(found) if found else None

    @property
    def in_flight(self) -> int:
        """Calls under way with a teacher or helper now."""
        return sum(line.in_flight for line in self.channels.values())

    def halt(self) -> None:
        """Make no more calls; those in flight finish."""
        for line in self.channels.values():
            line.halt()

    def report(self) -> dict[str, Any]:
        """Return what the pacing of each teacher did, for the timing report."""
        return {title: line.report() for title, line in self.channels.items()}

    @property
    def identities(self) -> dict[str, str]:
        """Endpoint identity by teacher."""
        return {one.title: one.identity for one in (*self.teachers, *self.helpers)}

    async def provide(self, name: str) -> Provider:
        """Return the one of that name, as judges see it; `teacher` is the first where none is called so.

        Raises `UsageError` naming those there are.
        """
        titles = [one.title for one in (*self.teachers, *self.helpers)]
        if name == FIRST and FIRST not in titles and self.teachers:
            name = self.teachers[0].title
        for one in (*self.teachers, *self.helpers):
            if one.title == name:
                return self._provided.setdefault(name, ProvidedTeacher(teacher=one))
        raise UsageError(
            f"there is no teacher or helper {name!r}{nearest(name, titles)}; the run file has: "
            f"{', '.join(titles) or 'none'}. Add a [[helper]] table with name = {name!r}"
        )


def identity_of(plan: TeacherPlan, providers: list[Provider]) -> str:
    """Return what keys this model's requests: the label that makes its URLs one model, or the URLs."""
    return plan.config.label or " ".join(sorted({scrub(provider.identity) for provider in providers}))


async def open_pool(
    stack: AsyncExitStack,
    plan: Plan,
    services: Services,
    *,
    ledger: Ledger,
    cache: CompletionCache | None,
    resumed: bool,
    observer: Observer,
) -> TeacherPool:
    """Open every teacher and helper of `plan`; they are closed with `stack`."""
    channels, covering = dict[str, Channel](), dict[str, Covers]()

    async def opened(one: TeacherPlan) -> Teacher:
        providers = await open_providers(stack, one, services)
        line = await open_channel(stack, one, providers, ledger, observer)
        channels[one.config.title] = line
        if isinstance(providers[0], Covers):
            covering[one.config.title] = providers[0]
        return Teacher(
            plan=one,
            identity=identity_of(one, providers),
            complete=line.complete,
            capacity_of=line.capacity,
            ledger=ledger,
            run_seed=plan.config.seed,
            purpose=plan.config.purpose,
            cache=None if getattr(one.offer.spec, "recorded", False) else cache,
            resumed=resumed,
            observer=observer,
        )

    return TeacherPool(
        teachers=[await opened(one) for one in plan.teachers],
        helpers=[await opened(one) for one in plan.helpers],
        channels=channels,
        covering=covering,
    )


async def open_providers(stack: AsyncExitStack, plan: TeacherPlan, services: Services) -> list[Provider]:
    """Open one provider for each endpoint of a teacher."""
    spec = plan.offer.spec
    assert isinstance(spec, ProviderSpec)  # noqa: S101  the host has checked it
    return [
        await entered(stack, plan.offer, partial(spec.open, options, services))
        for options in plan.endpoints
    ]


def replay_pool(
    plan: Plan, ledger: Ledger, identities: Mapping[str, str], observer: Observer
) -> TeacherPool:
    """Return teachers that only remember what the ledger holds."""

    def made(one: TeacherPlan) -> Teacher:
        return Teacher(
            plan=one,
            identity=identities.get(one.config.title, ""),
            complete=partial(_remember, ledger),
            ledger=ledger,
            run_seed=plan.config.seed,
            purpose=plan.config.purpose,
            resumed=True,
            observer=observer,
        )

    return TeacherPool(
        teachers=[made(one) for one in plan.teachers], helpers=[made(one) for one in plan.helpers]
    )


async def _remember(ledger: Ledger, call: Call) -> Completion:
    """Fail as the recorded call failed, or say that it was never made."""
    error = ledger.read_failed_call(call.request_id)
    raise error or NotRecorded(f"no answer to request {call.request_id} is recorded")
