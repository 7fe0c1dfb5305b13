"""Answering a user's SQL: read-only, inside the snapshot, within a time and a row limit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import connection
from warehouse.connection import Connection
from warehouse.errors import QueryFailed, QueryRefused, QueryTooLong, translate

ROW_LIMIT = 10_000
TIME_LIMIT_S = 30.0
# Everything else that can stand in a FROM reads files, tells about the machine, or writes. The same goes for DuckDB's own
# views, whose names begin as below.
_INTERNAL = ("duckdb_", "pragma_")
TABLE_FUNCTIONS = frozenset(
    [
        "unnest",
        "range",
        "generate_series",
        "generate_subscripts",
        "json_each",
        "json_tree",
        "trend_of",
        "summary",
        "duckdb_tables",
        "duckdb_views",
        "duckdb_columns",
        "duckdb_types",
        "duckdb_constraints",
        "pragma_table_info",
    ]
)
_EXPLAIN = re.compile(r"\s*explain\s+(?:analyze\s+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """The rows of an answer, and whether the row limit cut it off."""

    table: pa.Table
    truncated: bool
    row_limit: int

    @property
    def notice(self) -> str | None:
        """One line for the user where rows were left out."""
        return f"only the first {self.row_limit:,} rows are shown" if self.truncated else None


def run(
    warehouse: Connection | Path, sql: str, row_limit: int = ROW_LIMIT, *, time_limit_s: float = TIME_LIMIT_S
) -> Answer:
    """Answer one SELECT.

    Args:
        warehouse: the path of a snapshot, or a connection made by `connection.open_reader`; nothing else is safe.
        sql: one statement: SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN.
        row_limit: rows beyond it are left out, and the answer says so.
        time_limit_s: after so many seconds the query is stopped.

    Raises:
        QueryRefused: more than one statement, not a read, or a read of something outside the warehouse.
        QueryFailed: DuckDB cannot answer it (unknown columns and the like).
        QueryTooLong, OutOfMemory: it ran into a limit.
    """
    if isinstance(warehouse, Path):
        con = connection.open_reader(warehouse)
        try:
            return run(con, sql, row_limit, time_limit_s=time_limit_s)
        finally:
            con.close()
    _check(warehouse, sql)
    timer = Timer(time_limit_s, warehouse.interrupt)
    timer.daemon = True
    timer.start()
    try:
        table = warehouse.sql(sql).limit(row_limit + 1).to_arrow_table()
    except duckdb.InterruptException as error:
        raise QueryTooLong(time_limit_s) from error
    except duckdb.PermissionException as error:
        raise QueryRefused(_short(error)) from error
    except duckdb.Error as error:
        raise translate(error, "the snapshot") or QueryFailed(_short(error)) from error
    finally:
        timer.cancel()
    return Answer(table.slice(0, row_limit), table.num_rows > row_limit, row_limit)


def _check(con: Connection, sql: str) -> None:
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryFailed(_short(error)) from error
    if len(statements) != 1:
        raise QueryRefused(f"{len(statements)} statements")
    kind = statements[0].type.name
    text = statements[0].query
    if kind == "EXPLAIN":
        text = _EXPLAIN.sub("", text, count=1)
    elif kind != "SELECT":
        raise QueryRefused(f"a statement of the kind {kind}")
    ((tree,),) = con.execute("select json_serialize_sql(?)", [text]).fetchall()
    parsed = json.loads(tree)
    if parsed.get("error"):
        raise QueryRefused("a statement that is no SELECT")
    for name in _outside(parsed):
        raise QueryRefused(f"a read of {name}")


def _outside(node: Any) -> Iterator[str]:
    """Walk a serialised statement and yield whatever stands where a table does, but is none of the warehouse's."""
    if isinstance(node, dict):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = str(node.get("function", {}).get("function_name", "?")).lower()
            if name not in TABLE_FUNCTIONS:
                yield f"{name}()"
        elif kind == "BASE_TABLE":
            name = str(node.get("table_name", "?")).lower()
            if name.startswith(_INTERNAL) and name not in TABLE_FUNCTIONS:
                yield name
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _outside(child)


def _short(error: duckdb.Error) -> str:
    """The part of DuckDB's message before it quotes the query, in one line."""
    return " ".join(str(error).split("\n\nLINE ")[0].split())
