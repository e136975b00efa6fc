"""How people say "the answer is", in several languages; marks of chat templates and hidden reasoning."""

import re

FINAL = (
    r"final\s+answer|correct\s+(?:answer|option|choice)|answer|réponse\s+finale|réponse|endgültige\s+antwort|antwort|"
    r"lösung|respuesta\s+final|respuesta|resposta\s+final|resposta|risposta\s+finale|risposta|antwoord|cevap|"
    r"odpowiedź|ответ|відповідь|đáp\s+án|jawaban|最终答案|答案|答え|解答|정답|답|उत्तर|উত্তর|الإجابة|الجواب|jibu|"
    r"resultado\s+final|rezultat|rpta\.?|ergebnis|resultado|résultat"
)
COPULA = r"is\s+therefore|is\s+thus|is|are|would\s+be|equals|est|ist|lautet|es|é|è|adalah|является|ni"
COPULA_EAST = "是|应该是|为|為|は、?|은|는|है|হল|هي|هو"
_MARK = r"\s*\**\s*[:：=]\s*\**\s*"
PHRASE = re.compile(
    rf"(?<![A-Za-z])(?:{FINAL})(?![A-Za-z])(?:\s+(?:to|for|of)\s[^.:\n$]{{1,80}}?)?\**\s*"
    rf"(?:(?:(?:{COPULA})(?![a-z])|{COPULA_EAST})(?:\s*[:：])?\s*|{_MARK})",
    re.IGNORECASE,
)
_WORDS = frozenset(re.findall(r"[^\W\d_]+", re.sub(r"\\s\+|\\\.\?|\(\?:", " ", FINAL)))
_WORDS -= {"final", "finale", "option", "choice"}  # never alone in a phrase
THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>|<\|end_of_thought\|>", re.IGNORECASE)
THOUGHT_START = re.compile(r"<(?:think|thinking|thought|reasoning)>|<\|begin_of_thought\|>", re.IGNORECASE)
CHAT_MARK = re.compile(
    r"<\|(?!begin_of_solution|end_of_thought|begin_of_thought)[a-z_]{2,30}\|>|</s>|<eos>|\[/?INST\]"
)
DRAWING = re.compile(r"\[asy\].{0,20000}?\[/asy\]", re.DOTALL)
TAG = re.compile(r"<answer>(.*?)</answer>", re.IGNORECASE | re.DOTALL)
RETRACTION = re.compile(
    r"\b(?:wait|actually|mistake|error|wrong|incorrect|correction|instead|oops|recheck|re-check|reconsider)\b",
    re.IGNORECASE,
)
"""What takes back an answer that was given before."""
LATER = re.compile(
    r"\b(?:(?:the|my)\s+)?(?:correct\s+|final\s+|actual\s+)?(?:answer|result|value|it)\s+(?:is|should\s+be|must\s+be|equals|becomes)\s+",
    re.IGNORECASE,
)
"""A value that is claimed after an answer was marked."""
NEGATION = re.compile(r"\b(?:not|never|cannot|can't|isn't|nor|neither|no)\b", re.IGNORECASE)
HEDGE = re.compile(r"\b(?:either|or|maybe|perhaps|possibly|could|might|may|alternatively)\b", re.IGNORECASE)
COMPARISON = re.compile(
    r"\b(?:at\s+least|at\s+most|more\s+than|less\s+than|fewer\s+than|greater\s+than|no\s+more|no\s+less|between|up\s+to"
    r"|or\s+(?:more|less|fewer|greater)|minus|negative|plus|times|over|divided|out\s+of|dozens?|hundreds?|thousands?|squared|cubed"
    r"|half|halves|thirds?|quarters?|fourths?|fifths?)\b",
    re.IGNORECASE,
)
COPULA_WORD = re.compile(
    r"(?:\b(?:is|are|was|were|equals|be|becomes|as|gives|ist|sind|lautet|beträgt|est|es|son|è|é)\b(?:\s+(?:equal\s+to|exactly|simply|just|therefore|thus))?"
    r"|是|为|等于|[:：])\s*"
)
NOTHING = re.compile(
    r"\b(?:there\s+(?:is|are|exists?)\s+no|(?:has|have)\s+no|no)\s+(?:such\s+|real\s+|integer\s+|rational\s+|possible\s+|other\s+)?"
    r"(?:solutions?|roots?)\b(?!\s+(?:but|except|other))|(?:无解|没有解|无实数解|无实根)",
    re.IGNORECASE,
)
"""A sentence that says that nothing solves the problem."""
CHOICE = re.compile(r"\b(?:option|choice|answer|letter)\s+\(?([A-J])\)?(?![A-Za-z])")
ASIDE = re.compile(r"\s*\([^()]{0,80}\)\s*$")
SENTENCE_END = re.compile(r"(?<!\d)[.!?](?=\s|$)|(?<=\d)[.](?=\s|$)|[。！？।]|\n+|(?<=[)\]$}])\.(?=\s|$)")


def may_introduce(text: str) -> bool:
    """Whether `PHRASE` can be found in a text at all: most texts hold none of its words, seen at once."""
    lowered = text.lower()
    return any(word in lowered for word in _WORDS)
