"""No gold value of any scenario reaches a repair prompt: what gates tell of broken and of wrong replies."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from fastdistill import Task
from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.run.audit.cases import Case, Tried, mutants_of, open_for_audit, tasks_of, try_all
from fastdistill.run.plan import Plan, resolve
from fastdistill.settings import REPAIRED

BROKEN = {
    "sql": [
        "```sql\nSELEC 1\n```", "```sql\nSELECT nothing FROM nowhere\n```", "```sql\nSELECT frob(1)\n```",
        "```sql\nSELECT 1; SELECT 2\n```", "I cannot answer that.",
        "```sql\nSELECT 'zq' AS zq WHERE 1 = 0\n```",
    ],
    "code": [
        "```python\ndef f(:\n```", "I cannot answer that.", "```python\nimport socket\n```",
        "```python\ndef {name}(*args, **kwargs):\n    raise ValueError(args)\n```",
        "```python\ndef {name}(*args, **kwargs):\n    return undefined_name\n```",
        "```python\ndef {name}(*args, **kwargs):\n    return 'zq'\n```",
        "```python\ndef {name}(*args, **kwargs):\n"
        "    raise type('E' + '_'.join(map(str, args)), (ValueError,), {})\n```",
    ],
    "javascript": [
        "```js\nfunction {name}( {\n```", "I cannot answer that.", "```js\nconst other = 1\n```",
        "```js\nfunction {name}(...args) { throw new Error(JSON.stringify(args)) }\n```",
        "```js\nfunction {name}(...args) { return missing }\n```",
        "```js\nfunction {name}(...args) { return args }\n```",
        "```js\nclass E extends Error {}\nfunction {name}(...args) {\n    const e = new E('no')\n"
        "    e.name = 'E' + args.join('_')\n    Object.defineProperty(E, 'name', { value: e.name })\n"
        "    throw e\n}\n```",
        "```js\nprocess.stdout.write(require('fs').readFileSync(0, 'utf8'))\n```",
    ],
    "math": ["I do not know.", "\\boxed{}", "The answer is 1 or 2.", "\\boxed{zq}", ""],
}  # fmt: skip
JAVASCRIPT: list[dict[str, Any]] = [
    {
        "task_id": "scale", "prompt": "Write `scale(x, y)`. For example scale(1, 2) is 5.",
        "entry_point": "scale",
        "tests": {
            "kind": "calls",
            "cases": [{"args": [1, 2], "value": 5}, {"args": [70123, 80234], "value": 230591}],
        },
        "gold": "const scale = (x, y) => x + 2 * y",
    },
    {
        "task_id": "mark", "prompt": "Write `mark(s)`, which marks a word.", "entry_point": "mark",
        "tests": {"kind": "calls", "cases": [{"args": ["heronwood"], "value": "<heronwood>"}]},
    },
    {
        "task_id": "twice", "prompt": "Print the double of the number that is read, such as 8 of 4.",
        "tests": {
            "kind": "io",
            "cases": [{"stdin": "4", "stdout": "8"}, {"stdin": "60317", "stdout": "120634"}],
        },
    },
]  # fmt: skip
"""JavaScript has no pack: tasks of which some tests stand in the problem and others do not."""
PLAIN = ("database", "dialect", "descriptions", "entry_point", "language")
"""Fields of a payload that hold no gold."""
LONG = 5
"""Signs of a value that is looked for within other words too."""
LITERALS = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"|(\d+(?:\.\d+)?)")
COUNTS = {str(n) for n in range(201)}
"""How many rows and columns a query's own result has."""


def words(text: object) -> set[str]:
    return {one.casefold() for one in re.findall(r"[A-Za-z_]\w*|\d+(?:\.\d+)?", str(text))}


def results(task: Task[Any], query: str) -> set[str]:
    """What a query gives on the task's own database; nothing for other scenarios and broken queries."""
    path = getattr(task.payload, "database", None)
    if path is None:
        return set()
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return words(database.execute(query).fetchmany(200))
    except (sqlite3.Error, sqlite3.Warning):
        return set()
    finally:
        database.close()


def gold_of(task: Task[Any]) -> set[str]:
    payload = attrs.asdict(task.payload, recurse=False)
    texts = str([value for key, value in payload.items() if key not in PLAIN])
    found = words(texts)
    if "entry_point" in payload:  # of a program its values are the gold, not the names that it uses
        found = {one for a, b, n in LITERALS.findall(texts) for one in words(f"{a} {b} {n}")}
    for query in getattr(task.payload, "gold", ()) or ():
        found |= results(task, query)
    return found


def broken(scenario: str, task: Task[Any]) -> Iterator[Case]:
    name = str(getattr(task.payload, "entry_point", "") or task.input.get("entry_point", "f"))
    for place, text in enumerate(BROKEN[scenario]):
        yield Case(
            task=task,
            reply=text.replace("{name}", name),
            expect="reject",
            name=task.task_id,
            kind=str(place),
        )


async def tried(plan: Plan, scenario: str, pack: Path, limit: int) -> list[Tried]:
    found = list[Tried]()
    async with open_for_audit(plan) as gates:
        tasks = list(tasks_of(gates, pack, limit))
        cases = [
            *mutants_of(gates, tasks, pytest.fail, 6),
            *(c for t in tasks for c in broken(scenario, t)),
        ]
        await try_all(gates, cases, found.append)
    return found


@pytest.mark.anyio
@pytest.mark.slow
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    ("scenario", "limit"),
    [
        ("sql", 6),
        ("code", 5),
        ("math", 10),
        pytest.param(
            "javascript",
            3,
            marks=pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
        ),
    ],
)
async def test_nothing_of_the_gold_is_told(scenario: str, limit: int, tmp_path: Path) -> None:
    plan = resolve(load(None, [f"scenario={scenario}"]), PluginHost().discover(), asks=False)
    own = tmp_path / "tasks.jsonl"
    own.write_text("".join(json.dumps(row) + "\n" for row in JAVASCRIPT))
    pack = plan.spec.pack() if plan.spec.pack is not None else own
    told = set[str]()
    for one in await tried(plan, scenario, pack, limit):
        task, findings = one.case.task, [verdict.finding for verdict in one.verdicts]
        shown = (
            words(task.input) | words(one.case.reply) | words(one.answer) | results(task, one.answer or "")
        )
        secret = gold_of(task) - shown
        for finding in findings:
            if finding.tell is not None:
                told.add(finding.reason or "")
                known = ENGLISH | (COUNTS if scenario == "sql" else set())
                leak = words(finding.tell) & secret - known
                leak |= {word for word in secret if len(word) >= LONG and word in finding.tell.casefold()}
                assert not leak, (task.task_id, finding.reason, finding.tell)
    assert told & set(REPAIRED), "something can be repaired at all"


ENGLISH = frozenset(
    words(
        "the query returns no rows of columns; the first are; no answer could be read out of the reply; "
        "not a, is in for and or to"
    )
)
"""Words that a message is made of."""
