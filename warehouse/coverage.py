"""Coverage: how much of each source was looked at on a night, so that silence is never taken for nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from warehouse import files
from warehouse.connection import Connection, staged, transaction


def refresh(con: Connection, nights: str | Sequence[str]) -> dict[str, int]:
    """Compute coverage of one or several nights from the fetches and articles of those nights and the 56 before.

    A night is `complete`, `partial` (a fifth or more of the new articles was lost, or a source that publishes every
    night was silent though its lists answered) or `missing` (no list answered, nothing was fetched, or the source was
    not crawled). A source has rows from its first fetch on. An ingested archive has no lists: it counts as complete
    between its first and last day.

    Returns:
        nights, and how many source-nights came out complete, partial, missing.
    """
    wanted = [nights] if isinstance(nights, str) else sorted(set(nights))
    table = pa.table({"day": pa.array(wanted, pa.string()).cast(pa.date32())})
    with transaction(con), staged(con, wanted=table):
        con.execute(files.query("coverage"))
        sql = "select status::varchar, count(*) from coverage where day in (select day from wanted) group by all"
        found = dict(con.execute(sql).fetchall())
    return {
        "nights": len(wanted),
        **{name: found.get(name, 0) for name in ("complete", "partial", "missing")},
    }
