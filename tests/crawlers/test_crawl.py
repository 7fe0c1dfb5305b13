"""The crawl as its callers see it: a child process against real sockets, and what it leaves on disk."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import loopback_press as lp
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from loopback_press import Reply, entry, page, rss

from crawlers import spool
from crawlers.canonical import canonical_url
from crawlers.newsroom import outlets, truth
from crawlers.newsroom import plan as newsroom_plan
from crawlers.newsroom import server as newsroom_server
from crawlers.statuses import Kind, Status

HTML = {"Content-Type": "text/html; charset=utf-8"}


def close_at_once(handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler) -> None:
    """Promise a page and send it a byte at a time, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.25)


def endless(handler) -> None:
    """Send chunks without announcing how many."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(2000):
        handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")


def busy_once():
    calls: Counter[str] = Counter()

    def reply(handler) -> Reply:
        calls["n"] += 1
        if calls["n"] == 1:
            return Reply(503, b"later", {"Retry-After": "1"})
        return page("Busy at first")

    return reply


# What each address of the hostile outlet must end with. The site below serves them.
ENDINGS = {
    "/news/plain": Status.OK,
    "/news/packed": Status.OK,
    "/news/moved": Status.OK,
    "/news/busy": Status.OK,
    "/news/untyped": Status.OK,
    "/news/undated": Status.OK,  # the feed dates it
    "/news/moved-home": Status.NOT_ARTICLE,
    "/news/moved-away": Status.REDIRECTED_OFF_HOST,
    "/news/loop": Status.SERVER_ERROR,
    "/news/missing": Status.NOT_FOUND,
    "/news/gone": Status.GONE,
    "/news/forbidden": Status.FORBIDDEN,
    "/news/challenge": Status.CHALLENGED,
    "/news/paid": Status.PAYWALLED,
    "/news/broken": Status.SERVER_ERROR,
    "/news/huge": Status.TOO_LARGE,
    "/news/endless": Status.TOO_LARGE,
    "/news/bomb": Status.TOO_LARGE,
    "/news/film": Status.BAD_TYPE,
    "/news/json": Status.BAD_TYPE,
    "/news/nothing": Status.EMPTY_BODY,
    "/news/drip": Status.TIMEOUT,
    "/news/hangup": Status.CONNECTION,
    "/news/plain?utm_source=feed": Status.DUPLICATE,
    "/news/not-really-gzip": Status.BAD_ENCODING,
    "/private/1": Status.ROBOTS_DENIED,
    "/about": Status.NOT_ARTICLE,
}


def hostile_site(press: lp.Press) -> lp.Site:
    bomb = gzip.compress(b"<p>" + b"0" * 30_000_000)
    return {
        "/robots.txt": lp.robots(),
        "/rss": rss(
            *(press.url(path) for path in ENDINGS), "https://elsewhere.example/news/1", "javascript:x()"
        ),
        "/news/plain": page("Plain story"),
        "/news/packed": Reply(
            200, gzip.compress(lp.html("Packed story"), mtime=0), HTML | {"Content-Encoding": "gzip"}
        ),
        "/news/moved": Reply(301, headers={"Location": "/news/moved-here"}),
        "/news/moved-here": page("Moved story"),
        "/news/busy": busy_once(),
        "/news/untyped": Reply(200, lp.html("Untyped story")),
        "/news/undated": Reply(200, lp.html("Undated story", published=None), HTML),
        "/news/moved-home": Reply(302, headers={"Location": "/"}),
        "/": Reply(200, b"<html><body><p>Home</p></body></html>", HTML),
        "/news/moved-away": Reply(302, headers={"Location": press.url("/news/plain", "127.0.0.2")}),
        "/news/loop": Reply(302, headers={"Location": "/news/loop"}),
        "/news/gone": Reply(410, b"gone", HTML),
        "/news/forbidden": Reply(403, b"no", HTML),
        "/news/challenge": Reply(403, b"<title>Just a moment...</title>", HTML),
        "/news/paid": Reply(402, b"pay", HTML),
        "/news/broken": Reply(500, b"oops", HTML),
        "/news/huge": Reply(200, b"x" * 300_000, HTML),
        "/news/endless": Reply(act=endless),
        "/news/bomb": Reply(200, bomb, HTML | {"Content-Encoding": "gzip"}),
        "/news/film": Reply(200, b"\0" * 1000, {"Content-Type": "video/mp4"}),
        "/news/json": Reply(200, b"{}", {"Content-Type": "application/json"}),
        "/news/nothing": Reply(200, b" \n", HTML),
        "/news/drip": Reply(act=drip),
        "/news/hangup": Reply(act=close_at_once),
        "/news/not-really-gzip": Reply(
            200, b"\x1f\x8b\x08 this is not gzip", HTML | {"Content-Encoding": "gzip"}
        ),
        "/private/1": page("Private"),
        "/about": page("About"),
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """One night: a hostile outlet, a healthy one, a dead one and one whose name does not exist."""
    root = tmp_path_factory.mktemp("hostile")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed_port = free.getsockname()[1]
    with lp.serve(hostile_site) as press:
        registry = root / "registry"
        articles = r"^/(news|private)/"
        lp.write_source(
            registry, "hostile_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")), articles
        )
        lp.write_source(
            registry,
            "dead_en",
            f"127.0.0.1:{closed_port}",
            entry("feed", f"http://127.0.0.1:{closed_port}/rss"),
        )
        lp.write_source(
            registry, "nameless_en", "nowhere.invalid", entry("feed", "http://nowhere.invalid/rss")
        )
        done = lp.crawl(lp.job(root, registry, timeout_s=2))
        yield press, lp.summary(done), spool.read(root / "spool" / lp.NIGHT), root


def endings(found: spool.Spool, source_id: str, kind: Kind = Kind.ARTICLE) -> dict[str, str]:
    rows = found.fetches.to_pylist()
    return {
        row["url"]: row["status"] for row in rows if row["source_id"] == source_id and row["kind"] == kind
    }


@pytest.mark.parametrize("path", ENDINGS)
def test_every_address_ends_in_its_status(hostile, path):
    press, _, found, _ = hostile
    assert endings(found, "hostile_en")[press.url(path)] == ENDINGS[path]


def test_nothing_else_is_counted_and_sums_agree(hostile):
    _, summary, found, _ = hostile
    expected = Counter(str(status) for status in ENDINGS.values()) + Counter({"off_host": 1})
    assert summary["counts"]["hostile_en"] == dict(sorted(expected.items()))
    assert endings(found, "hostile_en")["https://elsewhere.example/news/1"] == Status.OFF_HOST
    assert found.fetches.num_rows == len(ENDINGS) + 1 + len(["robots", "feed"]) * 3


def test_forbidden_and_foreign_pages_are_not_asked_for(hostile):
    press, _, _, _ = hostile
    asked = press.paths()
    assert "/private/1" not in asked and "/about" not in asked
    assert all(host.startswith("127.0.0.1:") for host, _ in press.seen)
    assert asked.count("/robots.txt") == 1
    assert asked.count("/news/broken") == 2, "one retry, as the job says"


def test_articles_hold_what_the_pages_say(hostile):
    press, summary, found, _ = hostile
    rows = {row["title"]: row for row in found.articles.to_pylist()}
    assert set(rows) == {
        "Plain story",
        "Packed story",
        "Moved story",
        "Busy at first",
        "Untyped story",
        "Undated story",
    }
    assert summary["articles"] == 6
    plain = rows["Plain story"]
    assert lp.SENTENCE.strip() in plain["body"] and plain["source_id"] == "hostile_en"
    assert (
        plain["published_at"] == datetime(2026, 3, 2, 5, tzinfo=UTC)
        and plain["published_day"] == "2026-03-02"
    )
    assert plain["fetched_at"] == datetime.fromisoformat(lp.NOW)
    assert plain["version_id"] == spool.version_id(plain["article_id"], plain["title"], plain["body"])
    assert plain["article_id"] == spool.article_id(plain["canonical_url"])
    assert rows["Moved story"]["url"] == press.url("/news/moved-here")
    assert rows["Undated story"]["date_rule"] == "feed"


def test_unreachable_hosts_say_why_and_cost_nobody_else(hostile):
    _, summary, found, _ = hostile
    assert set(endings(found, "dead_en", Kind.FEED).values()) == {Status.CONNECTION}
    assert set(endings(found, "nameless_en", Kind.FEED).values()) == {Status.DNS}
    assert summary["discovery"]["dead_en"] == {"feed": {"connection": 1}, "robots": {"connection": 1}}
    assert summary["reached"] == {"dead_en": False, "hostile_en": True, "nameless_en": False}


def test_the_host_rests_as_long_as_it_asked(hostile):
    press, _, found, _ = hostile
    row = next(row for row in found.fetches.to_pylist() if row["url"] == press.url("/news/busy"))
    assert (row["status"], row["http_status"]) == ("ok", 200)


def discovery_site(press: lp.Press) -> lp.Site:
    laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><rss><channel><item><link>&b;</link></item></channel></rss>"
    old = (datetime.fromisoformat(lp.NOW) - timedelta(days=40)).isoformat()

    def sitemap(*entries: str) -> bytes:
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(entries)}</urlset>".encode()

    index = (
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<sitemap><loc>{press.url('/map/news-1.xml.gz')}</loc></sitemap>"
        f"<sitemap><loc>{press.url('/map/videos.xml')}</loc></sitemap>"
        "<sitemap><loc>http://elsewhere.example/map.xml</loc></sitemap></sitemapindex>"
    )

    def listing(*paths: str) -> Reply:
        links = "".join(f"<a href='{path}'>x</a>" for path in paths)
        return Reply(
            200,
            f"<html><body><nav><a href='/news/nav'>n</a></nav><main>{links}</main></body></html>".encode(),
            HTML,
        )

    stories = {
        f"/news/{name}": page(f"Story {name}") for name in ("f", "m", "g", "l1", "l2", "l3", "nav", "c", "d")
    }
    return {
        "/robots.txt": Reply(404),
        "/good.rss": rss(press.url("/news/f")),
        "/no.rss": Reply(200, b"<html><body>We moved</body></html>", HTML),
        "/bomb.rss": lp.xml(laughs),
        "/torn.rss": lp.xml(
            f"<rss><channel><item><link>{press.url('/news/m')}</link></item><item><title>a & b"
        ),
        "/index.xml": lp.xml(index),
        "/map/news-1.xml.gz": Reply(
            200,
            gzip.compress(
                sitemap(
                    f"<url><loc>{press.url('/news/g')}</loc><lastmod>2026-03-01</lastmod></url>",
                    f"<url><loc>{press.url('/news/old')}</loc><lastmod>{old}</lastmod></url>",
                )
            ),
            {"Content-Type": "application/x-gzip"},
        ),
        "/list/1": listing("/news/l1", "/news/l2"),
        "/list/2": listing("/news/l2", "/news/l3"),
        "/list/3": listing("/news/l3"),
        "/list/4": listing("/news/never"),
        "/plain-list": listing("/news/c", "/news/d", "/contacts", "mailto:a@b.c"),
        **stories,
    }


def test_discovery_of_every_kind_and_its_failures(tmp_path):
    with lp.serve(discovery_site) as press:
        entries = [
            entry("feed", press.url("/good.rss")),
            entry("feed", press.url("/no.rss")),
            entry("feed", press.url("/bomb.rss")),
            entry("feed", press.url("/torn.rss")),
            entry("feed", press.url("/absent.rss")),
            entry("sitemap", press.url("/index.xml"), include="news"),
            entry("listing", press.url("/list/{n}"), pages=9, links="main a"),
            entry("listing", press.url("/plain-list")),
        ]
        lp.write_source(tmp_path / "r", "many_en", f"127.0.0.1:{press.port}", ", ".join(entries))
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r")))
    assert summary["discovery"]["many_en"] == {
        "robots": {"not_found": 1},
        "feed": {"not_found": 1, "ok": 2, "parse_failed": 2},
        "sitemap": {"ok": 2},
        "listing": {"ok": 4},
    }
    found = spool.read(tmp_path / "spool" / lp.NIGHT)
    urls = set(found.articles.column("url").to_pylist())
    assert urls == {press.url(f"/news/{name}") for name in ("f", "m", "g", "l1", "l2", "l3", "nav", "c", "d")}
    assert summary["passed"]["many_en"] == 3, "the old page, the videos, and nothing silently"
    details = {row["url"]: row["detail"] for row in found.fetches.to_pylist()}
    assert "entities" in details[press.url("/bomb.rss")] and "mended" in details[press.url("/torn.rss")]
    assert "/list/4" not in press.paths(), "a page with nothing new ends the listing"


def known_from(found: spool.Spool, path: Path, settled: set[str]) -> Path:
    rows = [
        {
            **{
                name: row[name]
                for name in ("canonical_url", "article_id", "content_hash", "etag", "last_modified")
            },
            "first_seen_at": row["fetched_at"],
            "recheck": row["title"] not in settled,
            "url": row["url"],
            "source_id": row["source_id"],
        }
        for row in found.articles.to_pylist()
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_known_pages_are_asked_for_only_if_they_may_have_changed(tmp_path):
    titles = {"edited": "First headline"}

    def tagged(handler) -> Reply:
        same = handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"] is not None
        return (
            Reply(304)
            if same
            else page("Tagged", ETag='"v1"', **{"Last-Modified": "Mon, 02 Mar 2026 05:00:00 GMT"})
        )

    def site(press: lp.Press) -> lp.Site:
        return {
            "/robots.txt": lp.robots(),
            "/rss": rss(*(press.url(f"/news/{name}") for name in ("settled", "tagged", "same", "edited"))),
            "/news/settled": page("Settled"),
            "/news/tagged": tagged,
            "/news/same": page("Same"),
            "/news/edited": lambda handler: page(titles["edited"]),
            "/news/dropped": page("Dropped from the feed"),
        }

    with lp.serve(site) as press:
        second_entry = entry("listing", press.url("/extra"))
        lp.write_source(
            tmp_path / "r",
            "x_en",
            f"127.0.0.1:{press.port}",
            entry("feed", press.url("/rss")) + "," + second_entry,
        )
        first = lp.job(tmp_path / "one", tmp_path / "r")
        assert lp.summary(lp.crawl(first))["articles"] == 4
        found = spool.read(tmp_path / "one" / "spool" / lp.NIGHT)
        extra = found.articles.slice(0, 1).to_pylist()[0] | {
            "title": "Dropped from the feed",
            "url": press.url("/news/dropped"),
            "canonical_url": press.url("/news/dropped").replace("http:", "https:"),
            "content_hash": "other",
            "etag": None,
            "last_modified": None,
        }
        more = replace(found, articles=pa.concat_tables([found.articles, spool.articles_table([extra])]))
        known = known_from(more, tmp_path / "known.parquet", {"Settled"})
        titles["edited"] = "Second headline"
        press.seen.clear()
        summary = lp.summary(lp.crawl(lp.job(tmp_path / "two", tmp_path / "r", known=str(known))))
    assert summary["counts"]["x_en"] == {"not_modified": 2, "ok": 2}
    assert summary["known"]["x_en"] == 1 and "/news/settled" not in press.paths()
    rows = spool.read(tmp_path / "two" / "spool" / lp.NIGHT).articles.to_pylist()
    assert {row["title"] for row in rows} == {"Second headline", "Dropped from the feed"}
    old = next(row for row in found.articles.to_pylist() if row["title"] == "First headline")
    new = next(row for row in rows if row["title"] == "Second headline")
    assert old["article_id"] == new["article_id"] and old["version_id"] != new["version_id"]


def small_site(count: int):
    def site(press: lp.Press) -> lp.Site:
        pages = {f"/news/{number}": page(f"Story {number}") for number in range(count)}
        return {"/robots.txt": lp.robots(), "/rss": rss(*(press.url(path) for path in pages)), **pages}

    return site


def test_same_input_same_bytes_and_a_second_run_replaces_the_first(tmp_path):
    with lp.serve(small_site(30)) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        one = lp.job(tmp_path / "one", tmp_path / "r", per_host=4)
        two = lp.job(tmp_path / "two", tmp_path / "r", per_host=1)
        assert lp.crawl(one, two).returncode == 0
        assert lp.crawl(one).returncode == 0
    names = [
        "spool/2026-03-02/articles.parquet",
        "spool/2026-03-02/fetches.parquet",
        "spool/2026-03-02/crawl.json",
    ]
    for name in [*names, "archive/2026-03-02/x_en.warc.gz"]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    left = sorted(path.name for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert left == ["articles.parquet", "crawl.json", "fetches.parquet", "job.json", "x_en.warc.gz"]


def test_budget_and_duplicates_between_editions(tmp_path):
    with lp.serve(small_site(12)) as press:
        for source_id in ("a_en", "b_en"):
            lp.write_source(
                tmp_path / "r", source_id, f"127.0.0.1:{press.port}", entry("feed", press.url("/rss"))
            )
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r", max_articles_per_source=5)))
    assert summary["counts"]["a_en"] == {"budget_exhausted": 7, "ok": 5}
    assert summary["counts"]["b_en"] == {"budget_exhausted": 7, "duplicate": 5}
    assert press.paths().count("/robots.txt") == 1, "one robots.txt for both editions of a host"


def slow_page(handler) -> Reply:
    time.sleep(0.3)
    return page("Slow " + handler.path)


def slow_site(press: lp.Press) -> lp.Site:
    pages = {f"/news/{number}": slow_page for number in range(60)}
    return {"/robots.txt": lp.robots(), "/rss": rss(*(press.url(path) for path in pages)), **pages}


def test_the_night_ends_in_time_and_counts_what_it_left(tmp_path):
    with lp.serve(slow_site) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        started = time.monotonic()
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r", night_timeout_s=2)))
    counts = summary["counts"]["x_en"]
    assert time.monotonic() - started < 60 and not summary["complete"]
    assert counts["ok"] + counts["budget_exhausted"] == 60 and counts["ok"] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_crawl_leaves_no_spool_and_the_next_one_cleans_up(tmp_path, number):
    with lp.serve(slow_site) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        path = lp.job(tmp_path, tmp_path / "r", max_articles_per_source=4)
        child = subprocess.Popen([sys.executable, "-m", "crawlers.run", str(path)], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while press.paths().count("/news/1") == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(number)
        assert child.wait(10) == -number
        assert not (tmp_path / "spool" / lp.NIGHT).exists()
        assert lp.summary(lp.crawl(path))["articles"] == 4
    left = {item.name for item in tmp_path.rglob("*") if "part" in item.name}
    assert not left


def test_private_addresses_are_refused_after_resolution(tmp_path):
    with lp.serve(small_site(3)) as press:
        for source_id, host in (
            ("name_en", "localhost"),
            ("literal_en", "127.0.0.1"),
            ("odd_en", "2130706433"),
        ):
            lp.write_source(
                tmp_path / "r", source_id, f"{host}:{press.port}", entry("feed", press.url("/rss", host))
            )
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r", allow_private=False)))
    assert press.seen == []
    for source_id in ("name_en", "literal_en", "odd_en"):
        assert summary["discovery"][source_id]["feed"] == {"private_address": 1}


def test_a_proxy_carries_everything_and_nothing_is_resolved(tmp_path):
    def site(press: lp.Press) -> lp.Site:
        base = "http://steppe-wire.test"
        return {
            f"{base}/robots.txt": lp.robots(),
            f"{base}/rss": rss(f"{base}/news/1", f"{base}/private/2"),
            f"{base}/news/1": page("Through the proxy"),
        }

    with lp.serve(site) as press:
        feed = entry("feed", "http://steppe-wire.test/rss")
        lp.write_source(tmp_path / "r", "wire_en", "steppe-wire.test", feed, r"^/(news|private)/")
        settings = {"allow_private": False, "proxy": press.url("").rstrip("/")}
        summary = lp.summary(
            lp.crawl(lp.job(tmp_path, tmp_path / "r", contact="desk@example.org", **settings))
        )
    assert summary["counts"]["wire_en"] == {"ok": 1, "robots_denied": 1}
    assert press.paths() == [f"http://steppe-wire.test/{path}" for path in ("robots.txt", "rss", "news/1")]
    assert all(found["User-Agent"] == "baqylau/0.1 (+desk@example.org)" for found in press.headers)


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        (Reply(404), {"ok": 3}),
        (lp.robots("User-agent: baqylau\nDisallow: /news/1\n"), {"ok": 2, "robots_denied": 1}),
    ],
)
def test_robots_rules_decide(tmp_path, robots, expected):
    with lp.serve(lambda press: {**small_site(3)(press), "/robots.txt": robots}) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r")))
    assert summary["counts"]["x_en"] == expected


def test_a_robots_file_that_cannot_be_had_forbids_everything(tmp_path):
    with lp.serve(lambda press: {**small_site(3)(press), "/robots.txt": Reply(500)}) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r")))
    assert summary["discovery"]["x_en"] == {"robots": {"server_error": 1}, "feed": {"robots_denied": 1}}
    assert set(press.paths()) == {"/robots.txt"}


def test_a_host_that_asks_for_too_long_a_rest_is_left(tmp_path):
    limited = Reply(429, b"slow down", {"Retry-After": "3600"})
    with lp.serve(lambda press: {**small_site(20)(press), "/news/0": limited}) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r")))
    counts = summary["counts"]["x_en"]
    assert counts["rate_limited"] >= 16 and sum(counts.values()) == 20
    assert len([path for path in press.paths() if path.startswith("/news/")]) <= 5


def test_a_self_signed_certificate_is_a_tls_fault(tmp_path):
    with lp.serve(small_site(1), wrap=_self_signed(tmp_path)) as press:
        host = f"127.0.0.1:{press.port}"
        lp.write_source(tmp_path / "r", "x_en", f"https://{host}", entry("feed", f"https://{host}/rss"))
        summary = lp.summary(lp.crawl(lp.job(tmp_path, tmp_path / "r")))
    assert summary["discovery"]["x_en"]["feed"] == {"tls": 1} and press.seen == []


def _self_signed(folder: Path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime(2020, 1, 1, tzinfo=UTC)
    cert = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=36500))
    signed = cert.sign(key, hashes.SHA256())
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem")
    return lambda plain: context.wrap_socket(plain, server_side=True)


def test_silence_of_the_proxy_may_pass(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
    lp.write_source(tmp_path / "r", "x_en", "x.test", entry("feed", "http://x.test/rss"))
    done = lp.crawl(lp.job(tmp_path, tmp_path / "r", proxy=proxy))
    assert done.returncode == 3 and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sources": ["nobody_en"]}, ["nobody_en", "x_en", "sources list"]),
        ({"night": "tomorrow", "delay_s": -1}, ["night", "settings.delay_s"]),
        ({"known": "/nowhere/known.parquet"}, ["/nowhere/known.parquet"]),
        ({"registry": Path("/nowhere/registry")}, ["/nowhere/registry"]),
        ({"proxy": "steppe-wire"}, ["settings.proxy", "http://HOST:PORT"]),
    ],
)
def test_a_bad_job_ends_in_one_line(tmp_path, changes, words):
    lp.write_source(tmp_path / "r", "x_en", "x.test", entry("feed", "http://x.test/rss"))
    done = lp.crawl(lp.job(tmp_path, **({"registry": tmp_path / "r"} | changes)))
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and all(word in done.stderr for word in words), done.stderr
    assert not (tmp_path / "spool").exists()


def test_an_archive_that_cannot_be_written_ends_in_one_line(tmp_path):
    (tmp_path / "archive").write_text("in the way")
    with lp.serve(small_site(5)) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        done = lp.crawl(lp.job(tmp_path, tmp_path / "r"))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "archive" in done.stderr
    assert not (tmp_path / "spool").exists()


def test_jobs_can_be_named_on_standard_input(tmp_path):
    with lp.serve(small_site(2)) as press:
        lp.write_source(tmp_path / "r", "x_en", f"127.0.0.1:{press.port}", entry("feed", press.url("/rss")))
        path = lp.job(tmp_path, tmp_path / "r")
        command = [sys.executable, "-m", "crawlers.run", "-"]
        done = subprocess.run(
            command, input=f"{path}\n{path}\n", capture_output=True, text=True, timeout=60, check=True
        )
    assert [json.loads(line)["articles"] for line in done.stdout.splitlines()] == [2, 2]


def test_two_nights_of_the_newsroom_are_met_whole(tmp_path):
    """Every article the fictional press offers is fetched once, on its night, and no forbidden page ever."""
    plan = newsroom_plan.build()
    first_seen = truth.first_seen(plan)
    restricted = {canonical_url(article.url) for article in plan.restricted}
    known = None
    with newsroom_server.serve(plan, plan.nights[0]) as press:
        for day in plan.nights[:2]:
            press.set_night(day)
            folder = tmp_path / day
            changes = {
                "night": day,
                "now": plan.crawl_time(day).isoformat(),
                "proxy": press.proxy,
                "known": known,
            }
            path = lp.job(folder, outlets.sources_dir(day), max_bytes=8_000_000, **changes)
            summary = lp.summary(lp.crawl(path))
            found = spool.read(folder / "spool" / lp.NIGHT)
            expected = {canonical_url(url) for url, night in first_seen.items() if night == day}
            assert set(found.articles.column("canonical_url").to_pylist()) == expected
            assert summary["articles"] == len(expected) > 20
            known = str(
                known_from(
                    found, tmp_path / f"known-{day}.parquet", set(found.articles.column("title").to_pylist())
                )
            )
        asked = {canonical_url(hit.url) for hit in press.hits}
    assert restricted and not asked & restricted
