"""The words of alerting: stratum, series, alarm, episode."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ANY = "*"
SEVERITIES = ("watch", "alert", "high")
STATES = ("open", "closed", "confirmed", "dismissed")


class Stratum(NamedTuple):
    """One cell of language x ownership x target x frame; '*' = all of that dimension."""

    language: str = ANY
    ownership: str = ANY
    target: str = ANY
    frame: str = ANY

    def __str__(self) -> str:
        return "|".join(self)

    @classmethod
    def parse(cls, text: str) -> Stratum:
        """The stratum of its text form 'kk|*|chinese|territory'."""
        return cls(*text.split("|"))

    @property
    def depth(self) -> int:
        """How many dimensions are fixed."""
        return sum(part != ANY for part in self)

    @property
    def shape(self) -> tuple[bool, ...]:
        """Which dimensions are fixed; strata of one shape are siblings."""
        return tuple(part != ANY for part in self)

    def contains(self, other: Stratum) -> bool:
        """True where every story of `other` is also a story of this one."""
        return all(mine in (ANY, theirs) for mine, theirs in zip(self, other, strict=True))

    def related(self, other: Stratum) -> bool:
        """True where the two may speak of the same stories: language, ownership and target do not contradict.

        Frames never contradict: the stories of one spike carry several (a land rumour also speaks of concessions).
        """
        return all(ANY in pair or pair[0] == pair[1] for pair in zip(self[:3], other[:3], strict=True))


@dataclass(frozen=True)
class Series:
    """The daily counts of one stratum. All arrays have one entry per day of `days`."""

    stratum: Stratum
    days: tuple[str, ...]
    """ISO dates, ascending; a date left out is missing."""
    count: NDArray[np.float64]
    """securitizing stories."""
    copies: NDArray[np.float64]
    """the same with reprints counted."""
    total: NDArray[np.float64]
    """all stories of the group (the denominator)."""
    complete: NDArray[np.bool_]
    """False where the group was not fully collected: missing, never zero."""
    excluded: frozenset[str] = frozenset()
    """days kept out of baselines (an analyst's mark), still tested themselves."""


@dataclass(frozen=True)
class Alarm:
    """One stratum on one night. Probabilities are nan where that detector could not be used."""

    day: str
    stratum: Stratum
    severity: str
    """watch (dashboard only), alert, high."""
    detectors: tuple[str, ...]
    """which of 'day' and 'week' raised it at this severity or above the watch level."""
    count: int
    copies: int
    total: int
    expected: float
    upper: float
    rate_ratio: float
    ratio_low: float
    ratio_high: float
    """95 % interval of the rate ratio."""
    p_day: float
    q_day: float
    p_week: float
    q_week: float
    week_count: int
    week_total: int
    week_expected: float
    phi: float
    method: str
    baseline_days: int
    tags: tuple[str, ...] = ()
    """'amplified': only reprints alarm; 'small': significant but below the rate ratio asked for."""
    headline: Stratum = field(default_factory=Stratum)
    """the stratum that stands for this alarm's group tonight."""
    role: str = "headline"
    """headline, parent (contains the headline), child (inside it), overlap."""
    outlets: int | None = None
    """outlets behind tonight's stories, where the caller told; used for ranking only."""

    @property
    def p(self) -> float:
        """The smaller of the two p-values."""
        values = [value for value in (self.p_day, self.p_week) if value == value]
        return min(values, default=1.0)

    @property
    def excess(self) -> float:
        """Stories above expectation, by the detector that sees more of them."""
        day = self.count - self.expected if self.expected == self.expected else 0.0
        week = self.week_count - self.week_expected if self.week_expected == self.week_expected else 0.0
        return max(day, week, 0.0)


@dataclass(frozen=True)
class Member:
    """A stratum that took part in an episode."""

    stratum: Stratum
    excess: float
    """largest excess on one night."""
    nights: tuple[str, ...]
    severity: str


@dataclass(frozen=True)
class Episode:
    """Alarms of one stratum family, no two nights more than seven days apart."""

    episode_id: str
    """first 16 hex of sha256(headline at onset + onset); never changes."""
    stratum: Stratum
    """the most informative stratum: the narrowest one that still carries most of the excess."""
    onset: str
    peak: str
    """night of the largest excess of the headline."""
    end: str
    """last night with an alarm."""
    state: str
    severity: str
    """the highest reached."""
    nights: tuple[str, ...]
    peak_count: int
    peak_expected: float
    peak_ratio: float
    members: tuple[Member, ...]
    tags: tuple[str, ...] = ()
