"""The openai provider against a LiteLLM proxy with mock models. Opt in: FD_LITELLM names its `litellm`.

pip install 'litellm[proxy]'      # in an environment of its own
FD_LITELLM=.../bin/litellm pytest tests/providers/test_litellm_proxy_peer.py
"""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.provider import open_openai
from support.peers import a_question, free_port

from fastdistill import (
    Completion,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from fastdistill.testing import lend

KEY = "sk-local-proxy"
MODELS = """
model_list:
  - model_name: fine
    litellm_params: {model: openai/x, api_key: k, mock_response: "four"}
  - model_name: limited
    litellm_params: {model: openai/x, api_key: k, mock_response: "litellm.RateLimitError"}
  - model_name: broken
    litellm_params: {model: openai/x, api_key: k, mock_response: "litellm.InternalServerError"}
  - model_name: slow
    litellm_params: {model: openai/x, api_key: k, mock_timeout: true, timeout: 1}
router_settings: {num_retries: 0}
general_settings: {master_key: sk-local-proxy}
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("FD_LITELLM" not in os.environ, reason="opt in: FD_LITELLM names a litellm command"),
]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("proxy")
    (folder / "config.yaml").write_text(MODELS, encoding="utf-8")
    port = free_port()
    command = [
        os.environ["FD_LITELLM"],
        "--config",
        "config.yaml",
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
    ]
    running = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{url}/health/liveliness", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"{url}/v1"
    finally:
        running.terminate()
        running.wait(20)


async def ask(url: str, model: str, key: str, monkeypatch: pytest.MonkeyPatch) -> Completion:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    call = a_question("2 + 2?", max_tokens=5, seed=None)
    config = OpenAIConfig(model=model, base_url=url)
    async with lend() as services, open_openai(config, services) as provider:
        return await provider.complete(call)


@pytest.mark.anyio
async def test_an_answer_comes_through(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got = await ask(proxy, "fine", KEY, monkeypatch)
    assert got.text == "four"
    assert got.usage is not None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("limited", RateLimited),
        ("broken", ServerFailed),
        ("slow", TimedOut),
        ("no-such-model", NotFound),
    ],
)
async def test_each_fault_has_its_kind(
    proxy: str, model: str, kind: type[ProviderError], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(kind):
        await ask(proxy, model, KEY, monkeypatch)
