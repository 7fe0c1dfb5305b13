"""SQL from outside: reads are answered within limits, everything else is refused."""

from __future__ import annotations

import conftest as press
import pytest

from warehouse import connection, publish, query
from warehouse.errors import OutOfMemory, QueryFailed, QueryRefused, QueryTooLong

SECRET = "a line nobody may see"

ATTACKS = [
    "select * from read_csv('{file}')",
    "select * from read_text('{file}')",
    "select * from read_blob('{file}')",
    "select * from read_blob('{warehouse}')",
    "select (select content from read_text('{file}'))",
    "with x as (from read_text('{file}')) from x",
    "select * from read_json('{file}')",
    "select * from read_parquet('{file}')",
    "select * from parquet_metadata('{file}')",
    "select * from sniff_csv('{file}')",
    "select * from glob('{folder}/*')",
    "explain analyze select * from read_text('{file}')",
    "select * from query('select * from read_text(''{file}'')')",
    "select * from query_table('article')",
    "from '{file}'",
    "select * from read_csv('http://127.0.0.1:9/x')",
    "copy article to '{folder}/out.csv'",
    "copy article from '{file}'",
    "copy from database warehouse to memory",
    "export database '{folder}/out'",
    "import database '{folder}'",
    "attach '{folder}/other.duckdb'",
    "attach ':memory:' as other",
    "detach warehouse",
    "use memory",
    "install httpfs",
    "load httpfs",
    "pragma database_list",
    "pragma enable_external_access",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset memory_limit",
    "set threads = 64",
    "call pragma_version()",
    "create table t as select 1",
    "create temp table t as select 1",
    "create or replace macro article_count() as 1",
    "insert into target values ('x')",
    "update target set name = 'x'",
    "delete from article",
    "drop table article",
    "alter table article add column x integer",
    "truncate article",
    "begin",
    "checkpoint",
    "vacuum",
    "prepare p as select 1",
    "execute p",
    "select 1; select 2",
    "select 1; drop table article",
    "select * from duckdb_settings()",
    "select * from duckdb_secrets()",
    "select * from duckdb_databases()",
    "select * from duckdb_databases",
    "select * from duckdb_settings",
    "select * from duckdb_logs()",
    "from checkpoint()",
    "from force_checkpoint()",
    "select getenv('HOME')",
    "select * from caller_variable",
    "select * from which_secret('{file}', 's3')",
    "",
    "   -- nothing",
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("q")
    path = folder / "snapshot.duckdb"
    with connection.open_writer(folder / "w.duckdb", threads=1) as con:
        house = press.House(con)
        house.night(
            press.day(1),
            [
                press.article("steppe_wire_ru", press.day(1), f"threat chinese territory: {n}")
                for n in range(5)
            ],
        )
        publish.publish(con, path)
    (folder / "secret.csv").write_text(SECRET)
    return path


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused_and_change_nothing(snapshot, attack):
    caller_variable = press.split  # noqa: F841  a query must not see what its caller holds
    folder = snapshot.parent
    before = sorted(folder.iterdir())
    sql = attack.format(file=folder / "secret.csv", folder=folder, warehouse=snapshot)
    with connection.open_reader(snapshot) as con:
        with pytest.raises((QueryRefused, QueryFailed)) as caught:
            query.run(con, sql)
        assert SECRET not in str(caught.value) and "\n" not in str(caught.value)
        assert query.run(con, "select count(*) as n from article").table.to_pylist() == [{"n": 5}]
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    "attack",
    [a for a in ATTACKS if "{file}" in a or "{folder}" in a or a.startswith(("set", "install", "load"))],
)
def test_the_reader_itself_refuses_without_the_check(snapshot, attack):
    """The second wall: even a statement that slipped through finds no file, no setting and no extension."""
    if "{warehouse}" in attack:
        return
    sql = attack.format(file=snapshot.parent / "secret.csv", folder=snapshot.parent, warehouse=snapshot)
    with connection.open_reader(snapshot) as con, pytest.raises(Exception, match=r"(?i)error"):
        con.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from speech_acts",
        "from articles select title order by title",
        "with a as (select * from article) select count(*) from a, range(3)",
        "values (1), (2)",
        "describe article",
        "show tables",
        "summarize article",
        "explain select * from article",
        "select unnest(targets) from current_act;",
        "select * from (pivot daily_cube on move in ('securitizing') using sum(stories))",
        "from trend_of('target')",
        "select table_name from duckdb_tables() -- a comment",
        "select * from information_schema.columns",
    ],
)
def test_reads_are_answered(snapshot, sql):
    answer = query.run(snapshot, sql)
    assert answer.table.num_rows > 0 and not answer.truncated and answer.notice is None


def test_too_many_rows_are_cut_with_a_notice(snapshot):
    answer = query.run(snapshot, "select * from range(100) order by 1", 10)
    assert (
        answer.table.num_rows == 10
        and answer.truncated
        and answer.notice == "only the first 10 rows are shown"
    )
    assert not query.run(snapshot, "select * from range(10)", 10).truncated


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_works(snapshot):
    with connection.open_reader(snapshot) as con:
        with pytest.raises(QueryTooLong):
            query.run(
                con, "select sum(a.range * b.range) from range(1000000) a, range(1000000) b", time_limit_s=0.3
            )
        assert query.run(con, "select 1 as one").table.to_pylist() == [{"one": 1}]


def test_a_query_too_large_for_memory_fails_cleanly(snapshot):
    con = connection.open_reader(snapshot, memory_limit="60MB")
    with pytest.raises(OutOfMemory):
        query.run(con, "select list(range || repeat('x', 500)) from range(2000000)")
    con.close()
    assert not list(snapshot.parent.glob("*.tmp"))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select nothing from article", "nothing"),
        ("select * from nowhere", "nowhere"),
        ("selekt 1", "syntax"),
        ("select 1/0 + 'x'", "x"),
    ],
)
def test_a_query_with_a_mistake_is_told_in_one_line(snapshot, sql, says):
    with pytest.raises(QueryFailed, match=says) as caught:
        query.run(snapshot, sql)
    assert "\n" not in str(caught.value)
