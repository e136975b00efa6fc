r"""`\boxed{...}` in a text: where they stand, what they hold, and which of them belong together."""

import re

from attrs import frozen

_BOX = re.compile(r"\\(?:boxed|fbox)\s*(?:\{|(?=\s*[^\s{]))")
_JOINER = re.compile(
    r"[\s,;$&.()\[\]\\{}]*(?:(?:\\text\s*\{\s*(?:and|or)\s*\}|\\q?quad|\band\b|\bor\b|[A-Za-z](?:_\{?\w\}?)?\s*=)"
    r"[\s,;$&()\[\]\\{}]*)*"
)
MAX_BOXES = 200


@frozen
class Box:
    """One box: its content and where it begins and ends in the text."""

    content: str
    start: int
    end: int


def boxes(text: str) -> list[Box]:
    """All outermost boxes, in order; one that is never closed is left out."""
    found: list[Box] = []
    at = 0
    while len(found) < MAX_BOXES and (match := _BOX.search(text, at)):
        if match[0].endswith("{"):
            end = closing(text, match.end())
            if end is None:
                break
            content = text[match.end() : end]
            at = end + 1
        else:  # \boxed 5
            token = re.compile(r"\s*([^\s$]+)").match(text, match.end())
            content, at = (token[1], token.end()) if token else ("", match.end() + 1)
        found.append(Box(_inner(content), match.start(), at))
    return found


def closing(text: str, at: int) -> int | None:
    """Where the brace closes that was opened just before `at`."""
    depth = 1
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, at):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                return match.start()
    return None


def _inner(content: str) -> str:
    for _ in range(5):
        inner = boxes_of(content)
        if inner is None:
            break
        content = inner
    return content


def boxes_of(content: str) -> str | None:
    """A box in a box, alone: what the inner one holds."""
    match = re.fullmatch(r"\s*\$?\s*\\(?:boxed|fbox)\s*\{(.*)\}\s*\$?\s*", content, re.DOTALL)
    return match[1] if match and closing(content, content.index("{") + 1) is not None else None


def last_group(text: str, found: list[Box]) -> list[Box]:
    """The last box, and those before it that only `and`, `or`, commas or `x =` part from it."""
    group = [found[-1]]
    for box in reversed(found[:-1]):
        between = text[box.end : group[0].start]
        if len(between) > 60 or not _JOINER.fullmatch(between):
            break
        group.insert(0, box)
    return group


def content(group: list[Box]) -> str:
    """What a group says: one content, or a list of different ones."""
    kept = list(dict.fromkeys(box.content.strip() for box in group))
    return kept[0] if len(kept) == 1 else ", ".join(kept)
