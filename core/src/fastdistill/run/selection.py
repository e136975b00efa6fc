"""Selection by the student: tasks that it solves already are not worth their teacher's money."""

from typing import Any

from attrs import evolve, frozen

from fastdistill.errors import AuthFailed, NotFound, PluginFault, ProviderError, RunHalted
from fastdistill.model.sample import Decision, SkipReason, Status
from fastdistill.model.task import Task
from fastdistill.run.decision import Rules, judge_alone
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.teachers.pool import TeacherPool
from fastdistill.run.teachers.teacher import Teacher
from fastdistill.settings import RunConfig, Select


@frozen(kw_only=True)
class Selection:
    """Asks the student before the teacher is paid."""

    student: Teacher
    gates: GatePipeline
    rules: Rules
    settings: Select

    @classmethod
    def of(cls, config: RunConfig, pool: TeacherPool, gates: GatePipeline) -> "Selection | None":
        """Return the selection that a run file asks for, if it does."""
        if config.select.student is None:
            return None
        student = pool.named(config.select.student.title)
        return cls(student=student, gates=gates, rules=Rules.of(config), settings=config.select)

    async def skip(self, task: Task[Any]) -> Decision | None:
        """Return the decision to leave a task out; None for one that its teacher is to be asked.

        The student is asked until the bounds are decided. An answer that no gate could judge, and a student
        that gives none, say nothing: the task is kept.
        """
        wanted = self.student.plan.config.attempts
        solved = decided = 0
        for turn in range(1, wanted + 1):
            if self._kept_anyway(solved, decided, wanted - turn + 1):
                return None
            for right in await self._ask(task, turn):
                solved, decided = solved + right, decided + 1
        return self._decision(solved, decided)

    def _kept_anyway(self, solved: int, decided: int, left: int) -> bool:
        """Whether no further answers can take the share out of the bounds."""
        left *= self.student.plan.config.n
        return decided > 0 and (
            solved / (decided + left) >= self.settings.at_least
            and (solved + left) / (decided + left) <= self.settings.at_most
        )

    async def _ask(self, task: Task[Any], turn: int) -> list[bool]:
        """Return whether each decided answer of one request is right."""
        prompt = self.gates.prompt(task, turn)
        call = self.student.call_for(task.sample_id, prompt, turn, turn, "student")
        call = evolve(call, task_id=task.task_id, input=task.input)
        try:
            completion = await self.student.ask(call)
        except (RunHalted, AuthFailed, NotFound):
            raise
        except (ProviderError, PluginFault):
            return []
        found = list[bool]()
        for choice in range(len(completion.choices)):
            one = await self.gates.judge(task, completion, choice, turn, self.student.title)
            status = judge_alone(task, one, self.rules).status
            if status is not Status.FAILED:
                found.append(status is Status.ACCEPTED)
        return found

    def _decision(self, solved: int, decided: int) -> Decision | None:
        share = solved / decided if decided else None
        if share is None or self.settings.at_least <= share <= self.settings.at_most:
            return None
        reason = SkipReason.SOLVED_BY_STUDENT if share > self.settings.at_most else SkipReason.UNSOLVED
        detail = f"the student solved {solved} of {decided}"
        return Decision(status=Status.SKIPPED, reason=reason.value, detail=detail)
