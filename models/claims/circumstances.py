"""Where, when and which way: what a sentence says around a claim, and whether it denies it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.claims.binding import Bound
from models.claims.claim import DIRECTIONS
from models.claims.grammar import Grammars
from models.claims.tokens import CLAUSE_ENDS, Sentence

_COME_OR_GO = ("arriving", "leaving", "returning")
_ABLATIVE = ("дан", "ден", "тан", "тен", "нан", "нен")
_LOCATIVE = ("да", "де", "та", "те", "дағы", "дегі", "тағы", "тегі")
_DATIVE = ("ға", "ге", "қа", "ке", "на", "не")
_LOOK_BACK = 3
_DENIAL_REACH = 34
_OTHER_CLAUSE = 6  # how much farther a word of another clause counts as


def direction(sentence: Sentence, bound: Bound) -> str:
    """Which way the people go, by the nearest word that says so; ``total`` where that lasted for years."""
    found = [
        (_distance(sentence, at, length, bound), -length, name)
        for at in range(len(sentence))
        for name in DIRECTIONS
        if (length := sentence.has(at, f"dir:{name}")) and not sentence.has(at - 1, "measure")
    ]
    best = min(found)[2] if found else "present"
    return "total" if best in _COME_OR_GO and _over_years(sentence) else best


def _distance(sentence: Sentence, at: int, length: int, bound: Bound) -> int:
    """Tokens between a word and the claim; words of other clauses count as farther, and those before a little."""
    start, end = bound.quantity.start, bound.end
    if start <= at < end:
        return 0 if at >= bound.quantity.end else 1
    between = range(at + length, start) if at < start else range(end, at)
    breaks = sum(sentence.tokens[place].text in CLAUSE_ENDS for place in between)
    return 2 * len(between) + _OTHER_CLAUSE * breaks + (at < start)


def _over_years(sentence: Sentence) -> bool:
    """ "since 1991", "за тридцать лет", "соңғы бес жылда": not one year's flow."""
    for at in range(len(sentence)):
        if sentence.has(at, "period") and not sentence.has(at, "this_year"):
            return _counted_years(sentence, at)
        if sentence.tokens[at].is_year and _since(sentence, at):
            return True
    return False


def _counted_years(sentence: Sentence, at: int) -> bool:
    """A bare word for years needs a number of them before it ("тридцать лет"), a longer phrase does not."""
    if sentence.has(at, "period") > 1 or sentence.tokens[at].text.startswith(("десятил", "decade", "онжыл")):
        return True
    before = sentence.tokens[at - 1] if at else None
    if before is None:
        return False
    spelled = sentence.number_of(at - 1, "numerals")
    value = before.value if before.bare and not before.is_year else spelled or 0
    spans = sentence.grammar.lang == "kk" or sentence.tokens[max(0, at - 3)].text in _DURING
    return (value >= 2 and spans) or before.text in ("last", "past", "several", "несколько")


_DURING = frozenset({"in", "over", "за", "last", "past", "the"})


def _since(sentence: Sentence, at: int) -> bool:
    if sentence.grammar.lang == "kk":
        return any(sentence.has(place, "since") for place in range(at + 1, min(at + 4, len(sentence))))
    return any(sentence.has(place, "since") for place in range(max(0, at - 2), at))


def year(sentence: Sentence, bound: Bound, published: date | None) -> int | None:
    """The year the claim is of: the nearest one named, else "last year" or "this year" of a known day of publication.

    A year since when something lasts is not the year of the figure.
    """
    named = [
        (abs(at - bound.quantity.start), int(token.value))
        for at, token in enumerate(sentence.tokens)
        if token.is_year and not bound.quantity.start <= at < bound.end and _dates(sentence, at)
    ]
    if named:
        return min(named)[1]
    if published is None:
        return None
    for name, back in (("last_year", 1), ("this_year", 0)):
        if any(sentence.has(at, name) for at in range(len(sentence))):
            return published.year - back
    return None


def _dates(sentence: Sentence, at: int) -> bool:
    """Whether four digits are a year here, and not the beginning of a period."""
    if _since(sentence, at):
        return False
    return bool(sentence.has(at + 1, "year") or sentence.has(at - 1, "date_before"))


def place(sentence: Sentence, bound: Bound, grammars: Grammars, which: str) -> str | None:
    """Where the people are or come to; of those who leave where they go, else where they leave."""
    return next((name for name in _nearest(sentence, bound, grammars, which) if name not in _NOWHERE), None)


def away(sentence: Sentence, bound: Bound, grammars: Grammars, which: str) -> bool:
    """Whether the people are, or go, outside the region."""
    return any(grammars.places[name].abroad for name in _nearest(sentence, bound, grammars, which)[:1])


def _nearest(sentence: Sentence, bound: Bound, grammars: Grammars, which: str) -> list[str]:
    """Places named in a fitting role, the best first."""
    going = which == "leaving" or bound.target == "emigrant"
    cost = _COST_GOING if going else _COST_EXPELLED if which == "expelled" else _COST
    found: list[tuple[int, str]] = []
    for at in range(len(sentence)):
        named = sentence.labelled(at, "place:")
        if not named or bound.quantity.start <= at < bound.quantity.end:
            continue
        role = _role(sentence, at, named[1])
        inside = bound.quantity.end <= at < bound.end and role in ("from", "of")
        noun = role == "of" and sentence.labelled(at, "adj:") is not None  # "қытай" is a people here
        if role in cost and not inside and not noun and _may_be(named[0], bound, grammars, role):
            found.append((cost[role] + _distance(sentence, at, named[1], bound), named[0]))
    return [name for _, name in sorted(found)]


_NOWHERE = frozenset({"abroad", "central_asia"})
# How many tokens farther a place seems for the role it is named in; roles left out do not count.
_COST = {"in": 0, "to": 0, "of": 6}
_COST_EXPELLED = {"in": 0, "of": 2, "from": 6}
_COST_GOING = {"to": 0, "in": 20, "from": 40, "of": 40}


def _may_be(name: str, bound: Bound, grammars: Grammars, role: str) -> bool:
    """A country whose own people are counted is where they are from, unless it is said that they are in it."""
    return role in ("in", "to") or grammars.places[name].target != bound.target


def _role(sentence: Sentence, at: int, length: int) -> str:
    """in, to, from, or of (named with neither); none where it only says whose citizens people are."""
    if sentence.grammar.lang == "kk":
        return _kazakh_role(sentence, at + length - 1)
    for back in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
        for name in ("place_from", "place_in", "place_to"):
            if sentence.has(back, name):
                return name.removeprefix("place_")
        if sentence.tokens[back].kind != "word":
            break
    whose = at - 1 - (at > 0 and sentence.tokens[at - 1].text == "of")
    return "none" if whose >= 0 and sentence.has(whose, "person") else "of"


def _kazakh_role(sentence: Sentence, at: int) -> str:
    word = sentence.tokens[at].text
    if word.endswith(_ABLATIVE):
        return "from"
    if word.endswith(_DATIVE):
        return "to"
    return "in" if word.endswith(_LOCATIVE) else "of"


def rejected(sentence: Sentence, bound: Bound, others: Sequence[Bound]) -> bool:
    """Whether the sentence denies the number."""
    if _negated(sentence, bound):
        return True
    at = _denial(sentence, bound, others)
    return at is not None and not _corrects(sentence, bound, at)


def _negated(sentence: Sentence, bound: Bound) -> bool:
    """ "не 500 тысяч", "500 мың емес", "not 500,000"; not "не менее", "no fewer than"."""
    start = bound.quantity.start
    for place in (start, bound.quantity.core):
        begin = sentence.before(place, "not_before")
        if begin is not None and not sentence.has(begin, "not_phrase"):
            return True
    if any(
        sentence.has(at, "not_before") and not sentence.has(at, "not_phrase")
        for at in range(start, bound.quantity.core)
    ):
        return True
    after = (bound.quantity.end, bound.end)
    return any(sentence.has(at, "not_after") and not _whole_phrase(sentence, at) for at in after)


def _whole_phrase(sentence: Sentence, at: int) -> bool:
    """ "кем емес" and its like deny nothing."""
    return sentence.before(at + 1, "not_phrase") is not None


def _denial(sentence: Sentence, bound: Bound, others: Sequence[Bound]) -> int | None:
    """Where a word of denial stands that speaks of this number: nearer to it than to any other."""
    for at in range(len(sentence)):
        length = sentence.has(at, "deny")
        if not length or bound.quantity.start <= at < bound.end or _of_papers(sentence, at, length):
            continue
        own = _distance(sentence, at, length, bound)
        if own <= _DENIAL_REACH and all(own <= _distance(sentence, at, length, other) for other in others):
            return at
    return None


def _of_papers(sentence: Sentence, at: int, length: int) -> bool:
    """ "с поддельными паспортами", "визасы жалған": papers are false, not the claim."""
    after = range(at + length, min(at + length + 3, len(sentence)))
    return any(sentence.has(place, "papers") for place in (at - 1, *after))


def _corrects(sentence: Sentence, bound: Bound, denial: int) -> bool:
    """ "... на самом деле 5 тысяч": a number that follows the denial as the truth."""
    if denial > bound.quantity.start:
        return False
    between = range(denial + 1, bound.quantity.end)
    return any(sentence.has(at, "correct") for at in between)
