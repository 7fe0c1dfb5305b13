"""What can go wrong with the warehouse, by what the user can do about it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from baqylau import BaqylauError, Faults, Terminal, Transient

_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_SAME_PROCESS = ("Unique file handle conflict", "different configuration than existing connections")
_NEWER_STORAGE = ("Trying to read a database file with version number",)
_DAMAGED = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "Corrupt WAL file",
    "Serialization Error",
)
_DISK_FULL = (
    "No space left on device",
    "Could not write all bytes",
    "File too large",
    "Disk quota exceeded",
    "max_temp_directory_size",
    "Could not write file",
    "Could not truncate file",
)


class WarehouseBusy(Transient):
    """Another process (or another mode of this one) holds the warehouse.

    Args:
        path: the warehouse.
        holder: the program that holds it.
        pid: its process id.
    """

    def __init__(self, path: Path, holder: str, pid: int) -> None:
        self.path, self.holder, self.pid = path, holder, pid
        super().__init__(
            f"the warehouse {path} free",
            f"it held by {holder} (process {pid})",
            "wait for it to end, then run again",
        )


class WarehouseMissing(Terminal):
    """There is no warehouse at the path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"a warehouse at {path}", "no file", "run `baqylau demo` or `baqylau nightly`, or mend the path"
        )


class WarehouseDamaged(Terminal):
    """The file is not a warehouse that can be read."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path, self.detail = path, detail
        super().__init__(
            f"a sound baqylau warehouse at {path}",
            detail,
            "restore a backup or the last snapshot, or move the file away",
        )


class WarehouseTooNew(Terminal):
    """The warehouse was written by a newer version of the product or of DuckDB."""

    def __init__(self, path: Path, found: str, known: str) -> None:
        self.path = path
        super().__init__(f"a warehouse of {known} or older at {path}", found, "install the newer baqylau")


class SchemaChanged(Terminal):
    """A schema file was edited after it had been applied."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"schema file {name} as it was applied",
            "another text under the same number",
            "restore the file and add a new one, or start a new warehouse",
        )


class DiskFull(Terminal):
    """The disk (or a limit on file size) left no room; what was committed before stands."""

    def __init__(self, path: Path | str, detail: str) -> None:
        self.path = path
        super().__init__(f"room to write {path}", detail, "free some disk and run again")


class OutOfMemory(Terminal):
    """The query or load does not fit the memory limit."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "enough memory under the warehouse's limit", detail, "raise the limit or ask for less at once"
        )


class ReferenceFaults(Faults):
    """The reference files or their plan are malformed; every fault is listed with its file and line."""


class BadRows(Terminal):
    """Rows that do not fit the schema; nothing of the batch was loaded."""

    def __init__(self, table: str, found: str, remedy: str = "mend the input and load it again") -> None:
        self.table = table
        super().__init__(f"rows that fit the table {table}", found, remedy)


class QueryRefused(Terminal):
    """The statement is not a plain read of the warehouse."""

    def __init__(self, found: str) -> None:
        super().__init__(
            "one SELECT over the warehouse's tables and views", found, "ask with a single SELECT"
        )


class QueryFailed(Terminal):
    """The statement is a read, but DuckDB cannot answer it."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "a query DuckDB can answer", detail, "mend the query; docs/warehouse.md lists the columns"
        )


class QueryTooLong(Terminal):
    """The query was stopped at its time limit."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"an answer within {seconds:g} s", "the query still running", "narrow it or raise the limit"
        )


class SampleRefused(Terminal):
    """There is nothing to draw from, or too little is asked for."""


def translate(error: duckdb.Error | OSError, path: Path | str) -> BaqylauError | None:
    """Return our error for one of DuckDB's, or None where it has no special meaning."""
    text = str(error)
    place = Path(path)
    held = _HOLDER.search(text)
    if held:
        return WarehouseBusy(place, Path(held["program"]).name, int(held["pid"]))
    if _has(text, _SAME_PROCESS):
        return WarehouseBusy(place, "this same program in another mode", os.getpid())
    if _has(text, _NEWER_STORAGE):
        return WarehouseTooNew(place, "a newer storage format", f"DuckDB {duckdb.__version__}")
    if _has(text, _DISK_FULL):
        return DiskFull(path, _first_line(text))
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutOfMemory(_first_line(text))
    if _has(text, _DAMAGED) or isinstance(error, duckdb.FatalException | duckdb.InternalException):
        return WarehouseDamaged(place, _first_line(text))
    return None


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Run a block; what DuckDB or the system says about the file becomes one of our errors."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        ours = translate(error, path)
        if ours is None:
            raise
        raise ours from error


def _has(text: str, needles: tuple[str, ...]) -> bool:
    return any(needle in text for needle in needles)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "no message"
