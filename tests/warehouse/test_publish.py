"""Publishing: whole or not at all, and nothing lost on the way."""

from __future__ import annotations

import conftest as press
import pytest

from warehouse import checksum, connection, files, migrate, publish
from warehouse.errors import DiskFull


def test_a_snapshot_holds_everything(house, tmp_path):
    house.night(press.day(1), [press.article("steppe_wire_ru", press.day(1), "threat chinese territory: x")])
    snapshot = publish.publish(house.con, tmp_path / "serve" / "snapshot.duckdb")
    sql = "select table_name, column_name, data_type, comment from duckdb_columns() where not internal order by all"
    with connection.open_reader(snapshot) as reader:
        assert checksum.checksums(reader) == checksum.checksums(house.con)
        described = [row for row in house.ask(sql) if row[0] not in ("touched", "cube_article", "cube_day")]
        assert reader.execute(sql).fetchall() == described
        assert reader.sql("select stories from trend_by_frame").fetchall() == [(1,)]
    assert [found.name for found in snapshot.parent.iterdir()] == ["snapshot.duckdb"]


def test_a_closed_warehouse_is_published_by_its_path(path, tmp_path):
    connection.open_writer(path).close()
    publish.publish(path, tmp_path / "snapshot.duckdb")
    connection.open_writer(path).close()
    connection.open_reader(tmp_path / "snapshot.duckdb").close()


def test_a_copy_that_fails_leaves_the_old_snapshot(house, tmp_path, monkeypatch):
    snapshot = publish.publish(house.con, tmp_path / "snapshot.duckdb")
    before = snapshot.read_bytes()

    class Full:
        def __init__(self, con):
            self.con = con

        def execute(self, sql, *rest):
            if sql.startswith("checkpoint"):
                raise OSError(28, "No space left on device")
            return self.con.execute(sql, *rest)

    house.con.execute("insert into target values ('moon')")
    with pytest.raises(DiskFull):
        publish.publish(Full(house.con), snapshot)
    assert snapshot.read_bytes() == before
    assert sorted(found.name for found in tmp_path.iterdir() if "snapshot" in found.name) == [
        "snapshot.duckdb"
    ]
    publish.publish(house.con, snapshot)
    assert migrate.check(house.con) == files.schema()[-1].version
