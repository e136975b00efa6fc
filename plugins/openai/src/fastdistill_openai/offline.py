"""Offline batches: upload a file of requests, poll, collect. The id is all that a restart needs."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastdistill import (
    BadReply,
    BatchState,
    Call,
    Completion,
    NotFound,
    ProviderError,
    ServerFailed,
    TimedOut,
)
from fastdistill.http import Answer, Line, said
from fastdistill_openai.body import Bodies

Read = Callable[[Any, Answer, Call], Completion]
Outcome = Completion | ProviderError
_ENDED = {"completed", "failed", "expired", "cancelled"}
_KEY = "fastdistill"
_PAGES = 10


class OfflineBatches:
    """The files and batches endpoints of an API that has them (`fastdistill.Batch`)."""

    def __init__(self, base: str, line: Line, bodies: Bodies, read: Read) -> None:
        self._base, self._batch_line, self._batch_bodies, self._read_one = base, line, bodies, read

    def _url(self, path: str) -> str:
        return f"{self._base}/{path}"

    async def submit(self, calls: Sequence[Call], key: str, /) -> str:
        """The id of a batch that asks `calls`, known by their `request_id`s; `key` is in its metadata."""
        boundary = secrets.token_hex(16)
        upload = _multipart(boundary, (self._row(call) for call in calls))
        kind = f"multipart/form-data; boundary={boundary}"
        line = self._batch_line
        kept, _ = await line.json("POST", self._url("files"), upload, **{"content-type": kind})
        wanted = {
            "input_file_id": _id(kept, line),
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {_KEY: key},
        }
        made, _ = await line.json("POST", self._url("batches"), json.dumps(wanted).encode())
        return _id(made, line)

    async def find(self, key: str, /) -> str | None:
        """The id of the batch with `key` in its metadata, among the latest `_PAGES` × 100."""
        line, after = self._batch_line, ""
        for _ in range(_PAGES):
            try:
                page, _ = await line.json("GET", self._url(f"batches?limit=100{after}"))
            except NotFound:
                return None  # an endpoint without a list
            rows = page.get("data") if isinstance(page, Mapping) else None
            for row in rows if isinstance(rows, list) else ():
                told = row.get("metadata") if isinstance(row, Mapping) else None
                if isinstance(told, Mapping) and told.get(_KEY) == key:
                    return _id(row, line)
            if not rows or page.get("has_more") is not True:
                return None
            after = f"&after={_id(rows[-1], line)}"
        return None

    def _row(self, call: Call) -> bytes:
        row = {
            "custom_id": call.request_id,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": self._batch_bodies.plain(call),
        }
        return json.dumps(row, separators=(",", ":")).encode()

    async def _look(self, batch_id: str) -> Mapping[str, Any]:
        found, _ = await self._batch_line.json("GET", self._url(f"batches/{batch_id}"))
        if not isinstance(found, Mapping):
            raise BadReply(f"{self._batch_line.where} described batch {batch_id!r} as {found!r:.80}")
        return found

    async def poll(self, batch_id: str, /) -> BatchState:
        """Where the batch stands. Raises NotFound for one that the endpoint does not know."""
        found = await self._look(batch_id)
        counts = found.get("request_counts")
        numbers = counts if isinstance(counts, Mapping) else {}
        return BatchState(
            status=str(found.get("status")),
            ended=found.get("status") in _ENDED,
            total=_number(numbers.get("total")),
            completed=_number(numbers.get("completed")),
            failed=_number(numbers.get("failed")),
        )

    async def collect(self, batch_id: str, calls: Sequence[Call], /) -> Mapping[str, Outcome]:
        """By `request_id`, each call's completion or the error that it alone met.

        A call that an ended batch has no line for is TimedOut (expired) or ServerFailed: ask it again.
        """
        found = await self._look(batch_id)
        known = {call.request_id: call for call in calls}
        outcomes: dict[str, Outcome] = {}
        for name in ("output_file_id", "error_file_id"):
            if isinstance(file := found.get(name), str):
                answer = await self._batch_line.ask("GET", self._url(f"files/{file}/content"))
                if answer.status != 200:
                    self._batch_line.decode(answer)
                outcomes |= self._outcomes(answer, known)
        status = found.get("status")
        for missing in known.keys() - outcomes.keys():
            kind = TimedOut if status == "expired" else ServerFailed
            text = f"batch {batch_id!r} ({status}) has no answer to request {missing[:12]}"
            outcomes[missing] = kind(text)
        return outcomes

    def _outcomes(self, answer: Answer, known: Mapping[str, Call]) -> Iterator[tuple[str, Outcome]]:
        for text in answer.body.splitlines():
            try:
                row = json.loads(text)
                call = known[row["custom_id"]]
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # a line that names no call of ours: that call is reported as missing
            yield call.request_id, self._outcome(row, answer, call)

    def _outcome(self, row: Mapping[str, Any], answer: Answer, call: Call) -> Outcome:
        response = row.get("response")
        if not isinstance(response, Mapping):
            found = said(row)
            return self._batch_line.failed((found and found.status) or 500, found, {})
        status, body = response.get("status_code"), response.get("body")
        if status != 200:
            code = status if isinstance(status, int) else 500
            return self._batch_line.failed(code, said(body), {})
        try:
            return self._read_one(body, answer, call)
        except ProviderError as error:
            return error


def _multipart(boundary: str, rows: Iterator[bytes]) -> bytes:
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="calls.jsonl"\r\n'
        "content-type: application/jsonl\r\n\r\n"
    )
    return head.encode() + b"\n".join(rows) + f"\r\n--{boundary}--\r\n".encode()


def _id(found: Any, line: Line) -> str:
    name = found.get("id") if isinstance(found, Mapping) else None
    # an id goes into later addresses, so one with a slash or a dot-dot is not used
    if isinstance(name, str) and name.replace("-", "").replace("_", "").isalnum() and name.isascii():
        return name
    raise BadReply(f"{line.where} gave no id: {found!r:.120}")


def _number(value: Any) -> int | None:
    return value if type(value) is int else None
