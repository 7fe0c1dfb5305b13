"""The documentation says what the warehouse has."""

from __future__ import annotations

from pathlib import Path

from warehouse import describe

DOCUMENT = Path(__file__).parents[2] / "docs" / "warehouse.md"


def test_the_document_is_the_one_made_from_the_schema():
    assert DOCUMENT.read_text("utf-8") == describe.markdown(), (
        "run python -m warehouse.describe docs/warehouse.md"
    )


def test_every_column_stands_in_the_document(con):
    text = DOCUMENT.read_text("utf-8")
    for table, column in con.sql(
        "select table_name, column_name from duckdb_columns() where not internal"
    ).fetchall():
        section = text.split(f"### {table}\n")[1].split("\n### ")[0]
        assert f"| {column} |" in section, f"{table}.{column}"
