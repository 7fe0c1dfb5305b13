"""What travels through a crawl: pages found, pages to fetch, and how each address ended."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from crawlers.source import Discovery
from crawlers.statuses import Kind, Status


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a feed, sitemap or listing offers; `published` is its aware UTC time, where it says one."""

    url: str
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one discovery document held.

    `children` are the addresses of an index's sitemaps. `passed` counts entries left alone as too old or too many.
    `detail` says what had to be mended to read the document.
    """

    found: tuple[Found, ...] = ()
    children: tuple[str, ...] = ()
    passed: int = 0
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One discovery document to fetch: the declared entry, the address, and how deep or how far on we are."""

    entry: Discovery
    url: str
    page: int = 0
    depth: int = 0

    @property
    def kind(self) -> Kind:
        """The fetch kind of this document."""
        return Kind(self.entry.kind)


@dataclass(frozen=True, slots=True)
class Known:
    """What the warehouse holds of an article that is asked for again: a changed text makes a version.

    `url` and `source_id` are where it was fetched from: a canonical URL is a key and cannot always be fetched.
    """

    content_hash: str | None
    etag: str | None
    last_modified: str | None
    url: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class KnownPages:
    """All articles the warehouse holds: those to ask for again, by canonical URL, and the ids of the rest."""

    recheck: dict[str, Known] = field(default_factory=dict)
    settled: Set[int] = frozenset()

    def is_settled(self, article_id: str) -> bool:
        """Whether the article is held and need not be asked for."""
        return bool(self.settled) and int(article_id, 16) in self.settled


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article page that will be fetched tonight."""

    url: str
    published: datetime | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How one address ended; `size` is the body in bytes as it came over the wire."""

    status: Status
    http_status: int | None = None
    size: int = 0
    detail: str | None = None
    article_id: str | None = None
    fetched_at: datetime | None = None
