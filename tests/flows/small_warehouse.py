"""A small warehouse made by the warehouse's own loads: fifty nights, five editions, a spike, gaps, hostile texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from crawlers import spool
from flows import alert, annotate
from flows.settings import Alerts
from warehouse import connection, coverage, cube, load, rows, series

FIRST = date(2026, 1, 5)
NIGHTS = 50
SPIKE = range(44, 48)
DARK = range(34, 37)  # one edition is not collected
BLACKOUT = 38  # nothing is
HOSTILE = "<script>alert(1)</script>"
NASTY_TITLE = f'Жер сатылды {HOSTILE} | [x](javascript:alert(1)) `"&\u202e'
NASTY_SENTENCE = f"Қытайлар жерімізді алып қояды {HOSTILE} *деді* <img src=http://evil.example/x.png>"
EDITED_TITLE = f"Түзетілген {HOSTILE}"
CALM = "Ауылда жаңа мектеп ашылды."
SPAN = {"start": 0, "end": 8, "label": "target:chinese"}

# source_id, outlet, name, country, language, owner
SOURCES = [
    ("gazette_kk", "gazette", "People's Gazette", "KZ", "kk", "opposition"),
    ("portal_kk", "portal", "Khan Portal", "KZ", "kk", "state"),
    ("portal_ru", "portal", "Khan Portal", "KZ", "ru", "state"),
    ("letter_kk", "letter", f"Letter {HOSTILE}", "KG", "kk", "private_independent"),
    ("wire_ru", "wire", "Steppe Wire", "KZ", "ru", "private_unclassified"),
]


def day(k: int) -> str:
    return (FIRST + timedelta(days=k)).isoformat()


def at(k: int, hour: int, minute: int = 0) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(
        days=k, hours=hour, minutes=minute
    )


def build(path: Path) -> Any:
    """A writer on the finished warehouse."""
    con = connection.open_writer(path)
    _codebook_and_sources(con)
    reading = {"model": "default", "model_sha": "ab" * 32, "codebook_version": "2", "lexicon_version": "4"}
    reading_id = load.reading(con, reading)
    # an archive of many days goes in at once: first-seen days then come from the time of each fetch
    printed = Printed([], [], {}, [])
    for k in range(NIGHTS):
        _night(printed, k)
    load.spool(con, spool.articles_table(printed.articles), spool.fetches_table(printed.fetches), None)
    load.sentences(con, _sentences(printed.threats))
    load.speech_acts(con, _acts(reading_id, printed.threats))
    load.stories(con, pa.Table.from_pylist(printed.members, schema=rows.schema(con, "story_member")))
    coverage.refresh(con, [day(k) for k in range(NIGHTS)])
    cube.refresh(con, None)
    _alarms(con, reading_id)
    return con


def _codebook_and_sources(con: Any) -> None:
    load.targets(con, pa.table({"name": ["chinese", "russian"]}))
    load.frames(
        con,
        pa.table(
            {
                "name": ["territory"],
                "sector": ["political"],
                "weiner": pa.array([2], pa.int8()),
                "counter": [False],
            }
        ),
    )
    names = ("source_id", "outlet", "outlet_name", "country", "language")
    listed = [dict(zip(names, row, strict=False)) | {"enabled": True, "base_url": None} for row in SOURCES]
    owners = [
        {"source_id": row[0], "since": None, "class": row[5], "confidence": "high", "evidence": "x"}
        for row in SOURCES
    ]
    owned = pa.Table.from_pylist(
        owners, schema=pa.schema([(n, pa.date32() if n == "since" else pa.string()) for n in owners[0]])
    )
    load.sources(con, pa.Table.from_pylist(listed), owned)


def _texts(source: str, k: int) -> list[tuple[str, str, bool]]:
    """Title, body and whether the body's sentence presents a threat, of one edition on one night."""
    several = [(f"{source} жаңалық {k}-{i}", CALM, False) for i in range(3)]
    if source == "portal_kk" and k % 3 == 0:
        several[0] = (f"Базар туралы {k}", f"Қытай тауары базарды басып алды {k}.", True)
    if k in SPIKE and source.endswith("_kk"):
        for i in range(4):
            several.append((f"{NASTY_TITLE} {k}-{i}", f"{NASTY_SENTENCE} {k}-{i}", True))
    return several


@dataclass
class Printed:
    """All that the press printed, as the spool and the layers after it would hand it over."""

    articles: list[dict[str, Any]]
    fetches: list[dict[str, Any]]
    threats: dict[str, tuple[str, str, bool]]
    members: list[dict[str, Any]]


def _night(printed: Printed, k: int) -> None:
    for place, (source, *_rest) in enumerate(SOURCES):
        dark = k == BLACKOUT or (source == "letter_kk" and k in DARK)
        printed.fetches.append(
            _fetch(k, source, f"http://{source}.test/feed", "feed", "timeout" if dark else "ok", None)
        )
        if dark:
            continue
        for i, (title, body, threat) in enumerate(_texts(source, k)):
            _print(
                printed,
                source,
                k,
                f"http://{source}.test/{k}/{i}",
                (title, body, threat),
                at(k, 3 + place, i),
            )
    if k == NIGHTS - 1:
        # yesterday's first story of the wire, printed anew under another headline
        edited = (EDITED_TITLE, CALM, False)
        _print(printed, "wire_ru", k, f"http://wire_ru.test/{k - 1}/0", edited, at(k - 1, 7))


def _print(
    printed: Printed, source: str, k: int, url: str, text: tuple[str, str, bool], published: datetime
) -> None:
    article = _article(source, k, url, text[0], text[1], published)
    printed.articles.append(article)
    printed.fetches.append(_fetch(k, source, url, "article", "ok", article["article_id"]))
    printed.threats[article["version_id"]] = text
    printed.members.append(_member(article, k))


def _member(article: dict[str, Any], k: int) -> dict[str, Any]:
    """Spike stories of one number are one story, told first by the gazette; everything else stands alone."""
    shared = article["title"].startswith(NASTY_TITLE) and article["title"].endswith("-0")
    story = f"story-{k}" if shared else article["article_id"]
    joined = FIRST + timedelta(days=k)
    return {"story_id": story, "article_id": article["article_id"], "similarity": 1.0, "joined_day": joined}


def _fetch(k: int, source: str, url: str, kind: str, status: str, article_id: str | None) -> dict[str, Any]:
    values = {"night": day(k), "source_id": source, "url": url, "kind": kind, "status": status, "bytes": 9}
    return values | {"http_status": None, "fetched_at": at(k, 15), "detail": None, "article_id": article_id}


def _article(source: str, k: int, url: str, title: str, body: str, published: datetime) -> dict[str, Any]:
    article = spool.article_id(url)
    return {
        "source_id": source,
        "article_id": article,
        "version_id": spool.version_id(article, title, body),
        "url": url,
        "canonical_url": url,
        "title": title,
        "body": body,
        "authors": [],
        "tags": [],
        "edition_language": source[-2:],
        "published_at": published,
        "published_day": published.date().isoformat(),
        "date_rule": "json_ld",
        "date_status": "ok",
        "fetched_at": at(k, 15),
        "content_hash": spool.content_hash(title, body),
        "extractor": "test",
    }


def _sentences(texts: dict[str, Any]) -> pa.Table:
    found = []
    for version, (title, body, _) in texts.items():
        for position, text in enumerate((title, body)):
            facts = {
                "sentence_id": f"{version}-{position:04d}",
                "version_id": version,
                "position": position,
                "text": text,
            }
            found.append(facts | {"start_offset": 0, "end_offset": len(text), "lang": "kk", "script": "Cyrl"})
    return pa.Table.from_pylist(found)


def _acts(reading_id: str, texts: dict[str, Any]) -> pa.Table:
    found = []
    for version, (_title, _body, threat) in texts.items():
        for position in (0, 1):
            loud = threat and position == 1
            found.append(
                {
                    "reading_id": reading_id,
                    "sentence_id": f"{version}-{position:04d}",
                    "lang": "kk",
                    "targets": ["chinese"] if loud else [],
                    "move": "securitizing" if loud else "irrelevant",
                    "p_securitizing": 0.91 if loud else 0.02,
                    "voice": "activist" if loud else None,
                    "referents": ["state"] if loud else [],
                    "measure": loud,
                    "frames": ["territory"] if loud else [],
                    "scores": [],
                    "spans": [SPAN] if loud else [],
                    "error": None,
                }
            )
    return pa.Table.from_pylist(found, schema=annotate.SPEECH_ACTS)


STRATUM = {"language": "kk", "ownership": "*", "target": "chinese", "frame": "territory"}


def _alarms(con: Any, reading_id: str) -> None:
    """The last nights tested as the nightly does, and one entry on the last night's watch list beside."""
    for k in range(SPIKE[0] - 1, NIGHTS):
        alert.detect(con, day(k), Alerts())
    watched = {
        "night": FIRST + timedelta(days=NIGHTS - 1),
        "detector": "daily",
        "language": "ru",
        "ownership": "*",
        "target": "russian",
        "frame": "*",
        "count": 4,
        "copies": 5,
        "total": 9,
        "expected": 1.1,
        "upper": 5.0,
        "p_value": 0.004,
        "q_value": 0.2,
        "score": 0.7,
        "rate_ratio": 4 / 1.1,
        "severity": "watch",
        "amplified": False,
        "method": "short-daily",
        "reason": None,
        "reading_id": reading_id,
    }
    load.alarms(con, pa.Table.from_pylist([watched], schema=rows.schema(con, "alarm")))


def counts(con: Any, k: int, stratum: dict[str, str]) -> dict[str, int]:
    """The series' own figures of one stratum on one night."""
    for row in series.read(con, day(k), 1).to_pylist():
        if all(row[name] == value for name, value in stratum.items()):
            return {name: row[name] for name in ("count", "copies", "total")}
    raise LookupError(stratum)


@cache
def shared(folder: Path) -> Path:
    """A warehouse built once for all tests of a process, closed, to be opened by readers."""
    path = folder / "shared.duckdb"
    build(path).close()
    return path
