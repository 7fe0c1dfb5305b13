"""Adding up one number from digits, words and magnitudes."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from models.claims.tokens import Sentence
from models.transliteration import skeleton

HUNDRED, THOUSAND = 100, 1000


@dataclass(slots=True)
class Amount:
    """One number: value, end, the factor of its last magnitude (1: none), and the digits or words before that."""

    value: float
    end: int
    factor: float
    coefficient: float


def amount(sentence: Sentence, place: int) -> Amount | None:
    """The number that begins at a token; None where none does."""
    run = _Run(sentence, joins=sentence.before(place, "range_from") is None)
    at = place
    while at < len(sentence) and (taken := run.take(at)):
        at += taken
    return run.result(place, at)


class _Run:
    """Adding up the atoms of one number."""

    def __init__(self, sentence: Sentence, joins: bool) -> None:
        self._sentence, self._joins = sentence, joins
        self._total = 0.0
        self._current: float | None = None
        self._unit = inf
        self._coefficient = 0.0
        self._digits = self._closed = self._halved = self._invalid = False
        self._atoms = 0
        self._small = 1.0

    def take(self, at: int) -> int:
        """Add what stands at a token; how many tokens that was, 0 where the number does not go on."""
        token = self._sentence.tokens[at]
        if self._closed:
            return 0
        if token.kind == "number":
            return self._take_digits(at)
        if token.kind != "word":
            return self._take_hyphen(at)
        if length := self._take_hedge(at):
            return length
        length = self._take_half(at) or self._take_word(at) or self._take_magnitude(at)
        return length or self._take_and(at)

    def _take_digits(self, at: int) -> int:
        token = self._sentence.tokens[at]
        if self._current is not None or (self._atoms and not self._fits(token.value, at)):
            return 0
        value = token.value
        if token.thousands and self._magnitude(at + 1):
            value = float(token.text.replace(",", "."))  # "1,250 million" is a decimal after all
        self._current, self._digits = value, True
        self._atoms += 1
        if token.tail:
            self._close_tail(token.tail)
        return 1

    def _fits(self, value: float, at: int) -> bool:
        """Digits after a magnitude go on with the number if they are smaller: "60 тысяч 210", "1 млн 100 тысяч"."""
        following = self._magnitude(at + 1) or 1
        return value * following < self._unit and not self._sentence.tokens[at].is_year

    def _close_tail(self, tail: str) -> None:
        """What hangs on digits: a scale ("500-тысячная"), an ending, or something that makes it no count ("25-летний")."""
        grammar = self._sentence.grammar
        scale = next((factor for stem, factor in grammar.scales.items() if tail.startswith(stem)), None)
        spelled = (
            {skeleton(each) for each in grammar.count_tails} if self._sentence.latin else grammar.count_tails
        )
        self._invalid = scale is None and (skeleton(tail) if self._sentence.latin else tail) not in spelled
        self._current = (self._current or 0) * (scale or 1)
        self._closed = scale is not None or grammar.lang != "kk"

    def _take_half(self, at: int) -> int:
        """ "с половиной", "жарым", "and a half": half of the magnitude that follows, or of the one before."""
        length = self._sentence.has(at, "half")
        if not length or (self._current is None and not self._total):
            return 0
        if self._current is None:
            self._total += self._unit / 2
        else:
            self._current += 0.5
            self._halved = True
        return length

    def _take_word(self, at: int) -> int:
        value = self._sentence.number_of(at, "numerals")
        if value is None:
            value = self._sentence.number_of(at, "ones") if self._may_be_one(at) else None
        if value is None or self._digits or value >= self._unit:
            return 0
        if self._current is None:
            self._current = value
        elif _adds(self._current, value):
            self._current += value
        else:
            return 0
        self._atoms += 1
        return 1

    def _may_be_one(self, at: int) -> bool:
        """A lone "one" counts nobody: only in "twenty one" or before a magnitude."""
        return bool(self._current) or bool(self._magnitude(at + 1)) or self._sentence.has(at + 1, "half") > 0

    def _take_magnitude(self, at: int) -> int:
        factor = self._magnitude(at)
        if not factor:
            return 0
        if factor < THOUSAND:
            if self._current is not None and self._current >= max(factor, HUNDRED):
                return 0
            if self._current is not None and self._current % 1 and not self._halved:
                return 0
            if self._unit <= factor:
                return 0
            self._coefficient, self._small = self._current or 1, factor
            self._current = self._coefficient * factor
        else:
            if factor >= self._unit:
                return 0
            self._coefficient = self._current if self._current is not None else 1
            self._total += self._coefficient * factor
            self._current, self._unit, self._digits = None, factor, False
        self._atoms += 1
        return 1

    def _magnitude(self, at: int) -> float:
        return self._sentence.number_of(at, "magnitudes") or 0

    def _take_hedge(self, at: int) -> int:
        """ "пятнадцати с лишним тысяч"."""
        length = self._sentence.has(at, "more_after")
        return length if length and self._atoms and self._magnitude(at + length) >= THOUSAND else 0

    def _take_hyphen(self, at: int) -> int:
        """ "forty-seven"; "двадцать-тридцать" is a range."""
        s = self._sentence
        if (
            s.tokens[at].text != "-"
            or s.tokens[at].spaced
            or self._digits
            or not self._current
            or self._current % 10
        ):
            return 0
        unit = s.number_of(at + 1, "numerals") or s.number_of(at + 1, "ones") or 10
        return 1 if unit < 10 and self._current % 100 >= 20 else 0

    def _take_and(self, at: int) -> int:
        """ "two hundred and fifty"."""
        s = self._sentence
        joined = self._joins and s.tokens[at].text == "and" and at and not self._digits
        if not joined or s.number_of(at - 1, "magnitudes") is None or s.number_of(at + 1, "numerals") is None:
            return 0
        return 1

    def result(self, start: int, end: int) -> Amount | None:
        """What the atoms add up to."""
        value = round(self._total + (self._current or 0), 4)
        if not self._atoms or value <= 0 or self._invalid:
            return None
        factor = self._small if not self._total else self._unit if self._current is None else 1.0
        if not self._total and value != self._coefficient * factor:
            factor = 1.0
        return Amount(value, end, factor, self._coefficient if factor > 1 else value)


def _adds(current: float, value: float) -> bool:
    """Whether a smaller word goes on with a number: "жүз жиырма", "twenty five"; not "бес алты"."""
    for step in (1000, 100, 10):
        if current % step == 0:
            return value < step and (step > 10 or value < 10)
    return False


def fraction_of_magnitude(sentence: Sentence, place: int) -> Amount | None:
    """ "half a million", "четверть миллиона", "жарты миллион"."""
    share = sentence.number_of(place, "fractions")
    if share is None:
        return None
    at = place + 1
    while at < min(place + 3, len(sentence)) and sentence.tokens[at].text in ("a", "of"):
        at += 1
    factor = sentence.number_of(at, "magnitudes") or 0
    if factor < THOUSAND:
        return None
    value = float(round(share * factor, -2 if share in (0.3333, 0.1667) else 0))
    return Amount(value, at + 1, factor, share)
