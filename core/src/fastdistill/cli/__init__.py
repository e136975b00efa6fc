"""The command `fd`: one module a command, each imported when it is called.

This module is what starts first, so it imports next to nothing: Ctrl-C is answered from here on.
"""

import os
import signal
import sys
from types import FrameType


def start() -> None:
    """Run `fd`. While its code is loaded, Ctrl-C ends the process at once: there is nothing to put away."""
    signal.signal(signal.SIGINT, _leave)
    from fastdistill.cli.main import main

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        main()
    except KeyboardInterrupt:
        _leave()


def _leave(_: int = 0, __: FrameType | None = None) -> None:
    sys.stderr.write("fd: interrupted\n")
    sys.stderr.flush()
    os._exit(130)
