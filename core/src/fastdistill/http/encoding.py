"""A body's bytes as they were meant: unpacked though packing was not asked for, and decoded by guess."""

import importlib
import json
import zlib
from typing import Any

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZSTD_MODULES = ("compression.zstd", "backports.zstd", "zstandard")


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Return `body` without the compression that its header or its first bytes name.

    Raises `ValueError` for one that is damaged, unknown, or unpacks to more than `limit` bytes.
    """
    if body.startswith(GZIP) or encoding == "gzip":
        return _inflated(body, 31, limit)
    if encoding == "deflate":
        try:
            return _inflated(body, 15, limit)
        except ValueError:
            return _inflated(body, -15, limit)
    if body.startswith(ZSTD) or encoding == "zstd":
        return _of_zstd(body, limit)
    return body


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        found = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"the compressed body is damaged: {error}") from None
    if len(found) > limit:
        raise ValueError(f"the body unpacks to more than {limit:,} bytes")
    if not inflater.eof:
        raise ValueError("the compressed body breaks off")
    return found


def _of_zstd(body: bytes, limit: int) -> bytes:
    for name in _ZSTD_MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        maker = module.ZstdDecompressor
        try:
            decompressor = maker()
            if name == "zstandard":
                found: bytes = decompressor.decompress(body, max_output_size=limit + 1)
            else:
                found = decompressor.decompress(body, max_length=limit + 1)
        except Exception as error:  # noqa: BLE001  each of the modules has its own
            raise ValueError(f"the compressed body is damaged: {error}") from None
        if len(found) > limit:
            raise ValueError(f"the body unpacks to more than {limit:,} bytes")
        return found
    raise ValueError("the body is packed with zstd, unasked for; to read it: pip install zstandard")


def loads(body: bytes) -> Any:
    """Return JSON's data; bytes that are no Unicode are taken to be Windows-1252. Raises `ValueError`."""
    try:
        return json.loads(body)
    except UnicodeDecodeError:
        return json.loads(body.decode("cp1252", "replace"))
