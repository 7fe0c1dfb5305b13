"""What a reader of the press should have found: labels of printed sentences, planted events, reprints, first sightings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from crawlers.newsroom import outlets, render
from crawlers.newsroom.model import IRRELEVANT, Article, Event, Label, Plan
from crawlers.newsroom.printed import words
from crawlers.newsroom.site import Site

SPACE = re.compile(r"\s+")
SHORTEST_PART = 25  # characters from which a printed sentence inside a longer text is taken for that sentence


@dataclass(frozen=True)
class Expectation:
    """One planted event as a detector should meet it."""

    event: Event
    days: tuple[str, ...]
    articles: tuple[str, ...]
    stories: tuple[str, ...]


def events(plan: Plan) -> tuple[Expectation, ...]:
    """Return every planted event with its days and the keys of its articles and stories."""
    found = []
    for event in plan.events:
        own = [article for article in plan.articles if article.event == event.id]
        keys = tuple(article.key for article in own)
        found.append(Expectation(event, plan.days(event), keys, tuple(dict.fromkeys(a.story for a in own))))
    return tuple(found)


def expected(plan: Plan, alarm: str) -> tuple[Expectation, ...]:
    """Return the events whose alarm is `required`, `forbidden` or `allowed`."""
    return tuple(expectation for expectation in events(plan) if expectation.event.alarm == alarm)


def find(plan: Plan, url: str) -> Article | None:
    """Return the article behind a URL as crawled or canonical: scheme, `www.` and a last `/` do not matter."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    address = f"http://{host}{parts.path}{query}"
    return plan.by_url.get(address) or plan.by_url.get(address + "/")


class Labels:
    """Looks up the label of a sentence as a crawler has read it.

    Boilerplate around a sentence (a dateline, an attribution, a repeated lead) does not hide it.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._by_text: dict[str, Label] = {}
        for article in (*plan.articles, *plan.restricted):
            for sentence in (*article.draft.sentences, *(edit.title for edit in article.edits)):
                self._by_text[_plain(sentence.text)] = sentence.label
        self._furniture = frozenset(_furniture())

    def of(self, text: str, url: str | None = None) -> Label | None:
        """Return the label of a printed sentence, or None if the press never printed it.

        Args:
            text: the sentence as extracted.
            url: its article, where known: then parts of the article's sentences are recognised too.
        """
        plain = _plain(text)
        if plain in self._by_text:
            return self._by_text[plain]
        if plain in self._furniture:
            return IRRELEVANT
        return self._within(plain, url) if url else None

    def _within(self, plain: str, url: str) -> Label | None:
        """Find a sentence of the article in the text, or the text in a sentence of the article."""
        article = find(self._plan, url)
        if article is None:
            return None
        for sentence in article.draft.sentences:
            own = _plain(sentence.text)
            if own in plain or (len(plain) >= SHORTEST_PART and plain in own):
                return sentence.label
        return None


def stories(plan: Plan) -> Mapping[str, tuple[Article, ...]]:
    """Return every story's articles, the origin first, copies in order of time."""
    found: defaultdict[str, list[Article]] = defaultdict(list)
    for article in plan.articles:
        found[article.story].append(article)
    return MappingProxyType(
        {key: tuple(sorted(members, key=lambda a: a.copy_of is not None)) for key, members in found.items()}
    )


def first_seen(plan: Plan, pages: int = 2) -> Mapping[str, str]:
    """Return the night on which a nightly crawl first meets each article's URL.

    Follows the registry (an outlet that joins late), outages and how deep feeds and listings reach; articles that a
    crawl never meets are left out, and so are restricted pages.

    Args:
        plan: the plan.
        pages: how many pages of a listing the crawl reads.
    """
    seen: dict[str, str] = {}
    restricted = {article.url for article in plan.restricted}
    for day in plan.nights:
        site = Site(plan, day)
        for edition in outlets.editions():
            if plan.joins.get(edition.id, day) <= day:
                for url in site.offered(edition, pages) - restricted:
                    seen.setdefault(url, day)
    return MappingProxyType(seen)


def counts(plan: Plan) -> tuple[dict[str, int], ...]:
    """Return one row per night: articles, stories, on-target and securitizing stories, by publication."""
    rows = []
    for day in plan.nights:
        articles = plan.by_day[day]
        origins = [article for article in articles if article.copy_of is None]
        rows.append(
            {
                "articles": len(articles),
                "stories": len(origins),
                "on_target": sum(article.on_target for article in origins),
                "securitizing": sum(article.securitizing for article in origins),
            }
        )
    return tuple(rows)


def strata(plan: Plan, language: str, target: str, frame: str) -> Counter[str]:
    """Return, per night of publication, the stories with a securitizing sentence on that target and frame."""
    found: Counter[str] = Counter()
    for article in plan.articles:
        if article.copy_of is None and article.language == language:
            found[article.day] += any(
                sentence.securitizing and target in sentence.label.targets and frame in sentence.label.frames
                for sentence in article.draft.sentences
            )
    return found


def _plain(text: str) -> str:
    return SPACE.sub(" ", text).strip().casefold()


def _furniture() -> list[str]:
    """Sentences that the pages print around every story."""
    keys = ("subscribe", "cookies", "biography", "error", "read_also", "related", "latest")
    found = [_plain(words(language)[key]) for language in ("kk", "ru", "en") for key in keys]
    for edition in outlets.editions():
        page_words = words(edition.language)
        names = {"name": edition.name, "wire": render.WIRE_NAME}
        found += [_plain(page_words[key].format(**names)) for key in ("attribution", "copied")]
    return found
