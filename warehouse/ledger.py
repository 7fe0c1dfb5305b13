"""The ledger: which steps of a night are done, so that a killed night goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from warehouse.connection import Connection, ask, transaction


def record(
    con: Connection,
    night: str,
    step: str,
    input_rows: int,
    output_rows: int,
    lost: int = 0,
    detail: Mapping[str, Any] | str | None = None,
    *,
    checksum: str | None = None,
    done_at: datetime | None = None,
) -> None:
    """Record a step of a night as done; a step recorded before is replaced.

    Call it in the same `connection.transaction` as the step's loads, and the two stand or fall together.

    Args:
        con: an open writer.
        night: ISO date.
        step: name of the step.
        input_rows: rows that went in.
        output_rows: rows that came out.
        lost: rows lost on the way.
        detail: the step's own counts; a mapping is stored as JSON.
        checksum: of the product, where there is one.
        done_at: wall clock, if it shall be kept; left out of checksums.
    """
    text = (
        detail
        if detail is None or isinstance(detail, str)
        else json.dumps(detail, sort_keys=True, default=str)
    )
    row = [night, step, input_rows, output_rows, lost, checksum, text, done_at]
    with transaction(con):
        con.execute("insert or replace into step values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def done(con: Connection, night: str) -> set[str]:
    """Return the names of the steps of a night that are recorded as done."""
    return {name for (name,) in ask(con, "select step from step where night = ?::date", [night])}
