"""Claims through the flows: read with the sentences, stored with their speech acts, told by `classify`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from flows import annotate, sources, steps
from models import claims, classify
from models.claims import extract
from models.speech_acts import Reader, ReadError, SpeechAct
from warehouse import connection, load, pending

TEXT = "В прошлом году в стране жили 500 тысяч китайцев."
SOURCE = {"source_id": "wire_ru", "outlet": "wire", "outlet_name": "Wire", "country": "KZ", "language": "ru"}


class Echo:
    """A reader that knows claims and nothing else."""

    reading = {"model": "echo", "model_sha": "1", "codebook_version": "2", "lexicon_version": "3"}  # noqa: RUF012

    def read(self, passages):
        return [self._act(each) for each in passages]

    def _act(self, passage):
        if "fault" in passage.text:
            return ReadError(passage.id, "no")
        found = extract(passage.text, "ru")
        rest = ([], "irrelevant", 0.1, None, [], False, [], {"move:irrelevant": 0.9}, [])
        return SpeechAct(passage.id, "ru", "Cyrl", *rest, claims=found)


def unread(*texts: str, day: date | None = None) -> pa.Table:
    rows = [
        {"sentence_id": f"v-{n:04d}", "text": text, "lang": "ru", "prev": None, "next": None, "published_day": day}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    names = ("sentence_id", "text", "lang", "prev", "next")
    schema = pa.schema([*((name, pa.string()) for name in names), ("published_day", pa.date32())])
    return pa.Table.from_pylist(rows, schema=schema)


def test_claims_come_with_the_acts():
    found = annotate.read(Echo(), "r", unread("Не 500 тысяч, а 5 тысяч китайцев.", "fault", "Ничего."))
    assert found.acts.num_rows == 3
    rows = found.claims.to_pylist()
    assert [(row["sentence_id"], row["ordinal"], row["point"], row["rejected"]) for row in rows] == [
        ("v-0000", 0, 500_000, True),
        ("v-0000", 1, 5_000, False),
    ]


def test_last_year_is_that_before_publication():
    known = annotate.read(Echo(), "r", unread(TEXT, day=date(2026, 3, 2))).claims
    unknown = annotate.read(Echo(), "r", unread(TEXT)).claims
    assert (known["year"].to_pylist(), unknown["year"].to_pylist()) == ([2025], [None])


@pytest.fixture
def con(tmp_path):
    with connection.open_writer(tmp_path / "warehouse.duckdb", threads=1) as opened:
        load.targets(opened, pa.table({"name": ["chinese"]}))
        load.places(opened, sources.places(claims.default()))
        owner = {"source_id": ["wire_ru"], "since": pa.array([None], pa.date32()), "class": ["state"]}
        load.sources(opened, pa.Table.from_pylist([SOURCE | {"enabled": True}]), pa.table(owner))
        opened.execute(
            """insert into article by name select 'a' as article_id, 'wire_ru' as source_id, 'u' as canonical_url, 'u' as url,
                [] as authors, [] as tags, 'ru' as language, '2026-03-02' as published_day, 'meta' as date_rule,
                'ok' as date_status, now() as first_seen_at, '2026-03-02' as first_seen_day, now() as last_seen_at,
                'v' as latest_version_id"""
        )
        opened.execute(
            """insert into version by name select 'v' as version_id, 'a' as article_id, 'Заголовок' as title, $body as body,
                'h' as content_hash, now() as seen_at, now() as last_seen_at""",
            {"body": TEXT},
        )
        yield opened


def test_reading_stores_each_claim_once(con, monkeypatch):
    monkeypatch.setattr(annotate, "reader", lambda settings: Echo())
    settings = SimpleNamespace(reading=None)
    steps.read_sentences(con, settings, "2026-03-02")
    steps.read_sentences(con, settings, "2026-03-02")
    sql = "select target, point, year_used, year, place_used, measure from claim_against_official"
    assert con.sql(sql).fetchall() == [("chinese", 500_000.0, 2025, 2025, "kazakhstan", "expert_estimate")]


def test_a_load_of_claims_that_fails_takes_the_acts_with_it(con, monkeypatch):
    monkeypatch.setattr(annotate, "reader", lambda settings: Echo())

    def broken(con, claims):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(load, "claims", broken)
        steps.read_sentences(con, SimpleNamespace(reading=None), "2026-03-02")
    assert con.sql("select count(*) from speech_act").fetchone() == (0,)
    reading = con.sql("select reading_id from reading where is_current").fetchone()[0]
    assert pending.unread(con, reading, 10).num_rows == 2
    steps.read_sentences(con, SimpleNamespace(reading=None), "2026-03-02")
    assert con.sql("select count(*) from claim").fetchone() == (1,)


def test_classify_tells_claims(tmp_path: Path):
    given = tmp_path / "in.jsonl"
    given.write_text(
        json.dumps({"id": 1, "text": TEXT, "lang": "ru"})
        + "\n"
        + json.dumps({"id": 2, "text": "Тишина в ауле."})
        + "\n"
    )
    classify.run(given, tmp_path / "out.jsonl", Reader.load())
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert answers[0]["claims"][0]["quantity"] == {"low": 500_000, "high": 500_000, "point": 500_000}
    assert answers[0]["claims"][0]["target"] == "chinese"
    assert answers[1]["claims"] == []
