"""Work lists: what is still to be split, read and clustered."""

from __future__ import annotations

import conftest as press
import pyarrow as pa

from warehouse import load, pending

D1, D2 = press.day(1), press.day(2)


def test_versions_without_sentences_wait_to_be_split(house):
    row = press.article("steppe_wire_kk", D1, "A\nx\ny")
    load.spool(house.con, *press.spool(D1, [row]), D1)
    waiting = pending.unsplit_versions(house.con)
    assert waiting.to_pylist() == [
        {
            "version_id": row["version_id"],
            "article_id": row["article_id"],
            "title": "A",
            "body": "x\ny",
            "edition_language": "kk",
        }
    ]
    load.sentences(house.con, press.split(waiting))
    assert pending.unsplit_versions(house.con).num_rows == 0


def test_sentences_come_with_their_neighbours_in_order_and_in_batches(house):
    load.spool(
        house.con,
        *press.spool(
            D1, [press.article("steppe_wire_ru", D1, "A\nx\ny"), press.article("steppe_wire_ru", D1, "B")]
        ),
        D1,
    )
    load.sentences(house.con, press.split(pending.unsplit_versions(house.con)))
    everything = pending.unread(house.con, house.reading, 100)
    assert everything["sentence_id"].to_pylist() == sorted(everything["sentence_id"].to_pylist())
    seen = {row["text"]: (row["prev"], row["next"]) for row in everything.to_pylist()}
    assert seen == {"A": (None, "x"), "x": ("A", "y"), "y": ("x", None), "B": (None, None)}
    batch = pending.unread(house.con, house.reading, 3)
    assert batch == everything.slice(0, 3)
    load.speech_acts(house.con, press.acts(house.reading, batch))
    assert pending.unread(house.con, house.reading, 3) == everything.slice(3)
    other = load.reading(house.con, press.READING | {"model": "large"})
    assert pending.unread(house.con, other, 100).num_rows == 4


def test_articles_wait_for_a_story_in_the_order_they_came(house):
    second = press.article("steppe_wire_ru", D1, "second", fetched_at=press.clock(D1, 21))
    first = press.article("city_evening_ru", D1, "first", fetched_at=press.clock(D1, 20))
    third = press.article("city_evening_ru", D2, "third")
    load.spool(house.con, *press.spool(D1, [first, second]), D1)
    load.spool(house.con, *press.spool(D2, [third]), D2)
    waiting = pending.unclustered(house.con)
    assert waiting["title"].to_pylist() == ["first", "second", "third"]
    assert waiting.column_names == [
        "article_id",
        "title",
        "body",
        "first_seen_day",
        "published_at",
        "source_id",
    ]
    members = pa.table(
        {
            "story_id": ["s", "t"],
            "article_id": [first["article_id"], third["article_id"]],
            "similarity": [None, None],
            "joined_day": [D1, D2],
        }
    )
    load.stories(house.con, members)
    assert pending.unclustered(house.con)["title"].to_pylist() == ["second"]
    recent = pending.recent_texts(house.con, D1)
    assert recent.select(["title", "story_id"]).to_pylist() == [
        {"title": "first", "story_id": "s"},
        {"title": "third", "story_id": "t"},
    ]
    assert pending.recent_texts(house.con, D2)["title"].to_pylist() == ["third"]
