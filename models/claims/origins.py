"""Where people are from: complements of a noun ("граждан КНР", "people from China") and origins on their own."""

from __future__ import annotations

from models.claims.grammar import Grammars
from models.claims.tokens import Sentence

_LOOK_AHEAD = 7  # tokens in which a noun's complement stands
_NEIGHBOURING = frozenset({"the", "соседнего", "соседней", "neighbouring", "neighboring"})
_LEADING = frozenset({",", "who", "that", "which", "have", "had", "to", "here", "сюда", "к", "нам", "были"})


def complement(sentence: Sentence, place: int, grammars: Grammars) -> tuple[str, int] | None:
    """What a noun's complement says of where people are from: "граждан КНР", "people from China", "китайского
    происхождения", "рабочих, приехавших из Узбекистана".

    Returns:
        The target and the token after the complement.
    """
    direct = _of_place(sentence, place, grammars)
    if direct:
        return direct
    if born := _of_descent(sentence, place):
        return born
    for at in range(place, min(place + _LOOK_AHEAD, len(sentence))):
        found = origin(sentence, at, grammars)
        if found:
            back = any(sentence.has(before, "dir:returning") for before in range(max(0, place - 1), at))
            return ("emigrant", found[1]) if back else found
        if not _leads_to_origin(sentence, at):
            return None
    return None


def _leads_to_origin(sentence: Sentence, at: int) -> bool:
    """What may stand between a noun and where its people are from: ", приехавших", "who had come"."""
    token = sentence.tokens[at]
    if token.text in _LEADING:
        return True
    moving = sentence.has(at, "dir:arriving") or sentence.has(at, "dir:returning")
    return (
        bool(moving)
        or token.text.startswith("котор")
        or (sentence.grammar.lang == "ru" and token.text.endswith("вших"))
    )


def _of_place(sentence: Sentence, place: int, grammars: Grammars) -> tuple[str, int] | None:
    """A country in the genitive right after the noun: "граждан Китая", "citizens of China"."""
    at = place
    if sentence.grammar.lang == "en":
        if not (at < len(sentence) and sentence.tokens[at].text == "of"):
            return None
        at += 1
    while at < len(sentence) and sentence.tokens[at].text in _NEIGHBOURING:
        at += 1
    if sentence.grammar.lang == "kk":
        return None
    found = sentence.labelled(at, "place:")
    target = grammars.places[found[0]].target if found else None
    return (target, at + found[1]) if found and target else None


def _of_descent(sentence: Sentence, place: int) -> tuple[str, int] | None:
    """ "китайской национальности", "of Chinese descent"."""
    at = place + (place < len(sentence) and sentence.tokens[place].text in ("of", "с", "with", "from"))
    found = sentence.labelled(at, "adj:")
    if found and sentence.has(at + found[1], "born"):
        return found[0], at + found[1] + 1
    return None


def origin(sentence: Sentence, at: int, grammars: Grammars) -> tuple[str, int] | None:
    """A country that people come from, beginning at a token: "из Китая", "from Uzbekistan", "Қытайдан"."""
    found = sentence.labelled(at, "place:")
    if sentence.grammar.lang == "kk":
        if not found or not sentence.spelled(at + found[1] - 1).endswith(_ORIGIN_ENDINGS):
            return None
        target = grammars.places[found[0]].target
        return (target, at + found[1]) if target else None
    if sentence.tokens[at].text in ("из-за", "abroad") or (
        found and grammars.places[found[0]].name == "abroad"
    ):
        return None
    if not sentence.has(at, "place_from") or sentence.tokens[at].text not in ("из", "from"):
        return None
    for ahead in range(at + 1, min(at + 4, len(sentence))):
        found = sentence.labelled(ahead, "place:")
        if found:
            target = grammars.places[found[0]].target
            return (target, ahead + found[1]) if target else None
        if sentence.any(ahead, "preposition") or sentence.tokens[ahead].kind == "mark":
            return None
    return None


_ORIGIN_ENDINGS = ("дан", "ден", "тан", "тен", "нан", "нен", "dan", "den", "tan", "ten", "nan", "nen")
