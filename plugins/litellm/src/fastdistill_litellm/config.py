"""The table `[providers.litellm]` of a run file, and a teacher's `options`."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class LiteLLMConfig:
    """One model, as LiteLLM names it. Keys come from the variables that LiteLLM reads by itself."""

    model: str
    """Such as `anthropic/claude-...` or `gemini/gemini-...`."""
    base_url: str | None = None
    """Another address than the vendor's."""
    api_key_env: str | None = None
    """The variable that holds the key, where LiteLLM's own is not meant."""
    params: Mapping[str, Any] = field(factory=dict)
    """Further arguments of `litellm.acompletion`; they win over ours."""
    timeout: float = field(default=600.0, validator=gt(0))
    """Seconds for a whole answer."""
