"""DuckDB's values as the comparison knows them: numbers, text, bytes, NULL."""

import json
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from fastdistill_sql.execute import Row, Value


def plain_row(row: Sequence[object]) -> Row:
    """One row."""
    return tuple(plain(value) for value in row)


def plain(value: object) -> Value:
    """One value.

    Dates and times are text, a timestamp at midnight as its date; lists and structs are JSON; a decimal is
    the number that it says; NaN equals itself.
    """
    match value:
        case None | str() | bytes():
            return value
        case bool():
            return int(value)
        case int():
            return value
        case float():
            return value if not math.isnan(value) else "NaN"
        case Decimal():
            return _number(value)
        case datetime():
            return _moment(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _interval(value)
        case UUID():
            return str(value)
        case bytearray() | memoryview():
            return bytes(value)
    return json.dumps(_nested(value), ensure_ascii=False, sort_keys=True)


def _number(value: Decimal) -> Value:
    if not value.is_finite():
        return str(value)
    whole = value.to_integral_value()
    return int(whole) if whole == value else float(value)


def _moment(value: datetime) -> str:
    if value.timetz() == time(0):
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def _interval(value: timedelta) -> str:
    return f"{value.days} days {value.seconds + value.microseconds / 1e6:.6f} s"


def _nested(value: object) -> object:
    if isinstance(value, dict):
        return {str(plain(key)): _nested(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_nested(item) for item in value]
    found = plain(value) if not isinstance(value, str) else value
    return found.hex() if isinstance(found, bytes) else found
