"""The one folder for what can be made again: answers, databases, suites, weights."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return `FD_CACHE`, or the platform's folder for a user's caches of this program."""
    chosen = os.environ.get("FD_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("fastdistill", appauthor=False)
