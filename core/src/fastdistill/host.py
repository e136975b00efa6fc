"""Finds plugins and what they offer. A broken plugin is kept as a failure and never stops the tool."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points
from importlib.metadata import version as installed_version
from typing import Any, Literal

import pluggy
from attrs import define, field, frozen

from fastdistill import hookspecs
from fastdistill.errors import PluginError, place_of
from fastdistill.serde import nearest
from fastdistill.specs import (
    ExecEvalSpec,
    ExporterSpec,
    JudgeSpec,
    ProviderSpec,
    ReporterSpec,
    RuleSpec,
    ScenarioSpec,
    SourceSpec,
    Spec,
)

GROUP = "fastdistill"
Kind = Literal[
    "scenarios", "providers", "rules", "exec_evals", "judges", "reporters", "sources", "exporters"
]
KINDS: dict[Kind, type[Spec[Any]]] = {
    "scenarios": ScenarioSpec,
    "providers": ProviderSpec,
    "rules": RuleSpec,
    "exec_evals": ExecEvalSpec,
    "judges": JudgeSpec,
    "reporters": ReporterSpec,
    "sources": SourceSpec,
    "exporters": ExporterSpec,
}


@frozen(kw_only=True)
class Origin:
    """Who a plugin is: its name, and the distribution and version that it came in."""

    plugin: str
    distribution: str = "unknown"
    version: str = "unknown"

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})"


@frozen(kw_only=True)
class Offer:
    """One spec and who offers it."""

    kind: Kind
    spec: Spec[Any]
    origin: Origin


@frozen(kw_only=True)
class PluginFailure:
    """A plugin, or one hook of it, that could not be used, and why."""

    origin: Origin
    stage: Literal["import", "register", "hook"]
    error: str


HOOKS = [f"fastdistill_{kind}" for kind in KINDS]


def _check_hook(name: str, member: Any) -> None:
    """Raise `PluginError` for a function that is named like a hook and is none."""
    if name not in HOOKS:
        raise PluginError(f"{name}() is no hook{nearest(name, HOOKS)}; there are: {', '.join(HOOKS)}")
    _check_marks(name, getattr(member, f"{hookspecs.PROJECT}_impl", None))
    try:
        wanted = list(inspect.signature(member).parameters)
    except (TypeError, ValueError):
        return
    if wanted:
        raise PluginError(
            f"{name}({', '.join(wanted)}): a hook takes no argument; options and services come to "
            "`build` and `open` of the records that it yields"
        )


def _yielded(kind: Kind, made: Any) -> list[Spec[Any]]:
    """The specs that a hook gave. Raises TypeError for anything else, saying what to write."""
    hook, shape = f"fastdistill_{kind}", KINDS[kind]
    if isinstance(made, Spec) or not isinstance(made, Iterable):
        if inspect.iscoroutine(made):
            made.close()
        what = (
            type(made).__name__ if isinstance(made, Spec) or inspect.iscoroutine(made) else repr(made)[:60]
        )
        raise TypeError(f"{hook}() returns {what}: write `yield {shape.__name__}(...)`, in a plain def")
    specs = list(made)
    for spec in specs:
        if not isinstance(spec, shape):
            told = f"{type(spec).__name__} {spec.name!r}" if isinstance(spec, Spec) else f"{spec!r:.60}"
            other = [f"fastdistill_{one}" for one, of in KINDS.items() if type(spec) is of]
            hint = f"; its hook is {other[0]}" if other else ""
            raise TypeError(f"{hook}() yields {told}, no {shape.__name__}{hint}")
    return specs


def _check_marks(name: str, marks: Mapping[str, Any] | None) -> None:
    """Raise `PluginError` for a hook without its mark, or with one that makes it something else."""
    if marks is None:
        raise PluginError(f"{name}() is not marked with @hookimpl")
    for option in ("wrapper", "hookwrapper"):
        if marks.get(option):
            raise PluginError(
                f"{name}() is marked with @hookimpl({option}=True): a hook yields its own records and "
                "wraps no other plugin's; write @hookimpl"
            )


@define
class PluginHost:
    """The plugins of one process or one test. Nothing is loaded before `discover` or `register`."""

    failures: list[PluginFailure] = field(factory=list, init=False)
    _manager: pluggy.PluginManager = field(init=False)
    _origins: dict[str, Origin] = field(factory=dict, init=False)
    _offers: list[Offer] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def discover(self, found: Iterable[EntryPoint] | None = None) -> "PluginHost":
        """Load every installed plugin (or those of `found`); returns itself."""
        points = entry_points(group=GROUP) if found is None else found
        for point in sorted(points, key=lambda p: (p.dist.name if p.dist else "", p.name)):
            dist = point.dist
            origin = Origin(
                plugin=point.name,
                distribution=dist.name if dist else "unknown",
                version=dist.version if dist else "unknown",
            )
            if origin in self._origins.values():
                continue
            try:
                plugin = point.load()
            except (KeyboardInterrupt, SystemExit) as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                self._fail(origin, "import", error)
            except BaseException as error:  # noqa: BLE001  whatever a stranger's module raises
                self._fail(origin, "import", error)
            else:
                self._register(plugin, origin)
        return self

    def register(
        self, plugin: object, name: str, *, distribution: str = "unknown", version: str | None = None
    ) -> None:
        """Add a plugin object by hand; its `version` is that of `distribution` unless given."""
        try:
            installed = version or installed_version(distribution)
        except PackageNotFoundError:
            installed = "unknown"
        self._register(plugin, Origin(plugin=name, distribution=distribution, version=installed))

    def _register(self, plugin: object, origin: Origin) -> None:
        key = f"{origin.distribution}:{origin.plugin}"
        try:
            for name, member in inspect.getmembers(plugin, inspect.isroutine):
                if name.startswith("fastdistill_"):
                    _check_hook(name, member)
            self._manager.register(plugin, name=key)
            self._manager.check_pending()
        except Exception as error:  # noqa: BLE001  a plugin's shape is a stranger's too
            if self._manager.has_plugin(key):
                self._manager.unregister(name=key)
            self._fail(origin, "register", error)
            return
        self._origins[key] = origin
        self._offers = None

    def _fail(
        self, origin: Origin, stage: Literal["import", "register", "hook"], error: BaseException
    ) -> None:
        told = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
        place = place_of(error)
        text = " ".join(f"{told}{'' if place.startswith(' (host.py') else place}".split())
        failure = PluginFailure(origin=origin, stage=stage, error=text)
        if failure not in self.failures:
            self.failures.append(failure)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The plugins in use."""
        return tuple(self._origins.values())

    def _collect(self) -> Iterator[Offer]:
        for kind in KINDS:
            caller = getattr(self._manager.hook, f"fastdistill_{kind}")
            for impl in caller.get_hookimpls():
                origin = self._origins[impl.plugin_name]
                try:
                    specs = _yielded(kind, impl.function())
                except Exception as error:  # noqa: BLE001  as above
                    self._fail(origin, "hook", error)
                    continue
                yield from (Offer(kind=kind, spec=spec, origin=origin) for spec in specs)

    def offers(self, kind: Kind | None = None) -> list[Offer]:
        """All that is offered, of one kind if named; in the order of plugins."""
        if self._offers is None:
            self._offers = list(self._collect())
        return [offer for offer in self._offers if kind in (None, offer.kind)]

    def get(self, kind: Kind, name: str) -> Offer:
        """The one offer of that kind and name. Raises `PluginError` if there is none, or more."""
        of_kind = self.offers(kind)
        matches = [offer for offer in of_kind if offer.spec.name == name]
        if len(matches) == 1:
            return matches[0]
        what = kind.rstrip("s").replace("_", "-")
        if matches:
            claimants = " and ".join(str(offer.origin) for offer in matches)
            raise PluginError(f"{what} {name!r} is offered by {claimants}: uninstall one of them")
        names = sorted({offer.spec.name for offer in of_kind})
        message = (
            f"there is no {what} {name!r}{nearest(name, names)}; installed: {', '.join(names) or 'none'}"
        )
        message += '; install the plugin that offers it ("Packages" in the documentation lists ours)'
        if self.failures:
            broken = "; ".join(f"{f.origin}: {f.error}" for f in self.failures)
            message += f". Plugins that failed to load: {broken}"
        raise PluginError(message)
