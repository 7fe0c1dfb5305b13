"""What the hosts of the press answer on a night: robots, feeds, sitemaps, listings, articles, and errors."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from crawlers.newsroom import render
from crawlers.newsroom.model import Article, Plan
from crawlers.newsroom.outlets import Edition, editions
from crawlers.newsroom.render import RELATED

FEED_ITEMS = 25
PAGE_ITEMS = 15
LAST_PAGE = 100
HTML, XML, TEXT = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
PACKED = "application/gzip"
CLOSE_AFTER = 3  # nights of an outage answered with 503; on the later ones the connection is closed
RELATED_AMONG = 60
ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /news/partner/\nDisallow: /article/partner/\nDisallow: /partner/\n"
OTHER_PAGES = ("/about", "/tag/0/", "/tag/1/", "/tag/2/")


@dataclass(frozen=True)
class Answer:
    """One response; `status` 0 means that the connection is closed without a word."""

    status: int
    body: bytes = b""
    content_type: str = TEXT
    modified: str | None = None
    location: str | None = None

    @cached_property
    def etag(self) -> str:
        """A strong validator of the body."""
        return f'"{sha256(self.body).hexdigest()[:20]}"'

    @cached_property
    def packed(self) -> bytes:
        """The body gzipped, the same bytes each time."""
        return gzip.compress(self.body, compresslevel=5, mtime=0)


class Site:
    """The whole press at the end of one night; answers are made when first asked for and kept."""

    def __init__(self, plan: Plan, day: str) -> None:
        self.plan = plan
        self.day = day
        self.now: datetime = plan.crawl_time(day)
        self._number = plan.number(day)
        self._kept: dict[str, Answer] = {}
        self._visible = _visible(plan, day)

    def answer(self, url: str) -> Answer:
        """Return what the press answers to a GET of an absolute URL on this night."""
        kept = self._kept.get(url)
        if kept is None:
            kept = self._kept[url] = self._make(url)
        return kept

    def is_dark(self, source_id: str) -> bool:
        """Whether an edition's site is out of order on this night."""
        return self.day in self.plan.outages.get(source_id, ())

    def visible(self, source_id: str) -> Sequence[Article]:
        """Return an edition's stories, restricted ones included, newest first."""
        return self._visible.get(source_id, ())

    def offered(self, edition: Edition, pages: int = 2) -> set[str]:
        """Return the addresses of stories that the edition's feed, sitemap or first listing pages lead to."""
        if self.is_dark(edition.id):
            return set()
        stories = self.visible(edition.id)
        if any(kind.startswith("sitemap") for kind in edition.offers):
            return {article.url for article in stories}
        has_feed = "rss" in edition.offers or "atom" in edition.offers
        depth = FEED_ITEMS if has_feed else PAGE_ITEMS * pages
        return {article.url for article in stories[:depth]}

    def _make(self, url: str) -> Answer:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        on_host = [edition for edition in editions() if edition.host == host]
        if not on_host:
            return Answer(502, b"no such host in the fictional press\n")
        if self.is_dark(on_host[0].id):
            return self._outage(on_host[0])
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if host != parts.hostname:
            return Answer(301, location=f"http://{host}{path}")
        if on_host[0].base + path + "/" in self.plan.by_url:
            return Answer(301, location=f"http://{host}{path}/")
        return self._page(on_host, path) or Answer(404, b"not found\n")

    def _outage(self, edition: Edition) -> Answer:
        first = self.plan.number(self.plan.outages[edition.id][0])
        return Answer(503, b"maintenance\n") if self._number - first < CLOSE_AFTER else Answer(0)

    def _page(self, on_host: Sequence[Edition], path: str) -> Answer | None:
        if path == "/robots.txt":
            return Answer(200, ROBOTS.encode())
        article = self.plan.by_url.get(on_host[0].base + path)
        if article is not None:
            return self._article(article) if article.day <= self.day else None
        for edition in on_host:
            answer = self._offer(edition, path)
            if answer is not None:
                return answer
        if path == "/":
            return self._listing(on_host[0], 1, "/")
        if path in OTHER_PAGES or path.startswith(("/search", "/tag/")):
            return _page_answer(render.plain_page(on_host[0], path.strip("/")))
        return None

    def _article(self, article: Article) -> Answer:
        related = self._related(article)
        text = render.article_page(article, self.plan, related, self.now)
        changed = max([article.day, *(edit.day for edit in article.edits if edit.day <= self.day)])
        at = article.published_at if changed == article.day else self.plan.crawl_time(changed)
        return Answer(200, text.encode(), HTML, modified=format_datetime(at, usegmt=True))

    def _related(self, article: Article) -> list[Article]:
        """Earlier on-target stories of the same edition: other stories' keywords, the same ones every night."""
        stories = self.visible(article.source_id)
        earlier = [other for other in stories if other.day < article.day and other.on_target]
        among = earlier[:RELATED_AMONG]
        return random.Random(f"{article.key}/related").sample(among, min(RELATED, len(among)))

    def _offer(self, edition: Edition, path: str) -> Answer | None:
        stories = self.visible(edition.id)
        for kind, address in edition.offers.items():
            if kind == "listing":
                found = re.fullmatch(re.escape(address).replace(r"\{n\}", r"(\d{1,4})"), path)
                if found or path == address.split("{n}")[0]:
                    return self._listing(edition, int(found[1]) if found else 1, address)
            elif path == address and kind in ("rss", "atom"):
                text = render.feed(edition, kind, path, stories[:FEED_ITEMS], self.now)
                return Answer(200, text.encode(), XML, modified=_newest(stories))
            elif path == address and kind == "sitemap":
                return self._sitemap(edition, stories, OTHER_PAGES)
            elif kind == "sitemap_index":
                answer = self._indexed(edition, path, address)
                if answer is not None:
                    return answer
        return None

    def _listing(self, edition: Edition, number: int, address: str) -> Answer | None:
        stories = self.visible(edition.id)
        start = (number - 1) * PAGE_ITEMS
        page = stories[start : start + PAGE_ITEMS]
        if not 1 <= number <= LAST_PAGE:  # pages past the end are empty, as on most sites
            return None
        more = start + PAGE_ITEMS < len(stories) and "{n}" in address
        newer = address.format(n=number - 1) if number > 1 else None
        older = address.format(n=number + 1) if more else None
        return _page_answer(render.listing_page(edition, page, newer, older, self.now))

    def _sitemap(self, edition: Edition, stories: Sequence[Article], pages: Sequence[str]) -> Answer:
        addresses = [edition.base + page for page in pages]
        return Answer(200, render.sitemap(edition, stories, addresses, self.now).encode(), XML)

    def _indexed(self, edition: Edition, path: str, address: str) -> Answer | None:
        """The index, its gzipped child for each month, and one child of pages that are no articles."""
        months = sorted({article.day[:7] for article in self.visible(edition.id)})
        children = {f"/sitemaps/{edition.id}-{month}.xml.gz": month for month in months}
        pages = f"/sitemaps/{edition.id}-pages.xml"
        if path == address:
            listed = [edition.base + child for child in (*children, pages)]
            return Answer(200, render.sitemap_index(listed).encode(), XML)
        if path == pages:
            return self._sitemap(edition, (), OTHER_PAGES)
        if path in children:
            stories = [s for s in self.visible(edition.id) if s.day.startswith(children[path])]
            return Answer(200, self._sitemap(edition, stories, ()).packed, PACKED)
        return None


def _page_answer(text: str) -> Answer:
    return Answer(200, text.encode(), HTML)


def _newest(stories: Sequence[Article]) -> str | None:
    return format_datetime(stories[0].published_at, usegmt=True) if stories else None


def _visible(plan: Plan, day: str) -> Mapping[str, Sequence[Article]]:
    found: dict[str, list[Article]] = {}
    for article in _newest_first(plan):
        if article.day <= day:
            found.setdefault(article.source_id, []).append(article)
    return found


def _newest_first(plan: Plan) -> Iterator[Article]:
    every = (*plan.articles, *plan.restricted)
    return iter(sorted(every, key=lambda article: (article.published_at, article.key), reverse=True))
