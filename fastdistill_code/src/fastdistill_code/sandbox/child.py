"""Inside the child: load the candidate, then answer calls, run it as a program, or be the tests.

Everything here can be reached and changed by the candidate. That gains it nothing but the choice of its
own answers: no expected value, no other candidate and no later input is in this process.
"""

import atexit
import builtins
import os
import random
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, NoReturn

from fastdistill_code import wire
from fastdistill_code.sandbox.frames import Channel

_MESSAGE = 500


def serve(descriptor: int) -> NoReturn:
    """Obey the parent's frames until it closes; the first says what this process is."""
    channel = Channel(descriptor)
    random.seed(0)
    kind, nonce, body = channel.receive()
    asked = wire.decode(body)
    limit: int = asked["output_bytes"]
    {b"F": _function, b"P": _program, b"T": _tests}[kind](channel, nonce, asked, limit)
    os._exit(0)


def _function(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    space: dict[str, Any] = {"__name__": "candidate", "__builtins__": builtins}
    try:
        exec(_compile(asked["source"], "candidate"), space)  # noqa: S102 - this is what the sandbox is for
        function = space.get(asked["entry_point"])
    except BaseException as error:  # noqa: BLE001 - SystemExit at import is an answer too
        channel.send(*_failure(error), nonce)
        return
    if not callable(function):
        channel.send(b"X", b"", nonce)
        return
    channel.send(b"R", b"", nonce)
    while True:
        _, nonce, body = channel.receive()
        args, kwargs = wire.decode(body)
        channel.send(*_answer(function, args, kwargs, limit), nonce)


def _answer(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], limit: int
) -> tuple[bytes, bytes]:
    try:
        return b"V", wire.encode(function(*args, **kwargs), limit)
    except wire.WireError as error:
        return (b"Z", b"") if error.reason == "size" else (b"U", wire.encode(error.type_name[:_MESSAGE]))
    except BaseException as error:  # noqa: BLE001
        return _failure(error)


def _failure(error: BaseException) -> tuple[bytes, bytes]:
    if isinstance(error, MemoryError):
        return b"M", b""
    try:
        message = str(error)[:_MESSAGE]
    except BaseException:  # noqa: BLE001 - the candidate wrote this __str__
        message = ""
    names = [str(kind.__name__)[:_MESSAGE] for kind in type(error).__mro__[:20]]
    code = error.code if isinstance(error, SystemExit) else None
    return b"E", wire.encode((names, str(message), code if type(code) is int else 0 if code is None else 1))


def _compile(source: str, name: str) -> CodeType:
    return compile(source, f"<{name}>", "exec", dont_inherit=True)


def _program(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    module = type(sys)("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    answer = b"D", b""
    try:
        exec(_compile(asked["source"], "candidate"), module.__dict__)  # noqa: S102
    except BaseException as error:  # noqa: BLE001
        answer = _failure(error)
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001
        answer = _failure(error)
    channel.send(*answer, nonce)


def _tests(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    def candidate(*args: Any, **kwargs: Any) -> Any:
        channel.send(b"C", wire.encode((args, kwargs), limit), nonce)
        kind, _, body = channel.receive()
        content = wire.decode(body)
        if kind == b"V":
            return content
        raise _rebuilt(*content)

    space: dict[str, Any] = {"__name__": "tests", "candidate": candidate, asked["entry_point"]: candidate}
    try:
        exec(_compile(asked["tests"], "tests"), space)  # noqa: S102
        if callable(check := space.get("check")):
            check(candidate)
    except BaseException as error:  # noqa: BLE001
        channel.send(*_failure(error), nonce)
    else:
        channel.send(b"D", b"", nonce)


def _rebuilt(names: list[str], message: str) -> Exception:
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            try:
                return kind(message)
            except TypeError:
                continue
    return Exception(message)
