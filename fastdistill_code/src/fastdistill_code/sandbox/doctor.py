"""What sandbox this machine gives, as plain data: the level, why no stronger one, what would give more."""

from typing import Any

from fastdistill import SetupError
from fastdistill_code.sandbox import levels
from fastdistill_code.sandbox.host import Host
from fastdistill_code.sandbox.landlock import abi


def diagnose() -> dict[str, Any]:
    """The strongest level here with its measures, those refused and why, what stays open, and what gives
    more. Blocks for the start of one zygote; never raises for what the machine lacks.
    """
    try:
        host = Host(levels.wanted(None))
        host.start()
    except SetupError as error:
        return {"level": None, "usable": False, "why": str(error), "more": levels.more("rlimits-only")}
    try:
        level = settled(host)
        return {
            "level": level,
            "usable": level != "rlimits-only",
            "measures": sorted(host.taken),
            "refused": dict(host.refused),
            "landlock_abi": abi(),
            "open": list(levels.OPEN[level]),
            "more": levels.more(level),
        }
    finally:
        host.close()


def settled(host: Host) -> str:
    """The level that a started host reached, started again where some measures could be had and others,
    which they were for, could not.
    """
    level = levels.reached(host.taken)
    again = levels.alone(level, host.taken)
    if sorted(again) != sorted(host.taken):
        host.restart(again)
        level = levels.reached(host.taken)
    return level
