"""Reading feeds, sitemaps and listings, good and hostile."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery import parse_time, read_feed, read_listing, read_sitemap, unpack
from crawlers.errors import Refused
from crawlers.statuses import Status

BASE = "https://wire.example/section/feed.xml"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

ZERO = "Mon, 02 Mar 2026 09:00:00 +0000"
FEEDS = {
    "rss": """<?xml version="1.0"?><rss version="2.0"><channel><link>https://wire.example/</link><item>
        <title>One</title><link> https://wire.example/news/1 </link><pubDate>Mon, 02 Mar 2026 14:00:00 +0500</pubDate>
        </item></channel></rss>""",
    "rss with a relative link": f"<rss><channel><item><link>/news/1</link><pubDate>{ZERO}</pubDate></item></channel></rss>",
    "rss with a guid only": f"""<rss><channel><item><guid>https://wire.example/news/1</guid>
        <pubDate>{ZERO}</pubDate></item></channel></rss>""",
    "rss in windows-1251": f"""<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>Новости</title>
        <link>https://wire.example/news/1#top</link><pubDate>{ZERO}</pubDate></item></channel></rss>""",
    "atom": """<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://wire.example/"/>
        <entry><link rel="enclosure" href="https://wire.example/a.mp3"/>
        <link rel="alternate" href="https://wire.example/news/1"/>
        <updated>2026-03-02T11:00:00Z</updated><published>2026-03-02T14:00:00+05:00</published></entry></feed>""",
    "rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><item><link>https://wire.example/news/1</link>
        <dc:date>2026-03-02T09:00:00Z</dc:date></item></rdf:RDF>""",
}


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_of_every_kind(name):
    encoding = "windows-1251" if "1251" in name else "utf-8"
    offer = read_feed(FEEDS[name].encode(encoding), BASE)
    assert [(found.url, found.published) for found in offer.found] == [("https://wire.example/news/1", NINE)]
    assert offer.detail is None


LAUGHS = "<!DOCTYPE rss [" + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
BROKEN = {
    "html": b"<!doctype html><html><body>moved</body></html>",
    "nothing": b"",
    "text": b"404 not found",
    "a sitemap": b"<urlset><url><loc>https://wire.example/1</loc></url></urlset>",
    "billion laughs": f"{LAUGHS}<rss><channel><item><link>&l11;</link></item></channel></rss>".encode(),
    "laughs in utf-16": f"{LAUGHS}<rss><channel/></rss>".encode("utf-16"),
    "a local file": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><link>&x;</link></item></channel></rss>',
    "binary": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_feed_is_refused_quickly(name):
    started = time.perf_counter()
    with pytest.raises(Refused) as caught:
        read_feed(BROKEN[name], BASE)
    assert caught.value.status == Status.PARSE_FAILED and time.perf_counter() - started < 60


def test_a_torn_feed_gives_what_it_has_and_says_so():
    text = "<rss><channel><item><link>https://wire.example/1</link></item><item><title>x & y</title>"
    offer = read_feed(text.encode(), BASE)
    assert [found.url for found in offer.found] == ["https://wire.example/1"]
    assert offer.detail is not None and offer.detail.startswith("mended")


@given(st.binary(max_size=300))
def test_no_bytes_crash_a_reader(noise):
    for reader in (read_feed, read_sitemap):
        for body in (noise, b"<rss><channel>" + noise, b"<urlset>" + noise + b"</urlset>"):
            try:
                reader(body, BASE)
            except Refused as refused:
                assert refused.status in (Status.PARSE_FAILED, Status.TOO_LARGE)


def sitemap(*entries: str, root: str = "urlset") -> bytes:
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</{root}>'.encode()


def test_sitemap_dates_and_age():
    body = sitemap(
        "<url><loc>https://wire.example/new</loc><lastmod>2026-03-01T10:00:00+05:00</lastmod></url>",
        "<url><loc>https://wire.example/today</loc><lastmod>2026-02-20</lastmod></url>",
        "<url><loc>https://wire.example/old</loc><lastmod>2026-02-19</lastmod></url>",
        "<url><loc>https://wire.example/undated</loc></url>",
        "<url><loc>/relative</loc><lastmod>nonsense</lastmod></url>",
        "<url><loc></loc></url>",
    )
    offer = read_sitemap(body, BASE, not_before=datetime(2026, 2, 20, 12, tzinfo=UTC))
    expected = ["new", "today", "undated", "relative"]
    assert [found.url.rpartition("/")[2] for found in offer.found] == expected and offer.passed == 1


def test_a_news_sitemap_hints_the_date():
    body = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>https://wire.example/1</loc><news:news><news:publication_date>2026-03-02T09:00:00Z</news:publication_date></news:news></url></urlset>"""
    assert [found.published for found in read_sitemap(body, BASE).found] == [NINE]


def test_an_index_gives_its_newest_children_first():
    body = sitemap(
        "<sitemap><loc>https://wire.example/news-1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>",
        "<sitemap><loc>https://wire.example/video.xml</loc><lastmod>2026-03-01</lastmod></sitemap>",
        "<sitemap><loc>https://wire.example/news-2.xml</loc><lastmod>2026-03-01</lastmod></sitemap>",
        root="sitemapindex",
    )
    offer = read_sitemap(gzip.compress(body), BASE, include="news")
    assert offer.children == ("https://wire.example/news-2.xml", "https://wire.example/news-1.xml")
    assert offer.found == () and offer.passed == 1


def test_a_packed_sitemap_cannot_grow_without_end():
    with pytest.raises(Refused) as caught:
        read_sitemap(gzip.compress(b" " * 10_000_000), BASE, max_bytes=1_000_000)
    assert caught.value.status == Status.TOO_LARGE
    assert unpack(gzip.compress(b"x" * 1000), 1000) == b"x" * 1000


def test_a_long_sitemap_is_read_whole():
    entries = (
        f"<url><loc>https://wire.example/news/{n}</loc><lastmod>2026-03-01</lastmod></url>"
        for n in range(30_000)
    )
    assert len(read_sitemap(sitemap(*entries), BASE, not_before=NINE.replace(day=1)).found) == 30_000


LISTING = """<html><head><base href="https://cdn.example/x/"></head><body>
 <nav><a href="/about">About</a></nav>
 <main><a class="card" href="https://wire.example/news/1#c">1</a><a class="card" href="news/2">2</a>
 <a class="card" href="https://wire.example/news/1">again</a><a class="card" href="javascript:void(0)">x</a>
 <a class="card" href="mailto:a@b.c">m</a><a class="card" href="">e</a><a class="card">n</a>
 <a class="card" href="http://[bad">b</a><a class="card" href="//other.example/p">o</a></main></body></html>"""


def test_a_listing_gives_its_links_once_in_order():
    offer = read_listing(LISTING, BASE, "main a.card")
    assert [found.url for found in offer.found] == [
        "https://wire.example/news/1",
        "https://cdn.example/x/news/2",
        "https://other.example/p",
    ]
    assert "https://cdn.example/about" in [found.url for found in read_listing(LISTING, BASE, None).found]


def test_a_page_of_endless_links_is_cut():
    text = "<html>" + "".join(f"<a href='/news/{n}'>x</a>" for n in range(60_000))
    offer = read_listing(text, BASE, None)
    assert len(offer.found) == 50_000 and offer.passed == 10_000


@pytest.mark.parametrize("text", ["", "\0\0", "<", "<a href='\0/x'>", "plain text", "<html" * 500])
def test_no_page_crashes_the_listing_reader(text):
    read_listing(text, BASE, "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Mar 2026 14:00:00 +0500", NINE),
        ("2026-03-02T09:00:00Z", NINE),
        ("2026-03-02T09:00:00", None),
        ("2026-03-02", None),
        ("yesterday", None),
        ("Mon, 99 Mar 2026 14:00:00 +0500", None),
        ("", None),
        (None, None),
    ],
)
def test_times_need_a_zone(text, expected):
    assert parse_time(text) == expected
