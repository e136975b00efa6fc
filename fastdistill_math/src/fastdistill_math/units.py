"""Units that answers carry: what they measure and by which factor, so that 5 cm is 50 mm and never 5 m."""

import re
from fractions import Fraction

_F = Fraction
_TABLE: dict[str, tuple[tuple[str, str | int | Fraction], ...]] = {
    "length": (
        ("m meter meters metre metres", 1), ("km kilometer kilometers kilometre kilometres", 1000),
        ("cm centimeter centimeters centimetre centimetres", _F(1, 100)),
        ("mm millimeter millimeters millimetre millimetres", _F(1, 1000)),
        ("um micrometer micrometers micron microns", _F(1, 10**6)),
        ("nm nanometer nanometers", _F(1, 10**9)),
        ("in inch inches", _F("0.0254")), ("ft foot feet", _F("0.3048")), ("yd yard yards", _F("0.9144")),
        ("mi mile miles", _F("1609.344")), ("dm decimeter decimeters", _F(1, 10)),
    ),
    "mass": (
        ("g gram grams", 1), ("kg kilogram kilograms kgs", 1000), ("mg milligram milligrams", _F(1, 1000)),
        ("t ton tons tonne tonnes", 10**6), ("lb lbs pound pounds", _F("453.59237")),
        ("oz ounce ounces", _F("28.349523125")),
    ),
    "time": (
        ("s sec secs second seconds", 1), ("min mins minute minutes", 60), ("h hr hrs hour hours", 3600),
        ("day days", 86400), ("week weeks", 604800), ("ms millisecond milliseconds", _F(1, 1000)),
        ("month months", "month"), ("year years yr yrs", "year"),
    ),
    "volume": (
        ("L l liter liters litre litres", _F(1, 1000)),
        ("mL ml milliliter milliliters millilitre millilitres", _F(1, 10**6)),
        ("gal gallon gallons", "gallon"), ("qt quart quarts", "quart"), ("cup cups", "cup"),
    ),
    "angle": (("deg degree degrees °", 1), ("rad radian radians", "rad")),
    "money": (
        ("dollar dollars usd bucks", 1), ("cent cents", _F(1, 100)), ("euro euros eur", "euro"),
        ("rupee rupees", "rupee"), ("yuan", "yuan"), ("yen", "yen"),
    ),
    "other": (
        ("kmh kph", _F(1000, 3600)), ("mph", _F("0.44704")), ("N newton newtons", "newton"),
        ("J joule joules", "joule"), ("W watt watts", "watt"), ("V volt volts", "volt"),
        ("Hz hertz", "hertz"),
        ("K kelvin", "kelvin"), ("mol mole moles", "mole"), ("ha hectare hectares", "hectare"),
        ("acre acres", "acre"),
    ),
}  # fmt: skip
_KIND = {"volume": ("length", 3)}


def _index() -> dict[str, tuple[str, int, Fraction]]:
    found: dict[str, tuple[str, int, Fraction]] = {}
    for kind, rows in _TABLE.items():
        for names, factor in rows:
            for name in names.split():
                if isinstance(factor, str):
                    found[name] = (factor, 1, Fraction(1))
                elif name in ("kmh", "kph", "mph"):
                    found[name] = ("speed", 1, Fraction(factor))
                else:
                    base, power = _KIND.get(kind, (kind, 1))
                    found[name] = (base, power, Fraction(factor))
    return found


UNITS = _index()
_SPACED_ONLY = frozenset(
    ["in", "t", "s", "h", "m", "g", "l", "L", "N", "J", "W", "V", "K", "min", "a", "°"]
)
_WORD = re.compile(r"[^\W\d_]+|\^-?\d+|/|\*|°")


def is_unit(word: str, *, spaced: bool) -> bool:
    """Whether `word` behind a number is a unit; one letter alone is only where a space comes before."""
    return word in UNITS and (spaced or word not in _SPACED_ONLY)


def dimension(text: str) -> tuple[dict[str, int], Fraction] | None:
    """What `km / h ^2` measures (kind: power) and its factor; None where a word is no known unit."""
    powers: dict[str, int] = {}
    factor, sign, last = Fraction(1), 1, None
    pending = 1
    for word in _WORD.findall(text):
        if word in ("/", "per"):
            sign = -1
        elif word in ("square", "sq", "squared", "cubic", "cubed", "cube"):
            extra = 2 if word.startswith("sq") else 3
            if word in ("squared", "cubed") and last is not None:
                kind, power, scale = UNITS[last]
                powers[kind] += sign * power * (extra - 1)
                factor *= scale ** (sign * (extra - 1))
            else:
                pending = extra
        elif word.startswith("^") and last is not None:
            kind, power, scale = UNITS[last]
            extra = int(word[1:]) - 1
            if abs(extra) > 8:
                return None
            powers[kind] += sign * power * extra
            factor *= scale ** (sign * extra)
        elif word in ("*", "a"):
            sign = 1 if word == "*" else -1
        else:
            name = word if word in UNITS else word.lower()
            if name not in UNITS:
                return None
            kind, power, scale = UNITS[name]
            powers[kind] = powers.get(kind, 0) + sign * power * pending
            factor *= scale ** (sign * pending)
            last, pending = name, 1
    kept = {kind: power for kind, power in powers.items() if power}
    if kept == {"length": 1, "time": -1}:
        kept = {"speed": 1}
    return (kept, factor) if last is not None else None
