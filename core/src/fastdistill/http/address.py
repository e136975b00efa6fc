"""Base URLs, made equal where they mean the same: an endpoint's identity is its normalised base URL."""

from urllib.parse import urlsplit

from fastdistill.errors import SetupError


def normalised(url: str) -> str:
    """`url` without what does not matter. Raises SetupError where it is none, or holds a password."""
    text = url.strip().rstrip("/").removesuffix("/chat/completions").removesuffix("/api/chat")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SetupError(f"base_url cannot be read: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise SetupError("base_url holds a name or password; put the key in a variable or a key_file")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SetupError(
            f"base_url is {url!r}; it looks like 'https://host/v1' or 'http://localhost:8000/v1'"
        )
    if parts.query or parts.fragment:
        raise SetupError("base_url has a '?' or '#' part; parameters belong in headers or extra_body")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    standing = {"http": 80, "https": 443}[parts.scheme]
    suffix = f":{port}" if port not in {None, standing} else ""
    return f"{parts.scheme}://{host}{suffix}{parts.path.rstrip('/')}"
