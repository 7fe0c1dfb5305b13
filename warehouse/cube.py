"""The derived tables: what each article says under the current reading, and the daily cube over it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from warehouse import files
from warehouse.connection import Connection, ask, staged, transaction

CHUNK_DAYS = 64  # how many days' cells are computed at once: bounds the memory of a whole rebuild


def refresh(con: Connection, days: Sequence[str] | None = None) -> dict[str, int]:
    """Compute anew what loads have made stale, and whatever was published or first seen on the days given.

    Args:
        con: an open writer.
        days: ISO dates to compute in any case; None leaves it to what is stale.

    Returns:
        articles (looked at again), days (of the cube), cells (of those days).
    """
    asked = pa.table({"day": pa.array(list(days or []), pa.string()).cast(pa.date32())})
    with transaction(con):
        with staged(con, asked=asked):
            con.execute(files.query("cube_articles"))
        con.execute(files.query("cube_acts"))
        touched = ask(con, "select day from cube_day order by day")
        for first in range(0, len(touched), CHUNK_DAYS):
            chunk = pa.table(
                {"day": pa.array([day for (day,) in touched[first : first + CHUNK_DAYS]], pa.date32())}
            )
            with staged(con, cube_chunk=chunk):
                con.execute(files.query("cube_cells"))
        sql = """select (select count(*) from cube_article), (select count(*) from cube_day),
            (select count(*) from daily_cube where day in (select day from cube_day))"""
        counts = ask(con, sql)[0]
    return dict(zip(("articles", "days", "cells"), counts, strict=True))
