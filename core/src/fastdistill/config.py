"""The run file: its layers `defaults < file < --set < flags`, values with their origin."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import fields, frozen

from fastdistill.errors import UsageError
from fastdistill.keys import elsewhere
from fastdistill.redact import redact
from fastdistill.runfile import read_toml
from fastdistill.serde import StructureError, join_path, shown, structure, unstructure
from fastdistill.settings import RunConfig, TeacherConfig

TEACHERS = ("teacher", "helper")
PATHS = ("tasks", "out", "base", "shots")


@frozen(kw_only=True)
class Loaded:
    """A run file as resolved, and where each of its values came from."""

    config: RunConfig
    origins: Mapping[str, str]
    """Path of a value and its layer; what is not here is a default."""
    source: str
    """What to name in messages."""
    problems: tuple[str, ...] = ()
    """Mistakes found so far; `config` holds what is right. Whoever uses it raises them with its own."""


def parse_setting(text: str) -> tuple[list[str], Any]:
    """`a.b=3` as its path and value; the value is TOML, or text as it stands."""
    key, sign, value = text.partition("=")
    if not sign or not all(part.strip() for part in key.split(".")):
        raise UsageError(f"--set {text!r}: write it as KEY=VALUE, such as --set pilot.tasks=20")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    return [part.strip() for part in key.split(".")], parsed


def put(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set `value` at `path`; a number in the path is an index of a list of tables."""
    here: Any = tree
    path = _first_of(tree, path)
    for depth, part in enumerate(path[:-1]):
        if isinstance(here, list):
            here = _element(here, part, path)
        else:
            following = path[depth + 1]
            here = here.setdefault(part, [] if following.isdigit() else {})
        if not isinstance(here, dict | list):
            raise UsageError(f"--set {'.'.join(path)}: {part!r} is a value, not a table")
    if isinstance(here, list):
        _element(here, path[-1], path)
        here[int(path[-1])] = value
    else:
        here[path[-1]] = value


def _first_of(tree: Mapping[str, Any], path: Sequence[str]) -> Sequence[str]:
    """Take `teacher.max_tokens` for the first teacher's where there is no other."""
    if len(path) < 2 or path[0] not in TEACHERS or path[1].isdigit():
        return path
    there = tree.get(path[0], [])
    if isinstance(there, list) and len(there) > 1:
        rest = ".".join(path[1:])
        raise UsageError(
            f"--set {'.'.join(path)}: there are {len(there)}: write {path[0]}.0.{rest} for the first"
        )
    return [path[0], "0", *path[1:]]


def _element(items: list[Any], part: str, path: Sequence[str]) -> Any:
    if not part.isdigit() or int(part) > len(items):
        raise UsageError(f"--set {'.'.join(path)}: {part!r} is no index from 0 to {len(items)}")
    if int(part) == len(items):
        items.append({})
    return items[int(part)]


def leaves(tree: Any, path: str = "") -> dict[str, Any]:
    """Every value of `tree` by its path."""
    if isinstance(tree, Mapping) and tree:
        return {k: v for key, item in tree.items() for k, v in leaves(item, join_path(path, key)).items()}
    if isinstance(tree, list | tuple) and tree and all(isinstance(item, Mapping) for item in tree):
        return {k: v for i, item in enumerate(tree) for k, v in leaves(item, join_path(path, i)).items()}
    return {path: tree}


def load(
    file: Path | None = None,
    settings: Sequence[str] = (),
    flags: Sequence[tuple[str, Sequence[str], Any]] = (),
) -> Loaded:
    """Resolve the layers. `flags` are `(flag, path, value)`.

    Paths in a run file are relative to it. Mistakes are returned, so that those in plugins' tables can
    be told with them; raises `RunFileError` only for what is not TOML.
    """
    source = str(file) if file else "the command line"
    tree = read_toml(file) if file else {}
    for key in PATHS:
        if file and isinstance(tree.get(key), str) and "://" not in tree[key]:
            tree[key] = str(file.parent / _at_home(tree[key]))
    if file:
        _see_recorded(tree, file.parent)
        _see_benchmarks(tree, file.parent)
    origins = dict.fromkeys(leaves(tree), source) if file else {}
    layered = [(f"--set {text}", *parse_setting(text)) for text in settings]
    for origin, path, value in [*layered, *flags]:
        value = _at_home(value) if path[-1] in PATHS and len(path) == 1 else value
        path = _first_of(tree, path)
        put(tree, path, value)
        at = ""
        for part in path:
            at = join_path(at, int(part) if part.isdigit() else part)
        origins |= dict.fromkeys(leaves(value, at), origin)
    problems = list[str]()
    config = _salvaged(tree, problems)
    return Loaded(config=config, origins=origins, source=source, problems=tuple(problems))


def _at_home(value: Any) -> Any:
    """A path that begins with `~` in the user's own folder."""
    if not isinstance(value, str) or not value.startswith("~"):
        return value
    try:
        return str(Path(value).expanduser())
    except RuntimeError:  # nobody of that name
        return value


def _see_recorded(tree: Mapping[str, Any], folder: Path) -> None:
    """Start the paths of recorded replies in the run file's folder, as all its paths."""
    teachers = tree.get("teacher", ())
    for one in teachers if isinstance(teachers, list) else ():
        if (
            isinstance(one, dict)
            and one.get("provider") == "recorded"
            and isinstance(one.get("model"), str)
        ):
            one["model"] = str(folder / one["model"])


def _see_benchmarks(tree: Mapping[str, Any], folder: Path) -> None:
    """Start the paths of benchmarks in the run file's folder."""
    table = tree.get("decontaminate")
    if isinstance(table, dict) and isinstance(table.get("against"), list):
        table["against"] = [
            str(folder / one) if isinstance(one, str) and "://" not in one else one
            for one in table["against"]
        ]


def _salvaged(tree: dict[str, Any], problems: list[str]) -> RunConfig:
    """What is right in `tree`; what is not goes to `problems`, and its default takes its place."""
    right = dict[str, Any]()
    for key, value in tree.items():
        if key in TEACHERS and not isinstance(value, list):
            problems.append(_no_list(key, value))
            continue
        if key in TEACHERS:
            kept = [
                _teacher(item, f"{key}[{i}]", problems, first=(key, i) == ("teacher", 0))
                for i, item in enumerate(value)
            ]
            right[key] = [item for item in kept if item is not None]
            continue
        try:
            structure({key: value}, RunConfig, hint=elsewhere)
        except StructureError as error:
            problems.extend(error.problems)
        else:
            right[key] = value
    return structure(right, RunConfig)


def _no_list(key: str, value: Any) -> str:
    """What is wrong with a `[teacher]` that is no list of tables, and how to write it."""
    if isinstance(value, dict):
        return f"{key}: is one table: write [[{key}]] in double brackets, since there can be several"
    if isinstance(value, str) and value.count(":") >= 1:
        provider, _, model = value.partition(":")
        return (
            f'{key}: is text: write [[{key}]], and under it provider = "{provider}" and model = "{model}"'
        )
    return f"{key}: {shown(value)} is not a list of tables: write [[{key}]]"


def _teacher(item: Any, path: str, problems: list[str], *, first: bool) -> dict[str, Any] | None:
    """A teacher's table without what is wrong in it; None if it cannot stand then.

    Only the first may leave out who is asked, and only as a whole: the default is asked then.
    """
    wrong = _wrong(item, path)
    if isinstance(item, dict):
        missing = [key for key in ("provider", "model") if key not in item]
        if len(missing) == 1 or (missing and not first):
            problems.extend(f"{path}.{key}: is missing{_in_model(item, key)}" for key in missing)
    problems.extend(wrong)
    if not wrong or not isinstance(item, dict):
        return item if isinstance(item, dict) else None
    bad = {problem.removeprefix(f"{path}.").split(":")[0].split(".")[0] for problem in wrong}
    left = {key: value for key, value in item.items() if key not in bad}
    return None if _wrong(left, path) else left


def _in_model(item: dict[str, Any], key: str) -> str:
    """Where a provider stands before the model, as on the command line, how to write it."""
    provider, sign, model = str(item.get("model", "")).partition(":")
    if key != "provider" or not sign:
        return f': write {key} = "..."'
    return f': write provider = "{provider}" and model = "{model}"'


def _wrong(item: Any, path: str) -> tuple[str, ...]:
    try:
        structure(item, TeacherConfig, path=path, hint=elsewhere)
    except StructureError as error:
        return error.problems
    return ()


def describe(loaded: Loaded) -> list[tuple[str, Any, str]]:
    """Every resolved value without its secrets as `(path, value, origin)`, in the order of the tables."""
    found = leaves(redact(unstructure(loaded.config)))
    order = [f.name for f in fields(RunConfig)]
    rows = [(path, value, loaded.origins.get(path, "default")) for path, value in found.items()]
    return sorted(rows, key=lambda row: order.index(row[0].split(".")[0].split("[")[0]))
