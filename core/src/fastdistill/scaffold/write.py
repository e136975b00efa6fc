"""Names a new package and writes it. Nothing that is there is overwritten."""

import keyword
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from string import Template as Text

from attrs import frozen

from fastdistill.errors import SetupError, UsageError
from fastdistill.host import PluginHost
from fastdistill.scaffold.kinds import TEMPLATES
from fastdistill.serde import nearest
from fastdistill.specs import NAME

HERE = Path(__file__).parent / "templates"
PREFIX = "fastdistill-"
LONGEST = 40
"""Characters of a name: it is part of file names and module names."""


@frozen(kw_only=True)
class Written:
    """A package that was written."""

    dist: str
    folder: Path
    files: tuple[Path, ...]


def checked(kind: str, name: str, host: PluginHost) -> None:
    """Raise `UsageError` for a kind or a name that a new package cannot have."""
    if kind not in TEMPLATES:
        there = ", ".join(TEMPLATES)
        raise UsageError(f"there is no kind {kind!r}{nearest(kind, list(TEMPLATES))}; there are: {there}")
    if name.startswith(PREFIX):
        bare = name.removeprefix(PREFIX) or "polite"
        raise UsageError(
            f"{name!r}: leave out {PREFIX!r}, the package has it by itself: fd new {kind} {bare}"
        )
    if not re.fullmatch(NAME, name) or len(name) > LONGEST:
        raise UsageError(
            f"{name!r} cannot be a name: lower-case letters and digits in words joined by '-', at most "
            f"{LONGEST} characters, such as {slug(name)!r}"
        )
    hook = TEMPLATES[kind].hook
    for offer in host.offers(hook):
        if offer.spec.name == name:
            raise UsageError(
                f"the {kind} {name!r} is there already, from {offer.origin}: choose another name"
            )
    try:
        found = distribution(PREFIX + name)
    except PackageNotFoundError:
        return
    raise UsageError(
        f"the package {found.name} {found.version} is installed here already: choose another name"
    )


def slug(text: str) -> str:
    """Return the name that is nearest to `text`: `PoliteRule` and `polite rule` become `polite-rule`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    words = re.findall(r"[a-z0-9]+", parted.lower())
    joined = "-".join(words)[:LONGEST].strip("-").lstrip("0123456789-")
    return joined or "polite"


def write(kind: str, name: str, into: Path | None, host: PluginHost) -> Written:
    """Write the package of a new plugin into the folder `into`, or one of its distribution's name.

    Raises `UsageError` for a name that cannot be or a folder that holds something, `SetupError` where the
    disk refuses.
    """
    checked(kind, name, host)
    dist = PREFIX + name
    folder = into or Path(dist)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{str(folder)!r} is there and not empty: name another folder with --into")
    files = list[Path]()
    try:
        for path, text in _files(kind, name):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            files.append(target)
    except OSError as error:
        raise SetupError(f"cannot write to {str(folder)!r}: {error.strerror or error}") from None
    return Written(dist=dist, folder=folder, files=tuple(files))


def _files(kind: str, name: str) -> Iterator[tuple[str, str]]:
    """Each file of the package by its path, filled in."""
    template, module = TEMPLATES[kind], f"fastdistill_{name.replace('-', '_')}"
    klass = "".join(word.capitalize() for word in name.split("-"))
    words = {
        "kind": kind,
        "name": name,
        "dist": PREFIX + name,
        "module": module,
        "klass": f"{klass}_" if keyword.iskeyword(klass) else klass,
        "shout": name.replace("-", "_").upper(),
        "version": version("fastdistill"),
        "extra": template.extra,
        "needs": "".join(f', "{need}"' for need in template.needs),
    }
    words["about"], words["use"] = (
        Text(text).substitute(words) for text in (template.article, template.use)
    )
    for source in sorted((HERE / "common").iterdir()):
        yield _place(source.name.removesuffix(".tmpl"), module), _filled(source, words)
    yield f"src/{module}/py.typed", ""
    for source in sorted((HERE / kind).iterdir()):
        yield _place(source.name.removesuffix(".tmpl"), module), _filled(source, words)


def _filled(source: Path, words: dict[str, str]) -> str:
    return Text(source.read_text(encoding="utf-8")).substitute(words)


def _place(name: str, module: str) -> str:
    """Where a template's file stands in the package."""
    if name.startswith("test_"):
        return f"tests/{name.replace('plugin', module.removeprefix('fastdistill_'))}"
    if name == "conftest.py":
        return "tests/conftest.py"
    if name == "sample":
        return f"tests/sample.{module.removeprefix('fastdistill_').replace('_', '-')}"
    if name.endswith((".py", ".jsonl")):
        return f"src/{module}/{'__init__.py' if name == 'init.py' else name}"
    return name
