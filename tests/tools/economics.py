"""Print what stopping early is worth, the table of docs/baselines.md: `python tests/tools/economics.py`.

The recorded answers of `tests/students/recorded/NAME.jsonl` are drawn in random orders; every attempt
pays for its prompt anew, as a teacher that is asked for one answer a request is paid.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.recorded import Recorded, recorded  # the tests' folder is no package

SCHEDULES = ((4, 0), (4, 3), (5, 3), (8, 2), (8, 0))
"""Attempts and `give_up.same_wrong`, 0 for no bound."""


@frozen
class Spent:
    """What one way of asking comes to, in the mean over the orders."""

    accepted: float
    tokens: float

    @property
    def each(self) -> float:
        """Tokens for an accepted row."""
        return self.tokens / self.accepted


def asked(task: Recorded, order: Sequence[int], same_wrong: int, *, every: bool) -> tuple[bool, int]:
    """Return whether a task is accepted, and how many attempts it took."""
    wrong, solved = Counter[int](), False
    for count, place in enumerate(order, 1):
        if task.refused[place] is None:
            solved = True
        else:
            wrong[task.same[place]] += 1
        hopeless = same_wrong > 0 and max(wrong.values(), default=0) >= same_wrong
        if not every and (solved or hopeless):
            return solved, count
    return solved, len(order)


def spent(name: str, most: int, same_wrong: int, orders: int, *, every: bool = False) -> Spent:
    """Ask every task up to `most` times, in `orders` random orders of its recorded answers."""
    accepted, tokens = 0, 0.0
    for seed in range(orders):
        for number, task in enumerate(recorded(name)):
            answers = len(task.refused)
            order = random.Random(f"{seed}-{number}").sample(range(answers), answers)[:most]
            solved, count = asked(task, order, same_wrong, every=every)
            accepted += solved
            tokens += count * (task.prompt_tokens + task.answer_tokens)
    return Spent(accepted / orders, tokens / orders)


def table(name: str, orders: int) -> list[str]:
    """Return the table's lines."""
    fixed, of = spent(name, 4, 0, orders, every=True), len(recorded(name))
    lines = [
        f"| attempts | accepted of {of}, mean | tokens for an accepted row | against four to every task |",
        "|---|---|---|---|",
        f"| 4, all of them asked | {fixed.accepted:.1f} | {fixed.each:,.0f} | |",
    ]
    for most, bound in SCHEDULES:
        found = spent(name, most, bound, orders)
        how = f"`give_up.same_wrong = {bound}`" if bound else "stop at the first accepted"
        change = found.each / fixed.each - 1
        lines.append(f"| up to {most}, {how} | {found.accepted:.1f} | {found.each:,.0f} | {change:+.0%} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recorded", default="sql-0.5b", help="a file of tests/students/recorded")
    parser.add_argument("--orders", type=int, default=40)
    given = parser.parse_args()
    print(*table(given.recorded, given.orders), sep="\n")


if __name__ == "__main__":
    main()
