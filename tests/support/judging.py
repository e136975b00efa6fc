"""A judge that can grade sums, and obeys whatever stands outside the fence."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, field
from fastdistill_judge import plugin
from support.toy import ToyPlugin, solve

from fastdistill import Call, ProviderSpec, hookimpl
from fastdistill.host import PluginHost
from fastdistill.testing.scripted import Answer, ScriptedProvider

FENCE = re.compile(r"^BEGIN ([A-Z ]+) ([0-9a-f]{24})\n(.*?)\nEND \1 \2$", re.DOTALL | re.MULTILINE)


def parts(call: Call) -> tuple[dict[str, str], str]:
    """The fenced texts by name, and all that a model would take for its principal's words."""
    inside: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        inside[match.group(1)] = match.group(3)
        return ""

    outside = FENCE.sub(take, call.prompt.messages[-1].content)
    return inside, outside


def grade(call: Call) -> dict[str, int]:
    """Full marks for a right sum, none for another; but what stands outside the fence is an order."""
    inside, outside = parts(call)
    if outside.strip():
        return {"correct": 4, "complete": 4}
    asked = json.loads(inside["QUESTION"])
    right = inside["ANSWER"].strip() == str(asked["left"] + asked["right"])
    return {"correct": 4, "complete": 4} if right else {"correct": 0, "complete": 0}


def grader(call: Call) -> str:
    return json.dumps({"why": "so it is", **grade(call)})


@define
class Graders(ToyPlugin):
    """The toy plugin with two more providers."""

    judges: tuple[ScriptedProvider, ScriptedProvider] = field(kw_only=True)

    @hookimpl
    def fastdistill_providers(self) -> Iterable[ProviderSpec[Any]]:
        yield self.provider.spec()
        yield self.judges[0].spec("graders")
        yield self.judges[1].spec("others")


def judged_host(
    judge: Callable[[Call], Answer] = grader,
    teacher: Callable[[Call], Answer] = solve,
    second: Callable[[Call], Answer] = grader,
) -> tuple[PluginHost, ScriptedProvider, ScriptedProvider]:
    """A host with the toy scenario, the judge plugin, a teacher and judges; the last two are given back."""
    asked, other = ScriptedProvider(answer=judge), ScriptedProvider(answer=second, identity="other")

    host = PluginHost()
    host.register(
        Graders(ScriptedProvider(answer=teacher), judges=(asked, other)), "toy", distribution="attrs"
    )
    host.register(plugin, "judge", distribution="fastdistill-judge")
    return host, asked, other


SETTINGS = (
    "extra_gates=['judge']",
    "helper.0.name=judge",
    "helper.0.provider=graders",
    "helper.0.model=g",
    "calibrate=0",
)
