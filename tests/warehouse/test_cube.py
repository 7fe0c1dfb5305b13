"""The cube: checked against counting by hand, and refreshed piece by piece as if at once."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import conftest as press
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import checksum, connection, cube, load

D1, D2 = press.day(1), press.day(2)
SOURCES = ["steppe_wire_ru", "steppe_wire_kk", "city_evening_ru"]
WORDS = st.sampled_from(
    [
        "threat chinese territory: x",
        "denial russian debunk: y",
        "fact chinese: z",
        "nothing",
        "threat russian chinese burden labour: w",
    ]
)
ARTICLE = st.tuples(
    st.sampled_from(SOURCES),
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(WORDS, max_size=3),
    st.integers(0, 2),
    st.booleans(),
)


def cells_of(target, frame, move, voice):
    return [
        (target, frame, move, voice),
        (target, frame, move, "*"),
        (target, "*", move, "*"),
        (target, "*", "*", "*"),
        ("*", frame, move, "*"),
        ("*", "*", move, voice),
        ("*", "*", move, "*"),
        ("any", "*", "*", "*"),
    ]


def by_hand(house):
    """Count every cell in plain Python from the view of speech acts."""
    cells: dict[tuple, tuple[set, set, set]] = {}
    origins = {
        s: (source, day)
        for s, source, day in house.ask("select story_id, source_id, published_day from story_origin")
    }

    def note(source, day, key, place, value):
        if day is not None:
            cells.setdefault((source, day.isoformat(), *key), (set(), set(), set()))[place].add(value)

    for story, (source, day) in origins.items():
        note(source, day, "****", 0, story)
    articles = house.ask(
        "select article_id, source_id, case when date_status = 'ok' then published_day end from article"
    )
    for article, source, day in articles:
        note(source, day, "****", 1, article)
    acts = house.ask(
        "select sentence_id, article_id, story_id, source_id, published_day, targets, frames, move, voice from speech_acts"
    )
    for sentence, article, story, source, day, targets, frames, move, voice in acts:
        note(source, day, "****", 2, sentence)
        if move == "irrelevant":
            continue
        for target, frame in product(targets, frames or ["none"]):
            for cell in cells_of(target, frame, move, voice or "none"):
                note(*origins[story], cell, 0, story)
                note(source, day, cell, 1, article)
                note(source, day, cell, 2, sentence)
    return sorted((*key, *map(len, found)) for key, found in cells.items())


def found(house):
    return house.ask(
        "select source_id, day::varchar, target, frame, move, voice, stories, articles, sentences from daily_cube order by all"
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ARTICLE, max_size=9))
def test_every_cell_is_right_and_piecemeal_equals_all_at_once(tmp_path_factory, template, drawn):
    with connection.open_writer(Path(shutil.copy(template, tmp_path_factory.mktemp("w"))), threads=1) as con:
        house = press.House(con)
        for number in (1, 2, 3):
            night = press.day(number)
            rows = {}
            for place, (source, seen, published, words, story, dated) in enumerate(drawn):
                if seen == number:
                    row = press.article(
                        source,
                        night,
                        "\n".join(["T", *words]),
                        slug=str(place),
                        published_day=press.day(published),
                    )
                    if not dated:
                        row |= {"date_status": "undated", "published_day": None, "published_at": None}
                    rows[row["article_id"]] = row | {"story": story}
            load.spool(
                con,
                *press.spool(
                    night, [{k: v for k, v in row.items() if k != "story"} for row in rows.values()]
                ),
                night,
            )
            house.read()
            if number == 2:
                cube.refresh(con)
            members = {
                "story_id": [f"s{r['story']}" for r in rows.values()],
                "article_id": list(rows),
                "joined_day": [night] * len(rows),
            }
            if rows:
                load.stories(con, pa.table(members | {"similarity": pa.nulls(len(rows), pa.float64())}))
            cube.refresh(con)
        assert found(house) == by_hand(house)
        before = checksum.checksums(con)
        con.execute("delete from daily_cube; delete from current_act; delete from article_reading")
        con.execute("insert into stale select article_id, null from article")
        cube.refresh(con)
        assert checksum.checksums(con) == before


def test_a_day_can_be_asked_for(house):
    house.night(D1, [press.article("steppe_wire_ru", D1, "threat chinese territory: x")])
    house.con.execute("delete from daily_cube")
    assert cube.refresh(house.con, [D2]) == {"articles": 0, "days": 1, "cells": 0}
    counts = cube.refresh(house.con, [D1])
    assert (counts["articles"], counts["days"]) == (1, 1) and counts["cells"] == len(found(house)) == 9


def test_a_second_refresh_has_nothing_to_do(house):
    house.night(D1, [press.article("steppe_wire_ru", D1, "threat chinese territory: x")])
    assert cube.refresh(house.con) == {"articles": 0, "days": 0, "cells": 0}


def test_a_story_that_joins_an_older_one_leaves_its_own_day(house):
    first = press.article("steppe_wire_kk", D1, "threat chinese territory: x", slug="a")
    copy = press.article("steppe_wire_ru", D2, "threat chinese territory: x", slug="b")
    house.night(D1, [first])
    house.night(D2, [copy])
    sql = """select day::varchar, source_id, stories, articles from daily_cube
        where target = 'chinese' and frame = '*' and move = '*' and voice = '*' order by day"""
    assert house.ask(sql) == [(D1, "steppe_wire_kk", 1, 1), (D2, "steppe_wire_ru", 1, 1)]
    members = pa.table(
        {
            "story_id": ["s", "s"],
            "article_id": [first["article_id"], copy["article_id"]],
            "similarity": [None, 0.9],
            "joined_day": [D1, D2],
        }
    )
    load.stories(house.con, members)
    cube.refresh(house.con)
    assert house.ask(sql) == [(D1, "steppe_wire_kk", 1, 1), (D2, "steppe_wire_ru", 0, 1)]
