"""One page of HTML to one article: the same function for the crawl, for archives and for files.

The tree is parsed once. Title, date, authors, section and tags come from JSON-LD, meta tags, microdata, the source's
selectors and the page around the headline, in that order; the body from the source's selector or from trafilatura,
checked against JSON-LD `articleBody`, which replaces it only where it clearly holds more of the same text.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from crawlers import boilerplate, date_places, metadata, structured
from crawlers.canonical import canonical_url
from crawlers.dates import DEFAULT_ZONE, Resolution
from crawlers.decode import decode, is_binary
from crawlers.text import ends_like_prose, paragraphs_of, tidy, tokens

LARGEST = 8 * 1024 * 1024
MANY_ELEMENTS = 40_000
TINY_BODY = 600
MOST_CHALLENGE_PARAGRAPHS, SMALL_PAGE = 8, 50_000
SHORTEST_SELECTED = 80
SETTLED = 500
UNCLEAN = (
    "aside",
    "button",
    "figure",
    "footer",
    "form",
    "iframe",
    "nav",
    "noscript",
    "option",
    "select",
    "svg",
    "time",
)
# JSON-LD articleBody against the text of the page, in words.
LEAST_LD_WORDS, LONGER, HELD, OTHER_TEXT_WORDS = 40, 1.25, 0.5, 150
MOST_OF_TEXT = 0.75
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
TAG_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")


class SelectorsLike(Protocol):
    """CSS selectors of a source; each may be None."""

    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def body(self) -> str | None: ...  # noqa: D102
    @property
    def date(self) -> str | None: ...  # noqa: D102
    @property
    def authors(self) -> str | None: ...  # noqa: D102
    @property
    def section(self) -> str | None: ...  # noqa: D102
    @property
    def tags(self) -> str | None: ...  # noqa: D102
    @property
    def remove(self) -> tuple[str, ...]: ...  # noqa: D102


class SourceLike(Protocol):
    """What extraction wants to know of a source; `crawlers.source.Source` has it."""

    @property
    def timezone(self) -> str: ...  # noqa: D102
    @property
    def date_formats(self) -> str: ...  # noqa: D102
    @property
    def selectors(self) -> SelectorsLike: ...  # noqa: D102


@dataclass(frozen=True)
class NoSelectors:
    """The selectors of a page whose source is not known."""

    title: str | None = None
    body: str | None = None
    date: str | None = None
    authors: str | None = None
    section: str | None = None
    tags: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnknownSource:
    """Stands for a source where a page is read without one."""

    timezone: str = DEFAULT_ZONE
    date_formats: str = "dmy"
    selectors: NoSelectors = field(default_factory=NoSelectors)


@dataclass(frozen=True)
class Extraction:
    """One article as read from one page.

    `body` is its paragraphs joined by an empty line. `published_at` is in UTC, `published_day` the day in the
    source's zone (without a source: the day the page prints), `published_printed` the time with the page's own
    offset in ISO 8601. `date_status` is ok, undated, future or suspect. `language_declared` is what the page claims.
    `extractor` says where the body came from: selectors, trafilatura, json_ld, paragraphs or none. `status` is ok,
    empty_body, parse_failed, paywalled or challenged.
    """

    url: str
    canonical_url: str
    title: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_day: str | None = None
    published_printed: str | None = None
    date_rule: str = "none"
    date_status: str = "undated"
    language_declared: str | None = None
    extractor: str = "none"
    status: str = "parse_failed"


def extract(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime,
    source: SourceLike | None = None,
    encoding: str | None = None,
    feed_date: str | None = None,
) -> Extraction:
    """Read one article page.

    Args:
        html: the body as received, without content encoding; what exceeds 8 MB is cut off.
        url: the address of the page.
        fetched_at: aware time of the fetch, which relative dates refer to.
        source: the edition of the page (selectors, time zone, order of numeric dates), if known.
        encoding: the charset of the Content-Type header, if any.
        feed_date: the date a feed gave for this page, used where the page itself is silent.

    Returns:
        What could be read; `status` tells what could not.

    Raises:
        NotAWebAddress: `url` is no http(s) address. No content of `html` ever raises.
    """
    key = canonical_url(url)
    text = decode(html[:LARGEST], encoding)
    tree = None if is_binary(html) else _parsed(text)
    if tree is None:
        return Extraction(url=url, canonical_url=key)
    said = structured.read(tree, url)
    about = source or UnknownSource(date_formats=metadata.order_of_numbers(tree, said))
    found = _dated(_date(tree, said, url, fetched_at, about, feed_date), source is not None)
    found |= _described(tree, said, url, about.selectors)
    challenged = _is_challenge(tree, text)
    paragraphs, extractor = _body(tree, said, found["title"], about.selectors)
    body = "\n\n".join(paragraphs)
    status = _status(body, said, challenged)
    return Extraction(url=url, canonical_url=key, body=body, extractor=extractor, status=status, **found)


def _described(tree: Any, said: structured.Structured, url: str, selectors: SelectorsLike) -> dict[str, Any]:
    return {
        "title": metadata.title_of(tree, said, url, selectors.title),
        "authors": metadata.authors_of(tree, said, selectors.authors),
        "section": metadata.section_of(tree, said, selectors.section),
        "tags": metadata.tags_of(tree, said, selectors.tags),
        "language_declared": metadata.language_of(tree, said),
    }


def _dated(found: Resolution, has_source: bool) -> dict[str, Any]:
    published = found.published
    if published is None:
        return {"date_rule": found.rule, "date_status": found.status}
    day = published.day if has_source else published.printed.date()
    exact = published.precision == "minute"
    return {
        "published_at": published.at,
        "published_day": day.isoformat(),
        "published_printed": published.printed.isoformat() if exact else published.printed.date().isoformat(),
        "date_rule": found.rule,
        "date_status": found.status,
    }


def _date(
    tree: Any,
    said: structured.Structured,
    url: str,
    fetched_at: datetime,
    about: SourceLike,
    feed_date: str | None,
) -> Resolution:
    return date_places.published(
        tree,
        said,
        url,
        fetched_at=fetched_at,
        timezone=about.timezone,
        order=about.date_formats,
        selector=about.selectors.date,
        feed_date=feed_date,
    )


def _parsed(text: str) -> Any:
    """Parse to an lxml.html tree, or None where there is no markup at all."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    if "<" not in text:
        return None
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError, TypeError):
        return None


def _is_challenge(tree: Any, text: str) -> bool:
    """Whether the page asks who we are instead of showing an article."""
    lists = boilerplate.lists()
    title = next((metadata.element_line(element) for element in tree.iter("title")), "").casefold()
    if title and not any(name in title for name in lists.challenge_titles):
        return False
    if sum(1 for _ in tree.iter("p")) > MOST_CHALLENGE_PARAGRAPHS:
        return False
    lower = text[:SMALL_PAGE].casefold()
    return bool(title) or any(mark in lower for mark in lists.challenge_marks)


def _status(body: str, said: structured.Structured, challenged: bool) -> str:
    if len(body) < TINY_BODY:
        if challenged:
            return "challenged"
        if str(said.article.get("isAccessibleForFree", "")).casefold() in (
            "false",
            "http://schema.org/false",
        ):
            return "paywalled"
    return "ok" if body else "empty_body"


def _body(
    tree: Any, said: structured.Structured, title: str, selectors: SelectorsLike
) -> tuple[list[str], str]:
    """Give the paragraphs and where they come from. The tree is changed."""
    boilerplate.prune(tree, selectors.remove)
    shown, extractor = _selected(tree, selectors.body), "selectors"
    if sum(map(len, shown)) < SHORTEST_SELECTED:
        shown, extractor = _prose(_trafilatura(tree)), "trafilatura"
    if not shown:
        shown, extractor = _bare_paragraphs(tree), "paragraphs"
    shown = boilerplate.clean_paragraphs(shown, title)
    declared = boilerplate.clean_paragraphs(_declared_body(said), title)
    if _holds_more(declared, shown):
        return declared, "json_ld"
    return (_without_tail(shown, declared), extractor) if shown else ([], "none")


def _selected(tree: Any, selector: str | None) -> list[str]:
    elements = boilerplate.select(tree, selector) if selector else []
    chosen = set(elements)
    outer = [element for element in elements if not chosen.intersection(element.iterancestors())]
    return [line for element in outer for line in paragraphs_of(element)]


def _trafilatura(tree: Any) -> list[str]:
    """Run trafilatura's own extractor, and its slower second opinions only where they could change the result."""
    if sum(1 for _ in tree.iter()) > MANY_ELEMENTS:
        return []
    quick = _run_trafilatura(tree, fast=True)
    if quick is None:
        return []
    lines = paragraphs_of(quick)
    if _is_settled(quick, sum(map(len, lines)), tree):
        return lines
    slow = _run_trafilatura(tree, fast=False)
    return paragraphs_of(slow) if slow is not None else lines


def _prose(lines: list[str]) -> list[str]:
    """Give the lines back unless they are a few words of menus: on a page without text something is always found."""
    few = sum(map(len, lines)) < SETTLED and not any(ends_like_prose(line) for line in lines)
    return [] if few else lines


def _run_trafilatura(tree: Any, *, fast: bool) -> Any:
    import logging

    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        document = bare_extraction(tree, include_comments=False, fast=fast, with_metadata=False)
    except Exception:  # a third-party heuristic on hostile pages: whatever it raises costs this page only
        return None
    return getattr(document, "body", None)


def _is_settled(body: Any, length: int, tree: Any) -> bool:
    """Whether no second opinion would be taken: a clean text of paragraphs that is at least half of all there are."""
    if length < SETTLED or any(True for _ in body.iter(*UNCLEAN)):
        return False
    if sum(1 for _ in body.iter("table")) > sum(1 for _ in body.iter("p")):
        return False
    in_page = sum(len(piece) for paragraph in tree.iter("p") for piece in paragraph.itertext(with_tail=False))
    return 0.7 * length <= in_page <= 2 * length


def _bare_paragraphs(tree: Any) -> list[str]:
    """Take the page's `<p>` that read like prose, where the page is too large or nothing else found text."""
    lines = [metadata.element_line(element) for element in tree.iter("p")]
    return [line for line in lines if len(line) > SHORTEST_SELECTED and ends_like_prose(line)]


def _declared_body(said: structured.Structured) -> list[str]:
    """Give the paragraphs of JSON-LD articleBody; markup inside it is undone."""
    text = "\n".join(structured_text(said.article.get("articleBody")))
    if "&" in text:
        text = entities.unescape(text)
    text = TAG.sub(" ", TAG_BREAK.sub("\n", text))
    return [line for line in map(tidy, LINE_BREAK.split(text)) if line]


def structured_text(value: Any) -> list[str]:
    """Give the texts of a JSON-LD value with their line breaks."""
    values = value if isinstance(value, list) else [value]
    return [entry for entry in values if isinstance(entry, str)]


def _holds_more(declared: list[str], shown: list[str]) -> bool:
    """Whether JSON-LD has clearly more of the text the page shows, or the page shows another text."""
    said, seen = tokens(" ".join(declared)), tokens(" ".join(shown))
    if said.total() < LEAST_LD_WORDS:
        return False
    if not seen:
        return True
    held = (said & seen).total() / seen.total()
    if held >= HELD:
        return said.total() > LONGER * seen.total()
    return said.total() >= OTHER_TEXT_WORDS and said.total() > 0.5 * seen.total()


def _without_tail(shown: list[str], declared: list[str]) -> list[str]:
    """Cut short closing paragraphs that a complete JSON-LD articleBody does not have."""
    said = tokens(" ".join(declared))
    if (
        said.total() < LEAST_LD_WORDS
        or not ends_like_prose(declared[-1])
        or declared[-1].endswith(("...", "…"))
    ):
        return shown
    seen = tokens(" ".join(shown))
    # A long lead is not a complete body: it must hold most of what the page shows.
    if said.total() < MOST_OF_TEXT * seen.total() or (said & seen).total() < 0.85 * said.total():
        return shown
    kept = list(shown)
    while len(kept) > 1 and _is_foreign(kept[-1], said):
        kept.pop()
    return kept if (said & tokens(" ".join(kept))).total() >= 0.85 * said.total() else shown


def _is_foreign(paragraph: str, said: Any) -> bool:
    own = tokens(paragraph)
    return own.total() < 25 and not ends_like_prose(paragraph) and (own & said).total() < 0.5 * own.total()
