"""A source: one edition of an outlet in one language, as the registry declares it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Ownership:
    """Who owned the outlet from `since` on (None: from the beginning), and how sure that is."""

    ownership_class: str
    since: date | None
    confidence: str
    evidence: str


@dataclass(frozen=True)
class Discovery:
    """One declared way to find new pages.

    `url` may hold `{n}` for listings: page numbers `first` .. `first + pages - 1`. `links` is the CSS selector of
    the anchors; without it every link that matches `article_url` is taken. `include` is a regex on the address of
    a sitemap index's children. Sitemap entries older than `max_age_days` are left alone.
    """

    kind: str
    url: str
    first: int = 1
    pages: int = 1
    links: str | None = None
    include: str | None = None
    max_age_days: int | None = None
    verified: bool = True
    how: str | None = None


@dataclass(frozen=True)
class Selectors:
    """CSS selectors for the parts of an article page; None where the page's own metadata is enough."""

    title: str | None = None
    body: str | None = None
    date: str | None = None
    authors: str | None = None
    section: str | None = None
    tags: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One edition of an outlet. Pure data, hashable by its id, safe to share between threads."""

    id: str
    outlet: str
    outlet_name: str
    country: str
    media_type: str
    timezone: str
    language: str
    base_url: str
    tier: str
    enabled: bool
    hosts: frozenset[str]
    ownership: tuple[Ownership, ...]
    discovery: tuple[Discovery, ...] = ()
    article_url: tuple[str, ...] = ()
    article_url_verified: bool = True
    selectors: Selectors = field(default_factory=Selectors)
    date_formats: str = "dmy"
    note: str | None = None
    path: str | None = None

    @cached_property
    def _article_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.article_url)

    def ownership_on(self, day: date) -> Ownership:
        """Return the ownership in force on a local day; the earliest known one for days before any `since`."""
        history = sorted(self.ownership, key=lambda entry: entry.since or date.min)
        in_force = [entry for entry in history if (entry.since or date.min) <= day]
        return in_force[-1] if in_force else history[0]

    def has_host(self, url: str) -> bool:
        """Whether the URL lies on one of the source's hosts (scheme, host and port all fit)."""
        key = host_key(url)
        return key is not None and key in self.hosts

    def is_article(self, url: str) -> bool:
        """Whether path and query of the URL match one of the source's article patterns."""
        tail = path_and_query(url)
        return any(pattern.search(tail) for pattern in self._article_patterns)

    def __hash__(self) -> int:
        return hash(self.id)


def host_key(url: str) -> str | None:
    """Return `host` (or `host:port` for a port that is not the scheme's own), or None for what is no web URL.

    URLs with a user name or password in them count as no web URL: the press does not need them, tricks do.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = parts.hostname.lower().rstrip(".")
    return host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def path_and_query(url: str) -> str:
    """Return what article patterns are matched against: the path, and `?query` where there is one."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def by_id(sources: list[Source]) -> Mapping[str, Source]:
    """Index sources by their id."""
    return {source.id: source for source in sources}
