"""The manifest: what came in, what was asked, what ran, what came out, each by its hash."""

import hashlib
import importlib.util
import json
import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from fastdistill.host import Offer
from fastdistill.run.folder import LOCK, MANIFEST, SHARDS
from fastdistill.run.hashing import file_digest
from fastdistill.run.report.quality import SCHEMA_VERSION


@cache
def package_digest(module: str) -> str | None:
    """sha256 over the installed files of a module's top package; None if they cannot be found."""
    spec = importlib.util.find_spec(module.partition(".")[0])
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        return None
    total = hashlib.sha256()
    root = Path(places[0])
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(f"{path.relative_to(root).as_posix()}\n{file_digest(path)}\n".encode())
    return total.hexdigest()


def plugin_entry(offer: Offer) -> dict[str, Any]:
    """How the manifest names a plugin that took part."""
    origin, config = offer.origin, offer.spec.config
    return {
        "kind": offer.kind,
        "name": offer.spec.name,
        "plugin": origin.plugin,
        "distribution": origin.distribution,
        "version": origin.version,
        "files": package_digest(_module_of(offer)) if origin.distribution != "unknown" else None,
        "config": f"{config.__module__}.{config.__qualname__}",
    }


def _module_of(offer: Offer) -> str:
    made: Any = getattr(offer.spec, "open", None) or getattr(offer.spec, "build", None)
    return str(getattr(made, "__module__", None) or offer.spec.config.__module__)


_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def environment(distributions: Iterable[str]) -> dict[str, Any]:
    """Where the run took place; no names of people, hosts or folders.

    It holds the versions of what the core and `distributions` declare that they need, None for what is
    not here.
    """
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "sqlite": sqlite3.sqlite_version,
    }
    for name in sorted(_needed({"fastdistill", *distributions})):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _needed(distributions: set[str]) -> set[str]:
    """The distributions and what each declares, extras that are installed included."""
    found = set(distributions - {"unknown"})
    for name in distributions:
        try:
            declared = requires(name) or []
        except PackageNotFoundError:
            continue
        for text in declared:
            needed = _REQUIREMENT.match(text)
            if needed and ("extra ==" not in text or _installed(needed[0])):
                found.add(needed[0].lower())
    return found


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def self_digest(manifest: Mapping[str, Any]) -> str:
    """The manifest's digest of itself: over everything but the digest."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    text = json.dumps(rest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a run folder but the manifest, the lock and its shards."""
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in (MANIFEST, LOCK)
        and path.relative_to(folder).parts[0] != SHARDS
    }


def seal(manifest: dict[str, Any]) -> dict[str, Any]:
    """`manifest` with its schema's version in front and its own digest behind."""
    made = {"schema_version": SCHEMA_VERSION, **manifest}
    return {**made, "digest": self_digest(made)}
