"""Repair: a refused reply goes back to its teacher with what a gate may tell of it, nothing of the gold."""

from collections.abc import Sequence
from hashlib import sha256

from attrs import evolve

from fastdistill.model.answer import Completion, Message, Prompt
from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.judgement import Judgement
from fastdistill.settings import Repair

MOST = 1000
"""Characters of what is told."""
LONGEST = 16_000
"""Characters of a reply that is shown again; a longer one is asked for again."""
_AGAIN = "Your answer was refused: {tell}\nAnswer the same question again, in the same form."


def is_control(sample_id: str, repair: Repair) -> bool:
    """Return whether a task is among those that are asked from the start, to compare: by its hash."""
    digest = sha256(f"repair\n{sample_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < repair.control


def refusal(judged: Sequence[Judgement], repair: Repair) -> Judgement | None:
    """Return the first answer of the last attempt that can be repaired; None where there is none."""
    if not judged:
        return None
    last = [one for one in judged if one.attempt == judged[-1].attempt]
    return next((one for one in last if _repairable(one, repair)), None)


def _repairable(one: Judgement, repair: Repair) -> bool:
    known = one.outcome is Outcome.REJECT and one.last.reason in repair.reasons
    return known and bool(one.last.tell)


def repair_prompt(prompt: Prompt, refused: Judgement, completion: Completion) -> Prompt | None:
    """Return the conversation that asks for a repair: `prompt`, the reply, and what may be told of it.

    None where the reply is too long to be shown again.
    """
    reply = completion.choices[refused.choice].text
    if len(reply) > LONGEST or not reply.strip():
        return None
    told = "".join(c if c.isprintable() or c == "\n" else " " for c in refused.last.tell or "")[:MOST]
    return evolve(
        prompt,
        messages=(
            *prompt.messages,
            Message(role="assistant", content=reply),
            Message(role="user", content=_AGAIN.format(tell=told)),
        ),
        template=f"{prompt.template}+repair",
    )
