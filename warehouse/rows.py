"""Checking Arrow rows against a table and writing them as one set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse import connection
from warehouse.connection import Connection
from warehouse.errors import BadRows

_DOES_NOT_FIT = (
    duckdb.ConversionException,
    duckdb.ConstraintException,
    duckdb.InvalidInputException,
    duckdb.BinderException,
    duckdb.NotImplementedException,
    duckdb.OutOfRangeException,
)


def schema(con: Connection, table: str) -> pa.Schema:
    """Return the Arrow schema of a table or view, in which rows to load can be built."""
    return connection.arrow(con, f'select * from "{table}" limit 0').schema


def require(table: str, incoming: pa.Table, columns: Sequence[str]) -> None:
    """Raise BadRows if a column is missing; further columns are ignored."""
    missing = [name for name in columns if name not in incoming.column_names]
    if missing:
        raise BadRows(table, f"columns missing: {', '.join(missing)}")


@contextmanager
def fitting(con: Connection, table: str, incoming: pa.Table) -> Iterator[None]:
    """Run a load; what DuckDB rejects becomes a BadRows that names the column and the first bad value."""
    try:
        yield
    except _DOES_NOT_FIT as error:
        raise BadRows(table, _first_misfit(con, table, incoming) or str(error).split("\n")[0]) from error


def upsert(
    con: Connection, table: str, incoming: pa.Table, keys: Sequence[str], optional: Sequence[str] = ()
) -> int:
    """Insert rows, replacing those of the same key that differ; return how many rows were added or changed.

    Args:
        con: an open writer.
        table: a table with a primary key over `keys`.
        incoming: rows; of two with one key the last one counts.
        keys: the key's columns.
        optional: columns that may be missing and are then null.

    Raises:
        BadRows: a column is missing or a value does not fit.
    """
    kinds = _kinds(con, table)
    columns = [name for name in kinds if name not in optional or name in incoming.column_names]
    require(table, incoming, columns)
    numbered = incoming.select(columns).append_column(
        "row_place", pa.array(range(incoming.num_rows), pa.int64())
    )
    listed, key = _names(columns), _names(keys)
    cast = ", ".join(
        f'"{name}"::{kinds[name]}' for name in columns
    )  # else `excluded` keeps the incoming types
    values = [name for name in columns if name not in keys]
    change = _changes(table, values) if values else "nothing"
    sql = f"""
        insert into "{table}" ({listed})
        select {cast} from incoming
        qualify row_number() over (partition by {key} order by row_place desc) = 1
        order by {key}
        on conflict ({key}) do {change}"""
    with fitting(con, table, incoming), connection.staged(con, incoming=numbered):
        return int(con.execute(sql).fetchone()[0])


def _changes(table: str, values: Sequence[str]) -> str:
    assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in values)
    old = ", ".join(f'"{table}"."{name}"' for name in values)
    new = ", ".join(f'excluded."{name}"' for name in values)
    return f"update set {assignments} where row({old}) is distinct from row({new})"


def _kinds(con: Connection, table: str) -> dict[str, str]:
    """Columns of a table in order, with their types."""
    sql = "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index"
    return dict(connection.ask(con, sql, [table]))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _first_misfit(con: Connection, table: str, incoming: pa.Table) -> str | None:
    """Find the first column with a value its type cannot hold. The failed transaction is of no use: ask beside it."""
    cursor = con.cursor()
    try:
        cursor.register("incoming", incoming)
        sql = "select column_name, data_type, is_nullable from duckdb_columns() where table_name = ?"
        for name, kind, nullable in connection.ask(cursor, sql, [table]):
            if name not in incoming.column_names:
                continue
            found = _misfit(cursor, name, kind, nullable)
            if found:
                return found
    except duckdb.Error:
        return None
    finally:
        cursor.close()
    return None


def _misfit(cursor: Connection, name: str, kind: str, nullable: bool) -> str | None:
    lost = f'try_cast("{name}" as {kind}) is null'
    if kind.endswith("[]"):  # a list is cast item by item: those that do not fit come out null
        lost = f'{lost} or len(list_filter(try_cast("{name}" as {kind}), lambda item: item is null)) > 0'
    sql = f'select "{name}"::varchar from incoming where "{name}" is not null and ({lost})'
    bad = connection.ask(cursor, sql + " limit 1")
    if bad:
        return f"{name} = {bad[0][0]!r}, which is no {kind.lower()[:160]}"
    if not nullable and connection.ask(cursor, f'select 1 from incoming where "{name}" is null limit 1'):
        return f"{name} empty"
    return None
