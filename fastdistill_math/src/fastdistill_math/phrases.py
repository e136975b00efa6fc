"""How people say "the answer is", in several languages; marks of chat templates and hidden reasoning."""

import re

FINAL = (
    r"final\s+answer|correct\s+(?:answer|option|choice)|answer|réponse\s+finale|réponse|endgültige\s+antwort|antwort|"
    r"lösung|respuesta\s+final|respuesta|resposta\s+final|resposta|risposta\s+finale|risposta|antwoord|cevap|"
    r"odpowiedź|ответ|відповідь|đáp\s+án|jawaban|最终答案|答案|答え|解答|정답|답|उत्तर|উত্তর|الإجابة|الجواب|jibu|"
    r"resultado\s+final|rezultat"
)
COPULA = r"is\s+therefore|is\s+thus|is|are|would\s+be|equals|est|ist|lautet|es|é|è|adalah|является|ni"
COPULA_EAST = "是|应该是|为|為|は、?|은|는|है|হল|هي|هو"
_MARK = r"\s*\**\s*[:：=]\s*\**\s*"
PHRASE = re.compile(
    rf"(?<![A-Za-z])(?:{FINAL})(?![A-Za-z])(?:\s+(?:to|for|of)\s[^.:\n$]{{1,80}}?)?\**\s*"
    rf"(?:(?:(?:{COPULA})(?![a-z])|{COPULA_EAST})(?:\s*[:：])?\s*|{_MARK})",
    re.IGNORECASE,
)
THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>|<\|end_of_thought\|>", re.IGNORECASE)
THOUGHT_START = re.compile(r"<(?:think|thinking|thought|reasoning)>|<\|begin_of_thought\|>", re.IGNORECASE)
CHAT_MARK = re.compile(
    r"<\|(?!begin_of_solution|end_of_thought|begin_of_thought)[a-z_]{2,30}\|>|</s>|<eos>|\[/?INST\]"
)
DRAWING = re.compile(r"\[asy\].{0,20000}?\[/asy\]", re.DOTALL)
SENTENCE_END = re.compile(r"(?<!\d)[.!?](?=\s|$)|(?<=\d)[.](?=\s|$)|[。！？।]|\n+|(?<=[)\]$}])\.(?=\s|$)")
