"""What a request says in each of the forms that are understood, and how its answer is said in that form."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastdistill.api.verified import Verified
from fastdistill.rewards import reply_in
from fastdistill.serve.guard import Refused
from fastdistill.serve.settings import ServeSettings

Item = tuple[Mapping[str, Any], str]
Judge = Callable[[Sequence[Item]], Awaitable[list[Verified]]]


async def verify(body: Mapping[str, Any], settings: ServeSettings, judge: Judge) -> dict[str, Any]:
    """Answer `{"task": {...}, "reply": "..."}`, or `{"items": [...]}` of such objects."""
    items = body.get("items")
    if items is None:
        return (await judge([_item(body, "the body")]))[0].as_dict()
    if not isinstance(items, list):
        raise Refused(400, "bad-input", f"items: {items!r:.60} is not a list")
    pairs = [_item(one, f"items[{at}]") for at, one in enumerate(items)]
    return {"results": [one.as_dict() for one in await judge(pairs)]}


def _item(value: Any, where: str) -> Item:
    """Return task and reply; what they hold is judged per item."""
    if not isinstance(value, dict) or "task" not in value or "reply" not in value:
        raise Refused(400, "bad-input", f'{where}: write {{"task": {{...}}, "reply": "..."}}')
    return value["task"], value["reply"]


async def nemo_gym(body: Mapping[str, Any], settings: ServeSettings, judge: Judge) -> dict[str, Any]:
    """Answer a NeMo Gym verify request: the reply stands in `response.output`, the task beside it."""
    row = {key: value for key, value in body.items() if key not in ("responses_create_params", "response")}
    found = (await judge([(_mapped(row, settings), _output_text(body.get("response")))]))[0]
    return {**body, "reward": _reward(found), "reason": found.reason, "answer": found.answer}


def _output_text(response: Any) -> str:
    """Join the `output_text` parts of a response's messages."""
    try:
        parts = [
            part["text"]
            for message in response["output"]
            if message.get("type", "message") == "message"
            for part in message["content"]
            if part.get("type", "output_text") == "output_text"
        ]
        return "\n".join(parts)
    except (TypeError, KeyError, AttributeError):
        raise Refused(400, "bad-input", "response.output: not the messages of a response") from None


async def openrlhf(body: Mapping[str, Any], settings: ServeSettings, judge: Judge) -> dict[str, Any]:
    """Answer OpenRLHF's remote reward model call: `query`, `prompts` and `labels`, one of each an item."""
    lists = [body.get(key) for key in ("query", "prompts", "labels")]
    if not all(isinstance(one, list) for one in lists) or len({len(one) for one in lists if one}) > 1:
        raise Refused(400, "bad-input", "query, prompts and labels: three lists of one length")
    queries, prompts, labels = lists
    if settings.gold is None and not all(isinstance(label, dict) for label in labels or ()):
        raise Refused(400, "bad-input", "labels: rows as objects, or start the service with --gold FIELD")
    gold = settings.gold or ""
    rows = [label if isinstance(label, dict) else {gold: label} for label in labels or ()]
    replies = [reply_in(str(q), str(p)) for q, p in zip(queries or (), prompts or (), strict=True)]
    found = await judge([(_mapped(row, settings), reply) for row, reply in zip(rows, replies, strict=True)])
    rewards = [_reward(one) for one in found]
    return {"rewards": rewards, "scores": rewards, "extra_logs": {}}


def _mapped(row: Mapping[str, Any], settings: ServeSettings) -> Mapping[str, Any]:
    if settings.columns is None:
        return row
    return {ours: row[theirs] for ours, theirs in settings.columns.items() if theirs in row}


def _reward(found: Verified) -> float:
    """Return the reward. These trainers know no null: what is undecided is a 503, never a 0."""
    if found.reward is None:
        raise Refused(503, f"undecided-{found.reason}", found.detail or "the gates could not tell", 1)
    return found.reward


ROUTES = {"/verify": verify, "/nemo-gym/verify": nemo_gym, "/get_reward": openrlhf}
