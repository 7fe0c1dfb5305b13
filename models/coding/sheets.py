"""Tables to fill in: CSV for spreadsheets, with crawled text that cannot become a formula.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@`` or a control character (OWASP, CSV Injection), and
one whose separator is the semicolon (as in Russian and Kazakh settings) cuts our cells at semicolons first. An
apostrophe goes before every such place, and comes off again when the table is read; nothing else of a text changes.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from baqylau import replacing
from models.coding.coded import CODES, Raw
from models.errors import InputRefused

SENTENCE = (
    "id", "lang", "prev", "text", "next", "source", "published_day", "url", "inclusion_probability",
)  # fmt: skip
COLUMNS = (*SENTENCE, *CODES, "note")
REQUIRED = ("id", "lang", "text", *CODES)
_SEPARATORS = ",;\t"
_RISKY = r"['\s\0]*[=+\-@＝＋－＠\t\r\n\0]"  # what may run once leading apostrophes and spaces are gone
_PLACE = r"(?:\A|(?<=[;\t\r\n]))"  # where a cell may begin
_TO_GUARD = re.compile(f"{_PLACE}(?={_RISKY})")
_GUARDED = re.compile(f"{_PLACE}'(?={_RISKY})")


def guard(text: str) -> str:
    """The text with an apostrophe before everything that a spreadsheet could run."""
    return _TO_GUARD.sub("'", text)


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return _GUARDED.sub("", text)


def write(path: Path, rows: Sequence[Mapping[str, Any]], further: Sequence[str] = ()) -> None:
    """Write a table with a line for each sentence; codes that a row does not have stay empty, to be filled in.

    Args:
        path: replaced whole or not at all. It begins with a byte-order mark: without one Excel takes UTF-8 for the
            machine's old code page and shows Kazakh as noise; everything else reads over it.
        rows: values by column name.
        further: names of columns after the usual ones.
    """
    columns = [*COLUMNS, *further]
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as handle:
        table = csv.writer(handle)
        table.writerow(columns)
        table.writerows([guard(_cell(row.get(name))) for name in columns] for row in rows)


def read(path: Path) -> Iterator[Raw]:
    """The lines of a table, in UTF-8 or UTF-16, parted by commas, semicolons or tabs, in any order of columns.

    Raises:
        InputRefused: the file is no such table, or a column is missing.
    """
    text = _text(path)
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [unguard(name).strip().lower() for name in next(table, [])]
        _check(path, columns)
        yield from _rows(path, table, columns)
    except csv.Error as error:
        where = f"{path.name} line {table.line_num}"
        raise InputRefused("a CSV table", f"{where}: {error}", "save it again as CSV UTF-8") from error


def _rows(path: Path, table: Any, columns: Sequence[str]) -> Iterator[Raw]:
    start = table.line_num + 1
    for cells in table:
        where, start = f"{path.name} line {start}", table.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            fault = f"expected {len(columns)} cells, as in the first line; found {len(cells)}; put quotes around the cell"
            yield Raw(where, {}, fault=fault)
            continue
        yield Raw(where, {name: unguard(cell) for name, cell in zip(columns, cells, strict=False)})


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if missing or twice:
        found = (
            f"{path.name} without {', '.join(missing)}"
            if missing
            else f"{', '.join(twice)} twice in {path.name}"
        )
        raise InputRefused(f"the columns {', '.join(REQUIRED)}", found, "keep the first line of the sample")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"a table in UTF-8 at {path}", str(error), "save it as CSV UTF-8") from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)
