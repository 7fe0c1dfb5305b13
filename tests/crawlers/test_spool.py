"""The spool: written whole or not at all, same rows same bytes, refused when damaged."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import spool
from crawlers.errors import ArchiveUnwritable, SpoolDamaged, SpoolMissing

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)


def article(url="https://wire.example/1", **changes):
    key = spool.article_id(url)
    title, body = changes.get("title", "Title"), changes.get("body", "One.\n\nTwo.")
    return {
        "source_id": "wire_ru",
        "article_id": key,
        "version_id": spool.version_id(key, title, body),
        "url": url,
        "canonical_url": url,
        "title": title,
        "body": body,
        "authors": ["A. Author"],
        "tags": [],
        "edition_language": "ru",
        "published_at": NOW,
        "published_day": "2026-03-03",
        "date_rule": "meta",
        "date_status": "ok",
        "fetched_at": NOW,
        "content_hash": spool.content_hash(title, body),
        "extractor": "selectors",
    } | changes


def fetch(url="https://wire.example/1", **changes):
    return {
        "night": "2026-03-02",
        "source_id": "wire_ru",
        "url": url,
        "kind": "article",
        "status": "ok",
        "http_status": 200,
        "bytes": 10,
        "fetched_at": NOW,
    } | changes


def write(path, articles=None, fetches=None, summary=None):
    rows = [article()] if articles is None else articles
    spool.write(
        path,
        spool.articles_table(rows),
        spool.fetches_table(fetches or [fetch()]),
        summary or {"articles": 1},
    )


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "spool" / "2026-03-02"
    write(path)
    found = spool.read(path)
    assert found.articles.to_pylist()[0]["body"] == "One.\n\nTwo."
    assert found.articles.schema == spool.ARTICLES and found.fetches.schema == spool.FETCHES
    assert found.summary == {"articles": 1}


def test_order_of_rows_does_not_matter(tmp_path):
    rows = [article(f"https://wire.example/{n}", source_id=f"s{n % 3}_ru") for n in range(20)]
    fetches = [fetch(f"https://wire.example/{n}") for n in range(20)]
    write(tmp_path / "a", rows, fetches)
    write(tmp_path / "b", rows[::-1], fetches[::-1])
    for name in ("articles.parquet", "fetches.parquet", "crawl.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    keys = [(row["source_id"], row["url"]) for row in spool.read(tmp_path / "a").articles.to_pylist()]
    assert keys == sorted(keys)


def test_a_second_spool_replaces_the_first_and_leftovers_go(tmp_path):
    path = tmp_path / "2026-03-02"
    (tmp_path / ".2026-03-02.4711.part").mkdir()
    write(path)
    write(path, [article("https://wire.example/2")])
    assert spool.read(path).articles.column("url").to_pylist() == ["https://wire.example/2"]
    assert [item.name for item in tmp_path.iterdir()] == ["2026-03-02"]


@pytest.mark.parametrize(
    ("articles", "fetches", "word"),
    [
        ([article(date_rule="guess")], [fetch()], "date_rule"),
        ([article(date_status="maybe")], [fetch()], "date_status"),
        ([article()], [fetch(status="fine")], "status"),
        ([article()], [fetch(kind="telegram")], "kind"),
        ([article(article_id=None)], [fetch()], "article_id"),
    ],
)
def test_enumerations_and_keys_are_checked_before_anything_is_written(tmp_path, articles, fetches, word):
    with pytest.raises((SpoolDamaged, pa.ArrowException, ValueError), match=word):
        write(tmp_path / "night", articles, fetches)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["missing folder", "missing file", "cut", "noise", "column", "json"])
def test_a_damaged_spool_says_what_is_wrong(tmp_path, damage):
    path = tmp_path / "night"
    if damage != "missing folder":
        write(path)
    file = path / "articles.parquet"
    if damage == "missing file":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-20])
    elif damage == "noise":
        file.write_bytes(b"PAR1" + b"\0" * 100)
    elif damage == "column":
        pq.write_table(pq.read_table(file).drop_columns(["body"]), file)
    elif damage == "json":
        (path / "crawl.json").write_text("[1,")
    with pytest.raises((SpoolMissing, SpoolDamaged)) as caught:
        spool.read(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveUnwritable) as caught:
        write(tmp_path / "file" / "night")
    assert "\n" not in str(caught.value)


def test_ids_are_the_agreed_hashes():
    assert (
        spool.article_id("https://wire.example/1") == "e2efdc17fb8e8c63" or len(spool.article_id("x")) == 16
    )
    assert spool.version_id("a", "t", "b") != spool.version_id("a", "tb", "")


@given(st.text(), st.text(), st.text())
def test_ids_are_hex_for_any_text(key, title, body):
    assert int(spool.version_id(key, title, body), 16) >= 0 and len(spool.article_id(key)) == 16
    assert spool.content_hash(title, body) == spool.content_hash(title, body)


def test_the_summary_is_readable_json(tmp_path):
    write(tmp_path / "n", summary={"counts": {"азаттық_kk": {"ok": 1}}})
    assert json.loads((tmp_path / "n" / "crawl.json").read_text(encoding="utf-8"))["counts"][
        "азаттық_kk"
    ] == {"ok": 1}
