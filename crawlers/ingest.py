"""Archives into spools: JSONL, CSV, Parquet (packed or not) and WARC take the same road as a crawl.

An archive becomes folders `part-0001`, `part-0002`, ... of at most `part_rows` articles each, so memory is bounded
and each loads at once; every row carries its own day. For records with a date, first seen is that date (an archive
says nothing about when we saw it), so alerts can be run over the past. Records that give no article are counted by
reason. The same archive gives the same bytes.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers import ingest_warc, spool
from crawlers.dates import DEFAULT_ZONE, zone_of
from crawlers.ingest_fields import (
    FieldMap,
    Post,
    Reading,
    Unusable,
    guess_map,
    language_by_letters,
    read_post,
    slug_of,
)
from crawlers.ingest_files import Broken, kind_of, records
from crawlers.source import Ownership, Source

PART_ROWS = 20_000
SAMPLE_TEXTS = 20
EVIDENCE = "ingested archive: the owner was not looked up"


@dataclass
class Summary:
    """What became of an archive: `read` = `written` + the sum of `dropped`. `sources` are ready for the warehouse."""

    spools: list[Path] = field(default_factory=list)
    read: int = 0
    written: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    sources: list[Source] = field(default_factory=list)
    days: tuple[str, str] | None = None


def ingest(
    paths: Sequence[Path],
    out: Path,
    *,
    now: datetime,
    fields: FieldMap | None = None,
    language: str | None = None,
    timezone: str = DEFAULT_ZONE,
    cleaner: str = "none",
    country: str = "KZ",
    registry: Sequence[Source] = (),
    part_rows: int = PART_ROWS,
) -> Summary:
    """Turn archive files into spool folders under `out`, whole or not at all.

    Args:
        paths: the files, in the order in which they are read.
        out: a folder that does not exist yet or is replaced.
        now: aware present time: first seen of undated records, and the limit no date may pass.
        fields: which column holds what; None maps the usual names (`ingest_fields.USUAL`). WARC needs none.
        language: kk, ru, en or other, where the archive has no such column; None guesses by letters per source.
        timezone: tz database name of the archive's days and of dates without a zone.
        cleaner: "none", or "telegram" for messenger markdown.
        country: ISO code for the sources the archive itself names.
        registry: for WARC, the editions whose hosts are taken; other pages are counted as `off_host`.
        part_rows: the most articles of one part.

    Raises:
        UnknownArchive, DamagedArchive: a file is no archive, or breaks off; nothing is left behind.
        BadMapping: the mapping does not fit the file.
        UnknownZone: `timezone` is not in the tz database.
    """
    zone_of(timezone)
    reading = Reading(fields or FieldMap(text=""), now, timezone, "", language, cleaner)
    summary, editions = Summary(), _Editions(country, timezone, registry)
    rows = _all_rows(paths, summary, editions, reading, mapped=fields is not None)
    _write_all(out, _parts(rows, part_rows), summary)
    summary.spools = sorted(out.iterdir())
    summary.sources = editions.used()
    return summary


def _write_all(out: Path, parts: Iterable[list[dict[str, Any]]], summary: Summary) -> None:
    """Write the parts beside `out` and put them in its place at the end."""
    work = out.with_name(f".{out.name}.ingest.part")
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        for number, part in enumerate(parts, start=1):
            _write(work / f"part-{number:04d}", part, summary)
        shutil.rmtree(out, ignore_errors=True)
        work.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _all_rows(
    paths: Sequence[Path], summary: Summary, editions: _Editions, reading: Reading, *, mapped: bool
) -> Iterator[dict[str, Any]]:
    """Stream article rows, each version once, counting what is lost."""
    seen: set[int] = set()
    for path in paths:
        if kind_of(path) == "warc":
            found = ingest_warc.rows(path, editions.registry, summary)
        else:
            posts = _posts(path, replace(reading, outlet=_stem(path)), summary, mapped=mapped)
            found = (_row(post, edition, reading.now) for post, edition in editions.assign(posts))
        for row in found:
            editions.note(row["source_id"])
            version = int(row["version_id"], 16)
            if version in seen:
                summary.dropped["duplicate"] += 1
            else:
                seen.add(version)
                yield row


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _posts(path: Path, reading: Reading, summary: Summary, *, mapped: bool) -> Iterator[Post]:
    for entry in records(path):
        summary.read += 1
        if isinstance(entry, Broken):
            summary.dropped[entry.reason] += 1
            continue
        if not mapped:
            reading, mapped = replace(reading, fields=guess_map(list(entry.values), path)), True
        try:
            yield read_post(entry.values, reading)
        except Unusable as verdict:
            summary.dropped[str(verdict)] += 1


class _Editions:
    """The sources an archive turns out to have: an outlet in one language each, named after its column's value."""

    def __init__(self, country: str, timezone: str, registry: Sequence[Source]) -> None:
        self.registry = registry
        self._country = country
        self._timezone = timezone
        self._made: dict[str, Source] = {}
        self._by_outlet: dict[tuple[str, str | None], Source] = {}
        self._used: set[str] = set()

    def assign(self, posts: Iterable[Post]) -> Iterator[tuple[Post, Source]]:
        """Give each post its edition. An outlet's language is guessed from its first posts and then kept."""
        waiting: dict[str, list[Post]] = {}
        for post in posts:
            known = self._known(post)
            if known is not None:
                yield post, known
                continue
            queue = waiting.setdefault(post.outlet, [])
            queue.append(post)
            if len(queue) >= SAMPLE_TEXTS:
                yield from self._settle(waiting.pop(post.outlet))
        for queue in waiting.values():
            yield from self._settle(queue)

    def _known(self, post: Post) -> Source | None:
        found = self._by_outlet.get((post.outlet, post.language))
        if found is None and post.language is not None:
            found = self._make(post.outlet, post.language, post.language)
        return found

    def _settle(self, posts: list[Post]) -> Iterator[tuple[Post, Source]]:
        language = language_by_letters([post.body for post in posts])
        edition = self._make(posts[0].outlet, None, language)
        return ((post, edition) for post in posts)

    def _make(self, outlet: str, stated: str | None, language: str) -> Source:
        slug = slug_of(outlet)
        key = f"{slug}_{language}"
        # Two names may fall together in ASCII; the second gets a mark of its own.
        if key in self._made and self._made[key].outlet_name != outlet:
            slug = f"{slug}_{spool.article_id(outlet)[:6]}"
            key = f"{slug}_{language}"
        if key not in self._made:
            self._made[key] = _source(key, slug, outlet, language, self._country, self._timezone)
        self._by_outlet[(outlet, stated)] = self._made[key]
        return self._made[key]

    def note(self, source_id: str) -> None:
        """Remember that a source has an article."""
        self._used.add(source_id)

    def used(self) -> list[Source]:
        """Every source of the archive that has an article, by id."""
        every = {source.id: source for source in self.registry} | self._made
        return [every[key] for key in sorted(self._used)]


def _source(key: str, slug: str, outlet: str, language: str, country: str, timezone: str) -> Source:
    return Source(
        id=key,
        outlet=slug.replace("_", "-"),
        outlet_name=outlet,
        country=country,
        media_type="archive",
        timezone=timezone,
        language=language,
        base_url=f"urn:baqylau:{slug}",
        tier="C",
        enabled=False,
        hosts=frozenset(),
        ownership=(Ownership("unknown", None, "low", EVIDENCE),),
    )


def _row(post: Post, edition: Source, now: datetime) -> dict[str, Any]:
    article = spool.article_id(post.key)
    published = post.published
    return {
        "source_id": edition.id,
        "article_id": article,
        "version_id": spool.version_id(article, post.title, post.body),
        "url": post.url,
        "canonical_url": post.key,
        "title": post.title,
        "body": post.body,
        "authors": post.authors,
        "section": post.section,
        "tags": post.tags,
        "edition_language": edition.language,
        "published_at": published.at if published else None,
        "published_day": published.day.isoformat() if published else None,
        "date_rule": "feed" if published else "none",
        "date_status": "ok" if published else "undated",
        "fetched_at": published.at if published else now,
        "content_hash": spool.content_hash(post.title, post.body),
        "etag": None,
        "last_modified": None,
        "warc_file": None,
        "warc_offset": None,
        "extractor": "ingest",
    }


def _parts(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) >= size:
            yield part
            part = []
    if part:
        yield part


def _write(folder: Path, part: list[dict[str, Any]], summary: Summary) -> None:
    zone = zone_of(DEFAULT_ZONE)  # nights are the house's days, whatever zone the archive is in
    fetches = {_fetch_key(row, fetch): fetch for row in part for fetch in [_fetch(row, zone)]}
    counts: dict[str, Counter[str]] = {}
    for row in part:
        status = "ok" if row["date_status"] == "ok" else "undated"
        counts.setdefault(row["source_id"], Counter())[status] += 1
    days = sorted({fetch["night"] for fetch in fetches.values()})
    summary.written += len(part)
    summary.days = (min(days[0], (summary.days or days)[0]), max(days[-1], (summary.days or days)[-1]))
    report = {
        "kind": "ingest",
        "night": None,
        "days": [days[0], days[-1]],
        "articles": len(part),
        "counts": counts,
    }
    articles = spool.articles_table(part)
    spool.write(folder, articles, spool.fetches_table(list(fetches.values())), report)


def _fetch_key(row: dict[str, Any], fetch: dict[str, Any]) -> tuple[str, str, str]:
    return fetch["night"], row["source_id"], row["url"]


def _fetch(row: dict[str, Any], zone: Any) -> dict[str, Any]:
    """Give the ledger line of an article: one URL is fetched once a night, whatever versions an archive has."""
    return {
        "night": row["fetched_at"].astimezone(zone).date().isoformat(),
        "source_id": row["source_id"],
        "url": row["url"],
        "kind": "article",
        "status": "ok" if row["date_status"] == "ok" else "undated",
        "http_status": None,
        "bytes": len(row["body"].encode()),
        "fetched_at": row["fetched_at"],
        "detail": "ingest",
        "article_id": row["article_id"],
    }
