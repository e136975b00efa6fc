"""One chat request from arrival to answer: count it, draw its fault, take a slot, reply."""

import asyncio
import time
from email.utils import formatdate

from fastdistill_simulator import dialects
from fastdistill_simulator.asked import Asked, dice
from fastdistill_simulator.counters import Counters
from fastdistill_simulator.faults import AT_THE_DOOR
from fastdistill_simulator.latency import PrefixCache, count_tokens, parse_latency
from fastdistill_simulator.settings import Settings
from fastdistill_simulator.slots import Slots, Work
from fastdistill_simulator.wire import Exchange

FLOOD = 1 << 40
"""Bytes that a flooding body promises."""


class Chat:
    """The chat endpoint of one simulated teacher."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.settings, self._loop = settings, loop
        self._latency = parse_latency(settings.latency)
        self.reset()

    def reset(self) -> None:
        """Forget what was asked: fresh counters, an empty prefix cache."""
        settings = self.settings
        self.counters = Counters(slots=settings.slots)
        self._slots = Slots(loop=self._loop, counters=self.counters)
        self._prefixes = PrefixCache(settings.prefix_blocks)
        self._bucket, self._filled = float(settings.rpm or 0), self._loop.time()

    def ask(self, asked: Asked, exchange: Exchange) -> None:
        """Answer `asked`, sooner or later."""
        counters = self.counters
        counters.arrive(self._loop.time())
        exchange.on_gone = self._gone
        fault = self.settings.faults.pick(asked)
        if fault is not None:
            counters.by_fault[fault] += 1
        headers = self._limits()
        if headers is not None and self._bucket < 0:
            counters.refused += 1
            self._bucket += 1
            wait = 60 / (self.settings.rpm or 1)
            self._refuse(asked, exchange, "429", {**headers, "retry-after": f"{wait:.3f}"})
        elif fault in AT_THE_DOOR:
            assert fault is not None  # noqa: S101  None is not at the door
            self._refuse(asked, exchange, fault, headers or {})
        elif fault == "hang":
            return
        elif self._slots.full and self.settings.full != "queue":
            counters.refused += 1
            self._refuse(asked, exchange, self.settings.full, headers or {})
        else:
            self._serve(asked, exchange, fault, headers or {})

    def _gone(self) -> None:
        self.counters.gone += 1
        self.counters.in_flight -= 1

    def _limits(self) -> dict[str, str] | None:
        """Take one request off the bucket; the headers that tell of it. None without a limit."""
        if self.settings.rpm is None:
            return None
        now, rate = self._loop.time(), self.settings.rpm / 60
        self._bucket = min(self.settings.rpm, self._bucket + (now - self._filled) * rate) - 1
        self._filled = now
        return {
            "x-ratelimit-limit-requests": str(self.settings.rpm),
            "x-ratelimit-remaining-requests": str(max(0, int(self._bucket))),
            "x-ratelimit-reset-requests": f"{(self.settings.rpm - self._bucket) / rate:.3f}s",
        }

    def send(self, exchange: Exchange, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Count and send a whole answer."""
        self.counters.in_flight -= 1
        self.counters.by_status[status] += 1
        exchange.reply(status, body, {**self.settings.headers, **headers})

    def _refuse(self, asked: Asked, exchange: Exchange, fault: str, headers: dict[str, str]) -> None:
        wait = self.settings.retry_after
        if fault == "html":
            page = b"<!doctype html><title>Welcome</title><p>Not an API."
            self.send(exchange, 200, page, {**headers, "content-type": "text/html"})
            return
        if fault in {"429", "503"}:
            headers = {"retry-after": f"{wait:g}", **headers}
        elif fault == "429-date":
            headers = {"retry-after": formatdate(time.time() + wait, usegmt=True), **headers}
        self.send(exchange, *dialects.error(asked.dialect, fault), headers)

    def _serve(self, asked: Asked, exchange: Exchange, fault: str | None, headers: dict[str, str]) -> None:
        reply: dialects.Reply | None = None

        def begin() -> float:
            nonlocal reply
            reply = self._reply(asked, fault)
            return reply.seconds

        def done() -> None:
            assert reply is not None  # noqa: S101  begin came before
            self._answer(asked, exchange, fault, reply, headers)

        def gone() -> None:
            self._gone()
            self._slots.leave(work)

        work = Work(begin, done)
        exchange.on_gone = gone
        self._slots.enter(work)

    def _reply(self, asked: Asked, fault: str | None) -> dialects.Reply:
        settings, counters = self.settings, self.counters
        texts = tuple(settings.answer(asked, index) for index in range(asked.n))
        prompt, cached = count_tokens(asked.text), self._prefixes.take(asked.text)
        completion = sum(map(count_tokens, texts)) + (len(settings.reasoning or "") // 4) * asked.n
        counters.prompt_tokens += prompt
        counters.completion_tokens += completion
        counters.cached_tokens += cached
        seconds = self._latency(dice(settings.seed, "latency", asked.text, asked.ordinal))
        if settings.decode_rate:
            seconds += completion / asked.n / settings.decode_rate
        if settings.prefill_rate:
            seconds += (prompt - cached) / settings.prefill_rate
        return dialects.Reply(
            texts=tuple(None for _ in texts) if fault == "null" else texts,
            reasoning=settings.reasoning,
            prompt_tokens=prompt,
            completion_tokens=completion,
            cached_tokens=cached,
            seconds=seconds,
        )

    def _answer(
        self,
        asked: Asked,
        exchange: Exchange,
        fault: str | None,
        reply: dialects.Reply,
        headers: dict[str, str],
    ) -> None:
        exchange.on_gone = self._gone
        body = dialects.dump(dialects.whole(asked, reply))
        match fault:
            case "500":
                self.send(exchange, *dialects.error(asked.dialect, "500"), headers)
            case "reset":
                self._gone()
                exchange.begin(200, len(body), headers, body[:20])
                exchange.reset()
            case "cut":
                self._gone()
                exchange.begin(200, len(body), headers, body[: len(body) // 2])
                exchange.close()
            case "truncated":
                self.send(exchange, 200, body[: len(body) // 2], headers)
            case "empty" | "missing":
                bare = dialects.without_choices(asked, reply, field_too=fault == "missing")
                self.send(exchange, 200, dialects.dump(bare), headers)
            case "error-200":
                said = {"message": "Provider returned error", "code": 502}
                self.send(exchange, 200, dialects.dump({"error": said}), headers)
            case "whitespace":
                self.send(exchange, 200, b"\n         \n\n" + body, headers)
            case "drip":
                exchange.begin(200, len(body), headers)
                self._drip(exchange, body, 0)
            case "flood":
                exchange.begin(200, FLOOD, headers)
                self._flood(exchange)
            case _:
                self.send(exchange, 200, body, headers)

    def _drip(self, exchange: Exchange, body: bytes, at: int) -> None:
        if not exchange.open:
            return
        exchange.write(body[at : at + 1])
        if at + 1 < len(body):
            self._loop.call_later(self.settings.drip, self._drip, exchange, body, at + 1)
        else:
            self.counters.in_flight -= 1
            self.counters.by_status[200] += 1
            exchange.end()

    def _flood(self, exchange: Exchange) -> None:
        if exchange.open:
            exchange.write(b" " * (1 << 16))
            self._loop.call_later(0.001, self._flood, exchange)
