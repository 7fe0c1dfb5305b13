"""The description of the warehouse, `docs/warehouse.md`, made from the comments in its SQL.

Run `python -m warehouse.describe docs/warehouse.md` after changing a schema or view file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from baqylau import replacing
from warehouse import migrate
from warehouse.connection import Connection, ask

_HEAD = """# The warehouse: tables and views

Made from the comments in `warehouse/sql` by `python -m warehouse.describe docs/warehouse.md`; do not edit by hand.

One DuckDB file. Ask it with `baqylau sql "select ..."`; the answer comes from the published snapshot, read-only. Times are
stored in UTC; days are local days. A star (`*`) in a key column means: all.
"""
_BOOKKEEPING = {"migration", "view_file", "reference_file", "stale", "step"}


def markdown() -> str:
    """Return the description of the schema and views of this version."""
    with duckdb.connect(":memory:") as con:
        con.execute("set TimeZone = 'UTC'")
        migrate.migrate(con)
        return "\n".join(
            [_HEAD, *_relations(con, "view"), *_relations(con, "table"), *_macros(con), *_types(con)]
        )


def _relations(con: Connection, kind: str) -> Iterator[str]:
    yield f"## {kind.capitalize()}s\n"
    enumerations = _enumerations(con)
    sql = f"select {kind}_name, comment from duckdb_{kind}s() where not internal order by all"
    found = sorted(ask(con, sql), key=lambda row: (row[0] in _BOOKKEEPING, row[0]))
    for name, comment in found:
        yield f"### {name}\n\n{comment}\n\n| column | type | meaning |\n|---|---|---|"
        sql = """select column_name, data_type, comment from duckdb_columns()
            where table_name = ? and not internal order by column_index"""
        yield from (
            f"| {column} | {_type(kind_, enumerations)} | {text} |"
            for column, kind_, text in ask(con, sql, [name])
        )
        yield ""


def _macros(con: Connection) -> Iterator[str]:
    yield "## Macros\n"
    sql = """select function_name, parameters, comment from duckdb_functions()
        where not internal and function_type in ('macro', 'table_macro') order by all"""
    yield from (
        f"- `{name}({', '.join(parameters)})`: {comment}" for name, parameters, comment in ask(con, sql)
    )
    yield ""


def _types(con: Connection) -> Iterator[str]:
    yield "## Enumerations\n"
    sql = "select type_name, labels from duckdb_types() where not internal and logical_type = 'ENUM' order by type_name"
    yield from (f"- `{name}`: {', '.join(labels)}" for name, labels in ask(con, sql))
    yield ""


def _enumerations(con: Connection) -> dict[str, str]:
    """Names of enumerations by the way DuckDB spells their columns' types."""
    sql = "select labels, type_name from duckdb_types() where not internal and logical_type = 'ENUM'"
    return {
        "ENUM(" + ", ".join(f"'{label}'" for label in labels) + ")": name for labels, name in ask(con, sql)
    }


def _type(kind: str, enumerations: Mapping[str, str]) -> str:
    for spelled, name in enumerations.items():
        if kind.startswith(spelled):
            return f"{name} (enumeration){kind.removeprefix(spelled)}"
    return kind.lower()


def main(path: str) -> None:
    """Write the description to a file."""
    with replacing(Path(path)) as part:
        part.write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
