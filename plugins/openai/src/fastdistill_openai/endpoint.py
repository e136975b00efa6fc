"""From configuration and environment to an endpoint: address, identity, headers with the key."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from fastdistill import SetupError
from fastdistill.http import normalised
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.presets import PRESETS, Preset

_LOCAL = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104  compared with, not bound to


@frozen(kw_only=True)
class Endpoint:
    """Where to ask, and as whom."""

    identity: str
    """The normalised base URL: scheme and host in lower case, no default port, no slash at the end."""
    headers: Mapping[str, str] = field(repr=False)
    key: str = field(repr=False)
    key_env: str | None
    preset: Preset

    @property
    def advice(self) -> str:
        """What to look at when the key, the model or the address is refused."""
        name = self.key_env or "the key_file"
        key = (
            f"the key in {name}" if self.key else "whether it wants a key (api_key_env names its variable)"
        )
        return f"Check base_url ({self.identity}), the model's name, {key}"


def _key_of_file(config: OpenAIConfig) -> str:
    assert config.key_file is not None  # noqa: S101  the caller has looked
    try:
        lines = config.key_file.expanduser().read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"key_file cannot be read: {error}") from None
    if len(lines) != 1:
        raise SetupError(f"{config.key_file} holds {len(lines)} words; a key_file holds the key alone")
    return lines[0]


def _key(config: OpenAIConfig, variable: str | None, where: str, environ: Mapping[str, str]) -> str:
    if config.key_file is not None:
        return _key_of_file(config)
    key = (environ.get(variable) or "").strip() if variable else ""
    wanted = config.api_key_env is not None or urlsplit(where).hostname not in _LOCAL
    if not key and variable and wanted:
        raise SetupError(
            f"no key for {where}: set the environment variable {variable}, "
            "or name another one in api_key_env, or a file in key_file"
        )
    if not key.isascii() or not key.isprintable():
        raise SetupError(f"the key for {where} holds characters that no header can carry")
    return key


def _headers(config: OpenAIConfig, environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in config.headers.items():
        if value.startswith("$"):
            if value[1:] not in environ:
                raise SetupError(f"headers.{name} wants the environment variable {value[1:]}: set it")
            value = environ[value[1:]]
        found[name.lower()] = value
    return found


def preset_of(config: OpenAIConfig) -> Preset:
    """The preset with what the configuration overrides. An endpoint without a preset is a plain one."""
    name = config.preset or ("openai" if config.base_url is None else None)
    found = PRESETS[name] if name else Preset(base_url="", key_env="OPENAI_API_KEY")
    return evolve(
        found,
        max_tokens=config.max_tokens_field or found.max_tokens,
        constraint=config.constraint or found.constraint,
    )


def resolve(config: OpenAIConfig, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint. Raises SetupError that says which variable to set when the key is missing."""
    preset = preset_of(config)
    identity = normalised(config.base_url or preset.base_url)
    variable = config.api_key_env or preset.key_env
    key = _key(config, variable, identity, environ)
    auth = {"authorization": f"Bearer {key}"} if key else {}
    return Endpoint(
        identity=identity,
        headers={
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": "fastdistill",
            **auth,
            **_headers(config, environ),
        },
        key=key,
        key_env=None if config.key_file else variable,
        preset=preset,
    )
