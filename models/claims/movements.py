"""Where people move: words of movement beside a number, and places named near it."""

from __future__ import annotations

from collections.abc import Sequence

from models.claims import origins
from models.claims.numbers import Quantity
from models.claims.scene import Scene
from models.claims.tokens import Sentence

COME_OR_GO = ("arriving", "leaving", "returning")
MOVING = (*COME_OR_GO, "expelled", "naturalised")
_NEAR = 6  # tokens between a number and the verb that moves its people


def moves(scene: Scene, quantity: Quantity, direction: str) -> bool:
    """Whether the clause of a number has a word of some direction."""
    start, end = scene.sentence.clause(quantity.start)
    return any(scene.sentence.has(at, f"dir:{direction}") for at in range(start, end))


def movement(scene: Scene, quantity: Quantity, end: int) -> str | None:
    """The direction of the nearest word of movement beside a number and its noun; None: there is none close by.

    Args:
        end: the token after the noun.
    """
    sentence = scene.sentence
    start, stop = sentence.clause(quantity.start)
    found: list[tuple[int, int, str]] = []
    for at in range(end, min(stop, end + _NEAR)):
        if sentence.tokens[at].text in _AND or sentence.has(at, "gathering"):
            break
        found += _directions(sentence, at, at - end, MOVING)
    for at in range(max(start, quantity.start - _NEAR), quantity.start):
        found += _directions(sentence, at, quantity.start - at, _before(sentence, at, quantity.start))
    return min(found)[2] if found else None


def _before(sentence: Sentence, at: int, start: int) -> tuple[str, ...]:
    """Which movements a word before a number may mean for it: in English those with an object, and near."""
    if sentence.grammar.lang != "en":
        return MOVING
    return (*_DONE_TO, "arriving") if start - at <= 2 else _DONE_TO


_DONE_TO = ("expelled", "naturalised")


def leaves_home(scene: Scene) -> bool:
    """Whether a sentence that speaks of leaving means a country or region, not a building or a job."""
    sentence = scene.sentence
    return any(sentence.has(at, "homeland") or sentence.labelled(at, "place:") for at in range(len(sentence)))


def _directions(sentence: Sentence, at: int, far: int, names: Sequence[str]) -> list[tuple[int, int, str]]:
    """Words of movement at a token, nearer and longer ones first when sorted."""
    if sentence.has(at - 1, "measure"):
        return []  # "асып кетті": has passed
    return [(far, -length, name) for name in names if (length := sentence.has(at, f"dir:{name}"))]


_AND = frozenset({"and", "but", "и", "а", "но", "және", "ал"})


def abroad(scene: Scene) -> bool:
    """Whether the sentence puts people outside the region."""
    sentence = scene.sentence
    for at in range(len(sentence)):
        found = sentence.labelled(at, "place:")
        if found and scene.grammars.places[found[0]].abroad:
            return not any(origins.origin(sentence, max(0, at - back), scene.grammars) for back in (0, 1, 2))
    return False


def place_before(scene: Scene, place: int) -> bool:
    """Whether a place is named right before: "в Казахстане 326 беженцев, в Таджикистане - около 10 тысяч"."""
    sentence = scene.sentence
    for at in range(max(0, place - 2), place):
        if sentence.labelled(at, "place:"):
            if sentence.grammar.lang == "kk":
                return sentence.spelled(at).endswith(("да", "де", "та", "те"))
            return sentence.has(at - 1, "preposition") > 0
    return False


def place_after(scene: Scene, place: int) -> bool:
    """ "102,000 are in Russia": a copula and a place right after."""
    sentence = scene.sentence
    length = sentence.has(place, "copula")
    if not length or not sentence.has(place + length, "preposition"):
        return False
    return sentence.labelled(place + length + 1, "place:") is not None
