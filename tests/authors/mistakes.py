"""Plugins with one mistake each, as source text: what a person writes wrong, and what says so."""

from attrs import frozen

HEAD = """
from contextlib import asynccontextmanager
from typing import Any
from attrs import field, frozen
from fastdistill import *
from fastdistill import hookimpl
"""


@frozen(kw_only=True)
class Mistake:
    """One wrong plugin: its module, and words of the message that names what is wrong."""

    name: str
    source: str
    says: tuple[str, ...]
    check: str = ""
    """The check that finds it; empty for what is found when the plugin is loaded."""


def rule(body: str, config: str = "NoOptions", more: str = "") -> str:
    return f"""{HEAD}{more}
{body}

@hookimpl
def fastdistill_rules():
    yield RuleSpec(name="mine", summary="a rule", config={config}, build=lambda options: gate)
"""


def gate(
    body: str, opener: str = "@asynccontextmanager\nasync def opened(options, services):\n    yield gate\n"
) -> str:
    return f"""{HEAD}
{body}

{opener}

@hookimpl
def fastdistill_exec_evals():
    yield ExecEvalSpec(name="mine", summary="a gate", config=NoOptions, open=opened)
"""


PASS = "def gate(task, candidate, /):\n    return passed()\n"

LOADING = (
    Mistake(
        name="raises at import",
        source="import no_such_module_here\n",
        says=("at import", "ModuleNotFoundError", "no_such_module_here"),
    ),
    Mistake(
        name="misspelt hook",
        source=HEAD + "@hookimpl\ndef fastdistill_ruls():\n    return []\n",
        says=("fastdistill_ruls", "did you mean 'fastdistill_rules'?"),
    ),
    Mistake(
        name="hook without its mark",
        source=HEAD + "def fastdistill_rules():\n    return []\n",
        says=("fastdistill_rules() is not marked with @hookimpl",),
    ),
    Mistake(
        name="hook that wraps",
        source=HEAD + "@hookimpl(wrapper=True)\ndef fastdistill_rules():\n    return (yield)\n",
        says=("wrapper=True", "write @hookimpl"),
    ),
    Mistake(
        name="hook with an argument",
        source=HEAD + "@hookimpl\ndef fastdistill_rules(config):\n    return []\n",
        says=("fastdistill_rules", "config", "takes no argument"),
    ),
    Mistake(
        name="hook gives one spec",
        source=HEAD + PASS + "@hookimpl\ndef fastdistill_rules():\n    return RuleSpec("
        'name="mine", summary="s", config=NoOptions, build=lambda _: gate)\n',
        says=("fastdistill_rules", "yield"),
    ),
    Mistake(
        name="hook gives nothing",
        source=HEAD + "@hookimpl\ndef fastdistill_rules():\n    pass\n",
        says=("fastdistill_rules", "None", "yield"),
    ),
    Mistake(
        name="spec of another kind",
        source=HEAD + PASS + "@hookimpl\ndef fastdistill_exec_evals():\n    yield RuleSpec("
        'name="mine", summary="s", config=NoOptions, build=lambda _: gate)\n',
        says=("fastdistill_exec_evals", "RuleSpec 'mine'", "ExecEvalSpec", "fastdistill_rules"),
    ),
    Mistake(
        name="name that is no slug",
        source=HEAD + PASS + "@hookimpl\ndef fastdistill_rules():\n    yield RuleSpec("
        'name="Mine_Rule", summary="s", config=NoOptions, build=lambda _: gate)\n',
        says=("'Mine_Rule'", "'mine-rule'"),
    ),
    Mistake(
        name="field that is missing",
        source=HEAD
        + PASS
        + '@hookimpl\ndef fastdistill_rules():\n    yield RuleSpec(name="mine", build=gate)\n',
        says=("RuleSpec", "summary"),
    ),
    Mistake(
        name="options that are no attrs class",
        source=rule(PASS, config="dict"),
        says=("config", "dict", "attrs"),
    ),
    Mistake(
        name="build that is no function",
        source=HEAD + '@hookimpl\ndef fastdistill_rules():\n    yield RuleSpec(name="mine", summary="s", '
        "config=NoOptions, build=passed())\n",
        says=("build", "Finding"),
    ),
)

TRYING = (
    Mistake(
        name="default of the wrong type",
        source=rule(PASS, "Options", "@frozen(kw_only=True)\nclass Options:\n    most: int = '3'\n"),
        says=("most: '3' is not a whole number",),
        check="defaults-fit-their-types",
    ),
    Mistake(
        name="option that is a key",
        source=rule(PASS, "Options", "@frozen(kw_only=True)\nclass Options:\n    api_key: str = ''\n"),
        says=("api_key_env",),
        check="options-hold-no-secret",
    ),
    Mistake(
        name="rule that returns a boolean",
        source=rule("def gate(task, candidate, /):\n    return True\n"),
        says=("it returned True (bool)", "passed()"),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="rule that is async",
        source=rule("async def gate(task, candidate, /):\n    return passed()\n"),
        says=("write def, not async def",),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="reason that is no slug",
        source=rule("def gate(task, candidate, /):\n    return rejected('Not Polite!')\n"),
        says=("Not Polite!", "mine_plugin.py, line"),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="rule that raises on an empty answer",
        source=rule(
            "def gate(task, candidate, /):\n    return passed() if candidate.answer[0] else passed()\n"
        ),
        says=("IndexError", "mine_plugin.py, line", "nothing"),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="evidence that is no JSON",
        source=rule("def gate(task, candidate, /):\n    return passed(evidence={'seen': {1, 2}})\n"),
        says=("the evidence is no JSON data",),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="finding that differs each time",
        source=rule(
            "import itertools\ncount = itertools.count()\n"
            "def gate(task, candidate, /):\n    return passed(score=next(count) / 1000)\n"
        ),
        says=("on nothing", "first pass"),
        check="findings-repeat",
    ),
    Mistake(
        name="rule without an end",
        source=rule(
            "def gate(task, candidate, /):\n    while len(candidate.answer) > 9999: pass\n"
            "    return passed()\n"
        ),
        says=("s of CPU time", "services.workers"),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="gate that is not async",
        source=gate(PASS),
        says=("write async def, not def",),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="open that is no context manager",
        source=gate(
            "async def gate(task, candidate, /):\n    return passed()\n",
            "def opened(o, s):\n    return gate\n",
        ),
        says=("open", "asynccontextmanager"),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="lambda for a worker",
        source=gate(
            "",
            "@asynccontextmanager\nasync def opened(options, services):\n"
            "    async def gate(task, candidate, /):\n"
            "        await services.workers.run(lambda text: text, candidate.answer, deadline=5)\n"
            "        return passed()\n    yield gate\n",
        ),
        says=("top level of a module",),
        check="hostile-answers-get-findings",
    ),
    Mistake(
        name="judge that rejects what it cannot read",
        source=HEAD
        + """
@asynccontextmanager
async def opened(options, services):
    teacher = await services.teacher("critic")
    async def gate(task, candidate, /):
        prompt = Prompt(messages=(Message(role="user", content=candidate.answer),), template="t")
        call = Call(request_id="", sample_id=task.sample_id, attempt=1, purpose="judge", prompt=prompt,
                    sampling=Sampling())
        said = (await teacher.complete(call)).text
        return passed() if "YES" in said else rejected("no")
    yield gate

@hookimpl
def fastdistill_judges():
    yield JudgeSpec(name="mine", summary="a judge", config=NoOptions, open=opened)
""",
        says=("return undecided(...)",),
        check="unreadable-judges-are-not-held-against-answers",
    ),
    Mistake(
        name="provider that retries by itself",
        source=HEAD
        + """
import httpx
@frozen(kw_only=True)
class Options:
    model: str
    base_url: str = "http://localhost/v1"

@asynccontextmanager
async def opened(options, services):
    class Mine:
        identity = options.base_url
        async def complete(self, call, /):
            async with httpx.AsyncClient() as client:
                for _ in range(3):
                    messages = [{"role": m.role, "content": m.content} for m in call.prompt.messages]
                    got = await client.post(f"{options.base_url}/chat/completions",
                                            json={"model": options.model, "messages": messages})
                    if got.status_code == 200:
                        break
            got.raise_for_status()
            text = got.json()["choices"][0]["message"]["content"]
            return Completion(choices=(Choice(text=text),), model=options.model)
    yield Mine()

@hookimpl
def fastdistill_providers():
    yield ProviderSpec(name="mine", summary="a provider", config=Options, open=opened)
""",
        says=("429: HTTPStatusError came through",),
        check="errors-have-their-kind",
    ),
    Mistake(
        name="prompt that shows the gold",
        source=HEAD
        + """
from pathlib import Path
@frozen(kw_only=True)
class Row:
    task_id: str
    question: str
    answer: str

@frozen
class Mine:
    payload: type = Row
    def tasks(self, source, /):
        for row in source.rows(Row):
            if isinstance(row, BadTask):
                yield row
            else:
                value = row.value
                yield Task(task_id=value.task_id, input={"question": value.question}, payload=value,
                           has_gold=True, line=row.line)
    def prompt(self, task, attempt, /):
        return Prompt(messages=(Message(role="user", content=f"{task.input} {task.payload.answer}"),),
                      template="t")
    def read(self, task, completion, /):
        return Reading(answer=completion.text, rule="whole")
    def mutants(self, task, /):
        return ()

@hookimpl
def fastdistill_scenarios():
    yield ScenarioSpec(name="mine", summary="s", config=NoOptions, build=lambda _: Mine(),
                       gates=("not-empty",), gold="answer",
                       pack=lambda: Path(__file__).with_name("tasks.jsonl"))
""",
        says=("the prompt changes with the gold",),
        check="gold-is-never-shown",
    ),
)
