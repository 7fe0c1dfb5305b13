"""The archive: every article page as it came over the wire, in WARC 1.1, one file per source and night.

Each record is its own gzip member, so members can be put in any order. They are collected in the order in which
pages arrive and sorted by address at the end: the same pages give the same bytes, however the network raced.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.errors import ArchiveUnwritable
from crawlers.source import path_and_query

VERSION = "1.1"
FORMAT_URL = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `body` is what came over the wire, still packed if it came packed."""

    url: str
    fetched_at: datetime
    status: int
    request_headers: Sequence[tuple[str, str]]
    response_headers: Sequence[tuple[str, str]]
    body: bytes
    ip: str | None = None


class WarcFile:
    """Collects the exchanges of one source and night; `close` gives the file and where each page lies in it."""

    def __init__(self, path: Path, software: str) -> None:
        self.path = path
        self._software = software
        self._part = path.with_name(f"{path.name}.part")
        self._members: list[tuple[str, str, int, int, int]] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._out: BinaryIO = self._part.open("wb+")
        except OSError as error:
            raise ArchiveUnwritable(path, f"{type(error).__name__}: {error}") from error

    def add(self, exchange: Exchange) -> int:
        """Append one exchange and return its number, by which `close` tells its offset.

        Raises:
            ArchiveUnwritable: no space, no rights.
        """
        packed = _pack(exchange)
        number = len(self._members)
        try:
            start = self._out.tell()
            self._out.write(packed)
        except OSError as error:
            raise ArchiveUnwritable(self.path, f"{type(error).__name__}: {error}") from error
        digest = hashlib.sha256(exchange.body).hexdigest()
        self._members.append((exchange.url, digest, number, start, len(packed)))
        return number

    def close(self, fetched_at: datetime) -> list[int]:
        """Write the sorted file in place and return the offset of each exchange's response record.

        Args:
            fetched_at: the night's time, for the leading `warcinfo` record.
        """
        offsets = [0] * len(self._members)
        final = self._part.with_suffix(".sorted.part")
        try:
            with final.open("wb") as out:
                out.write(_info(self.path.name, self._software, fetched_at))
                for _, _, number, start, length in sorted(self._members):
                    offsets[number] = out.tell()
                    self._out.seek(start)
                    shutil.copyfileobj(BytesIO(self._out.read(length)), out)
                out.flush()
                os.fsync(out.fileno())
            final.replace(self.path)
        except OSError as error:
            raise ArchiveUnwritable(self.path, f"{type(error).__name__}: {error}") from error
        finally:
            self.discard()
        return offsets

    def discard(self) -> None:
        """Drop what has been collected."""
        self._out.close()
        self._part.unlink(missing_ok=True)
        self._part.with_suffix(".sorted.part").unlink(missing_ok=True)


def _pack(exchange: Exchange) -> bytes:
    """Return the response record and the request record that points to it, each a gzip member."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version=VERSION)
    response = _response(writer, exchange)
    request = _request(writer, exchange, response.rec_headers.get_header("WARC-Record-ID"))
    writer.write_record(response)
    writer.write_record(request)
    return buffer.getvalue()


def _response(writer: WARCWriter, exchange: Exchange) -> ArcWarcRecord:
    headers = {
        "WARC-Record-ID": _record_id("response", exchange),
        "WARC-Date": _warc_date(exchange.fetched_at),
    }
    if exchange.ip:
        headers["WARC-IP-Address"] = exchange.ip
    return writer.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        warc_headers_dict=headers,
        http_headers=StatusAndHeaders(
            _status_line(exchange.status), list(exchange.response_headers), protocol="HTTP/1.1"
        ),
    )


def _request(writer: WARCWriter, exchange: Exchange, response_id: str) -> ArcWarcRecord:
    headers = {
        "WARC-Record-ID": _record_id("request", exchange),
        "WARC-Date": _warc_date(exchange.fetched_at),
        "WARC-Concurrent-To": response_id,
    }
    lines = [("Host", urlsplit(exchange.url).netloc), *exchange.request_headers]
    return writer.create_warc_record(
        exchange.url,
        "request",
        warc_headers_dict=headers,
        http_headers=StatusAndHeaders(
            f"GET {path_and_query(exchange.url)} HTTP/1.1", lines, is_http_request=True
        ),
    )


def _info(name: str, software: str, fetched_at: datetime) -> bytes:
    """Return the `warcinfo` record that opens the file."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version=VERSION)
    lines = {
        "software": software,
        "format": f"WARC File Format {VERSION}",
        "conformsTo": FORMAT_URL,
        "robots": "obey",
    }
    payload = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
    record = writer.create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(payload),
        length=len(payload),
        warc_content_type="application/warc-fields",
        warc_headers_dict={
            "WARC-Record-ID": _urn(f"warcinfo\n{name}\n{_warc_date(fetched_at)}\n{software}"),
            "WARC-Date": _warc_date(fetched_at),
            "WARC-Filename": name,
        },
    )
    writer.write_record(record)
    return buffer.getvalue()


def _record_id(kind: str, exchange: Exchange) -> str:
    body = hashlib.sha256(exchange.body).hexdigest()
    return _urn(f"{kind}\n{exchange.url}\n{_warc_date(exchange.fetched_at)}\n{exchange.status}\n{body}")


def _urn(text: str) -> str:
    """Return a record id that is a function of the record: a random one would change the file with every run."""
    return f"<urn:uuid:{uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=5)}>"


def _warc_date(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"
