"""The words of the fictional press: labels, sentences, articles, events and the plan that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from crawlers.newsroom.errors import UnknownNight

ALMATY_CRAWL_UTC = timedelta(hours=18, minutes=30)  # 23:30 in Almaty, after the last story of the day


@dataclass(frozen=True, slots=True)
class Label:
    """What the codebook says about one sentence."""

    move: str = "irrelevant"
    targets: tuple[str, ...] = ()
    voice: str | None = None
    referents: tuple[str, ...] = ()
    measure: bool = False
    frames: tuple[str, ...] = ()


IRRELEVANT = Label()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One printed sentence and its label."""

    text: str
    label: Label = IRRELEVANT

    @property
    def securitizing(self) -> bool:
        """Whether the sentence makes a securitizing move."""
        return self.label.move == "securitizing"


@dataclass(frozen=True, slots=True)
class Draft:
    """A story before it has an outlet: its title, body and what it is about."""

    title: Sentence
    body: tuple[Sentence, ...]
    theme: str

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Title and body in printing order."""
        return (self.title, *self.body)

    @property
    def text(self) -> str:
        """Title and body as running text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Edit:
    """A headline that replaces the old one from the given night on."""

    day: str
    title: Sentence


@dataclass(frozen=True, slots=True)
class Article:
    """One story on one outlet's pages.

    `story` is the key of the story's origin (its own key for an original), `copy_of` the key of the article it
    reprints. `published_at` is aware UTC; `day` is the local day, which is also the first night it can be seen.
    """

    key: str
    source_id: str
    language: str
    url: str
    day: str
    published_at: datetime
    draft: Draft
    story: str
    copy_of: str | None = None
    event: str | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def title(self) -> Sentence:
        """The headline as first printed."""
        return self.draft.title

    @property
    def body(self) -> tuple[Sentence, ...]:
        """The body, sentence by sentence."""
        return self.draft.body

    def title_on(self, day: str) -> Sentence:
        """Return the headline in force at the end of that night."""
        in_force = [edit.title for edit in self.edits if edit.day <= day]
        return in_force[-1] if in_force else self.title

    def sentences_on(self, day: str) -> tuple[Sentence, ...]:
        """Return the headline in force on that night, then the body."""
        return (self.title_on(day), *self.body)

    @property
    def securitizing(self) -> bool:
        """Whether the article, as first printed, holds at least one securitizing sentence."""
        return any(sentence.securitizing for sentence in self.draft.sentences)

    @property
    def on_target(self) -> bool:
        """Whether any sentence is about one of the codebook's targets."""
        return any(sentence.label.targets for sentence in self.draft.sentences)


@dataclass(frozen=True)
class Event:
    """Something planted. `alarm` says what a detector owes it: required, forbidden or allowed.

    `first` and `last` are numbers of nights, counted from 1. `nightly` gives the stories of each night for kinds
    that print their own, `rate` the share of the language's stories at the start and the end of a slow rise.
    """

    id: str
    kind: str
    languages: tuple[str, ...]
    first: int
    last: int
    alarm: str
    note: str
    target: str | None = None
    frame: str | None = None
    theme: str | None = None
    nightly: tuple[int, ...] = ()
    rate: tuple[float, ...] = ()
    factor: float = 1.0
    outlet: str | None = None
    source: str | None = None

    def covers(self, number: int) -> bool:
        """Whether the event is on in night `number`."""
        return self.first <= number <= self.last


@dataclass(frozen=True)
class Plan:
    """Sixty nights of the fictional press: every article that will be printed, and every event planted.

    `restricted` are pages that exist and are linked, but which robots.txt forbids; they are not in `articles`.
    """

    seed: int
    nights: tuple[str, ...]
    articles: tuple[Article, ...]
    restricted: tuple[Article, ...]
    events: tuple[Event, ...]
    outages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)

    def number(self, day: str) -> int:
        """Return the number of a night, counted from 1.

        Raises:
            UnknownNight: the plan has no such night.
        """
        if day not in self._numbers:
            raise UnknownNight(day, self.nights[0], self.nights[-1])
        return self._numbers[day]

    def crawl_time(self, day: str) -> datetime:
        """Return when that night's crawl happens: 23:30 in Almaty, in UTC."""
        self.number(day)
        local_midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return local_midnight + ALMATY_CRAWL_UTC

    def days(self, event: Event) -> tuple[str, ...]:
        """Return the nights an event covers."""
        return self.nights[event.first - 1 : event.last]

    @cached_property
    def by_key(self) -> Mapping[str, Article]:
        """Articles by their key."""
        return MappingProxyType({article.key: article for article in self.articles})

    @cached_property
    def by_url(self) -> Mapping[str, Article]:
        """Articles by URL, the restricted ones included."""
        return MappingProxyType({article.url: article for article in (*self.articles, *self.restricted)})

    @cached_property
    def by_day(self) -> Mapping[str, tuple[Article, ...]]:
        """Articles by the night on which they appear."""
        found: dict[str, list[Article]] = {day: [] for day in self.nights}
        for article in self.articles:
            found[article.day].append(article)
        return MappingProxyType({day: tuple(articles) for day, articles in found.items()})

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {day: number for number, day in enumerate(self.nights, start=1)}
