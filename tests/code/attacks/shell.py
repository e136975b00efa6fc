"""Runs a command as an unprivileged container would: with calls refused, another user or fewer rights.

    shell.py [--user UID] [--drop-caps] [--deny namespaces,landlock,seccomp] COMMAND...

`namespaces` refuses what the default profile of container engines refuses: unshare, setns, mounting, and
clone into new namespaces. x86-64 only.
"""

import argparse
import ctypes
import os
import struct

from fastdistill_code.sandbox import syscalls as sys_

_NAMESPACES = (272, 308, 165, 166, 155, 428, 429, 430, 431, 432, 442)
_LANDLOCK = (444, 445, 446)
_FLAGS = 0x7E020000
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026


def _op(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def program(denied: set[str]) -> bytes:
    """The filter: all is allowed but what is denied."""
    code = [_op(0x20, 0)]
    numbers = (_NAMESPACES if "namespaces" in denied else ()) + (_LANDLOCK if "landlock" in denied else ())
    for number in numbers:
        code += [_op(0x15, number, 0, 1), _op(0x06, _EPERM)]
    if "namespaces" in denied:
        code += [_op(0x15, 435, 0, 1), _op(0x06, _ENOSYS)]  # clone3
        code += [_op(0x15, 56, 0, 4), _op(0x20, 16), _op(0x45, _FLAGS, 0, 1), _op(0x06, _EPERM)]
        code += [_op(0x06, _ALLOW)]
    if "seccomp" in denied:  # prctl(PR_SET_SECCOMP)
        code += [_op(0x15, 317, 0, 1), _op(0x06, _EPERM)]
        code += [_op(0x15, 157, 0, 3), _op(0x20, 16), _op(0x15, 22, 0, 1), _op(0x06, _EPERM)]
    return b"".join([*code, _op(0x06, _ALLOW)])


def main() -> None:
    """Restrict this process and become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int)
    parser.add_argument("--drop-caps", action="store_true")
    parser.add_argument("--deny", default="")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    if asked.drop_caps:
        for capability in range(41):
            sys_.prctl(24, capability)
        sys_.drop_capabilities()
    if asked.user is not None:
        os.setgroups([])
        os.setresgid(asked.user, asked.user, asked.user)
        os.setresuid(asked.user, asked.user, asked.user)
    if asked.deny:
        sys_.prctl(sys_.PR_SET_NO_NEW_PRIVS, 1)
        code = program(set(asked.deny.split(",")))
        held = ctypes.create_string_buffer(code, len(code))
        header = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
        passed = ctypes.create_string_buffer(header, len(header))
        sys_.prctl(sys_.PR_SET_SECCOMP, 2, ctypes.addressof(passed))
    os.execv(asked.command[0], asked.command)


if __name__ == "__main__":
    main()
