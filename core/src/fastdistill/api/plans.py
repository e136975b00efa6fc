"""Turns keyword arguments, named as in a run file, into a resolved plan."""

from collections.abc import Mapping
from typing import Any

from fastdistill.api.in_process import with_functions
from fastdistill.config import Loaded, load
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.plan import Plan, resolve

GATE_KEYS = ("gates", "extra_gates")


def plan_of(caller: str, settings: Mapping[str, Any], *, asks: bool) -> Plan:
    """Resolve `settings`; their mistakes are raised at once, as those of a run file."""
    host = PluginHost().discover()
    layers = []
    for key, value in settings.items():
        if value is None:
            continue
        if key in GATE_KEYS:
            if isinstance(value, str):
                raise UsageError(f"{key}: {value!r} is one name; write a list: [{value!r}]")
            value = with_functions(host, value, key)
        layers.append((f"{caller}({key}=...)", [key], _plain(value)))
    loaded: Loaded = load(None, (), layers)
    named = Loaded(
        config=loaded.config, origins=loaded.origins, source=f"{caller}()", problems=loaded.problems
    )
    return resolve(named, host, asks=asks)


def _plain(value: Any) -> Any:
    """Return tuples as lists and mappings as dictionaries, as TOML would have them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
