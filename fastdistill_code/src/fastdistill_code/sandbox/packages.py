"""Installed packages that programs may import by choice, such as numpy: where they lie, and versions."""

import importlib.metadata
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fastdistill import SetupError


class Packages(NamedTuple):
    """What a zygote needs to lend packages: only these folders can be read."""

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


NONE = Packages()


def found(names: Iterable[str]) -> Packages:
    """The packages of these names in our own interpreter. SetupError for one that is not there.

    What a package needs in turn is to be named too.
    """
    folders, versions = list[str](), list[str]()
    for name in names:
        spec = importlib.util.find_spec(name) if name.isidentifier() else None
        if spec is None or not spec.submodule_search_locations or spec.origin is None:
            raise SetupError(
                f"`packages` names {name!r}, which is no package of this Python: install it where Fast "
                "Distill is installed, or leave it out"
            )
        folder = Path(spec.origin).parent.resolve()
        libraries = folder.with_name(f"{name}.libs")  # where wheels keep shared libraries
        folders += [str(path) for path in (folder, libraries) if path.is_dir()]
        versions.append(f"{name} {_version(name)}")
    return Packages(tuple(names), tuple(dict.fromkeys(folders)), tuple(versions))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "?"
