"""A fresh environment to install wheels into: by uv where it is at hand, else by pip."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

UV = os.environ.get("UV") or shutil.which("uv")  # `uv run` names itself so


def _call(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(one) for one in words], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@frozen(kw_only=True)
class Environment:
    """An environment of its own, which sees nothing of this one."""

    home: Path

    @classmethod
    def made(cls, home: Path) -> "Environment":
        """Make an empty one."""
        if UV is None:
            venv.create(home, with_pip=True)
        else:
            _call(UV, "venv", "-q", "--python", sys.executable, home, cwd=home.parent)
        return cls(home=home)

    def script(self, name: str) -> Path:
        """Return the path of a command in it."""
        return self.home / ("Scripts" if sys.platform == "win32" else "bin") / name

    def install(self, wheels: Iterable[Path]) -> None:
        """Install wheels with what they depend on, as anybody would."""
        if UV is None:
            _call(self.script("python"), "-m", "pip", "-q", "install", *wheels, cwd=self.home)
        else:
            _call(UV, "pip", "install", "-q", "--python", self.script("python"), *wheels, cwd=self.home)

    def build(self, projects: Iterable[Path], into: Path) -> list[Path]:
        """Build the wheels of projects, each as its pyproject.toml says."""
        into.mkdir(exist_ok=True)
        if UV is None:
            pip = (self.script("python"), "-m", "pip", "-q", "wheel", "--no-deps", "-w", into)
            _call(*pip, *projects, cwd=self.home)
        else:
            for one in projects:
                _call(UV, "build", "-q", "--wheel", "--no-create-gitignore", "-o", into, one, cwd=self.home)
        return sorted(into.glob("*.whl"))

    def fd(self, *words: str, cwd: Path) -> str:
        """Call its `fd`, which must end well; return what it printed."""
        return _call(self.script("fd"), *words, cwd=cwd)
