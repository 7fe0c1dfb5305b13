"""Archives as streams of records: JSON lines, CSV, Parquet, each also packed with gzip or zstd.

A record that cannot be read is handed on as `Broken` and costs only itself; a file that is damaged as a whole stops
with one error that names the file and the place.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from baqylau import Terminal

LONGEST_LINE = 64 * 1024 * 1024
SNIFFED = 65536
BATCH_ROWS = 4096
DELIMITERS = ",;\t|"


class DamagedArchive(Terminal):
    """An archive file that cannot be read to its end."""

    def __init__(self, path: Path, place: str, found: str) -> None:
        self.path = path
        self.place = place
        super().__init__(
            f"a readable archive {path.name}", f"{found} at {place} of {path}", "fetch the file again"
        )


class UnknownArchive(Terminal):
    """A file whose name says of no kind of archive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            "a .jsonl, .ndjson, .json, .csv, .tsv, .parquet or .warc file (also .gz, .zst)",
            str(path) if path.exists() else f"{path}, which does not exist",
            "rename or convert the file",
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an archive and where it stands (`line 17`)."""

    place: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that could not be read, and why (one word, used as a counter)."""

    place: str
    reason: str


def kind_of(path: Path) -> str:
    """Return jsonl, csv, parquet or warc, by the name of the file.

    Raises:
        UnknownArchive: the file is none of these, or does not exist.
    """
    names = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in (".gz", ".zst")]
    kinds = {
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".json": "jsonl",
        ".csv": "csv",
        ".tsv": "csv",
        ".parquet": "parquet",
    }
    kind = "warc" if ".warc" in names else kinds.get(names[-1] if names else "")
    if kind is None or not path.is_file():
        raise UnknownArchive(path)
    return kind


def records(path: Path) -> Iterator[Record | Broken]:
    """Stream the records of a JSONL, CSV or Parquet file in order, holding one batch in memory.

    Raises:
        UnknownArchive: not such a file.
        DamagedArchive: the file breaks off or is not what its name says; records before that were handed out.
    """
    kind = kind_of(path)
    reader = {"jsonl": _json_lines, "csv": _csv_rows, "parquet": _parquet_rows}.get(kind)
    if reader is None:
        raise UnknownArchive(path)
    place = "the beginning"
    try:
        for entry in reader(path):
            place = entry.place
            yield entry
    except (EOFError, OSError, zlib.error, csv.Error, UnicodeError, ValueError) as error:
        raise DamagedArchive(path, f"the record after {place}", f"{type(error).__name__}: {error}") from error


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked: gzip and zstd are known by their first bytes, whatever the name says."""
    with path.open("rb") as handle:
        magic = handle.read(4)
    if magic[:2] == b"\x1f\x8b":
        import gzip

        return gzip.open(path, "rb")  # type: ignore[return-value]
    if magic == b"\x28\xb5\x2f\xfd":
        import pyarrow as pa

        return io.BufferedReader(pa.CompressedInputStream(pa.OSFile(str(path), "rb"), "zstd"), SNIFFED)
    return path.open("rb")


def _json_lines(path: Path) -> Iterator[Record | Broken]:
    number = 0
    with open_binary(path) as stream:
        while line := stream.readline(LONGEST_LINE):
            number += 1
            place = f"line {number}"
            if not line.strip():
                continue
            try:
                values = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                yield Broken(place, "bad_json")
                continue
            yield Record(place, values) if isinstance(values, dict) else Broken(place, "not_an_object")


def _csv_rows(path: Path) -> Iterator[Record | Broken]:
    csv.field_size_limit(LONGEST_LINE)
    with open_binary(path) as stream:
        head = stream.read(SNIFFED)
    first = head.decode("utf-8-sig", "replace").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    with (
        open_binary(path) as stream,
        io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="") as text,
    ):
        rows = csv.reader((line.replace("\x00", "") for line in text), delimiter=delimiter)
        names = next(rows, [])
        for row in rows:
            place = f"line {rows.line_num}"
            if len(row) == len(names):
                yield Record(place, dict(zip(names, row, strict=True)))
            elif row:
                yield Broken(place, "wrong_number_of_fields")


def _parquet_rows(path: Path) -> Iterator[Record | Broken]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(open_binary(path).read()) if path.suffix.lower() in (".gz", ".zst") else path
    number = 0
    try:
        for batch in pq.ParquetFile(source).iter_batches(BATCH_ROWS):
            for values in batch.to_pylist():
                number += 1
                yield Record(f"row {number}", values)
    except pa.ArrowException as error:
        raise ValueError(str(error).splitlines()[0]) from error
