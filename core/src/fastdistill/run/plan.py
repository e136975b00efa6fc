"""A resolved run: which plugin's specs serve it, each with its checked options."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, get_args

import attrs
from attrs import frozen

from fastdistill.config import Loaded
from fastdistill.errors import PluginError, RunFileError, UsageError
from fastdistill.host import Kind, Offer, PluginHost
from fastdistill.model.task import canonical_json
from fastdistill.redact import remember, secrets_of
from fastdistill.serde import StructureError, nearest, structure, unstructure
from fastdistill.settings import Price, RunConfig, TeacherConfig
from fastdistill.specs import ProviderSpec, ScenarioSpec

GATE_KINDS: tuple[Kind, ...] = ("rules", "exec_evals", "judges")


@frozen(kw_only=True)
class Chosen:
    """One spec of the run with its options."""

    offer: Offer
    options: Any

    @property
    def name(self) -> str:
        """The spec's name."""
        return self.offer.spec.name


@frozen(kw_only=True)
class TeacherPlan:
    """One teacher: its table, and one provider's options for each of its endpoints."""

    config: TeacherConfig
    offer: Offer
    endpoints: tuple[Any, ...]


@frozen(kw_only=True)
class Plan:
    """All that a run needs to begin."""

    config: RunConfig
    scenario: Chosen
    gates: tuple[Chosen, ...]
    teachers: tuple[TeacherPlan, ...]
    helpers: tuple[TeacherPlan, ...]
    reporters: tuple[Chosen, ...]
    sources: tuple[Chosen, ...] = ()
    """Every kind of source that is installed."""

    @property
    def spec(self) -> ScenarioSpec[Any]:
        """The scenario's spec."""
        spec = self.scenario.offer.spec
        assert isinstance(spec, ScenarioSpec)  # noqa: S101  the host has checked it
        return spec


def digest(value: Any) -> str:
    """sha256 of plain data's canonical JSON."""
    return sha256(canonical_json(unstructure(value), path="configuration").encode()).hexdigest()


def _options(offer: Offer, table: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    try:
        found = structure(dict(table), offer.spec.config, path=path)
    except StructureError as error:
        problems.extend(error.problems)
        return None
    _check_defaults(offer, found, path, problems)
    return found


def _check_defaults(offer: Offer, options: Any, path: str, problems: list[str]) -> None:
    """See that a plugin's own defaults fit its types: nothing else would before a task is asked."""
    try:
        structure(unstructure(options), offer.spec.config, path=path)
    except StructureError as error:
        problems.extend(
            f"{one} (a default of {offer.origin}: set it, or tell its author)" for one in error.problems
        )
    except Exception as error:  # noqa: BLE001  a plugin's class may do anything when it is read
        problems.append(
            f"{path}: the options of {offer.origin} cannot be written down: {type(error).__name__}: {error}"
        )


def _unknown_tables(config: RunConfig, host: PluginHost, problems: list[str]) -> None:
    for kind in get_args(Kind):
        names = sorted({offer.spec.name for offer in host.offers(kind)})
        for name in getattr(config, kind, {}):  # exporters have no table in a run file
            if name not in names:
                there = ", ".join(names) or "none"
                problems.append(f"{kind}.{name}: no such plugin{nearest(name, names)}; installed: {there}")


def with_default_teacher(loaded: Loaded, host: PluginHost) -> Loaded:
    """`loaded` with a teacher: one that names neither provider nor model is the installed default.

    Raises `UsageError` if there is none, or more than one.
    """
    first, *others = loaded.config.teacher or (TeacherConfig(),)
    if first.provider or first.model:
        return loaded
    found = [
        (offer.spec.name, offer.spec.default_model)
        for offer in host.offers("providers")
        if isinstance(offer.spec, ProviderSpec) and offer.spec.default_model is not None
    ]
    if len(found) != 1:
        names = ", ".join(sorted(offer.spec.name for offer in host.offers("providers"))) or "none"
        many = f" ({' and '.join(name for name, _ in found)} each have a default model)" if found else ""
        raise UsageError(f"which teacher? Name it with --teacher PROVIDER:MODEL; installed: {names}{many}")
    ((provider, model),) = found
    teacher = (attrs.evolve(first, provider=provider, model=model), *others)
    return attrs.evolve(loaded, config=attrs.evolve(loaded.config, teacher=teacher))


def _teacher(
    config: RunConfig, one: TeacherConfig, path: str, host: PluginHost, problems: list[str], *, asks: bool
) -> TeacherPlan | None:
    try:
        offer = host.get("providers", one.provider)
    except PluginError as error:
        if not asks:
            return None
        if not problems:
            raise PluginError(f"{error}. Or ask another: --teacher PROVIDER:MODEL") from None
        problems.append(f"{path}.provider: {error}")
        return None
    fields = {f.name for f in attrs.fields(offer.spec.config)}
    table = {**config.providers.get(one.provider, {}), **one.options}
    if "model" in fields:
        table["model"] = one.model
    urls = one.base_urls or (None,)
    if one.base_urls and "base_url" not in fields:
        problems.append(f"{path}.base_urls: the provider {one.provider!r} has no base_url")
        urls = (None,)
    endpoints = [
        _options(offer, {**table, "base_url": url} if url else table, f"{path}.options", problems)
        for url in urls
    ]
    if getattr(offer.spec, "recorded", False) and one.price is None:
        one = attrs.evolve(one, price=Price(input=0.0, output=0.0))
    return TeacherPlan(config=one, offer=offer, endpoints=tuple(endpoints))


def _stage(gate: Chosen) -> int:
    """Cheapest first: rules, then exec-evals, then judges; within each, the order given."""
    return GATE_KINDS.index(gate.offer.kind)


def _gate(config: RunConfig, name: str, host: PluginHost, problems: list[str]) -> Chosen | None:
    kinds: list[Kind] = [k for k in GATE_KINDS if any(o.spec.name == name for o in host.offers(k))]
    if len(kinds) != 1:
        names = sorted({o.spec.name for kind in GATE_KINDS for o in host.offers(kind)})
        what = f"is both {' and '.join(kinds)}" if kinds else f"no such gate{nearest(name, names)}"
        problems.append(f"gates: {name!r}: {what}; installed: {', '.join(names)}")
        return None
    offer = host.get(kinds[0], name)
    table = getattr(config, kinds[0]).get(name, {})
    return Chosen(offer=offer, options=_options(offer, table, f"{kinds[0]}.{name}", problems))


def resolve(loaded: Loaded, host: PluginHost, *, asks: bool = True) -> Plan:
    """The plan of a run file. Where nobody `asks`, teachers whose provider is not there are left out.

    Raises `RunFileError` with all problems at once, `PluginError` for a plugin that is not there, and
    `UsageError` where no teacher is named and none is the default.
    """
    if asks and not loaded.problems:
        loaded = with_default_teacher(loaded, host)
    config, problems = loaded.config, list(loaded.problems)
    if not config.scenario and problems:
        raise RunFileError(loaded.source, problems)
    if not config.scenario:
        names = ", ".join(sorted(o.spec.name for o in host.offers("scenarios"))) or "none"
        raise UsageError(f"which scenario? Name it with --scenario; installed: {names}")
    offer = host.get("scenarios", config.scenario)
    _unknown_tables(config, host, problems)
    scenario = Chosen(
        offer=offer,
        options=_options(
            offer, config.scenarios.get(config.scenario, {}), f"scenarios.{config.scenario}", problems
        ),
    )
    assert isinstance(offer.spec, ScenarioSpec)  # noqa: S101  the host has checked it
    names_of_gates = (*(offer.spec.gates if config.gates is None else config.gates), *config.extra_gates)
    gates = [_gate(config, name, host, problems) for name in names_of_gates]
    problems.extend(
        f"gates: {name!r} stands twice"
        for name in sorted({n for n in names_of_gates if names_of_gates.count(n) > 1})
    )
    teachers, helpers = (
        tuple(
            made
            for i, one in enumerate(table)
            if (made := _teacher(config, one, f"{key}[{i}]", host, problems, asks=asks)) is not None
        )
        for key, table in (("teacher", config.teacher), ("helper", config.helper))
    )
    student = config.select.student
    if student is not None and not (student.provider and student.model):
        problems.append("select.student: provider and model are missing")
    elif student is not None:
        chosen = _teacher(config, student, "select.student", host, problems, asks=asks)
        helpers = (*helpers, *((chosen,) if chosen is not None else ()))
    titles = [plan.config.title for plan in (*teachers, *helpers)]
    problems.extend(
        f"teacher: the name {t!r} stands twice" for t in sorted(set(titles)) if titles.count(t) > 1
    )
    reporters = [
        Chosen(
            offer=found,
            options=_options(found, table, f"reporters.{name}", problems),
        )
        for name, table in config.reporters.items()
        for found in host.offers("reporters")
        if found.spec.name == name
    ]
    remember(secrets_of(unstructure(config)))
    sources = tuple(
        Chosen(
            offer=found,
            options=_options(
                found, config.sources.get(found.spec.name, {}), f"sources.{found.spec.name}", problems
            ),
        )
        for found in host.offers("sources")
    )
    if problems:
        raise RunFileError(loaded.source, problems)
    return Plan(
        config=config,
        scenario=scenario,
        gates=tuple(sorted((gate for gate in gates if gate), key=_stage)),
        teachers=teachers,
        helpers=helpers,
        reporters=tuple(reporters),
        sources=sources,
    )
