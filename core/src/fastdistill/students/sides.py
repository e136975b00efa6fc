"""What a run's folder says of a model on each task: a student's shares, or a teacher's acceptances."""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from fastdistill.run.ledger.comparison import read_outcomes
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.tries import TriedTask, read_fingerprints, read_tried
from fastdistill.run.ops.replay import recorded_of
from fastdistill.settings import RunConfig
from fastdistill.students.evaluation import answers_asked
from fastdistill.students.paired import Scored


@frozen(kw_only=True)
class Side:
    """One of two runs that are compared."""

    folder: Path
    config: RunConfig
    scores: tuple[Scored, ...]
    fingerprints: frozenset[tuple[str, str]]
    """Gate and fingerprint of each gate that judged."""

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        teachers = ", ".join(one.title for one in self.config.teacher)
        return f"{teachers} ({self.folder})"


def read_side(folder: Path) -> Side:
    """Read one run. Raises `RunFolderError` where there is none."""
    config = recorded_of(folder).config
    with reading(folder) as ledger:
        student = config.purpose == "student"
        asked = answers_asked(config) if student else 0
        tried = list(read_tried(ledger, asked=asked, accept_unmatched=config.accept_unmatched))
        fingerprints = read_fingerprints(ledger)
    scores = _shares(tried) if student else _accepted(tried, folder)
    return Side(folder=folder, config=config, scores=scores, fingerprints=fingerprints)


def _shares(tried: Sequence[TriedTask]) -> tuple[Scored, ...]:
    return tuple(_scored(one, one.solved / one.decided if one.decided else None) for one in tried)


def _accepted(tried: Sequence[TriedTask], folder: Path) -> tuple[Scored, ...]:
    """A teacher's run stops at the first right answer: a task is solved or not, whatever the attempts."""
    worth = {"accepted": 1.0, "rejected": 0.0}
    outcomes = read_outcomes(folder)
    return tuple(_scored(one, worth.get(outcomes[one.sample_id][1])) for one in tried)


def _scored(one: TriedTask, share: float | None) -> Scored:
    return Scored(sample_id=one.sample_id, task_id=one.task_id, group=one.group, share=share)


def doubts(old: Side, new: Side) -> list[str]:
    """Return why two runs may not be comparable, a sentence each."""
    found = list[str]()
    if old.config.scenario != new.config.scenario:
        found.append(f"the scenarios differ: {old.config.scenario!r} and {new.config.scenario!r}")
    changed = sorted({gate for gate, _ in old.fingerprints ^ new.fingerprints})
    common = {gate for gate, _ in old.fingerprints} & {gate for gate, _ in new.fingerprints}
    if differ := [gate for gate in changed if gate in common]:
        found.append(
            f"the gates were not the same: {', '.join(differ)}; judge one of them again (fd replay --with)"
        )
    if old.config.purpose != new.config.purpose:
        found.append("one is a teacher's run, which stops at the first right answer, and one a student's")
    how = [[(one.temperature, one.attempts * one.n) for one in side.config.teacher] for side in (old, new)]
    if old.config.purpose == new.config.purpose and how[0] != how[1]:
        found.append("temperature or number of answers differ")
    return found
