"""Whose a share is: of a group ("треть мигрантов"), or a group's part of all ("каждый десятый житель - приезжий")."""

from __future__ import annotations

from collections.abc import Sequence

from models.claims import movements, phrases, relations
from models.claims.binding import Bound
from models.claims.numbers import Quantity
from models.claims.phrases import Phrase
from models.claims.scene import Scene, group_at

_OF = frozenset([
    "of", "the", "all", "our", "its", "from", "these", "those", "their", "in", "every", "от", "всех", "всего", "часть",
    "части", "из",
])  # fmt: skip
_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің", "nin", "din", "tin")
# "тонағандардың", "жұмыс істейтіндердің", "сатушылардың": those who do something are people.
_THOSE_WHO = ("ғандар", "гендер", "қандар", "кендер", "тындар", "тіндер", "шылар", "шілер")
_BASE_LENGTH = 6  # tokens between a share and those it is a share of
_SUBJECT_LENGTH = 12


def bind(
    scene: Scene, quantity: Quantity, earlier: Sequence[Bound], after_thing: bool = False
) -> Bound | None:
    """The group of a share; None where it is a share of no people, or a change.

    Args:
        after_thing: the number before counts no people, so that "of them" means other things.
    """
    if _changes(scene, quantity):
        return None
    base = _base(scene, quantity)
    if base.kind == "thing" or (base.kind == "none" and after_thing):
        return None
    if base.kind == "none" and earlier and _whole_named(scene, quantity, earlier[-1]):
        return Bound(quantity, earlier[-1].target, quantity.end)
    target = _target(scene, quantity, base)
    if target is None and relations.anaphor(scene, quantity):
        targets = [earlier[-1].target] if earlier else scene.targets
        target = targets[0] if len(targets) == 1 else None
    return Bound(quantity, target, max(base.end, quantity.end)) if target else None


def _target(scene: Scene, quantity: Quantity, base: Phrase) -> str | None:
    """What a predicate or subject names; a mere origin says nothing new of people of a group."""
    named = relations.predicate(scene, base.end)
    if named and named.target and not (named.origin and base.kind == "group" and base.target != "migrants"):
        return _elsewhere(scene) or named.target if named.origin and base.kind == "none" else named.target
    if named and named.target is None:
        return None
    target = _subject(scene, quantity, base) or base.target
    return "emigrant" if target is None and base.population and movements.abroad(scene) else target


def _elsewhere(scene: Scene) -> str | None:
    """Of whom "39 % are from Uzbekistan" is a share: returnees that the sentence names, or a group its neighbours lend."""
    if "returnee" in scene.targets:
        return "returnee"
    return scene.lent[0] if len(scene.lent) == 1 and scene.lent[0] not in scene.own else None


def _whole_named(scene: Scene, quantity: Quantity, whole: Bound) -> bool:
    """ "Of the 17,000 kandas, 52 percent came from Uzbekistan": a share of those counted before."""
    opens = scene.sentence.tokens[max(0, whole.quantity.start - 1)].text in ("of", "из")
    return opens and movements.movement(scene, quantity, quantity.end) is not None


def _changes(scene: Scene, quantity: Quantity) -> bool:
    """ "выросло на 20 процентов", "rose by 20 percent", "20 пайызға артты": a change is no share."""
    sentence, before = scene.sentence, quantity.start - 1
    text = sentence.tokens[before].text if before >= 0 else ""
    if sentence.grammar.lang == "ru":
        if sentence.has(quantity.end, "copula"):
            return False  # "на треть состоит из приезжих"
        return text == "на" and (
            sentence.is_mark(quantity.end - 1, "%") or sentence.has(quantity.end - 1, "percent") > 0
        )
    after = range(quantity.end, min(quantity.end + 2, len(sentence)))
    if sentence.grammar.lang == "kk":
        return any(sentence.has(at, "change") for at in after)
    if sentence.before(quantity.start, "measure") is not None:
        return False
    around = (*range(max(0, before - 1), quantity.start), *after)
    return text in ("by", "up", "down") or any(sentence.has(at, "change") for at in around)


def _base(scene: Scene, quantity: Quantity) -> Phrase:
    """Of whom the share is: the phrase after it, in Kazakh the genitive before it."""
    sentence, at = scene.sentence, quantity.end
    if sentence.grammar.lang == "kk":
        return _kazakh_base(scene, quantity)
    while at < len(sentence) and sentence.tokens[at].text in _OF:
        if length := sentence.has(at, "anaphor"):
            return Phrase("none", at + length)
        at += 1
    phrase = phrases.read(sentence, at, scene.grammars)
    if phrase.kind in ("thing", "none") and (ahead := _population_ahead(scene, at)):
        return Phrase("people", ahead, population=True)
    if phrase.kind == "none" and at > quantity.end and sentence.tokens[at - 1].text != "in":
        return Phrase("thing", at)
    return phrase


def _population_ahead(scene: Scene, at: int) -> int | None:
    """ "20 % трудоспособного населения", "nine in ten street sweepers"."""
    sentence = scene.sentence
    for ahead in range(at, min(at + _BASE_LENGTH, len(sentence))):
        joined = sentence.is_mark(ahead, "-") and not sentence.tokens[ahead].spaced
        if sentence.has(ahead, "thing") or not (joined or sentence.tokens[ahead].kind == "word"):
            return None
        if length := sentence.has(ahead, "population"):
            return ahead + length
    return None


def _kazakh_base(scene: Scene, quantity: Quantity) -> Phrase:
    sentence, end = scene.sentence, quantity.end
    for at in range(quantity.core, end):
        if sentence.tokens[at].kind == "word" and (group := relations.group_ending(scene, at)):
            return Phrase("group", end, group)  # "әр он тәжіктің тоғызы"
    if sentence.has(quantity.core, "each") and end < len(sentence) and sentence.tokens[end].kind == "word":
        phrase = phrases.read(sentence, end, scene.grammars)
        ahead = _population_ahead(scene, end) if phrase.kind == "thing" else None
        return Phrase("people", ahead, population=True) if ahead else phrase
    for at in range(quantity.start - 1, max(-1, quantity.start - _BASE_LENGTH), -1):
        token = sentence.tokens[at]
        if token.kind == "mark" and token.text in ",;":
            break
        if token.kind == "word" and sentence.spelled(at).endswith(_GENITIVE):
            return _genitive_base(scene, at, end)
    return Phrase("none", end)


def _genitive_base(scene: Scene, at: int, end: int) -> Phrase:
    found = relations.group_ending(scene, at)
    if found:
        return Phrase("group", end, found)
    people = scene.sentence.any(at, "population", "person") or any(
        each in scene.sentence.tokens[at].text for each in _THOSE_WHO
    )
    return Phrase("people" if people else "thing", end, population=bool(people))


def _subject(scene: Scene, quantity: Quantity, base: Phrase) -> str | None:
    """The group that makes up the share: "Мигранты составят 20 % населения", "Доля китайских рабочих достигла 40 %"."""
    sentence = scene.sentence
    if base.kind == "group" and not _makes_up(scene, quantity):
        return None
    for at in range(quantity.start - 1, max(-1, quantity.start - _SUBJECT_LENGTH), -1):
        if sentence.tokens[at].text in ";.!?":
            return None
        found = group_at(scene, at)
        if found and at + found[1] <= quantity.start:
            return found[0] if _is_subject(scene, at, at + found[1], quantity) else None
    if sentence.grammar.lang == "kk" and quantity.end < len(sentence):
        after = group_at(scene, quantity.end)  # "халықтың 10 пайызын қытайлар құрайды"
        return after[0] if after else None
    return None


def _makes_up(scene: Scene, quantity: Quantity) -> bool:
    return any(scene.sentence.has(at, "measure") for at in range(max(0, quantity.start - 3), quantity.start))


def _is_subject(scene: Scene, start: int, end: int, quantity: Quantity) -> bool:
    sentence = scene.sentence
    between = range(end, quantity.start)
    if any(sentence.has(at, "thing") for at in between):
        return False
    if any(sentence.has(at, "share_noun") for at in range(max(0, start - 5), quantity.start)):
        return relations.counted(sentence, start, end, quantity, "share_noun")
    if sentence.grammar.lang == "kk":
        after = range(quantity.end, min(quantity.end + 2, len(sentence)))
        return any(sentence.has(at, "measure") for at in after)
    if sentence.grammar.lang == "ru" and relations.is_genitive(sentence.tokens[end - 1].text):
        return relations.genitive_subject(sentence, start)  # "уйгуров там 60 %"
    if sentence.grammar.lang == "en" and sentence.has(start - 1, "preposition"):
        return False
    return relations.measured(sentence, between)
