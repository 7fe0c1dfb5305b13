"""A small press for the warehouse: sentences say in their own words how they are to be labelled.

`threat chinese territory: ...` is securitizing, `denial russian: ...` desecuritizing, `fact chinese: ...` neutral, and
anything else irrelevant. So a test reads as what was printed, and no model is needed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from warehouse import connection, coverage, cube, load, pending

TARGETS = ["chinese", "russian", "central_asian"]
FRAMES = [
    ("territory", "political", 2, False),
    ("labour", "economic", 4, False),
    ("burden", "economic", 4, False),
    ("demographic", "societal", 3, False),
    ("debunk", "counter", None, True),
]
OWNERS = {"steppe_wire": "state", "city_evening": "private_independent", "free_word": "opposition"}
FIRST = date(2026, 3, 2)
READING = {"model": "small", "model_sha": "abc", "codebook_version": "2", "lexicon_version": "1"}
MOVES = {"threat": "securitizing", "denial": "desecuritizing", "fact": "neutral"}

UTC_US = pa.timestamp("us", tz="UTC")
ARTICLE_TYPES = {
    "authors": pa.list_(pa.string()),
    "tags": pa.list_(pa.string()),
    "published_at": UTC_US,
    "fetched_at": UTC_US,
    "warc_offset": pa.int64(),
}
ARTICLE_COLUMNS = [
    *(
        "source_id",
        "article_id",
        "version_id",
        "url",
        "canonical_url",
        "title",
        "body",
        "authors",
        "section",
        "tags",
    ),
    *(
        "edition_language",
        "published_at",
        "published_day",
        "date_rule",
        "date_status",
        "fetched_at",
        "content_hash",
    ),
    *("etag", "last_modified", "warc_file", "warc_offset", "extractor"),
]
ARTICLES = pa.schema([(name, ARTICLE_TYPES.get(name, pa.string())) for name in ARTICLE_COLUMNS])
FETCHES = pa.schema(
    [
        *((name, pa.string()) for name in ("night", "source_id", "url", "kind", "status")),
        ("http_status", pa.int32()),
        ("bytes", pa.int64()),
        ("fetched_at", UTC_US),
        ("detail", pa.string()),
        ("article_id", pa.string()),
    ]
)
ACTS = pa.schema(
    [
        ("reading_id", pa.string()),
        ("sentence_id", pa.string()),
        ("lang", pa.string()),
        ("targets", pa.list_(pa.string())),
        ("move", pa.string()),
        ("p_securitizing", pa.float64()),
        ("voice", pa.string()),
        ("referents", pa.list_(pa.string())),
        ("measure", pa.bool_()),
        ("frames", pa.list_(pa.string())),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("spans", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))),
    ]
)


def short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def day(number: int) -> str:
    """ISO date of a night; night 1 is a Monday."""
    return (FIRST + timedelta(days=number - 1)).isoformat()


def clock(night: str, hour: int = 20) -> datetime:
    return datetime.fromisoformat(f"{night}T{hour:02d}:00:00+00:00").astimezone(UTC)


def article(source: str, night: str, text: str, slug: str | None = None, **changes: Any) -> dict[str, Any]:
    """An article row; the first line of `text` is the headline, the others are sentences."""
    title, _, body = text.partition("\n")
    url = f"http://{source.rsplit('_', 1)[0]}.test/{slug or short(source + night + text)}"
    key = short(url)
    row = {
        "source_id": source,
        "article_id": key,
        "version_id": short(f"{key}\n{title}\n{body}"),
        "url": url,
        "canonical_url": url,
        "title": title,
        "body": body,
        "authors": ["A. B."],
        "section": None,
        "tags": [],
        "edition_language": source.rsplit("_", 1)[1],
        "published_at": clock(night, 6),
        "published_day": night,
        "date_rule": "meta",
        "date_status": "ok",
        "fetched_at": clock(night),
        "content_hash": short(title + body),
        "etag": f'"{short(body)}"',
        "last_modified": None,
        "warc_file": f"{night}/{source}.warc.gz",
        "warc_offset": 0,
        "extractor": "test/1",
    }
    return row | changes


def fetch(
    source: str, night: str, url: str, status: str = "ok", kind: str = "article", **changes: Any
) -> dict[str, Any]:
    row = {
        "night": night,
        "source_id": source,
        "url": url,
        "kind": kind,
        "status": status,
        "http_status": 200 if status == "ok" else None,
        "bytes": 100,
        "fetched_at": clock(night),
        "detail": None,
        "article_id": None,
    }
    return row | changes


def spool(
    night: str, articles: Sequence[dict[str, Any]], further: Sequence[dict[str, Any]] = ()
) -> tuple[pa.Table, pa.Table]:
    """The two tables of a spool: an answered feed for every source with articles, and a fetch for every article."""
    fetches = [
        fetch(source, night, f"http://{source}.test/feed", kind="feed")
        for source in {a["source_id"] for a in articles}
    ]
    fetches += [
        fetch(
            a["source_id"],
            night,
            a["url"],
            "ok" if a["date_status"] == "ok" else "undated",
            article_id=a["article_id"],
        )
        for a in articles
    ]
    fetches += further
    fetches.sort(key=lambda row: (row["source_id"], row["url"]))
    return pa.Table.from_pylist(list(articles), ARTICLES), pa.Table.from_pylist(fetches, FETCHES)


def split(versions: pa.Table) -> pa.Table:
    rows = [
        {
            "sentence_id": f"{version['version_id']}-{position:04d}",
            "version_id": version["version_id"],
            "position": position,
            "text": text,
            "start_offset": 0,
            "end_offset": len(text),
            "lang": version["edition_language"],
            "script": "Cyrl",
        }
        for version in versions.to_pylist()
        for position, text in enumerate([version["title"], *filter(None, version["body"].split("\n"))])
    ]
    kinds = {"position": pa.int32(), "start_offset": pa.int32(), "end_offset": pa.int32()}
    names = ["sentence_id", "version_id", "position", "text", "start_offset", "end_offset", "lang", "script"]
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in names]))


def act(reading_id: str, sentence_id: str, text: str, lang: str | None = None) -> dict[str, Any]:
    head = text.partition(":")[0].split() if ":" in text else []
    move = MOVES.get(head[0], "irrelevant") if head else "irrelevant"
    said = head[1:] if move != "irrelevant" else []
    loud = move == "securitizing"
    return {
        "reading_id": reading_id,
        "sentence_id": sentence_id,
        "lang": lang,
        "targets": [word for word in said if word in TARGETS],
        "move": move,
        "p_securitizing": 0.9 if loud else 0.1,
        "voice": "author" if move in ("securitizing", "desecuritizing") else None,
        "referents": ["state"] if loud else [],
        "measure": "ban" in said,
        "frames": [word for word in said if word in {name for name, *_ in FRAMES}],
        "scores": [("move.securitizing", 0.9)] if loud else [],
        "spans": [{"start": 0, "end": 6, "label": "move"}] if loud else [],
    }


def acts(reading_id: str, unread: pa.Table) -> pa.Table:
    rows = [act(reading_id, row["sentence_id"], row["text"], row["lang"]) for row in unread.to_pylist()]
    return pa.Table.from_pylist(rows, ACTS)


class House:
    """A warehouse with a registry and codebook, and the steps of a night in one call each."""

    def __init__(self, con: Any, sources: Mapping[str, str] | None = None) -> None:
        self.con = con
        load.targets(con, pa.table({"name": TARGETS}))
        names = ("name", "sector", "weiner", "counter")
        load.frames(con, pa.table(dict(zip(names, map(list, zip(*FRAMES, strict=True)), strict=True))))
        self.register(
            sources
            or {
                "steppe_wire_kk": "state",
                "steppe_wire_ru": "state",
                "city_evening_ru": "private_independent",
            }
        )
        self.reading = load.reading(con, READING)

    def register(self, sources: Mapping[str, str], enabled: bool = True) -> dict[str, int]:
        rows = [
            {
                "source_id": source,
                "outlet": source.rsplit("_", 1)[0],
                "outlet_name": source.rsplit("_", 1)[0].title(),
                "country": "KZ",
                "language": source.rsplit("_", 1)[1],
                "media_type": "portal",
                "timezone": "Asia/Almaty",
                "base_url": f"http://{source}.test",
                "tier": "A",
                "enabled": enabled,
            }
            for source in sources
        ]
        owners = [
            {"source_id": source, "since": None, "class": owner, "confidence": "high", "evidence": "says so"}
            for source, owner in sources.items()
        ]
        schema = pa.schema(
            [("source_id", pa.string()), ("since", pa.date32())]
            + [(n, pa.string()) for n in ("class", "confidence", "evidence")]
        )
        return load.sources(self.con, pa.Table.from_pylist(rows), pa.Table.from_pylist(owners, schema))

    def night(
        self, night: str, articles: Sequence[dict[str, Any]], further: Sequence[dict[str, Any]] = ()
    ) -> dict[str, int]:
        """Load, split, read, count."""
        counts = load.spool(self.con, *spool(night, articles, further), night)
        self.read()
        self.count(night)
        return counts

    def nights(self, spools: Sequence[tuple[pa.Table, pa.Table]]) -> None:
        """Load, split, read and count many nights at once: each row's fetch says which night it is of."""
        articles, fetches = (pa.concat_tables(tables) for tables in zip(*spools, strict=True))
        load.spool(self.con, articles, fetches, None)
        self.read()
        coverage.refresh(self.con, sorted(set(fetches["night"].to_pylist())))
        cube.refresh(self.con)

    def read(self) -> None:
        load.sentences(self.con, split(pending.unsplit_versions(self.con)))
        load.speech_acts(self.con, acts(self.reading, pending.unread(self.con, self.reading, 10**6)))

    def count(self, night: str) -> None:
        coverage.refresh(self.con, night)
        cube.refresh(self.con)

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.con.execute(sql, list(parameters)).fetchall()
        return found


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse, made once: its four hundred comments take longer than a test."""
    path = tmp_path_factory.mktemp("template") / "warehouse.duckdb"
    connection.open_writer(path).close()
    return path


@pytest.fixture
def path(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "warehouse.duckdb"))


@pytest.fixture
def con(path: Path) -> Iterator[Any]:
    with connection.open_writer(path, threads=1) as opened:
        yield opened


@pytest.fixture
def house(con: Any) -> House:
    return House(con)
