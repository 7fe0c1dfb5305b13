"""Publishing: a read-only copy of the warehouse that readers open while the next night writes."""

from __future__ import annotations

from pathlib import Path

from warehouse import connection, migrate
from warehouse.connection import Connection
from warehouse.errors import translated


def publish(warehouse: Connection | Path, snapshot: Path) -> Path:
    """Copy a warehouse into a snapshot, which replaces the one before in one step.

    Readers of the old snapshot go on undisturbed; whoever opens the path next sees the new one. Whatever happens, the
    path holds either the old snapshot or the new one, whole.

    Args:
        warehouse: an open writer, or the path of a warehouse nobody holds.
        snapshot: where the copy goes; must not be the warehouse itself.

    Raises:
        DiskFull: no room for the copy; the old snapshot stays.
        WarehouseBusy: a path was given and somebody holds the warehouse.
    """
    if isinstance(warehouse, Path):
        con = connection.open_writer(warehouse)
        try:
            return publish(con, snapshot)
        finally:
            con.close()
    assert migrate.database_path(warehouse) != snapshot, "a snapshot cannot replace its own warehouse"
    with translated(snapshot):
        return migrate.copy_database(warehouse, snapshot)
