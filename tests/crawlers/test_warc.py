"""The archive: standard WARC that other tools read, the same bytes for the same pages."""

from __future__ import annotations

import gzip
import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawlers.errors import ArchiveUnwritable
from crawlers.warc import Exchange, WarcFile

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)


def exchange(number: int, **changes) -> Exchange:
    values = {
        "url": f"http://wire.example/news/{number}?a=1",
        "fetched_at": NOW,
        "status": 200,
        "request_headers": [("User-Agent", "baqylau"), ("Accept", "text/html")],
        "response_headers": [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
        ],
        "body": f"<html>бет {number}</html>".encode(),
        "ip": "192.0.2.7",
    }
    return Exchange(**(values | changes))


def written(path, exchanges) -> tuple[bytes, list[int]]:
    warc = WarcFile(path, "baqylau test")
    for one in exchanges:
        warc.add(one)
    offsets = warc.close(NOW)
    return path.read_bytes(), offsets


def test_records_are_read_back_by_warcio(tmp_path):
    path = tmp_path / "2026-03-02" / "wire_ru.warc.gz"
    written(path, [exchange(1), exchange(2, status=404)])
    with path.open("rb") as file:
        records = []
        for record in ArchiveIterator(file, check_digests=True):
            records.append(
                (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read())
            )
            assert record.digest_checker.passed in (True, None)
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "request", "response", "request"]
    _, headers, http, body = records[1]
    assert headers.protocol == "WARC/1.1" and headers.get_header("WARC-Date") == "2026-03-02T20:00:00Z"
    assert headers.get_header("WARC-Target-URI") == "http://wire.example/news/1?a=1"
    assert headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert http.get_statuscode() == "200" and body.decode() == "<html>бет 1</html>"
    assert [value for name, value in http.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    request = records[2]
    assert request[1].get_header("WARC-Concurrent-To") == headers.get_header("WARC-Record-ID")
    assert request[2].get_header("Host") == "wire.example" and "GET /news/1?a=1 HTTP/1.1" in str(request[2])
    assert records[3][2].statusline == "404 Not Found"


def test_offsets_lead_to_each_page(tmp_path):
    path = tmp_path / "x.warc.gz"
    exchanges = [exchange(number) for number in (3, 1, 2)]
    _, offsets = written(path, exchanges)
    for one, offset in zip(exchanges, offsets, strict=True):
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file)))
            assert record.rec_headers.get_header("WARC-Target-URI") == one.url
            assert record.content_stream().read() == one.body


def test_order_of_arrival_does_not_change_the_file(tmp_path):
    exchanges = [exchange(1), exchange(2), exchange(3, ip=None)]
    files = {written(tmp_path / "x.warc.gz", order)[0] for order in itertools.permutations(exchanges)}
    assert len(files) == 1


def test_time_zone_of_the_clock_does_not_change_the_file(tmp_path):
    almaty = NOW.astimezone(timezone(timedelta(hours=5)))
    one, _ = written(tmp_path / "x.warc.gz", [exchange(1)])
    two, _ = written(tmp_path / "x.warc.gz", [exchange(1, fetched_at=almaty)])
    assert one == two


def test_a_packed_body_stays_packed(tmp_path):
    packed = gzip.compress(b"<html>packed</html>", mtime=0)
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    path = tmp_path / "x.warc.gz"
    written(path, [exchange(1, body=packed, response_headers=headers)])
    with path.open("rb") as file:
        record = next(record for record in ArchiveIterator(file) if record.rec_type == "response")
        assert record.content_stream().read() == b"<html>packed</html>", (
            "warcio unpacks what the header says is packed"
        )
    with path.open("rb") as file:
        record = next(record for record in ArchiveIterator(file) if record.rec_type == "response")
        assert record.raw_stream.read() == packed


def test_hostile_headers_and_bodies_stay_inside_their_record(tmp_path):
    nasty = exchange(
        1,
        body=b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n" + bytes(range(256)),
        response_headers=[("X-Name", "b\xe4r \u044f"), ("Empty", "")],
        status=299,
    )
    path = tmp_path / "x.warc.gz"
    written(path, [nasty, exchange(2)])
    with path.open("rb") as file:
        bodies = [
            record.content_stream().read()
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert bodies[0] == nasty.body and len(bodies) == 2


def test_the_standard_checker_is_content(tmp_path, capsys):
    path = tmp_path / "x.warc.gz"
    written(path, [exchange(number) for number in range(5)])
    command = type("Args", (), {"inputs": [str(path)], "verbose": True})
    checker = Checker(command)
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out


def test_nothing_is_left_of_a_night_that_was_abandoned(tmp_path):
    warc = WarcFile(tmp_path / "x.warc.gz", "baqylau test")
    warc.add(exchange(1))
    warc.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveUnwritable) as caught:
        WarcFile(tmp_path / "file" / "x.warc.gz", "baqylau test")
    assert "\n" not in str(caught.value)
