"""From one fetched article page to its row in the spool."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from w3lib.encoding import http_content_type_encoding

from crawlers.items import Candidate, Ending
from crawlers.source import Source
from crawlers.spool import article_id, content_hash, version_id
from crawlers.statuses import DateStatus, Status

log = logging.getLogger(__name__)


def read_article(
    response: Any, candidate: Candidate, source: Source, fetched_at: datetime
) -> tuple[Ending, dict[str, Any] | None]:
    """Extract a page and say how its address ended.

    Args:
        response: the answer with code 200 and an HTML body.
        candidate: what was asked for, with the feed's date if it gave one.
        source: the edition the page belongs to.
        fetched_at: time of the fetch, aware.

    Returns:
        The ending, and a row with the columns of `spool.ARTICLES` except the WARC ones, or None where the page
        holds no article (no body, another kind of page, the same text as last time).
    """
    from crawlers.extract import extract

    header = response.headers.get("Content-Type", b"").decode("latin-1")
    try:
        found = extract(
            response.body,
            response.url,
            fetched_at=fetched_at,
            source=source,
            encoding=http_content_type_encoding(header),
            feed_date=candidate.published.isoformat() if candidate.published else None,
        )
    except Exception as error:  # a page can be broken in any way, and costs only itself
        log.warning("cannot read %s", response.url, exc_info=True)
        return Ending(Status.PARSE_FAILED, detail=f"{type(error).__name__}: {error}"), None
    return _ending(found, response, candidate, source, fetched_at)


def _ending(
    found: Any, response: Any, candidate: Candidate, source: Source, fetched_at: datetime
) -> tuple[Ending, dict[str, Any] | None]:
    status = Status(found.status)
    if status is not Status.OK:
        return Ending(status), None
    key = article_id(found.canonical_url)
    if found.date_status == DateStatus.UNDATED:
        status = Status.UNDATED
    if candidate.known is not None and candidate.known.content_hash == content_hash(found.title, found.body):
        return Ending(Status.NOT_MODIFIED, detail="same text", article_id=key), None
    return Ending(status, article_id=key), _row(found, key, response, source, fetched_at)


def _row(found: Any, key: str, response: Any, source: Source, fetched_at: datetime) -> dict[str, Any]:
    title = found.title
    return {
        "source_id": source.id,
        "article_id": key,
        "version_id": version_id(key, title, found.body),
        "url": response.url,
        "canonical_url": found.canonical_url,
        "title": title,
        "body": found.body,
        "authors": list(found.authors),
        "section": found.section,
        "tags": list(found.tags),
        "edition_language": source.language,
        "published_at": found.published_at,
        "published_day": found.published_day,
        "date_rule": str(found.date_rule),
        "date_status": str(found.date_status),
        "fetched_at": fetched_at,
        "content_hash": content_hash(title, found.body),
        "etag": _header(response, "ETag"),
        "last_modified": _header(response, "Last-Modified"),
        "extractor": found.extractor,
    }


def _header(response: Any, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
