"""Evidence gathered from a real small warehouse: figures, order, missing days, hostile texts, no glimpse of the future."""

from __future__ import annotations

import json
import math
from functools import cache

import pytest
import small_warehouse as small
from hypothesis import given
from hypothesis import strategies as st

from baqylau import Faults
from flows import evidence
from flows.errors import NotFound
from flows.evidence.ask import clean
from flows.evidence.night import measured_errors
from flows.evidence.series import History, expectations
from flows.evidence.strength import ratio_interval
from warehouse import connection, publish

LAST = small.NIGHTS - 1


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return small.shared(tmp_path_factory.getbasetemp())


@pytest.fixture
def con(path):
    con = connection.open_reader(path)
    yield con
    con.close()


@pytest.fixture(scope="session")
def told(path):
    """The report of a night, gathered once."""

    @cache
    def gathered(k: int):
        with connection.open_reader(path) as con:
            return evidence.gather(con, small.day(k))

    return gathered


def test_the_episode_carries_the_figures_of_series_and_test(told, con):
    (episode,) = told(LAST).episodes
    assert vars(episode.stratum) == small.STRATUM
    counted = {k: small.counts(con, k, small.STRATUM) for k in small.SPIKE}
    sql = """select count, copies, total, expected, upper, p_value, q_value from alarm
        where night = ? and detector = 'daily' and (language, ownership, target, frame) = ('kk', '*', 'chinese', 'territory')"""
    (stored,) = connection.ask(con, sql, [small.day(small.SPIKE[1])])
    of = episode.strength
    assert (of.count, of.copies, of.total, of.expected, of.upper, of.p_value, of.q_value) == stored
    assert (of.count, of.copies, of.total) == tuple(counted[small.SPIKE[1]].values())
    assert of.ratio == of.count / of.expected
    assert of.ratio_low < of.ratio < of.ratio_high
    shown = {day.day: (day.count, day.copies, day.total) for day in episode.series}
    assert {small.day(k): tuple(found.values()) for k, found in counted.items()}.items() <= shown.items()
    assert episode.alarm_days == tuple(small.day(k) for k in small.SPIKE)
    assert episode.command == f"baqylau explain {episode.episode_id}"
    assert len(episode.absorbed) > 1 and episode.stratum not in episode.absorbed


def test_the_detector_run_again_expects_what_the_night_expected(told, con):
    (episode,) = told(LAST).episodes
    counts = History.read(con, small.day(LAST), 60).of(episode.stratum)
    night = small.day(small.SPIKE[0])
    again = expectations(counts, [night], set())[night]
    sql = """select expected, upper, p_value from alarm
        where night = ? and detector = 'daily' and (language, ownership, target, frame) = ('kk', '*', 'chinese', 'territory')"""
    ((expected, upper, p_value),) = connection.ask(con, sql, [night])
    assert again.expected == pytest.approx(expected, rel=1e-9)
    assert again.upper == upper
    assert again.p_value == pytest.approx(p_value, rel=0.5), (
        "siblings share their dispersion in the night's own test"
    )


def test_stories_and_copies_are_told_apart(told):
    (episode,) = told(LAST).episodes
    # each night of the spike: three editions print four texts each, one of which is shared by all three; and every
    # third night the portal has a threat of its own
    own = sum(k % 3 == 0 for k in small.SPIKE)
    assert episode.articles_count == 12 * len(small.SPIKE) + own
    assert episode.stories_count == 10 * len(small.SPIKE) + own
    assert episode.stories[0].articles == 3 and episode.stories[0].editions == 3
    assert sum(row.articles for row in episode.publishers) == episode.articles_count


def test_the_first_publisher_stands_first_and_the_rest_follow_in_time(told):
    (episode,) = told(LAST).episodes
    assert [row.source_id for row in episode.publishers] == ["gazette_kk", "portal_kk", "letter_kk"]
    first = episode.publishers[0]
    assert first.printed_at == small.at(small.SPIKE[0], 3, 3), "the outlet's own time"
    assert first.first_seen_at == small.at(small.SPIKE[0], 15), "the time of our visit"
    assert (first.ownership, first.country, first.language) == ("opposition", "KZ", "kk")
    assert episode.stories[0].source_id == "gazette_kk", "a story is told by its origin"


def test_outlets_with_several_editions_say_which(told):
    names = {row.source_id: row.outlet for row in told(LAST).coverage}
    assert names["portal_kk"] == "Khan Portal (kk)"
    assert names["wire_ru"] == "Steppe Wire"


@pytest.mark.parametrize(
    "k, known", [(small.BLACKOUT, False), (small.DARK[0], True), (small.DARK[0] - 1, True)]
)
def test_a_day_that_was_not_collected_is_unknown_not_zero(told, k, known):
    (episode,) = told(LAST).episodes
    day = next(day for day in episode.series if day.day == small.day(k))
    assert (day.count is not None) == known
    assert day.complete == (k == small.DARK[0] - 1)
    if not day.complete:
        assert day.expected is None and day.upper is None and day.p_value is None


def test_a_dark_night_has_no_counts_of_its_sources(told):
    report = told(small.BLACKOUT)
    assert {row.status for row in report.coverage} == {"missing"}
    assert {(row.seen, row.fetched, row.parsed, row.read) for row in report.coverage} == {(None,) * 4}
    assert report.totals.missing == len(small.SOURCES) and report.totals.complete == 0


def test_the_calendar_shows_the_gap_of_one_edition(told):
    report = told(LAST)
    letter = next(row for row in report.calendar if row.source_id == "letter_kk")
    status = dict(zip(report.days, letter.statuses, strict=True))
    gone = {small.day(k) for k in (*small.DARK, small.BLACKOUT)}
    assert {day for day, value in status.items() if value == "missing"} == gone
    assert status[(small.FIRST - small.timedelta(days=1)).isoformat()] == "absent"


def test_nothing_of_the_future_is_told(told):
    early = small.day(small.SPIKE[1])
    (episode,) = told(small.SPIKE[1]).episodes
    assert episode.end == early
    assert max(day.day for day in episode.series) == early
    assert episode.alarm_days == (small.day(small.SPIKE[0]), early)
    assert all(moment <= small.at(small.SPIKE[1], 15) for row in episode.publishers for moment in row.moments)
    assert told(small.SPIKE[0] - 1).episodes == ()


def test_an_edited_headline_is_told_on_the_night_it_was_seen(told):
    (edit,) = told(LAST).edits
    assert (edit.before, edit.after) == (f"wire_ru жаңалық {LAST - 1}-0", small.EDITED_TITLE)
    assert edit.seen_before < edit.seen_after
    assert told(LAST - 1).edits == ()


def test_trends_come_with_interval_and_n(told):
    trends = {(row.kind, row.name): row for row in told(LAST).trends}
    assert ("language", "kk") in trends and ("target", "chinese") in trends
    for week in trends["language", "kk"].weeks:
        assert week.low <= week.share <= week.high
        assert week.share == pytest.approx(week.count / week.total)
    # before the spike a threat came every third night, one story of the nine of that night
    assert sum(week.count for week in trends["language", "kk"].weeks[:4]) == pytest.approx(28 / 3, abs=1)


def test_the_watch_list_is_that_of_the_night(told):
    (watched,) = told(LAST).watched
    assert (watched.stratum.language, watched.stratum.target) == ("ru", "russian")
    assert watched.strength.p_value == 0.004
    assert told(LAST - 1).watched == ()


def test_the_watch_list_leaves_out_what_an_episode_tells(told, con):
    watched = "select count(*) from alarm where night = ? and severity = 'watch'"
    assert connection.ask(con, watched, [small.day(small.SPIKE[1])])[0][0] > 0
    assert told(small.SPIKE[1]).watched == ()


def test_the_published_snapshot_tells_the_same(path, told, tmp_path):
    publish.publish(path, tmp_path / "published.duckdb")
    with connection.open_reader(tmp_path / "published.duckdb") as snapshot:
        assert evidence.gather(snapshot, small.day(LAST)) == told(LAST)


def test_gathering_again_gives_the_same(told, con):
    assert evidence.gather(con, small.day(LAST)) == told(LAST)


def test_explain_tells_the_same_as_the_report_of_the_last_night(told, con):
    (episode,) = told(small.SPIKE[-1]).episodes
    assert evidence.explain(con, episode.episode_id) == episode
    assert evidence.strongest(con, 3) == [episode]


def test_an_unknown_episode_is_refused(con):
    with pytest.raises(NotFound, match="baqylau alerts"):
        evidence.explain(con, "' or 1=1 --")


def test_an_empty_warehouse_has_an_empty_report(tmp_path):
    con = connection.open_writer(tmp_path / "empty.duckdb")
    report = evidence.gather(con, "2026-01-05")
    assert (report.episodes, report.coverage, report.trends, report.reading) == ((), (), (), None)
    con.close()


def test_the_measured_error_is_read_where_there_is_one(tmp_path):
    path = tmp_path / "error.json"
    assert measured_errors(path) == measured_errors(None) == []
    tally = {"positives": 10, "true_positives": 8, "negatives": 5, "true_negatives": 5}
    path.write_text(json.dumps({"gold_sha": "x", "languages": {"ru": tally}}))
    (found,) = measured_errors(path)
    assert (found.language, found.sensitivity, found.specificity, found.n) == ("ru", 0.8, 1.0, 15)
    # Wilson's interval of 8 in 10 and of 5 in 5, as any textbook table has them
    assert (round(found.sensitivity_low, 3), round(found.sensitivity_high, 3)) == (0.490, 0.943)
    assert (round(found.specificity_low, 3), found.specificity_high) == (0.566, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"kk": {}}',
        '{"languages": {"kk": {"positives": 3}}}',
        '{"languages": {"kk": 0.8}}',
        '{"languages": {"kk": {"positives": 3, "true_positives": 4, "negatives": 1, "true_negatives": 1}}}',
    ],
)
def test_a_wrong_error_file_is_named(tmp_path, text):
    (tmp_path / "error.json").write_text(text)
    with pytest.raises(Faults, match=r"error\.json"):
        measured_errors(tmp_path / "error.json")


@given(st.text())
def test_cleaned_text_keeps_its_length_and_turns_nothing_around(text):
    cleaned = clean(text)
    assert len(cleaned) == len(text), "offsets of highlighted spans must still hold"
    assert not set(cleaned) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b\n\r"
    )


@given(st.integers(1, 500), st.floats(0.1, 50), st.floats(1, 9), st.floats(0.01, 2))
def test_the_interval_holds_the_ratio_and_widens_with_spread(count, expected, phi, se):
    low, high = ratio_interval(count, expected, phi, se)
    assert low < count / expected < high
    assert math.isclose(low * high, (count / expected) ** 2, rel_tol=1e-9)
    wider = ratio_interval(count, expected, phi + 1, se)
    assert wider[0] < low and wider[1] > high


def test_no_interval_without_events_or_spread():
    assert ratio_interval(0, 1.0, 1.0, 0.1) == (None, None)
    assert ratio_interval(5, 1.0, None, None) == (None, None)
