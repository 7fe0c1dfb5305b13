"""Views: one file each, described to the last column, and right."""

from __future__ import annotations

import conftest as press
import pyarrow as pa
import pytest

from warehouse import files, load

D1, D2, D3 = press.day(1), press.day(2), press.day(3)
EXPECTED = {
    *(
        "articles",
        "stories",
        "speech_acts",
        "attention",
        "edited_headlines",
        "sources",
        "episodes",
        "fetches",
        "claim_against_official",
    ),
    *("coverage_by_source", "story_place", "story_origin", "article_story", "ownership_period"),
    *(f"trend_by_{name}" for name in ("language", "target", "frame", "sector", "weiner")),
    *(f"trend_by_{name}" for name in ("ownership", "voice", "referent", "measure", "outlet")),
}


@pytest.fixture
def pair(house):
    first = press.article("steppe_wire_kk", D1, "Alarm\nthreat chinese territory: x\nnothing", slug="a")
    copy = press.article("city_evening_ru", D2, "Copy\nthreat chinese territory: x", slug="b")
    house.night(D1, [first, press.article("steppe_wire_ru", D1, "Plain")])
    house.night(D2, [copy])
    load.stories(
        house.con,
        pa.table(
            {
                "story_id": ["s", "s"],
                "article_id": [first["article_id"], copy["article_id"]],
                "similarity": [None, 0.9],
                "joined_day": [D1, D2],
            }
        ),
    )
    house.count(D2)
    return house


def test_every_view_has_its_file(con):
    found = {
        name for (name,) in con.sql("select view_name from duckdb_views() where not internal").fetchall()
    }
    assert found == EXPECTED == {path.stem for path in (files.ROOT / "views").glob("*.sql")}


def test_every_table_view_column_and_macro_is_described(con):
    sql = """select table_name from duckdb_tables() where not internal and coalesce(comment, '') = ''
        union all select view_name from duckdb_views() where not internal and coalesce(comment, '') = ''
        union all select table_name || '.' || column_name from duckdb_columns() where not internal and coalesce(comment, '') = ''
        union all select function_name from duckdb_functions() where not internal and coalesce(comment, '') = ''"""
    assert con.sql(sql).fetchall() == []


def test_articles_and_stories_tell_copies_from_origins(pair):
    assert pair.ask(
        "select title, story_id = 's', is_origin, securitizing, sentences, read from articles order by title"
    ) == [
        ("Alarm", True, True, 1, 3, 3),
        ("Copy", True, False, 1, 2, 2),
        ("Plain", False, True, 0, 1, 1),
    ]
    assert pair.ask(
        """select title, language::varchar, ownership, articles, outlets, securitizing, securitizing_articles
            from stories order by title"""
    ) == [
        ("Alarm", "kk", "state", 2, 2, 2, 2),
        ("Plain", "ru", "state", 1, 1, 0, 0),
    ]


def test_speech_acts_are_of_the_latest_version(pair):
    pair.night(D3, [press.article("steppe_wire_kk", D3, "Calm\nnothing", slug="a", published_day=D1)])
    assert pair.ask(
        "select position, text, move::varchar from speech_acts where source_id = 'steppe_wire_kk' order by 1"
    ) == [
        (0, "Calm", "irrelevant"),
        (1, "nothing", "irrelevant"),
    ]
    assert pair.ask("select count(*) from speech_act") == [(8,)]


def test_an_edited_headline_is_shown_with_both_readings(house):
    house.night(D1, [press.article("steppe_wire_ru", D1, "threat chinese territory: x\ny", slug="a")])
    house.night(D2, [press.article("steppe_wire_ru", D2, "Visit ends\ny", slug="a")])
    house.night(D3, [press.article("steppe_wire_ru", D3, "Visit ends\ny and z", slug="a")])
    found = house.ask(
        "select old_title, title, old_move::varchar, move::varchar, old_p_securitizing from edited_headlines"
    )
    assert found == [("threat chinese territory: x", "Visit ends", "securitizing", "irrelevant", 0.9)]


def test_sources_show_yield_and_health(pair):
    found = pair.ask(
        "select source_id, articles, nights, missing, last_status::varchar from sources order by 1"
    )
    assert found == [
        ("city_evening_ru", 1, 1, 0, "complete"),
        ("steppe_wire_kk", 1, 2, 1, "missing"),
        ("steppe_wire_ru", 1, 2, 1, "missing"),
    ]
