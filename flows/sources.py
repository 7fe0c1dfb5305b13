"""The registry and the codebook as the tables that the warehouse takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from crawlers.source import Source
from models.claims import Grammars
from models.codebook import Codebook

# The warehouse orders an ownership history by day; the registry may not know when the first owner began.
BEGINNING = date(1900, 1, 1)

SOURCES = pa.schema(
    [
        (name, pa.string())
        for name in ("source_id", "outlet", "outlet_name", "country", "language", "media_type")
    ]
    + [(name, pa.string()) for name in ("timezone", "base_url", "tier")]
    + [("enabled", pa.bool_())]
)
OWNERSHIP = pa.schema(
    [("source_id", pa.string()), ("since", pa.date32())]
    + [(name, pa.string()) for name in ("class", "confidence", "evidence")]
)


def sources(registry: Iterable[Source]) -> pa.Table:
    """One row an edition."""
    rows = [
        {
            "source_id": source.id,
            "outlet": source.outlet,
            "outlet_name": source.outlet_name,
            "country": source.country,
            "language": source.language,
            "media_type": source.media_type,
            "timezone": source.timezone,
            "base_url": source.base_url,
            "tier": source.tier,
            "enabled": source.enabled,
        }
        for source in registry
    ]
    return pa.Table.from_pylist(rows, schema=SOURCES)


def ownership(registry: Iterable[Source]) -> pa.Table:
    """One row for each edition and change of owner."""
    rows = [
        {
            "source_id": source.id,
            "since": entry.since or BEGINNING,
            "class": entry.ownership_class,
            "confidence": entry.confidence,
            "evidence": entry.evidence,
        }
        for source in registry
        for entry in source.ownership
    ]
    return pa.Table.from_pylist(rows, schema=OWNERSHIP)


def targets(book: Codebook) -> pa.Table:
    """One row a target."""
    return pa.table({"name": pa.array(list(book.targets), pa.string())})


def places(grammars: Grammars) -> pa.Table:
    """One row a place of the gazetteer."""
    rows = [
        {"name": place.name, "kind": place.kind, "within": place.within, "iso": place.iso}
        for place in grammars.places.values()
    ]
    schema = pa.schema([(name, pa.string()) for name in ("name", "kind", "within", "iso")])
    return pa.Table.from_pylist(rows, schema=schema)


def frames(book: Codebook) -> pa.Table:
    """One row a frame, with its sector and Weiner's category."""
    rows = [
        {"name": name, "sector": frame.sector, "weiner": frame.weiner, "counter": frame.sector == "counter"}
        for name, frame in book.frames.items()
    ]
    schema = pa.schema(
        [("name", pa.string()), ("sector", pa.string()), ("weiner", pa.int8()), ("counter", pa.bool_())]
    )
    return pa.Table.from_pylist(rows, schema=schema)
