"""The options of `[providers.llamacpp]`."""

from attrs import field, frozen
from attrs.validators import ge, optional


@frozen(kw_only=True)
class LlamaCpp:
    """How the embedded teacher runs."""

    model: str = "qwen2.5-coder-0.5b"
    """A known name (`fd models list`), or the path of a GGUF file."""
    slots: int = field(default=4, validator=ge(1))
    """Answers written side by side."""
    context: int = field(default=4096, validator=ge(256))
    """Tokens of prompt and answer, for each slot."""
    threads: int | None = field(default=None, validator=optional(ge(1)))
    """Processor threads; as many as there are cores unless given."""
    max_tokens: int = field(default=512, validator=ge(1))
    """Tokens of one answer where the teacher's table names none."""
    deterministic: bool = False
    """One answer at a time: only so does a seed repeat an answer exactly."""

    @property
    def at_once(self) -> int:
        """The slots that the model is loaded with."""
        return 1 if self.deterministic else self.slots
