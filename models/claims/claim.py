"""What a claim is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

UNITS = ("persons", "share")
DIRECTIONS = (
    "present",  # are, live, work or stay somewhere; also where nothing is said of movement
    "arriving",  # come in, over at most a year or so
    "leaving",  # go away
    "returning",  # come back home
    "total",  # came in, left or returned since some year, or over several years
    "naturalised",  # were given citizenship, residence or asylum
    "penalised",  # were fined, detained, convicted, found in breach
    "expelled",  # were deported or turned back
)
HEDGES = ("exact", "about", "more", "less")


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of people of a target group, asserted (or denied) in one sentence.

    `low` and `high` bound what was said: equal for one figure, however hedged; the ends of a range; for a vague word
    ("десятки тысяч") two of its unit to just below ten. `point` is their middle. Persons are counted, shares are between
    0 and 1. `start` and `end` are characters of the sentence, end exclusive, and `text` is what stands between.
    """

    target: str
    low: float
    high: float
    unit: str
    direction: str
    place: str | None
    year: int | None
    hedge: str
    rejected: bool
    """The sentence itself denies the number."""
    text: str
    start: int
    end: int

    @property
    def point(self) -> float:
        """The one number to compare: the middle of the range."""
        return (self.low + self.high) / 2

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the fields of the codebook, with `quantity` as low, high and point, and what goes with them."""
        return {
            "target": self.target,
            "quantity": {"low": _plain(self.low), "high": _plain(self.high), "point": _plain(self.point)},
            "unit": self.unit,
            "direction": self.direction,
            "place": self.place,
            "year": self.year,
            "hedge": self.hedge,
            "rejected": self.rejected,
            "text": self.text,
            "start": self.start,
            "end": self.end,
        }


def _plain(value: float) -> int | float:
    """Whole numbers without a decimal point."""
    return int(value) if value == int(value) else round(value, 4)
