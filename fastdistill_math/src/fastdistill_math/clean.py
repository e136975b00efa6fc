"""From what people and models write to one spelling of LaTeX: signs, spacing, wrappers, look-alikes."""

import re
import unicodedata
from functools import lru_cache

from fastdistill_math.decimals import decimals

_SIGNS = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "×": r"\times ", "✕": r"\times ",
    "⋅": r"\cdot ", "·": r"\cdot ", "∙": r"\cdot ", "•": r"\cdot ", "∗": "*", "÷": "/", "⁄": "/", "∕": "/",
    "π": r"\pi ", "∞": r"\infty ", "∪": r"\cup ", "∩": r"\cap ", "∖": r"\setminus ", "≤": r"\le ",
    "≥": r"\ge ", "⩽": r"\le ", "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "∈": r"\in ", "±": r"\pm ",
    "∓": r"\mp ", "°": r"\degree ", "º": r"\degree ", "∅": r"\emptyset ", "θ": r"\theta ", "α": r"\alpha ",
    "β": r"\beta ", "γ": r"\gamma ", "λ": r"\lambda ", "φ": r"\phi ", "ω": r"\omega ", "μ": r"\mu ",
    "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℕ": r"\mathbb{N}", "ℚ": r"\mathbb{Q}", "ℂ": r"\mathbb{C}",
    "⟨": r"\langle ", "⟩": r"\rangle ", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ",
    "⌉": r"\rceil ", "→": r"\to ", "′": "'", "″": "''", "“": '"', "”": '"', "’": "'", "‘": "'",
    "、": ",", "，": ", ", "。": ".", "；": ";", "：": ":", "（": "(", "）": ")", "％": "%", "€": " ",
    "£": " ", "¥": " ", "₹": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "",
    "\ufeff": "", "∣": "|", "√": r"\surd ", "∛": r"\sqrt[3]", "∑": r"\sum ", "∫": r"\int ",
}  # fmt: skip
_SIGN_TABLE = str.maketrans(_SIGNS)
_SUPERS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_SUBS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n", strict=True))
_VULGAR = re.compile("[¼-¾⅐-⅞]")

_TEXT = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mbox|mathrm|mathbf|mathit|mathsf|mathcal|mathbb|boldsymbol|bm"
    r"|operatorname\*?|emph|hbox)\s*\{([^{}]*)\}"
)
_UNWRAP = re.compile(
    r"\\(?:boxed|fbox|overrightarrow|vec|hat|widehat|tilde|underline|displaylines|ensuremath)\s*"
    r"\{([^{}]*)\}"
)
_UNIT_VECTOR = re.compile(
    r"\\(?:hat|vec|mathbf|boldsymbol|bm|widehat)\s*(?:\{\s*(?:\\(?:mathbf|boldsymbol|bm|mathrm)\s*)?\{?\s*"
    r"(?:([ijk])|\\([ij])math)\s*\}?\s*\}|(?<=hat)\s*(?:([ijk])(?![A-Za-z])|\\([ij])math)|(?<=vec)\s+([ijk])(?![A-Za-z]))"
)
_PLAIN_WORDS = frozenset([
    "e", "i", "d", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "log", "ln", "lg", "exp", "max", "min", "gcd", "lcm", "det", "lim", "sup",
    "inf", "and", "or",
])  # fmt: skip
_PLAIN_WORDS |= {"cis", "sgn", "sign", "Re", "Im", "arg", "mod", "asin", "acos", "atan", "arccot", "tr"}
_LONG_NAMES = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom", "leq": "le",
    "leqslant": "le", "geq": "ge", "geqslant": "ge", "neq": "ne", "lbrace": "{", "rbrace": "}",
    "lvert": "vert", "rvert": "vert", "mid": "vert", "varnothing": "emptyset", "lbrack": "[",
    "rbrack": "]", "infin": "infty", "land": "and", "lor": "or", "wedge": "and", "vee": "or",
    "rightarrow": "to", "longrightarrow": "to", "circ": "degree", "thickapprox": "approx",
    "simeq": "approx", "backslash": "setminus", "varphi": "phi", "varepsilon": "epsilon",
    "lt": "<", "gt": ">", "ast": "*", "bar": "overline", "conj": "overline", "imath": "i", "jmath": "j",
    "star": "*", "cdotp": "cdot", "div": "/", "colon": ":", "percent": "%", "operatorname": "",
    "displaystyle": "", "textstyle": "", "limits": "", "nolimits": "", "left": "", "right": "",
    "nonumber": "", "rm": "", "bf": "", "it": "", "hfill": "", "newline": "", "middle": "", "dots": "ldots",
    "cdots": "ldots", "dotsc": "ldots", "dotsb": "ldots",
}  # fmt: skip
_NUMBER_AND_WORDS = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)\s+([A-Za-z][A-Za-z ]*)")
_SPACES = re.compile(r"\\(?:[,;:> ]|q?quad|(?:enspace|thinspace|space)(?![A-Za-z]))|~")
_SIZES = re.compile(r"\\[bB]igg?[lrm]?(?![A-Za-z])")
_EMPTY_FENCE = re.compile(r"\\(?:left|right)\s*\.(?!\d)")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z]{2,})")
_ROW = re.compile(r"\\\\(?:\s*\[[^\]]{0,12}(?:pt|em|ex|mm|cm)\])?")
_MONEY = re.compile(
    r"\\\$\s*([-+]?\d[\d,]*(?:\.\d+)?)(?![\d.,]*\s*(?:\\text\{\s*)?(?:dollars?|million|thousand|billion|cents?|USD))"
)
_SCALE = re.compile(r"(\d)\s*(?:\\text\s*\{)?\s*(thousand|million|billion|trillion)\b\}?", re.IGNORECASE)
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_CLOCK_HALF = re.compile(r"(?<![a-z])([ap])\.?\s?m(?![a-z])")
_GROUPED = re.compile(r"(?<=\d)(?:\s*\{\s*,\s*\}\s*|,\\!\s*|\\,\s*,?)(?=\d{3}(?!\d))")
_THIN = re.compile(r"(?<=\d)(?:\\[,!:;]|\u2009|\u202f|')(?=\d{3}(?!\d))")
_JUNK = re.compile(r"\\(?:label|tag|hspace|vspace|phantom)\*?\s*\{[^{}]*\}|\\hline")
_VECTOR = re.compile(r"\\(?:hat|vec|mathbf|boldsymbol|bm|widehat)")
_BRACKETS = re.compile(r"\\[\[\]()]")
_BLACKBOARD = re.compile(r"\\mathbb\s+([A-Z])")
_DEGREE = re.compile(r"\^\s*\{?\s*\\degree\s*\}?")
_DOTS = re.compile(r"\+\s*\.{3,}\s*\+")
_WHITE = re.compile(r"[ \t\r\n]+")
_ANY_WHITE = re.compile(r"\s+")
_KEPT_SPACE = re.compile(r"(?<=\d) (?=\d)|(?<=[^\W\d_]) (?=[^\W\d_])")
_TAIL = " \t\n.,;:。、!?*_`\"'"


def _vulgar(match: re.Match[str]) -> str:
    top, _, bottom = unicodedata.normalize("NFKD", match[0]).partition("⁄")
    return rf"\frac{{{top}}}{{{bottom}}}" if bottom else match[0]


def _raised(match: re.Match[str], table: dict[str, str], sign: str) -> str:
    return sign + "{" + "".join(table[c] for c in match[0]) + "}"


def _unicode(text: str) -> str:
    if text.isascii():
        return text
    text = _VULGAR.sub(_vulgar, text)
    text = re.sub("[⁰¹²³⁴-⁹⁺⁻ⁿ]+", lambda m: _raised(m, _SUPERS, "^"), text)
    text = re.sub("[₀-₉₊₋ₙ]+", lambda m: _raised(m, _SUBS, "_"), text)
    text = re.sub(r"√\s*(\d+(?:\.\d+)?|[A-Za-z])", r"\\sqrt{\1}", text)
    text = unicodedata.normalize("NFKC", text.translate(_SIGN_TABLE))
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)


def _text_word(match: re.Match[str]) -> str:
    inner = match[1].strip()
    if match[0].startswith(r"\mathbb"):
        return rf"\mathbb{inner}" if inner else ""
    if inner in _PLAIN_WORDS or match[0].startswith(
        (r"\mathbf", r"\mathcal", r"\bold", r"\bm", r"\mathit")
    ):
        return f" {inner} "
    if not inner:
        return " "
    if quantity := _NUMBER_AND_WORDS.fullmatch(inner):
        return f"{quantity[1]} \ue000{quantity[2]}\ue001"
    return "\ue000" + inner + "\ue001"


def _rename(match: re.Match[str]) -> str:
    name = match[1]
    new = _LONG_NAMES.get(name)
    if new is None:
        return match[0]
    return f"\\{new}" if new.isalpha() or (new in "{}" and new) else f"{new} "


def _unit_vector(match: re.Match[str]) -> str:
    return rf" \{next(group for group in match.groups() if group)}unit "


def strip_tail(text: str) -> str:
    """`text` without closing punctuation, Markdown marks and stray backslashes."""
    text = text.strip()
    while text and (text[-1] in _TAIL or text[-1] == "\\" or text.endswith("\\n")):
        if text[-1] == "!" and len(text) > 1 and (text[-2].isalnum() or text[-2] in ")}!"):
            break  # a factorial, not a shout
        if text[-1] == "'" and re.search(r"[A-Za-z]'$", text):
            break  # a prime
        text = text[:-1].rstrip()
    return text.lstrip(' \t\n*`"' if text.startswith("_{") else ' \t\n*_`"')


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    r"""One spelling of `text`: `\frac`, `\le`, no `$`, no spacing; words as `\ue000words\ue001`."""
    text = decimals(_unicode(text))
    if "..." in text:
        text = _DOTS.sub(r"+ \\ldots +", text)
    text = _commands(text) if "\\" in text else text.replace("$", " ").replace("~", " ")
    if "'" in text:
        text = _THIN.sub("", text)
    if "{" in text:
        text = _GROUPED.sub("", text)
    if "illion" in text.lower() or "thousand" in text.lower():
        text = _SCALE.sub(lambda m: rf"{m[1]} \cdot 10^{{{_SCALES[m[2].lower()]}}}", text)
    return strip_tail(_WHITE.sub(" ", text))


def _commands(text: str) -> str:
    """The same for what a backslash begins: spacing and sizes go, wrappers open, names become short."""
    if _VECTOR.search(text):
        text = _UNIT_VECTOR.sub(_unit_vector, text)
    if "\\\\" in text:
        text = _ROW.sub("\ue002", text) if r"\begin{" in text else _DOUBLED.sub(r"\\", text)
    text = _THIN.sub("", _GROUPED.sub("", _BRACKETS.sub(" ", text)))
    text = _SCALE.sub(
        lambda m: rf"{m[1]} \cdot 10^{{{_SCALES[m[2].lower()]}}}", _MONEY.sub(r"\1 \\text{dollars}", text)
    )
    text = text.replace(r"\!", "").replace(r"\$", " ").replace("$", " ").replace(r"\%", "%")
    text = text.replace(r"\&", " and ").replace(r"\#", " ").replace(r"\_", "_")
    text = _SIZES.sub("", _EMPTY_FENCE.sub("", text))
    text = _JUNK.sub(" ", _SPACES.sub(" ", text))
    if "\\mathbb" in text:
        text = _BLACKBOARD.sub(r"\\mathbb{\1}", text)
    for _ in range(4):
        text, texts = _TEXT.subn(_text_word, text)
        text, wraps = _UNWRAP.subn(r" \1 ", text)
        if not texts and not wraps:
            break
    text = _COMMAND.sub(_rename, text)
    return _DEGREE.sub(r"\\degree ", text) if "\\degree" in text else text


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """The normalised string: cleaned, without spaces but between two digits or two words."""
    text = clean(text).replace("\ue000", " ").replace("\ue001", " ")
    text = _KEPT_SPACE.sub("\x00", _ANY_WHITE.sub(" ", text).strip())
    return text.replace(" ", "").replace("\x00", " ")


def words(text: str) -> str:
    """For answers in words: lower case, letters and digits only, without a leading article."""
    found = re.findall(r"[^\W_]+", _CLOCK_HALF.sub(r"\1m", clean(text).casefold()))
    return " ".join(found[1:] if len(found) > 1 and found[0] in ("the", "a", "an") else found)
