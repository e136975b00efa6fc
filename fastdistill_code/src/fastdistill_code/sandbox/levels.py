"""The sandbox's levels by name: what each takes, and what a machine needs for it."""

import os
import sys

from fastdistill import SetupError
from fastdistill_code.sandbox.confine import MEASURES

LEVELS: dict[str, tuple[str, ...]] = {
    "full": MEASURES,
    "namespaces": ("user", "pid-namespace", "net-namespace", "mount-namespace"),
    "rlimits-only": (),
}
"""Strongest first, with the measures that make the level."""

NEEDS = {
    "full": "Linux 5.13 or later with Landlock (ABI 1 or later) among its security modules, seccomp, and "
    "what `namespaces` needs",
    "namespaces": "Linux, and either root with CAP_SYS_ADMIN or unprivileged user namespaces "
    "(user.max_user_namespaces above 0, no AppArmor rule against them)",
    "rlimits-only": "any POSIX system",
}


def wanted(level: str | None) -> list[str]:
    """The measures to try for a level; all of them when none is named. SetupError for an unknown name."""
    if level is not None and level not in LEVELS:
        raise SetupError(f"unknown sandbox level {level!r}; there are {', '.join(LEVELS)}")
    if not hasattr(os, "fork"):
        raise SetupError(
            "the sandbox needs a POSIX system (Linux for more than the weakest level); use WSL 2"
        )
    measures = list(LEVELS[level or "full"])
    if sys.platform == "linux" and os.geteuid() == 0 and "user" not in measures:
        measures.append("user")
    return measures


def reached(taken: list[str]) -> str:
    """The strongest level whose measures are all in force."""
    return next(name for name, measures in LEVELS.items() if set(measures) <= set(taken))


def accept(level: str, asked: str | None, refused: dict[str, str], *, allow_weak: bool) -> None:
    """SetupError unless the level is the one asked for and strong enough or consented to."""
    why = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
    if asked is not None and level != asked:
        raise SetupError(f"sandbox level {asked!r} is not to be had here ({why}); it needs {NEEDS[asked]}")
    if level == "rlimits-only" and not allow_weak:
        raise SetupError(
            f"this machine allows only the sandbox level {level!r}"
            + (f" ({why})" if why else "")
            + f", which does not stop hostile code; `namespaces` needs {NEEDS['namespaces']}; to go on "
            "regardless set allow_weak_sandbox = true"
        )
