"""Exports: what other layers read as files."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from baqylau import replacing
from warehouse import files
from warehouse.connection import Connection, arrow
from warehouse.errors import translated


def known(con: Connection, path: Path, night: str, recheck_days: int) -> int:
    """Write the articles the crawl knows already as Parquet; return how many.

    Columns: canonical_url, article_id, url, source_id, content_hash, etag, last_modified (of the latest version),
    first_seen_at, recheck: true for articles first seen in the `recheck_days` nights before `night`, whose headline may
    still change. Sorted by canonical URL: same warehouse, same bytes.
    """
    table = arrow(con, files.query("known"), {"night": night, "recheck_days": recheck_days})
    with translated(path), replacing(path) as part:
        pq.write_table(table, part, compression="zstd")
    return int(table.num_rows)
