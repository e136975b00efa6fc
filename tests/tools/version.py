"""Write one version into every distribution and its pins on the core: `version.py X.Y.Z`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")


def rewritten(text: str, new: str) -> str:
    """A pyproject's text with `new` as its version and in its pins on our own distributions."""
    text = re.sub(r'^version = "[^"]*"', f'version = "{new}"', text, count=1, flags=re.MULTILINE)
    return re.sub(r'"(fastdistill[\w-]*(?:\[[\w,-]+\])?)==[^"]*"', rf'"\1=={new}"', text)


def main() -> None:
    if len(sys.argv) != 2 or not VERSION.fullmatch(sys.argv[1]):
        sys.exit(f"usage: {sys.argv[0]} X.Y.Z")
    for path in (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml")):
        path.write_text(rewritten(path.read_text(encoding="utf-8"), sys.argv[1]), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
