"""What this plugin offers."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastdistill import Gate, JudgeSpec, Services, hookimpl
from fastdistill_judge.options import JudgeOptions


@asynccontextmanager
async def _open(options: JudgeOptions, services: Services) -> AsyncIterator[Gate]:
    from fastdistill_judge.gate import JudgeGate
    from fastdistill_judge.rubric import read

    names = [options.teacher, *([options.second] if options.second else [])]
    judges = {name: await services.teacher(name) for name in names}
    yield JudgeGate(options=options, read=read(options.rubric), judges=judges)


@hookimpl
def fastdistill_judges() -> Iterable[JudgeSpec[JudgeOptions]]:
    """The LLM judge."""
    yield JudgeSpec(
        name="judge",
        summary="asks a model to grade what the other gates let pass, by a rubric",
        config=JudgeOptions,
        open=_open,
    )
