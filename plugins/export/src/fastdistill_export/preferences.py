"""Forms of preference: an accepted answer against one that a gate rejected, of the same task."""

import difflib
import random
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import ge, gt, le

from fastdistill import AttemptRecord, Outcome, SettledTask
from fastdistill_export.chat import PlainOptions
from fastdistill_export.messages import ChatOptions, assistant, content_of, meta_of, prompt_of

Row = Mapping[str, Any]


@frozen(kw_only=True)
class PairOptions(ChatOptions):
    """Which pairs are made."""

    content: Literal["auto", "answer", "reply"] = "reply"
    """A preference is between replies as they came, unless the answers alone are wanted."""
    pairs_per_task: int = field(default=1, validator=ge(1))
    alike: float = field(default=0.97, validator=[gt(0), le(1)])
    """Rejected replies at least this alike the accepted one, or one already taken, make no pair."""
    gates: tuple[str, ...] = ()
    """Only rejects of these gates; empty for all."""
    reasons: tuple[str, ...] = ()
    """Only rejects with these reasons; empty for all."""
    seed: int = 0


@frozen(kw_only=True)
class PlainPairOptions(PairOptions, PlainOptions):
    """The same where messages hold role and content alone."""


def refused(task: SettledTask, options: PairOptions) -> list[AttemptRecord]:
    """Return the answers that a gate rejected, in a seeded order.

    An error is nobody's fault and makes no pair; a truncated reply is left out.
    """
    found = [
        one
        for one in task.attempts
        if one.outcome is Outcome.REJECT and not one.truncated and _wanted(one, options)
    ]
    digest = sha256(f"{options.seed}{task.sample_id}".encode()).digest()
    random.Random(int.from_bytes(digest, "big")).shuffle(found)  # noqa: S311  for sampling, not for secrets
    return found


def _wanted(one: AttemptRecord, options: PairOptions) -> bool:
    by = one.stopped_by
    return (
        by is not None
        and (not options.gates or by.gate in options.gates)
        and (not options.reasons or by.reason in options.reasons)
    )


def pairs(
    options: PairOptions, tasks: Iterable[SettledTask]
) -> Iterator[tuple[SettledTask, AttemptRecord, AttemptRecord]]:
    """Yield each task's accepted answer with at most so many of its rejected ones."""
    for task in tasks:
        if task.accepted is None:
            continue
        taken = [content_of(task, task.accepted, options)]
        for one in refused(task, options):
            text = content_of(task, one, options)
            if len(taken) > options.pairs_per_task:
                break
            if not any(_alike(text, other, options.alike) for other in taken):
                taken.append(text)
                yield task, task.accepted, one


def _alike(left: str, right: str, bound: float) -> bool:
    """Return whether two replies share at least `bound` of their text; cheap bounds first."""
    if left == right:
        return True
    matcher = difflib.SequenceMatcher(None, left[:4000], right[:4000], autojunk=False)
    return (
        matcher.real_quick_ratio() >= bound and matcher.quick_ratio() >= bound and matcher.ratio() >= bound
    )


def _pair_meta(task: SettledTask, rejected: AttemptRecord) -> dict[str, Any]:
    by = rejected.stopped_by
    return meta_of(task) | {"rejected_by": by.gate if by else "", "reason": (by.reason if by else "") or ""}


def dpo(options: PairOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `prompt`, `chosen` and `rejected` as messages, as TRL reads them."""
    for task, good, bad in pairs(options, tasks):
        yield {
            "prompt": prompt_of(task),
            "chosen": [assistant(task, good, options)],
            "rejected": [assistant(task, bad, options)],
            "meta": _pair_meta(task, bad),
        }


def kto(options: PairOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `prompt`, `completion` and `label`: accepted ones true, rejected ones false.

    Tasks that were never accepted give their rejected answers too.
    """
    for task in tasks:
        shown = prompt_of(task)
        if task.accepted is not None:
            good = [assistant(task, task.accepted, options)]
            yield {"prompt": shown, "completion": good, "label": True, "meta": meta_of(task)}
        for one in refused(task, options)[: options.pairs_per_task]:
            bad = [assistant(task, one, options)]
            yield {"prompt": shown, "completion": bad, "label": False, "meta": _pair_meta(task, one)}


def axolotl_dpo(options: PlainPairOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `messages`, `chosen` and `rejected`, one message each (axolotl's `chat_template.default`)."""
    for task, good, bad in pairs(options, tasks):
        yield {
            "messages": prompt_of(task),
            "chosen": {"role": "assistant", "content": content_of(task, good, options)},
            "rejected": {"role": "assistant", "content": content_of(task, bad, options)},
        }


def openai_dpo(options: PlainPairOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `input`, `preferred_output` and `non_preferred_output`."""
    for task, good, bad in pairs(options, tasks):
        yield {
            "input": {"messages": prompt_of(task), "tools": [], "parallel_tool_calls": True},
            "preferred_output": [{"role": "assistant", "content": content_of(task, good, options)}],
            "non_preferred_output": [{"role": "assistant", "content": content_of(task, bad, options)}],
        }
