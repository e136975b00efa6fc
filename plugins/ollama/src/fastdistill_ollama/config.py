"""The table `[providers.ollama]` of a run file, and a teacher's `options`."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class OllamaConfig:
    """One model of one Ollama server."""

    model: str
    """As `ollama list` names it."""
    base_url: str | None = None
    """The server's address; default: the variable OLLAMA_HOST, else http://localhost:11434."""
    options: Mapping[str, Any] = field(factory=dict)
    """Ollama's own options (`num_ctx`, `top_k`, ...); they win over the teacher's sampling."""
    keep_alive: str | int | None = None
    """How long the model stays loaded after a call: `"10m"`, seconds, or -1 for ever."""
    think: bool | str | None = None
    """Whether a thinking model thinks (or how hard: `"low"`); None leaves it to the server."""
    api_key_env: str | None = None
    """The variable with a key, for a server behind a gate."""
    timeout: float = field(default=600.0, validator=gt(0))
    """Seconds for a whole answer, loading the model included."""
    max_bytes: int = field(default=32 * 1024 * 1024, validator=gt(0))
    """An answer beyond so many bytes is given up."""
