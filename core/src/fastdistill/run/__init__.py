"""The data plane: sources, teachers, gates, ledger, exports and reports of one run."""

import importlib
import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """Lets `fastdistill.run(...)` start a run whichever was loaded first, the verb or this package."""

    def __call__(self, *args: Any, **settings: Any) -> Any:
        # By name: this package stands below the API and imports nothing of it.
        return importlib.import_module("fastdistill.api.runs").run(*args, **settings)


sys.modules[__name__].__class__ = _CallablePackage
