"""The teachers of a run: each question is asked once, and answered from ledger or cache after that."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from attrs import define, evolve, field, frozen

from fastdistill.errors import ProviderError
from fastdistill.model.answer import Call, Completion, Prompt, Purpose, Sampling
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.rows import FAULT, Statement, clean, completion_row, read_completion
from fastdistill.run.plan import TeacherPlan
from fastdistill.run.teachers.cache import CompletionCache
from fastdistill.run.teachers.request_id import request_of, seed_of


@frozen(kw_only=True)
class Asked:
    """An answer, and whether it had to be asked for."""

    completion: Completion
    fresh: bool


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
    cache: CompletionCache | None = None
    resumed: bool = False
    """Whether the ledger may already hold answers."""
    room_of: Callable[[], float] = field(default=lambda: 64.0)
    asked: int = field(default=0, init=False)
    on_answer: Callable[[str, Call, Completion], None] = field(default=lambda _title, _call, _got: None)

    @property
    def title(self) -> str:
        """Its name in reports."""
        return self.plan.config.title

    @property
    def room(self) -> float:
        """How many tasks may be under way with it."""
        return self.room_of()

    def sampling(self, sample_id: str, turn: int) -> Sampling:
        """How its `turn`th attempt at a task samples."""
        config = self.plan.config
        schedule = config.temperature
        seed = seed_of(self.run_seed, sample_id, self.title, turn) if config.seed is None else config.seed
        return Sampling(
            temperature=schedule[min(turn, len(schedule)) - 1] if schedule else None,
            top_p=config.top_p,
            max_tokens=config.max_tokens,
            seed=seed,
            n=config.n,
            stop=config.stop,
            extra=config.extra,
        )

    def call(
        self, sample_id: str, prompt: Prompt, turn: int, sampling: Sampling, purpose: Purpose = "teacher"
    ) -> Call:
        """The request, with its identity."""
        request_id = request_of(
            provider=self.plan.config.provider,
            model=self.plan.config.model,
            identity=self.identity,
            prompt=prompt,
            sampling=sampling,
            attempt=turn,
            purpose=purpose,
        )
        return Call(
            request_id=request_id,
            sample_id=sample_id,
            attempt=turn,
            purpose=purpose,
            prompt=prompt,
            sampling=sampling,
        )

    async def ask(self, call: Call, also: Callable[[], tuple[Statement, ...]] = tuple) -> Asked:
        """The answer to `call`, durable together with what `also` gives before it is returned.

        Raises the `ProviderError` that retrying could not mend.
        """
        known = self.recorded(call.request_id) if self.resumed else None
        if known is not None:
            await self.ledger.add(also())
            return Asked(completion=known, fresh=False)
        got = self.cache.get(call.request_id) if self.cache else None
        waited, fresh = 0.0, got is None
        if got is None:
            start = time.perf_counter()
            self.asked += 1
            try:
                got = await self.complete(call)
            except ProviderError as error:
                self.ledger.note([fault_row(call, self.title, error, final=True)])
                raise
            waited = max(0.0, time.perf_counter() - start - got.latency)
            if self.cache:
                self.cache.put(call, got)
        self.on_answer(self.title, call, got)
        row = completion_row(call, self.title, got, waited, time.time())
        await self.ledger.add((row, *also()))
        return Asked(completion=got, fresh=fresh)

    def recorded(self, request_id: str) -> Completion | None:
        """The answer that this run's ledger holds."""
        rows = self.ledger.query("SELECT * FROM completions WHERE request_id = ?", (request_id,))
        return read_completion(dict(rows[0])) if rows else None


def fault_row(call: Call, teacher: str, error: ProviderError, *, final: bool) -> Statement:
    """A failed call's row."""
    values: tuple[Any, ...] = (
        call.request_id,
        call.sample_id,
        teacher,
        call.purpose,
        error.kind,
        clean(str(error))[:500],
        int(final),
        time.time(),
    )
    return FAULT, values


@frozen(kw_only=True)
class LentTeacher:
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
        """The answer; the request is keyed anew by what is really asked."""
        sampling = call.sampling
        if sampling.seed is None:
            seed = seed_of(self.teacher.run_seed, call.sample_id, self.teacher.title, call.attempt)
            sampling = evolve(sampling, seed=seed)
        keyed = self.teacher.call(call.sample_id, call.prompt, call.attempt, sampling, call.purpose)
        while (other := self._under_way.get(keyed.request_id)) is not None:
            await other.wait()
        known = self.teacher.recorded(keyed.request_id)
        if known is not None:
            return known
        self._under_way[keyed.request_id] = done = anyio.Event()
        try:
            return (await self.teacher.ask(keyed)).completion
        finally:
            del self._under_way[keyed.request_id]
            done.set()
