"""The table `[providers.openai]` of a run file, and a teacher's `options`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import gt, in_, optional

from fastdistill_openai.presets import PRESETS, ConstraintForm


@frozen(kw_only=True)
class OpenAIConfig:
    """One endpoint of one model. No key stands here: only where to find it."""

    model: str
    """The model, as the endpoint names it."""
    preset: str | None = field(default=None, validator=optional(in_(PRESETS)))
    """What is known of the endpoint: `openai`, `openrouter`, `vllm`, ...; see docs/providers.md."""
    base_url: str | None = None
    """The API's address up to `/chat/completions`; default: the preset's, else OpenAI's."""
    api_key_env: str | None = None
    """The environment variable that holds the key; default: the preset's."""
    key_file: Path | None = None
    """A file that holds the key alone, instead of a variable."""
    timeout: float = field(default=600.0, validator=gt(0))
    """Seconds for a whole answer."""
    headers: Mapping[str, str] = field(factory=dict)
    """Further headers; a value `$NAME` is taken from the environment."""
    extra_body: Mapping[str, Any] = field(factory=dict)
    """Further fields of every request's body; they win over ours."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] | None = None
    """How the endpoint calls the limit; default: the preset's way."""
    constraint: ConstraintForm | None = None
    """How the endpoint is told a reply's form; default: the preset's way."""
    answer_in_reasoning: bool = False
    """True takes the reasoning for the answer where a reply holds nothing else."""
    verify_tls: bool = True
    """False accepts any certificate: only for a server of your own."""
    max_bytes: int = field(default=32 * 1024 * 1024, validator=gt(0))
    """An answer beyond so many bytes is given up."""
