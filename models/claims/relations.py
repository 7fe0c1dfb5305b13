"""How a number and the people it counts may stand apart: said of a subject, named by a predicate, or by an origin."""

from __future__ import annotations

from dataclasses import dataclass

from models.claims import movements, origins, phrases
from models.claims.numbers import Quantity
from models.claims.scene import Scene, group_at
from models.claims.tokens import Sentence

_LOOK_BACK = 16
_LOOK_AHEAD = 8  # tokens between a number or its noun and what is said of it
_SOME = 10  # fewer are hardly ever said of a group without a noun beside them
_BARE_DATIVE = ("ға", "ге", "қа", "ке", "ды", "ді", "дан", "ден", "тан", "тен")
_ABLATIVE = ("дан", "ден", "тан", "тен", "нан", "нен")
_OBLIQUE = (*_BARE_DATIVE, "да", "де", "та", "те", "мен", "бен", "пен")
_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")


@dataclass(frozen=True, slots=True)
class Predicate:
    """Whom a predicate names; `target` None: people of no group. `origin`: only where they are from."""

    target: str | None
    origin: bool = False


def predicate(scene: Scene, place: int) -> Predicate | None:
    """The group after a dash or copula: "- граждане Китая", "are Chinese", "were from China"; in Kazakh with neither."""
    sentence = scene.sentence
    if place < len(sentence) and (came := origins.origin(sentence, place, scene.grammars)):
        return Predicate(came[0], origin=True)
    for at in range(place, min(place + _LOOK_AHEAD, len(sentence))):
        if (copula := sentence.has(at, "copula")) or sentence.tokens[at].text == "-":
            return _predicated(scene, at + max(1, copula))
        if holder := _passport(sentence, at):
            return Predicate(holder)
        if sentence.tokens[at].kind != "word" or sentence.has(at, "measure") or _thing(sentence, at):
            break
    return _kazakh_predicate(scene, place)


def _thing(sentence: Sentence, at: int) -> bool:
    """Something that is no people, and not just where they are ("in the capital")."""
    placed = any(sentence.has(before, "preposition") for before in range(max(0, at - 2), at))
    return sentence.has(at, "thing") > 0 and not placed


def _passport(sentence: Sentence, at: int) -> str | None:
    """ "139 carried Chinese passports"."""
    adjective = sentence.labelled(at, "adj:")
    if not adjective or at + adjective[1] >= len(sentence):
        return None
    noun = sentence.tokens[at + adjective[1]].text
    return adjective[0] if noun.startswith(("passport", "паспорт", "төлқұжат")) else None


def _predicated(scene: Scene, at: int) -> Predicate | None:
    sentence = scene.sentence
    while at < len(sentence) and (length := sentence.any(at, "just", "about", "function")):
        at += length
    if at >= len(sentence):
        return None
    if came := origins.origin(sentence, at, scene.grammars):
        return Predicate(came[0], origin=True)
    country = sentence.labelled(at, "place:")
    if country and sentence.tokens[at - 1].text == "from":  # "come from Uzbekistan"
        return Predicate(scene.grammars.places[country[0]].target, origin=True)
    return _kazakh_predicate(scene, at) or _named(scene, at)


def _named(scene: Scene, at: int) -> Predicate | None:
    phrase = phrases.read(scene.sentence, at, scene.grammars)
    if phrase.kind == "own":
        return Predicate(None)
    if scene.sentence.grammar.lang == "kk" and scene.sentence.tokens[phrase.end - 1].text.endswith(_OBLIQUE):
        return None  # "жетеуі мигранттарға қарсы": no predicate
    return Predicate(phrase.target) if phrase.kind == "group" and phrase.target else None


def _kazakh_predicate(scene: Scene, place: int) -> Predicate | None:
    """ "139-ы қытай азаматы", "900-ге жуығы Тәжікстан азаматы", "Қытайдан келген"."""
    sentence = scene.sentence
    if sentence.grammar.lang != "kk" or place >= len(sentence):
        return None
    if came := origins.origin(sentence, place, scene.grammars):
        return Predicate(came[0], origin=True)
    country = sentence.labelled(place, "place:")
    if country and sentence.has(place + country[1], "person"):
        return Predicate(scene.grammars.places[country[0]].target)
    return _named(scene, place)


def origin_before(scene: Scene, quantity: Quantity) -> str | None:
    """ "Қытайдан келген 300 адам", "Из Китая прибыло 300 человек", "Қытайдың 48 қызметкері"."""
    sentence = scene.sentence
    start, _ = sentence.clause(quantity.start)
    for at in range(quantity.start - 1, max(start, quantity.start - 8) - 1, -1):
        found = origins.origin(sentence, at, scene.grammars)
        if found and _comes(scene, found[1], quantity):
            return found[0]
    return _kazakh_owner(scene, quantity.start)


def _comes(scene: Scene, place: int, quantity: Quantity) -> bool:
    """Whether people come from there: a verb of coming between or after."""
    sentence = scene.sentence
    between = range(place, quantity.start)
    if any(sentence.has(at, "come") or sentence.has(at, "dir:arriving") for at in between):
        return True
    return len(between) <= 3 and (
        movements.moves(scene, quantity, "arriving") or sentence.grammar.lang == "kk"
    )


def _kazakh_owner(scene: Scene, place: int) -> str | None:
    """ "Қытайдың 48 қызметкері", "Қытай азаматтарынан 1934 адам": whose the people are, right before the number."""
    sentence = scene.sentence
    if sentence.grammar.lang != "kk" or place == 0:
        return None
    word = sentence.spelled(place - 1)
    country = sentence.labelled(place - 1, "place:")
    if country and word.endswith(_GENITIVE):
        return scene.grammars.places[country[0]].target
    return group_ending(scene, place - 1) if word.endswith(_ABLATIVE) else None


def group_ending(scene: Scene, at: int) -> str | None:
    """The group whose noun is, or ends with, a token."""
    for start in (at, at - 1, at - 2):
        found = group_at(scene, start) if start >= 0 else None
        if found and start + found[1] == at + 1:
            return found[0]
    return None


def origin_after(scene: Scene, quantity: Quantity) -> str | None:
    """ "21 of them from China"; "31 from Tajikistan" where the sentence speaks of people."""
    sentence, at = scene.sentence, quantity.end
    while at < len(sentence) and (length := sentence.has(at, "anaphor")):
        at += length
    if at >= len(sentence):
        return None
    found = origins.origin(sentence, at, scene.grammars)
    if found:
        people = any(sentence.any(place, "person") for place in range(quantity.start)) or bool(scene.named)
        return found[0] if at > quantity.end or people else None
    phrase = phrases.read(sentence, at, scene.grammars)
    return phrase.target if phrase.kind == "group" and at > quantity.end else None


def said_of(scene: Scene, quantity: Quantity) -> str | None:
    """The group that a number is predicated of: "Число китайцев достигло ...", "Китайцев в стране уже ...",
    "қытайлардың саны ...", "Chinese number ...", "a Chinese population of ...".
    """
    sentence = scene.sentence
    for at in range(quantity.start - 1, max(0, quantity.start - _LOOK_BACK) - 1, -1):
        if sentence.tokens[at].text in ";.!?":
            return None
        found = group_at(scene, at)
        if found and at + found[1] <= quantity.start:
            start, target = whole_phrase(scene, at, found)
            return target if _measures(scene, start, at + found[1], quantity) else None
    return None


def whole_phrase(scene: Scene, at: int, found: tuple[str, int]) -> tuple[int, str]:
    """Where a group's phrase really begins, and its target with all modifiers: "өзбекстандық еңбек мигранттары"."""
    start, target = at, found[0]
    for before in range(at - 1, max(-1, at - 4), -1):
        wider = group_at(scene, before)
        if wider and before + wider[1] == at + found[1]:
            start, target = before, wider[0]
        elif not scene.sentence.has(before, "modifier"):
            break
    return start, target


def _measures(scene: Scene, start: int, end: int, quantity: Quantity) -> bool:
    """Whether what stands around a group makes the number its size."""
    sentence = scene.sentence
    between = range(end, quantity.start)
    things = (at for at in between if sentence.has(at, "thing") and not sentence.has(at, "year"))
    if any(things) or any(_another_number(sentence, at) for at in between):
        return False
    if counted(sentence, start, end, quantity, "count"):
        return measured(sentence, between) or len(between) <= 6
    if quantity.high < _SOME:
        return False
    if sentence.grammar.lang == "ru":
        return genitive_subject(sentence, start)
    if sentence.grammar.lang == "kk":
        return _kazakh_measure(sentence, end, quantity)
    return not sentence.has(start - 1, "preposition") and measured(sentence, between)


def counted(sentence: Sentence, start: int, end: int, quantity: Quantity, name: str) -> bool:
    """Whether a noun of counting ("число", "саны", "share") belongs to a group: between the two stand adjectives only."""
    for at in range(max(0, start - 5), start):
        if (length := sentence.has(at, name)) and at + length <= start:
            return not any(_foreign(sentence, place) for place in range(at + length, start))
    for at in range(end, quantity.start):
        if sentence.has(at, name):
            return _own_count(sentence, end, at)
    return any(start <= at < end for at in range(start, end) if sentence.has(at, name))


def _own_count(sentence: Sentence, end: int, at: int) -> bool:
    """Whether a noun of counting after a group is the group's: "қытайлардың саны", not "қытайлар жасаған қылмыстың саны"."""
    if sentence.tokens[at - 1].kind == "mark" or sentence.grammar.lang != "kk":
        return True
    return not any(_foreign(sentence, place) for place in range(end, at))


def _foreign(sentence: Sentence, place: int) -> bool:
    """A noun that parts a noun of counting from a group: "число преступлений мигрантов"."""
    token, rules = sentence.tokens[place], sentence.grammar.phrase
    if token.kind != "word" or sentence.has(place, "thing"):
        return True
    if sentence.any(place, "preposition", "function", "just", "modifier", "person"):
        return False
    if sentence.labelled(place, "adj:") or sentence.labelled(place, "dir:"):
        return False
    if sentence.grammar.lang == "en":
        return phrases.is_plural(token.text)
    return not token.text.endswith(rules.modifier_endings)


def _another_number(sentence: Sentence, at: int) -> bool:
    token = sentence.tokens[at]
    return token.kind == "number" and not token.is_year


def measured(sentence: Sentence, between: range) -> bool:
    """Whether a word of measure, or a dash or colon right before the number, stands between group and number."""
    if not between or sentence.tokens[between[-1]].text in ("-", ":"):
        return True
    return any(sentence.has(at, "measure") for at in between)


def genitive_subject(sentence: Sentence, start: int) -> bool:
    """ "Китайцев в республике от 30 до 50 тысяч", "Мигрантов - 500 тысяч": genitive plural, no preposition before."""
    first = start
    while first > 0 and sentence.tokens[first - 1].text.endswith(("ых", "их")):
        first -= 1
    if sentence.has(first - 1, "preposition") or not is_genitive(sentence.tokens[start].text):
        return False
    if first == 0 or sentence.tokens[first - 1].kind == "mark" or sentence.has(first - 2, "preposition"):
        return True  # not of a noun before it, as in "преступлений мигрантов"
    known = sentence.any(first - 1, "function", "measure", "just", "year", "verb", "person")
    return bool(known or sentence.labelled(first - 1, "dir:") or sentence.labelled(first - 1, "place:"))


def is_genitive(word: str) -> bool:
    """A Russian genitive plural, by its ending."""
    return word.endswith(("ов", "ев", "ей", "ян", "ан", "ок", "ек", "их", "ых", "н", "сил", "силы", "лиц"))


def _kazakh_measure(sentence: Sentence, end: int, quantity: Quantity) -> bool:
    """ "Қытайлықтар 200 мыңнан асып кетті", "Мұндағы дүнгендер шамамен алпыс-жетпіс мың"."""
    if sentence.tokens[end - 1].text.endswith(_BARE_DATIVE):
        return False
    known = ("function", "just", "measure", "about", "verb", "year", "anaphor", "this_year")
    for at in range(end, quantity.start):
        dash = sentence.tokens[at].text in ("-", ":") and at == quantity.start - 1
        if not (dash or sentence.any(at, *known) or sentence.labelled(at, "place:")):
            return False
    last = quantity.end >= len(sentence) or sentence.tokens[quantity.end].kind == "mark"
    return last or bool(sentence.any(quantity.end, "measure", "verb")) or quantity.hedge != "exact"


def anaphor(scene: Scene, quantity: Quantity) -> bool:
    """ "из них", "of them", "оның": right before or after."""
    sentence = scene.sentence
    places = (quantity.start, quantity.start - 1)
    return any(sentence.before(place, "anaphor") is not None for place in places) or bool(
        sentence.has(quantity.end, "anaphor")
    )
