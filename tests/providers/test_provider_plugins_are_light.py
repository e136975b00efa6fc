"""Finding out what providers there are costs no heavy import."""

import json
import subprocess
import sys

HEAVY = ["httpx", "pyreqwest", "litellm", "aiohttp"]


def test_plugin_modules_import_nothing_heavy() -> None:
    program = (
        "import json, sys\n"
        "import fastdistill_openai.plugin, fastdistill_ollama.plugin, fastdistill_litellm.plugin\n"
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(found.stdout) == []
