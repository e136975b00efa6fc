"""What a comparison found."""

from attrs import frozen


@frozen
class Answer:
    """`equal` is None where no rule could tell; `by` names the rule that did."""

    equal: bool | None
    by: str


YES, NO, UNTOLD = Answer(True, "shape"), Answer(False, "shape"), Answer(None, "shape")
