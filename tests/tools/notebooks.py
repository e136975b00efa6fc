"""Executes the notebooks of the docs. `--write` keeps their outputs; without it only errors are told.

python tests/tools/notebooks.py [--write]
"""

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"


def execute(path: Path) -> Any:
    """Return the notebook with fresh outputs. Raises `CellExecutionError` where a cell fails."""
    made = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(made, timeout=300, kernel_name="python3").execute()
    for cell in made.cells:
        cell.metadata.pop("execution", None)  # times
    return made


def main() -> None:
    """Execute every notebook."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        made = execute(path)
        if "--write" in sys.argv:
            nbformat.write(made, path)  # type: ignore[no-untyped-call]
        print(path.name, "ran")


if __name__ == "__main__":
    main()
