"""Pages as text: what an article, listing, feed or sitemap looks like on one edition at the end of one night."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

from crawlers.newsroom import stock
from crawlers.newsroom.model import Article, Plan
from crawlers.newsroom.outlets import NAMES, Edition, by_id
from crawlers.newsroom.printed import header, printed, words

WIRE_NAME = NAMES["steppe-wire"]
RELATED = 4
NAV = {"/": "latest", "/search?q=": "search"}


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template(name)


def furniture(article: Article) -> tuple[str, str]:
    """Return what the page prints before the first sentence and after the first paragraph (either may be '')."""
    edition, page_words = by_id()[article.source_id], words(article.language)
    before = page_words["dateline"] if "dateline" in edition.quirks else ""
    after = ""
    if article.copy_of is not None:
        after = page_words["copied"].format(name=edition.name, wire=WIRE_NAME)
    elif "attribution" in edition.quirks:
        after = page_words["attribution"].format(name=edition.name)
    return before, after


def paragraphs(article: Article) -> list[str]:
    """Return the body in paragraphs of one to three sentences, with the outlet's own phrases."""
    before, after = furniture(article)
    rng = random.Random(article.key)
    sentences = [sentence.text for sentence in article.body]
    found: list[str] = []
    while sentences:
        size = rng.choice((1, 2, 2, 3))
        found.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    found[0] = f"{before}{found[0]} {after}".strip()
    return found


def article_page(article: Article, plan: Plan, related: Sequence[Article], now: datetime) -> str:
    """Return an article's HTML at the end of the night `now` falls on."""
    edition = by_id()[article.source_id]
    at, local_now = article.published_at.astimezone(edition.zone), now.astimezone(edition.zone)
    rng = random.Random(f"{article.key}/page")
    page = _frame(edition) | {
        "title": article.title_on(local_now.date().isoformat()).text,
        "url": article.url,
        "number": rng.randrange(10_000, 99_999),
        "lead": article.body[0].text,
        "paragraphs": paragraphs(article),
        "lead_twice": "lead_twice" in edition.quirks,
        "dates": edition.dates,
        "iso": at.isoformat(),
        "unix": int(at.timestamp()),
        "compact": f"{at:%Y%m%d}",
        "printed": printed(edition.text, at, local_now),
        "today": header(edition.language, local_now) if edition.today else "",
        "author": rng.choice(words(edition.language)["authors"]),
        "section": rng.choice(words(edition.language)["sections"]),
        "caption": _caption(edition, rng),
        "ticker": _ticker(local_now),
        "related": [{"title": other.title.text, "url": other.url} for other in related] or _stale(edition),
    }
    page |= _view_counts(edition, rng)
    page["linked"] = _linked(page)
    page["graph"] = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, page["linked"]]}
    return _template(f"{edition.template}.html").render(page=page)


def listing_page(
    edition: Edition, stories: Sequence[Article], newer: str | None, older: str | None, now: datetime
) -> str:
    """Return one page of the newest-first listing."""
    items = [_item(article, edition, now) for article in stories]
    page = _frame(edition) | {"stories": items, "newer": newer, "older": older}
    return _template("listing.html").render(page=page)


def feed(edition: Edition, kind: str, path: str, stories: Sequence[Article], now: datetime) -> str:
    """Return the newest stories as `rss` or `atom`."""
    page = _frame(edition) | {
        "stories": [_item(article, edition, now) for article in stories],
        "self": edition.base + path,
        "built": format_datetime(now),
        "built_iso": now.isoformat(),
    }
    return _template(f"{kind}.xml").render(page=page)


def sitemap(edition: Edition, stories: Sequence[Article], pages: Sequence[str], now: datetime) -> str:
    """Return a sitemap; one outlet claims that every page was changed today."""
    today = "lastmod_today" in edition.quirks
    rows = [
        {"url": article.url, "lastmod": (now if today else article.published_at).isoformat()}
        for article in stories
    ]
    return _template("sitemap.xml").render(page={"stories": rows, "pages": pages})


def sitemap_index(children: Sequence[str]) -> str:
    """Return an index of sitemaps."""
    return _template("sitemap_index.xml").render(page={"children": children})


def plain_page(edition: Edition, heading: str) -> str:
    """Return a page that is no article: a tag, a search, an about page."""
    return _template("plain.html").render(page=_frame(edition) | {"heading": heading})


def _frame(edition: Edition) -> dict[str, Any]:
    page_words = words(edition.language)
    nav = [{"url": path, "title": page_words[key]} for path, key in NAV.items()]
    nav += [
        {"url": f"/tag/{place}/", "title": section} for place, section in enumerate(page_words["sections"])
    ]
    return {
        "name": edition.name,
        "language": edition.language,
        "base": edition.base,
        "words": page_words,
        "nav": nav,
    }


def _item(article: Article, edition: Edition, now: datetime) -> dict[str, str]:
    at = article.published_at.astimezone(edition.zone)
    return {
        "title": article.title_on(now.astimezone(edition.zone).date().isoformat()).text,
        "url": article.url,
        "lead": article.body[0].text,
        "clock": f"{at:%H:%M}",
        "iso": at.isoformat(),
        "rfc822": format_datetime(article.published_at.astimezone(UTC)),
    }


def _linked(page: dict[str, Any]) -> dict[str, Any]:
    """The JSON-LD of a page; its articleBody is only the first paragraph, as on real portals."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page["title"],
        "datePublished": page["iso"],
        "author": {"@type": "Person", "name": page["author"]},
        "articleSection": page["section"],
        "articleBody": page["paragraphs"][0],
    }


def _view_counts(edition: Edition, rng: random.Random) -> dict[str, str]:
    count = str(rng.randrange(180, 9_800))
    return {"view_count": count, "views": f"{count} {words(edition.language)['views']}"}


def _caption(edition: Edition, rng: random.Random) -> str:
    """A picture's own date, which is not the story's."""
    if "caption_date" not in edition.quirks:
        return ""
    page_words = words(edition.language)
    day, month, year = rng.randint(1, 28), rng.choice(page_words["months"]), rng.randint(2012, 2024)
    return page_words["caption"].format(day=day, month=month, year=year)


def _ticker(now: datetime) -> str:
    rate = 480 + now.timetuple().tm_yday % 60
    return f"{now:%H:%M} USD {rate}.50 EUR {rate + 71}.20 RUB 5.90"


def _stale(edition: Edition) -> list[dict[str, str]]:
    """Links for a site's first nights, when it has no earlier on-target stories of its own."""
    titles = [a.title.text for a in stock.coded_articles(edition.language) if a.title.label.targets]
    return [{"title": title, "url": f"/tag/{place}/"} for place, title in enumerate(titles[:RELATED])]
