"""The plan of sixty nights: who prints what and when, with the planted events. The same seed gives the same plan."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.newsroom import outlets
from crawlers.newsroom.compose import Composer
from crawlers.newsroom.model import Article, Draft, Edit, Event, Plan, Sentence
from crawlers.newsroom.outlets import Edition
from crawlers.newsroom.schedule import CALM, SECURITIZING, Pacer, Volumes, pick_leaning, rise_rate
from crawlers.newsroom.slugs import slug
from crawlers.newsroom.stock import LANGUAGES
from crawlers.newsroom.wording import reprint

SEED = 20260302
FIRST_NIGHT = date(2026, 3, 2)
NIGHTS = 60
ALMATY = ZoneInfo("Asia/Almaty")
OPENS, CLOSES = 7 * 60, 23 * 60  # minutes of the local day between which stories appear
WIRE = "steppe-wire"
COPIED, SPIKE_COPIED = 0.4, 0.2  # odds that a wire story, or a story of a spike, is reprinted
COPIES = (1, 1, 2, 3)
RESTRICTED_EVERY = 4


def nights() -> tuple[str, ...]:
    """Return the sixty local days, ISO dates."""
    return tuple((FIRST_NIGHT + timedelta(days=step)).isoformat() for step in range(NIGHTS))


@cache
def planted() -> tuple[Event, ...]:
    """Return the events of `events.toml`."""
    rows = tomllib.loads(Path(__file__).with_name("events.toml").read_text(encoding="utf-8"))["event"]
    return tuple(_event(row) for row in rows)


def _event(row: dict[str, Any]) -> Event:
    values: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Event(**values)


def build(seed: int = SEED) -> Plan:
    """Return the plan for a seed: articles in order of time, restricted pages, events, outages and joins."""
    desk = _Desk(seed)
    for number, day in enumerate(nights(), start=1):
        desk.night(day, number)
    dark = next(event for event in planted() if event.kind == "dark_outlet")
    late = next(event for event in planted() if event.kind == "late_outlet")
    return Plan(
        seed=seed,
        nights=nights(),
        articles=tuple(sorted(desk.articles, key=lambda article: (article.published_at, article.key))),
        restricted=tuple(desk.restricted),
        events=planted(),
        outages={e.id: nights()[dark.first - 1 : dark.last] for e in _of_outlet(dark.outlet)},
        joins={e.id: nights()[late.first - 1] for e in _of_outlet(late.outlet)},
    )


def _of_outlet(outlet: str | None) -> list[Edition]:
    return [edition for edition in outlets.editions() if edition.outlet == outlet]


@dataclass
class _Desk:
    """The state of the simulation while the nights are written one after another."""

    seed: int
    articles: list[Article] = field(default_factory=list)
    restricted: list[Article] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed}/desk")
        self.volumes = Volumes(random.Random(f"{self.seed}/volumes"), planted())
        self.composers = {lang: Composer(lang, random.Random(f"{self.seed}/{lang}")) for lang in LANGUAGES}
        self.pacers = {
            (lang, kind): Pacer(random.Random(f"{self.seed}/{lang}/{kind}"))
            for lang in LANGUAGES
            for kind in ("alarming", "calm", "rise")
        }
        self.waiting: dict[str, list[str]] = {lang: [] for lang in LANGUAGES}
        self.numbers = {name: 20_000 + 1_000 * place for place, name in enumerate(sorted(outlets.NAMES))}
        self.urls: set[str] = set()

    def night(self, day: str, number: int) -> None:
        """Write one night: ordinary stories and reprints per language, then what is planted on it."""
        for language in LANGUAGES:
            slots = [
                edition
                for edition in outlets.editions()
                if edition.language == language
                for _ in range(self.volumes.of(edition, day, number))
            ]
            self.rng.shuffle(slots)
            self._ordinary(language, slots, day, number)
        for event in planted():
            if event.covers(number):
                self._event(event, day, number)
        if number % RESTRICTED_EVERY == 0:
            self._restricted(day)

    def _ordinary(self, language: str, slots: list[Edition], day: str, number: int) -> None:
        copies, originals = self._split(slots)
        drafts = self._drafts(language, originals, number)
        wires = []
        for edition, (draft, event) in zip(originals, drafts, strict=True):
            limit = CLOSES - 180 if edition.outlet == WIRE else CLOSES
            article = self._print(edition, draft, day, self._minute(limit), event=event)
            if edition.outlet == WIRE:
                wires.append(article)
        for wire, edition in self._pairs(wires, copies):
            self._copy(wire, edition)

    def _split(self, slots: list[Edition]) -> tuple[list[Edition], list[Edition]]:
        """Set aside places for reprints, at most one copy of a wire story in each edition."""
        wanted = sum(
            self.rng.choice(COPIES)
            for edition in slots
            if edition.outlet == WIRE and self.rng.random() < COPIED
        )
        others = [place for place, edition in enumerate(slots) if edition.outlet != WIRE]
        aside = set(others[:wanted])
        copies = [slots[place] for place in sorted(aside)]
        return copies, [edition for place, edition in enumerate(slots) if place not in aside]

    def _pairs(self, wires: list[Article], copies: list[Edition]) -> Iterator[tuple[Article, Edition]]:
        """Give every reprint place one of the night's wire stories, none twice to an edition."""
        taken: set[tuple[str, str]] = set()
        for edition in copies:
            free = [wire for wire in wires if (wire.key, edition.id) not in taken]
            if free:
                wire = self.rng.choice(free)
                taken.add((wire.key, edition.id))
                yield wire, edition

    def _drafts(self, language: str, originals: list[Edition], number: int) -> list[tuple[Draft, str | None]]:
        """Return a draft for every place, the alarming ones where the outlets' leaning puts them."""
        rise = next(event for event in planted() if event.kind == "slow_rise")
        rate = rise_rate(rise, number) if language in rise.languages else 0.0
        rates = {"alarming": SECURITIZING[language], "calm": CALM[language], "rise": rate}
        kinds = [self._kind(language, rates) for _ in originals]
        loud = [kind for kind in kinds if kind in ("alarming", "rise")]
        places = pick_leaning(self.rng, [edition.outlet for edition in originals], len(loud))
        quiet = [kind for kind in kinds if kind not in ("alarming", "rise")]
        order = [loud.pop() if place in places else quiet.pop() for place in range(len(kinds))]
        return [self._draft(language, kind, rise) for kind in order]

    def _kind(self, language: str, rates: dict[str, float]) -> str:
        waiting = self.waiting[language]
        waiting += [kind for kind, rate in rates.items() if self.pacers[language, kind].step(rate)]
        return waiting.pop(0) if waiting else "ordinary"

    def _draft(self, language: str, kind: str, rise: Event) -> tuple[Draft, str | None]:
        composer = self.composers[language]
        if kind == "rise":
            return composer.of_event(rise.theme or ""), rise.id
        compose = {"alarming": composer.alarming, "calm": composer.calm, "ordinary": composer.ordinary}
        return compose[kind](), None

    # planted events

    def _event(self, event: Event, day: str, number: int) -> None:
        if event.kind in ("spike", "debunking"):
            self._wave(event, day, event.nightly[number - event.first])
        elif event.kind == "reprint_wave":
            self._wire_wave(event, day)
        elif event.kind == "edited_headline" and number == event.first:
            self._edited(event, day)

    def _wave(self, event: Event, day: str, stories: int) -> None:
        """Print an event's own stories, spread over the language's editions, some of them reprinted."""
        language = event.languages[0]
        editions = [edition for edition in outlets.editions() if edition.language == language]
        order = self.rng.sample(editions, len(editions))
        for place in range(stories):
            draft = self.composers[language].of_event(event.theme or "")
            edition = order[place % len(order)]
            article = self._print(edition, draft, day, self._minute(CLOSES - 180), event=event.id)
            if event.kind == "spike" and self.rng.random() < SPIKE_COPIED:
                self._copy(article, self.rng.choice([other for other in editions if other != edition]))

    def _wire_wave(self, event: Event, day: str) -> None:
        draft, _ = self.composers[event.languages[0]].whole(event.theme or "")
        source = outlets.by_id()[event.source or ""]
        article = self._print(source, draft, day, OPENS + 150, event=event.id)
        others = [e for e in outlets.editions() if e.language == source.language and e != source]
        for edition in others[: event.nightly[0]]:
            self._copy(article, edition)

    def _edited(self, event: Event, day: str) -> None:
        draft, titles = self.composers[event.languages[0]].whole(event.theme or "")
        edition = outlets.by_id()[event.source or ""]
        article = self._print(edition, draft, day, self._minute(CLOSES), event=event.id)
        self.articles[-1] = replace(article, edits=(Edit(nights()[event.last - 1], titles[0]),))

    def _restricted(self, day: str) -> None:
        for edition in outlets.editions():
            if edition.partner:
                draft = self.composers[edition.language].ordinary()
                article = self._print(edition, draft, day, self._minute(CLOSES), pattern=edition.partner)
                self.restricted.append(self.articles.pop())
                assert self.restricted[-1] is article

    # printing

    def _minute(self, limit: int) -> int:
        return self.rng.randrange(OPENS, limit)

    def _copy(self, original: Article, edition: Edition) -> None:
        local = original.published_at.astimezone(ALMATY)
        minute = min(local.hour * 60 + local.minute + self.rng.randint(10, 170), CLOSES - 1)
        draft = reprint(original.draft, edition.language, self.rng)
        self._print(edition, draft, original.day, minute, original=original, event=original.event)

    def _print(
        self,
        edition: Edition,
        draft: Draft,
        day: str,
        minute: int,
        *,
        original: Article | None = None,
        event: str | None = None,
        pattern: str | None = None,
    ) -> Article:
        """Put a draft on an edition's pages and return the article."""
        key = f"a{len(self.articles) + len(self.restricted):05d}"
        at = datetime.combine(date.fromisoformat(day), time(minute // 60, minute % 60), ALMATY)
        article = Article(
            key=key,
            source_id=edition.id,
            language=edition.language,
            url=self._address(edition, draft.title, day, pattern or edition.path),
            day=day,
            published_at=at.astimezone(UTC),
            draft=draft,
            story=original.story if original else key,
            copy_of=original.key if original else None,
            event=event,
        )
        self.articles.append(article)
        return article

    def _address(self, edition: Edition, title: Sentence, day: str, pattern: str) -> str:
        year, month, date_ = day.split("-")
        self.numbers[edition.outlet] += self.rng.randint(1, 9)
        for suffix in ("", *(f"-{n}" for n in range(2, 100))):
            path = pattern.format(
                slug=slug(title.text) + suffix, n=self.numbers[edition.outlet], y=year, m=month, d=date_
            )
            if edition.base + path not in self.urls:
                break
        self.urls.add(edition.base + path)
        return edition.base + path
