"""Bringing a warehouse to the schema of this version: numbered, recorded, all or nothing.

Views and macros carry no data, so they are not migrated: they are made anew whenever their files have changed.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from baqylau import replacing
from warehouse import files
from warehouse.errors import SchemaChanged, WarehouseDamaged, WarehouseTooNew

COPY_NAME = "copy_of_warehouse"


def migrate(con: Any) -> list[int]:
    """Apply the schema files and views that the warehouse lacks, in one transaction.

    A warehouse that holds data of an older schema is first copied beside itself, as `<name>.v<N>.backup.duckdb`.

    Returns:
        The numbers of the schema files that were applied, in order.

    Raises:
        WarehouseTooNew: it was written by a newer version.
        WarehouseDamaged: the file is a DuckDB database, but not one of ours.
        SchemaChanged: an applied schema file has another text now.
    """
    have = check(con)
    missing = [file for file in files.schema() if file.version > have]
    if missing and have:
        backup(con, have)
    if not missing and not _views_changed(con):
        return []
    con.execute("begin")
    try:
        for file in missing:
            con.execute(file.text)
        _record(con, missing)
        _replace_views(con)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("checkpoint")
    return [file.version for file in missing]


def check(con: Any) -> int:
    """Return the schema version of an open warehouse, 0 for an empty file. Raises as `migrate` does; writes nothing."""
    tables = {
        name
        for (name,) in con.execute("select table_name from duckdb_tables() where not internal").fetchall()
    }
    if not tables:
        return 0
    if "migration" not in tables:
        raise WarehouseDamaged(
            database_path(con), f"a DuckDB file with other tables ({', '.join(sorted(tables)[:3])})"
        )
    applied = dict(con.execute("select version, sha256 from migration order by version").fetchall())
    newest = files.schema()[-1].version
    if max(applied) > newest:
        raise WarehouseTooNew(database_path(con), f"schema {max(applied)}", f"schema {newest}")
    for file in files.schema():
        if applied.get(file.version, file.sha256) != file.sha256:
            raise SchemaChanged(f"{file.version:03d}_{file.name}.sql")
    return int(max(applied))


def database_path(con: Any) -> Path:
    """Return the file behind a connection."""
    sql = "select path from duckdb_databases() where database_name = current_database()"
    (path,) = con.execute(sql).fetchone()
    return Path(path or ":memory:")


def backup(con: Any, version: int) -> Path:
    """Copy the warehouse beside itself and return the copy's path; an older copy of the same version is replaced.

    The copy is made through DuckDB: reading the file's bytes would drop this process's lock on it.
    """
    path = database_path(con)
    return copy_database(con, path.with_name(f"{path.stem}.v{version}.backup.duckdb"))


def copy_database(con: Any, target: Path) -> Path:
    """Copy the whole database of a connection into a file, which appears complete or not at all."""
    for left_over in target.parent.glob(
        f".{target.name}.*.part*"
    ):  # of a killed run; only the one writer copies
        left_over.unlink()
    (here,) = con.execute("select current_database()").fetchone()
    with replacing(target) as part:
        literal = "'" + str(part).replace("'", "''") + "'"
        con.execute(f"attach {literal} as {COPY_NAME}")
        try:
            con.execute(f'copy from database "{here}" to {COPY_NAME}')
            con.execute(f"checkpoint {COPY_NAME}")
        finally:
            con.execute(f"detach {COPY_NAME}")
    return target


def _record(con: Any, missing: list[files.SqlFile]) -> None:
    for file in missing:
        con.execute(
            "insert into migration values (?, ?, ?, ?, ?)",
            [file.version, file.name, file.sha256, _product(), duckdb.__version__],
        )


def _views_changed(con: Any) -> bool:
    recorded = set(con.execute("select name, sha256 from view_file").fetchall())
    return recorded != {(file.name, file.sha256) for file in files.views()}


def _replace_views(con: Any) -> None:
    made = con.execute("select view_name from duckdb_views() where not internal and not temporary").fetchall()
    for (name,) in made:
        con.execute(f'drop view if exists "{name}"')
    for file in files.views():
        con.execute(file.text)
    con.execute("delete from view_file")
    for file in files.views():
        con.execute("insert into view_file values (?, ?)", [file.name, file.sha256])


def _product() -> str:
    try:
        return metadata.version("baqylau")
    except metadata.PackageNotFoundError:
        return "unreleased"
