"""Plugin packages on the path with their entry points, as an installer would leave them."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def put_on_path(packages: Iterable[Path], site: Path) -> dict[str, str]:
    """The environment in which each of `packages` counts as installed; metadata goes into `site`."""
    paths = [str(site)]
    for package in packages:
        project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir(parents=True)
        name, version = project["name"], project["version"]
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        points = project["entry-points"]["fastdistill"].items()
        (info / "entry_points.txt").write_text(
            "[fastdistill]\n" + "".join(f"{key} = {value}\n" for key, value in points)
        )
        paths.append(str(package / "src"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "FD_CACHE": str(site / "cache")}
