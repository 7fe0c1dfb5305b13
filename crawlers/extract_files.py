"""Saved pages to JSON: one file, or a manifest of many with the answers in the same order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from baqylau import BaqylauError, Terminal, replacing
from crawlers.extract import Extraction, extract
from crawlers.ingest_files import open_binary
from crawlers.source import Source, host_key
from crawlers.text import language_of_text

LARGEST_READ = 64 * 1024 * 1024


class UnreadablePage(Terminal):
    """A saved page that cannot be opened or unpacked."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        super().__init__("a readable file", f"{found} at {path}", "check the path and the rights")


class BadManifest(Terminal):
    """The manifest file itself cannot be read."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        super().__init__('JSON lines with "path" and "url"', f"{found} at {path}", "check the manifest")


@dataclass(frozen=True)
class Summary:
    """How many lines a manifest had, and how many of them ended in an error object."""

    pages: int
    errors: int


def run_one(
    path: Path,
    url: str,
    *,
    fetched_at: datetime | None = None,
    registry: Sequence[Source] = (),
    encoding: str | None = None,
) -> dict[str, Any]:
    """Extract one saved page (plain, .gz or .zst).

    Args:
        path: the file.
        url: the address it was fetched from.
        fetched_at: aware time of the fetch; None takes the file's modification time.
        registry: editions whose selectors and time zone are used where the host is theirs.
        encoding: the charset of the Content-Type header, if known.

    Returns:
        url, canonical_url, title, published_at (ISO 8601 with the offset the page prints, or only the day where it
        prints no time, or None), date_rule, date_status, authors, language (of the body), section, tags, body, status.

    Raises:
        UnreadablePage: the file cannot be read.
        NotAWebAddress: `url` is no http(s) address.
    """
    try:
        with open_binary(path) as stream:
            raw = stream.read(LARGEST_READ)
        seen = fetched_at or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, EOFError, ValueError) as error:
        raise UnreadablePage(path, f"{type(error).__name__}: {error}") from error
    found = extract(raw, url, fetched_at=seen, source=_source_of(url, registry), encoding=encoding)
    return _answer(found)


def run_manifest(manifest: Path, out: Path, *, registry: Sequence[Source] = ()) -> Summary:
    """Extract every page of a manifest; each line gets one line, in order, an error object where it fails.

    Args:
        manifest: JSON lines {"path", "url"[, "fetched_at"][, "encoding"]}; paths count from its folder or else
            from the working folder.
        out: JSON lines as `run_one` gives them, or {"path", "url", "error"}. Written whole or not at all.
        registry: as in `run_one`.

    Raises:
        BadManifest: the manifest cannot be read at all.
    """
    pages = errors = 0
    try:
        with (
            manifest.open("rb") as lines,
            replacing(out) as temporary,
            temporary.open("w", encoding="utf-8") as target,
        ):
            for line in lines:
                if not line.strip():
                    continue
                answer = _answer_line(line, manifest.parent, registry)
                pages += 1
                errors += "error" in answer
                target.write(json.dumps(answer, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BadManifest(manifest, f"{type(error).__name__}: {error}") from error
    return Summary(pages, errors)


def _answer_line(line: bytes, folder: Path, registry: Sequence[Source]) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {
            "path": None,
            "url": None,
            "error": f"expected a JSON object; found {error}; correct the manifest line",
        }
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) for name in ("path", "url")):
        return {
            "path": None,
            "url": None,
            "error": 'expected "path" and "url" as texts; correct the manifest line',
        }
    try:
        fetched_at = _moment(asked.get("fetched_at"))
        encoding = asked.get("encoding")
        return run_one(
            _located(asked["path"], folder),
            asked["url"],
            fetched_at=fetched_at,
            registry=registry,
            encoding=encoding if isinstance(encoding, str) else None,
        )
    except (BaqylauError, ValueError, TypeError) as error:
        return {"path": asked["path"], "url": asked["url"], "error": str(error)}


def _located(path: str, folder: Path) -> Path:
    """Paths count from the manifest's folder; one that is not there counts from where the program runs."""
    beside = folder / path
    return beside if beside.exists() else Path(path)


def _moment(value: Any) -> datetime | None:
    """Read the manifest's fetch time; without an offset it is UTC."""
    if value is None or value == "":
        return None
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _source_of(url: str, registry: Sequence[Source]) -> Source | None:
    key = host_key(url)
    return next((source for source in registry if key in source.hosts), None)


def _answer(found: Extraction) -> dict[str, Any]:
    return {
        "url": found.url,
        "canonical_url": found.canonical_url,
        "title": found.title,
        "published_at": found.published_printed,
        "date_rule": found.date_rule,
        "date_status": found.date_status,
        "authors": list(found.authors),
        "language": language_of_text(found.body, found.language_declared),
        "section": found.section,
        "tags": list(found.tags),
        "body": found.body,
        "status": found.status,
    }
