"""Examples in the prompt: accepted rows of a dataset, as turns of a conversation before the question."""

from pathlib import Path

from fastdistill.errors import UsageError
from fastdistill.model.answer import Message
from fastdistill.run.jsonl import loads


def read_shots(path: Path) -> tuple[Message, ...]:
    """Return the last question and the answer of each row of a dataset, in order.

    Raises `UsageError` for a file that is missing or holds other rows.
    """
    found = list[Message]()
    try:
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        for line in lines:
            user, assistant = loads(line)["messages"][-2:]
            if (user["role"], assistant["role"]) != ("user", "assistant"):
                raise ValueError(f"a row ends with the roles {user['role']!r} and {assistant['role']!r}")
            found += (
                Message(role="user", content=str(user["content"])),
                Message(role="assistant", content=str(assistant["content"])),
            )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(
            f"cannot read the examples {str(path)!r}: {error}; rows of a dataset.jsonl are wanted, each "
            "with messages that end with a user's and an assistant's"
        ) from None
    return tuple(found)
