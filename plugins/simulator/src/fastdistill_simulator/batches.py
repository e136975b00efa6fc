"""The files and batches endpoints: uploads kept in memory, a batch that is done after a few polls."""

import json
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from fastdistill_simulator import dialects
from fastdistill_simulator.answers import Answer
from fastdistill_simulator.asked import Asked, last_text
from fastdistill_simulator.latency import count_tokens
from fastdistill_simulator.wire import Request

POLLS = 2
"""A batch is `in_progress` for this many looks at it."""
FAIL, EXPIRE = "BATCH-FAIL", "BATCH-EXPIRE"
"""A prompt that contains this word fails (HTTP 500 in the error file), or gets no line at all."""


def _missing(what: str) -> tuple[int, bytes]:
    return 404, dialects.dump({"error": {"message": f"no such {what}", "code": "not_found"}})


def multipart_file(body: bytes, content_type: str) -> bytes:
    """The part named `file` of a multipart body. Raises ValueError where there is none."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    for part in body.split(b"--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return content.removesuffix(b"\r\n")
    raise ValueError("the upload has no part named 'file'")


class Batches:
    """Files and batches by id."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        self._looks: dict[str, int] = {}
        self._ids = count(1)

    def handle(self, request: Request, path: str) -> tuple[int, bytes]:
        """The status and body for a request under /files or /batches."""
        parts = path.strip("/").split("/")
        match parts[parts.index("files" if "files" in parts else "batches") :]:
            case ["files"] if request.method == "POST":
                return self._upload(request)
            case ["files", name, "content"]:
                return (200, self._files[name]) if name in self._files else _missing("file")
            case ["batches"] if request.method == "POST":
                return self._create(json.loads(request.body))
            case ["batches"]:
                return self._list(request)
            case ["batches", name, "cancel"] if name in self._batches:
                self._batches[name]["status"] = "cancelled"
                return 200, dialects.dump(self._batches[name])
            case ["batches", name]:
                return self._look(name)
        return _missing("path")

    def _upload(self, request: Request) -> tuple[int, bytes]:
        try:
            content = multipart_file(request.body, request.headers.get("content-type", ""))
        except ValueError as error:
            return 400, dialects.dump({"error": {"message": str(error)}})
        name = self._keep(content)
        return 200, dialects.dump({"id": name, "object": "file", "bytes": len(content)})

    def _keep(self, content: bytes) -> str:
        name = f"file-{next(self._ids)}"
        self._files[name] = content
        return name

    def _create(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if body.get("input_file_id") not in self._files:
            return _missing("file")
        name = f"batch_{next(self._ids)}"
        self._batches[name] = {
            "id": name,
            "object": "batch",
            "status": "validating",
            "input_file_id": body["input_file_id"],
            "metadata": body.get("metadata"),
        }
        self._looks[name] = 0
        return 200, dialects.dump(self._batches[name])

    def _list(self, request: Request) -> tuple[int, bytes]:
        """The latest first, a page at a time."""
        asked = dict(parse_qsl(request.path.partition("?")[2]))
        names = list(reversed(self._batches))
        start = names.index(asked["after"]) + 1 if asked.get("after") in names else 0
        page = names[start : start + int(asked.get("limit", 20))]
        return 200, dialects.dump(
            {
                "object": "list",
                "data": [self._batches[name] for name in page],
                "has_more": start + len(page) < len(names),
            }
        )

    def _look(self, name: str) -> tuple[int, bytes]:
        if name not in self._batches:
            return _missing("batch")
        batch = self._batches[name]
        self._looks[name] += 1
        if batch["status"] in {"validating", "in_progress"}:
            batch["status"] = "in_progress"
            if self._looks[name] > POLLS:
                self._finish(batch)
        return 200, dialects.dump(batch)

    def _finish(self, batch: dict[str, Any]) -> None:
        done: list[bytes] = []
        failed: list[bytes] = []
        lines = self._files[batch["input_file_id"]].splitlines()
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            prompt = last_text(row["body"])
            if EXPIRE in prompt:
                continue
            status, body = (500, b'{"error":{"message":"Internal error"}}')
            if FAIL not in prompt:
                status, body = 200, dialects.dump(self._body(row["body"], number))
            answer = {"status_code": status, "request_id": f"req-{number}", "body": json.loads(body)}
            out = {"id": f"line-{number}", "custom_id": row["custom_id"], "response": answer}
            (done if status == 200 else failed).append(dialects.dump({**out, "error": None}))
        batch["status"] = "completed"
        # like the real thing: in an order of its own, and no file where there is nothing in it
        batch["output_file_id"] = self._keep(b"\n".join(reversed(done))) if done else None
        batch["error_file_id"] = self._keep(b"\n".join(failed)) if failed else None
        batch["request_counts"] = {
            "total": len(lines),
            "completed": len(done),
            "failed": len(failed),
        }

    def _body(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        asked = Asked(body=body, dialect="openai", ordinal=1, number=number)
        texts = tuple(self._answer(asked, index) for index in range(asked.n))
        reply = dialects.Reply(
            texts=texts,
            reasoning=None,
            prompt_tokens=count_tokens(asked.text),
            completion_tokens=sum(map(count_tokens, texts)),
            cached_tokens=0,
            seconds=0.0,
        )
        return dialects.whole(asked, reply)
