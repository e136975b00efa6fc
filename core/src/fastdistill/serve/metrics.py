"""Counts and times of a service in Prometheus' text format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0)
"""Upper bounds of the histogram: from a plain number to a whole batch of programs."""


class Metrics:
    """What one service counts, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "fastdistill_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self._registry,
        )
        self.items = Counter(
            "fastdistill_items", "Judged items by outcome", ["outcome"], registry=self._registry
        )
        self.undecided = Counter(
            "fastdistill_undecided", "Undecided items by reason", ["reason"], registry=self._registry
        )
        self.queued = Gauge(
            "fastdistill_items_queued", "Items being judged or waiting", registry=self._registry
        )
        self.seconds = Histogram(
            "fastdistill_request_seconds",
            "Seconds from the first byte to the answer, by route",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        return generate_latest(self._registry)
