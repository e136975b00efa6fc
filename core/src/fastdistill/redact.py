"""Keeps secrets out of what is written or shown: by the names of keys, by value, and by shape.

What is known to be secret is remembered for the whole process, since a message may quote it anywhere: the
values of environment variables that are named like secrets, and those that a run file names or points to.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HIDDEN = "(hidden)"
SHORTEST = 6
"""Characters of the shortest value that is struck out by value: shorter ones stand in ordinary words."""
_WORDS = {
    "key", "apikey", "token", "secret", "password", "passwd", "passphrase", "authorization", "auth",
    "cookie", "credential", "credentials", "bearer", "signature", "sig", "pat",
}  # fmt: skip
_CARRIERS = {"headers", "extra_headers", "extra_body", "body", "params", "extra"}
"""Tables whose text goes into requests as it stands: kept as hashes, since any of it may be a secret."""
_HASHED = re.compile(r"sha256:[0-9a-f]{16}")
_PART = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_QUERY = "|".join(
    sorted(_WORDS | {"access_token", "api_key", "x-amz-signature", "x-goog-signature", "code"})
)
_SHAPES = (
    (re.compile(r"(?<=://)[^\s/@'\"]+@"), f"{HIDDEN}@"),
    (re.compile(rf"(?i)([?&;](?:[\w.-]*[_.-])?(?:{_QUERY})=)[^&#;\s'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?=[\w.~+/-]*[\d=])[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"\b(?:(?:sk|pk|rk|gsk|xai|nvapi|hf|gh[pousr]|xox[abprs]|glpat)[-_]|AKIA|ASIA|AIza)"
            r"(?=[\w-]*\d)[\w-]{12,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
        ),
        HIDDEN,
    ),
)
_ADDRESS = re.compile(r"https?://[^\s@?#]*", re.IGNORECASE)
"""An address that can be a `base_url`: anything else is refused, and not written down."""
_WHOLE_URL = re.compile(r"([a-zA-Z][\w+.-]*://[^\s?#]*)[?#]\S*")
_USUAL = {"content-type", "accept", "user-agent"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, erasing
    # OSC, DCS and the like: titles, links
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b."
)
_remembered: set[str] = set()
_ordered: list[str] = []


def remember(values: Iterable[str]) -> None:
    """Strike `values`, and what the environment holds by now, out of every message from now on.

    Values shorter than `SHORTEST` are left.
    """
    named = [value.strip() for name, value in os.environ.items() if names_secret(name)]
    found = (value for value in (*values, *named) if len(value) >= SHORTEST and value != HIDDEN)
    _remembered.update(found)
    # the longest first, since one may be a part of another
    _ordered[:] = sorted(_remembered, key=len, reverse=True)


def plain(text: str) -> str:
    """`text` without what would steer a terminal: escape sequences, control and direction characters."""
    return _CONTROL.sub("", _ESCAPE.sub("", text)) if not text.isprintable() else text


def scrub(text: str) -> str:
    """`text` for people: without secrets, and without what would steer a terminal."""
    return strike(plain(text))


def strike(text: str) -> str:
    """`text` without the secrets that are remembered, or have the shape of one."""
    if not _ordered:
        remember(())
    for value in _ordered:
        if value in text:
            text = text.replace(value, HIDDEN)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def redact(value: Any, key: str = "") -> Any:
    """Plain data with its secrets hidden; doing it twice changes nothing more.

    Text under a key that names a secret is hidden, text under `headers` or a request's body is hashed, URLs
    lose their parameters, and secrets are struck out of other text.
    """
    if key in _CARRIERS:
        return hashed(value)
    if isinstance(value, Mapping):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item, key) for item in value]
    if isinstance(value, str):
        refused = key in ("base_url", "base_urls") and not _ADDRESS.fullmatch(value.strip())
        if value and (refused or names_secret(key)):
            return HIDDEN
        return strike(_WHOLE_URL.sub(rf"\1?{HIDDEN}", value))
    return value


def hashed(value: Any, key: str = "") -> Any:
    """Plain data whose texts are the start of their sha256, or hidden under a key that names a secret."""
    if isinstance(value, Mapping):
        return {name: hashed(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [hashed(item, key) for item in value]
    if not isinstance(value, str) or _HASHED.fullmatch(value) or value == HIDDEN:
        return value
    if names_secret(key):
        return HIDDEN
    return f"sha256:{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def names_secret(key: str) -> bool:
    """Whether `key` names a secret: its last word does, as in `api_key`, `x-api-key`, `clientSecret`."""
    parts = _PART.findall(key)
    return bool(parts) and parts[-1].lower() in _WORDS


def secrets_of(
    config: Any, environ: Mapping[str, str] = os.environ, key: str = "", *, carried: bool = False
) -> Iterator[str]:
    """The secrets that a configuration holds or points to, by variable or by file.

    What headers and bodies hold is taken for secret if it looks like an identifier: it has a digit.
    """
    if isinstance(config, Mapping):
        for name, item in config.items():
            inside = carried or str(name) in _CARRIERS
            yield from secrets_of(item, environ, str(name), carried=inside)
    elif isinstance(config, list | tuple):
        for item in config:
            yield from secrets_of(item, environ, key, carried=carried)
    elif isinstance(config, str) and config:
        if carried and key.lower() not in _USUAL and any(c.isdigit() for c in config):
            yield config
        if names_secret(key):
            yield config
            # "Bearer abc": the token alone is as secret
            yield config.rpartition(" ")[2]
        if config.startswith("$"):
            yield environ.get(config[1:], "")
        elif key.endswith("_env"):
            yield environ.get(config, "").strip()
        elif key.endswith("_file") and names_secret(key.removesuffix("_file")):
            yield _content(Path(config).expanduser())


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(4096).decode("utf-8", "replace").strip()
    except OSError:
        return ""
