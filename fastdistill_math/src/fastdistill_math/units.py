"""Units that answers carry: what they measure and by which factor, so that 5 cm is 50 mm and never 5 m.

Which words are units where a text is read is a fixed list, so that reading needs no library. What they
measure is asked
of `pint`, by one name at a time that was tokenised here: its own parser of expressions is never used.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from fastdistill_math.nouns import stem

_SHORT_PREFIXES = ("", "k", "M", "G", "T", "m", "u", "µ", "μ", "n", "p", "c", "d", "h")
_SYMBOLS = "m g s Pa J W V A N Hz eV L l F C T H K mol cal Wh bar B b Bq Sv lm lx Ω ohm"
_LONG_PREFIXES = (
    "",
    "kilo",
    "mega",
    "giga",
    "tera",
    "milli",
    "micro",
    "nano",
    "pico",
    "centi",
    "deci",
    "hecto",
)
_LONG = (
    "meter metre gram second pascal joule watt volt ampere newton hertz electronvolt liter "
    "litre farad coulomb tesla henry kelvin mole calorie ohm byte bit"
)
_OTHERS = """
in inch inches ft foot feet yd yard yards mi mile miles dm nm um micron microns lightyear lightyears
furlong lb lbs pound pounds oz ounce ounces ton tons tonne tonnes t kgs sec secs min mins minute
minutes h hr hrs hour hours day days week weeks month months year years yr yrs decade decades
century centuries gal gallon gallons qt quart quarts pint pints cup cups tablespoon tablespoons
teaspoon teaspoons tbsp tsp deg degree degrees ° rad radian radians degC degF celsius fahrenheit kmh
kph mph km/h rpm ha hectare hectares acre acres atm mmHg psi hp horsepower dozen mole moles amu knot
knots fortnight kWh
"""
_MONEY = {
    "dollar": ("dollar", Fraction(1)),
    "usd": ("dollar", Fraction(1)),
    "buck": ("dollar", Fraction(1)),
    "cent": ("dollar", Fraction(1, 100)),
    "dime": ("dollar", Fraction(1, 10)),
    "nickel": ("dollar", Fraction(1, 20)),
    "euro": ("euro", Fraction(1)),
    "eur": ("euro", Fraction(1)),
    "rupee": ("rupee", Fraction(1)),
    "yuan": ("yuan", Fraction(1)),
    "yen": ("yen", Fraction(1)),
    "peso": ("peso", Fraction(1)),
    "ruble": ("ruble", Fraction(1)),
    "pence": ("pound sterling", Fraction(1, 100)),
}
_SPELLED = {
    "lbs": "pound",
    "kgs": "kilogram",
    "secs": "second",
    "mins": "minute",
    "hrs": "hour",
    "yrs": "year",
    "yr": "year",
    "kmh": "kilometer_per_hour",
    "kph": "kilometer_per_hour",
    "celsius": "degC",
    "fahrenheit": "degF",
    "degc": "degC",
    "degf": "degF",
    "feet": "foot",
    "inches": "inch",
    "centuries": "century",
    "t": "metric_ton",
    "tonne": "metric_ton",
    "tonnes": "metric_ton",
    "sq": "",
    "electronvolt": "electron_volt",
    "sec": "second",
    "hp": "horsepower",
    "ohms": "ohm",
    "fortnights": "fortnight",
    "lightyears": "light_year",
    "in": "inch",
    "h": "hour",
    "C": "coulomb",
    "A": "ampere",
    "F": "farad",
    "T": "tesla",
    "H": "henry",
    "cup": "cup",
}
_EVERYDAY = """
bale bar barrel board book cat chain count cubit dot fold hand line link pin pixel point pole rod
shot span square stone turn unit
"""
_NOUNS = frozenset(_EVERYDAY.split())
"""Everyday words that pint takes for units."""
_TEMPERATURES = {
    "degC": (Fraction(1), Fraction("273.15")),
    "degF": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}

_NO_UNITS = ["cd", "dm", "mb", "pT", "hT", "hs", "ds", "cs", "Ts", "Ms", "Gs", "hb", "cb", "db", "nb", "dA"]
"""Prefixed symbols that nobody means."""
UNITS = frozenset(
    [
        *(prefix + symbol for prefix in _SHORT_PREFIXES for symbol in _SYMBOLS.split()),
        *(prefix + name + end for prefix in _LONG_PREFIXES for name in _LONG.split() for end in ("", "s")),
        *_OTHERS.split(),
        *(name + end for name in _MONEY for end in ("", "s")),
    ]
) - frozenset(_NO_UNITS)
_SPACED_ONLY = frozenset(
    [
        "in",
        "t",
        "s",
        "h",
        "m",
        "g",
        "l",
        "L",
        "N",
        "J",
        "W",
        "V",
        "K",
        "A",
        "F",
        "C",
        "T",
        "H",
        "B",
        "b",
        "min",
        "a",
        "°",
        "ha",
        "pm",
        "am",
    ]
)
_WORD = re.compile(r"[^\W\d_]+|\^-?\d+|/|\*|°")


@frozen
class Measure:
    """Powers of what is measured, the factor to its base unit, and a temperature's zero."""

    powers: Mapping[str, int]
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    nouns: frozenset[str] = field(factory=frozenset)
    """Counted things, by their stem, of which no library knows how they compare."""


def is_unit(word: str, *, spaced: bool) -> bool:
    """Whether `word` behind a number is a unit; one letter alone is only where a space comes before."""
    return word in UNITS and (spaced or word not in _SPACED_ONLY)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)


@lru_cache(maxsize=4096)
def _one(word: str) -> Measure | None:
    """What one word measures; None where it is no unit."""
    money = _MONEY.get(word.lower()) or _MONEY.get(word.lower().removesuffix("s"))
    if money is not None:
        return Measure(MappingProxyType({money[0]: 1}), money[1])
    if word in ("deg", "degree", "degrees", "°"):
        return Measure(MappingProxyType({"angle": 1}))
    if word in ("rad", "radian", "radians"):
        return Measure(MappingProxyType({"radian": 1}))
    name = _SPELLED.get(word) or _SPELLED.get(word.lower()) or word
    if name in _TEMPERATURES:
        factor, offset = _TEMPERATURES[name]
        return Measure(MappingProxyType({"[temperature]": 1}), factor, offset)
    for each in dict.fromkeys((name, name.lower() if len(name) > 3 else name)):
        if (found := _asked(each, known=word in UNITS)) is not None:
            return found
    return None


def _asked(name: str, *, known: bool) -> Measure | None:
    registry = _registry()
    readings = registry.parse_unit_name(name)
    if not known:
        readings = [
            r
            for r in readings
            if not r[0] and len(name) > 3 and r[1] not in _NOUNS and name.rstrip("s") not in _NOUNS
        ]
    if not readings:
        return None
    prefix, unit, _ = min(readings, key=lambda reading: (bool(reading[0]), len(reading[0])))
    from pint.util import UnitsContainer

    factor, base = registry.get_base_units(registry.Unit(UnitsContainer({prefix + unit: 1})))
    powers = {}
    for dimension, power in base.dimensionality.items():
        if power != int(power):
            return None
        powers[str(dimension)] = int(power)
    return Measure(MappingProxyType(powers), Fraction(factor))


@lru_cache(maxsize=4096)
def measure(text: str) -> Measure | None:
    """What `km / h ^2` measures; words that no library knows are counted things. None without any word."""
    powers: dict[str, int] = {}
    nouns: set[str] = set()
    factor, sign, pending = Fraction(1), 1, 1
    last: tuple[Measure, int] | None = None
    words = _WORD.findall(text.replace("\\cdot", "*").replace("\\times", "*"))
    for at, word in enumerate(words):
        if word in ("/", "per") or (word == "a" and at):
            sign = -1
        elif word in ("*", "of", "and", "the", "each", "a", "an"):
            sign = 1 if word == "*" else sign
        elif word in ("square", "sq", "cubic", "cube"):
            pending = 2 if word.startswith("sq") else 3
        elif word in ("squared", "cubed") or word.startswith("^"):
            power = int(word[1:]) if word.startswith("^") else 2 if word == "squared" else 3
            if last is None or not -9 <= power <= 9:
                return None
            factor *= _add(powers, last[0], last[1] * (power - 1))
        else:
            found = _one(word)
            if found is None:
                nouns.add(stem(word))
                continue
            if len(words) == 1:
                return found
            factor *= _add(powers, found, sign * pending)
            last, pending = (found, sign * pending), 1
    if last is None and not nouns:
        return None
    kept = {kind: power for kind, power in powers.items() if power}
    return Measure(MappingProxyType(kept), factor, Fraction(0), frozenset(nouns))


def _add(powers: dict[str, int], found: Measure, times: int) -> Fraction:
    for kind, power in found.powers.items():
        powers[kind] = powers.get(kind, 0) + power * times
    return found.factor**times
