"""Archives become spools: nothing is lost uncounted, nothing broken stops the rest, the same file gives the same bytes."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers import spool
from crawlers.dates import UnknownZone
from crawlers.ingest import ingest
from crawlers.ingest_fields import BadMapping, FieldMap, parse_map, slug_of
from crawlers.ingest_files import DamagedArchive, UnknownArchive
from crawlers.source import Selectors, Source

NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared"
ROWS = [
    {
        "channel": "Жаңа хабар",
        "message_id": 1,
        "date": "2024-10-05T20:30:00+00:00",
        "text": "Қысқа тақырып\n\nҚазақстанда жаңа заң қабылданды деп хабарлайды агенттік.",
    },
    {
        "channel": "Новости города",
        "message_id": 2,
        "date": "2024-10-05T10:00:00+00:00",
        "text": "**Рейд** прошёл [в городе](https://t.me/x), сообщила полиция.",
    },
    {
        "channel": "Новости города",
        "message_id": 3,
        "date": "05.10.2024 12:00",
        "text": "Вторая новость города, без заголовка.",
    },
]
MAP = parse_map(["text=text date=date", "source=channel", "id=message_id"])


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def packed_zstd(raw):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(raw)
    return sink.getvalue().to_pybytes()


def written(path, rows):
    """Write rows in the format that the name asks for."""
    name = path.name
    if ".parquet" in name:
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif ".csv" in name:
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
    else:
        path.write_bytes(lines(rows))
    raw = path.read_bytes()
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(raw, mtime=0))
    elif name.endswith(".zst"):
        path.write_bytes(packed_zstd(raw))
    return path


def articles(summary):
    return pa.concat_tables([spool.read(folder).articles for folder in summary.spools]).to_pylist()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.csv.gz", "a.parquet"])
def test_every_format_gives_the_same_articles(tmp_path, name):
    summary = ingest(
        [written(tmp_path / name, ROWS)], tmp_path / "out", now=NOW, fields=MAP, cleaner="telegram"
    )
    assert (summary.read, summary.written, dict(summary.dropped)) == (3, 3, {})
    by_text = {row["body"]: row for row in articles(summary)}
    kazakh = by_text["Қазақстанда жаңа заң қабылданды деп хабарлайды агенттік."]
    assert kazakh["title"] == "Қысқа тақырып"
    assert (kazakh["source_id"], kazakh["edition_language"]) == ("zhana_khabar_kk", "kk")
    assert kazakh["published_day"] == "2024-10-06"
    assert kazakh["fetched_at"] == kazakh["published_at"] == datetime(2024, 10, 5, 20, 30, tzinfo=UTC)
    assert by_text["Рейд прошёл в городе, сообщила полиция."]["title"] == ""
    assert by_text["Вторая новость города, без заголовка."]["published_at"].hour == 7
    assert all(row["canonical_url"].startswith("urn:baqylau:") for row in by_text.values())


def test_sources_are_ready_for_the_warehouse(tmp_path):
    summary = ingest([written(tmp_path / "a.jsonl", ROWS)], tmp_path / "out", now=NOW, fields=MAP)
    assert [(source.id, source.language, source.outlet_name) for source in summary.sources] == [
        ("novosti_goroda_ru", "ru", "Новости города"),
        ("zhana_khabar_kk", "kk", "Жаңа хабар"),
    ]
    assert {source.ownership[0].ownership_class for source in summary.sources} == {"unknown"}
    assert {row["source_id"] for row in articles(summary)} == {source.id for source in summary.sources}


def test_the_same_archive_gives_the_same_bytes_and_keys(tmp_path):
    path = written(tmp_path / "a.jsonl", ROWS)
    for out in ("one", "two"):
        ingest([path], tmp_path / out, now=NOW, fields=MAP)
    files = sorted(file.relative_to(tmp_path / "one") for file in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 3
    assert all(
        (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files
    )


def test_broken_records_are_counted_and_cost_only_themselves(tmp_path):
    raw = (
        lines(ROWS)
        + b"{cut\n[1, 2]\n\n\xff\xfe\n"
        + lines(
            [
                {**ROWS[0], "text": "  "},
                {**ROWS[0], "message_id": 8, "date": "когда-то"},
                {**ROWS[0], "message_id": 9, "date": "2031-01-01"},
                {**ROWS[0], "message_id": 10, "date": None, "text": "Без даты, но с текстом \ud83d."},
                ROWS[0],
            ]
        )
    )
    (tmp_path / "a.jsonl").write_bytes(raw)
    summary = ingest([tmp_path / "a.jsonl"], tmp_path / "out", now=NOW, fields=MAP)
    assert dict(summary.dropped) == {
        "bad_json": 2,
        "not_an_object": 1,
        "no_text": 1,
        "bad_date": 2,
        "duplicate": 1,
    }
    assert summary.read == summary.written + summary.dropped.total() == 11
    undated = next(row for row in articles(summary) if row["date_status"] == "undated")
    assert undated["fetched_at"] == NOW


def test_urls_make_keys_and_versions(tmp_path):
    rows = [
        {
            "url": "https://www.x.kz/a?utm_source=t",
            "title": "T",
            "body": "Первый текст.",
            "published": "2024-10-05",
        },
        {"url": "http://x.kz/amp/a", "title": "T", "body": "Второй текст.", "published": "2024-10-05"},
        {"url": "mailto:x", "title": "T", "body": "Третий текст.", "published": "2024-10-05"},
    ]
    summary = ingest([written(tmp_path / "site.jsonl", rows)], tmp_path / "out", now=NOW)
    found = articles(summary)
    assert {row["canonical_url"] for row in found} == {"https://x.kz/a"}
    assert len({row["version_id"] for row in found}) == 2
    assert len({row["article_id"] for row in found}) == 1
    assert dict(summary.dropped) == {"bad_url": 1}
    assert [source.id for source in summary.sources] == ["site_ru"]
    fetches = spool.read(summary.spools[0]).fetches.to_pylist()
    assert {(row["night"], row["status"]) for row in fetches} == {("2024-10-05", "ok")}


def test_parts_are_bounded(tmp_path):
    rows = [{"text": f"Новость номер {number} о городе.", "date": "2024-10-05"} for number in range(25)]
    summary = ingest([written(tmp_path / "a.jsonl", rows)], tmp_path / "out", now=NOW, part_rows=10)
    assert [spool.read(folder).articles.num_rows for folder in summary.spools] == [10, 10, 5]


@pytest.mark.parametrize(
    ("name", "damage", "place"),
    [
        ("a.jsonl.gz", lambda raw: raw[: len(raw) // 2], "line"),
        ("a.jsonl.gz", lambda raw: raw[:-8] + b"\0" * 8, "line"),
        ("a.jsonl.zst", lambda raw: raw[: len(raw) // 2], "line"),
        ("a.parquet", lambda raw: raw[:-20], "beginning"),
        ("a.parquet", lambda raw: b"PAR1 no", "beginning"),
    ],
)
def test_a_damaged_file_is_one_error_that_names_file_and_place(tmp_path, name, damage, place):
    rows = [
        {"text": f"Новость номер {number} {number * 7919 % 1009} о городе.", "date": "2024-10-05"}
        for number in range(3000)
    ]
    path = written(tmp_path / name, rows)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedArchive, match=name) as caught:
        ingest([path], tmp_path / "out", now=NOW)
    assert place in caught.value.place
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("name", ["a.docx", "missing.jsonl"])
def test_what_is_no_archive_is_refused(tmp_path, name):
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(UnknownArchive, match=name):
        ingest([tmp_path / name], tmp_path / "out", now=NOW)


def test_mapping_faults_come_all_at_once():
    with pytest.raises(BadMapping) as caught:
        parse_map(["titel=a", "date", "url="])
    assert len(caught.value.faults) == 3
    assert parse_map([]) is None
    assert parse_map(["text=body,title=head line"]) == FieldMap(text="body", title="head line")


def test_columns_that_cannot_be_guessed_are_listed(tmp_path):
    with pytest.raises(BadMapping, match="stuff"):
        ingest([written(tmp_path / "a.jsonl", [{"stuff": "x"}])], tmp_path / "out", now=NOW)


def test_unknown_zone_stops_at_once(tmp_path):
    with pytest.raises(UnknownZone):
        ingest([], tmp_path / "out", now=NOW, timezone="Mars")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Новости / Города!", "novosti_goroda"),
        ("Жаңа Өмір", "zhana_omir"),
        ("BBC News | Русская служба", "bbc_news_russkaya_sluzhba"),
        ("Café", "cafe"),
    ],
)
def test_slugs_are_plain_ascii(name, slug):
    assert slug_of(name) == slug


def test_names_that_fall_together_stay_two_sources(tmp_path):
    rows = [
        {"source": name, "text": f"Новость канала {name} о городе."}
        for name in ("Топор", "Топор+", "топор!", "新闻")
    ]
    summary = ingest([written(tmp_path / "a.jsonl", rows)], tmp_path / "out", now=NOW)
    assert len({source.id for source in summary.sources}) == 4


def source(host):
    return Source(
        id="steppe_wire_ru",
        outlet="steppe-wire",
        outlet_name="Steppe Wire",
        country="KZ",
        media_type="agency",
        timezone="Asia/Almaty",
        language="ru",
        base_url=f"https://{host}",
        tier="A",
        enabled=True,
        hosts=frozenset({host}),
        ownership=(),
        article_url=(r"^/news/\d+$",),
        selectors=Selectors(),
    )


def warc(path, pages):
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=path.suffix == ".gz")
        for url, status, kind, body in pages:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            dated = {"WARC-Date": "2026-06-22T02:22:19Z"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), http_headers=headers, warc_headers_dict=dated
                )
            )
    return path


ARTICLE = (
    '<html><head><title>Рейд</title><meta property="article:published_time" content="2026-06-20T10:00:00+05:00"></head>'
    "<body><article><h1>Рейд в городе</h1>"
    + "".join(
        f"<p>Абзац номер {number}: полиция проверила документы у рабочих на стройке жилого дома.</p>"
        for number in range(8)
    )
    + "</article></body></html>"
)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_warc_pages_of_the_registry_are_read_and_others_counted(tmp_path, name):
    pages = [
        ("https://s.kz/news/1", "200 OK", "text/html; charset=windows-1251", ARTICLE.encode("cp1251")),
        ("https://s.kz/news/2", "404 Not Found", "text/html", b"x"),
        ("https://s.kz/about", "200 OK", "text/html", b"x"),
        ("https://s.kz/news/3", "200 OK", "image/png", b"x"),
        ("https://other.kz/news/1", "200 OK", "text/html", ARTICLE.encode()),
        ("https://s.kz/news/4", "200 OK", "text/html", b"<html><body><p></p></body></html>"),
    ]
    summary = ingest([warc(tmp_path / name, pages)], tmp_path / "out", now=NOW, registry=[source("s.kz")])
    assert summary.read == 6
    assert dict(summary.dropped) == {
        "not_ok": 1,
        "not_article": 1,
        "bad_type": 1,
        "off_host": 1,
        "empty_body": 1,
    }
    (row,) = articles(summary)
    assert (row["title"], row["published_day"], row["source_id"]) == (
        "Рейд в городе",
        "2026-06-20",
        "steppe_wire_ru",
    )
    assert row["fetched_at"] == datetime(2026, 6, 22, 2, 22, 19, tzinfo=UTC)
    assert (row["warc_file"], row["warc_offset"]) == (name, 0)
    assert [entry.id for entry in summary.sources] == ["steppe_wire_ru"]


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
@pytest.mark.parametrize("cut", [300, 5, 900])
def test_a_cut_warc_is_one_error(tmp_path, name, cut):
    path = warc(
        tmp_path / name,
        [(f"https://s.kz/news/{n}", "200 OK", "text/html", ARTICLE.encode()) for n in range(5)],
    )
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DamagedArchive, match=name):
        ingest([path], tmp_path / "out", now=NOW, registry=[source("s.kz")])
    assert not (tmp_path / "out").exists()


@pytest.mark.shared
@pytest.mark.skipif(
    not (SHARED / "data/real").exists(), reason="the project's shared data is not beside the checkout"
)
def test_the_real_archive_becomes_spools(tmp_path):
    path = SHARED / "data/real/telegram_ru.jsonl.gz"
    summary = ingest([path], tmp_path / "out", now=NOW, fields=MAP, cleaner="telegram")
    assert (summary.read, summary.written) == (21984, 21984)
    assert len(summary.sources) == 24
    assert {source.language for source in summary.sources} == {"ru"}
    assert summary.days == ("2023-08-10", "2024-12-04")
