"""A stand-in for Ollama, not Ollama: its native `/api/chat` before a real model in llama.cpp's server.

No registry has an Ollama server. Requests are checked as Ollama's documentation of the API describes them
(https://docs.ollama.com/api), and what is unknown is refused, so that a wrong body does not pass.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OPTIONS = {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "seed": "seed",
           "num_predict": "max_tokens", "stop": "stop"}  # fmt: skip
KNOWN = {"model", "messages", "stream", "options", "format", "keep_alive", "think"}


def translated(body: dict[str, Any]) -> dict[str, Any]:
    """The same request as a chat completion. ValueError for what Ollama does not know."""
    if unknown := body.keys() - KNOWN:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    if unknown := body.get("options", {}).keys() - OPTIONS.keys():
        raise ValueError(f"unknown options {sorted(unknown)}")
    told = {OPTIONS[name]: value for name, value in body.get("options", {}).items()}
    told |= {"messages": body["messages"]}
    if "format" in body:
        told["response_format"] = {"type": "json_schema", "json_schema": {"schema": body["format"]}}
    return told


def native(answer: dict[str, Any], model: str) -> dict[str, Any]:
    """A chat completion as Ollama tells it; durations are nanoseconds."""
    (choice,) = answer["choices"]
    timings = answer.get("timings", {})
    return {
        "model": model,
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": choice["message"]["content"]},
        "done": True,
        "done_reason": choice["finish_reason"],
        "prompt_eval_count": answer["usage"]["prompt_tokens"],
        "eval_count": answer["usage"]["completion_tokens"],
        "eval_duration": int(timings.get("predicted_ms", 0) * 1e6),
    }


@contextmanager
def ollama_standin(behind: str, key: str, model: str) -> Iterator[str]:
    """The address of a server that has `model` alone, which the chat server `behind` answers for."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path != "/api/chat":
                return self.say(404, {"error": "404 page not found"})
            if body.get("model") != model:
                return self.say(404, {"error": f"model '{body.get('model')}' not found"})
            try:
                told = translated(body)
            except ValueError as error:
                return self.say(400, {"error": str(error)})
            request = urllib.request.Request(
                f"{behind}/v1/chat/completions",
                json.dumps(told).encode(),
                {"content-type": "application/json", "authorization": f"Bearer {key}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=300) as answer:
                    return self.say(200, native(json.load(answer), model))
            except urllib.error.HTTPError as error:
                with error:
                    return self.say(error.code, {"error": json.load(error)["error"]["message"]})

        def say(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
