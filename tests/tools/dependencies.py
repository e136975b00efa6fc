"""Check that every distribution declares exactly what it imports: deptry, for each member."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> int:
    deptry, failed = str(Path(sys.executable).with_name("deptry")), 0
    for path in sorted((*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml"))):
        done = subprocess.run([deptry, "src"], cwd=path.parent, capture_output=True, text=True)
        failed |= done.returncode
        print(f"{path.parent.relative_to(ROOT)}: {'clean' if not done.returncode else done.stderr}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
