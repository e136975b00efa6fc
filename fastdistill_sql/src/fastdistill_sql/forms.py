"""How the values of a column look (dates of one form, numbers as text, JSON, a few fixed words), and
others like them.
"""

import json
import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from attrs import frozen

from fastdistill_sql.execute import Value
from fastdistill_sql.schema import Column

Look = Literal[
    "number", "whole-text", "number-text", "date", "moment", "time", "json", "fixed", "text", "any"
]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
_WHOLE = re.compile(r"-?\d{1,15}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
_LOOKED_AT = 400
_FEW = 5
"""Different values at most of a column that holds fixed words."""
_OFTEN = 8
"""Rows for each of them, at least."""
LEAST = 3
"""Values from which a form is taken."""


@frozen(kw_only=True)
class Form:
    """How a column's values look."""

    look: Look = "any"
    example: str = ""
    whole: bool = False
    """Whether its numbers are all whole."""


def form_of(values: Sequence[Value], column: Column) -> Form:
    """The form of `values`; `any` where they have none in common, or there are too few."""
    some = list(dict.fromkeys(v for v in values if v is not None))
    if not some:
        return Form(
            look="number" if column.kind in ("integer", "real") else "any", whole=column.kind == "integer"
        )
    if 1 < len(some) <= _FEW and len(values) >= _OFTEN * len(some) and all(map(_word, some)):
        return Form(look="fixed")
    seen = some[:_LOOKED_AT]
    if all(isinstance(v, (int, float)) for v in seen):
        return Form(look="number", whole=all(isinstance(v, int) for v in seen))
    texts = [v for v in seen if isinstance(v, str)]
    if len(texts) < len(seen) or not texts:
        return Form()
    for look, pattern in (("date", _DATE), ("moment", _MOMENT), ("time", _TIME)):
        if all(pattern.fullmatch(text) for text in texts) and _valid(look, texts):
            return Form(look=look, example=texts[0])  # type: ignore[arg-type]
    if all(_WHOLE.fullmatch(text) for text in texts):
        return Form(look="whole-text", whole=True)
    if all(_NUMBER.fullmatch(text) for text in texts):
        return Form(look="number-text")
    if all(text[:1] in "{[" and _parsed(text) is not None for text in texts):
        return Form(look="json")
    return Form(look="text")


def _word(value: Value) -> bool:
    """Whether `value` could be one of a few fixed words or codes."""
    return isinstance(value, int) or (
        isinstance(value, str) and re.fullmatch(r"[^\W\d_](?:[\w -]*\w)?", value) is not None
    )


def _valid(look: str, texts: list[str]) -> bool:
    if look == "time":
        return True
    try:
        for text in texts:
            date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def like(value: Value, form: Form, rng: random.Random) -> Value:
    """Another value of the same form, near to `value`."""
    if isinstance(value, (int, float)):
        return _number(value, form, rng)
    if not isinstance(value, str) or form.look == "fixed":
        return value
    match form.look:
        case "date" | "moment":
            return moved(value, rng)
        case "time":
            return f"{rng.randrange(24):02d}:{rng.randrange(60):02d}" + value[5:]
        case "whole-text" | "number-text":
            return _digits(value, rng)
        case "json":
            return _inside(value, rng)
        case "text":
            return _text(value, rng)
    return value


def distinct(value: Value, form: Form, number: int) -> Value:
    """A value of the same form that is another one for every `number`."""
    if value is None or isinstance(value, (int, float)):
        return number
    if isinstance(value, bytes):
        return value + str(number).encode()
    match form.look:
        case "date" | "moment":
            return date.fromordinal(730_000 + number).isoformat() + value[10:]
        case "whole-text" | "number-text":
            return str(number)
        case "time":
            return f"{number // 60 % 24:02d}:{number % 60:02d}" + value[5:]
    return f"{value}{number}"


def _number(value: float, form: Form, rng: random.Random) -> Value:
    choice = rng.random()
    if form.look == "fixed":
        return value
    if isinstance(value, float) and not form.whole and choice < 0.35:
        return round(value + rng.choice((0.5, 0.25, 0.125, -0.5)), 6)
    if choice < 0.6:
        return value + rng.choice((1, -1))
    if choice < 0.8:
        return value + rng.randrange(2, 12)
    if choice < 0.9:
        return value * 2 + 1
    return rng.choice((0 * value, -value))


def moved(value: str, rng: random.Random) -> str:
    """The date or moment `value` with another day, month, year or time of day."""
    try:
        day = date.fromisoformat(value[:10])
        choice = rng.randrange(5)
        if choice == 0:
            day = day.replace(month=rng.randrange(1, 13), day=min(day.day, 28))
        elif choice == 1:
            day = day.replace(year=day.year + rng.choice((-1, 1, -2)), day=min(day.day, 28))
        elif choice == 2:
            day = day.replace(day=rng.randrange(1, 29))
        else:
            day += timedelta(days=rng.randrange(-800, 801))
    except (ValueError, OverflowError):
        return value
    rest = value[10:]
    if len(rest) >= 6 and rng.random() < 0.5:
        clock = rng.choice(("00:00", "23:59", f"{rng.randrange(24):02d}:{rng.randrange(60):02d}"))
        rest = rest[:1] + clock + rest[6:]
    return day.isoformat() + rest


def _digits(value: str, rng: random.Random) -> str:
    if not _NUMBER.fullmatch(value):
        return value
    whole, point, part = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole[:1] == "-" else ("", whole)
    choice = rng.random()
    if choice < 0.5:
        digits = str(max(0, int(digits or 0) + rng.choice((1, -1, 3, 10)))).zfill(
            len(digits) if digits[:1] == "0" else 1
        )
    elif choice < 0.7:
        digits = digits[:-1] or "7"
    elif choice < 0.85:
        digits += str(rng.randrange(10))
    else:
        digits = "0" + digits[1:] if len(digits) > 1 else digits
    return sign + digits + point + part


def _text(value: str, rng: random.Random) -> str:
    choice = rng.random()
    if choice < 0.2:
        return value.swapcase()
    if choice < 0.3:
        return value.capitalize() if value != value.capitalize() else value.lower()
    if choice < 0.5:
        return value + rng.choice(("x", "a", "es"))
    if choice < 0.65:
        return value[:-1] or "q"
    if choice < 0.75:
        return rng.choice((value + " ", " " + value))
    return rng.choice("abmz") + value[1:]


def _inside(value: str, rng: random.Random) -> str:
    """A JSON text with another number or word in it, written as before."""
    parsed = _parsed(value)
    for separators in ((", ", ": "), (",", ":")):
        if json.dumps(parsed, ensure_ascii=False, separators=separators) == value and isinstance(
            parsed, dict
        ):
            key = rng.choice(list(parsed) or [""])
            old = parsed.get(key)
            if isinstance(old, (int, float)) and not isinstance(old, bool):
                parsed[key] = old + rng.choice((1, -1, 2, 10))
            elif isinstance(old, str) and len(old) < 40:
                parsed[key] = rng.choice((old + "x", old[1:] or "y"))
            return json.dumps(parsed, ensure_ascii=False, separators=separators)
    return value


def planted(value: float | str, form: Form, real: Sequence[Value]) -> list[Value] | None:
    """What a column of `form` could hold about the literal `value`; None where the form says nothing."""
    match form.look:
        case "date" | "moment":
            return _dates(value, form, real)
        case "json":
            return _in_json(value, real)
        case "time":
            return _clocks(value)
        case "fixed":
            return [value] if isinstance(value, str) and value in real else []
    return None


def _clocks(value: float | str) -> list[Value]:
    """The time `value`, the minute before and the one after."""
    match = re.fullmatch(r"(\d\d):(\d\d)(.*)", str(value))
    if match is None:
        return []
    at = int(match[1]) * 60 + int(match[2])
    return [f"{n // 60 % 24:02d}:{n % 60:02d}{match[3]}" for n in (at, at - 1, at + 1)]


def _dates(value: float | str, form: Form, real: Sequence[Value]) -> list[Value]:
    texts = [v for v in real if isinstance(v, str)][:4]
    text = str(value).strip("%")
    days: list[date] = []
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
            day = date.fromisoformat(text[:10])
            days = [day, *(day + timedelta(days=n) for n in (-1, 1, -366, 366))]
        elif re.fullmatch(r"\d{4}-\d\d-?", text):
            first = date.fromisoformat(text[:7] + "-01")
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            days = [
                first,
                last,
                first - timedelta(days=1),
                last + timedelta(days=1),
                first.replace(year=first.year - 1),
            ]
        elif re.fullmatch(r"(1\d|20)\d\d(-|\.0)?", text):
            year = int(text[:4])
            days = [
                date(year, 3, 5),
                date(year, 1, 1),
                date(year, 12, 31),
                date(year - 1, 12, 31),
                date(year + 1, 1, 1),
            ]
        elif re.fullmatch(r"-?\d\d?-?", text) and 1 <= int(text.strip("-")) <= 31:
            number = int(text.strip("-"))
            days = [date.fromisoformat(t[:10]).replace(day=min(number, 28)) for t in texts[:2]]
            months = [n for n in (number, number - 1, number + 1) if 1 <= n <= 12]
            days += [date.fromisoformat(t[:10]).replace(day=9, month=n) for t in texts[:2] for n in months]
    except (ValueError, OverflowError):
        return []
    if form.look == "date":
        return [day.isoformat() for day in days]
    ends = [form.example[10:]]
    if len(form.example) >= 16:
        sign, seconds = form.example[10], form.example[16:]
        clocks = ["00:00", "23:59", "12:00", "11:59"]
        if re.fullmatch(r"\d\d?", text) and int(text) <= 23:
            clocks += [f"{int(text):02d}:00", f"{max(0, int(text) - 1):02d}:59"]
        ends = [sign + clock + re.sub(r"\d", "0" if clock[-1] == "0" else "5", seconds) for clock in clocks]
    made = [day.isoformat() + end for day in days for end in ends]
    if re.fullmatch(r"\d\d?", text):
        made += [t[:10] + end for t in texts for end in ends]
    if _MOMENT.fullmatch(text) and len(text) == len(form.example):
        made.append(text)
    return list(made)


def _in_json(value: float | str, real: Sequence[Value]) -> list[Value]:
    """Real JSON texts with the literal, and numbers near it, in the place of a value of its kind."""
    found: list[Value] = []
    part = _parsed("{" + value.strip("%") + "}") if isinstance(value, str) and '"' in value else None
    near: list[Any] = (
        [value, value - 1, value + 1] if isinstance(value, (int, float)) else [value, value + "x"]
    )
    for text in [v for v in real if isinstance(v, str)][:3]:
        parsed = _parsed(text)
        for separators in ((", ", ": "), (",", ":")):
            if json.dumps(parsed, ensure_ascii=False, separators=separators) != text or not isinstance(
                parsed, dict
            ):
                continue
            if isinstance(part, dict):
                found.append(json.dumps({**parsed, **part}, ensure_ascii=False, separators=separators))
                break
            for key, old in parsed.items():
                if (
                    type(old) in (type(value), int if isinstance(value, float) else type(value))
                    and len(str(old)) < 40
                ):
                    found += [
                        json.dumps({**parsed, key: new}, ensure_ascii=False, separators=separators)
                        for new in near
                    ]
            break
    return found
