"""The service over real sockets: who may ask, how much, and that what a client does costs itself alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import psutil
import pytest
import uvicorn
from support.crowd import Crowd

from fastdistill import (
    AsyncVerifier,
    Candidate,
    Finding,
    Task,
    averifier,
    gate,
    passed,
    rejected,
    undecided,
)
from fastdistill.api.client import ServiceFailed, VerifierClient
from fastdistill.cli.serve import SERVER
from fastdistill.serve.app import application
from fastdistill.serve.settings import ServeSettings

TOKEN = "s3cret"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
slow = {"started": 0, "running": 0, "cancelled": 0}


@gate
async def told(task: Task[Any], candidate: Candidate) -> Finding:
    """Pass 1, leave 7 undecided, take for ever over 9, reject the rest."""
    if candidate.answer == "9":
        slow["started"] += 1
        slow["running"] += 1
        try:
            await anyio.sleep(3600)
        finally:
            slow["running"] -= 1
            slow["cancelled"] += 1
    if candidate.answer == "7":
        return undecided("sandbox-away", "no sandbox today")
    return passed() if candidate.answer == "1" else rejected("no")


@contextmanager
def served(verifier: AsyncVerifier, **bounds: Any) -> Iterator[str]:
    """Serve on a free port in a thread; yield the address."""
    app = application(verifier, ServeSettings(token=TOKEN, **bounds))
    server = uvicorn.Server(uvicorn.Config(app, port=0, **SERVER))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    limit = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < limit, "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    made = averifier("math", gates=[told], accept_unmatched=True, verdicts_cached=0)
    with served(
        made, max_body=100_000, max_batch=50, max_queued=60, body_deadline=1.0, gold="answer"
    ) as at:
        yield at


def ask(url: str, body: Any, path: str = "/verify", **headers: str) -> httpx.Response:
    return httpx.post(url + path, json=body, headers=HEADERS | headers, timeout=60)


def item(reply: str) -> dict[str, Any]:
    return {"task": {"problem": "x", "answer": "1"}, "reply": reply}


def test_one_and_many(url: str) -> None:
    assert ask(url, item("1")).json()["reward"] == 1.0
    found = ask(url, {"items": [item("1"), item("0"), item("7"), {"task": 5, "reply": "1"}]}).json()[
        "results"
    ]
    assert [one["reward"] for one in found] == [1.0, 0.0, None, None]
    assert [one["reason"] for one in found] == [None, "no", "sandbox-away", "bad-input"]


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({"Authorization": "Bearer wrong"}, 401, "wrong-token"),
        ({"Authorization": ""}, 401, "wrong-token"),
        ({"Host": "evil.example"}, 421, "wrong-host"),
        ({"Origin": "http://evil.example"}, 403, "origin"),
        ({"Content-Type": "text/plain"}, 415, "not-json"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "not-json"),
    ],
)
def test_who_is_turned_away(url: str, headers: dict[str, str], status: int, reason: str) -> None:
    found = ask(url, item("1"), **headers)
    assert (found.status_code, found.json()["reason"], found.json()["reward"]) == (status, reason, None)


def test_a_token_in_the_address_is_for_trainers_that_send_no_headers(url: str) -> None:
    body = {"query": ["p\\boxed{1}"], "prompts": ["p"], "labels": ["1"]}
    found = httpx.post(f"{url}/get_reward?token={TOKEN}", json=body)
    assert found.json() == {"rewards": [1.0], "scores": [1.0], "extra_logs": {}}


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"{", "not JSON"), (b"[1]", "JSON object"), (b'{"a": 1}', "write"), (b'{"items": 3}', "not a list")],
)
def test_bodies_that_are_none(url: str, body: bytes, says: str) -> None:
    kind = {"Content-Type": "application/json"}
    found = httpx.post(f"{url}/verify", content=body, headers=HEADERS | kind)
    assert found.status_code == 400
    assert says in found.json()["detail"]


def test_too_much_is_refused_at_once(url: str) -> None:
    assert ask(url, item("1" * 200_000)).status_code == 413
    assert ask(url, {"items": [item("1")] * 51}).json()["reason"] == "too-many"


def test_nemo_gym(url: str) -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": "It is \\boxed{1}."}]}
    body = {
        "responses_create_params": {"input": []},
        "response": {"output": [{"type": "reasoning", "summary": []}, message]},
        "answer": "1",
    }
    found = ask(url, body, "/nemo-gym/verify").json()
    assert found["reward"] == 1.0
    assert found["response"] == body["response"]


def test_undecided_is_a_503_where_the_form_has_no_null(url: str) -> None:
    body = {"query": ["p\\boxed{7}"], "prompts": ["p"], "labels": ["1"]}
    found = ask(url, body, "/get_reward")
    assert (found.status_code, found.json()["reward"]) == (503, None)
    assert found.json()["reason"] == "undecided-sandbox-away"
    assert found.headers["retry-after"] == "1"


def test_a_client_that_leaves_takes_its_items_along_and_frees_their_room(url: str) -> None:
    before = dict(slow)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/verify", json={"items": [item("9")] * 40}, headers=HEADERS, timeout=1.0)
    limit = time.monotonic() + 20
    while slow["running"] or httpx.get(f"{url}/healthz").json()["queued"]:
        assert time.monotonic() < limit, "the items of a client that left go on"
        time.sleep(0.05)
    begun = slow["started"] - before["started"]
    assert begun >= 8  # several chunks of the batch were under way
    assert slow["cancelled"] - before["cancelled"] == begun


def test_a_full_queue_says_when_to_come_again(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    text = json.dumps({"items": [item("9")] * 40})
    head = f"POST /verify HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
    with socket.create_connection((host, int(port))) as held:
        kind = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        held.sendall((head + kind + text).encode())
        limit = time.monotonic() + 20
        while httpx.get(f"{url}/healthz").json()["queued"] < 40:
            assert time.monotonic() < limit
            time.sleep(0.02)
        found = ask(url, {"items": [item("1")] * 30})
        assert (found.status_code, found.headers["retry-after"]) == (503, "1")
        assert ask(url, item("1")).json()["reward"] == 1.0
    limit = time.monotonic() + 20
    while httpx.get(f"{url}/healthz").json()["queued"]:
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_a_body_that_drips_is_given_up(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as held:
        held.sendall(
            f"POST /verify HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{".encode()
        )
        assert b" 408 " in held.recv(1000)


def test_counts(url: str) -> None:
    ask(url, item("7"))
    text = httpx.get(f"{url}/metrics", headers=HEADERS).text
    assert 'fastdistill_items_total{outcome="error"}' in text
    assert 'fastdistill_undecided_total{reason="sandbox-away"}' in text
    assert httpx.get(f"{url}/metrics").status_code == 401
    assert "/nemo-gym/verify" in httpx.get(f"{url}/openapi.json", headers=HEADERS).json()["paths"]
    assert "/get_reward" in httpx.get(f"{url}/", headers=HEADERS).text


def test_two_hundred_clients_of_every_kind_cost_themselves_alone() -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    made = averifier("math", verdicts_cached=0, exec_evals={"sympy": {"cpu": 0.5, "deadline": 120}})
    with served(made, max_body=1_000_000) as at:
        crowd = Crowd(at, TOKEN)
        assert crowd.size == 200
        anyio.run(crowd.ask)
        assert crowd.wrong == []
        assert len(crowd.waited) == 2 * crowd.honest
        assert len(crowd.burnt) == crowd.hostile
        limit = time.monotonic() + 60
        while httpx.get(f"{at}/healthz").json()["queued"]:
            assert time.monotonic() < limit, "items of clients that left are still waited for"
            time.sleep(0.05)
    left = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert not left


def test_the_client_waits_where_it_is_told_to_and_says_why_it_gives_up(url: str) -> None:
    with VerifierClient(url, TOKEN) as client:
        row = {"problem": "x", "answer": "1"}
        assert client.verify(row, "1")["reward"] == 1.0
        found = list(client.verify_many([(row, str(n % 3)) for n in range(10)]))
        assert [one["reward"] for one in found] == [1.0 if n % 3 == 1 else 0.0 for n in range(10)]
    with VerifierClient(url, "wrong") as client, pytest.raises(ServiceFailed, match="401"):
        client.verify({}, "1")
    with (
        VerifierClient("http://127.0.0.1:9", TOKEN) as client,
        pytest.raises(ServiceFailed, match="no answer"),
    ):
        client.verify({}, "1")


def test_busy_answers_are_waited_for() -> None:
    answers = iter(
        [httpx.Response(503, headers={"Retry-After": "0"}), httpx.Response(200, json={"reward": 1})]
    )
    with VerifierClient("http://x", "t", transport=httpx.MockTransport(lambda _: next(answers))) as client:
        assert client.verify({}, "1") == {"reward": 1}


def test_the_command_serves_and_ends_on_a_signal() -> None:
    command = [sys.executable, "-m", "fastdistill.cli.main", "serve", "--scenario", "math", "--port", "0"]
    script = "import sys; from fastdistill.cli.main import main; sys.argv[0] = 'fd'; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *command[3:]],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"FD_SERVE_TOKEN": TOKEN},
    )
    with process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "Verifier of 'math' on http://127.0.0.1:" in line
        at = line.split(" on ")[1].split()[0]
        assert ask(at, {"task": {"answer": "42"}, "reply": "42"}).json()["reward"] == 1.0
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM, 130, 143)
