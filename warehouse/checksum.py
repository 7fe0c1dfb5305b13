"""Checksums of tables, independent of row order, to show that two warehouses hold the same."""

from __future__ import annotations

from warehouse.connection import Connection, ask

VOLATILE = {"step": {"done_at"}, "migration": {"product", "engine"}}  # differ between equal runs


def checksums(con: Connection) -> dict[str, tuple[int, str]]:
    """Return rows and checksum of every table, without the columns that hold wall clock or versions.

    The checksum joins the exclusive-or and the sum of row hashes: no order matters, and doubled rows are noticed.
    Comparable between warehouses opened with the same version of DuckDB.
    """
    sql = """select table_name, list(column_name order by column_name) from duckdb_columns()
        where not internal and table_name in (select table_name from duckdb_tables() where not internal and not temporary)
        and database_name = current_database() group by table_name order by table_name"""
    return {table: _checksum(con, table, columns) for table, columns in ask(con, sql)}


def _checksum(con: Connection, table: str, columns: list[str]) -> tuple[int, str]:
    kept = ", ".join(f'"{name}"' for name in columns if name not in VOLATILE.get(table, set()))
    sql = f"""select count(*), coalesce(bit_xor(row_hash), 0), coalesce(sum(row_hash), 0) % {2**64}::hugeint
        from (select hash({kept}) as row_hash from "{table}")"""
    count, mixed, total = ask(con, sql)[0]
    return int(count), f"{mixed:016x}{int(total):016x}"
