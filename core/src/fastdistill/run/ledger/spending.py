"""Tokens and money, by teacher and purpose. A cost is known only where usage and price are."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, define, field, frozen

from fastdistill.model.answer import Completion, Prompt, Usage
from fastdistill.run.ledger.rows import choices_json, prompt_json
from fastdistill.settings import Price

PER = 1e6
"""Prices are per million tokens."""
BYTES_PER_TOKEN = 3
"""For tokens that no server counted: vocabularies take 3 to 5 bytes of English, code or Chinese for one."""


def is_priced(price: Price | None) -> bool:
    """Return whether a price tells what an answer costs."""
    return price is not None and price.input is not None and price.output is not None


def cost(usage: Usage, price: Price | None) -> float | None:
    """Return the US dollars of some usage; None where the price or a count is unknown."""
    if price is None or price.input is None or price.output is None:
        return None
    if usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    reread = price.input if price.cached_input is None else price.cached_input
    cached = usage.cached_tokens or 0
    plain = usage.prompt_tokens - cached
    return (plain * price.input + cached * reread + usage.completion_tokens * price.output) / PER


@define(kw_only=True)
class Spending:
    """What each teacher was paid for so far; budgets are held against it.

    A budget must not pass unseen because a server counts nothing, so unknown counts are estimated here, and
    only here: reports say that they are unknown.
    """

    prices: Mapping[str, Price | None] = field(factory=dict)
    tokens: Counter[str] = field(factory=Counter)
    """The estimated ones included."""
    estimated: Counter[str] = field(factory=Counter)
    usd: dict[str, float] = field(factory=lambda: defaultdict(float))

    def pay(self, teacher: str, prompt: Prompt, got: Completion) -> None:
        """Count one answer."""
        usage = got.usage or Usage()
        self.add(teacher, usage)
        if usage.prompt_tokens is None:
            self.estimate(teacher, prompt=_tokens_of(prompt_json(prompt)))
        if usage.completion_tokens is None:
            self.estimate(teacher, completion=_tokens_of(choices_json(got)))

    def add(self, teacher: str, usage: Usage) -> None:
        """Count tokens, as far as they are known."""
        self._add(
            teacher,
            Usage(
                prompt_tokens=usage.prompt_tokens or 0,
                completion_tokens=usage.completion_tokens or 0,
                cached_tokens=usage.cached_tokens,
            ),
        )

    def estimate(self, teacher: str, *, prompt: int = 0, completion: int = 0) -> None:
        """Count tokens that are estimated."""
        self.estimated[teacher] += prompt + completion
        self._add(teacher, Usage(prompt_tokens=prompt, completion_tokens=completion))

    def _add(self, teacher: str, usage: Usage) -> None:
        self.tokens[teacher] += (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        self.usd[teacher] += cost(usage, self.prices.get(teacher)) or 0.0

    def resume(self, ledger: sqlite3.Connection, found: "Sequence[Line]") -> None:
        """Count what a ledger holds, whose lines are `found`."""
        for line in found:
            self.add(line.teacher, line.usage)
        for row in ledger.execute(_UNCOUNTED, {"bytes": BYTES_PER_TOKEN}):
            self.estimate(row["teacher"], prompt=row["prompt"], completion=row["completion"])


def _tokens_of(text: str) -> int:
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


_UNCOUNTED = """
SELECT teacher,
       SUM(CASE WHEN prompt_tokens IS NULL
           THEN (LENGTH(CAST(prompt AS BLOB)) + :bytes - 1) / :bytes ELSE 0 END) AS prompt,
       SUM(CASE WHEN completion_tokens IS NULL
           THEN (LENGTH(CAST(choices AS BLOB)) + :bytes - 1) / :bytes ELSE 0 END) AS completion
FROM completions WHERE cached = 0 AND (prompt_tokens IS NULL OR completion_tokens IS NULL) GROUP BY teacher
"""


@frozen(kw_only=True)
class Line:
    """The answers of one teacher for one purpose; token counts are of those that were paid for."""

    teacher: str
    purpose: str
    answers: int
    from_cache: int
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    unknown_usage: int
    """Answers whose tokens the server did not count."""

    @property
    def usage(self) -> Usage:
        """The tokens, as far as they are known."""
        return Usage(
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
        )


_LINES = """
SELECT teacher, purpose, COUNT(*) AS answers, SUM(cached) AS from_cache,
       SUM(CASE WHEN cached = 0 THEN prompt_tokens END) AS prompt_tokens,
       SUM(CASE WHEN cached = 0 THEN completion_tokens END) AS completion_tokens,
       SUM(CASE WHEN cached = 0 THEN cached_tokens END) AS cached_tokens,
       SUM(cached = 0 AND (prompt_tokens IS NULL OR completion_tokens IS NULL)) AS unknown_usage
FROM completions GROUP BY 1, 2 ORDER BY 1, 2
"""


def lines(ledger: sqlite3.Connection) -> list[Line]:
    """Return one line a teacher and purpose."""
    return [Line(**dict(row)) for row in ledger.execute(_LINES)]


def line_cost(line: Line, price: Price | None) -> float | None:
    """Return the US dollars of a line; None where a price or any answer's usage is unknown."""
    if line.unknown_usage or not is_priced(price):
        return None
    return cost(
        Usage(
            prompt_tokens=line.prompt_tokens or 0,
            completion_tokens=line.completion_tokens or 0,
            cached_tokens=line.cached_tokens,
        ),
        price,
    )


def total_cost(found: Sequence[Line], prices: Mapping[str, Price | None]) -> float | None:
    """Return the US dollars of all lines; None for none, or where one of them is unknown."""
    costs = [line_cost(one, prices.get(one.teacher)) for one in found]
    known = [usd for usd in costs if usd is not None]
    return sum(known) if costs and len(known) == len(costs) else None


def total_tokens(found: Sequence[Line]) -> int | None:
    """Return all tokens of prompts and answers; None where an answer's are unknown."""
    if any(one.unknown_usage for one in found):
        return None
    return sum((one.prompt_tokens or 0) + (one.completion_tokens or 0) for one in found)


def output_tokens(found: Sequence[Line]) -> int | None:
    """Return the tokens of answers; None where an answer's are unknown."""
    if any(one.unknown_usage for one in found):
        return None
    return sum(one.completion_tokens or 0 for one in found)


def report(found: Sequence[Line], prices: Mapping[str, Price | None]) -> list[dict[str, Any]]:
    """Return the lines as plain data, each with its cost."""
    return [{**asdict(one), "usd": line_cost(one, prices.get(one.teacher))} for one in found]


_WASTE = """
SELECT COALESCE((SELECT v.reason FROM verdicts v WHERE v.sample_id = a.sample_id AND v.attempt = a.attempt
                 AND v.outcome <> 'pass' ORDER BY v.choice, v.ordinal LIMIT 1), 'unused') AS cause,
       COUNT(*) AS answers, SUM(c.prompt_tokens + c.completion_tokens) AS tokens,
       SUM(c.prompt_tokens IS NULL OR c.completion_tokens IS NULL) AS unknown
FROM attempts a JOIN completions c USING (request_id)
WHERE c.cached = 0 AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = a.sample_id
    AND d.status = 'accepted' AND d.attempt = a.attempt)
GROUP BY 1 ORDER BY 2 DESC, 1
"""


def waste(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the answers that did not become a row, by what stopped them."""
    return [
        {
            "cause": row["cause"],
            "answers": row["answers"],
            "tokens": None if row["unknown"] else row["tokens"],
        }
        for row in ledger.execute(_WASTE)
    ]
