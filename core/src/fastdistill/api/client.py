"""A small client of `fd serve`, for trainers on other machines. Needs the extra `http`."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Self

import httpx

from fastdistill.errors import FastDistillError

CHUNK = 64
"""Items of one request of `verify_many`."""


class ServiceFailed(FastDistillError):
    """The service refused the request or could not be reached."""


class VerifierClient:
    """Asks a service for verdicts; where it is busy, comes again for `patience` seconds.

    Thread-safe as `httpx.Client` is. `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 600.0,
        patience: float = 600.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._patience = patience
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def verify(self, task: Mapping[str, Any], reply: str) -> dict[str, Any]:
        """Ask for one verdict: outcome, reward (None where undecided), reason, detail, answer, verdicts."""
        return self._post({"task": dict(task), "reply": reply})

    def verify_many(self, pairs: Iterable[tuple[Mapping[str, Any], str]]) -> Iterator[dict[str, Any]]:
        """Ask for many, in order, a chunk a request."""
        source = iter(pairs)
        while chunk := list(islice(source, CHUNK)):
            items: Sequence[Any] = [{"task": dict(task), "reply": reply} for task, reply in chunk]
            yield from self._post({"items": items})["results"]

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + self._patience
        while True:
            try:
                response = self._http.post("/verify", json=body)
            except httpx.HTTPError as error:
                raise ServiceFailed(f"no answer from {self._http.base_url}: {error}") from None
            if response.status_code == httpx.codes.OK:
                found: dict[str, Any] = response.json()
                return found
            wait = response.headers.get("retry-after", "")
            if not wait.isdecimal() or time.monotonic() + int(wait) > until:
                raise ServiceFailed(f"the service answered {response.status_code}: {response.text[:300]}")
            time.sleep(int(wait))
