"""llama.cpp's own HTTP server, inside xllamacpp, with the embedded teacher's weights."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DIGEST = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"


def weights() -> Path:
    """Where the weights are; the test is skipped where they are not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    given = os.environ.get("FD_EMBEDDED_GGUF")
    path = Path(given) if given else cache / "fastdistill" / "models" / f"{DIGEST}.gguf"
    if not path.is_file():
        pytest.skip("no weights: set FD_EMBEDDED_GGUF, or `fd models pull`")
    return path


@contextmanager
def llama_server(key: str) -> Iterator[str]:
    """Its address; two slots of 1,024 tokens, since `n` is at most the slots."""
    os.environ.setdefault("GOMP_SPINCOUNT", "100")
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel = 2048, 2
    params.warmup, params.fit_params = False, False
    params.port, params.api_keys = 0, [key]
    running = xllamacpp.Server(params)
    yield str(running.listening_address)
    del running
