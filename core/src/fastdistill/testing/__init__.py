"""The public kit for plugin authors: what a plugin's tests need of the core."""

from fastdistill.testing.services import ScriptedTeacher, lend

__all__ = ["ScriptedTeacher", "lend"]
