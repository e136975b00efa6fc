"""Measure models over task files and print the table of docs/baselines.md; stop and resume it at any time.

`baselines.py --out runs/baselines --model llamacpp:qwen2.5-coder-0.5b --source sql --source math=t.jsonl`
`baselines.py --table RUN...` prints the rows of runs that are there, finished or not.
"""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

from fastdistill.run.ledger import metrics
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.tries import read_tried
from fastdistill.run.ops.replay import recorded_of
from fastdistill.students.rates import mean_rate, shares_of

FD = "from fastdistill.cli.main import main; main()"
HEAD = (
    "| model | scenario | tasks | answers each | right answers | 95 % | accepted of the tasks | exec_pass "
    "| gold_match | undecided | tokens for an accepted task | refused for |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def run(model: str, source: str, out: Path, limit: int, answers: int) -> Path:
    """Run or resume one model over one source; return its folder."""
    scenario, _, tasks = source.partition("=")
    provider, _, name = model.partition(":")
    folder = out / f"{name}-{Path(tasks).stem or scenario}".replace("/", "-")
    command = [
        sys.executable, "-c", FD, "run", "--scenario", scenario, "--limit", str(limit), "--no-pilot",
        "--audit", "0", "--out", str(folder), "--set", f"teacher.0.provider={provider}",
        "--set", f"teacher.0.model={name}", "--set", f"teacher.0.n={answers}",
        "--set", "teacher.0.temperature=0.7", "--set", "teacher.0.max_tokens=400",
    ]  # fmt: skip
    subprocess.run([*command, *(["--tasks", tasks] if tasks else [])], check=False)
    return folder


def row(folder: Path) -> str:
    """Return one line of the table."""
    config = recorded_of(folder).config
    with reading(folder) as ledger:
        tasks = [one for one in read_tried(ledger) if one.tries]
        judged = metrics.rates(ledger)
    rate, tries = mean_rate(shares_of(tasks)), [one for task in tasks for one in task.tries]
    accepted = sum(one.solved > 0 for one in tasks)
    tokens = sum((one.prompt_tokens or 0) + (one.completion_tokens or 0) for one in tasks)
    reasons = Counter(str(one.reason) for one in tries if one.said == "wrong").most_common(4)
    low, high = rate["interval"] or (0.0, 0.0)
    cells = [
        config.teacher[0].model, config.scenario, len(tasks), round(len(tries) / max(1, len(tasks))),
        f"{rate['rate'] or 0:.1%}", f"{low:.0%} to {high:.0%}", f"{accepted} of {len(tasks)}",
        f"{judged['exec_pass']['rate'] or 0:.1%}", f"{judged['gold_match']['rate'] or 0:.1%}",
        sum(one.said == "undecided" for one in tries), f"{tokens / max(1, accepted):,.0f}",
        ", ".join(f"{reason} {count}" for reason, count in reasons),
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", nargs="+", type=Path, help="run folders")
    parser.add_argument("--out", type=Path, default=Path("runs/baselines"))
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--source", action="append", default=[])
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--answers", type=int, default=4)
    given = parser.parse_args()
    folders = given.table or [
        run(model, source, given.out, given.limit, given.answers)
        for model in given.model
        for source in given.source
    ]
    print(HEAD, *map(row, folders), sep="\n")


main()
