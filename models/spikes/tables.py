"""Series from the warehouse's Arrow table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.spikes.strata import Series, Stratum

DIMENSIONS = ("language", "ownership", "target", "frame")


def series_from_table(table: pa.Table) -> list[Series]:
    """Series of a table with columns language, ownership, target, frame, day, count, copies, total, complete.

    Days are ISO dates or date32. A stratum's day without a row is missing. Rows may come in any order.
    """
    days = [str(day) for day in pc.cast(table["day"], pa.string()).to_pylist()]
    names, place = np.unique(np.array(days, dtype=str), return_inverse=True)
    strata, owner = _strata(table)
    order = np.lexsort((place, owner))
    cuts = np.flatnonzero(np.diff(owner[order])) + 1
    columns = {name: _numbers(table[name]) for name in ("count", "copies", "total")}
    complete = table["complete"].to_numpy(zero_copy_only=False).astype(bool)
    shared: dict[bytes, tuple[str, ...]] = {}
    out = []
    for rows in np.split(order, cuts) if len(order) else []:
        own = place[rows]
        dates = shared.setdefault(own.tobytes(), tuple(names[own].tolist()))
        count, copies, total = (columns[name][rows] for name in ("count", "copies", "total"))
        out.append(Series(strata[owner[rows[0]]], dates, count, copies, total, complete[rows]))
    return out


def _numbers(column: pa.ChunkedArray) -> Any:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def _strata(table: pa.Table) -> tuple[list[Stratum], Any]:
    texts = pc.binary_join_element_wise(*[pc.cast(table[d], pa.string()) for d in DIMENSIONS], "|")
    coded = texts.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return [Stratum.parse(text) for text in coded.dictionary.to_pylist()], coded.indices.to_numpy()
