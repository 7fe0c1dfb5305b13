"""What a report of one night consists of: plain values, frozen, in the order in which they are shown.

`None` in a number means "not collected" or "not known", never zero. Days are ISO days of Asia/Almaty, times aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ALL = "*"


@dataclass(frozen=True)
class Stratum:
    """Which part of the press is counted; `*` where a dimension is not narrowed."""

    language: str
    ownership: str = ALL
    target: str = ALL
    frame: str = ALL


@dataclass(frozen=True)
class Day:
    """One day of a series: securitizing stories, their copies, all stories, and what the detector expected."""

    day: str
    count: int | None
    copies: int | None
    total: int | None
    expected: float | None
    upper: float | None
    p_value: float | None
    complete: bool
    alarm: bool


@dataclass(frozen=True)
class Strength:
    """How far one night stood out, by one detector."""

    day: str
    detector: str
    count: int
    copies: int | None
    total: int | None
    expected: float | None
    upper: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    p_value: float | None
    q_value: float | None
    tested: int
    """Tests that the detector made that night: what the q-value allows for."""


@dataclass(frozen=True)
class Publisher:
    """One edition that carried the episode's stories."""

    source_id: str
    outlet: str
    ownership: str
    country: str
    language: str
    printed_at: datetime
    """When its first article appeared: the outlet's own time where that can be trusted, else when it was first seen."""
    first_seen_at: datetime
    stories: int
    articles: int
    moments: tuple[datetime, ...]
    """`printed_at` of each of its articles, ascending."""


@dataclass(frozen=True)
class Mark:
    """A stretch of a sentence and what the reader saw in it; offsets count characters of the sentence."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Sentence:
    """One sentence as read. The text is crawled text and hostile."""

    sentence_id: str
    text: str
    lang: str
    marks: tuple[Mark, ...]
    move: str
    p_securitizing: float
    voice: str | None
    targets: tuple[str, ...]
    referents: tuple[str, ...]
    frames: tuple[str, ...]
    measure: bool
    is_title: bool


@dataclass(frozen=True)
class Story:
    """One story of an episode: its origin, how often it was printed, its strongest sentences."""

    story_id: str
    title: str
    url: str
    outlet: str
    source_id: str
    language: str
    first_seen_at: datetime
    published_at: datetime | None
    articles: int
    editions: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class SourceCoverage:
    """How far one edition was collected on one night; counts are None where nothing was recorded."""

    source_id: str
    outlet: str
    language: str
    ownership: str
    status: str
    expected: float | None
    seen: int | None
    fetched: int | None
    parsed: int | None
    read: int | None


@dataclass(frozen=True)
class Reading:
    """Which model, codebook and lexicon read the sentences."""

    reading_id: str
    model: str
    model_sha: str
    codebook_version: str
    lexicon_version: str


@dataclass(frozen=True)
class Episode:
    """One episode with all its evidence."""

    episode_id: str
    stratum: Stratum
    onset: str
    peak: str
    end: str
    state: str
    severity: str
    strength: Strength
    alarm_days: tuple[str, ...]
    series: tuple[Day, ...]
    stories_count: int
    articles_count: int
    publishers: tuple[Publisher, ...]
    stories: tuple[Story, ...]
    coverage: tuple[SourceCoverage, ...]
    reading: Reading | None
    absorbed: tuple[Stratum, ...]
    tags: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class Watched:
    """A stratum that stood out tonight, but not enough for an alert."""

    stratum: Stratum
    strength: Strength


@dataclass(frozen=True)
class Week:
    """One week of a trend: the share of stories that securitize, with its 95 % interval."""

    week: str
    count: int | None
    total: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Trend:
    """One small chart: a language, or a target within all languages."""

    kind: str
    name: str
    weeks: tuple[Week, ...]


@dataclass(frozen=True)
class SourceDays:
    """One edition's calendar: a status for each day, `absent` before it was known."""

    source_id: str
    outlet: str
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """A headline that was changed after it had been seen."""

    article_id: str
    outlet: str
    url: str
    before: str
    after: str
    seen_before: datetime
    seen_after: datetime


@dataclass(frozen=True)
class ClassifierError:
    """How often the classifier is wrong in one language, on sentences read by people."""

    language: str
    sensitivity: float | None
    sensitivity_low: float | None
    sensitivity_high: float | None
    specificity: float | None
    specificity_low: float | None
    specificity_high: float | None
    n: int


@dataclass(frozen=True)
class Totals:
    """The night in numbers; stories and articles by first-seen day."""

    editions: int
    complete: int
    partial: int
    missing: int
    articles: int
    stories: int
    securitizing_stories: int
    sentences: int
    on_target: int
    securitizing: int
    quarantined: int


@dataclass(frozen=True)
class FalseAlarms:
    """What chance alone would bring: series tested tonight, the accepted share, and the bound that follows."""

    tested: int
    eligible: int
    q: float
    watch_level: float
    nights: int


@dataclass(frozen=True)
class Report:
    """Everything the report of one night says."""

    night: str
    totals: Totals
    episodes: tuple[Episode, ...]
    further: tuple[Episode, ...]
    """Weaker episodes beyond those shown in full; they carry no stories."""
    watched: tuple[Watched, ...]
    trends: tuple[Trend, ...]
    coverage: tuple[SourceCoverage, ...]
    days: tuple[str, ...]
    calendar: tuple[SourceDays, ...]
    edits: tuple[Edit, ...]
    errors: tuple[ClassifierError, ...]
    false_alarms: FalseAlarms
    reading: Reading | None
    episode_days: int
    """Episodes with an alarm in this many days up to the night are reported."""
