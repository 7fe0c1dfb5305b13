"""Coverage: silence is told from not looking."""

from __future__ import annotations

import conftest as press
import pytest

from warehouse import coverage, load

SOURCE = "city_evening_ru"


def articles(night, number):
    return [press.article(SOURCE, night, f"T{place}") for place in range(number)]


def feed(night, status="ok"):
    return press.fetch(SOURCE, night, "http://city_evening.test/feed", status, "feed")


def failed(night, number, status):
    return [
        press.fetch(SOURCE, night, f"http://city_evening.test/{status}{place}", status)
        for place in range(number)
    ]


@pytest.fixture
def settled(house):
    """Nineteen nights of four articles each: a source that publishes every night."""
    house.nights([press.spool(press.day(number), articles(press.day(number), 4)) for number in range(1, 20)])
    return house


def spool_of(night, rows, fetches):
    loaded = press.spool(night, rows)
    return loaded[0], press.pa.Table.from_pylist(
        [f for f in loaded[1].to_pylist() if f["kind"] == "article"] + fetches, press.FETCHES
    )


NIGHTS = [
    ("crawled", 4, lambda n: [feed(n)], "complete", "crawled"),
    ("fewer", 1, lambda n: [feed(n)], "complete", "crawled"),
    ("silent", 0, lambda n: [feed(n)], "partial", "silent"),
    ("nothing fetched at all", 0, lambda n: [], "missing", "not_crawled"),
    ("feed down", 0, lambda n: [feed(n, "timeout")], "missing", "discovery_failed"),
    (
        "robots down",
        0,
        lambda n: [press.fetch(SOURCE, n, "r", "server_error", "robots")],
        "missing",
        "discovery_failed",
    ),
    ("one of ten lost", 9, lambda n: [feed(n), *failed(n, 1, "timeout")], "complete", "crawled"),
    ("half lost", 3, lambda n: [feed(n), *failed(n, 3, "server_error")], "partial", "articles_failed"),
    ("all lost", 0, lambda n: [feed(n), *failed(n, 3, "challenged")], "missing", "articles_failed"),
    ("budget", 4, lambda n: [feed(n), *failed(n, 6, "budget_exhausted")], "partial", "articles_failed"),
    ("refused by rule", 3, lambda n: [feed(n), *failed(n, 3, "robots_denied")], "complete", "crawled"),
    ("all refused", 0, lambda n: [feed(n), *failed(n, 3, "paywalled")], "missing", "articles_failed"),
    ("dead links only", 0, lambda n: [feed(n), *failed(n, 1, "not_found")], "partial", "silent"),
    ("no articles behind links", 4, lambda n: [feed(n), *failed(n, 9, "not_article")], "complete", "crawled"),
    ("feed down, one page came", 1, lambda n: [feed(n, "dns")], "partial", "articles_failed"),
]


@pytest.mark.parametrize(
    ("number", "fetches", "status", "reason"), [n[1:] for n in NIGHTS], ids=[n[0] for n in NIGHTS]
)
def test_how_a_night_is_judged(settled, number, fetches, status, reason):
    night = press.day(20)
    load.spool(settled.con, *spool_of(night, articles(night, number), fetches(night)), night)
    coverage.refresh(settled.con, night)
    sql = (
        "select expected, parsed, status::varchar, reason from coverage where day = ?::date and source_id = ?"
    )
    assert settled.ask(sql, night, SOURCE) == [(4.0, number, status, reason)]


def test_a_source_has_no_row_before_its_first_fetch(settled):
    assert settled.ask("select distinct source_id from coverage") == [(SOURCE,)]
    night = press.day(20)
    late = press.fetch("steppe_wire_kk", night, "http://s.test/feed", "timeout", "feed")
    load.spool(settled.con, *press.spool(night, articles(night, 4), [late]), night)
    counts = coverage.refresh(settled.con, [press.day(19), night])
    assert counts == {"nights": 2, "complete": 2, "partial": 0, "missing": 1}
    assert settled.ask(
        "select day::varchar, expected, status::varchar from coverage where source_id = 'steppe_wire_kk'"
    ) == [(night, None, "missing")]


def test_a_dark_outlet_is_missing_every_night_and_does_not_lower_what_is_expected(settled):
    for number in range(20, 25):
        night = press.day(number)
        load.spool(settled.con, *spool_of(night, [], [feed(night, "connection")]), night)
        coverage.refresh(settled.con, night)
    found = settled.ask(
        "select status::varchar, expected from coverage where day >= ?::date order by day", press.day(20)
    )
    assert found == [("missing", 4.0)] * 5


def test_a_long_silence_does_not_excuse_itself(settled):
    for number in range(20, 26):
        night = press.day(number)
        load.spool(settled.con, *spool_of(night, [], [feed(night)]), night)
        coverage.refresh(settled.con, night)
    assert settled.ask("select distinct reason from coverage where day >= ?::date", press.day(20)) == [
        ("silent",)
    ]


def test_a_small_source_may_be_silent(house):
    nights = [press.day(number) for number in range(1, 25)]
    house.nights(
        [spool_of(night, articles(night, place % 2), [feed(night)]) for place, night in enumerate(nights)]
    )
    assert house.ask("select distinct status::varchar from coverage") == [("complete",)]


def test_pages_asked_for_again_are_no_news(settled):
    night = press.day(20)
    old = articles(press.day(19), 4)
    again = [
        press.fetch(SOURCE, night, row["url"], status, article_id=key)
        for row, status, key in zip(
            old,
            ("not_modified", "timeout", "ok", "gone"),
            (None, None, old[2]["article_id"], None),
            strict=True,
        )
    ]
    load.spool(settled.con, *press.spool(night, articles(night, 2), again), night)
    coverage.refresh(settled.con, night)
    assert settled.ask("select seen, parsed, failed from coverage where day = ?::date", night) == [(2, 2, 0)]


def test_only_articles_read_whole_count_as_read(settled):
    night = press.day(19)
    settled.read()
    coverage.refresh(settled.con, night)
    assert settled.ask("select parsed, read from coverage where day = ?::date", night) == [(4, 4)]
    settled.con.execute(
        """delete from speech_act where sentence_id in
            (select sentence_id from speech_acts where first_seen_day = ?::date limit 1)""",
        [night],
    )
    coverage.refresh(settled.con, night)
    assert settled.ask("select parsed, read from coverage where day = ?::date", night) == [(4, 3)]


def test_an_archive_is_whole_between_its_first_and_last_day(house):
    rows = [press.article(SOURCE, press.day(number), "T") for number in (1, 4)]
    fetches = [
        press.fetch(SOURCE, row["published_day"], row["url"], article_id=row["article_id"]) for row in rows
    ]
    load.spool(
        house.con,
        press.pa.Table.from_pylist(rows, press.ARTICLES),
        press.pa.Table.from_pylist(fetches, press.FETCHES),
        None,
    )
    coverage.refresh(house.con, [press.day(number) for number in range(1, 8)])
    assert house.ask("select day::varchar, parsed, status::varchar, reason from coverage order by day") == [
        (press.day(number), int(number in (1, 4)), "complete", "archive") for number in (1, 2, 3, 4)
    ]


def test_a_disabled_source_is_no_longer_expected(settled):
    settled.register({SOURCE: "private_independent"}, enabled=False)
    coverage.refresh(settled.con, press.day(20))
    assert settled.ask("select count(*) from coverage where day = ?::date", press.day(20)) == [(0,)]


def test_refreshing_again_or_all_at_once_gives_the_same(settled):
    before = settled.ask("from coverage order by all")
    settled.con.execute("delete from coverage")
    for number in range(1, 20):
        coverage.refresh(settled.con, press.day(number))
    assert settled.ask("from coverage order by all") == before
