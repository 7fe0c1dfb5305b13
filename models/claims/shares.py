"""Shares of people: percent, fractions, "каждый десятый", "әр оныншы", "nine in ten"."""

from __future__ import annotations

from models.claims import amounts, numbers
from models.claims.numbers import Quantity
from models.claims.tokens import Sentence

_DIGITS = 4
_OF_SO_MANY = ("тен", "дан", "ден", "тан", "нан", "ten", "dan", "den", "tan", "nan")
_WHOLES = (3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100)  # "2 of 12" is two people, not a share


def share(sentence: Sentence, place: int) -> Quantity | None:
    """The share that begins at a token; None where none does."""
    for read in (_each, _fraction, _of_so_many, _percent):
        found = read(sentence, place)
        if found and 0 < found.low <= found.high <= 1:
            found.unit = "share"
            return found
    return None


def _made(low: float, high: float, start: int, end: int) -> Quantity:
    return Quantity(round(low, _DIGITS), round(high, _DIGITS), start, end, core=start)


def _percent(sentence: Sentence, place: int) -> Quantity | None:
    """ "40 %", "40 процентов", "30-40 пайызы", "от 30 до 40 %"."""
    found = _plain(sentence, place)
    if found is None:
        return None
    sign = sentence.is_mark(found.end, "%")
    length = 1 if sign else sentence.has(found.end, "percent")
    if not length:
        return None
    end = found.end + length
    if sign and sentence.is_mark(end, "-") and not sentence.tokens[end].spaced:
        end += 2  # "%-ы"
    return _made(found.low / 100, found.high / 100, place, min(end, len(sentence)))


def _plain(sentence: Sentence, place: int) -> Quantity | None:
    """The number of a percentage, which need not be whole."""
    return numbers.definite(sentence, place)


def _each(sentence: Sentence, place: int) -> Quantity | None:
    """ "каждый десятый", "әр оныншы", "every third"."""
    length = sentence.has(place, "each")
    if not length:
        return None
    value = sentence.number_of(place + length, "ordinals")
    if value is None:
        return _of_every(sentence, place, place + length)
    return _made(1 / value, 1 / value, place, place + length + 1)


def _of_every(sentence: Sentence, start: int, place: int) -> Quantity | None:
    """ "әр он тәжіктің тоғызы"."""
    if sentence.grammar.lang != "kk":
        return None
    whole = sentence.number_of(place, "numerals") or sentence.number_of(place, "magnitudes")
    for at in range(place + 1, min(place + 5, len(sentence))):
        text = sentence.tokens[at].text
        part = (
            _part(sentence, at) if text.endswith(("ы", "і")) and sentence.tokens[at].kind == "word" else None
        )
        if part and whole in _WHOLES and part < whole:
            return _made(part / whole, part / whole, start, at + 1)
    return None


def _fraction(sentence: Sentence, place: int) -> Quantity | None:
    """ "треть", "две трети", "two-thirds", "үштен бірі", "половина"; not the half of a million."""
    if sentence.tokens[place].kind == "other":
        return _written(sentence, place)
    if sentence.grammar.lang == "kk":
        found = _kazakh(sentence, place)
        if found:
            return found
    if amounts.fraction_of_magnitude(sentence, place) or _ordinal_before(sentence, place):
        return None
    value = sentence.number_of(place, "fractions")
    if value is not None and _stands_alone(sentence, place):
        return _made(value, value, place, place + 1)
    return _several_parts(sentence, place)


def _ordinal_before(sentence: Sentence, place: int) -> bool:
    """ "first half of the year", "во второй половине"."""
    before = place - 1
    return sentence.number_of(before, "ordinals") is not None or (
        before >= 0 and sentence.tokens[before].text in ("first", "первой", "первая", "первую")
    )


def _stands_alone(sentence: Sentence, place: int) -> bool:
    """An English "third" is a fraction only after "a" or before "of"; a Russian "пятая" only before "часть"."""
    text, after = sentence.tokens[place].text, place + 1
    if sentence.grammar.lang == "en" and text == "half":
        return after < len(sentence) and (
            sentence.tokens[after].text in ("of", "the", "all", "our", "its", "their", "these", "those")
            or sentence.tokens[after].text.endswith("s")
        )
    if sentence.grammar.lang == "en":
        article = place > 0 and sentence.tokens[place - 1].text in ("a", "one")
        return article or (after < len(sentence) and sentence.tokens[after].text == "of")
    if sentence.grammar.lang == "ru" and text.startswith(("пят", "десят", "четверт")):
        return text.startswith("четверть") or (
            after < len(sentence) and sentence.tokens[after].text.startswith("част")
        )
    return True


def _several_parts(sentence: Sentence, place: int) -> Quantity | None:
    """ "две трети", "three quarters"."""
    count = sentence.number_of(place, "numerals")
    at = place + 1 + (sentence.is_mark(place + 1, "-") and not sentence.tokens[place + 1].spaced)
    value = sentence.number_of(at, "fractions")
    if count is None or value is None or count > 9:
        return None
    exact = round(1 / value)
    return _made(count / exact, count / exact, place, at + 1)


def _written(sentence: Sentence, place: int) -> Quantity | None:
    """ "1/3"."""
    part, slash, whole = sentence.tokens[place].text.partition("/")
    if not slash or not part.isdigit() or not whole.isdigit() or not 0 < int(part) < int(whole) <= 20:
        return None
    return _made(int(part) / int(whole), int(part) / int(whole), place, place + 1)


def _kazakh(sentence: Sentence, place: int) -> Quantity | None:
    """ "үштен бірі", "оннан жетеуі", "бестен екі бөлігі"."""
    token = sentence.tokens[place]
    whole = token.value if token.kind == "number" else sentence.number_of(place, "numerals")
    spelled = token.tail if token.kind == "number" else sentence.spelled(place)
    if not whole or not spelled.endswith(_OF_SO_MANY):
        return None
    part = _part(sentence, place + 1)
    if part is None or not 0 < part < whole <= 100:
        return None
    end = place + 2
    while end < len(sentence) and sentence.tokens[end].text.startswith(("бөліг", "бөлег")):
        end += 1
    return _made(part / whole, part / whole, place, end)


_PARTS = {"бір": 1, "екі": 2, "үш": 3, "төрт": 4, "жеті": 7, "сегіз": 8, "тоғыз": 9, "алты": 6, "бес": 5}


def _part(sentence: Sentence, place: int) -> float | None:
    """The numerator, with a possessive ending ("бірі", "екісі", "жетеуі") or before "бөлігі"."""
    if not 0 <= place < len(sentence):
        return None
    if sentence.tokens[place].kind == "number":
        return sentence.tokens[place].value
    value = sentence.number_of(place, "numerals") or sentence.number_of(place, "ones")
    if value is not None:
        return value
    text = sentence.tokens[place].text
    return next(
        (number for stem, number in _PARTS.items() if text.startswith(stem) and len(text) <= len(stem) + 5),
        None,
    )


def _of_so_many(sentence: Sentence, place: int) -> Quantity | None:
    """ "восемь из десяти дворников", "nine in ten", "one out of every three"."""
    one = sentence.number_of(place, "ones")
    part = _made(one, one, place, place + 1) if one else numbers.definite(sentence, place)
    at = _between(sentence, part.end) if part else None
    if part is None or at is None:
        return None
    whole = sentence.number_of(at, "numerals") or sentence.number_of(at, "magnitudes")
    if whole is None and at < len(sentence) and sentence.tokens[at].bare:
        whole = sentence.tokens[at].value
    if whole not in _WHOLES or part.high >= whole or (part.high > 10 and whole < 100):
        return None
    return _made(part.low / whole, part.high / whole, place, at + 1)


def _between(sentence: Sentence, at: int) -> int | None:
    """Past the words between part and whole; None where they are not those."""
    texts = [token.text for token in sentence.tokens[at : at + 3]]
    for words in (["out", "of", "every"], ["out", "of"], ["in", "every"], ["in"], ["из", "каждых"], ["из"]):
        if texts[: len(words)] == words:
            return at + len(words)
    return None
