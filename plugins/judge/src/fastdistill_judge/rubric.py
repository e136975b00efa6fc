"""Rubrics: what a judge is told to look at, from a TOML file that ships here or is the user's own."""

import tomllib
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal

from attrs import Attribute, define, field, frozen
from attrs.validators import ge, gt, matches_re

from fastdistill import StructureError, UsageError, nearest, structure


@frozen(kw_only=True)
class Criterion:
    """One thing to look at."""

    name: str = field(validator=matches_re(r"[a-z][a-z0-9_]*"))
    question: str
    weight: float = field(default=1.0, validator=gt(0))


@frozen(kw_only=True)
class Example:
    """A graded answer that the judge is shown."""

    question: str
    answer: str
    scores: dict[str, int]


@frozen(kw_only=True)
class Rubric:
    """A rubric file."""

    name: str
    version: str = "1"
    mode: Literal["score", "pairwise"] = "score"
    instruction: str
    scale: int = field(default=4, validator=ge(1))
    """Each criterion is given a whole number from 0 to this."""
    criteria: tuple[Criterion, ...] = field(default=())
    examples: tuple[Example, ...] = field(default=())

    @criteria.validator
    def _criteria(self, _: "Attribute[object]", value: tuple[Criterion, ...]) -> None:
        names = [one.name for one in value]
        if self.mode == "score" and not names:
            raise ValueError("a rubric that scores has at least one of [[criteria]]")
        if len(set(names)) < len(names):
            raise ValueError(f"two criteria have one name: {', '.join(names)}")

    @examples.validator
    def _examples(self, _: "Attribute[object]", value: tuple[Example, ...]) -> None:
        names = {one.name for one in self.criteria}
        for number, one in enumerate(value, 1):
            if set(one.scores) != names or not all(0 <= s <= self.scale for s in one.scores.values()):
                raise ValueError(
                    f"example {number} must score each of {', '.join(sorted(names))} from 0 to {self.scale}"
                )


@define
class Read:
    """A rubric and the sha256 of the file that it came from."""

    rubric: Rubric
    digest: str


def bundled() -> dict[str, str]:
    """The rubrics that ship here: name and text."""
    folder = files("fastdistill_judge").joinpath("rubrics")
    return {
        item.name.removesuffix(".toml"): item.read_text(encoding="utf-8")
        for item in sorted(folder.iterdir(), key=lambda one: one.name)
        if item.name.endswith(".toml")
    }


def read(name: str) -> Read:
    """The rubric of that name, or in that TOML file. Raises `UsageError` with every mistake in it."""
    shipped = bundled()
    if name.endswith(".toml"):
        try:
            text = Path(name).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read the rubric {name!r}: {error}") from None
    elif name in shipped:
        text = shipped[name]
    else:
        there = ", ".join(shipped)
        raise UsageError(
            f"there is no rubric {name!r}{nearest(name, list(shipped))}; there are {there}, or give the "
            "path of a .toml file"
        )
    try:
        rubric = structure(tomllib.loads(text), Rubric)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the rubric {name!r} is no TOML: {error}") from None
    except StructureError as error:
        raise UsageError(f"the rubric {name!r}: {'; '.join(error.problems)}") from None
    return Read(rubric, sha256(text.encode()).hexdigest())
