"""Inside the child: load the candidate, then answer calls, run it as a program, or be the tests.

Everything here can be reached and changed by the candidate. That gains it nothing but the choice of its
own answers: no expected value, no other candidate and no later input is in this process.
"""

import builtins
import os
from collections.abc import Callable
from typing import Any, NoReturn

from fastdistill_code import wire
from fastdistill_code.sandbox import interpreter
from fastdistill_code.sandbox.frames import Channel

_MESSAGE = 500
_SOLUTION = "Solution"


def serve(descriptor: int, folder: str) -> NoReturn:
    """Obey the parent's frames until it closes; the first says what this process is."""
    channel = Channel(descriptor)
    kind, nonce, body = channel.receive()
    asked = wire.decode(body)
    asked["folder"] = folder
    limit: int = asked["output_bytes"]
    {b"F": _function, b"P": _program, b"T": _tests}[kind](channel, nonce, asked, limit)
    os._exit(0)


def _function(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    source: str = asked["source"]
    interpreter.settle(source)
    interpreter.recursion()
    made, path = interpreter.module("candidate", source, asked["folder"])
    try:
        exec(interpreter.compiled(source, path), made.__dict__)  # noqa: S102 - what the sandbox is for
        function = _entry(made.__dict__, asked["entry_point"])
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


def _entry(space: dict[str, Any], name: str | None) -> Any:
    """The function of this name; else the method of a class `Solution`, a new one for each call."""
    found = space.get(name) if name is not None else None
    made = space.get(_SOLUTION)
    if found is None and isinstance(made, type) and hasattr(made, name or ""):
        return lambda *args, **kwargs: getattr(made(), name or "")(*args, **kwargs)
    return found


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


def _program(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    source: str = asked["source"]
    interpreter.settle(source)
    interpreter.recursion()
    made, path = interpreter.module("__main__", source, asked["folder"])
    answer = b"D", b""
    try:
        exec(interpreter.compiled(source, path), made.__dict__)  # noqa: S102
    except BaseException as error:  # noqa: BLE001
        answer = _failure(error)
    interpreter.finish(made, source)
    channel.send(*answer, nonce)


def _tests(channel: Channel, nonce: bytes, asked: dict[str, Any], limit: int) -> None:
    def candidate(*args: Any, **kwargs: Any) -> Any:
        channel.send(b"C", wire.encode((args, kwargs), limit), nonce)
        kind, _, body = channel.receive()
        content = wire.decode(body)
        if kind == b"V":
            return _alive(content)
        raise _rebuilt(*content)

    space: dict[str, Any] = {"__name__": "tests", "candidate": candidate, asked["entry_point"]: candidate}
    try:
        exec(interpreter.compiled(asked["tests"], "<tests>"), space)  # noqa: S102
        if callable(check := space.get("check")):
            check(candidate)
    except BaseException as error:  # noqa: BLE001
        channel.send(*_failure(error), nonce)
    else:
        channel.send(b"D", b"", nonce)


def _alive(value: Any) -> Any:
    """What the tests are given for something that yielded items: its like."""
    if type(value) is not wire.Iterated:
        return value
    if value.kind == "dict_keys":
        return dict.fromkeys(value.items).keys()
    return iter(value.items)


def _rebuilt(names: list[str], message: str) -> Exception:
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            try:
                return kind(message)
            except TypeError:
                continue
    return Exception(message)
