"""On a system without POSIX's own modules everything is imported, and the sandbox says what to do.

No Windows was asked: the modules and functions that it lacks are hidden from this Python.
"""

import subprocess
import sys

WITHOUT = """
import asyncio, importlib, multiprocessing, os, pkgutil, signal, subprocess, sys
import anyio, httpx, sqlglot, sympy

HIDDEN = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog"}

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in HIDDEN:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Hide())
for name in ("fork", "geteuid", "getuid", "setsid", "killpg", "pidfd_open", "memfd_create",
             "sched_getaffinity",
             "O_NOFOLLOW", "O_CLOEXEC", "unshare", "waitid", "wait4"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGXCPU", "SIGHUP", "SIGCHLD", "SIGALRM", "setitimer", "pidfd_send_signal"):
    if hasattr(signal, name):
        delattr(signal, name)

for package in sys.argv[1:]:
    found = importlib.import_module(package)
    for info in pkgutil.walk_packages(found.__path__, package + "."):
        importlib.import_module(info.name)

from fastdistill import SetupError
from fastdistill_code.runner import open_sandbox

async def main():
    async with open_sandbox():
        pass

try:
    anyio.run(main)
except SetupError as error:
    print(error)
"""
PACKAGES = [
    "fastdistill", "fastdistill_sql", "fastdistill_code", "fastdistill_math", "fastdistill_openai",
    "fastdistill_ollama", "fastdistill_litellm", "fastdistill_llamacpp", "fastdistill_judge",
]  # fmt: skip


def test_everything_is_imported_and_the_sandbox_says_what_to_do() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, *PACKAGES], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "use WSL 2" in done.stdout
