"""The spool: what one night of crawling (or one ingested archive) hands to the warehouse, as three files.

A spool folder holds `articles.parquet`, `fetches.parquet` and `crawl.json`. It is written beside its place and
renamed at the end, so a folder that exists is complete. Same rows, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawlers.errors import ArchiveUnwritable, SpoolDamaged, SpoolMissing
from crawlers.statuses import DateRule, DateStatus, Kind, Status

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")

ARTICLES = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("version_id", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("canonical_url", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("body", pa.string(), nullable=False),
        pa.field("authors", pa.list_(pa.string()), nullable=False),
        pa.field("section", pa.string()),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("edition_language", pa.string()),
        pa.field("published_at", UTC_MICROSECONDS),
        pa.field("published_day", pa.string()),
        pa.field("date_rule", pa.string(), nullable=False),
        pa.field("date_status", pa.string(), nullable=False),
        pa.field("fetched_at", UTC_MICROSECONDS, nullable=False),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("etag", pa.string()),
        pa.field("last_modified", pa.string()),
        pa.field("warc_file", pa.string()),
        pa.field("warc_offset", pa.int64()),
        pa.field("extractor", pa.string(), nullable=False),
    ]
)

FETCHES = pa.schema(
    [
        pa.field("night", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("http_status", pa.int32()),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("fetched_at", UTC_MICROSECONDS, nullable=False),
        pa.field("detail", pa.string()),
        pa.field("article_id", pa.string()),
    ]
)

ARTICLE_ENUMS: Mapping[str, Iterable[str]] = {"date_rule": DateRule, "date_status": DateStatus}
FETCH_ENUMS: Mapping[str, Iterable[str]] = {"kind": Kind, "status": Status}
ARTICLE_ORDER = [("source_id", "ascending"), ("url", "ascending"), ("version_id", "ascending")]
FETCH_ORDER = [("source_id", "ascending"), ("url", "ascending"), ("kind", "ascending")]


@dataclass(frozen=True)
class Spool:
    """One night's product: two tables in their schemas, and the summary with the counts."""

    articles: pa.Table
    fetches: pa.Table
    summary: dict[str, Any] = field(default_factory=dict)


def article_id(canonical_url: str) -> str:
    """Return the key of an article: 16 hex digits of its canonical URL's SHA-256."""
    return _short_hash(canonical_url)


def version_id(article: str, title: str, body: str) -> str:
    """Return the key of one text of an article (by its article id): another title or body is another version."""
    return _short_hash(f"{article}\n{title}\n{body}")


def content_hash(title: str, body: str) -> str:
    """Return the hash of a text without its address, by which the same text at two addresses is recognised."""
    return hashlib.sha256(f"{title}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def articles_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Turn mappings with the columns of `ARTICLES` into a table; `write` sorts it."""
    return pa.Table.from_pylist(list(rows), schema=ARTICLES)


def fetches_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Turn mappings with the columns of `FETCHES` into a table; `write` sorts it."""
    return pa.Table.from_pylist(list(rows), schema=FETCHES)


def write(path: Path, articles: pa.Table, fetches: pa.Table, summary: Mapping[str, Any]) -> None:
    """Write a spool folder whole or not at all, replacing one that is already there.

    Args:
        path: the final folder, for example `spool/2026-03-02`.
        articles: rows in the schema `ARTICLES`, any order.
        fetches: rows in the schema `FETCHES`, any order.
        summary: what `crawl.json` shall hold; must be JSON.

    Raises:
        SpoolDamaged: a column or an enumeration does not fit its schema.
        ArchiveUnwritable: the folder cannot be written.
    """
    articles = _checked(path / "articles.parquet", articles, ARTICLES, ARTICLE_ENUMS).sort_by(ARTICLE_ORDER)
    fetches = _checked(path / "fetches.parquet", fetches, FETCHES, FETCH_ENUMS).sort_by(FETCH_ORDER)
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    try:
        _write_files(path, articles, fetches, text)
    except OSError as error:
        raise ArchiveUnwritable(path, f"{type(error).__name__}: {error}") from error


def _write_files(path: Path, articles: pa.Table, fetches: pa.Table, summary: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.mkdir()
    try:
        pq.write_table(articles, temporary / "articles.parquet", compression="zstd")
        pq.write_table(fetches, temporary / "fetches.parquet", compression="zstd")
        (temporary / "crawl.json").write_text(summary, encoding="utf-8")
        for file in sorted(temporary.iterdir()):
            _sync(file)
        _rename(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sweep(path: Path) -> None:
    """Remove what a killed run left beside the folder."""
    for leftover in path.parent.glob(f".{path.name}.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)


def _rename(temporary: Path, path: Path) -> None:
    """Put the new folder in place; a folder cannot replace another, so the old one steps aside first."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.old.part")
    if path.exists():
        path.replace(aside)
    temporary.replace(path)
    shutil.rmtree(aside, ignore_errors=True)


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def read(path: Path) -> Spool:
    """Read a spool folder.

    Raises:
        SpoolMissing: the folder or one of its files is not there.
        SpoolDamaged: a file cannot be read or does not fit its schema.
    """
    articles = _read_table(path / "articles.parquet", ARTICLES, ARTICLE_ENUMS)
    fetches = _read_table(path / "fetches.parquet", FETCHES, FETCH_ENUMS)
    return Spool(articles, fetches, _read_summary(path / "crawl.json"))


def _read_table(file: Path, schema: pa.Schema, enums: Mapping[str, Iterable[str]]) -> pa.Table:
    if not file.is_file():
        raise SpoolMissing(file)
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise SpoolDamaged(file, f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
    return _checked(file, table, schema, enums)


def _read_summary(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SpoolDamaged(file, f"no JSON ({error})") from error
    if not isinstance(found, dict):
        raise SpoolDamaged(file, f"JSON that is no object but {type(found).__name__}")
    return found


def _checked(file: Path, table: pa.Table, schema: pa.Schema, enums: Mapping[str, Iterable[str]]) -> pa.Table:
    """Return the table in the schema's column order and types, or say what does not fit."""
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise SpoolDamaged(file, f"no column {', '.join(missing)}")
    try:
        table = table.select(schema.names).cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise SpoolDamaged(file, str(error).splitlines()[0]) from error
    for name in (column.name for column in schema if not column.nullable):
        if table.column(name).null_count:
            raise SpoolDamaged(file, f"{table.column(name).null_count} empty value(s) in column {name}")
    for name, allowed in enums.items():
        values = pa.array([str(value) for value in allowed], pa.string())
        strange = table.filter(pc.invert(pc.is_in(table.column(name), value_set=values))).column(name)
        if len(strange):
            raise SpoolDamaged(file, f"{name} = {strange[0].as_py()!r} in {len(strange)} row(s)")
    return table
