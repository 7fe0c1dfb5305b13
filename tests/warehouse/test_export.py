"""What the crawl is told it knows."""

from __future__ import annotations

import conftest as press
import pyarrow.parquet as pq

from warehouse import export


def test_known_articles_say_whether_to_ask_again(house, tmp_path):
    for number in (1, 4, 5):
        house.night(
            press.day(number),
            [press.article("steppe_wire_ru", press.day(number), f"T{number}", slug=str(number))],
        )
    house.night(
        press.day(5),
        [
            press.article(
                "steppe_wire_ru",
                press.day(5),
                "T4 edited",
                slug="4",
                etag='"new"',
                fetched_at=press.clock(press.day(5), 21),
            )
        ],
    )
    path = tmp_path / "known.parquet"
    assert export.known(house.con, path, press.day(5), 3) == 3
    rows = pq.read_table(path).to_pylist()
    assert [(row["canonical_url"][-1], row["recheck"]) for row in rows] == [
        ("1", False),
        ("4", True),
        ("5", False),
    ]
    assert {"article_id", "url", "source_id", "content_hash", "etag", "last_modified", "first_seen_at"} < set(
        rows[0]
    )
    assert rows[1]["etag"] == '"new"' and rows[1]["first_seen_at"] == press.clock(press.day(4))
    before = path.read_bytes()
    export.known(house.con, path, press.day(5), 3)
    assert path.read_bytes() == before


def test_an_empty_warehouse_knows_nothing(house, tmp_path):
    assert export.known(house.con, tmp_path / "known.parquet", press.day(1), 3) == 0
    assert pq.read_table(tmp_path / "known.parquet").num_rows == 0
