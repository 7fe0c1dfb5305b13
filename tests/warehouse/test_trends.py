"""Trends: shares with intervals and missing days, the same whichever way they are asked for."""

from __future__ import annotations

import shutil
from datetime import date
from math import sqrt
from pathlib import Path

import conftest as press
import pytest

from baqylau import Faults
from warehouse import connection, trends
from warehouse.connection import arrow

DIMENSIONS = [
    "language",
    "ownership",
    "outlet",
    "target",
    "frame",
    "sector",
    "weiner",
    "voice",
    "referent",
    "measure",
]


def wilson(hits, n, z=1.959963984540054):
    """Wilson (1927), written the other way round."""
    p = hits / n
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) - half) / (1 + z * z / n), (p + z * z / (2 * n) + half) / (1 + z * z / n)


def night_of(number):
    night = press.day(number)
    said = "threat chinese territory labour: x" if number % 3 else "fact chinese: y"
    rows = [press.article("steppe_wire_kk", night, text) for text in ("T0", "T1", "T2", f"S\n{said}")]
    if 10 <= number <= 14:
        dark = ("city_evening_ru", "steppe_wire_ru")
        return press.spool(
            night, rows, [press.fetch(source, night, "f", "timeout", "feed") for source in dark]
        )
    rows.append(press.article("city_evening_ru", night, "R\nthreat russian burden ban: z"))
    rows.append(press.article("steppe_wire_ru", night, "P\ndenial russian debunk: w"))
    return press.spool(night, rows)


@pytest.fixture(scope="module")
def press_month(tmp_path_factory, template):
    """Three weeks and a half; in the second week the Russian editions are dark from Wednesday on."""
    with connection.open_writer(Path(shutil.copy(template, tmp_path_factory.mktemp("t"))), threads=1) as con:
        house = press.House(con)
        house.nights([night_of(number) for number in range(1, 26)])
        yield house


def test_a_share_is_stories_over_all_stories(press_month):
    rows = trends.trend(press_month.con, ["target"], "week", target="chinese").to_pylist()
    first = rows[0]
    assert (first["period"], first["stories"], first["total"], first["articles"], first["days_missing"]) == (
        date(2026, 3, 2),
        5,
        42,
        5,
        0,
    )
    assert first["share"] == pytest.approx(5 / 42)
    assert (first["low"], first["high"]) == pytest.approx(wilson(5, 42))


def test_missing_days_are_missing_not_zero(press_month):
    weeks = {(r["period"], r["language"]): r for r in trends.trend(press_month.con, ["language"]).to_pylist()}
    assert weeks[date(2026, 3, 9), "ru"]["days_missing"] == 5
    assert weeks[date(2026, 3, 9), "kk"]["days_missing"] == 0
    days = {
        (r["period"], r["language"]): r
        for r in trends.trend(press_month.con, ["language"], "day").to_pylist()
    }
    dark = days[date(2026, 3, 12), "ru"]
    assert (dark["share"], dark["low"], dark["high"], dark["days_missing"]) == (None, None, None, 1)
    assert days[date(2026, 3, 12), "kk"]["share"] == 0.25 and days[date(2026, 3, 4), "kk"]["share"] == 0.0
    last = weeks[date(2026, 3, 23), "kk"]
    assert last["days_missing"] == 3, "the week is not over"


def test_months_are_calendar_months(press_month):
    (month,) = trends.trend(press_month.con, [], "month").to_pylist()
    assert (month["period"], month["days_missing"], month["total"]) == (
        date(2026, 3, 1),
        31 - 25 + 5,
        25 * 4 + 20 * 2,
    )


@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_views_say_the_same_as_the_function(press_month, name):
    view = arrow(press_month.con, f"from trend_by_{name} order by week, {name}").to_pylist()
    asked = trends.trend(press_month.con, [name]).to_pylist()
    assert len(view) > 3
    assert [{**row, "week": None, name: str(row[name]).lower()} for row in view] == [
        {"week": None, **{k: v for k, v in row.items() if k != "period"}, name: str(row[name]).lower()}
        for row in asked
    ]


def test_one_dimension_of_sources_and_two_of_speech_cross(press_month):
    rows = trends.trend(press_month.con, ["language", "target", "frame"]).to_pylist()
    first = {
        (r["language"], r["target"], r["frame"]): (r["stories"], r["total"])
        for r in rows
        if r["period"] == date(2026, 3, 2)
    }
    assert first["kk", "chinese", "territory"] == first["kk", "chinese", "labour"] == (5, 28)
    assert first["ru", "russian", "burden"] == (7, 14)
    assert first["ru", "chinese", "territory"] == (0, 14)


def test_filters_on_speech_hold_of_one_sentence_and_leave_the_total(press_month):
    whole = trends.trend(press_month.con, [], target="chinese", frame="territory").to_pylist()[0]
    assert (whole["stories"], whole["total"]) == (5, 42)
    none = trends.trend(press_month.con, [], target="chinese", frame="burden").to_pylist()[0]
    assert (none["stories"], none["total"], none["share"]) == (0, 42, 0.0)
    part = trends.trend(press_month.con, [], language="kk", measure="false").to_pylist()[0]
    assert (part["stories"], part["total"]) == (5, 28)
    assert (
        trends.trend(press_month.con, [], measure="true", since="2026-03-05", until="2026-03-06").to_pylist()[
            0
        ]["stories"]
        == 2
    )


def test_other_moves_can_be_asked_for(press_month):
    assert trends.trend(press_month.con, [], move="desecuritizing").to_pylist()[0]["stories"] == 7
    assert trends.trend(press_month.con, [], move="neutral").to_pylist()[0]["stories"] == 2


def test_every_fault_of_a_question_is_told_at_once(press_month):
    with pytest.raises(Faults) as caught:
        trends.trend(
            press_month.con, ["colour", "target", "target"], "year", target="martians", moon="x", since="soon"
        )
    assert [fault.split(" -> ")[0] for fault in caught.value.faults] == [
        "by",
        "by",
        "grain",
        "target",
        "moon",
        "since",
    ]


def test_attention_counts_every_mention(press_month):
    sql = "select stories, total, share from attention where week = '2026-03-02' and language = 'kk' and target = ?"
    assert press_month.ask(sql, "chinese") == [(7, 28, 0.25)]
    assert press_month.ask(sql, "central_asian") == [(0, 28, 0.0)]
    assert press_month.ask(sql, "any") == [(7, 28, 0.25)]


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (10, 10), (1, 3), (500, 100000), (7, 13)])
def test_the_interval_is_wilsons(press_month, hits, n):
    assert press_month.ask(f"select wilson_low({hits}, {n}), wilson_high({hits}, {n})")[0] == pytest.approx(
        wilson(hits, n), abs=1e-12
    )
    assert press_month.ask("select wilson_low(0, 0), wilson_high(0, 0)") == [(None, None)]
