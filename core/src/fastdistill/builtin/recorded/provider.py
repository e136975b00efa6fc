"""The provider of recorded replies: the nth attempt at a task is answered by the nth reply to it."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
from attrs import define, frozen

from fastdistill.builtin.recorded.files import digest_of, files_at
from fastdistill.builtin.recorded.index import Replies
from fastdistill.errors import NoMoreReplies
from fastdistill.model.answer import Call, Completion
from fastdistill.specs import Services


@frozen(kw_only=True)
class RecordedOptions:
    """`[providers.recorded]`."""

    model: str
    """The file or folder of replies: `--teacher recorded:PATH`."""
    id: str = ""
    """The column that holds a task's id; `task_id` or `custom_id` unless given."""
    question: str = ""
    """The column that holds the question."""
    reply: str = ""
    """The column that holds the reply or replies."""


@define(kw_only=True)
class Recorded:
    """Answers from files."""

    identity: str
    """The digest of the files: other replies are other answers."""
    replies: Replies

    async def complete(self, call: Call, /) -> Completion:
        """Return the reply of this attempt. Raises `NoMoreReplies`."""
        found = self.replies.find(call.task_id, _asked(call))
        if call.teacher_attempt > len(found):
            raise NoMoreReplies(f"{len(found) or 'no'} recorded replies to this task")
        reply = found[call.teacher_attempt - 1][1]
        return Completion(
            choices=(reply.choice,),
            model=reply.model or "recorded",
            usage=reply.usage,
            cached=reply.usage is None,  # nothing was paid for it, as far as is known
        )

    def coverage(self, tasks: Iterable[tuple[str, Mapping[str, Any], str | None]], /) -> dict[str, Any]:
        """See `Covers`."""
        used, matched, replies, without = set[int](), 0, 0, list[str]()
        for task_id, asked, prompt in tasks:
            texts = [*_texts(asked), *([] if prompt is None else [prompt])]
            found = self.replies.find(task_id, texts)
            fresh = {row for row, _ in found} - used
            replies += sum(row in fresh for row, _ in found)
            used |= fresh
            if found:
                matched += 1
            else:
                without.append(task_id)
        return {
            "replies": self.replies.total,
            "matched_replies": replies,
            "unmatched_replies": self.replies.total - replies,
            "tasks_with_replies": matched,
            "tasks_without": len(without),
            "rows_without_reply": dict(self.replies.problems),
            "examples": {"tasks_without": without[:3], "replies": self.replies.unused(used)},
        }


def _texts(value: Mapping[str, Any]) -> list[str]:
    return [one for one in value.values() if isinstance(one, str)]


def _asked(call: Call) -> list[str]:
    """Return the texts that may have been a call's question: the task's, and what a teacher is shown."""
    shown = [one.content for one in call.prompt.messages if one.role == "user"]
    return [*_texts(call.input), *shown[-1:]]


@asynccontextmanager
async def open_recorded(options: RecordedOptions, services: Services) -> AsyncIterator[Recorded]:
    """Read the replies at `options.model` into an index. Raises `UsageError` for what cannot be read."""
    columns = {"id": options.id, "question": options.question, "reply": options.reply}
    replies = Replies(columns=columns)
    with tempfile.TemporaryDirectory(dir=services.tmp) as folder:

        def load() -> str:
            files = files_at(Path(options.model))
            replies.load(files, Path(folder) / "replies.sqlite")
            return digest_of(files)

        digest = await anyio.to_thread.run_sync(load)
        try:
            yield Recorded(identity=f"recorded:{digest}", replies=replies)
        finally:
            replies.close()
