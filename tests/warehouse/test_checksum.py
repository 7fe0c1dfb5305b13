"""Checksums: blind to order, to wall clock and to nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import conftest as press

from warehouse import checksum, ledger


def test_order_does_not_matter_and_every_value_does(house):
    house.con.execute(
        "insert into step values ('2026-03-02', 'a', 1, 1, 0, null, null, null), ('2026-03-02', 'b', 2, 2, 0, null, null, null)"
    )
    first = checksum.checksums(house.con)["step"]
    house.con.execute("delete from step")
    house.con.execute(
        "insert into step values ('2026-03-02', 'b', 2, 2, 0, null, null, null), ('2026-03-02', 'a', 1, 1, 0, null, null, null)"
    )
    assert checksum.checksums(house.con)["step"] == first and first[0] == 2
    house.con.execute("update step set lost = 1 where step = 'a'")
    assert checksum.checksums(house.con)["step"] != first


def test_a_row_twice_is_noticed(house):
    house.night(press.day(1), [press.article("steppe_wire_ru", press.day(1), "threat chinese territory: x")])
    first = checksum.checksums(house.con)["current_act"]
    house.con.execute("insert into current_act from current_act")
    house.con.execute("insert into current_act from current_act limit 1")
    assert checksum.checksums(house.con)["current_act"][1] != first[1]


def test_wall_clock_is_left_out(house):
    ledger.record(house.con, press.day(1), "load", 1, 1, done_at=datetime(2026, 1, 1, tzinfo=UTC))
    first = checksum.checksums(house.con)["step"]
    ledger.record(house.con, press.day(1), "load", 1, 1, done_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert checksum.checksums(house.con)["step"] == first


def test_every_table_has_one(house):
    tables = {
        name
        for (name,) in house.ask(
            "select table_name from duckdb_tables() where not internal and not temporary"
        )
    }
    assert set(checksum.checksums(house.con)) == tables
