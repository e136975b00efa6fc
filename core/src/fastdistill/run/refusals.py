"""Tells refusals that mean "fewer at once" from those that come anyhow, and says by how much to cut.

Calls are looked at in blocks. A share of refusals that cuts did not bring down is noise: the calls are
retried, but the limit is given back.
"""

from attrs import define, frozen

CUT, COLLAPSE = 0.85, 0.5
NOISE_LIMIT = 0.25
"""A larger share than this is never noise."""
NEGLIGIBLE = 0.01
ONE_CUT_SUFFICES = 0.12
"""A smaller share would be gone after one cut, a larger one after two, were it ours to cause."""
EXPECTED = 3
"""Refusals that must have been due, at the share before the cut, to tell that they have ended."""
SOON = 8
"""Calls after which a block that is mostly refusals is looked at early."""
ENOUGH, LONGEST = 5, 250
"""A few refusals are looked at when there are this many, or after so many calls."""
RECOVERY, PROBE = 1.1, 1.05
NOISE_BLOCKS = 50


@frozen
class Change:
    """What to do with the limit: multiply it by `factor`, or set it to `limit`, and then let it `climb`."""

    why: str
    factor: float = 1.0
    limit: int | None = None
    climb: bool = False


@define
class Refusals:
    """The blocks of one endpoint."""

    done: int = 0
    refused: int = 0
    refused_at: int | None = None
    """The limit at which the endpoint last refused; None when it does not matter any more."""
    _noise: float = 0.0
    _noise_blocks: int = 0
    _strikes: int = 0
    _first_share: float = 0.0
    _first_limit: int = 0
    _calm: int = 0
    _patience: int = 4

    def note(self, limit: int, *, refused: bool) -> Change | None:
        """One more call is over at `limit`; what follows, if anything."""
        self.done += not refused
        self.refused += refused
        total = self.done + self.refused
        early = refused and total >= SOON and 2 * self.refused >= total
        if not early and total < max(20, min(200, limit)):
            return None
        if self._strikes and not early and total * self._first_share < EXPECTED:
            return None
        few = 0 < self.refused < ENOUGH and self.refused <= NOISE_LIMIT * total
        if few and total < LONGEST:
            return None
        share, any_success = self.refused / total, self.done > 0
        self.done = self.refused = 0
        self._noise_blocks -= 1
        if self._noise_blocks == 0:
            self._noise = 0.0
        if share <= self._noise or share < NEGLIGIBLE:
            return self._after_calm(limit)
        return self._after_refusals(limit, share, any_success)

    def _after_refusals(self, limit: int, share: float, any_success: bool) -> Change:
        self._calm = 0
        if share <= NOISE_LIMIT:
            if not self._strikes:
                self._first_share, self._first_limit = share, limit
            elif (
                self._strikes >= 1 + (self._first_share > ONE_CUT_SUFFICES)
                and 3 * share > self._first_share
            ):
                self._strikes, self.refused_at = 0, None
                self._noise, self._noise_blocks = min(NOISE_LIMIT, 2 * share + 0.05), NOISE_BLOCKS
                return Change("refusals do not depend on us", limit=self._first_limit, climb=True)
            self._strikes += 1
        if self.refused_at is not None and limit >= 0.95 * self.refused_at:
            self._patience = min(32, 2 * self._patience)
        self.refused_at = limit
        return Change(f"{share:.0%} refused", factor=CUT if any_success else COLLAPSE)

    def _after_calm(self, limit: int) -> Change | None:
        self._strikes = 0
        if self.refused_at is None:
            return None
        self._calm += 1
        if limit * RECOVERY <= 0.95 * self.refused_at:
            return Change("refusals ended", limit=max(limit + 1, int(limit * RECOVERY)))
        if self._calm < self._patience:
            return None
        self._calm = 0
        if limit > 1.3 * self.refused_at:
            self.refused_at, self._patience = None, 4
            return None
        return Change("no refusals for a while", limit=max(limit + 1, int(limit * PROBE)))
