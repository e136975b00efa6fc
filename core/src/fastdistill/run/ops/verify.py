"""Checks a run folder against its manifest: every byte of every file, and the ledger's content."""

import json
import sqlite3
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill.errors import RunFolderError
from fastdistill.run.folder import LEDGER, MANIFEST, SHARDS, pretty
from fastdistill.run.hashing import file_digest
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.content import content_digest, prompts_entry
from fastdistill.run.ledger.metrics import counts
from fastdistill.run.report.manifest import environment, file_digests, package_digest, self_digest
from fastdistill.run.report.quality import SCHEMA_VERSION


@frozen(kw_only=True)
class Report:
    """What `fd verify` found. `problems` are about the run; `notes` about this machine, now."""

    digest: str | None
    problems: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)


def read_manifest(folder: Path) -> tuple[dict[str, Any], bytes]:
    """The manifest of a run folder and its bytes. Raises `RunFolderError` when there is none."""
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RunFolderError(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise RunFolderError(f"{str(path)!r} was changed: it is not JSON any more: {error}") from None
    if not isinstance(found, dict):
        raise RunFolderError(f"{str(path)!r} was changed: it is no JSON object any more")
    return found, raw


def verify(folder: Path, *, expect: str | None = None, source: Path | None = None) -> Report:
    """Check everything that a manifest claims. The folder is only read."""
    manifest, raw = read_manifest(folder)
    digest = manifest.get("digest")
    report = Report(digest=digest if isinstance(digest, str) else None)
    problems = report.problems
    if raw != pretty(manifest).encode() or digest != self_digest(manifest):
        problems.append(f"{MANIFEST}: was changed: it does not have its own digest")
    if manifest.get("schema_version") != SCHEMA_VERSION:
        problems.append(
            f"{MANIFEST}: schema_version {manifest.get('schema_version')!r} is not {SCHEMA_VERSION}"
        )
    if expect is not None and digest != expect:
        problems.append(f"{MANIFEST}: its digest is {digest}, not the expected {expect}")
    _files(folder, manifest.get("files"), problems)
    _shards(folder, manifest.get("shards", {}), report)
    if not problems:
        _content(folder, manifest, problems)
    try:
        if source is not None:
            _source(manifest, source, problems)
        report.notes.extend(_here(manifest))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        problems.append(f"{MANIFEST}: is not as a run writes it: {type(error).__name__}: {error}")
    return report


def _files(folder: Path, claimed: Any, problems: list[str]) -> None:
    if not isinstance(claimed, Mapping):
        problems.append(f"{MANIFEST}: lists no files")
        return
    found = file_digests(folder)
    problems.extend(f"{name}: is missing" for name in sorted({*claimed} - {*found}))
    problems.extend(f"{name}: is not of this run" for name in sorted({*found} - {*claimed}))
    problems.extend(
        f"{name}: was changed" for name in sorted({*found} & {*claimed}) if found[name] != claimed[name]
    )


def _shards(folder: Path, claimed: Any, report: Report) -> None:
    """Check the shards that a merged run has beside it, each by the digest that it was merged with."""
    if not isinstance(claimed, Mapping):
        report.problems.append(f"{MANIFEST}: its shards are no table")
        return
    for name, digest in claimed.items():
        shard = folder / SHARDS / Path(name).name
        if not shard.is_dir():
            report.notes.append(f"{SHARDS}/{name} is not here any more; the merged run holds its content")
            continue
        found = verify(shard, expect=digest)
        report.problems.extend(f"{SHARDS}/{name}/{problem}" for problem in found.problems)


def _content(folder: Path, manifest: Mapping[str, Any], problems: list[str]) -> None:
    """What follows from the ledger must be what the manifest says: a forged manifest shows here."""
    try:
        with reading(folder) as ledger:
            for name, found in (
                ("counts", counts(ledger)),
                ("prompts", prompts_entry(ledger)),
                ("ledger_content", content_digest(ledger)),
            ):
                if manifest.get(name) != found:
                    problems.append(f"{MANIFEST}: its {name} are not those of the ledger")
    except sqlite3.DatabaseError as error:
        problems.append(f"{LEDGER}: is damaged: {error}")


def _source(manifest: Mapping[str, Any], source: Path, problems: list[str]) -> None:
    try:
        found = file_digest(source)
    except OSError as error:
        problems.append(f"{source}: cannot be read: {error.strerror or error}")
        return
    if found != manifest.get("source", {}).get("sha256"):
        problems.append(f"{source}: is not the task file of this run")


def _here(manifest: Mapping[str, Any]) -> list[str]:
    """Where this machine differs from the one that the run took place on."""
    notes = []
    for plugin in manifest.get("plugins", []):
        name = plugin["distribution"]
        try:
            installed = version(name)
        except PackageNotFoundError:
            notes.append(f"plugin {name} {plugin['version']} is not installed here")
            continue
        module = str(plugin["config"]).partition(".")[0]
        if installed != plugin["version"]:
            notes.append(f"plugin {name}: {plugin['version']} then, {installed} here")
        elif plugin["files"] is not None and package_digest(module) != plugin["files"]:
            notes.append(f"plugin {name} {installed}: its files are not those of the run")
    names = [plugin["distribution"] for plugin in manifest.get("plugins", [])]
    then, now = manifest.get("environment", {}), environment(names)
    notes += [
        f"{key}: {then[key]} then, {now.get(key)} here" for key in sorted(then) if then[key] != now.get(key)
    ]
    return list(dict.fromkeys(notes))
