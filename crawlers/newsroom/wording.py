"""Words: patterns turned into sentences, stock sentences varied, reprints lightly edited. Labels never change."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from typing import Any

from crawlers.newsroom import stock
from crawlers.newsroom.model import Draft, Sentence
from crawlers.newsroom.shingles import jaccard, shingles

CHOICE = re.compile(r"\[([^\[\]]+)\]")
SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?(?::(\d+)-(\d+))?\}")
# Whole numbers of two or three digits; decimals, years, ranges and ordinals stay as they are.
FIGURE = re.compile(r"(?<![\d.,:\-–/])(?<!\d\s)\d{2,3}(?![\d.,:\-–/]|\s\d{3})")
NEAREST_COPY = 0.78
FIGURE_ATTEMPTS = 200
PEOPLE = {"man": "men", "man2": "men", "woman": "women", "woman2": "women"}


@dataclass
class Writer:
    """Fills patterns for one article: a slot keeps its value, so a person or town stays the same throughout."""

    language: str
    rng: random.Random
    filled: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, pattern: Sentence) -> Sentence:
        """Return the pattern as a sentence: choices made, slots filled, first letter raised."""
        text = CHOICE.sub(lambda match: self.rng.choice(match[1].split("|")), pattern.text)
        text = SLOT.sub(self._slot, text)
        return replace(pattern, text=_capital(text))

    def _slot(self, match: re.Match[str]) -> str:
        name, case, low, high = match.groups()
        if low is not None:
            return _grouped(self._figure(int(low), int(high)))
        forms = self.filled.get(name)
        if forms is None:
            forms = self.filled[name] = self._fill(name)
        return forms[case or "nom"] if (case or "nom") in forms else forms["nom"]

    def _figure(self, low: int, high: int) -> int:
        """Draw a figure; in Russian one that takes the genitive plural (5-20, 25-30, ...)."""
        for _ in range(FIGURE_ATTEMPTS):
            figure = self.rng.randint(low, high)
            if self.language != "ru" or _many(figure):
                break
        return figure

    def _fill(self, name: str) -> dict[str, str]:
        slots = stock.table(f"slots.{self.language}")
        kind = name.rstrip("2")
        taken = {forms["nom"] for slot, forms in self.filled.items() if slot.rstrip("2") == kind}
        for _ in range(30):
            forms = self._draw(slots, name, kind)
            if forms["nom"] not in taken:
                break
        return forms

    def _draw(self, slots: dict[str, Any], name: str, kind: str) -> dict[str, str]:
        if name in PEOPLE:
            return _person(slots[PEOPLE[name]], self.rng)
        if kind in slots["words"]:
            return {"nom": self.rng.choice(slots["words"][kind])}
        return self.rng.choice(_entities(slots, kind))


def _entities(slots: dict[str, Any], kind: str) -> list[dict[str, str]]:
    names = slots["cases"]["names"]
    return [
        dict(zip(names, (stem + ending for ending in slots["cases"][family]), strict=True))
        for family, stems in slots["entities"][kind].items()
        for stem in stems
    ]


def _person(table: dict[str, Any], rng: random.Random) -> dict[str, str]:
    first, last = rng.choice(table["first"]), rng.choice(table["last"])
    forms = table.get("forms", {"nom": ["", ""]})
    return {case: f"{first}{endings[0]} {last}{endings[1]}" for case, endings in forms.items()}


def _many(number: int) -> bool:
    return number % 100 in range(11, 20) or number % 10 in (0, 5, 6, 7, 8, 9)


def _grouped(number: int) -> str:
    """Print a figure as the press does: thousands apart from five digits on, years untouched."""
    return str(number) if number < 10000 else f"{number:,}".replace(",", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Variation:
    """One article's way of varying stock sentences: figures, places, weekdays and surnames shifted consistently."""

    def __init__(self, language: str, rng: random.Random) -> None:
        table = stock.table("variation")[language]
        self.language = language
        self.shift = rng.randrange(1, 9)
        self.words = dict(
            pair
            for cycle in (*table["places"], *table["weekdays"])
            for pair in _rotation(cycle, rng.randrange(len(cycle)))
        )
        self.surname = re.compile(table["surnames"]["pattern"])
        self.stems: list[str] = rng.sample(table["surnames"]["stems"], len(table["surnames"]["stems"]))
        self.known: dict[str, str] = {}
        found = sorted(self.words, key=len, reverse=True)
        self.pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, found)) + ")")

    def apply(self, sentence: Sentence) -> Sentence:
        """Return the sentence with other names and figures and the same label."""
        text = self.pattern.sub(lambda match: self.words[match[0]], sentence.text)
        text = self.surname.sub(self._surname, text)
        return replace(sentence, text=FIGURE.sub(self._number, text))

    def _surname(self, match: re.Match[str]) -> str:
        if match[0] not in self.known:
            self.known[match[0]] = self.stems[len(self.known) % len(self.stems)]
        return self.known[match[0]]

    def _number(self, match: re.Match[str]) -> str:
        """Shift the first digit; figures below 20 stay, their Russian nouns would have to change with them."""
        first, rest = int(match[0][0]), match[0][1:]
        if len(rest) == 1 and first < 2:
            return match[0]
        low = 2 if len(rest) == 1 else 1
        return str(low + (first - low + self.shift) % (10 - low)) + rest


def _rotation(cycle: list[str], by: int) -> list[tuple[str, str]]:
    return list(zip(cycle, cycle[by:] + cycle[:by], strict=True))


def reprint(draft: Draft, language: str, rng: random.Random) -> Draft:
    """Return a lightly edited copy: at most one closing sentence dropped and two words exchanged.

    Edits that would take the copy further than `NEAREST_COPY` from the original are left out.
    """
    source = shingles(draft.text)
    body = list(draft.body)
    if len(body) > 6 and rng.random() < 0.5 and not body[-1].securitizing:
        body = _near(source, draft, body, body[:-1])
    edits = stock.table("variation")[language]["edits"]
    done = 0
    for old, new in rng.sample(edits, len(edits)):
        edited = _near(source, draft, body, _exchanged(body, old, new))
        done += edited is not body
        body = edited
        if done == 2:
            break
    return replace(draft, body=tuple(body))


def _exchanged(body: list[Sentence], old: str, new: str) -> list[Sentence]:
    """Exchange a word where it stands first; the same list if it does not occur."""
    for place, sentence in enumerate(body):
        changed = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, sentence.text, count=1)
        if changed != sentence.text:
            return [*body[:place], replace(sentence, text=changed), *body[place + 1 :]]
    return body


def _near(
    source: frozenset[tuple[str, ...]], draft: Draft, body: list[Sentence], edited: list[Sentence]
) -> list[Sentence]:
    """Return the edited body if the copy stays near the original, else the body as it was."""
    text = replace(draft, body=tuple(edited)).text
    return edited if jaccard(source, shingles(text)) >= NEAREST_COPY else body
