"""Claims: numbers of people that a sentence asserts of a target group.

``extract`` reads one sentence; what it knows of words stands in the files beside it (see `models.claims.grammar`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models import lexicon
from models import targets as target_rules
from models.claims import circumstances, numbers, portions, shares, tokens
from models.claims.binding import Binder, Bound
from models.claims.claim import DIRECTIONS, HEDGES, UNITS, Claim
from models.claims.grammar import Grammars, default, load
from models.claims.numbers import Quantity
from models.claims.scene import Scene
from models.claims.tokens import Sentence
from models.lexicon import Match

__all__ = ["DIRECTIONS", "HEDGES", "UNITS", "Claim", "Grammars", "default", "extract", "load"]


def extract(
    text: str,
    lang: str,
    targets: Sequence[str] | None = None,
    matches: Sequence[Match] | None = None,
    year_of: date | None = None,
    grammars: Grammars | None = None,
) -> list[Claim]:
    """Find the claims of one sentence.

    Args:
        text: the sentence.
        lang: its language; one without a grammar has no claims.
        targets: whom the sentence is about, as the reader found (its neighbours may have lent them). They are taken
            where a number counts no more than "people" or "them". Left out, the target rules are asked.
        matches: what the lexicon found in the sentence; looked up where left out.
        year_of: the day of publication, to which "last year" refers; without it such words name no year.
        grammars: the project's own where left out.

    Returns:
        Claims in text order.
    """
    grammars = grammars or default()
    grammar = grammars.by_lang.get(lang)
    if grammar is None or not tokens.may_count(text, grammar):
        return []
    matches = _words().match(text, lang) if matches is None else matches
    concepts = {match.concept for match in matches}
    if concepts & _ELSEWHERE or not (targets or concepts & grammars.near):
        return []
    sentence = tokens.cut(text, matches, grammar, grammars)
    if not sentence.speaks_of_people():
        return []
    lent = target_rules.detect(matches, lang) if targets is None else targets
    bound = _bind(Scene.of(sentence, grammars, lent, matches))
    return [_claim(sentence, each, bound, grammars, year_of) for each in bound]


def _bind(scene: Scene) -> list[Bound]:
    """The amounts that count people of a group, in order."""
    found: list[Bound] = []
    binder = Binder(scene)
    amounts = quantities(scene.sentence)
    for place, quantity in enumerate(amounts):
        following = amounts[place + 1] if place + 1 < len(amounts) else None
        if quantity.unit == "share":
            bound = portions.bind(scene, quantity, found, binder.after_thing)
        else:
            bound = binder.bind(quantity, found, following)
        if bound:
            found.append(bound)
    return found


def quantities(sentence: Sentence) -> list[Quantity]:
    """All amounts of a sentence, in order, none overlapping."""
    found: list[Quantity] = []
    at = 0
    while at < len(sentence):
        if not sentence.may_begin(at):
            at += 1
            continue
        quantity = shares.share(sentence, at) or numbers.vague(sentence, at) or numbers.definite(sentence, at)
        if quantity is None:
            at += 1
            continue
        end = quantity.end
        found.append(numbers.widen(sentence, quantity))
        at = max(end, at + 1)
    return found


_ELSEWHERE = frozenset({"sport"})  # teams and medals count players, not migrants


def _words() -> lexicon.Lexicon:
    global _loaded
    _loaded = _loaded or lexicon.load()
    return _loaded


_loaded: lexicon.Lexicon | None = None


def _claim(
    sentence: Sentence, bound: Bound, everyone: Sequence[Bound], grammars: Grammars, published: date | None
) -> Claim:
    which = circumstances.direction(sentence, bound)
    start, end = sentence.tokens[bound.quantity.start].start, sentence.tokens[bound.end - 1].end
    quantity = bound.quantity
    return Claim(
        target=_target(bound, sentence, grammars, which),
        low=quantity.low,
        high=quantity.high,
        unit=quantity.unit,
        direction=which,
        place=circumstances.place(sentence, bound, grammars, which),
        year=circumstances.year(sentence, bound, published),
        hedge=quantity.hedge,
        rejected=circumstances.rejected(sentence, bound, [each for each in everyone if each is not bound]),
        text=sentence.text[start:end],
        start=start,
        end=end,
    )


def _target(bound: Bound, sentence: Sentence, grammars: Grammars, which: str) -> str:
    """Labour migrants seen from the sending side are emigrants (codebook, decision `sides`)."""
    if bound.target not in ("central_asian", "migrants"):
        return bound.target
    away = circumstances.away(sentence, bound, grammars, which)
    return "emigrant" if away or (which == "leaving" and bound.target == "central_asian") else bound.target
