"""Loads: all or nothing, once and no more, and nothing that does not fit."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import conftest as press
import pyarrow as pa
import pytest

from warehouse import checksum, connection, cube, load, pending, rows
from warehouse.errors import BadRows

D1, D2, D3 = press.day(1), press.day(2), press.day(3)


def steppe(night, text, **changes):
    return press.article("steppe_wire_ru", night, text, **changes)


def test_a_night_is_loaded_and_counted(house):
    undated = steppe(D1, "B", date_status="undated", date_rule="none", published_at=None, published_day=None)
    counts = load.spool(house.con, *press.spool(D1, [steppe(D1, "A\nx"), undated]), D1)
    assert counts == {
        "articles_new": 2,
        "versions_new": 2,
        "versions_seen": 0,
        "quarantined": 1,
        "fetches": 3,
        "changed": 7,
    }
    assert house.ask(
        "select first_seen_day, language::varchar, date_status::varchar from article order by all"
    ) == [
        (date(2026, 3, 2), "ru", "ok"),
        (date(2026, 3, 2), "ru", "undated"),
    ]


def test_a_repeated_load_changes_nothing_and_says_so(house):
    spool = press.spool(D1, [steppe(D1, "A\nthreat chinese territory: x"), steppe(D1, "B")])
    load.spool(house.con, *spool, D1)
    house.read()
    house.count(D1)
    before = checksum.checksums(house.con)
    counts = load.spool(house.con, *spool, D1)
    assert (counts["articles_new"], counts["versions_new"], counts["fetches"], counts["changed"]) == (
        0,
        0,
        0,
        0,
    )
    assert counts["versions_seen"] == 2 and counts["quarantined"] == 0
    sentences = connection.arrow(house.con, "from sentence")
    acts = connection.arrow(house.con, "from speech_act")
    assert load.sentences(house.con, sentences) == {"sentences_new": 0, "sentences_seen": 3, "changed": 0}
    assert load.speech_acts(house.con, acts) == {"speech_acts_new": 0, "speech_acts_seen": 3, "changed": 0}
    assert house.register({"steppe_wire_kk": "state"})["changed"] == 0
    assert load.reading(house.con, press.READING) == house.reading
    assert checksum.checksums(house.con) == before


def test_an_edited_headline_is_a_version_and_the_latest_one_counts(house):
    house.night(D1, [steppe(D1, "Old\nthreat chinese territory: x", slug="a")])
    house.night(D2, [steppe(D2, "New\nthreat chinese territory: x", slug="a", published_day=D1)])
    assert house.ask("select count(*) from version") == [(2,)]
    assert house.ask("select title, first_seen_day from articles") == [("New", date(2026, 3, 2))]
    assert house.ask("select count(*) from current_act") == [(1,)]
    house.night(D3, [steppe(D3, "Old\nthreat chinese territory: x", slug="a", published_day=D1)])
    assert house.ask("select count(*) from version") == [(2,)]
    assert house.ask("select title, versions from articles") == [("Old", 2)]


def test_a_date_is_taken_late_but_never_replaced(house):
    undated = {"date_status": "undated", "date_rule": "none", "published_at": None, "published_day": None}
    house.night(D1, [steppe(D1, "A", slug="a", **undated), steppe(D1, "B", slug="b")])
    house.night(
        D3, [steppe(D3, "A2", slug="a", published_day=D2), steppe(D3, "B2", slug="b", published_day=D2)]
    )
    assert house.ask("select title, published_day, date_status::varchar from articles order by all") == [
        ("A2", date(2026, 3, 3), "ok"),
        ("B2", date(2026, 3, 2), "ok"),
    ]


def test_the_order_of_loads_does_not_matter(tmp_path, template):
    nights = [
        (D1, press.spool(D1, [steppe(D1, "Old\nthreat chinese: x", slug="a")])),
        (D2, press.spool(D2, [steppe(D2, "New\nthreat chinese: x", slug="a", published_day=D1)])),
    ]
    sums = []
    for number, order in enumerate((nights, nights[::-1])):
        with connection.open_writer(Path(shutil.copy(template, tmp_path / f"{number}.duckdb"))) as con:
            house = press.House(con)
            for night, spool in order:
                load.spool(con, *spool, night)
            house.read()
            cube.refresh(con)
            sums.append({k: v for k, v in checksum.checksums(con).items() if k != "article"})
            titles = house.ask("select title, first_seen_day from articles")
            assert titles == [("New", date(2026, 3, 2))]
    assert sums[0] == sums[1]


def test_an_archive_without_a_night_takes_each_day_from_its_fetches(house):
    articles = [steppe(D1, "A"), steppe(D3, "B")]
    fetches = [
        press.fetch("steppe_wire_ru", a["published_day"], a["url"], article_id=a["article_id"])
        for a in articles
    ]
    load.spool(
        house.con,
        pa.Table.from_pylist(articles, press.ARTICLES),
        pa.Table.from_pylist(fetches, press.FETCHES),
        None,
    )
    assert house.ask("select title, first_seen_day from articles order by 1") == [
        ("A", date(2026, 3, 2)),
        ("B", date(2026, 3, 4)),
    ]


def bad(column, value):
    return lambda: press.spool(D1, [steppe(D1, "A"), steppe(D1, "B", **{column: value})])


@pytest.mark.parametrize(
    ("spool", "says"),
    [
        (bad("date_rule", "guess"), "'guess'"),
        (bad("published_day", "yesterday"), "'yesterday'"),
        (bad("title", None), "title"),
        (bad("source_id", "nobody_ru"), "'nobody_ru'"),
        (bad("date_status", None), "date_status"),
    ],
)
def test_a_row_that_does_not_fit_refuses_the_whole_spool(house, spool, says):
    with pytest.raises(BadRows, match=says) as caught:
        load.spool(house.con, *spool(), D1)
    assert "\n" not in str(caught.value)
    assert house.ask(
        "select (select count(*) from article), (select count(*) from fetch)".replace("fetch", '"fetch"')
    ) == [(0, 0)]


def test_a_bad_fetch_takes_the_articles_back_too(house):
    articles, fetches = press.spool(D1, [steppe(D1, "A")], [press.fetch("steppe_wire_ru", D1, "u", "fine")])
    with pytest.raises(BadRows, match="status = 'fine'"):
        load.spool(house.con, articles, fetches, D1)
    assert house.ask("select count(*) from article") == [(0,)]


def test_a_missing_column_is_named(house):
    articles, fetches = press.spool(D1, [steppe(D1, "A")])
    with pytest.raises(BadRows, match="columns missing: title, body"):
        load.spool(house.con, articles.drop_columns(["title", "body"]), fetches, D1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"targets": ["martians"]}, "target 'martians'"),
        ({"frames": ["weather"]}, "frame 'weather'"),
        ({"move": "threatening"}, "move = 'threatening'"),
        ({"voice": "nobody"}, "voice = 'nobody'"),
        ({"referents": ["moon"]}, "referents"),
        ({"reading_id": "other"}, "reading_id 'other'"),
        ({"sentence_id": "ffffffffffffffff-0000"}, "ffffffffffffffff-0000"),
        ({"p_securitizing": 1.5}, "p_securitizing"),
        ({"move": None}, "CHECK"),
    ],
)
def test_a_speech_act_outside_the_codebook_is_refused(house, change, says):
    load.spool(house.con, *press.spool(D1, [steppe(D1, "A")]), D1)
    load.sentences(house.con, press.split(pending.unsplit_versions(house.con)))
    (sentence,) = pending.unread(house.con, house.reading, 10)["sentence_id"].to_pylist()
    row = press.act(house.reading, sentence, "threat chinese territory: x") | change
    with pytest.raises(BadRows, match=says):
        load.speech_acts(house.con, pa.Table.from_pylist([row], press.ACTS))
    assert house.ask("select count(*) from speech_act") == [(0,)]


def test_a_sentence_the_reader_failed_on_is_kept_with_its_reason(house):
    load.spool(house.con, *press.spool(D1, [steppe(D1, "A")]), D1)
    load.sentences(house.con, press.split(pending.unsplit_versions(house.con)))
    row = press.act(
        house.reading, pending.unread(house.con, house.reading, 1)["sentence_id"][0].as_py(), "A"
    ) | {"move": None, "error": "too long"}
    load.speech_acts(
        house.con, pa.Table.from_pylist([row], press.ACTS.append(pa.field("error", pa.string())))
    )
    assert pending.unread(house.con, house.reading, 1).num_rows == 0
    cube.refresh(house.con)
    assert house.ask("select count(*) from current_act") == [(0,)]


def test_lists_maps_and_enumerations_come_back_as_they_went_in(house):
    house.night(D1, [steppe(D1, "threat chinese territory: x")])
    table = connection.arrow(house.con, "from speech_act")
    (row,) = table.to_pylist()
    assert row["targets"] == ["chinese"] and row["referents"] == ["state"] and row["move"] == "securitizing"
    assert row["scores"] == [("move.securitizing", 0.9)]
    assert row["spans"] == [{"start": 0, "end": 6, "label": "move"}]
    house.con.execute("delete from speech_act")
    assert load.speech_acts(house.con, table)["speech_acts_new"] == 1
    assert connection.arrow(house.con, "from speech_act").to_pylist() == [row]
    assert rows.schema(house.con, "speech_act").names == table.column_names


def test_a_new_reading_stands_beside_the_old_one_and_the_views_follow_it(house):
    house.night(D1, [steppe(D1, "threat chinese territory: x")])
    other = load.reading(house.con, press.READING | {"model_sha": "def"})
    assert other != house.reading
    assert house.ask("select reading_id from reading where is_current") == [(other,)]
    cube.refresh(house.con)
    assert house.ask("select count(*) from current_act") == [(0,)]
    assert pending.unread(house.con, other, 10).num_rows == 1
    assert load.reading(house.con, press.READING) == house.reading
    cube.refresh(house.con)
    assert house.ask("select count(*) from current_act") == [(1,)]
    assert house.ask("select count(*) from reading") == [(2,)]


def test_ownership_is_a_history(house):
    owners = pa.table(
        {
            "source_id": ["steppe_wire_ru"] * 2,
            "since": [None, D2],
            "class": ["state", "opposition"],
            "confidence": [None, "low"],
            "evidence": [None, "sold"],
        }
    )
    columns = ["source_id", "outlet", "outlet_name", "country", "language", "enabled"]
    source = connection.arrow(
        house.con, f"select {', '.join(columns)} from source where source_id = 'steppe_wire_ru'"
    )
    assert load.sources(house.con, source, owners)["changed"] > 0
    house.night(D1, [steppe(D1, "A")])
    house.night(D3, [steppe(D3, "B")])
    assert house.ask("select ownership from articles order by first_seen_day") == [
        ("state",),
        ("opposition",),
    ]
    load.sources(house.con, source, owners.slice(0, 1))
    assert house.ask("select ownership from articles order by first_seen_day") == [("state",), ("state",)]


def test_stories_know_their_origin(house):
    first = press.article("city_evening_ru", D1, "A", slug="a", fetched_at=press.clock(D1, 21))
    copy = steppe(D1, "A copy", slug="b", fetched_at=press.clock(D1, 22))
    late = press.article("steppe_wire_kk", D2, "A late", slug="c")
    house.night(D1, [first, copy])
    house.night(D2, [late])
    members = pa.table(
        {
            "story_id": ["s"] * 2,
            "article_id": [copy["article_id"], late["article_id"]],
            "similarity": [1.0, 0.9],
            "joined_day": [D1, D2],
        }
    )
    assert load.stories(house.con, members) == {"members": 2, "stories": 1, "changed": 3}
    assert house.ask("select origin_article_id from story") == [(copy["article_id"],)]
    assert load.stories(house.con, members)["changed"] == 0
    earlier = pa.table(
        {"story_id": ["s"], "article_id": [first["article_id"]], "similarity": [0.8], "joined_day": [D2]}
    )
    load.stories(house.con, earlier)
    assert house.ask("select origin_article_id, first_seen_day from story") == [
        (first["article_id"], date(2026, 3, 2))
    ]
    moved = pa.table(
        {
            "story_id": ["t"] * 3,
            "article_id": [a["article_id"] for a in (first, copy, late)],
            "similarity": [None] * 3,
            "joined_day": [D2] * 3,
        }
    )
    load.stories(house.con, moved)
    assert house.ask("select story_id from story") == [("t",)]


def test_an_unknown_article_joins_no_story(house):
    with pytest.raises(BadRows, match="article_id 'x'"):
        load.stories(
            house.con,
            pa.table({"story_id": ["s"], "article_id": ["x"], "similarity": [1.0], "joined_day": [D1]}),
        )


def test_alarms_episodes_and_evidence_are_replaced_by_key(house):
    stratum = {"language": ["kk"], "ownership": ["*"], "target": ["chinese"], "frame": ["*"]}
    alarm = pa.table(
        {
            "night": [D1],
            "detector": ["daily"],
            **stratum,
            "count": [7],
            "copies": [9],
            "total": [20],
            "p_value": [0.001],
            "severity": ["alert"],
            "amplified": [False],
            "method": ["glm"],
        }
    )
    assert load.alarms(house.con, alarm) == {"alarms": 1, "changed": 1}
    assert load.alarms(house.con, alarm)["changed"] == 0
    episode = pa.table(
        {
            **{
                "episode_id": ["e"],
                **stratum,
                "onset": [D1],
                "peak": [D1],
                "last_alarm": [D2],
                "state": ["open"],
                "severity": ["alert"],
            },
            **{"alarms": [1], "count": [7], "copies": [9], "total": [20], "updated_night": [D2]},
        }
    )
    assert load.episodes(house.con, episode)["changed"] == 1
    closed = episode.set_column(episode.column_names.index("state"), "state", pa.array(["closed"]))
    assert load.episodes(house.con, closed)["changed"] == 1
    assert house.ask("select state::varchar, first_outlet from episodes") == [("closed", None)]
    evidence = pa.table(
        {"episode_id": ["e", "e"], "rank": [1, 2], "sentence_id": ["s1", "s2"], "article_id": ["a", "a"]}
    )
    assert load.evidence(house.con, evidence)["changed"] == 2
    assert load.evidence(house.con, evidence.slice(0, 1))["changed"] == 1
    assert house.ask("select rank, sentence_id from episode_evidence") == [(1, "s1")]
