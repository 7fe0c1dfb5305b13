"""Where a page may hold its publication time, as candidates for `crawlers.dates.resolve`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from lxml.etree import XPath

from crawlers.boilerplate import select
from crawlers.dates import Candidate, Resolution, from_url, parse, resolve, zone_of
from crawlers.metadata import element_line
from crawlers.structured import Structured, texts

META_NAMES = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "published_time",
    "og:pubdate", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "article.published",
    "article:publish_date", "date.published", "published", "parsely-pub-date", "sailthru.date", "bt:pubdate",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "originalpublicationdate", "article_date_original",
    "rnews:datepublished", "vr:published_time", "dcterms.issued", "dc.date.issued", "dcterms.created", "dcterms.date",
    "dc.date", "dc.date.created", "datepublished", "datecreated", "displaydate", "ptime", "date", "created", "release_date",
)  # fmt: skip
ITEMPROPS = XPath("//*[@itemprop='datePublished' or @itemprop='dateCreated' or @property='datePublished']")
APART = frozenset({"aside", "footer", "nav"})
NAMED = re.compile(
    r"(?:^|[\s_-])(?:pub|post|article|entry|news|story)?[-_]?(?:date|datetime|time|timestamp|published|pubdate|posted)",
    re.IGNORECASE,
)
CHANGED = re.compile(r"updat|modif|обновл|жаңарт", re.IGNORECASE)
CLOCK_WORD = re.compile(r"время|уақыт|\btime\b", re.IGNORECASE)
ATTRIBUTES = (
    "datetime",
    "data-datetime",
    "data-unixtime",
    "data-timestamp",
    "data-time",
    "data-date",
    "content",
    "title",
)
BEFORE, AFTER, NEAR = 60, 200, 30
LONGEST_LINE = 120
MOST = 12


def published(
    tree: Any,
    said: Structured,
    url: str,
    *,
    fetched_at: datetime,
    timezone: str,
    order: str = "dmy",
    selector: str | None = None,
    feed_date: str | None = None,
) -> Resolution:
    """Find the publication time of a page. The places are searched in the order of `dates.PREFERENCE`."""
    by_url = from_url(url, fetched_at=fetched_at, timezone=timezone)
    url_day = by_url.day if by_url else None
    settle = partial(resolve, fetched_at=fetched_at, timezone=timezone, order=order, url_day=url_day)
    strong = [*_strong(tree, said)]
    found = settle(strong)
    if found.status == "ok":
        return found
    clock = partial(_is_page_clock, fetched_at=fetched_at, timezone=timezone)
    weak = [*_weak(tree, selector, clock), *([Candidate("feed", feed_date)] if feed_date else [])]
    if by_url:
        weak.append(Candidate("url", by_url.printed.isoformat()))
    return settle([*strong, *weak])


def _strong(tree: Any, said: Structured) -> Iterator[Candidate]:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        yield from (Candidate("json_ld", text) for text in texts(said.article.get(name))[:1])
    for name in META_NAMES:
        yield from (Candidate("meta", text) for text in said.meta.get(name, ())[:1])
    marked: list[Any] = list(ITEMPROPS(tree))  # type: ignore[arg-type]
    for element in marked[:3]:
        value = element.get("content") or element.get("datetime") or element_line(element)
        yield Candidate("microdata", value)


def _weak(tree: Any, selector: str | None, is_clock: Callable[[str], bool]) -> Iterator[Candidate]:
    """Time tags near the headline, then what the source's selector finds, then lines named or shaped like dates."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    heading = next((place for place, element in enumerate(elements) if element.tag == "h1"), None)
    window = _window(elements, heading)
    for element in [element for _, element in window if element.tag == "time"][:MOST]:
        yield Candidate("time_tag", element.get("datetime") or element_line(element))
    for element in select(tree, selector)[:3] if selector else ():
        yield from (Candidate("text", element.get(name)) for name in ATTRIBUTES[:-1] if element.get(name))
        yield Candidate("text", element_line(element))
    named = [
        (distance, element)
        for distance, element in window
        if _named(element) or (0 < distance <= NEAR and len(element) == 0)
    ]
    for distance, element in named[: 4 * MOST]:
        yield from (Candidate("text", element.get(name)) for name in ATTRIBUTES if name in element.attrib)
        line = element_line(element)
        if (
            6 <= len(line) <= LONGEST_LINE
            and any(map(str.isdigit, line))
            and not (distance < 0 and is_clock(line))
        ):
            yield Candidate("text", line)


def _is_page_clock(line: str, *, fetched_at: datetime, timezone: str) -> bool:
    """Whether a line above the headline only tells the reader what day it is."""
    found = parse(line, fetched_at=fetched_at, timezone=timezone)
    if found is None or found.day != fetched_at.astimezone(zone_of(timezone)).date():
        return False
    return found.precision == "day" or CLOCK_WORD.search(line) is not None


def _window(elements: Sequence[Any], heading: int | None) -> list[tuple[int, Any]]:
    """Elements around the headline with their distance, the nearest after it first; page furniture is left out."""
    first, last = (0, 600) if heading is None else (max(0, heading - BEFORE), heading + AFTER)
    origin = heading if heading is not None else 0
    near = [
        (place - origin, element)
        for place, element in enumerate(elements[first:last], start=first)
        if not _apart(element)
        and not CHANGED.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}")
    ]
    return sorted(near, key=lambda entry: entry[0] if entry[0] >= 0 else AFTER - entry[0])


def _apart(element: Any) -> bool:
    """Whether an element belongs to the furniture of the page: a clock in the header is no publication time."""
    for ancestor in element.iterancestors():
        if ancestor.tag in APART:
            return True
        if ancestor.tag == "header":
            return not any(outer.tag in ("article", "main") for outer in ancestor.iterancestors()) and (
                next(ancestor.iter("h1"), None) is None
            )
    return False


def _named(element: Any) -> bool:
    return NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None
