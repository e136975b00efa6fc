"""Where requests arrive: routes, keys, models, and the control paths of a simulator in its own process."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from fastdistill_simulator import dialects
from fastdistill_simulator.asked import Asked, last_text
from fastdistill_simulator.batches import Batches
from fastdistill_simulator.chat import Chat
from fastdistill_simulator.settings import Settings
from fastdistill_simulator.wire import Exchange, Request

CONTROL = "/simulator/"


class Desk:
    """Handles the requests of every connection; lives in one event loop."""

    def __init__(
        self, settings: Settings, loop: asyncio.AbstractEventLoop, outage: Callable[[float], None]
    ) -> None:
        self._settings, self._outage = settings, outage
        self.chat = Chat(settings, loop)
        self._batches = Batches(settings.answer)

    def handle(self, request: Request, exchange: Exchange) -> None:
        """Answer one request."""
        path, _, query = request.path.partition("?")
        if path.startswith(CONTROL):
            self._control(path.removeprefix(CONTROL), query, exchange)
            return
        dialect = "ollama" if path.startswith("/api/") else "openai"
        key = self._settings.api_key
        if key is not None and request.headers.get("authorization") != f"Bearer {key}":
            self._error(exchange, dialect, "401")
        elif path.endswith("/chat/completions") or path == "/api/chat":
            self._chat(request, exchange, dialect)
        elif path.endswith("/models") or path == "/api/tags":
            exchange.reply(200, dialects.dump(self._models(dialect)))
        elif "/files" in path or "/batches" in path:
            exchange.reply(*self._batches.handle(request, path))
        else:
            self._error(exchange, dialect, "404", f"no such path: {path}")

    def _error(self, exchange: Exchange, dialect: str, fault: str, message: str | None = None) -> None:
        status, body = dialects.error(dialect, fault, message)
        self.chat.counters.by_status[status] += 1
        exchange.reply(status, body, self._settings.headers)

    def _models(self, dialect: str) -> dict[str, Any]:
        if dialect == "ollama":
            return {"models": [{"name": name} for name in self._settings.models]}
        return {
            "object": "list",
            "data": [{"id": name, "object": "model"} for name in self._settings.models],
        }

    def _chat(self, request: Request, exchange: Exchange, dialect: str) -> None:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self._error(exchange, dialect, "400", "the body is not a JSON object")
            return
        model, models = str(body.get("model", "")), self._settings.models
        if models and model not in models:
            text = f"model '{model}' not found"
            self._error(exchange, dialect, "404", text)
            return
        counters = self.chat.counters
        prompt = last_text(body)
        counters.by_prompt[prompt] += 1
        asked = Asked(
            body=body,
            dialect=dialect,
            ordinal=counters.by_prompt[prompt],
            number=counters.requests + 1,
        )
        self.chat.ask(asked, exchange)

    def _control(self, name: str, query: str, exchange: Exchange) -> None:
        match name:
            case "counters":
                exchange.reply(200, dialects.dump(self.chat.counters.as_dict()))
            case "reset":
                self.chat.reset()
                exchange.reply(200, b"{}")
            case "outage":
                exchange.reply(200, b"{}")
                self._outage(float(query.removeprefix("seconds=")))
            case _:
                exchange.reply(404, b'{"error":"counters, reset, outage?seconds=S"}')
