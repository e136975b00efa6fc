"""Starting `fd`: it loads what it needs, and Ctrl-C is answered while it does."""

import subprocess
import sys

CHEAP = {"fastdistill", "fastdistill.cli", "fastdistill.cli.main"}


def test_help_loads_click_alone() -> None:
    script = (
        "import sys; sys.argv = ['fd', '--help']\n"
        "from fastdistill.cli import start\n"
        "try:\n    start()\n"
        "finally:\n"
        "    print(sorted(m for m in sys.modules if m.partition('.')[0] in\n"
        "        ('fastdistill', 'attrs', 'cattrs', 'pluggy', 'anyio', 'rich', 'sqlite3', 'asyncio')))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0
    assert eval(done.stdout.splitlines()[-1]) == sorted(CHEAP)


def test_ctrl_c_while_the_code_is_loaded_is_no_traceback() -> None:
    script = (
        "import os, signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'fastdistill.cli.main':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "from fastdistill.cli import start\n"
        "start()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "fd: interrupted\n")


def test_ctrl_c_while_a_command_is_loaded_is_no_traceback() -> None:
    script = (
        "import os, signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'fastdistill.host':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "sys.argv = ['fd', 'plugins']\n"
        "from fastdistill.cli import start\n"
        "start()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "fd: interrupted" in done.stderr
