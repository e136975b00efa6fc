"""What the site needs beside its pages: the list of decisions, made when it is built."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files


def on_files(files: Files, *, config: Any) -> Files:
    """Add the page that lists the decisions by number."""
    folder = Path(config.docs_dir) / "decisions"
    lines = ["# Decisions", "", "Why things are as they are: context, choice, figures.", ""]
    for path in sorted(folder.glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ").strip()
        lines.append(f"- [{title}]({path.name})")
    files.append(File.generated(config, "decisions/index.md", content="\n".join(lines) + "\n"))
    return files
