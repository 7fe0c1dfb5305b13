"""The series for the detectors: stories by the day they were first seen, zeros told from gaps."""

from __future__ import annotations

import conftest as press
import pyarrow as pa
import pytest

from warehouse import coverage, load, series

KEY = ["language", "ownership", "target", "frame"]


def lines(table):
    return {
        (*(row[name] for name in KEY), row["day"].isoformat()): (
            row["count"],
            row["copies"],
            row["total"],
            row["complete"],
        )
        for row in table.to_pylist()
    }


def night_of(number):
    night = press.day(number)
    rows = [
        press.article("steppe_wire_kk", night, "T1\nnothing"),
        press.article("city_evening_ru", night, "T2\nthreat russian burden: x"),
    ]
    if number == 7:
        said = "threat chinese territory: x\ndenial russian debunk: y"
        rows += [press.article("steppe_wire_kk", night, f"T{n}\n{said}") for n in (3, 4)]
    return press.spool(night, rows)


@pytest.fixture
def week(house):
    house.nights([night_of(number) for number in range(1, 8)])
    return house


def test_every_stratum_has_every_day(week):
    table = series.read(week.con, press.day(7), 10)
    strata = {tuple(row[name] for name in KEY) for row in table.to_pylist()}
    assert table.num_rows == len(strata) * 10
    assert {s[0] for s in strata} == {"*", "kk", "ru"}
    assert ("kk", "state", "*", "*") in strata and ("kk", "*", "central_asian", "demographic") in strata
    assert ("ru", "state", "*", "*") not in strata, "no such source in the registry"
    assert not [s for s in strata if s[3] == "debunk"], "counter frames are not tested"
    assert not [s for s in strata if s[1] != "*" and s[3] != "*"]
    assert table.column_names == [*KEY, "day", "count", "copies", "total", "complete"]
    assert table.sort_by([(name, "ascending") for name in [*KEY, "day"]]) == table


def test_counts_are_of_stories_and_zeros_are_zeros(week):
    found = lines(series.read(week.con, press.day(7), 10))
    last = press.day(7)
    assert found["kk", "*", "chinese", "territory", last] == (2, 2, 3, True)
    assert found["kk", "state", "chinese", "*", last] == (2, 2, 3, True)
    assert found["*", "*", "*", "*", last] == (3, 3, 4, True)
    assert found["kk", "*", "russian", "*", last] == (0, 0, 3, True), "a denial is no threat"
    assert found["kk", "*", "chinese", "territory", press.day(3)] == (0, 0, 1, True)
    assert found["ru", "private_independent", "russian", "*", press.day(3)] == (1, 1, 1, True)


def test_days_before_the_first_night_are_gaps(week):
    found = lines(series.read(week.con, press.day(7), 10))
    assert found["kk", "*", "*", "*", "2026-02-27"] == (0, 0, 0, False)


def test_reprints_are_copies_and_count_where_and_when_they_are_seen(week):
    night = press.day(8)
    copies = [
        press.article(source, night, "T3\nthreat chinese territory: x", slug=source)
        for source in ("steppe_wire_ru", "city_evening_ru")
    ]
    week.night(night, [*copies, press.article("steppe_wire_kk", night, "Other")])
    (origin,) = week.ask("select article_id from articles where title = 'T3' and language = 'kk'")[0]
    keys = [origin, *(row["article_id"] for row in copies)]
    load.stories(
        week.con,
        pa.table(
            {"story_id": ["s"] * 3, "article_id": keys, "similarity": [1.0] * 3, "joined_day": [night] * 3}
        ),
    )
    week.count(night)
    found = lines(series.read(week.con, night, 2))
    assert found["ru", "*", "chinese", "territory", night] == (0, 2, 0, True)
    assert found["kk", "*", "chinese", "territory", press.day(7)] == (2, 2, 3, True)
    assert found["*", "*", "chinese", "*", night] == (0, 2, 1, True)


def test_a_lost_source_makes_its_group_incomplete_only_where_it_carries_weight(week):
    for number in range(8, 12):
        night = press.day(number)
        rows = [press.article("steppe_wire_kk", night, f"T{n}") for n in range(9)] + [
            press.article("city_evening_ru", night, "U")
        ]
        week.night(night, rows)
    night = press.day(12)
    rows = [press.article("steppe_wire_kk", night, f"T{n}") for n in range(9)]
    week.night(night, rows, [press.fetch("city_evening_ru", night, "f", "dns", "feed")])
    found = lines(series.read(week.con, night, 1))
    assert found["ru", "*", "*", "*", night][3] is False
    assert found["ru", "private_independent", "*", "*", night][3] is False
    assert found["*", "*", "*", "*", night] == (0, 0, 9, True), "it carries a tenth of the whole"
    assert found["kk", "*", "*", "*", night][3] is True


def test_ownership_is_that_of_the_day(week):
    owners = pa.table(
        {
            "source_id": ["city_evening_ru"] * 2,
            "since": [None, press.day(5)],
            "class": ["private_independent", "state"],
            "confidence": [None, None],
            "evidence": ["", ""],
        }
    )
    names = "source_id, outlet, outlet_name, country, language, enabled"
    load.sources(
        week.con,
        week.con.sql(f"select {names} from source where source_id = 'city_evening_ru'").to_arrow_table(),
        owners,
    )
    coverage.refresh(week.con, press.day(7))
    found = lines(series.read(week.con, press.day(7), 7))
    assert found["ru", "private_independent", "russian", "*", press.day(4)][:3] == (1, 1, 1)
    assert found["ru", "state", "russian", "*", press.day(5)][:3] == (1, 1, 1)
    assert found["ru", "private_independent", "russian", "*", press.day(5)] == (0, 0, 0, False)
