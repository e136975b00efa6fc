"""Nouns of a problem and of an answer, by their stems."""


def nouns(text: str) -> frozenset[str]:
    """The stems of a problem's words; nothing where there is no problem to speak of."""
    found = [word.strip(".,;:?!()'\"$") for word in text.split()]
    return frozenset(stem(word) for word in found if word.isalpha()) if len(found) > 2 else frozenset()


def stem(word: str) -> str:
    """A noun without its plural, in lower case."""
    word = word.lower()
    for end, new in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
    ):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + new
    return {"people": "person", "children": "child"}.get(word) or (
        word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
    )
