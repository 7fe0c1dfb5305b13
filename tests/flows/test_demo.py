"""The demo finds what was planted and nothing else, judged by the fictional press's own truth."""

import json
from datetime import date, timedelta

import pytest

from crawlers.newsroom import plan as newsroom_plan
from crawlers.newsroom import truth
from warehouse import connection

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
WITHIN_NIGHTS = 2


@pytest.fixture(scope="module")
def plan():
    return newsroom_plan.build()


@pytest.fixture(scope="module")
def warehouse(demo):
    with connection.open_reader(demo[0] / "published.duckdb") as con:
        yield con


@pytest.fixture(scope="module")
def report(demo, plan):
    return json.loads((demo[0] / "reports" / plan.nights[-1] / "report.json").read_text(encoding="utf-8"))


def episodes(con):
    sql = """
        select episode_id, language, ownership, target, frame, onset::varchar as onset, severity::varchar as severity
        from episode
    """
    return connection.arrow(con, sql).to_pylist()


def belongs(episode, expectation):
    """Whether an episode is about the event: same days, and no dimension that contradicts it."""
    event = expectation.event
    last = date.fromisoformat(expectation.days[-1]) + timedelta(days=7)
    same_days = episode["onset"] >= expectation.days[0] and episode["onset"] <= last.isoformat()
    return (
        same_days
        and episode["language"] in {*event.languages, "*"}
        and episode["target"] in {event.target, "*"}
        and episode["frame"] in {event.frame, "*"}
    )


def test_both_spikes_are_found_within_two_nights(plan, warehouse):
    required = truth.expected(plan, "required")
    assert len(required) == 2
    for expectation in required:
        found = [one for one in episodes(warehouse) if belongs(one, expectation)]
        assert len(found) == 1, f"{expectation.event.id}: {found}"
        latest = date.fromisoformat(expectation.days[0]) + timedelta(days=WITHIN_NIGHTS - 1)
        assert found[0]["onset"] <= latest.isoformat()
        assert found[0]["severity"] in ("alert", "high")
        # The episode says what it is about, not only that something rose.
        assert (found[0]["language"], found[0]["target"]) == (
            expectation.event.languages[0],
            expectation.event.target,
        )


def test_no_decoy_raises_an_alarm(plan, warehouse):
    wanted = [*truth.expected(plan, "required"), *truth.expected(plan, "allowed")]
    strangers = [one for one in episodes(warehouse) if not any(belongs(one, each) for each in wanted)]
    assert strangers == []


def test_decoys_were_really_there(plan, warehouse):
    kinds = {each.event.kind for each in truth.expected(plan, "forbidden")}
    assert len(kinds) >= 5, kinds
    assert {source for source, days in plan.outages.items() if days} and plan.joins


def test_the_dark_outlet_is_missing_not_silent(plan, warehouse):
    for source, days in plan.outages.items():
        sql = "select day::varchar, status::varchar from coverage where source_id = ? order by day"
        statuses = dict(connection.ask(warehouse, sql, [source]))
        assert {day: statuses[day] for day in days} == dict.fromkeys(days, "missing"), source


def test_the_late_outlet_has_no_row_before_it_joined(plan, warehouse):
    for source, night in plan.joins.items():
        sql = "select min(day)::varchar from coverage where source_id = ?"
        assert connection.ask(warehouse, sql, [source])[0][0] == night


def test_edited_headlines_are_kept(plan, warehouse):
    edited = {article.url for article in plan.articles if article.edits}
    sql = "select count(distinct article_id) from edited_headlines"
    assert connection.ask(warehouse, sql)[0][0] >= len(edited) == 2


def test_reprints_count_once(plan, warehouse):
    """Every planted reprint stands in the story of its original, or of another copy of it."""
    sql = "select article.url, story_member.story_id from article join story_member using (article_id)"
    story_of = dict(connection.ask(warehouse, sql))
    pairs = [(article.url, plan.by_key[article.copy_of].url) for article in plan.articles if article.copy_of]
    known = [(copy, original) for copy, original in pairs if copy in story_of and original in story_of]
    joined = sum(story_of[copy] == story_of[original] for copy, original in known)
    assert len(known) > 300 and joined / len(known) >= 0.9


def test_the_report_names_the_evidence(report):
    strong = [one for one in report["episodes"] if one["severity"] in ("alert", "high")]
    assert len(strong) >= 2
    for episode in strong:
        assert episode["publishers"][0]["outlet"] and len(episode["publishers"]) >= 2
        assert episode["stories_count"] >= 5 and episode["articles_count"] >= episode["stories_count"]
        sentences = [sentence for story in episode["stories"] for sentence in story["sentences"]]
        assert any(sentence["marks"] for sentence in sentences)
        assert all(
            mark["end"] <= len(sentence["text"]) for sentence in sentences for mark in sentence["marks"]
        )
        assert {row["status"] for row in episode["coverage"]} <= {"complete", "partial", "missing"}
        assert episode["command"] == f"baqylau explain {episode['episode_id']}"


def test_the_command_says_where_the_report_is_and_what_was_strongest(demo, plan):
    home, output = demo
    path = home / "reports" / plan.nights[-1] / "report.html"
    assert str(path) in output and path.stat().st_size > 20_000
    assert output.count("\n") >= 4


def test_every_night_is_in_the_ledger(plan, warehouse):
    sql = "select count(distinct night) from step where step = 'detect'"
    assert connection.ask(warehouse, sql)[0][0] == len(plan.nights)
