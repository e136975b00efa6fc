r"""`\boxed{...}` in a text: where they stand, what they hold, and which of them belong together."""

import re

from attrs import frozen

_BOX = re.compile(r"\\(?:boxed|fbox)\s*(?:\{|(?=\s*[^\s{]))")
_JOINER = re.compile(
    r"[\s,;$&.()\[\]\\{}]*(?:(?:\\text\s*\{\s*(?:and|or)\s*\}|\\q?quad|\band\b|\bor\b|[A-Za-z](?:_\{?\w\}?)?\s*=)"
    r"[\s,;$&()\[\]\\{}]*)*"
)
_NAME = re.compile(
    r"(?<![A-Za-z\\])((?:\\[a-z]{2,8}|[A-Za-z])(?:_\{?\w{1,3}\}?|'){0,2}(?:\([a-z](?:,\s*[a-z])*\))?)\s*=\s*(?:\$|\\[(\[])?\s*$"
)
_PART = re.compile(
    r"(?:^|[\s.;,$*])(?:\(([a-h]|i{1,3}|iv|v|[1-9])\)|([a-h])\)|Part\s+\(?([A-Ha-h1-9])\)?)(?=[\s:.*$]|$)"
)
_BLANK = re.compile(
    r"[\s?_$]*|\\(?:phantom|hspace|vphantom)\s*\{[^{}]*\}|\\(?:square|Box|quad|qquad|ldots|cdots)|\\_+|\\?\.{3}"
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


def filled(text: str, found: list[Box], problem: str = "") -> list[Box]:
    """The boxes that say something: not empty, no placeholder, and not quoted from the problem."""
    quoted = {box.content.strip() for box in boxes(problem)} if "boxed" in problem else set()
    kept = [box for box in found if not _BLANK.fullmatch(box.content.strip())]
    return [box for box in kept if box.content.strip() not in quoted] or kept


def parts(text: str, found: list[Box]) -> list[Box] | None:
    """The boxes of `(a) ... (b) ...`: each behind a label of its own; None where they are not labelled."""
    if len(found) < 2:
        return None
    labels = []
    at = 0
    for box in found:
        marks = [
            next(filter(None, match.groups())).lower() for match in _PART.finditer(text[at : box.start])
        ]
        if not marks:
            return None
        labels.append(marks[-1])
        at = box.end
    return found if len(set(labels)) == len(labels) and labels[0] in ("a", "i", "1") else None


def named(text: str, box: Box) -> str:
    r"""The name in front of a box: `x` of `x = \\boxed{3}`; empty where it has none."""
    match = _NAME.search(text[max(0, box.start - 40) : box.start])
    return match[1] if match else ""


def content(group: list[Box], text: str = "") -> str:
    """What a group says: one content, or a list of different ones, each with its name if all have one."""
    names = [named(text, box) for box in group] if text else []
    if len(group) > 1 and all(names) and len(set(names)) == len(names):
        return ", ".join(f"{name} = {box.content.strip()}" for name, box in zip(names, group, strict=True))
    kept = list(dict.fromkeys(box.content.strip() for box in group))
    return kept[0] if len(kept) == 1 else ", ".join(kept)
