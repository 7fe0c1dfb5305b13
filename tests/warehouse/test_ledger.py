"""The ledger of steps."""

from __future__ import annotations

import conftest as press
import pytest

from warehouse import connection, counts, ledger, load

D1, D2 = press.day(1), press.day(2)


def test_steps_are_recorded_once_per_night(house):
    ledger.record(house.con, D1, "load", 10, 9, 1, {"duplicate": 1})
    ledger.record(house.con, D1, "load", 10, 9, 1, {"duplicate": 1})
    ledger.record(house.con, D1, "read", 5, 5)
    ledger.record(house.con, D2, "load", 1, 1, 0, "plain text")
    assert ledger.done(house.con, D1) == {"load", "read"} and ledger.done(house.con, press.day(3)) == set()
    assert house.ask("select lost, detail from step where step = 'load' order by night") == [
        (1, '{"duplicate": 1}'),
        (0, "plain text"),
    ]


def test_a_step_stands_or_falls_with_its_loads(house):
    spool = press.spool(D1, [press.article("steppe_wire_ru", D1, "A")])
    with pytest.raises(KeyboardInterrupt), connection.transaction(house.con):
        load.spool(house.con, *spool, D1)
        ledger.record(house.con, D1, "load", 1, 1)
        raise KeyboardInterrupt
    assert ledger.done(house.con, D1) == set()
    assert house.ask("select count(*) from article") == [(0,)]


def test_counts_of_a_night_are_read_from_the_warehouse(house):
    rows = [press.article("steppe_wire_ru", D1, "A\nx"), press.article("steppe_wire_kk", D1, "B")]
    load.spool(house.con, *press.spool(D1, rows), D1)
    assert counts.loaded(house.con, D1) == 2 and counts.loaded(house.con, D2) == 0
    assert counts.read(house.con, D1, house.reading) == (0, 0)
    house.read()
    house.count(D1)
    assert counts.read(house.con, D1, house.reading) == (3, 3)
    assert counts.clustered(house.con, D1) == (2, 0)
    assert counts.covered(house.con, D1) == 2
