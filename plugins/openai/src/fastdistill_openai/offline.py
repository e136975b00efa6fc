"""Offline batches: upload a file of requests, poll, collect. The id is all that a restart needs."""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from attrs import evolve

from fastdistill import (
    BadReply,
    BadRequest,
    BatchState,
    Call,
    Completion,
    NotFound,
    ProviderError,
    RetryableError,
    ServerFailed,
    TimedOut,
)
from fastdistill.http import Answer, Line, Said, said
from fastdistill_openai.body import Bodies

Read = Callable[[Any, Answer, Call], Completion]
Outcome = Completion | ProviderError
_ENDED = {"completed", "failed", "expired", "cancelled"}
_KEY = "fastdistill"
_PAGES, _REDIRECTS = 10, 3


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
        status = _status(found)
        numbers = counts if isinstance(counts, Mapping) else {}
        return BatchState(
            status=status,
            ended=status in _ENDED,
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
        lost: ProviderError | None = None
        for name in ("error_file_id", "output_file_id"):  # what was answered wins over an error
            if not isinstance(file := found.get(name), str) or not file:
                continue
            try:
                answer = await self._content(_id({"id": file}, self._batch_line))
            except RetryableError:
                raise  # look again later: the batch keeps its files
            except ProviderError as error:
                lost = error
                continue
            for request_id, outcome in self._outcomes(answer, known):
                before = outcomes.get(request_id)
                if before is None or (
                    isinstance(outcome, Completion) and isinstance(before, ProviderError)
                ):
                    outcomes[request_id] = outcome
        for missing in known.keys() - outcomes.keys():
            outcomes[missing] = self._missing(batch_id, found, missing, lost)
        return outcomes

    async def _content(self, file: str) -> Answer:
        """Return a file's content. A redirect to a store is followed, without the key."""
        line, url = self._batch_line, self._url(f"files/{file}/content")
        answer = await line.ask("GET", url)
        for _ in range(_REDIRECTS):
            target = urljoin(url, answer.headers.get("location", ""))
            if not 300 <= answer.status < 400 or urlsplit(target).scheme not in {"http", "https"}:
                break
            same = urlsplit(target)[:2] == urlsplit(self._base)[:2]
            bare = evolve(line, headers={"user-agent": "fastdistill"})
            url, answer = target, await (line if same else bare).ask("GET", target)
        if answer.status != 200:
            raise line.failed(answer.status, said(_json(answer.body)), answer.headers)
        return answer

    def _missing(
        self, batch_id: str, found: Mapping[str, Any], request_id: str, lost: ProviderError | None
    ) -> ProviderError:
        """Return the error of a call that an ended batch has no line for."""
        status = _status(found)
        if lost is not None:  # its answer may have been paid for, so it is not bought again
            return BadRequest(f"batch {batch_id!r}: a file of answers cannot be fetched: {lost}")
        if status == "failed" and (reason := _reason(found)) is not None:
            full = re.search(r"limit|quota|capacity|try again", reason.words, re.IGNORECASE)
            return self._batch_line.failed(429 if full else 400, reason, {})
        kind = TimedOut if status == "expired" else ServerFailed
        return kind(f"batch {batch_id!r} ({status}) has no answer to request {request_id[:12]}")

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
        if isinstance(status, str) and status.isascii() and status.isdecimal():
            status = int(status[:4])
        if status is None and isinstance(body, Mapping) and body.get("choices"):
            status = 200
        if status != 200:
            code = status if isinstance(status, int) else 500
            return self._batch_line.failed(code, said(body), {})
        try:
            return self._read_one(body, answer, call)
        except ProviderError as error:
            return error


def _status(found: Mapping[str, Any]) -> str:
    """Return a batch's status in lower case, whichever way it is spelled."""
    return str(found.get("status")).strip().lower().replace("canceled", "cancelled")


def _reason(found: Mapping[str, Any]) -> Said | None:
    """Return why the endpoint refused a batch as a whole."""
    errors = found.get("errors")
    rows = errors.get("data") if isinstance(errors, Mapping) else errors
    first = rows[0] if isinstance(rows, list) and rows else found.get("error")
    return said({"error": first}) if first else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


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
