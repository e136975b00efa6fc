"""The teachers of one session, opened in the order of the run file."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from attrs import define, field

from fastdistill.errors import NotRecorded, UsageError, error_of
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Provider
from fastdistill.run.gates.opening import open_providers
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import Plan, TeacherPlan
from fastdistill.run.progress import Tally
from fastdistill.run.teachers.cache import CompletionCache
from fastdistill.run.teachers.channel import Line, open_line
from fastdistill.run.teachers.teacher import LentTeacher, Teacher
from fastdistill.serde import nearest
from fastdistill.specs import Services


@define
class Staff:
    """All teachers and helpers of a session, by name."""

    teachers: list[Teacher] = field(factory=list)
    helpers: list[Teacher] = field(factory=list)
    lines: dict[str, Line] = field(factory=dict)
    lent: dict[str, Provider] = field(factory=dict)
    asked_before: int = 0
    """Calls of earlier sessions."""

    @property
    def in_flight(self) -> int:
        """Calls under way with a teacher or helper now."""
        return sum(line.in_flight for line in self.lines.values())

    def halt(self) -> None:
        """Make no more calls; those in flight come home."""
        for line in self.lines.values():
            line.halt()

    def report(self) -> dict[str, Any]:
        """What the pacing of each teacher did, for the timing report."""
        return {title: line.report() for title, line in self.lines.items()}

    async def lend(self, name: str) -> Provider:
        """The one of that name, as judges see it. Raises `UsageError` naming those there are."""
        titles = [one.title for one in (*self.teachers, *self.helpers)]
        for one in (*self.teachers, *self.helpers):
            if one.title == name:
                return self.lent.setdefault(name, LentTeacher(teacher=one))
        raise UsageError(
            f"there is no teacher or helper {name!r}{nearest(name, titles)}; the run file has: "
            f"{', '.join(titles) or 'none'}. Add a [[helper]] table with name = {name!r}"
        )

    @property
    def identities(self) -> dict[str, str]:
        """Endpoint identity by teacher."""
        return {one.title: one.identity for one in (*self.teachers, *self.helpers)}

    @property
    def room(self) -> float:
        """How many tasks may be under way with the teachers."""
        return max((one.room for one in self.teachers), default=1.0)


def identity_of(plan: TeacherPlan, providers: list[Provider]) -> str:
    """What keys this model's requests: the label that declares several URLs one model, or the URLs."""
    return plan.config.label or " ".join(sorted({provider.identity for provider in providers}))


async def hire(
    stack: AsyncExitStack,
    plan: Plan,
    services: Services,
    *,
    ledger: Ledger,
    cache: CompletionCache | None,
    resumed: bool,
    tally: Tally,
    into: Staff,
) -> Staff:
    """Open every teacher and helper of `plan` into `into`."""
    into.asked_before = tally.asked
    for plans, members in ((plan.teachers, into.teachers), (plan.helpers, into.helpers)):
        for one in plans:
            providers = await open_providers(stack, one, services)
            line = await open_line(stack, one, providers, ledger, tally)
            into.lines[one.config.title] = line
            members.append(
                Teacher(
                    plan=one,
                    identity=identity_of(one, providers),
                    complete=line.complete,
                    room_of=line.room,
                    ledger=ledger,
                    run_seed=plan.config.seed,
                    cache=cache,
                    resumed=resumed,
                    on_answer=tally.answer,
                )
            )
    return into


def recall(plan: Plan, ledger: Ledger, identities: Mapping[str, str], tally: Tally, into: Staff) -> None:
    """Fill `into` with teachers that only remember what the ledger holds."""
    for plans, members in ((plan.teachers, into.teachers), (plan.helpers, into.helpers)):
        for one in plans:
            title = one.config.title
            members.append(
                Teacher(
                    plan=one,
                    identity=identities.get(title, ""),
                    complete=partial(remember, ledger),
                    ledger=ledger,
                    run_seed=plan.config.seed,
                    resumed=True,
                    on_answer=tally.answer,
                )
            )


async def remember(ledger: Ledger, call: Call) -> Completion:
    """Fail as the recorded call failed, or say that it was never made."""
    rows = ledger.query(
        "SELECT kind, detail FROM faults WHERE request_id = ? AND final = 1 ORDER BY id DESC LIMIT 1",
        (call.request_id,),
    )
    if rows:
        raise error_of(rows[0]["kind"], rows[0]["detail"])
    raise NotRecorded(f"no answer to request {call.request_id} is recorded")
