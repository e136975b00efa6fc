"""Who counts what the teachers do."""

from typing import Protocol

from fastdistill.model.answer import Call, Completion


class Observer(Protocol):
    """The counts of a run, as teachers see them."""

    @property
    def idle_cause(self) -> str:
        """Why no task is started just now: a slug for the timing report."""

    def called(self, call: Call) -> None:
        """Count a request that has to be asked."""

    def retried(self) -> None:
        """Count a call that failed and is made again."""

    def completed(self, teacher: str, call: Call, got: Completion) -> None:
        """Count an answer, wherever it came from."""
