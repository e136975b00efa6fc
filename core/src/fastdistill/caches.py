"""The one folder for what can be made again: answers, databases, suites, weights."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return `FD_CACHE`, or the platform's folder for a user's caches of this program."""
    chosen = os.environ.get("FD_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("fastdistill", appauthor=False)
