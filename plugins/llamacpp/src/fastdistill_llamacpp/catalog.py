"""The known models, and where their verified bytes lie on this machine."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import field, frozen

from fastdistill import ModelEntry, SetupError, cache_folder, nearest
from fastdistill_llamacpp.models import Model, known

OVERRIDE = "FD_EMBEDDED_GGUF"


def default_folder() -> Path:
    """Return where weights are kept: in the folder of caches."""
    return cache_folder() / "models"


@frozen(kw_only=True)
class Catalog:
    """What `fd models` lists and pulls."""

    folder: Path = field(factory=default_folder)

    def path(self, model: Model) -> Path:
        """Where the model's bytes are kept: a file there was verified before it got its name."""
        return self.folder / f"{model.sha256}.gguf"

    def entries(self) -> Iterable[ModelEntry]:
        """The known models."""
        for model in known().values():
            path = self.path(model)
            yield ModelEntry(
                name=model.name,
                summary=model.summary,
                size=model.size,
                sha256=model.sha256,
                licence=model.licence,
                path=path if path.is_file() else None,
            )

    def pull(
        self, name: str, notice: Callable[[str], None], /, *, stopped: Callable[[], bool] = lambda: False
    ) -> Path:
        """The verified bytes of `name`, fetched unless they are here. Raises `SetupError`."""
        models = known()
        if name not in models:
            raise SetupError(
                f"there is no known model {name!r}{nearest(name, list(models))}; known: "
                f"{', '.join(models)}. Any GGUF file works too: give its path"
            )
        path = self.path(models[name])
        if not path.is_file():
            from fastdistill_llamacpp.fetch import Fetch

            Fetch(model=models[name], path=path, notice=notice, stopped=stopped).run()
        return path


def overridden() -> str | None:
    """The file that `FD_EMBEDDED_GGUF` names for the known names."""
    return os.environ.get(OVERRIDE) or None


def locate(model: str, notice: Callable[[str], None], stopped: Callable[[], bool]) -> Path:
    """The GGUF file of a teacher's `model`: a path, or a known name. Raises `SetupError`.

    `FD_EMBEDDED_GGUF` names the file to use for the known names.
    """
    if model.endswith(".gguf"):
        path = Path(model).expanduser()
        if not path.is_file():
            raise SetupError(f"there is no GGUF file {model!r}")
        return path
    override = overridden()
    if override and model in known():
        path = Path(override).expanduser()
        if not path.is_file():
            raise SetupError(f"{OVERRIDE} names {override!r}, where there is no file")
        return path
    return Catalog().pull(model, notice, stopped=stopped)
