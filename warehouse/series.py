"""The daily series that the spike detectors read."""

from __future__ import annotations

import pyarrow as pa

from warehouse import files
from warehouse.connection import Connection, arrow


def read(con: Connection, until: str, days: int) -> pa.Table:
    """Return the last `days` days of every stratum, up to and with `until`, a row for each stratum and day.

    Strata (`*` means all): each of all languages together and every one alone, by itself, by ownership, by target, by
    target and frame, and by ownership and target. They follow from registry and codebook: those without any event
    are there too, with zeros, so that a family of tests is complete.

    Returns:
        language, ownership, target, frame, day, then
        count: stories first seen that day with a securitizing sentence that fits;
        copies: articles first seen that day with one, under their own language and ownership, reprints included;
        total: all stories of the language and ownership first seen that day (the offset);
        complete: false where more than a fifth of the group's usual volume was lost that day, or nobody looked.
        Sorted by all key columns.
    """
    return arrow(con, files.query("series"), {"until": until, "days": days})
