"""The number grammar: what amounts a sentence names, where, how hedged.

Digits with any separators ("500 000", "1,5 млн"), words ("үш жүз мың", "two and a half million"), both together, ranges
("от 300 до 500 тысяч", "5-6 thousand") and vague plurals ("десятки тысяч": from two of the unit to just below ten).
"""

from __future__ import annotations

from dataclasses import dataclass

from models.claims.amounts import HUNDRED, THOUSAND, Amount, amount, fraction_of_magnitude
from models.claims.tokens import Sentence

_VAGUE_LOW, _VAGUE_HIGH = 2, 10
_ABLATIVE = ("дан", "ден", "тан", "тен", "нан", "нен")
_POSSESSIVE = (
    "ы", "і", "сы", "сі", "ын", "ін", "сын", "сін", "ына", "іне", "сына", "сіне", "ында", "інде", "ының", "інің", "сының",
    "сінің", "дайы", "дейі", "ынан", "інен",
)  # fmt: skip


@dataclass(slots=True)
class Quantity:
    """An amount at tokens `start` to `end` (exclusive), hedges included."""

    low: float
    high: float
    start: int
    end: int
    hedge: str = "exact"
    unit: str = "persons"
    core: int = 0
    """First token of the number itself, after the words that hedge it."""
    year: bool = False
    """Four bare digits that may name a year."""
    partial: bool = False
    """So many of those named before ("139-ы", "780 of them")."""
    vague: bool = False
    collective: bool = False
    """Said of a community as a whole: "500-тысячная диаспора", "a 500,000-strong community"."""


def vague(sentence: Sentence, place: int) -> Quantity | None:
    """ "десятки тысяч", "жүздеген", "several thousand": between two and ten of the unit."""
    start = place
    several, couple = sentence.has(place, "several"), sentence.has(place, "couple")
    if several or couple:
        return _several(sentence, place, several or couple, bool(couple))
    factor = 1.0
    if sentence.grammar.lang == "kk" and sentence.number_of(place + 1, "plural"):
        factor = sentence.number_of(place, "numerals") or sentence.number_of(place, "magnitudes") or 1.0
        place += factor > 1
    unit = sentence.number_of(place, "plural")
    if unit is None or _singular(sentence, place):
        return None
    if inverted := _inverted(sentence, place, unit):
        return inverted
    at = place + 1
    while at < len(sentence) and sentence.tokens[at].text == "of":
        at += 1
    following = sentence.number_of(at, "magnitudes") or sentence.number_of(at, "plural") or 0
    if following > unit:
        unit, place = unit * following, at
    return _between(unit * factor, start, place + 1)


def _singular(sentence: Sentence, place: int) -> bool:
    """ "около тысячи", "более тысячи трехсот": a genitive singular that looks like the plural."""
    if sentence.tokens[place].text not in ("тысячи", "сотни"):
        return False
    hedged = any(sentence.before(place, name) is not None for name in ("about", "more", "less"))
    following = sentence.number_of(place + 1, "numerals") or 0
    return hedged or following >= HUNDRED


def _inverted(sentence: Sentence, place: int, unit: float) -> Quantity | None:
    """ "тысяч пять": about five thousand."""
    value = sentence.number_of(place + 1, "numerals")
    if (
        value is None
        or value >= HUNDRED
        or not sentence.tokens[place].text.endswith(("тысяч", "миллионов", "сотен"))
    ):
        return None
    return Quantity(value * unit, value * unit, place, place + 2, "about", core=place)


def _several(sentence: Sentence, place: int, length: int, couple: bool) -> Quantity | None:
    at = place + length
    unit = sentence.number_of(at, "magnitudes") or sentence.number_of(at, "plural")
    if unit is None or unit < 10:
        return None
    unit = 10 if unit < HUNDRED else unit
    following = sentence.number_of(at + 1, "magnitudes") or 0
    if following > unit:
        unit, at = unit * following, at + 1
    if couple:
        return Quantity(2 * unit, 2 * unit, place, at + 1, "about", core=place)
    return _between(unit, place, at + 1)


def _between(unit: float, start: int, end: int) -> Quantity:
    return Quantity(_VAGUE_LOW * unit, _VAGUE_HIGH * unit - 1, start, end, "about", core=start, vague=True)


def definite(sentence: Sentence, place: int) -> Quantity | None:
    """One number or a range of two; digits with a tail that counts nothing ("25-летний", "5-й") give none."""
    first = fraction_of_magnitude(sentence, place) or amount(sentence, place)
    if first is None:
        return None
    if _is_compound(sentence, first.end):
        return None
    token = sentence.tokens[place]
    lone = first.end == place + 1
    second = None if lone and token.is_year and not _year_range(sentence, first) else _second(sentence, first)
    if second:
        low = second.value if _changed(sentence, place) else _scaled(first, second)
        return Quantity(low, second.value, place, second.end, core=place)
    found = Quantity(first.value, first.value, place, first.end, core=place)
    found.year = lone and token.is_year
    found.collective = _is_collective(sentence, first.end - 1)
    found.partial = lone and bool(token.tail) and token.tail in _POSSESSIVE
    if found.partial and found.low == 1:
        return None  # "мемлекеттердің 1-і" is one of them
    if sentence.grammar.lang == "kk" and not found.partial:
        found.partial = _possessed(sentence, first.end - 1)
    return (
        found if found.low == int(found.low) or first.factor > 1 or _is_share(sentence, first.end) else None
    )


def _is_compound(sentence: Sentence, place: int) -> bool:
    """ "three-day", "sixty-two-year-old": a hyphen joins the number to a word that is no number."""
    hyphen = sentence.is_mark(place, "-") and not sentence.tokens[place].spaced
    if not hyphen or place + 1 >= len(sentence) or sentence.tokens[place + 1].spaced:
        return False
    following = sentence.tokens[place + 1]
    numeral = sentence.tokens[place + 1].numeral
    return following.kind == "word" and not numeral and following.text not in ("strong", "odd", "plus")


def _changed(sentence: Sentence, place: int) -> bool:
    """ "выросло с 20 до 36 тысяч": of a change, the new figure is the claim."""
    if not any(
        sentence.has(place - 1, "range_from") and sentence.has(at, "change") for at in range(place - 4, place)
    ):
        return False
    return bool(sentence.grammar.lang != "kk")


def _is_share(sentence: Sentence, place: int) -> bool:
    return sentence.is_mark(place, "%") or sentence.has(place, "percent") > 0


_COLLECTIVE = ("тысячн", "миллионн", "strong", "мыңдық", "миллиондық", "дық")


def _is_collective(sentence: Sentence, place: int) -> bool:
    """An adjective made of a number: it says how large a community is."""
    token = sentence.tokens[place]
    text = token.tail if token.kind == "number" else token.text
    return any(each in text for each in _COLLECTIVE)


def _possessed(sentence: Sentence, place: int) -> bool:
    """ "64 мыңы": a magnitude with a possessive ending."""
    token = sentence.tokens[place]
    if token.kind != "word" or sentence.number_of(place, "magnitudes") is None:
        return False
    return any(token.text.endswith(ending) for ending in ("ы", "і", "ын", "ін", "ында", "інде", "дайы"))


def _year_range(sentence: Sentence, first: Amount) -> bool:
    """ "1500-2000 мигрантов" is a range of people only where one end is no year, or the magnitude says so."""
    second = amount(sentence, first.end + 1) if sentence.is_mark(first.end, "-") else None
    return second is not None and not sentence.tokens[first.end + 1].is_year


def _second(sentence: Sentence, first: Amount) -> Amount | None:
    """The other end of a range, where what follows the first number makes one."""
    at = first.end
    if sentence.is_mark(at, "-"):
        second = amount(sentence, at + 1)
    elif length := _joins(sentence, at):
        second = amount(sentence, at + length)
    elif _ablative(sentence, at - 1):
        second = amount(sentence, at)
        if second and not sentence.has(second.end, "range_end"):
            return None
    else:
        return None
    if second is None:
        return None
    low = _scaled(first, second)
    return second if 0 < low < second.value and not _apart(sentence, first, second, at) else None


def _apart(sentence: Sentence, first: Amount, second: Amount, at: int) -> bool:
    """A spaced dash between two numbers with nothing in common is no range: "из 1200 - 780 китайцев"."""
    return sentence.is_mark(at, "-") and second.value > 20 * max(_scaled(first, second), 1)


def _joins(sentence: Sentence, at: int) -> int:
    """Words between the ends of a range; "до", "and", "бен" only where something before or after completes them."""
    if length := sentence.has(at, "range_or"):
        return length
    if length := sentence.has(at, "range_with"):
        second = amount(sentence, at + length)
        return length if second and sentence.has(second.end, "range_end") else 0
    length = sentence.has(at, "range_to")
    if not length:
        return 0
    back = at
    while back > 0 and at - back < 6 and not sentence.has(back, "range_from"):
        back -= 1
    return length if sentence.has(back, "range_from") or sentence.tokens[at].text == "to" else 0


def _ablative(sentence: Sentence, place: int) -> bool:
    """ "300 мыңнан", "300-ден"."""
    token = sentence.tokens[place]
    if sentence.grammar.lang != "kk":
        return False
    text = token.tail if token.kind == "number" else sentence.spelled(place)
    return text.endswith(_ABLATIVE) or (
        sentence.latin and text.endswith(("dan", "den", "tan", "ten", "nan", "nen"))
    )


def _scaled(first: Amount, second: Amount) -> float:
    """ "300-500 тысяч": the first number takes the magnitude of the second, if it has none and is not larger."""
    if first.factor < THOUSAND <= second.factor and first.value <= second.coefficient:
        return first.value * second.factor
    return first.value


def widen(sentence: Sentence, found: Quantity) -> Quantity:
    """Take in the hedges around a number ("более", "шамамен", "астам", "or so")."""
    found.core = found.start
    while (hedged := _hedge_before(sentence, found.start)) is not None:
        name, found.start = hedged
        if name != "just" and found.hedge in ("exact", "about") and not (name == "about" and found.vague):
            found.hedge = name if not found.vague or name != "about" else found.hedge
    found.end += sentence.has(found.end, "range_end") if found.low < found.high else 0
    for name in ("more", "about", "less"):
        if length := sentence.has(found.end, f"{name}_after"):
            found.hedge, found.end = name, found.end + length
    return found


def _hedge_before(sentence: Sentence, start: int) -> tuple[str, int] | None:
    found: tuple[str, int] | None = None
    for name in ("more", "less", "about", "just", "range_from"):
        begin = sentence.before(start, name)
        if begin is not None and (found is None or begin < found[1]):
            found = ("just" if name == "range_from" else name, begin)
    return found
