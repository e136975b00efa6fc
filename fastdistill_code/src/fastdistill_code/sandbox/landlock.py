"""Landlock: a process gives up the file system but for named paths, and TCP, for itself and all it
starts.
"""

# ruff: noqa: PTH112
# The zygote does without pathlib: it stays small and starts fast

import ctypes
import os
from collections.abc import Iterable

from fastdistill_code.sandbox.syscalls import LIBC, Step, syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446

LEAST_ABI = 1
"""Enough for `full`: later versions add truncate (3), TCP (4), device ioctl (5) and scopes (6), used
when there."""

ALONE_ABI = 3
"""What is needed where the candidate's user is ours: truncating our files is handled from here on."""

EXECUTE = 1 << 0
READ_FILE, READ_DIR, WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
_ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_REMOVE_AND_MAKE = (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 12)
_REFER, _TRUNCATE = 1 << 13, 1 << 14


def abi() -> int:
    """The kernel's Landlock version; 0 when it has none."""
    try:
        return syscall("landlock", _CREATE, None, 0, 1)
    except OSError:
        return 0


def ruleset(
    read_only: Iterable[str], devices: Iterable[str], writable: str, programs: Iterable[str] = ()
) -> int:
    """A descriptor of rules: read below the first, read and write the second, everything plain below
    the third; only the programs may be executed.
    """
    version = abi()
    handled = _ALL.get(version, (1 << 16) - 1)
    attributes = (ctypes.c_uint64 * 3)(handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = syscall("landlock_create_ruleset", _CREATE, attributes, size, 0)
    for path in read_only:
        _allow(rules, path, READ_FILE | (READ_DIR if os.path.isdir(path) else 0))
    for path in devices:
        _allow(rules, path, READ_FILE | WRITE_FILE)
    for path in programs:
        _allow(rules, path, READ_FILE | EXECUTE)
    everything = READ_FILE | READ_DIR | WRITE_FILE | _REMOVE_AND_MAKE | _REFER | _TRUNCATE
    _allow(rules, writable, everything & handled)
    return rules


def _allow(rules: int, path: str, access: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = access.to_bytes(8, "little") + opened.to_bytes(4, "little")
        syscall("landlock_add_rule", _ADD, rules, 1, beneath, 0)
    finally:
        os.close(opened)


def restriction(rules: int) -> Step:
    """What holds a process to the rules, for good. It must have no_new_privs."""
    arguments = ctypes.c_long(_RESTRICT), ctypes.c_long(rules), ctypes.c_long(0)
    return Step("landlock_restrict_self", LIBC.syscall, arguments)
