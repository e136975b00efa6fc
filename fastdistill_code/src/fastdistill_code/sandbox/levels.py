"""The sandbox's levels by name: what each takes, what it leaves open, and what a machine needs for it."""

import os
import sys

from fastdistill import SetupError
from fastdistill_code.sandbox.confine import MEASURES

LEVELS: dict[str, tuple[str, ...]] = {
    "full": MEASURES,
    "namespaces": ("user", "pid-namespace", "net-namespace", "mount-namespace"),
    "confined": ("landlock", "seccomp"),
    "rlimits-only": (),
}
"""Strongest first, with the measures that make the level."""

NEEDS = {
    "full": "Linux 5.13 or later with Landlock (ABI 1 or later) among its security modules, seccomp, and "
    "what `namespaces` needs",
    "namespaces": "Linux, and either root with CAP_SYS_ADMIN or unprivileged user namespaces "
    "(user.max_user_namespaces above 0, no AppArmor rule against them)",
    "confined": "Linux with seccomp, and Landlock of ABI 3 (Linux 6.2), or of ABI 1 (Linux 5.13) where "
    "root can take a user of its own for each program; no privilege",
    "rlimits-only": "any POSIX system",
}

OPEN: dict[str, tuple[str, ...]] = {
    "full": (),
    "namespaces": ("holes in the kernel behind any system call",),
    "confined": (
        "names, sizes and times of files can be asked for, their content cannot",
        "the disk is shared: a program's folder is watched and bounded, not a mount of its own",
        "the network is closed by the list of system calls alone, processes by that and by Landlock",
        "the number of threads is bounded for the whole user, unless root gives each program its own",
    ),
    "rlimits-only": ("files, network and processes of the user",),
}
"""What a level leaves open that a stronger one closes."""


def wanted(level: str | None) -> list[str]:
    """The measures to try for a level; all of them when none is named. SetupError for an unknown name."""
    if level is not None and level not in LEVELS:
        raise SetupError(f"unknown sandbox level {level!r}; there are {', '.join(LEVELS)}")
    if not hasattr(os, "fork"):
        raise SetupError(
            "the sandbox needs a POSIX system (Linux for more than the weakest level); use WSL 2 or a "
            "Linux container"
        )
    measures = list(LEVELS[level or "full"])
    if sys.platform == "linux" and os.geteuid() == 0 and "user" not in measures:
        measures.insert(0, "user")
    return measures


def reached(taken: list[str]) -> str:
    """The strongest level whose measures are all in force."""
    return next(name for name, measures in LEVELS.items() if set(measures) <= set(taken))


def alone(level: str, taken: list[str]) -> list[str]:
    """The measures to start again with: below `namespaces` those that need none, for a process that was
    moved into some of them is neither here nor there.
    """
    if level in ("full", "namespaces"):
        return taken
    kept = ["user"] if "user" in taken and os.geteuid() == 0 else []
    return kept + [name for name in ("landlock", "seccomp") if name in taken]


def accept(level: str, asked: str | None, refused: dict[str, str], *, allow_weak: bool) -> None:
    """SetupError unless the level is the one asked for and strong enough or consented to."""
    why = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
    if asked is not None and level != asked:
        raise SetupError(f"sandbox level {asked!r} is not to be had here ({why}); it needs {NEEDS[asked]}")
    if level == "rlimits-only" and not allow_weak:
        raise SetupError(
            f"this machine allows only the sandbox level {level!r}"
            + (f" ({why})" if why else "")
            + f", which does not stop hostile code. `confined` needs {NEEDS['confined']}; `namespaces` "
            f"needs {NEEDS['namespaces']}. To have more: {more(level)}. To go on regardless set "
            "allow_weak_sandbox = true"
        )


def notice(level: str, refused: dict[str, str]) -> str | None:
    """What is to be said where programs run at less than `namespaces`; None elsewhere."""
    if level != "confined":
        return None
    why = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
    return (
        f"programs run at the sandbox level 'confined'{f' ({why})' if why else ''}: Landlock and seccomp "
        f"hold them, without namespaces of their own. For more: {more(level)}"
    )


def more(level: str) -> str:
    """What gives a stronger level than this on the kinds of machine that people have."""
    if sys.platform != "linux":
        return "run in a Linux container, or on Windows in WSL 2"
    if level == "full":
        return "nothing: this is the strongest level"
    if level == "namespaces":
        return f"`full` needs {NEEDS['full']}"
    if os.path.exists("/.dockerenv"):  # noqa: PTH110
        return (
            "docker run --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt "
            "apparmor=unconfined (an unprivileged user's namespaces suffice too)"
        )
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return (
            "securityContext: {capabilities: {add: [SYS_ADMIN]}, seccompProfile: {type: Unconfined}, "
            "appArmorProfile: {type: Unconfined}}"
        )
    return (
        "run as root with CAP_SYS_ADMIN, or allow unprivileged user namespaces: sysctl "
        "user.max_user_namespaces=15000 kernel.apparmor_restrict_unprivileged_userns=0 "
        "kernel.unprivileged_userns_clone=1 (those that the system has)"
    )
