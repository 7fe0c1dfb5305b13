"""Migrations: numbered, recorded, all or nothing, with a copy beforehand."""

from __future__ import annotations

import duckdb
import pytest

from warehouse import connection, files, migrate

NOW = files.schema()[-1].version
LATER = files.SqlFile(NOW + 1, "later", "create table later (day date); comment on table later is 'Later.';")
BROKEN = files.SqlFile(NOW + 1, "broken", "create table later (day date); insert into nowhere values (1);")


@pytest.fixture
def older(path):
    """A warehouse of the version before, with a row in it."""
    with connection.open_writer(path) as con:
        con.execute("insert into target values ('chinese')")
    return path


def with_schema(monkeypatch, *further):
    known = files.schema()
    monkeypatch.setattr(files, "schema", lambda: (*known, *further))


def backups(path):
    return sorted(found.name for found in path.parent.glob("*.backup.duckdb"))


def test_a_new_warehouse_gets_every_schema_file_once(tmp_path):
    path = tmp_path / "new" / "warehouse.duckdb"
    with connection.open_writer(path) as con:
        recorded = con.sql("select version, name, sha256 from migration order by version").fetchall()
    assert recorded == [(file.version, file.name, file.sha256) for file in files.schema()]
    assert backups(path) == []


def test_an_older_warehouse_is_copied_and_brought_up(older, monkeypatch):
    with_schema(monkeypatch, LATER)
    with connection.open_writer(older) as con:
        assert con.sql("select max(version) from migration").fetchone() == (NOW + 1,)
        assert con.sql("select * from later").fetchall() == []
        assert con.sql("from target").fetchall() == [("chinese",)]
    assert backups(older) == [f"warehouse.v{NOW}.backup.duckdb"]
    with duckdb.connect(str(older.parent / backups(older)[0]), read_only=True) as copy:
        assert copy.sql("from target").fetchall() == [("chinese",)]
        assert copy.sql("select max(version) from migration").fetchone() == (NOW,)


def test_a_migration_that_fails_leaves_the_warehouse_as_it_was(older, monkeypatch):
    known = files.schema()
    with monkeypatch.context() as patched, pytest.raises(duckdb.CatalogException):
        patched.setattr(files, "schema", lambda: (*known, BROKEN))
        connection.open_writer(older)
    with connection.open_writer(older) as con:
        assert con.sql("select max(version) from migration").fetchone() == (NOW,)
        assert con.sql("select count(*) from duckdb_tables() where table_name = 'later'").fetchone() == (0,)


def test_views_follow_their_files(older, monkeypatch):
    known = files.views()
    text = "create or replace view article_story as select article_id, 'x' as story_id from article;"
    changed = tuple(
        files.SqlFile(0, v.name, text) if v.name == "article_story" else v
        for v in known
        if v.name != "attention"
    )
    monkeypatch.setattr(files, "views", lambda: changed)
    with connection.open_writer(older) as con:
        names = {
            name for (name,) in con.sql("select view_name from duckdb_views() where not internal").fetchall()
        }
        (text,) = con.sql("select sql from duckdb_views() where view_name = 'article_story'").fetchone()
    assert "attention" not in names and "'x'" in text


def test_views_come_after_what_they_name():
    order = [file.name for file in files.views()]
    assert order.index("trend_of") < order.index("trend_by_frame")
    assert order.index("ownership_period") < order.index("story_origin") < order.index("stories")


def test_what_a_killed_copy_left_is_swept(older):
    left_over = older.with_name(".copy.duckdb.999999.part")
    left_over.write_bytes(b"half")
    with connection.open_writer(older) as con:
        migrate.copy_database(con, older.with_name("copy.duckdb"))
    assert not left_over.exists()
    assert sorted(found.name for found in older.parent.iterdir()) == ["copy.duckdb", "warehouse.duckdb"]
