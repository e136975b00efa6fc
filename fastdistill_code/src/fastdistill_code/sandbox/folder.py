"""The candidate's folder where it is no mount of its own: what it holds, and how it is emptied.

Standard library only. Nothing here recurses: a hostile program nests folders as deep as it likes.
"""

# ruff: noqa: PTH101, PTH104, PTH106, PTH108, PTH112, PTH114, PTH118, PTH208
# The zygote does without pathlib: it stays small and starts fast

import contextlib
import os

MOST_ENTRIES = 4096
_DEEPEST = 1000
"""Characters of a path below the folder."""


def used(folder: str) -> tuple[int, int]:
    """Bytes and entries of what lies in a folder, counted up to the most entries there may be; very deep
    ones are as good as that.
    """
    size = count = 0
    longest = len(folder) + _DEEPEST
    waiting = [folder]
    while waiting and count <= MOST_ENTRIES:
        path = waiting.pop()
        if len(path) > longest:
            return size, MOST_ENTRIES + 1
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                count += 1
                with contextlib.suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_size
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                if count > MOST_ENTRIES:
                    break
    return size, count


def clear(folder: str) -> None:
    """Empty a folder. A nested folder's content moves up before it goes, so no path grows long."""
    turn = 0
    with contextlib.suppress(FileNotFoundError):
        while names := os.listdir(folder):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.islink(path) or not os.path.isdir(path):
                    os.unlink(path)
                    continue
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
                for inner in os.listdir(path):
                    turn += 1
                    os.rename(os.path.join(path, inner), os.path.join(folder, f".moved-{turn}"))
                os.rmdir(path)


def remove(folder: str) -> None:
    """Empty a folder and take it away; what cannot go stays."""
    with contextlib.suppress(OSError):
        clear(folder)
        os.rmdir(folder)
