"""Whom a number counts: the group of the noun it stands before, of the noun it is said of, or of the number before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.claims import movements, phrases, relations
from models.claims.movements import COME_OR_GO
from models.claims.numbers import Quantity
from models.claims.phrases import Phrase
from models.claims.scene import Scene

_MOVERS = frozenset({"migrants", "emigrant", "returnee", "refugee"})
_SOME = 10  # a smaller bare number before a verb is not taken for people
_WITHIN = 14  # tokens between a claim and a bare number that goes on with it
_CURRENCY = frozenset("$€₸₽£¥№")
_ONESELF = frozenset({"нас", "we", "біз"})
_CONTRAST = frozenset([",", "а", "но", "but", "емес", "ал", "-", "rather", "than", "and"])
_PART_OF = frozenset(
    [
        "of",
        "the",
        "some",
        "nearly",
        "almost",
        "more",
        "than",
        "over",
        "all",
        "these",
        "its",
        "country's",
        "из",
    ]
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A quantity with its group; `end` is the token after the noun."""

    quantity: Quantity
    target: str
    end: int


class Binder:
    """Binds the numbers of persons of one sentence, in order: a later one may take the group of an earlier one."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._sentence = scene, scene.sentence
        self.after_thing = False
        """The number bound last counts something that is not people."""

    def bind(self, quantity: Quantity, earlier: Sequence[Bound], following: Quantity | None) -> Bound | None:
        """The group of a number; None where it counts no people of a group."""
        if self._excluded(quantity):
            return None
        phrase = phrases.read(self._sentence, quantity.end, self._scene.grammars, quantity.collective)
        after_thing = self.after_thing
        self.after_thing = phrase.kind == "thing" and not self._sentence.has(quantity.end, "time")
        if quantity.year and (phrase.guessed or phrase.kind != "group" or self._articled(quantity)):
            return None
        if phrase.kind == "group" and phrase.target:
            return Bound(quantity, self._from(quantity, phrase.target), phrase.end)
        if phrase.kind == "thing":
            return None
        if phrase.kind == "own":
            return self._hosts(quantity, phrase)
        if phrase.kind == "people":
            target = self._people(quantity, phrase, earlier)
        else:
            target = self._bare(quantity, phrase, [] if after_thing else earlier, following, after_thing)
        end = phrase.end if phrase.kind == "people" else quantity.end
        return Bound(quantity, target, end) if target else None

    def _excluded(self, quantity: Quantity) -> bool:
        """Numbers of laws and pages, sums of money, days of a month, years with their word, ourselves."""
        sentence, start, after = self._sentence, quantity.start, quantity.end
        before = sentence.tokens[start - 1].text if start else ""
        if sentence.has(start - 1, "ordinal_before") or before in _CURRENCY or before in _ONESELF:
            return True
        if quantity.year and (sentence.has(after, "year") or self._dated(quantity)):
            return True
        if sentence.grammar.lang == "ru" and sentence.number_of(after, "ordinals") is not None:
            return True  # "с девяносто шестого"
        return bool(sentence.has(after, "month_day")) and quantity.high <= 31 and not quantity.vague

    def _dated(self, quantity: Quantity) -> bool:
        sentence, start = self._sentence, quantity.core
        if not sentence.has(start - 1, "date_before"):
            return False
        return sentence.tokens[start - 1].text != "of" or quantity.low % 100 > 0

    def _articled(self, quantity: Quantity) -> bool:
        """ "a 2023 change", "the 2022 exodus"."""
        return quantity.core > 0 and self._sentence.tokens[quantity.core - 1].text in ("a", "the")

    def _from(self, quantity: Quantity, target: str) -> str:
        """Migrants are those of the country that they come from, where the sentence says so before the number."""
        return (relations.origin_before(self._scene, quantity) or target) if target == "migrants" else target

    def _hosts(self, quantity: Quantity, phrase: Phrase) -> Bound | None:
        """The country's own people count only where they leave it or are abroad; its kin, where they come home."""
        which = movements.movement(self._scene, quantity, phrase.end)
        if phrase.kin and which in ("arriving", "returning"):
            return Bound(quantity, "returnee", phrase.end)
        leaves = which == "leaving" or movements.moves(self._scene, quantity, "leaving")
        leaves = leaves and movements.leaves_home(self._scene)
        if phrase.citizens and (leaves or movements.abroad(self._scene)):
            return Bound(quantity, "emigrant", phrase.end)
        return None

    def _people(self, quantity: Quantity, phrase: Phrase, earlier: Sequence[Bound]) -> str | None:
        """ "300 человек": from a place, said to be of a group, or lent one."""
        scene = self._scene
        if target := relations.origin_before(scene, quantity):
            return target
        if named := relations.predicate(scene, phrase.end):
            return named.target
        target = relations.said_of(scene, quantity)
        if target is None and relations.anaphor(scene, quantity):
            target = self._antecedent(quantity, earlier)
        if target is None and phrase.anyone and "emigrant" in scene.lent and movements.abroad(scene):
            target = "emigrant"
        if target is None and (phrase.anyone or phrase.population):
            target = self._by_movement(quantity, phrase.end, anyone=phrase.anyone)
        return target

    def _by_movement(self, quantity: Quantity, end: int, anyone: bool = True) -> str | None:
        """People in general who come or go: emigrants, or the group that the sentence or its neighbours are about."""
        scene = self._scene
        which = movements.movement(scene, quantity, end)
        if which is None or any(self._sentence.has(at, "gathering") for at in range(len(self._sentence))):
            return None
        lent_only = len(scene.lent) == 1 and scene.lent[0] not in scene.own
        if which == "leaving" and not scene.targets and not lent_only:
            return "emigrant" if movements.leaves_home(scene) else None
        if which == "arriving" and set(scene.lent) == {"emigrant", "migrants"}:
            return "migrants"
        if not anyone or len(scene.lent) != 1 or set(scene.targets) - set(scene.lent):
            return None
        elsewhere = set(scene.own) <= {
            "emigrant",
            "migrants",
        }  # said of those who come or go, whoever they are
        return scene.lent[0] if scene.lent[0] in _MOVERS or elsewhere else None

    def _bare(
        self,
        quantity: Quantity,
        phrase: Phrase,
        earlier: Sequence[Bound],
        following: Quantity | None,
        after_thing: bool,
    ) -> str | None:
        """A number with no noun after it."""
        scene = self._scene
        part = quantity.partial or relations.anaphor(scene, quantity)
        part_of_thing = part and (after_thing or self._sentence.has(quantity.start - 1, "thing") > 0)
        if (named := relations.predicate(scene, phrase.end)) and not (named.origin and part_of_thing):
            return named.target
        if part_of_thing:
            return None
        target = self._shared_noun(quantity, following) if following else None
        target = target or (None if quantity.partial else relations.origin_after(scene, quantity))
        if target is None and (said := relations.said_of(scene, quantity)):
            target = self._from(quantity, said)
        if target is None and not after_thing and self._goes_on(quantity, earlier):
            target = self._antecedent(quantity, earlier)
        if target is None and not quantity.partial and self._moves_itself(quantity):
            target = self._by_movement(quantity, quantity.end)
        return target

    def _goes_on(self, quantity: Quantity, earlier: Sequence[Bound]) -> bool:
        """Whether a bare number refers to people named before: "из них", "139-ы", ", а не 200 тысяч"."""
        contrasted = bool(earlier) and self._sentence.before(quantity.start, "not_before") is not None
        referring = quantity.partial or relations.anaphor(self._scene, quantity)
        return contrasted or referring or self._second_figure(quantity, earlier)

    def _moves_itself(self, quantity: Quantity) -> bool:
        """ "Three hundred thousand left": the verb right after a bare number."""
        sentence = self._sentence
        if quantity.high < _SOME or sentence.has(quantity.end - 1, "measure"):
            return False
        before = quantity.start - 1 if sentence.grammar.lang == "ru" else quantity.end
        names = (*COME_OR_GO, "expelled")
        return any(sentence.has(at, f"dir:{name}") for at in (quantity.end, before) for name in names)

    def _shared_noun(self, quantity: Quantity, following: Quantity) -> str | None:
        """ "не 500 тысяч, а 5 тысяч китайцев", "fourteen of the eighteen foreigners": the noun of the second counts."""
        sentence = self._sentence
        between = range(quantity.end, following.core)
        if len(between) > 4:
            return None
        if not all(sentence.tokens[at].text in _CONTRAST | _PART_OF or self._is_hedge(at) for at in between):
            return None
        phrase = phrases.read(sentence, following.end, self._scene.grammars)
        if any(sentence.tokens[at].text in _PART_OF for at in between):
            named = relations.predicate(self._scene, phrase.end)
            if named and named.target and not named.origin:
                return named.target
        return phrase.target if phrase.kind == "group" else None

    def _is_hedge(self, at: int) -> bool:
        return self._sentence.any(at, "just", "about", "more", "less", "correct", "not_after") > 0

    def _second_figure(self, quantity: Quantity, earlier: Sequence[Bound]) -> bool:
        """ "837,000 Russians entered, and 780,000 left": a bare number with a verb of its own, after a claim."""
        if not earlier or quantity.high < _SOME or quantity.start - earlier[-1].end > _WITHIN:
            return False
        elsewhere = self._sentence.is_mark(quantity.start - 1, "-") and movements.place_before(
            self._scene, quantity.start - 1
        )
        elsewhere = elsewhere or movements.place_after(self._scene, quantity.end)
        return elsewhere or movements.movement(self._scene, quantity, quantity.end) is not None

    def _turned(self, target: str, which: str | None) -> str:
        """ "Страну покинули 42 тысячи, приехали 13 тысяч": those who come are no emigrants, nor those who go migrants."""
        if target == "emigrant" and which == "arriving":
            return "migrants"
        if target == "migrants" and which == "leaving" and "emigrant" in self._scene.lent:
            return "emigrant"
        return target

    def _antecedent(self, quantity: Quantity, earlier: Sequence[Bound]) -> str | None:
        """The group of the number before; else the one the sentence names last before it, or its neighbours lend."""
        if earlier and not quantity.partial:
            which = movements.movement(self._scene, quantity, quantity.end)
            return self._turned(earlier[-1].target, which)
        before = [target for place, target in self._scene.named if place < quantity.start]
        if before:
            return before[-1]
        if earlier:
            return earlier[-1].target
        targets = self._scene.targets or list(self._scene.lent)
        return targets[0] if len(targets) == 1 else None
