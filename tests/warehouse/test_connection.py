"""Opening: who may, who may not, and what is said when it fails."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from baqylau import Terminal, Transient
from warehouse import connection, errors, load, migrate, publish
from warehouse.errors import (
    DiskFull,
    SchemaChanged,
    WarehouseBusy,
    WarehouseDamaged,
    WarehouseMissing,
    WarehouseTooNew,
)

HOLD = """
import sys
from pathlib import Path
from warehouse import connection
con = connection.{opener}(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def hold(path: Path, opener: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(opener=opener), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


@pytest.mark.parametrize(
    ("held_by", "asked_by"),
    [("open_writer", "open_writer"), ("open_writer", "open_reader"), ("open_reader", "open_writer")],
)
def test_a_second_process_is_told_who_holds_the_warehouse(path, held_by, asked_by):
    connection.open_writer(path).close()
    child = hold(path, held_by)
    try:
        with pytest.raises(WarehouseBusy) as caught:
            getattr(connection, asked_by)(path)
    finally:
        child.communicate("")
    assert isinstance(caught.value, Transient)
    assert caught.value.pid == child.pid
    assert str(child.pid) in str(caught.value) and "python" in caught.value.holder
    assert "\n" not in str(caught.value)
    getattr(connection, asked_by)(path).close()


def test_readers_do_not_hinder_each_other(path):
    connection.open_writer(path).close()
    child = hold(path, "open_reader")
    with connection.open_reader(path) as con:
        assert con.sql("select count(*) from article").fetchone() == (0,)
    child.communicate("")


def test_reader_and_writer_of_one_process_exclude_each_other(path):
    with connection.open_writer(path), pytest.raises(WarehouseBusy) as caught:
        connection.open_reader(path)
    assert caught.value.pid == os.getpid()


def test_a_warehouse_that_is_not_there_cannot_be_read(tmp_path):
    with pytest.raises(WarehouseMissing):
        connection.open_reader(tmp_path / "none.duckdb")
    assert list(tmp_path.iterdir()) == []


def mangle_head(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def mangle_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5000:40000] = b"\x55" * 35000
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


def other_tables(path: Path) -> None:
    path.unlink()
    with duckdb.connect(str(path)) as con:
        con.execute("create table holiday as select 1 as day")


@pytest.mark.parametrize("harm", [mangle_head, mangle_middle, cut, other_tables])
@pytest.mark.parametrize("opener", [connection.open_writer, connection.open_reader])
def test_a_damaged_file_is_refused_and_left_alone(path, harm, opener):
    connection.open_writer(path).close()
    harm(path)
    before = path.read_bytes()
    with pytest.raises(WarehouseDamaged) as caught:
        opener(path)
    assert (
        isinstance(caught.value, Terminal)
        and str(path) in str(caught.value)
        and "\n" not in str(caught.value)
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("opener", [connection.open_writer, connection.open_reader])
def test_a_warehouse_of_a_newer_version_is_refused(path, opener):
    with connection.open_writer(path) as con:
        con.execute("insert into migration values (99, 'later', 'x', 'x', 'x')")
    with pytest.raises(WarehouseTooNew, match="schema 99"):
        opener(path)


def test_a_schema_file_that_was_edited_is_refused(path):
    with connection.open_writer(path) as con:
        con.execute("update migration set sha256 = 'x' where version = 1")
    with pytest.raises(SchemaChanged, match="001_enumerations"):
        connection.open_writer(path)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (
            "IO Error: Trying to read a database file with version number 999, but we can only read versions between 64 and 68",
            WarehouseTooNew,
        ),
        (
            "IO Error: Could not write all bytes to file x: wanted=1 wrote=0: No space left on device",
            DiskFull,
        ),
        ("IO Error: Corrupt database file: computed checksum 1 does not match", WarehouseDamaged),
        ("IO Error: Failure while replaying WAL file", WarehouseDamaged),
        ("IO Error: something else", None),
    ],
)
def test_messages_of_duckdb_are_told_apart(message, kind):
    ours = errors.translate(duckdb.IOException(message), "w.duckdb")
    assert (type(ours) if ours else None) is kind


def fill_disk(path: Path) -> None:
    """In a child: no file may grow beyond 3 MB, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
    import pyarrow as pa

    with connection.open_writer(path) as con:
        try:
            load.targets(con, pa.table({"name": [f"{os.urandom(3000).hex()}{n}" for n in range(1000)]}))
        except DiskFull as error:
            sys.stdout.write(f"DiskFull {error}\n")
            sys.stdout.flush()
            os._exit(3)
    os._exit(0)


def test_a_full_disk_ends_in_one_line_and_leaves_the_warehouse_as_it_was(path):
    with connection.open_writer(path) as con:
        con.execute("insert into target values ('chinese')")
    code = "import sys; sys.path.insert(0, sys.argv[2]); import test_connection as t; t.fill_disk(t.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout.startswith("DiskFull expected room to write") and done.stdout.count("\n") == 1
    with connection.open_writer(path) as con:
        assert con.sql("from target").fetchall() == [("chinese",)]


def test_a_reader_sees_what_was_published_last_while_an_old_one_goes_on(path, tmp_path):
    snapshot = tmp_path / "snapshot.duckdb"
    with connection.open_writer(path) as con:
        publish.publish(con, snapshot)
        old = connection.open_reader(snapshot)
        con.execute("insert into target values ('chinese')")
        publish.publish(con, snapshot)
        with connection.open_reader(snapshot) as new:
            assert new.sql("from target").fetchall() == [("chinese",)]
        assert old.sql("from target").fetchall() == []
        old.close()


def test_times_are_told_in_utc(path):
    with connection.open_writer(path) as con:
        assert con.sql("select current_setting('TimeZone')").fetchone() == ("UTC",)
    with connection.open_reader(path) as con:
        assert con.sql("select current_setting('TimeZone')").fetchone() == ("UTC",)


def test_a_transaction_inside_another_joins_it(con):
    with pytest.raises(ZeroDivisionError), connection.transaction(con):
        with connection.transaction(con):
            con.execute("insert into target values ('a')")
        raise ZeroDivisionError
    assert con.sql("from target").fetchall() == []
    with connection.transaction(con), connection.transaction(con):
        con.execute("insert into target values ('b')")
    assert con.sql("from target").fetchall() == [("b",)]


def test_opening_again_changes_nothing(path):
    with connection.open_writer(path) as con:
        assert migrate.migrate(con) == []
