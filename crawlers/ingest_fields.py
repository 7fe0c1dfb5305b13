"""Which column of an archive holds what, and one record as one post."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from baqylau import Faults, Terminal
from crawlers.canonical import SYNTHETIC, canonical_url
from crawlers.dates import ParsedDate, parse, zone_of
from crawlers.markdown import plain
from crawlers.text import script_counts, tidy

# Column names that are understood without a mapping.
USUAL = {
    "text": ("text", "body", "content", "message", "article", "fulltext"),
    "title": ("title", "headline"),
    "date": ("date", "published_at", "published", "publish_date", "datetime", "timestamp", "created_at"),
    "url": ("url", "link", "href"),
    "source": ("source", "outlet", "channel", "site", "domain", "source_id"),
    "id": ("id", "message_id", "guid"),
    "language": ("language", "lang"),
    "section": ("section", "category", "rubric"),
    "authors": ("authors", "author"),
    "tags": ("tags", "keywords"),
}
LANGUAGES = frozenset({"kk", "ru", "en", "other"})
CLEANERS: dict[str, Callable[[str], str]] = {"none": str, "telegram": plain}
LONGEST_HEADLINE = 160
LINES = re.compile(r"[\r\n\u2028\u2029]+")
TRANSLITERATED = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
    "з": "z", "и": "i", "й": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
    "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh",
    "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "і": "i", "ь": "",
    "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


class BadMapping(Faults):
    """A field mapping that names unknown fields, or no column for the text."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("field mapping (--map field=column)", faults)


@dataclass(frozen=True)
class FieldMap:
    """The column of each field; None for what the archive does not have."""

    text: str
    title: str | None = None
    date: str | None = None
    url: str | None = None
    source: str | None = None
    id: str | None = None
    language: str | None = None
    section: str | None = None
    authors: str | None = None
    tags: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One record, read: everything an article row needs but its source's final id."""

    outlet: str
    language: str | None
    url: str
    key: str
    title: str
    body: str
    published: ParsedDate | None
    section: str | None
    authors: list[str]
    tags: list[str]


@dataclass(frozen=True)
class Reading:
    """How records of one archive are read: mapping, time zone, cleaner, and what is taken where a field is missing."""

    fields: FieldMap
    now: datetime
    timezone: str
    outlet: str
    language: str | None = None
    cleaner: str = "none"


class Unusable(Exception):
    """A record that gives no article; the text is the reason it is counted under."""


def parse_map(pairs: Sequence[str]) -> FieldMap | None:
    """Read `field=column` pairs (also several in one text, split by commas or spaces); None if there are none.

    Raises:
        BadMapping: with every fault at once.
    """
    entries = [entry for pair in pairs for entry in re.split(r"[,\s]+(?=\w+=)", pair.strip()) if entry]
    known = {field.name for field in fields(FieldMap)}
    columns: dict[str, str] = {}
    faults = []
    for entry in entries:
        name, equals, column = entry.partition("=")
        if not equals or not column.strip():
            faults.append(f"{entry} -> expected field=column")
        elif name not in known:
            faults.append(f"{name} -> no such field; known: {', '.join(sorted(known))}")
        else:
            columns[name] = column.strip()
    if columns and "text" not in columns:
        faults.append("text -> no column is named for it")
    if faults:
        raise BadMapping(faults)
    return FieldMap(**columns) if columns else None


def guess_map(columns: Sequence[str], path: Path) -> FieldMap:
    """Map the usual column names.

    Raises:
        BadMapping: no column looks like the text.
    """
    lower = {name.lower(): name for name in columns}
    found = {
        name: next((lower[usual] for usual in usuals if usual in lower), None)
        for name, usuals in USUAL.items()
    }
    text = found.pop("text")
    if text is None:
        raise BadMapping([f"text -> {path.name} has columns {', '.join(columns)}; say which holds the text"])
    return FieldMap(text=text, **found)


def read_post(values: Mapping[str, Any], reading: Reading) -> Post:
    """Read one record.

    A record without an address gets a stable key `urn:baqylau:<32 hex>`, the hash of its outlet and its id or, where
    there is no id column, of outlet, date and text. Without a title, a first line of at most 160 characters that is
    followed by more text is the title; otherwise the title is empty.

    Raises:
        Unusable: no_text, bad_date or bad_url.
    """
    columns = reading.fields
    raw = _text(values, columns.text)
    lines = [line for line in map(tidy, LINES.split(CLEANERS[reading.cleaner](raw))) if line]
    if not lines:
        raise Unusable("no_text")
    title = tidy(_text(values, columns.title))
    if columns.title is None and len(lines) > 1 and len(lines[0]) <= LONGEST_HEADLINE:
        title, lines = lines[0], lines[1:]
    published = _published(values.get(columns.date) if columns.date else None, reading)
    outlet = tidy(_text(values, columns.source)) or reading.outlet
    url, key = _address(values, reading, outlet, raw)
    return Post(
        outlet=outlet,
        language=_language(_text(values, columns.language)) or reading.language,
        url=url,
        key=key,
        title=title,
        body="\n\n".join(lines),
        published=published,
        section=tidy(_text(values, columns.section)) or None,
        authors=_several(values, columns.authors),
        tags=_several(values, columns.tags),
    )


def _text(values: Mapping[str, Any], column: str | None) -> str:
    value = values.get(column) if column else None
    if not value and value != 0:
        return ""
    if isinstance(value, str):
        # Lone surrogates (half an emoji) are legal in JSON and in nothing after it.
        return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _several(values: Mapping[str, Any], column: str | None) -> list[str]:
    value = values.get(column) if column else None
    if not value:
        return []
    parts = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", _text(values, column))
    return [part for part in (tidy(str(part)) for part in parts if part is not None) if part]


def _language(text: str) -> str | None:
    code = text.strip().lower()[:2]
    return {"kz": "kk"}.get(code, code if code in LANGUAGES else None)


def _published(value: Any, reading: Reading) -> ParsedDate | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        zone = zone_of(reading.timezone)
        value = (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC).isoformat()
    elif isinstance(value, date):
        value = value.isoformat()
    found = parse(str(value), fetched_at=reading.now, timezone=reading.timezone)
    if found is None:
        raise Unusable("bad_date")
    return found


def _address(values: Mapping[str, Any], reading: Reading, outlet: str, raw: str) -> tuple[str, str]:
    columns = reading.fields
    url = _text(values, columns.url).strip()
    if url:
        try:
            return url, canonical_url(url)
        except Terminal as error:
            raise Unusable("bad_url") from error
    own = _text(values, columns.id)
    parts = [outlet, own] if own else [outlet, _text(values, columns.date), raw]
    key = SYNTHETIC + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return key, key


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """Write an outlet's name in ASCII letters, digits and `_`; a name without any gives a hash of itself."""
    plain_name = "".join(
        TRANSLITERATED.get(letter, letter) for letter in unicodedata.normalize("NFC", name).casefold()
    )
    ascii_name = unicodedata.normalize("NFKD", plain_name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")[:60].strip("_")
    return slug or f"source_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def language_by_letters(texts: Sequence[str]) -> str:
    """Guess kk, ru, en or other from the letters of some texts: enough to name an edition, not to read a sentence."""
    counts = script_counts(" ".join(text[:2000] for text in texts))
    total = counts["cyrillic"] + counts["latin"] + counts["other"]
    if not total or counts["other"] * 2 > total:
        return "other"
    if counts["latin"] >= counts["cyrillic"]:
        return "en"
    return "kk" if counts["kazakh"] > 0.02 * counts["cyrillic"] else "ru"
