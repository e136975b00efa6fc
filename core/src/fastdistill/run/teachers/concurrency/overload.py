"""Tells refusals that mean "fewer at once" from those that come anyhow, and says by how much to cut.

Calls are looked at in trials. Cuts answer refusals, and are a test of what they are: where they bring
the share of refusals down, or cost no answers a second, the endpoint was overloaded. Where neither is so,
refusals are noise: the calls are retried, but the limit is given back.
"""

import math

from attrs import define, field, frozen

CUT, COLLAPSE = 0.85, 0.5
SMALL = 0.25
"""A larger share can stand for any overload: only answers a second tell it from noise."""
NEGLIGIBLE = 0.01
ONE_CUT_SUFFICES = 0.12
"""A smaller share would be gone after one cut, a larger one after two, were it ours to cause."""
DEEP = 0.65
"""Cuts below this part of where they began show in the answers a second."""
TELLING = 10
"""Answers without which a rate says nothing."""
EXPECTED = 3
"""OverloadDetector that must have been due, at the share before the cut, to tell that they have ended."""
SOON = 8
"""Calls after which a trial that is mostly refusals is looked at early."""
RIPE = 0.8
"""The part of a trial's calls that must be over: refusals come sooner than answers."""
ENOUGH, LONGEST = 5, 250
"""A few refusals are looked at when there are this many, or after so many calls."""
RECOVERY, PROBE = 1.1, 1.05
NOISE_TRIALS = 50


@frozen
class Change:
    """What to do with the limit: multiply it by `factor`, or set it to `limit`, and then let it `grow`."""

    why: str
    factor: float = 1.0
    limit: int | None = None
    grow: bool = False


@define(eq=False)
class Trial:
    """Calls that were started one after another."""

    limit: int
    began: float
    done_before: int
    started: int = 0
    over: int = 0
    refused: int = 0
    closed: bool = False

    @property
    def full(self) -> bool:
        """Whether enough calls were started at this limit."""
        return self.started >= max(20, min(200, self.limit))

    def take_over(self, other: "Trial") -> None:
        """Be this trial and `other`, which came to no end, in one."""
        self.began, self.done_before = other.began, other.done_before
        self.started += other.started
        self.over += other.over
        self.refused += other.refused


@frozen
class Block:
    """What a trial came to."""

    limit: int
    share: float
    """Of the calls, how many were refused."""
    answers: int
    """How many came while it ran, whatever trial they were of."""
    rate: float
    """Answers a second."""
    dead: bool
    """Whether nothing but refusals came."""


@define
class OverloadDetector:
    """The trials of one endpoint."""

    done: int = 0
    """Answers so far."""
    refused_at: int | None = None
    """The limit at which the endpoint last refused; None when it does not matter any more."""
    _trials: list[Trial] = field(factory=list)
    _noise: float = 0.0
    _noise_trials: int = 0
    _cuts: list[Block] = field(factory=list)
    """What led to a cut, since the first."""
    _low: Block | None = None
    """The last before the limit was given back, until that has proved right."""
    _depth: float = DEEP
    _calm: int = 0
    _probe_backoff: int = 4

    def start(self, now: float, limit: int) -> Trial:
        """A call begins; the trial that it belongs to. Seconds of any monotonic clock."""
        if not self._trials or self._trials[-1].full:
            self._trials.append(Trial(limit, now, self.done))
        trial = self._trials[-1]
        trial.limit = limit
        trial.started += 1
        return trial

    def abandon(self) -> None:
        """Close every trial: calls that are still in flight tell nothing any more."""
        for trial in self._trials:
            trial.closed = True
        self._trials.clear()

    def capped(self, limit: int) -> None:
        """Take note that the endpoint was seen to serve `limit` calls and refuse more."""
        self.abandon()
        self._cuts.clear()
        again = self.refused_at is not None and limit + 1 >= 0.95 * self.refused_at
        self._probe_backoff = min(32, 2 * self._probe_backoff) if again else 4
        self._calm, self.refused_at = 0, limit + 1

    def note(self, now: float, trial: Trial, *, refused: bool, answered: bool = True) -> Change | None:
        """A call of `trial` is over; what follows, if anything."""
        self.done += answered and not refused
        if trial.closed:
            return None
        trial.over += 1
        trial.refused += refused
        mostly = 2 * trial.refused >= trial.started >= SOON
        early = refused and mostly and not self._is_noise(trial)
        if not early and not (trial.full and trial.over >= RIPE * trial.started):
            return None
        self._trials.remove(trial)
        trial.closed = True
        few = 0 < trial.refused < ENOUGH and trial.refused <= SMALL * trial.started
        if not early and (
            (few and trial.started < LONGEST)
            or (self._cuts and trial.started * self._cuts[0].share < EXPECTED)
        ):
            self._continue(trial)
            return None
        change = self._judge(now, trial)
        if change:
            for one in self._trials:
                one.closed = True
            self._trials.clear()
        return change

    def _continue(self, trial: Trial) -> None:
        if not self._trials:
            self._trials.append(Trial(trial.limit, trial.began, trial.done_before))
        self._trials[0].take_over(trial)

    def _judge(self, now: float, trial: Trial) -> Change | None:
        answers = self.done - trial.done_before
        block = Block(
            trial.limit,
            trial.refused / trial.started,
            answers,
            answers / max(now - trial.began, 1e-9),
            dead=trial.refused == trial.started,
        )
        usual = self._is_noise(trial) or block.share < NEGLIGIBLE
        if self._low and block.limit >= self._low.limit / DEEP and not self._given_back_rightly(block):
            usual = False
        self._noise_trials -= 1
        if self._noise_trials == 0:
            self._noise = 0.0
        return self._after_calm(block.limit) if usual else self._after_refusals(block)

    def _is_noise(self, trial: Trial) -> bool:
        """Whether the known noise explains the refusals, with some slack."""
        spread = 3 * math.sqrt(self._noise * (1 - self._noise) * trial.started)
        return self._noise > 0 and trial.refused <= (self._noise + 0.05) * trial.started + spread

    def _given_back_rightly(self, block: Block) -> bool:
        """With the limit, the answers a second must have come back; else it was no noise."""
        low, self._low = self._low, None
        assert low is not None  # noqa: S101  the caller has looked
        right = block.rate >= low.rate * (1 + block.limit / low.limit) / 2
        if not right:
            self._noise, self._depth = 0.0, self._depth * 0.7
        return right

    def _costs_answers(self, block: Block) -> bool:
        """Whether answers a second fell with the limit, as they do when refusals do not depend on it."""
        first = next((one for one in self._cuts if one.answers >= TELLING), None)
        if first is None or block.answers < TELLING:
            return False
        part = block.limit / first.limit
        return part <= self._depth and block.rate <= first.rate * (1 + part) / 2

    def _is_no_cure(self, block: Block) -> bool:
        """Whether the cuts so far did nothing for a share that they should have ended."""
        first = self._cuts[0]
        needed = 1 + (first.share > ONE_CUT_SUFFICES)
        return first.share <= SMALL and len(self._cuts) >= needed and block.share <= SMALL

    def _after_refusals(self, block: Block) -> Change:
        self._calm = 0
        stays = bool(self._cuts) and 3 * block.share > self._cuts[0].share
        if stays and (self._is_no_cure(block) or self._costs_answers(block)):
            first = self._cuts[0]
            self._noise = sum(one.share for one in (*self._cuts, block)) / (len(self._cuts) + 1)
            self._noise_trials, self.refused_at = NOISE_TRIALS, None
            self._cuts.clear()
            self._low = block if block.limit <= DEEP * first.limit else None
            return Change("refusals-are-noise", limit=first.limit, grow=True)
        self._cuts.append(block)
        if self.refused_at is not None and block.limit >= 0.95 * self.refused_at:
            self._probe_backoff = min(32, 2 * self._probe_backoff)
        self.refused_at = block.limit
        return Change("refused", factor=COLLAPSE if block.dead else CUT)

    def _after_calm(self, limit: int) -> Change | None:
        self._cuts.clear()
        if self.refused_at is None:
            return None
        self._calm += 1
        if (higher := max(limit + 1, int(limit * RECOVERY))) < self.refused_at:
            return Change("refusals-ended", limit=higher)
        if self._calm < self._probe_backoff:
            return None
        self._calm = 0
        if limit > 1.3 * self.refused_at:
            self.refused_at, self._probe_backoff = None, 4
            return None
        return Change("no-refusals", limit=max(limit + 1, int(limit * PROBE)))
