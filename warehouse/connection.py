"""Opening the warehouse: one writer, and readers that can do nothing but read.

DuckDB locks the file per process with POSIX locks, which vanish when *any* handle to the file is closed in the
process. Nothing in the product may therefore open a warehouse file as plain bytes while a connection is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import duckdb
import pyarrow as pa

from warehouse import migrate
from warehouse.errors import WarehouseMissing, translated

Connection = Any  # duckdb.DuckDBPyConnection; the package ships no types mypy can follow here

WRITER_MEMORY = "1500MB"
READER_MEMORY = "1GB"
READER_NAME = "warehouse"
_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # a query must never see the variables of this program
}
_open_transactions: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
_guard = Lock()


def open_writer(path: Path, *, memory_limit: str = WRITER_MEMORY, threads: int | None = None) -> Connection:
    """Open the warehouse for reading and writing, making or migrating it where needed.

    Args:
        path: the DuckDB file; its folder is made.
        memory_limit: as DuckDB spells it.
        threads: at most so many; None leaves it to DuckDB.

    Raises:
        WarehouseBusy: another process holds it (transient).
        WarehouseTooNew, WarehouseDamaged, SchemaChanged, DiskFull, ReferenceFaults: see there (terminal).
    """
    config = {**_OFFLINE, "memory_limit": memory_limit}
    if threads is not None:
        config["threads"] = str(threads)
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(str(path), config=config)
        try:
            _quiet(con)
            migrate.migrate(con)
            _load_reference(con)
        except BaseException:
            con.close()
            raise
    return con


def open_reader(path: Path, *, memory_limit: str = READER_MEMORY, threads: int = 2) -> Connection:
    """Open a warehouse or snapshot read-only, with files, extensions and settings locked.

    Every call sees the file that stands at the path now, even while older readers keep a replaced one. Open it,
    ask, and close it: a reader that stays open keeps the writer out.

    Raises:
        WarehouseMissing, WarehouseBusy, WarehouseTooNew, WarehouseDamaged.
    """
    if not path.is_file():
        raise WarehouseMissing(path)
    config = {**_OFFLINE, "memory_limit": memory_limit, "threads": str(threads)}
    with translated(path):
        con = duckdb.connect(":memory:", config=config)
        try:
            _quiet(con)
            con.execute(f"attach {quoted(str(path))} as {READER_NAME} (read_only)")
            con.execute(f"use {READER_NAME}")
            migrate.check(con)
            con.execute(
                "set temp_directory = ''"
            )  # no spilling: a query too large fails instead of filling the disk
            con.execute("set enable_external_access = false")
            con.execute("set lock_configuration = true")
        except BaseException:
            con.close()
            raise
    return con


def _load_reference(con: Connection) -> None:
    from warehouse import official  # it needs this module

    official.refresh(con)


def _quiet(con: Connection) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")  # DuckDB would print one into our standard output


@contextmanager
def transaction(con: Connection) -> Iterator[None]:
    """Run a block in one transaction, or join the one that a caller opened with this same function.

    On any error everything is rolled back, and what DuckDB says about the file or disk is translated.
    """
    with _guard:
        depth = _open_transactions.get(con, 0)
        _open_transactions[con] = depth + 1
    try:
        if depth:
            yield
        else:
            yield from _outermost(con)
    finally:
        with _guard:
            _open_transactions[con] = depth


def _outermost(con: Connection) -> Iterator[None]:
    place = migrate.database_path(con)
    with translated(place):
        con.execute("begin")
        try:
            yield
            con.execute("commit")
        except BaseException:
            _rollback(con)
            raise


def _rollback(con: Connection) -> None:
    # A failed statement may have ended the transaction already, or the database may be invalid: then nothing is to undo.
    with suppress(duckdb.Error):
        con.execute("rollback")


@contextmanager
def staged(con: Connection, **tables: pa.Table) -> Iterator[None]:
    """Let SQL see Arrow tables under the given names for the length of a block."""
    for name, table in tables.items():
        con.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)


def ask(con: Connection, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
    """Return the answer to a small question as tuples."""
    found: list[tuple[Any, ...]] = con.execute(sql, parameters).fetchall()
    return found


def arrow(con: Connection, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
    """Return the answer to a question as an Arrow table."""
    return con.sql(sql, params=parameters).to_arrow_table()


def quoted(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
