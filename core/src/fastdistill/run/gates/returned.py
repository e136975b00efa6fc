"""What a plugin's function returned, held against its contract: one sentence with its file and line."""

import inspect
from collections.abc import Awaitable
from typing import TypeVar

from fastdistill.errors import defined_at
from fastdistill.model.verdict import Finding
from fastdistill.run.jsonl import dumps

T = TypeVar("T")


class WrongReturn(TypeError):
    """A plugin's function returned something else than it promises: it will do so again."""


def expect(got: object, wanted: type[T], made: object) -> T:
    """Return `got` if it is what `made` promises. Raises `WrongReturn` naming where `made` stands."""
    if isinstance(got, wanted):
        return got
    if inspect.iscoroutine(got):
        got.close()
        raise WrongReturn(f"it returned a coroutine{defined_at(made)}: write def, not async def")
    what = "passed(), rejected() or undecided()" if wanted is Finding else f"a {wanted.__name__}"
    raise WrongReturn(f"it returned {got!r:.80}{defined_at(made)}: return {what}")


def awaitable(got: object, made: object) -> Awaitable[object]:
    """Return what a gate gave, to be awaited. Raises `WrongReturn`."""
    if not inspect.isawaitable(got):
        raise WrongReturn(
            f"it returned {got!r:.80} without being awaited{defined_at(made)}: write async def, not def"
        )
    return got


def checked(got: object, made: object) -> Finding:
    """Return a finding that can be recorded. Raises `WrongReturn`."""
    finding = expect(got, Finding, made)
    if finding.evidence:
        try:
            dumps(dict(finding.evidence))
        except (TypeError, ValueError, RecursionError) as error:
            raise WrongReturn(
                f"it gave evidence that JSON cannot hold{defined_at(made)}: {error}"
            ) from error
    return finding
