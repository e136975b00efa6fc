"""The public kit for plugin authors: what a plugin's tests need of the core."""

from fastdistill.host import PluginHost
from fastdistill.testing.scripted import ScriptedProvider
from fastdistill.testing.services import ScriptedTeacher, lend

__all__ = ["PluginHost", "ScriptedProvider", "ScriptedTeacher", "lend"]
