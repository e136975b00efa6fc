"""A server whose certificate nobody vouches for, and one whose host name is another's."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.provider import open_openai

from fastdistill import Call, Completion, Message, NotFound, Prompt, Sampling
from fastdistill.testing import lend

BODY = b'{"choices":[{"message":{"content":"a"}}],"model":"m"}'


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Silence."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that distrusts us hangs up: that is the test."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder: Path = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Quiet(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


async def ask(url: str, *, verify_tls: bool) -> Completion:
    config = OpenAIConfig(model="m", base_url=url, verify_tls=verify_tls, timeout=20)
    call = Call(
        request_id="r",
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=Prompt(messages=(Message(role="user", content="Who?"),), template="t"),
        sampling=Sampling(),
    )
    async with lend() as services, open_openai(config, services) as provider:
        return await provider.complete(call)


@pytest.mark.anyio
async def test_an_untrusted_certificate_is_told_at_the_first_call(port: int) -> None:
    with pytest.raises(NotFound, match="TLS certificate is not trusted"):
        await ask(f"https://127.0.0.1:{port}/v1", verify_tls=True)


@pytest.mark.anyio
async def test_a_server_of_ones_own_can_be_trusted_unseen(port: int) -> None:
    assert (await ask(f"https://127.0.0.1:{port}/v1", verify_tls=False)).text == "a"
