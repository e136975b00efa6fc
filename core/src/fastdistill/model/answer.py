"""What is asked of a teacher and what comes back."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import Factory, evolve, field, frozen

Role = Literal["system", "user", "assistant"]
Purpose = Literal["teacher", "repair", "judge", "validator", "student"]
ATTEMPTS: frozenset[Purpose] = frozenset({"teacher", "repair", "student"})
"""The purposes of calls that are attempts at a task."""
TAUGHT: frozenset[Purpose] = frozenset({"teacher", "repair"})
"""Those of them that a dataset is made of."""


@frozen(kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@frozen(kw_only=True)
class Constraint:
    """A form that the reply must have, for servers that can enforce one."""

    kind: Literal["json_schema", "gbnf"]
    value: Any
    """The schema as plain data, or the grammar's text."""


@frozen(kw_only=True)
class Prompt:
    """What a teacher is shown."""

    messages: tuple[Message, ...]
    template: str
    """The template's name, for the manifest."""
    version: str = "1"
    prefix_key: str = ""
    """Prompts with one key share their beginning, so one endpoint's prefix cache serves them."""
    constraint: Constraint | None = None


@frozen(kw_only=True)
class Sampling:
    """How a teacher is to sample. None leaves the choice to the server."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    n: int = 1
    stop: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(factory=dict)
    """Further fields of the request body, as the server names them."""


@frozen(kw_only=True)
class Call:
    """One request to one endpoint."""

    request_id: str
    sample_id: str
    attempt: int
    """Which attempt at this task, over all teachers, counted from 1; for a judge, which of its opinions."""
    teacher_attempt: int = Factory(lambda call: call.attempt, takes_self=True)
    """Which attempt of this teacher at this task, counted from 1: it keys the request."""
    purpose: Purpose
    prompt: Prompt
    sampling: Sampling
    task_id: str | None = None
    """Of an attempt at a task. With `input`, what recorded replies are found by; neither is ever sent."""
    input: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Choice:
    """One answer of a completion; `finish` is the server's word (`stop`, `length`, `content_filter`)."""

    text: str
    reasoning: str | None = None
    finish: str | None = None


LARGEST_COUNT = 2**53
"""A server's count above this is unknown: no reply has so many tokens, and JSON readers lose its digits."""


@frozen(kw_only=True)
class Usage:
    """Tokens as the server counted them; None is unknown, never 0."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@frozen(kw_only=True)
class RateHint:
    """What an endpoint's headers said about its limits; times in seconds from now."""

    requests_left: int | None = None
    requests_reset: float | None = None
    tokens_left: int | None = None
    tokens_reset: float | None = None


@frozen(kw_only=True)
class Completion:
    """What came back for a call."""

    choices: tuple[Choice, ...]
    model: str
    """The model as the server named it."""
    usage: Usage | None = None
    latency: float = 0.0
    """Seconds from sending to the whole answer."""
    rate_hint: RateHint | None = None
    cached: bool = False

    @property
    def text(self) -> str:
        """The first choice's text."""
        return self.choices[0].text

    @property
    def reasoning(self) -> str | None:
        """The first choice's reasoning, apart from its text."""
        return self.choices[0].reasoning

    @property
    def finish(self) -> str | None:
        """Why the first choice ended."""
        return self.choices[0].finish

    def only(self, index: int) -> "Completion":
        """This completion with one choice alone."""
        return evolve(self, choices=(self.choices[index],)) if len(self.choices) > 1 else self


@frozen(kw_only=True)
class Reading:
    """What a scenario read out of a reply: the answer and by which rule, or None and why not."""

    answer: str | None
    rule: str = ""
    reason: str | None = None
    """A slug when there is no answer: `empty`, `refusal`, `truncated`, ..."""
    detail: str = ""
    evidence: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Candidate:
    """An answer on its way through the gates."""

    answer: str
    text: str
    """The raw reply."""
    reasoning: str | None = None
    finish: str | None = None
    reading: Reading
    attempt: int = 1
    """Which attempt at this task, over all teachers, counted from 1."""
