"""WARC archives, our own and others', read again with today's rules."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from baqylau import Terminal
from crawlers import spool
from crawlers.dates import parse
from crawlers.extract import LARGEST, extract
from crawlers.ingest_files import DamagedArchive
from crawlers.source import Source, host_key

LARGEST_HEAD = 65536
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xhtml")


class Counts(Protocol):
    """Where the fate of each page is counted."""

    read: int
    dropped: Counter[str]


def rows(path: Path, registry: Sequence[Source], counts: Counts) -> Iterator[dict[str, Any]]:
    """Stream the article rows of a WARC file, one record in memory at a time.

    Only answers with code 200, an HTML type and a host of the registry are unpacked; the others are counted and
    passed over, so a large foreign archive costs little more than reading it.

    Raises:
        DamagedArchive: the file breaks off or is no WARC.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    hosts = {host: source for source in registry for host in source.hosts}
    offset = 0
    try:
        with path.open("rb") as stream:
            archive = ArchiveIterator(stream)
            for record in archive:
                offset = archive.offset
                if record.rec_type != "response":
                    continue
                counts.read += 1
                row = _row(record, hosts, counts)
                if row is not None:
                    yield row | {"warc_file": path.name, "warc_offset": offset}
        _check_end(path, offset)
    except (ArchiveLoadFailed, EOFError, OSError, zlib.error, ValueError, AttributeError) as error:
        # AttributeError: what warcio raises at a record that lacks its address
        raise DamagedArchive(path, f"byte {offset} or after", f"{type(error).__name__}: {error}") from error


def _check_end(path: Path, offset: int) -> None:
    """Make sure that the file does not break off inside its last record, which the reader passes over silently.

    Raises:
        EOFError: it does.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(offset)
        text = _unpacked(stream) if packed else stream.read(LARGEST_HEAD)
        head, blank, _ = text.partition(b"\r\n\r\n")
        declared = CONTENT_LENGTH.search(head)
        if offset and not (blank and declared):
            raise EOFError("the last record has no complete header")
        size = path.stat().st_size - offset
        if declared and not packed and size < len(head) + len(blank) + int(declared[1]):
            raise EOFError("the last record is shorter than it says")


def _unpacked(stream: BinaryIO) -> bytes:
    """Unpack gzip members to the end of the stream; give the beginning."""
    head, unpacker = b"", zlib.decompressobj(31)
    while block := stream.read(65536):
        while block:
            piece = unpacker.decompress(block)
            head = head if len(head) > LARGEST_HEAD else head + piece
            block = unpacker.unused_data
            if unpacker.eof and block:
                unpacker = zlib.decompressobj(31)
    if not unpacker.eof:
        raise EOFError("the last gzip member breaks off")
    return head


def _row(record: Any, hosts: dict[str, Source], counts: Counts) -> dict[str, Any] | None:
    """Read one answer, or count why it gives no article."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    source = hosts.get(host_key(url) or "")
    verdict = _refusal(record, source, url)
    if verdict is not None or source is None:
        counts.dropped[verdict or "off_host"] += 1
        return None
    fetched_at = _moment(record.rec_headers.get_header("WARC-Date"))
    if fetched_at is None:
        counts.dropped["bad_date"] += 1
        return None
    body = record.content_stream().read(LARGEST)
    try:
        found = extract(body, url, fetched_at=fetched_at, source=source, encoding=_charset(record))
    except Terminal:
        counts.dropped["bad_url"] += 1
        return None
    if found.status != "ok":
        counts.dropped[found.status] += 1
        return None
    return _article(found, source, fetched_at, record)


def _refusal(record: Any, source: Source | None, url: str) -> str | None:
    if source is None:
        return "off_host"
    if source.article_url and not source.is_article(url):
        return "not_article"
    if record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return "not_ok"
    kind = (record.http_headers.get_header("Content-Type") or "text/html").partition(";")[0].strip().lower()
    return None if kind in HTML_TYPES else "bad_type"


def _moment(text: str | None) -> datetime | None:
    found = parse(text or "", fetched_at=datetime(9998, 1, 1, tzinfo=UTC), timezone="UTC")
    return found.at if found else None


def _charset(record: Any) -> str | None:
    header = record.http_headers.get_header("Content-Type") or ""
    _, found, charset = header.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None


def _article(found: Any, source: Source, fetched_at: datetime, record: Any) -> dict[str, Any]:
    article = spool.article_id(found.canonical_url)
    return {
        "source_id": source.id,
        "article_id": article,
        "version_id": spool.version_id(article, found.title, found.body),
        "url": found.url,
        "canonical_url": found.canonical_url,
        "title": found.title,
        "body": found.body,
        "authors": list(found.authors),
        "section": found.section,
        "tags": list(found.tags),
        "edition_language": source.language,
        "published_at": found.published_at,
        "published_day": found.published_day,
        "date_rule": found.date_rule,
        "date_status": found.date_status,
        "fetched_at": fetched_at,
        "content_hash": spool.content_hash(found.title, found.body),
        "etag": record.http_headers.get_header("ETag"),
        "last_modified": record.http_headers.get_header("Last-Modified"),
        "extractor": found.extractor,
    }
