"""What the simulator saw: the ground truth that a client's own figures are held against."""

from collections import Counter
from typing import Any

from attrs import define, field


@define(kw_only=True)
class Counters:
    """Counts since the start or the last reset. Times are seconds of the server's monotonic clock."""

    slots: int
    requests: int = 0
    """Chat requests, faulty ones included."""
    served: int = 0
    """Chat requests that held a slot to their end."""
    refused: int = 0
    """Sent away because every slot was taken, or over the rate."""
    gone: int = 0
    """Clients that hung up before their answer."""
    connections: int = 0
    in_flight: int = 0
    in_flight_peak: int = 0
    busy: int = 0
    queue_peak: int = 0
    busy_slot_seconds: float = 0.0
    first: float | None = None
    """When the first request came."""
    last: float = 0.0
    """When a slot was last taken or freed."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    by_status: Counter[int] = field(factory=Counter)
    by_fault: Counter[str] = field(factory=Counter)
    by_prompt: Counter[str] = field(factory=Counter)
    """Requests by the text of their last message."""
    by_second: Counter[int] = field(factory=Counter)
    """Answers served, by whole seconds since `first`."""

    def arrive(self, now: float) -> None:
        """A chat request came."""
        if self.first is None:
            self.first = self.last = now
        self.requests += 1
        self.in_flight += 1
        self.in_flight_peak = max(self.in_flight_peak, self.in_flight)

    def change_busy(self, by: int, now: float) -> None:
        """A slot was taken (+1) or freed (-1)."""
        self.busy_slot_seconds += self.busy * (now - self.last)
        self.last = now
        self.busy += by

    def finish(self, now: float) -> None:
        """A slot's work was done to its end."""
        self.served += 1
        self.by_second[int(now - (self.first or now))] += 1

    @property
    def occupancy(self) -> float | None:
        """Share of slot time that was busy, from the first request to the last change of a slot."""
        span = self.last - self.first if self.first is not None else 0.0
        return self.busy_slot_seconds / (self.slots * span) if span > 0 else None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data, with `occupancy` and `span`."""
        plain = {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}
        for name, value in plain.items():
            if isinstance(value, Counter):
                plain[name] = {str(key): count for key, count in value.items()}
        plain["occupancy"] = self.occupancy
        plain["span"] = self.last - self.first if self.first is not None else 0.0
        return plain
