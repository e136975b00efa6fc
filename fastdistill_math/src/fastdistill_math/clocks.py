"""Times of day and dates: what is compared by hour and minute, or by day and month, whatever the
spelling.
"""

import re

from fastdistill_math.tree import Node

_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([ap])\s*\.?\s*m\.?|(noon|midnight|in the (?:morning"
    r"|afternoon|evening)))?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(\d{1,2})\s*(?:([ap])\s*\.?\s*m\.?|o'clock)", re.IGNORECASE)
_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep"
    "|october oct|november nov|december dec"
)
_MONTHS = {name: number for number, names in enumerate(_NAMES.split("|"), 1) for name in names.split()}
_DATE = re.compile(
    r"(?:[A-Za-z]+day,?\s+)?(?:the\s+)?([A-Za-z]+|\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+"
    r"([A-Za-z]+|\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?"
)


def clock(text: str) -> Node | None:
    """A `time` node with minutes, seconds and half of the day, where it is known; None for anything else.

    Two plain numbers with a colon are a time only with two digits behind it and a real hour and minute;
    they are a ratio, too, so that comparison with a ratio stays possible.
    """
    match = _CLOCK.fullmatch(text)
    if match is not None:
        hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), match[4]
        if match[5]:
            half = "a" if match[5].lower() in ("midnight", "in the morning") else "p"
    elif (match := _HOUR.fullmatch(text)) is not None:
        hour, minute, second, half = int(match[1]), 0, 0, match[2]
    else:
        return None
    if hour > 24 or minute > 59 or second > 59 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour, half = hour % 12 + 12 * (half.lower() == "p"), "marked"
    elif match.re is _HOUR or match[2][0] == "0":
        half = "marked" if hour > 12 or hour == 0 else "open"
    elif hour > 12 or hour == 0:
        half = "known"
    return Node("time", (), (hour * 3600 + minute * 60 + second, half or "", text))


def same_time(a: Node, b: Node) -> bool:
    """Whether two times may be one: by the second, and by half of the day where both tell it."""
    day = 12 * 3600
    if {a.value[1], b.value[1]} <= {"marked", "known"}:
        return bool(a.value[0] == b.value[0])
    return bool((a.value[0] - b.value[0]) % day == 0)


def date(text: str) -> Node | None:
    """A `date` node with year (or 0), month and day."""
    match = _DATE.fullmatch(text.strip(" ."))
    if match is None:
        return None
    names = [match[1].lower(), match[2].lower()]
    month = [_MONTHS[name] for name in names if name in _MONTHS]
    day = [int(name) for name in names if name.isdigit()]
    if len(month) != 1 or len(day) != 1 or not 1 <= day[0] <= 31:
        return None
    return Node("date", (), (int(match[3] or 0), month[0], day[0]))
