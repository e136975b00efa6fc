"""What a run may spend: its whole budget, or the part of a larger run's that it has leased.

A run asks its purse for a lease when what it has is used up, so that one code path keeps the budget of one
machine and of many.
"""

from typing import Protocol, runtime_checkable

from attrs import frozen

from fastdistill.settings import Budget


@frozen(kw_only=True)
class Spent:
    """What a run has used so far, in all of its sessions."""

    tokens: int = 0
    usd: float = 0.0
    accepted: int = 0


@frozen(kw_only=True)
class Lease:
    """Up to where a run may go, counted from its beginning; None is no limit."""

    tokens: int | None = None
    usd: float | None = None
    accept: int | None = None

    def holds(self, spent: Spent) -> bool:
        """Return whether `spent` leaves something of everything that is limited."""
        return (
            (self.tokens is None or spent.tokens < self.tokens)
            and (self.usd is None or spent.usd < self.usd)
            and (self.accept is None or spent.accepted < self.accept)
        )


@runtime_checkable
class Purse(Protocol):
    """Where one run, or one shard of a run, gets what it may spend."""

    def lease(self, spent: Spent, /) -> Lease:
        """Return how far the run may go now that it has used `spent`; further where more is left."""
        ...

    def settle(self, spent: Spent, /) -> None:
        """Take back what of the last lease was not used: the session is over."""
        ...


@frozen
class WholePurse:
    """The purse of a run that shares its budget with nobody: everything is leased at once."""

    budget: Budget

    def lease(self, spent: Spent, /) -> Lease:
        """Return the budget."""
        return Lease(tokens=self.budget.tokens, usd=self.budget.usd, accept=self.budget.accept)

    def settle(self, spent: Spent, /) -> None:
        """Do nothing: nobody else waits for what is left."""
