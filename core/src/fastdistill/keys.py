"""Where every key of a run file stands, so that one in the wrong place is told the right one."""

import difflib
from functools import cache
from typing import Any, get_args

import attrs

from fastdistill.serde import nearest
from fastdistill.settings import RunConfig

_ONE = {"teacher": "teacher[0]", "helper": "helper[0]"}
OTHER_WORDS = {
    "base_url": "teacher[0].options.base_url",
    "concurrency": "teacher[0].max_in_flight",
    "workers": "teacher[0].max_in_flight",
    "max_concurrency": "teacher[0].max_in_flight",
    "max_new_tokens": "teacher[0].max_tokens",
    "max_completion_tokens": "teacher[0].max_tokens",
    "teachers": "teacher",
    "helpers": "helper",
    "output": "out",
    "output_dir": "out",
    "input": "tasks",
    "task_file": "tasks",
    "dataset_path": "tasks",
    "max_samples": "limit",
    "timeout": "teacher[0].deadline",
    "max_retries": "teacher[0].retries",
    "max_cost": "budget.usd",
    "max_time": "budget.seconds",
    "gate": "gates",
}
"""Words that other tools have for the same thing."""
SURE = 0.85
"""How alike a key must be to another to be taken for it whatever else there is."""
_RARE = ("helper", "select")


@cache
def places() -> dict[str, tuple[str, ...]]:
    """Return each key with the paths at which a run file may hold it."""
    found: dict[str, list[str]] = {}
    for path in _walk(RunConfig, ""):
        found.setdefault(path.rpartition(".")[2], []).append(path)
    return {key: tuple(sorted(paths, key=_rank)) for key, paths in found.items()}


def _rank(path: str) -> tuple[bool, int]:
    """Tables that every run has come first; a teacher's keys are a helper's and a student's too."""
    return path.startswith(_RARE), path.count(".")


def _walk(record: Any, path: str) -> list[str]:
    paths = []
    for one in attrs.fields(record):
        here = f"{path}.{one.name}" if path else one.name
        paths.append(here)
        for inner in (one.type, *get_args(one.type)):
            if isinstance(inner, type) and attrs.has(inner):
                paths += _walk(inner, _ONE.get(here, here))
    return paths


def elsewhere(key: str, known: list[str]) -> str:
    """What an unknown `key` was meant to be: the nearest of its table, or where it stands; else what is."""
    own = difflib.get_close_matches(key, known, n=1, cutoff=SURE)
    if not own:
        other = [OTHER_WORDS[key]] if key in OTHER_WORDS else list(places().get(key, ()))
        usual = [path for path in other if not path.startswith(_RARE)] or other
        if usual:
            return f"; its place is {' or '.join(usual[:3])}"
    if hint := nearest(key, known):
        return hint
    far = difflib.get_close_matches(key, list(places()), n=1, cutoff=SURE)
    if far:
        return f" (did you mean {places()[far[0]][0]!r}?)"
    return f"; there are: {', '.join(known) or 'none'}"


def setting_for(flag: str) -> str:
    """How a run is told what `--flag` was meant to say, as ` it is --set KEY=VALUE`, or nothing."""
    key = flag.lstrip("-").replace("-", "_")
    paths = [OTHER_WORDS[key]] if key in OTHER_WORDS else list(places().get(key, ()))
    if not paths:
        near = difflib.get_close_matches(key, list(places()), n=1, cutoff=SURE)
        paths = list(places()[near[0]]) if near else []
    if not paths:
        return ""
    return f"; a run file has it: --set {paths[0].replace('[0]', '.0')}=VALUE"
