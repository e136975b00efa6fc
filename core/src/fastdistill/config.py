"""The run file: its tables, and its layers `defaults < file < --set < flags`, values with their origin."""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

from attrs import field, fields, frozen
from attrs.validators import deep_iterable, ge, gt, instance_of, le, optional

from fastdistill.errors import RunFileError, UsageError
from fastdistill.serde import StructureError, join_path, structure, unstructure

DEFAULT_TEACHER = {"provider": "llamacpp", "model": "qwen2.5-coder-0.5b"}


def _schedule(value: Any) -> tuple[float, ...]:
    numbers = value if isinstance(value, list | tuple) else [value]
    if not all(type(n) in (int, float) for n in numbers):
        raise TypeError(f"temperature: {value!r} is neither a number nor a list of numbers")
    return tuple(float(n) for n in numbers)


@frozen(kw_only=True)
class Price:
    """US dollars per million tokens; a price that is not given makes the cost unknown, never 0."""

    input: float | None = field(default=None, validator=optional(ge(0)))
    output: float | None = field(default=None, validator=optional(ge(0)))
    cached_input: float | None = field(default=None, validator=optional(ge(0)))


@frozen(kw_only=True)
class TeacherConfig:
    """A `[[teacher]]` or `[[helper]]`: one model, and how to ask it."""

    provider: str
    model: str
    name: str = ""
    """How seeds, reports and judges call it; `provider:model` unless given."""
    attempts: int = field(default=1, validator=ge(1))
    """Requests to it for one task; then the task climbs to the next teacher."""
    n: int = field(default=1, validator=ge(1))
    """Answers asked for in one request."""
    temperature: tuple[float, ...] = field(
        default=(), converter=_schedule, validator=deep_iterable(ge(0.0))
    )
    """A number, or a list by attempt whose last value stays."""
    top_p: float | None = field(default=None, validator=optional([gt(0), le(1)]))
    max_tokens: int | None = field(default=None, validator=optional(ge(1)))
    stop: tuple[str, ...] = ()
    seed: int | None = None
    """Fixes the seed of every request; else it follows from the run's."""
    extra: dict[str, Any] = field(factory=dict)
    """Further fields of every request's body."""
    base_urls: tuple[str, ...] = ()
    """Several endpoints of this one model."""
    label: str | None = None
    """Declares the endpoints to be one model: the identity that requests are keyed by."""
    max_in_flight: int | None = field(default=None, validator=optional(ge(1)))
    requests_per_minute: float | None = field(default=None, validator=optional(gt(0)))
    tokens_per_minute: float | None = field(default=None, validator=optional(gt(0)))
    deadline: float = field(default=900.0, validator=gt(0))
    """Seconds for one request with all its retries."""
    retries: int = field(default=6, validator=ge(0))
    mode: Literal["online", "batch"] = "online"
    """`batch` hands requests in by the thousand, for an answer within hours at a lower price."""
    batch_size: int = field(default=10_000, validator=ge(1))
    """The most requests in one batch."""
    batch_interval: float = field(default=30.0, validator=gt(0))
    """Seconds between two looks at a batch."""
    price: Price | None = None
    budget_tokens: int | None = field(default=None, validator=optional(ge(0)))
    """Tokens of prompts and answers of this one alone, at which the run stops."""
    budget_usd: float | None = field(default=None, validator=optional(ge(0)))
    options: dict[str, Any] = field(factory=dict)
    """What the provider's own table may hold, for this teacher alone."""

    @property
    def title(self) -> str:
        """Its name."""
        return self.name or f"{self.provider}:{self.model}"


@frozen(kw_only=True)
class Budget:
    """Where a run stops by itself; None is no limit."""

    tokens: int | None = field(default=None, validator=optional(ge(0)))
    usd: float | None = field(default=None, validator=optional(ge(0)))
    seconds: float | None = field(default=None, validator=optional(ge(0)))
    accept: int | None = field(default=None, validator=optional(ge(1)))
    """Enough accepted samples."""


@frozen(kw_only=True)
class Pilot:
    """The first tasks run alone; a missed floor stops the run before the money is spent."""

    enabled: bool = True
    tasks: int = field(default=50, validator=ge(1))
    above: int = field(default=200, validator=ge(0))
    """Runs of at most this many tasks have no pilot."""
    min_exec_pass: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_gold_match: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_judge_score: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_judge_kappa: float | None = field(default=None, validator=optional([ge(-1), le(1)]))


@frozen(kw_only=True)
class Consensus:
    """For tasks without gold: what most attempts agree on is accepted, marked unlabelled."""

    enabled: bool = False
    min_size: int = field(default=2, validator=ge(1))
    min_share: float = field(default=0.5, validator=[gt(0), le(1)])


@frozen(kw_only=True)
class RunConfig:
    """A run file's top level."""

    scenario: str = ""
    tasks: Path | None = None
    """JSON Lines; the scenario's bundled pack unless given."""
    limit: int | None = field(default=None, validator=optional(ge(1)))
    shard: str | None = None
    """`K/N`: the Kth of N parts of the source, split by the sha256 of the canonical input."""
    out: Path | None = None
    seed: int = field(default=0, validator=instance_of(int))
    cache: bool = True
    gates: tuple[str, ...] | None = None
    """Replaces the scenario's default gates."""
    extra_gates: tuple[str, ...] = ()
    """Added behind the default gates."""
    gate_deadline: float = field(default=60.0, validator=gt(0))
    """Wall clock for one gate on one candidate, seconds; running out is an error, retried once."""
    accept_unmatched: bool = False
    """Accept a task that has gold although no gate said `gold_match`."""
    backlog: int = field(default=2000, validator=ge(1))
    """Answers waiting for gates at which no more tasks are started."""
    audit: int = field(default=20, validator=ge(0))
    """Tasks on which the run measures its own gates when it ends; 0 for none."""
    calibrate: int = field(default=20, validator=ge(0))
    """Tasks with gold on which a run with a judge holds it against known answers; 0 for none."""
    teacher: tuple[TeacherConfig, ...] = ()
    helper: tuple[TeacherConfig, ...] = ()
    """Models that judges ask; they teach nothing."""
    budget: Budget = Budget()
    pilot: Pilot = Pilot()
    consensus: Consensus = Consensus()
    scenarios: dict[str, dict[str, Any]] = field(factory=dict)
    providers: dict[str, dict[str, Any]] = field(factory=dict)
    rules: dict[str, dict[str, Any]] = field(factory=dict)
    exec_evals: dict[str, dict[str, Any]] = field(factory=dict)
    judges: dict[str, dict[str, Any]] = field(factory=dict)
    reporters: dict[str, dict[str, Any]] = field(factory=dict)
    """A reporter runs when its table is there; `{}` is enough."""


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


def read_toml(path: Path) -> dict[str, Any]:
    """The run file at `path` as plain data. Raises `UsageError` for what cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no run file {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the run file {str(path)!r}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise RunFileError(str(path), [f"is not TOML: {error}"]) from None


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
    for key in ("tasks", "out"):
        if file and isinstance(tree.get(key), str):
            tree[key] = str(file.parent / tree[key])
    origins = dict.fromkeys(leaves(tree), source) if file else {}
    layered = [(f"--set {text}", *parse_setting(text)) for text in settings]
    for origin, path, value in [*layered, *flags]:
        put(tree, path, value)
        at = ""
        for part in path:
            at = join_path(at, int(part) if part.isdigit() else part)
        origins |= dict.fromkeys(leaves(value, at), origin)
    if not tree.get("teacher"):
        tree["teacher"] = [deepcopy(DEFAULT_TEACHER)]
    elif isinstance(tree["teacher"], list) and isinstance(tree["teacher"][0], dict):
        first = tree["teacher"][0]
        if not {"provider", "model"} & set(first):
            tree["teacher"][0] = {**DEFAULT_TEACHER, **first}
    problems = list[str]()
    config = _salvaged(tree, problems)
    return Loaded(config=config, origins=origins, source=source, problems=tuple(problems))


def _salvaged(tree: dict[str, Any], problems: list[str]) -> RunConfig:
    """What is right in `tree`; what is not goes to `problems`, and its default takes its place."""
    right = dict[str, Any]()
    for key, value in tree.items():
        if key in ("teacher", "helper") and isinstance(value, list):
            kept = [_teacher(item, f"{key}[{i}]", problems) for i, item in enumerate(value)]
            right[key] = [item for item in kept if item is not None]
            continue
        try:
            structure({key: value}, RunConfig)
        except StructureError as error:
            problems.extend(error.problems)
        else:
            right[key] = value
    return structure(right, RunConfig)


def _teacher(item: Any, path: str, problems: list[str]) -> dict[str, Any] | None:
    """A teacher's table without what is wrong in it; None if it cannot stand then."""
    wrong = _wrong(item, path)
    problems.extend(wrong)
    if not wrong or not isinstance(item, dict):
        return item if isinstance(item, dict) else None
    bad = {problem.removeprefix(f"{path}.").split(":")[0].split(".")[0] for problem in wrong}
    left = {key: value for key, value in item.items() if key not in bad}
    return None if _wrong(left, path) else left


def _wrong(item: Any, path: str) -> tuple[str, ...]:
    try:
        structure(item, TeacherConfig, path=path)
    except StructureError as error:
        return error.problems
    return ()


def describe(loaded: Loaded) -> list[tuple[str, Any, str]]:
    """Every resolved value as `(path, value, origin)`, in the order of the tables."""
    found = leaves(unstructure(loaded.config))
    order = [f.name for f in fields(RunConfig)]
    rows = [(path, value, loaded.origins.get(path, "default")) for path, value in found.items()]
    return sorted(rows, key=lambda row: order.index(row[0].split(".")[0].split("[")[0]))
