"""What `fd eval` shows of a student's run."""

import json
import shlex
from pathlib import Path
from typing import Any

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.students.evaluation import read_evaluated, refused_counts
from fastdistill.students.rates import summary


def show(folder: Path, as_json: bool) -> int:
    """Show the figures of the student's run in `folder`; 0, since figures are no failure."""
    with reading(folder):
        config, tasks, refused = read_evaluated(folder)
    who = config.teacher[0]
    k = who.attempts * who.n
    found = {
        "folder": str(folder),
        "student": f"{who.provider}:{who.model}",
        "scenario": config.scenario,
        "k": k,
        "temperature": list(who.temperature) or None,
        "refused": {"count": len(refused), "reasons": refused_counts(refused)},
        **summary(tasks, k),
    }
    if as_json:
        echo(json.dumps(found, ensure_ascii=True))
    else:
        echo("\n".join(_lines(found)))
    return 0


def rate_text(found: dict[str, Any]) -> str:
    """A mean over tasks with its interval, as a person reads it."""
    if found["rate"] is None:
        return "unknown (no task has as many decided answers)"
    low, high = found["interval"]
    return f"{found['rate']:6.1%}   95 %: {low:.1%} to {high:.1%}, over {found['of']} tasks"


def _lines(found: dict[str, Any]) -> list[str]:
    answers, tokens = found["answers"], found["tokens"]
    lines = [
        f"{found['student']} on {found['tasks']} {found['scenario']} tasks, {found['k']} answers each",
        f"answers: {answers['asked']} asked, {answers['solved']} right, {answers['wrong']} wrong "
        f"({found['unread']} of them could not be read), {answers['undecided']} undecided",
    ]
    if found["refused"]["count"]:
        lines.append(f"left out, trained on: {found['refused']['count']}")
    lines += [f"{name:<10}{rate_text(found[name])}" for name in found if name.startswith(("pass@", "maj@"))]
    for title in ("by_tag", "by_reason", "undecided_reasons"):
        if found[title]:
            lines.append(title.replace("_", " ") + ":")
        lines += [
            f"  {key:<28}{rate_text(one) if isinstance(one, dict) else one}"
            for key, one in found[title].items()
        ]
    per = tokens["per_solved"]
    lines.append(
        f"tokens: prompts {_count(tokens['prompt'])}, answers {_count(tokens['completion'])}"
        + (f", {per:,.0f} for each right answer" if per is not None else "")
    )
    if found["without_gold"]:
        lines.append(f"{found['without_gold']} tasks have no gold: their rates say only that gates passed")
    lines += [f"folder    {found['folder']}", f"again     fd eval {shlex.quote(found['folder'])}"]
    return lines


def _count(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
