"""What holds of providers: one request a call, typed errors, no retries; against the simulator."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

import anyio
import attrs

from fastdistill import errors
from fastdistill.errors import FastDistillError, NotFound, ProviderError
from fastdistill.model.answer import LARGEST_COUNT, Call, Completion, Message, Prompt, Sampling
from fastdistill.protocols import Provider
from fastdistill.serde import structure
from fastdistill.specs import ProviderSpec
from fastdistill.testing.conformance.check import Nonconforming, NotApplicable, Subject, made, want
from fastdistill.testing.services import lend

KEY = "sk-conformance-4b1f0c9a7e"
KEY_VARIABLE = "FASTDISTILL_CONFORMANCE_KEY"
WAIT = 7.0
"""What the simulated teacher names as Retry-After, in seconds."""
ANSWER = "It is 4."
TIMEOUT = 60.0
"""Seconds within which a call against a local server must have ended, one way or another."""

ERRORS: dict[str, tuple[type[ProviderError], ...]] = {
    "429": (errors.RateLimited,),
    "429-bare": (errors.RateLimited,),
    "429-date": (errors.RateLimited,),
    "quota": (errors.BudgetSpent,),
    "503": (errors.Overloaded,),
    "500": (errors.ServerFailed,),
    "400": (errors.BadRequest,),
    "context": (errors.ContextTooLong,),
    "filter": (errors.ContentRefused,),
    "401": (errors.AuthFailed,),
    "403": (errors.AuthFailed,),
    "404": (errors.NotFound,),
    "html": (errors.NotFound, errors.BadReply),
    "reset": (errors.ConnectionFailed, errors.BadReply),
    "cut": (errors.ConnectionFailed, errors.BadReply),
    "truncated": (errors.BadReply,),
    "empty": (errors.BadReply,),
    "missing": (errors.BadReply,),
    "error-200": (ProviderError,),
}
"""What a teacher does, as the simulator calls it, and the errors that may come of it."""
HARMLESS = ("whitespace", "drip")


def _call(number: int = 1, **sampling: Any) -> Call:
    prompt = Prompt(messages=(Message(role="user", content=f"What is 2 + 2? ({number})"),), template="t")
    return Call(
        request_id=f"{number:064d}", sample_id="s", attempt=1, purpose="teacher", prompt=prompt,
        sampling=Sampling(max_tokens=64, **sampling),
    )  # fmt: skip


@contextmanager
def _server(fault: str | None = None) -> Iterator[Any]:
    """A simulated teacher whose every request meets `fault`; `NotApplicable` where it is not installed."""
    try:
        kit: Any = import_module("fastdistill_simulator")
    except ModuleNotFoundError:
        raise NotApplicable(
            "pip install fastdistill-simulator, and it is tried against a teacher"
        ) from None
    faults = kit.Faults(script=lambda asked: fault)
    with kit.TeacherSimulator(
        answer=lambda asked, index: ANSWER, faults=faults, retry_after=WAIT, drip=0.0005
    ) as server:
        yield server


@contextmanager
def _key() -> Iterator[None]:
    before = os.environ.get(KEY_VARIABLE)
    os.environ[KEY_VARIABLE] = KEY
    try:
        yield
    finally:
        if before is None:
            del os.environ[KEY_VARIABLE]
        else:
            os.environ[KEY_VARIABLE] = before


@asynccontextmanager
async def _opened(subject: Subject, url: str, **more: Any) -> AsyncIterator[Provider]:
    """The provider over one address. Raises `NotApplicable` for one that has no `base_url`."""
    spec = subject.offer.spec
    assert isinstance(spec, ProviderSpec)  # noqa: S101  the host has checked it
    known = {one.name for one in attrs.fields(spec.config)}
    if "base_url" not in known:
        raise NotApplicable("it has no option base_url: the simulator cannot take the endpoint's place")
    given = {"model": "m", "base_url": url, "api_key_env": KEY_VARIABLE, "timeout": 20.0, **more}
    table = {**{key: value for key, value in given.items() if key in known}, **subject.options}
    table |= {"base_url": url}
    with _key():
        async with lend() as services:
            try:
                manager = spec.open(structure(table, spec.config, path=spec.name), services)
                provider = await manager.__aenter__()
            except errors.SetupError as error:
                raise NotApplicable(f"it cannot be opened here: {error}") from None
            try:
                with anyio.fail_after(TIMEOUT):
                    yield provider
            finally:
                await manager.__aexit__(None, None, None)


async def _address(subject: Subject, server: Any) -> str:
    """Where the provider finds the simulator: the OpenAI dialect's address, or Ollama's."""
    for url in (server.base_url, server.root_url):
        async with _opened(subject, url) as provider:
            try:
                await provider.complete(_call(0))
            except NotFound:
                continue
            except ProviderError:
                pass
            return str(url)
    raise NotApplicable("it speaks neither of the simulator's dialects: chat completions, Ollama")


async def model_is_an_option(subject: Subject) -> None:
    """Its options have a field `model`, a text: that is how a run file names what is asked."""
    field = {one.name: one for one in attrs.fields(subject.offer.spec.config)}.get("model")
    want(field is not None, "its options have no field 'model'")
    want(field is not None and field.type in (str, "str"), f"model is {field and field.type}, not str")


async def a_call_is_one_request(subject: Subject) -> None:
    """A call is one request, and its completion holds text, the model's name and known counts."""
    with _server() as server:
        url = await _address(subject, server)
        server.reset()
        async with _opened(subject, url) as provider:
            completion: Any = await provider.complete(_call())
            want(isinstance(completion, Completion), f"complete() gave {completion!r:.80}, no Completion")
            want(
                completion.text == ANSWER, f"the teacher said {ANSWER!r}; read was {completion.text!r:.80}"
            )
            want(isinstance(completion.model, str) and completion.model, "the model's name is empty")
            usage = completion.usage
            counts = [usage.prompt_tokens, usage.completion_tokens] if usage else []
            want(
                all(n is None or (type(n) is int and 0 <= n <= LARGEST_COUNT) for n in counts),
                f"counts are {counts}",
            )
        want(server.counters.requests == 1, f"one call made {server.counters.requests} requests")


async def identity_is_steady_and_holds_no_key(subject: Subject) -> None:
    """`identity` names the endpoint: the same each time, another for another address, without the key."""
    with _server() as server, _server() as other:
        url = await _address(subject, server)
        there = url.replace(server.root_url, other.root_url)
        found = list[str]()
        for address in (url, url, there):
            async with _opened(subject, address) as provider:
                found.append(provider.identity)
        want(all(isinstance(one, str) and one for one in found), f"the identity is {found[0]!r:.80}")
        want(found[0] == found[1], f"first {found[0]!r}, then {found[1]!r}")
        want(
            found[0] != found[2],
            f"two addresses have one identity, {found[0]!r}: answers would be mixed up",
        )
        want(KEY not in "".join(found), "the key stands in the identity, and so in ledgers and reports")


async def errors_have_their_kind(subject: Subject) -> None:
    """Whatever an endpoint does comes back as the `ProviderError` of its kind, after one request."""
    with _server() as server:
        url = await _address(subject, server)
    path = url.removeprefix(server.root_url)
    for fault, kinds in ERRORS.items():
        with _server(fault) as server:
            async with _opened(subject, server.root_url + path) as provider:
                caught = await _failing(provider, fault)
            names = " or ".join(kind.__name__ for kind in kinds)
            want(
                isinstance(caught, kinds),
                f"{fault}: {type(caught).__name__} ({str(caught)[:120]}), not {names}",
            )
            want(
                server.counters.requests == 1,
                f"{fault}: asked {server.counters.requests} times; only the engine retries",
            )
            want(KEY not in str(caught), f"{fault}: the key stands in the error's text")
            if fault in ("429", "503"):
                after = getattr(caught, "retry_after", None)
                want(after == WAIT, f"{fault}: Retry-After was {WAIT:g} s, the error says {after}")


async def _failing(provider: Provider, fault: str) -> BaseException:
    try:
        completion = await provider.complete(_call())
    except (FastDistillError, TimeoutError) as error:
        return error
    except Exception as error:
        error.add_note(f"the endpoint did: {fault}")
        raise Nonconforming(f"{fault}: {type(error).__name__} came through: {error!s:.160}") from error
    raise Nonconforming(f"{fault}: a completion came back, {completion.choices!r:.100}")


async def slow_answers_are_waited_for(subject: Subject) -> None:
    """White space that keeps a connection alive, and a body that drips, are answers like others."""
    with _server() as server:
        path = (await _address(subject, server)).removeprefix(server.root_url)
    for fault in HARMLESS:
        with _server(fault) as server:
            async with _opened(subject, server.root_url + path) as provider:
                completion = await provider.complete(_call())
                want(completion.text == ANSWER, f"{fault}: read was {completion.text!r:.80}")


async def a_cancelled_call_ends_at_once(subject: Subject) -> None:
    """A call that is cancelled lets go, and the next one is answered."""
    with _server("hang") as server, _server() as good:
        path = (await _address(subject, good)).removeprefix(good.root_url)
        async with _opened(subject, server.root_url + path) as provider:
            with anyio.move_on_after(0.3) as scope:
                await provider.complete(_call())
            want(scope.cancelled_caught, "it was cancelled and came back with an answer all the same")
        async with _opened(subject, good.root_url + path) as provider:
            want((await provider.complete(_call(2))).text == ANSWER, "the next call is not answered")


async def calls_go_side_by_side(subject: Subject) -> None:
    """Calls of several tasks are under way together."""
    with _server() as server:
        url = await _address(subject, server)
        async with _opened(subject, url) as provider, anyio.create_task_group() as group:
            for number in range(16):
                group.start_soon(provider.complete, _call(number))
        want(server.counters.requests >= 16, "some calls made no request")


async def no_connection_is_told(subject: Subject) -> None:
    """Where nobody listens the error is `ConnectionFailed`: the engine asks again later."""
    with _server() as server:
        url = await _address(subject, server)
    async with _opened(subject, url) as provider:
        caught = await _failing(provider, "nobody listens")
    want(
        isinstance(caught, errors.ConnectionFailed | errors.TimedOut),
        f"{type(caught).__name__}: {str(caught)[:120]}",
    )


PROVIDER_CHECKS = made(
    model_is_an_option,
    a_call_is_one_request,
    identity_is_steady_and_holds_no_key,
    errors_have_their_kind,
    slow_answers_are_waited_for,
    a_cancelled_call_ends_at_once,
    calls_go_side_by_side,
    no_connection_is_told,
)
