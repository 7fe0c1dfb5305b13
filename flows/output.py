"""Rows for people and for programs: a table on a terminal, CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baqylau import Terminal, replacing

if TYPE_CHECKING:
    import pyarrow as pa

PIPE_WIDTH = 400


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def print_table(table: pa.Table, fmt: Format = Format.table, out: Path | None = None) -> None:
    """Write an Arrow table to `out`, or to standard output; Parquet needs a file."""
    if fmt is Format.parquet:
        _parquet(table, out)
        return
    text = render(table.to_pylist(), table.column_names, fmt)
    if out is None:
        sys.stdout.write(text)
        return
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8")


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows with equal keys as a table."""
    sys.stdout.write(render(rows, list(rows[0]) if rows else [], Format.table))


def render(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], fmt: Format) -> str:
    """The rows as text in one of the text formats."""
    if fmt is Format.json:
        return json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1, default=_plain) + "\n"
    if fmt is Format.csv:
        return _csv(rows, columns)
    return _table(rows, columns)


def _parquet(table: pa.Table, out: Path | None) -> None:
    import pyarrow.parquet as pq

    if out is None:
        raise Terminal("--out FILE beside --format parquet", "no file", "name one")
    with replacing(out) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_exact(row[name]) for name in columns] for row in rows])
    return buffer.getvalue()


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """A table that stays readable in a pipe: rules are drawn on a terminal only."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    wide = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if wide else None, pad_edge=False)
    for name in columns:
        numeric = bool(rows) and all(isinstance(row[name], int | float) or row[name] is None for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_short(row[name]) for name in columns))
    console = Console(width=None if wide else PIPE_WIDTH, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else _exact(value)


def _exact(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_exact(part) for part in value)
    return str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)
