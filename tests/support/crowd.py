"""A crowd of clients at a verifier's service: honest ones, and every kind that a service must outlive.

All kinds ask at the same time; a `Crowd` keeps what they saw and how long the honest ones waited.
"""

import json
import time
from typing import Any

import anyio
import httpx
from attrs import define, field

BURNS = "\\boxed{\\int_0^\\infty \\frac{\\sin(x^x)}{x} dx}"
"""A reply that sympy works on until its processor time is used up."""
ROUNDS = 2


@define
class Crowd:
    """How many clients of each kind ask, and what they saw."""

    url: str
    token: str
    honest: int = 150
    forged: int = 10
    huge: int = 10
    slow: int = 10
    leaving: int = 16
    hostile: int = 4
    oversize: int = 2_000_000
    """Bytes of a body that the service must refuse."""
    waited: list[float] = field(factory=list, init=False)
    """Seconds of each honest request."""
    burnt: list[float] = field(factory=list, init=False)
    """Seconds of each hostile request."""
    wrong: list[object] = field(factory=list, init=False)
    """Answers that are not what they should be, of any kind of client."""

    @property
    def size(self) -> int:
        """How many clients there are."""
        return self.honest + self.forged + self.huge + self.slow + self.leaving + self.hostile

    async def ask(self) -> None:
        """Let all of them ask at once, and wait for the last."""
        limits = httpx.Limits(max_connections=self.size)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            httpx.AsyncClient(base_url=self.url, headers=headers, limits=limits, timeout=240) as http,
            anyio.create_task_group() as group,
        ):
            for work, count in (
                (self._hostile, self.hostile), (self._leaving, self.leaving), (self._slow, self.slow),
                (self._honest, self.honest), (self._forged, self.forged), (self._huge, self.huge),
            ):  # fmt: skip
                for number in range(count):
                    group.start_soon(work, http, number)

    async def _honest(self, http: httpx.AsyncClient, number: int) -> None:
        for at in range(ROUNDS):
            right = (number + at) % 2
            gold, reply = (f"{number}", f"\\boxed{{{number + 1 - right}}}")
            if number % 5 == 0:  # these need a worker
                gold, reply = f"x^2+{number}", f"\\boxed{{{number + 1 - right}+x*x}}"
            start = time.perf_counter()
            found = await http.post("/verify", json=_item(gold, reply))
            self.waited.append(time.perf_counter() - start)
            if found.status_code != 200 or found.json()["reward"] != float(right):
                self.wrong.append(("honest", gold, reply, found.text))

    async def _hostile(self, http: httpx.AsyncClient, number: int) -> None:
        start = time.perf_counter()
        found = await http.post("/verify", json=_item(f"\\sqrt{{{number + 2}}}", BURNS))
        self.burnt.append(time.perf_counter() - start)
        if found.status_code != 200 or found.json()["reward"] is not None:
            self.wrong.append(("hostile", found.text))

    async def _forged(self, http: httpx.AsyncClient, number: int) -> None:
        headers = {"Authorization": f"Bearer {self.token}{number}"}
        found = await http.post("/verify", json=_item("1", "1"), headers=headers)
        if found.status_code != 401:
            self.wrong.append(("forged", found.status_code))

    async def _huge(self, http: httpx.AsyncClient, number: int) -> None:
        try:
            found = await http.post("/verify", json=_item("1", "1" * self.oversize))
        except httpx.TransportError:
            return  # hung up on while it still sent: as good as an answer
        if found.status_code != 413:
            self.wrong.append(("huge", found.status_code))

    async def _leaving(self, http: httpx.AsyncClient, number: int) -> None:
        """Ask for a batch, and hang up while it is judged."""
        async with await self._sent({"items": [_item("1", str(n)) for n in range(100)]}):
            await anyio.sleep(0.01 * number)

    async def _slow(self, http: httpx.AsyncClient, number: int) -> None:
        """Read the answer to a batch in small pieces."""
        async with await self._sent({"items": [_item("1", str(n)) for n in range(40)]}) as stream:
            got = b""
            while b"\r\n\r\n" not in got:
                got += await stream.receive(64)
            head, _, body = got.partition(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split()[0])
            while len(body) < size:
                body += await stream.receive(2048)
                await anyio.sleep(0.005)
        rewards = [one["reward"] for one in json.loads(body)["results"]]
        if rewards != [float(n == 1) for n in range(40)]:
            self.wrong.append(("slow", rewards))

    async def _sent(self, body: dict[str, Any]) -> Any:
        url, text = httpx.URL(self.url), json.dumps(body).encode()
        stream = await anyio.connect_tcp(url.host, url.port or 80)
        head = (
            f"POST /verify HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        await stream.send(head.encode() + text)
        return stream


def _item(gold: str, reply: str) -> dict[str, Any]:
    return {"task": {"problem": "x", "answer": gold}, "reply": reply}
