"""A private root for the zygote and its children: the standard library read-only, /tmp, three devices,
no more.
"""

# ruff: noqa: PTH102, PTH103, PTH106, PTH110, PTH112, PTH118, PTH119, PTH120, PTH208
# The zygote does without pathlib: it stays small and starts fast

import os
import sys

from fastdistill_code.sandbox import syscalls as sys_

LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")


FURTHER: list[str] = []
"""An interpreter of another language, where there is one: set before the root is built."""
PACKAGES: list[str] = []
"""Folders of packages that programs may import: set before the root is built."""


def readable() -> list[str]:
    """What Python needs to import its own library and nothing of anybody's."""
    stdlib = os.path.dirname(os.__file__)
    dynamic = os.path.join(sys.base_exec_prefix, "lib", os.path.basename(stdlib), "lib-dynload")
    shared = os.path.join(sys.base_prefix, "lib")
    libpython = [os.path.join(shared, n) for n in os.listdir(shared) if n.startswith("libpython")]
    wanted = (stdlib, dynamic, *libpython, *LIBRARIES, *FURTHER, *PACKAGES)
    return [path for path in dict.fromkeys(wanted) if os.path.exists(path)]


def loaders() -> list[str]:
    """The system's dynamic loaders, which a program needs the right to execute."""
    found = []
    for folder in ("/lib64", "/lib"):
        if os.path.isdir(folder):
            names = [name for name in os.listdir(folder) if name.startswith("ld-linux")]
            found += [os.path.realpath(os.path.join(folder, name)) for name in names]
    return list(dict.fromkeys(found))


def tmp() -> str:
    """Where the candidate's own folder is mounted: /tmp, unless the interpreter lives below it."""
    return "/scratch" if any(path.startswith("/tmp/") for path in readable()) else "/tmp"  # noqa: S108


def enter(stage: str) -> None:
    """Build the private root on the folder `stage` and make it this process's root."""
    sys_.mount("none", "/", "", sys_.MS_REC | sys_.MS_PRIVATE)
    sys_.mount("root", stage, "tmpfs", sys_.MS_NOSUID | sys_.MS_NODEV, "size=1m,mode=755")
    paths = readable()
    stdlib_packages = os.path.join(paths[0], "site-packages")
    for path in paths:
        _bind(path, stage + path, read_only=True)
    for path in DEVICES:
        _bind(path, stage + path, read_only=False)
    if os.path.isdir(stage + stdlib_packages):
        sys_.mount("none", stage + stdlib_packages, "tmpfs", sys_.MS_RDONLY, "size=4k")
    os.mkdir(stage + tmp())
    os.mkdir(stage + "/.old")
    sys_.pivot_root(stage, stage + "/.old")
    os.chdir("/")
    sys_.unmount("/.old")
    os.rmdir("/.old")
    flags = sys_.MS_REMOUNT | sys_.MS_BIND | sys_.MS_RDONLY | sys_.MS_NOSUID | sys_.MS_NODEV
    sys_.mount("none", "/", "", flags)


def fresh_tmp(size: int) -> None:
    """An empty folder of at most `size` bytes, in place of the last one."""
    folder = tmp()
    if os.path.ismount(folder):
        sys_.unmount(folder)
    flags = sys_.MS_NOSUID | sys_.MS_NODEV | sys_.MS_NOEXEC
    sys_.mount("tmp", folder, "tmpfs", flags, f"size={max(size, 4096)},nr_inodes=4096,mode=777")


def _bind(source: str, target: str, *, read_only: bool) -> None:
    if os.path.isdir(source):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    sys_.mount(source, target, "", sys_.MS_BIND | sys_.MS_REC)
    if read_only:
        kept = os.statvfs(target).f_flag & 0xFFFF & ~sys_.MS_REMOUNT
        flags = sys_.MS_REMOUNT | sys_.MS_BIND | sys_.MS_RDONLY | sys_.MS_NOSUID | sys_.MS_NODEV
        sys_.mount("none", target, "", flags | (kept & 0xC00) | (kept & (sys_.MS_NOEXEC)))
