"""How many stories each edition prints on each night, and which of them are on target; no texts here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crawlers.newsroom.model import Event
from crawlers.newsroom.outlets import Edition

WEEKEND = {5: 0.66, 6: 0.6}
SECURITIZING = {"kk": 0.066, "ru": 0.066, "en": 0.045}  # share of an ordinary night's stories
CALM = {"kk": 0.115, "ru": 0.115, "en": 0.125}
# Some outlets lean more to alarm than others; only the odds between them, never the total.
LEANING = {
    "free-word": 2.4,
    "border-news": 1.5,
    "khan-portal": 1.2,
    "people-gazette": 0.7,
    "silk-analytics": 0.6,
}


@dataclass
class Pacer:
    """Spreads rare stories evenly but not regularly: gaps between half and one and a half of their mean."""

    rng: random.Random
    phase: float = 0.0
    due: float = field(default=-1.0)

    def step(self, rate: float) -> bool:
        """Advance by one story at the given rate; True if this story is one of the rare ones."""
        if self.due < 0:
            self.due = self.rng.uniform(0.0, 1.0)
        self.phase += rate
        if self.phase < self.due:
            return False
        self.due += self.rng.uniform(0.5, 1.5)
        return True


class Volumes:
    """The nightly number of stories of every edition: weight, weekday, holidays, surges, and a little noise."""

    def __init__(self, rng: random.Random, events: Sequence[Event]) -> None:
        self.rng = rng
        self.events = [event for event in events if event.factor != 1.0]
        self.carried: dict[str, float] = {}

    def of(self, edition: Edition, day: str, number: int) -> int:
        """Return how many stories the edition prints that night; fractions are carried on, nothing is lost."""
        factor = WEEKEND.get(date.fromisoformat(day).weekday(), 1.0)
        for event in self.events:
            if event.covers(number) and edition.language in event.languages:
                factor *= event.factor
        wanted = self.carried.get(edition.id, self.rng.random()) + edition.weight * factor
        count = max(0, round(wanted - 0.5 + self.rng.uniform(-0.4, 0.4)))
        self.carried[edition.id] = wanted - count
        return count


def pick_leaning(rng: random.Random, outlets: Sequence[str], count: int) -> set[int]:
    """Choose `count` places of a night's stories for the alarming ones, by the outlets' leaning."""
    left = list(range(len(outlets)))
    chosen: set[int] = set()
    for _ in range(min(count, len(left))):
        weights = [LEANING.get(outlets[place], 1.0) for place in left]
        place = rng.choices(left, weights)[0]
        left.remove(place)
        chosen.add(place)
    return chosen


def rise_rate(event: Event, number: int) -> float:
    """Return a slow rise's share of the language's stories on a night: a straight line between its two rates."""
    if not event.covers(number):
        return 0.0
    start, end = event.rate
    return start + (end - start) * (number - event.first) / (event.last - event.first)
