"""Which level stops which attack: run the corpus at each level and print a Markdown table and the counts.

The interpreter's library must be readable by all users, else the weakest level stops attacks only
because it cannot import what they use. Run as root, so that processes left behind are seen.
"""

import argparse
import sys
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parents[1] / "code" / "attacks"))
import probes

from fastdistill_code.runner import open_sandbox
from fastdistill_code.sandbox.levels import LEVELS


async def main(levels: list[str]) -> None:
    """Run every attack at every level."""
    outcomes: dict[str, dict[str, list[str]]] = {}
    with probes.open_world() as world:
        for level in levels:
            async with open_sandbox(level=level, allow_weak=True, slots=1) as sandbox:
                for attack in probes.corpus():
                    found = await probes.run_attack(sandbox, world, attack)
                    outcomes.setdefault(attack.name, {})[level] = found
            await anyio.sleep(0.6)
            if late := world.damage(""):
                print("after the level", level, late)
    print("| attack | " + " | ".join(levels) + " |")
    print("|---|" + "---|" * len(levels))
    for name, by_level in outcomes.items():
        if any(by_level.values()):
            print(
                f"| {name} | "
                + " | ".join(", ".join(by_level[level]) or "stopped" for level in levels)
                + " |"
            )
    for level in levels:
        lost = sum(bool(by_level[level]) for by_level in outcomes.values())
        print(f"{level}: {lost} of {len(outcomes)} attacks achieved something")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("level", nargs="*", default=list(LEVELS))
    anyio.run(main, parser.parse_args().level)
