"""The endpoints that are known by name: where they are, how their key is called, what is odd about them."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import frozen

ConstraintForm = Literal[
    "response_format", "structured_outputs", "guided", "llama_cpp", "sglang", "fireworks", "none"
]
"""How a server is told the form that a reply must have."""


@frozen(kw_only=True)
class Preset:
    """What is known of an endpoint."""

    base_url: str
    key_env: str | None
    """The variable with its key; None where none is wanted."""
    max_tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    seed: str | None = "seed"
    """The field for a seed; None where there is none."""
    many: bool = True
    """Whether it answers `n` > 1; else one choice is asked for."""
    constraint: ConstraintForm = "response_format"
    usage_of_one: bool = False
    """With `n` > 1 its completion tokens are one choice's: then they are unknown, not that number."""
    note: str = ""
    """One line for the docs' table."""


PRESETS: Mapping[str, Preset] = {
    "openai": Preset(
        base_url="https://api.openai.com/v1",
        key_env="OPENAI_API_KEY",
        max_tokens="max_completion_tokens",
    ),
    "openrouter": Preset(
        base_url="https://openrouter.ai/api/v1",
        key_env="OPENROUTER_API_KEY",
        many=False,
        note="an error may come with status 200; white space keeps the connection alive",
    ),
    "deepseek": Preset(
        base_url="https://api.deepseek.com/v1",
        key_env="DEEPSEEK_API_KEY",
        seed=None,
        many=False,
        constraint="none",
        note="`reasoning_content`; cached tokens as `prompt_cache_hit_tokens`",
    ),
    "groq": Preset(
        base_url="https://api.groq.com/openai/v1",
        key_env="GROQ_API_KEY",
        max_tokens="max_completion_tokens",
        many=False,
        note="`reasoning`; limits in x-ratelimit headers",
    ),
    "together": Preset(base_url="https://api.together.xyz/v1", key_env="TOGETHER_API_KEY"),
    "mistral": Preset(
        base_url="https://api.mistral.ai/v1",
        key_env="MISTRAL_API_KEY",
        seed="random_seed",
        note="reasoning as blocks of the content",
    ),
    "fireworks": Preset(
        base_url="https://api.fireworks.ai/inference/v1",
        key_env="FIREWORKS_API_KEY",
        constraint="fireworks",
        note="takes grammars too",
    ),
    "vllm": Preset(
        base_url="http://localhost:8000/v1",
        key_env=None,
        constraint="structured_outputs",
        note='before 0.12: set `constraint = "guided"`',
    ),
    "sglang": Preset(base_url="http://localhost:30000/v1", key_env=None, constraint="sglang"),
    "llama-cpp": Preset(
        base_url="http://localhost:8080/v1",
        key_env=None,
        constraint="llama_cpp",
        usage_of_one=True,
        note="answers to any model name; takes GBNF",
    ),
    "lm-studio": Preset(base_url="http://localhost:1234/v1", key_env=None, many=False),
}


def constraint_fields(form: ConstraintForm, kind: str, value: Any) -> dict[str, Any]:
    """The body fields that ask for a form (`json_schema` or `gbnf`); empty where it cannot be asked for."""
    schema = kind == "json_schema"
    named = {"type": "json_schema", "json_schema": {"name": "reply", "schema": value, "strict": True}}
    match form:
        case "structured_outputs":
            return {"structured_outputs": {"json" if schema else "grammar": value}}
        case "guided":
            return {"guided_json" if schema else "guided_grammar": value}
        case "llama_cpp":
            return {"json_schema" if schema else "grammar": value}
        case "none":
            return {}
    if schema:
        return {"response_format": named}
    if form == "sglang":
        return {"ebnf": value}
    return {"response_format": {"type": "grammar", "grammar": value}} if form == "fireworks" else {}
