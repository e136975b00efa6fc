"""The teachers of a run: each question is asked once, and answered from ledger or cache after that."""

import time
from collections.abc import Awaitable, Callable

import anyio
from attrs import define, evolve, field, frozen

from fastdistill.errors import ProviderError
from fastdistill.model.answer import Call, Completion, Prompt, Purpose, Sampling
from fastdistill.run.ledger.completion_cache import CompletionCache
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import TeacherPlan
from fastdistill.run.teachers.observer import Observer
from fastdistill.run.teachers.request_id import request_of, seed_of


@define(kw_only=True)
class Teacher:
    """One `[[teacher]]` or `[[helper]]` at work."""

    plan: TeacherPlan
    identity: str
    """The endpoint's, part of every `request_id`."""
    complete: Callable[[Call], Awaitable[Completion]]
    """Paces, retries and spreads over endpoints; raises a `ProviderError` when that did not help."""
    ledger: Ledger
    run_seed: int
    observer: Observer
    cache: CompletionCache | None = None
    purpose: Purpose = "teacher"
    """Of its attempts at tasks: `teacher`, or `student` for a model that is measured."""
    resumed: bool = False
    """Whether the ledger may already hold answers."""
    capacity_of: Callable[[], float] = field(default=lambda: 64.0)

    @property
    def title(self) -> str:
        """Its name in reports."""
        return self.plan.config.title

    @property
    def capacity(self) -> float:
        """How many tasks may be under way with it."""
        return self.capacity_of()

    def sampling(self, sample_id: str, teacher_attempt: int) -> Sampling:
        """How its attempt at a task samples; `teacher_attempt` counts its own, from 1."""
        config = self.plan.config
        schedule = config.temperature
        seed = config.seed
        if seed is None:
            seed = seed_of(self.run_seed, sample_id, self.title, teacher_attempt)
        return Sampling(
            temperature=schedule[min(teacher_attempt, len(schedule)) - 1] if schedule else None,
            top_p=config.top_p,
            max_tokens=config.max_tokens,
            seed=seed,
            n=config.n,
            stop=config.stop,
            extra=config.extra,
        )

    def keyed(self, call: Call) -> Call:
        """Return a call with the identity of what is really asked."""
        request_id = request_of(
            provider=self.plan.config.provider,
            model=self.plan.config.model,
            identity=self.identity,
            prompt=call.prompt,
            sampling=call.sampling,
            attempt=call.teacher_attempt,
            purpose=call.purpose,
        )
        return evolve(call, request_id=request_id)

    def call_for(
        self,
        sample_id: str,
        prompt: Prompt,
        attempt: int,
        teacher_attempt: int,
        purpose: Purpose | None = None,
    ) -> Call:
        """Return the request of an attempt at a task."""
        return self.keyed(
            Call(
                request_id="",
                sample_id=sample_id,
                attempt=attempt,
                teacher_attempt=teacher_attempt,
                purpose=purpose or self.purpose,
                prompt=prompt,
                sampling=self.sampling(sample_id, teacher_attempt),
            )
        )

    async def ask(self, call: Call, *, as_attempt: bool = False) -> Completion:
        """Return the answer to `call`, durable by then; from ledger or cache if it was asked before.

        `as_attempt` says that it is an attempt at its task. Raises the `ProviderError` that retrying could
        not help.
        """
        known = self.recorded(call.request_id) if self.resumed else None
        if known is not None:
            if as_attempt:
                await self.ledger.record_attempt(call, self.title)
            return known
        got = self.cache.get(call.request_id) if self.cache else None
        waited = 0.0
        if got is None:
            start = time.perf_counter()
            self.observer.called(call)
            try:
                got = await self.complete(call)
            except ProviderError as error:
                self.ledger.record_failed_call(call, self.title, error, final=True)
                raise
            waited = max(0.0, time.perf_counter() - start - got.latency)
            if self.cache:
                self.cache.put(call, got)
        self.observer.completed(self.title, call, got)
        await self.ledger.record_completion(call, self.title, got, waited=waited, as_attempt=as_attempt)
        return got

    def recorded(self, request_id: str) -> Completion | None:
        """Return the answer that this run's ledger holds."""
        return self.ledger.read_completion(request_id)


@frozen(kw_only=True)
class ProvidedTeacher:
    """A teacher as judges see it: a provider whose every call is ledgered, cached, paced and counted.

    The same question, such as about an answer that comes twice, is asked once: the ledger has it.
    """

    teacher: Teacher
    _under_way: dict[str, anyio.Event] = field(factory=dict, init=False)

    @property
    def identity(self) -> str:
        """The endpoint's."""
        return self.teacher.identity

    async def complete(self, call: Call, /) -> Completion:
        """The answer; the request is keyed by what is really asked."""
        sampling = call.sampling
        if sampling.seed is None:
            seed = seed_of(self.teacher.run_seed, call.sample_id, self.teacher.title, call.teacher_attempt)
            sampling = evolve(sampling, seed=seed)
        keyed = self.teacher.keyed(evolve(call, sampling=sampling))
        while (other := self._under_way.get(keyed.request_id)) is not None:
            await other.wait()
        known = self.teacher.recorded(keyed.request_id)
        if known is not None:
            return known
        self._under_way[keyed.request_id] = done = anyio.Event()
        try:
            return await self.teacher.ask(keyed)
        finally:
            del self._under_way[keyed.request_id]
            done.set()
