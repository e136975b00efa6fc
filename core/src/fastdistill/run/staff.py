"""The teachers of one session, opened in the order of the run file."""

from contextlib import AsyncExitStack

from attrs import define, field

from fastdistill.errors import UsageError
from fastdistill.protocols import Provider
from fastdistill.run.cache import CompletionCache
from fastdistill.run.crew import open_providers
from fastdistill.run.ledger import Ledger
from fastdistill.run.lines import open_line
from fastdistill.run.plan import Plan, TeacherPlan
from fastdistill.run.tally import Tally
from fastdistill.run.teachers import LentTeacher, Teacher
from fastdistill.serde import nearest
from fastdistill.specs import Services


@define
class Staff:
    """All teachers and helpers of a session, by name."""

    teachers: list[Teacher] = field(factory=list)
    helpers: list[Teacher] = field(factory=list)
    asked_before: int = 0
    """Calls of earlier sessions."""

    async def lend(self, name: str) -> Provider:
        """The one of that name, as judges see it. Raises `UsageError` naming those there are."""
        titles = [one.title for one in (*self.teachers, *self.helpers)]
        for one in (*self.teachers, *self.helpers):
            if one.title == name:
                return LentTeacher(teacher=one)
        raise UsageError(
            f"there is no teacher or helper {name!r}{nearest(name, titles)}; the run file has: "
            f"{', '.join(titles) or 'none'}. Add a [[helper]] table with name = {name!r}"
        )

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
