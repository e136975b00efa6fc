"""What goes wrong, when: by probability under a seed, or scripted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args

from attrs import Factory, field, frozen

from fastdistill_simulator.asked import Asked, dice

Fault = Literal[
    "429",  # with Retry-After
    "429-bare",  # without
    "429-date",  # Retry-After as an HTTP date
    "quota",  # 429 that no waiting helps: insufficient_quota
    "503",
    "400",
    "context",  # 400 context_length_exceeded
    "filter",  # 400 content_filter
    "401",
    "403",
    "404",
    "html",  # 200 with a web page: not an API at all
    "500",
    "reset",  # the connection breaks in the middle of the answer
    "hang",  # no answer, ever
    "truncated",  # 200 with half of its JSON, Content-Length of that half
    "cut",  # 200 whose connection ends before Content-Length bytes came
    "empty",  # 200 without choices
    "missing",  # 200 without the field `choices`
    "null",  # 200, content null
    "error-200",  # 200 whose body is an error, as OpenRouter does
    "whitespace",  # keep-alive white space before the JSON: no fault to a good client
    "drip",  # the body comes byte by byte
    "flood",  # a body without end
]

AT_THE_DOOR: frozenset[str] = frozenset(
    ("429", "429-bare", "429-date", "quota", "503", "400", "context", "filter", "401", "403", "404", "html")
)
"""Answered at once, without a slot."""
LASTING: frozenset[str] = frozenset(("400", "context", "filter", "401", "403", "404", "quota"))
"""Drawn once a prompt, not once a request: asking again meets them again."""

Script = Callable[[Asked], str | None]


def check_fault(name: str) -> str:
    """`name`, if it is a fault. Raises ValueError that lists them."""
    if name not in get_args(Fault):
        raise ValueError(f"{name!r} is no fault; there are: {', '.join(get_args(Fault))}")
    return name


def _checked(rates: Mapping[str, float]) -> dict[str, float]:
    checked = {check_fault(name): float(rate) for name, rate in rates.items()}
    if any(rate < 0 for rate in checked.values()) or sum(checked.values()) > 1:
        raise ValueError(f"fault rates are shares of all requests and add up to 1 at most: {checked}")
    return checked


@frozen(kw_only=True)
class Faults:
    """A schedule. What `script` returns comes first, then `by_prompt`, then the drawn `rates`."""

    rates: Mapping[str, float] = field(factory=dict, converter=_checked)
    """Share of requests (of prompts, for lasting faults) that meet each fault."""
    by_prompt: Mapping[str, Iterable[str | None]] = Factory(dict)
    """For a prompt that contains the key: the faults of its 1st, 2nd, ... request; then none."""
    script: Script | None = None
    """Any function of the request."""
    seed: int = 0

    def pick(self, asked: Asked) -> str | None:
        """The fault that `asked` meets, or None."""
        if self.script is not None and (told := self.script(asked)) is not None:
            return check_fault(told)
        for key, faults in self.by_prompt.items():
            if key in asked.text:
                line = tuple(faults)
                return line[asked.ordinal - 1] if asked.ordinal <= len(line) else None
        return self._draw(asked) if self.rates else None

    def _draw(self, asked: Asked) -> str | None:
        once = dice(self.seed, "prompt", asked.text).random()
        each = dice(self.seed, "request", asked.text, asked.ordinal).random()
        for lasting, roll in ((True, once), (False, each)):
            for name, rate in self.rates.items():
                if (name in LASTING) is lasting:
                    if roll < rate:
                        return name
                    roll -= rate
        return None


def in_order(*faults: str | None) -> Script:
    """A script: the first request meets the first fault and so on; None and the end mean none."""
    for fault in faults:
        if fault is not None:
            check_fault(fault)
    return lambda asked: faults[asked.number - 1] if asked.number <= len(faults) else None
