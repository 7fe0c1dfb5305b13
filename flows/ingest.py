"""Archives through the same path as a crawl: load, read, cluster, count, and the past nights tested in order."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers import ingest as archive
from crawlers import ingest_fields, registry, spool
from flows import alert, report, steps
from flows import sources as source_tables
from flows.settings import Settings
from warehouse import checksum, connection, coverage, cube, ledger, load, publish

TESTED = "detect"
CLEANERS = ("none", "telegram")


def run(
    settings: Settings, paths: Sequence[Path], mapping: Sequence[str], cleaner: str = "none"
) -> Iterator[str]:
    """Ingest archive files and yield what happened, a line each.

    Args:
        settings: where everything lies.
        paths: JSONL, CSV, Parquet (also .gz, .zst) or WARC files.
        mapping: `field=column` pairs; none: the usual names.
        cleaner: `telegram` for messenger markdown.
    """
    fields = ingest_fields.parse_map(mapping)
    now = datetime.now(UTC)
    with steps.locked(settings) as con:
        before = checksum.checksums(con)
        found = archive.ingest(
            paths,
            settings.spool / _folder(paths),
            now=now,
            fields=fields,
            timezone=settings.timezone,
            cleaner=cleaner,
            registry=registry.load(settings.registry),
        )
        yield f"read {found.read} records: {found.written} articles" + _dropped(found)
        with connection.transaction(con):  # all of the archive or nothing, whatever breaks on the way
            nights = yield from _through(con, settings, found)
        yield from _shown(con, settings, nights)
        yield _verdict(before, checksum.checksums(con))


def _folder(paths: Sequence[Path]) -> str:
    """One spool folder for one set of files, so that a repeated run replaces and does not pile up."""
    names = "\n".join(str(path.resolve()) for path in paths)
    return f"ingest-{hashlib.sha256(names.encode()).hexdigest()[:12]}"


def _dropped(found: archive.Summary) -> str:
    return "".join(f", {count} {reason}" for reason, count in sorted(found.dropped.items()))


def _through(
    con: connection.Connection, settings: Settings, found: archive.Summary
) -> Generator[str, None, list[str]]:
    """Load, read, join, count and test; return the nights from the first to the last day of the archive."""
    days: set[str] = set()
    for part in found.spools:
        content = spool.read(part)
        load.sources(con, source_tables.sources(found.sources), source_tables.ownership(found.sources))
        counts = load.spool(con, content.articles, content.fetches, None)
        days |= _first_seen_days(con, content.articles)
        reading_id = steps.read_sentences(con, settings, None)
        yield f"loaded {part.name}: {counts['articles_new']} new articles, {counts['versions_new']} new texts"
    if not days:
        return []
    steps.join_stories(con, settings, min(days))
    nights = _span(min(days), max(days))
    coverage.refresh(con, nights)
    cube.refresh(con, None)
    yield _found(con, reading_id)
    yield _test(con, settings, nights)
    return nights


def _shown(con: connection.Connection, settings: Settings, nights: Sequence[str]) -> Iterator[str]:
    """Publish what was loaded, and report its last night."""
    if nights:
        publish.publish(con, settings.snapshot)
        folder = settings.reports / nights[-1]
        yield f"report: {report.write(con, nights[-1], folder, q=settings.alerts.q)[0]}"


def _first_seen_days(con: connection.Connection, articles: Any) -> set[str]:
    with connection.staged(con, incoming=articles.select(["article_id"])):
        rows = connection.ask(
            con, "select distinct first_seen_day::varchar from article semi join incoming using (article_id)"
        )
    return {day for (day,) in rows}


def _span(first: str, last: str) -> list[str]:
    start = date.fromisoformat(first)
    return [
        (start + timedelta(days=i)).isoformat() for i in range((date.fromisoformat(last) - start).days + 1)
    ]


def _found(con: connection.Connection, reading_id: str) -> str:
    sql = """
        select count(*), count(*) filter (where len(targets) > 0), count(*) filter (where move = 'securitizing')
        from speech_act where reading_id = ?
    """
    sentences, on_target, securitizing = connection.ask(con, sql, [reading_id])[0]
    return f"{sentences} sentences, {on_target} on a target, {securitizing} securitizing"


def _test(con: connection.Connection, settings: Settings, nights: Sequence[str]) -> str:
    """Test the past nights in order; a night that was tested before is not tested again."""
    waiting = [night for night in nights if TESTED not in ledger.done(con, night)]
    if waiting:
        for night, strata, alarms in alert.replay(con, waiting, settings.alerts):
            ledger.record(con, night, TESTED, strata, alarms, strata - alarms)
    episodes = connection.ask(con, "select count(*) from episode")[0][0]
    return f"{len(waiting)} nights tested, {episodes} episodes in all"


def _verdict(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> str:
    changed = sorted(name for name in after if before.get(name) != after[name])
    if not changed:
        return "nothing changed: same row counts and checksums in every table"
    return "changed: " + ", ".join(f"{name} ({after[name][0]} rows)" for name in changed)
