"""The source registry: one TOML file per outlet, discovered in folders, checked as a whole.

All faults of all files are reported at once, each with its file and the path inside it, so that a person who adds
an outlet mends everything in one go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crawlers.errors import RegistryFaults, UnknownSource
from crawlers.source import Discovery, Ownership, Selectors, Source, host_key
from crawlers.statuses import OwnershipClass

DEFAULT_FOLDER = Path(__file__).with_name("sources")


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"expected a regular expression, found {pattern!r} ({error})") from None
    return pattern


def _css(selector: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"expected a CSS selector, found {selector!r} ({error})") from None
    return selector


def _url(url: str) -> str:
    if host_key(url) is None or re.search(r"\s", url):
        raise ValueError(f"expected an http(s) URL with a host and without user name, found {url!r}")
    return url


def _host(host: str) -> str:
    if host_key(f"http://{host}/") not in (host, host.removesuffix(":80")) or "/" in host:
        raise ValueError(f"expected a lower-case host name like 'example.kz', found {host!r}")
    return host


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"expected a time zone like 'Asia/Almaty', found {name!r}") from None
    return name


Text = Annotated[str, Field(min_length=1)]
Regex = Annotated[str, AfterValidator(_regex)]
Css = Annotated[str, AfterValidator(_css)]
Url = Annotated[str, AfterValidator(_url)]
Host = Annotated[str, AfterValidator(_host)]
Zone = Annotated[str, AfterValidator(_zone)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutletFile(_Model):
    """Table `[outlet]`."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    media_type: Text
    timezone: Zone


class OwnershipFile(_Model):
    """One entry of `[[ownership]]`."""

    ownership_class: OwnershipClass = Field(alias="class")
    since: date | None = None
    confidence: Literal["low", "medium", "high"]
    evidence: Text


class DiscoveryFile(_Model):
    """One entry of `discovery`."""

    kind: Literal["feed", "sitemap", "listing"]
    url: Url
    first: Annotated[int, Field(ge=0)] = 1
    pages: Annotated[int, Field(ge=1, le=100)] = 1
    links: Css | None = None
    include: Regex | None = None
    max_age_days: Annotated[int, Field(ge=1)] | None = None
    verified: bool = True
    how: Text | None = None


class SelectorsFile(_Model):
    """Table `[edition.selectors]`."""

    title: Css | None = None
    body: Css | None = None
    date: Css | None = None
    authors: Css | None = None
    section: Css | None = None
    tags: Css | None = None
    remove: tuple[Css, ...] = ()


class DateFile(_Model):
    """Table `[edition.date]`."""

    formats: Literal["dmy", "mdy"] = "dmy"


class EditionFile(_Model):
    """One entry of `[[edition]]`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    language: Literal["kk", "ru", "en"]
    base_url: Url
    tier: Literal["A", "B", "C", "X"]
    enabled: bool | None = None
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]
    article_url: Annotated[tuple[Regex, ...], Field(min_length=1)]
    article_url_verified: bool = True
    discovery: tuple[DiscoveryFile, ...] = ()
    selectors: SelectorsFile = SelectorsFile()
    date: DateFile = DateFile()
    note: Text | None = None


class OutletDocument(_Model):
    """A whole registry file."""

    outlet: OutletFile
    ownership: Annotated[tuple[OwnershipFile, ...], Field(min_length=1)]
    edition: Annotated[tuple[EditionFile, ...], Field(min_length=1)]


def load(paths: Sequence[Path] | None = None) -> list[Source]:
    """Read every registry file under the given folders (or files), sorted by source id.

    Args:
        paths: folders searched for `*.toml` at any depth, or single files; the shipped registry if None.

    Raises:
        RegistryFaults: everything that is wrong in any of the files, at once.
    """
    faults: list[str] = []
    sources: list[Source] = []
    for path in _files([DEFAULT_FOLDER] if paths is None else paths, faults):
        sources.extend(_read(path, faults))
    faults.extend(_duplicates(sources))
    if faults:
        raise RegistryFaults(faults)
    return sorted(sources, key=lambda source: source.id)


def select(sources: Sequence[Source], ids: Sequence[str] | None = None) -> list[Source]:
    """Return the sources with these ids, or all enabled ones.

    Raises:
        UnknownSource: some ids are not declared.
    """
    if ids is None:
        return [source for source in sources if source.enabled]
    known = {source.id: source for source in sources}
    unknown = sorted(set(ids) - set(known))
    if unknown:
        raise UnknownSource(unknown, sorted(known))
    return [known[source_id] for source_id in sorted(set(ids))]


def describe(sources: Iterable[Source], day: date | None = None) -> list[dict[str, Any]]:
    """Return one plain row per source for lists; `guesses` names the facts that nobody has verified.

    Args:
        sources: what to describe.
        day: the local day whose ownership is shown; the latest known one if None.
    """
    rows = []
    for source in sources:
        owner = source.ownership_on(day or date.max)
        rows.append(
            {
                "id": source.id,
                "outlet": source.outlet_name,
                "country": source.country,
                "language": source.language,
                "tier": source.tier,
                "enabled": source.enabled,
                "ownership": owner.ownership_class,
                "confidence": owner.confidence,
                "discovery": [entry.kind for entry in source.discovery],
                "guesses": _guesses(source),
                "base_url": source.base_url,
            }
        )
    return rows


def _guesses(source: Source) -> list[str]:
    guesses = [f"{entry.kind} {entry.url}" for entry in source.discovery if not entry.verified]
    return guesses if source.article_url_verified else [*guesses, "article_url"]


def _files(paths: Sequence[Path], faults: list[str]) -> list[Path]:
    found: set[Path] = set()
    for path in paths:
        files = {path} if path.is_file() else set(path.rglob("*.toml"))
        if not files:
            faults.append(f"{path} -> expected a folder with registry files, found none")
        found |= files
    return sorted(found)


def _read(path: Path, faults: list[str]) -> list[Source]:
    """Read one file; its faults go to `faults`, and nothing is returned if there are any."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path} -> no readable TOML ({error})")
        return []
    own = [f"{path}: {fault}" for fault in _foreign_hosts(raw)]
    document = None
    try:
        document = OutletDocument.model_validate(raw)
    except ValidationError as error:
        own.extend(f"{path}: {_where(item)} -> {_what(item)}" for item in error.errors(include_url=False))
    faults.extend(own)
    return (
        [] if own or document is None else [_source(document, edition, path) for edition in document.edition]
    )


def _where(item: Any) -> str:
    return ".".join(str(step) for step in item["loc"]) or "file"


def _what(item: Any) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] in ("missing", "extra_forbidden"):
        return "required key is missing" if item["type"] == "missing" else "unknown key"
    return message if "found" in message else f"{message}, found {item['input']!r}"


def _foreign_hosts(raw: dict[str, Any]) -> Iterator[str]:
    """Name the addresses that lie outside an edition's own hosts; works on files with other faults too."""
    editions = raw.get("edition")
    for number, edition in enumerate(editions if isinstance(editions, list) else []):
        hosts = edition.get("hosts") if isinstance(edition, dict) else None
        if not isinstance(hosts, list):
            continue
        for where, url in _addresses(edition):
            key = host_key(url)
            if key is not None and key not in hosts:
                yield f"edition.{number}.{where} -> expected a URL on one of hosts {hosts}, found {url!r}"


def _addresses(edition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(edition.get("base_url"), str):
        yield "base_url", edition["base_url"]
    entries = edition.get("discovery")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("url"), str):
            yield f"discovery.{number}.url", entry["url"]


def _duplicates(sources: Sequence[Source]) -> Iterator[str]:
    first: dict[str, Source] = {}
    slugs: dict[str, str | None] = {}
    for source in sources:
        if source.id in first:
            yield f"{source.path}: id {source.id!r} -> is declared already in {first[source.id].path}"
        first.setdefault(source.id, source)
        if slugs.setdefault(source.outlet, source.path) != source.path:
            yield f"{source.path}: outlet.slug {source.outlet!r} -> is declared already in {slugs[source.outlet]}"


def _source(document: OutletDocument, edition: EditionFile, path: Path) -> Source:
    outlet = document.outlet
    return Source(
        id=edition.id,
        outlet=outlet.slug,
        outlet_name=outlet.name,
        country=outlet.country,
        media_type=outlet.media_type,
        timezone=outlet.timezone,
        language=edition.language,
        base_url=edition.base_url,
        tier=edition.tier,
        enabled=edition.tier == "A" if edition.enabled is None else edition.enabled,
        hosts=frozenset(edition.hosts),
        ownership=tuple(
            Ownership(entry.ownership_class.value, entry.since, entry.confidence, entry.evidence)
            for entry in document.ownership
        ),
        discovery=tuple(Discovery(**entry.model_dump()) for entry in edition.discovery),
        article_url=edition.article_url,
        article_url_verified=edition.article_url_verified,
        selectors=Selectors(**edition.selectors.model_dump()),
        date_formats=edition.date.formats,
        note=edition.note,
        path=str(path),
    )
