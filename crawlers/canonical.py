"""One key for one story: many addresses of a page become one canonical URL.

A canonical URL is a key, not an address to fetch: it loses what only says how a page is shown (scheme, `www.`,
`/amp/`, tracking parameters, mirror hosts, Latin and Arabic script clones). Host rules are in `data/urls.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from baqylau import Terminal

RULES = Path(__file__).parent / "data" / "urls.toml"
SYNTHETIC = "urn:baqylau:"
LONGEST = 8192
PATH_SAFE = "/:!$&'()*+,;=@-._~"
QUERY_SAFE = "/:!$'()*,;@-._~?+"

CONTROL = re.compile(r"[\x00-\x20\x7f]+")
WEB = re.compile(r"^(?:https?:)?[/\\]{2}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
SURROGATE = re.compile(r"[\ud800-\udfff]")
AMP_TAIL = re.compile(r"\.amp(\.html?)?$", re.IGNORECASE)
INDEX = re.compile(r"^(?:index|default)\.(?:php|html?|aspx?)$", re.IGNORECASE)
HOST = re.compile(r"^[\w\-.]+$|^\[[0-9a-f:.]+\]$")


class NotAWebAddress(Terminal):
    """The text is no http(s) address, so it names no page."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__("an http or https address", repr(url[:120]), "give the full address of the page")


@dataclass(frozen=True)
class Rewrite:
    """Where `host` and `path` match, the path becomes `to` and the host `to_host` (if any)."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    to: str
    to_host: str | None


@dataclass(frozen=True)
class Rules:
    """The tables of `data/urls.toml`, ready to use."""

    prefixes: tuple[str, ...]
    tracking: frozenset[str]
    tracking_starts: tuple[str, ...]
    hosts: dict[str, str]
    rewrites: tuple[Rewrite, ...]


@cache
def rules() -> Rules:
    """Read `data/urls.toml` once."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return Rules(
        prefixes=tuple(f"{prefix}." for prefix in table["prefixes"]),
        tracking=frozenset(name for name in table["tracking"] if not name.endswith("*")),
        tracking_starts=tuple(name[:-1] for name in table["tracking"] if name.endswith("*")),
        hosts=dict(table["hosts"]),
        rewrites=tuple(
            Rewrite(re.compile(row["host"]), re.compile(row["path"]), row["to"], row.get("to_host"))
            for row in table["rewrite"]
        ),
    )


@lru_cache(maxsize=65536)
def canonical_url(url: str) -> str:
    """Give the key of the page at `url`. Pure and idempotent.

    Args:
        url: an absolute http(s) address, `//host/path`, or a key made by `crawlers.ingest` (`urn:baqylau:...`,
            returned as it is).

    Returns:
        `https://host/path?query`: no fragment, no default port, path and query NFC and quoted once.

    Raises:
        NotAWebAddress: the text is not an http(s) address with a host. Nothing else is ever raised.
    """
    if url.startswith(SYNTHETIC):
        return url
    cleaned = _once(url)
    # A rule may uncover work for another (`/amp/index.php`), so they run until nothing changes.
    for _ in range(16):
        again = _once(cleaned)
        if again == cleaned:
            break
        cleaned = again
    return cleaned


def _once(url: str) -> str:
    text = CONTROL.sub("", SURROGATE.sub("\ufffd", url))[:LONGEST]
    match = WEB.match(text)
    if match is None:
        raise NotAWebAddress(url)
    host = _host(match[1])
    if not host:
        raise NotAWebAddress(url)
    host, path = _rewritten(host, _path(match[2]))
    query = _query(match[3] or "")
    return f"https://{host}{_quoted(path, PATH_SAFE)}" + (f"?{query}" if query else "")


def _host(authority: str) -> str:
    """Lower-case ASCII host with a port only where it is unusual; empty if it is no host."""
    name, port = _split_port(_decoded(authority).rpartition("@")[2])
    name = _ascii(unicodedata.normalize("NFKC", name).lower().strip("."))
    if not HOST.match(name):
        return ""
    name = _bare(name)
    name = rules().hosts.get(name, name)
    return f"{name}:{port}" if port not in ("", "80", "443") else name


def _split_port(authority: str) -> tuple[str, str]:
    name, colon, port = authority.rpartition(":")
    if (
        colon
        and (port == "" or (port.isascii() and port.isdigit()))
        and (":" not in name or name.endswith("]"))
    ):
        return name, port.lstrip("0")[:5]
    return authority, ""


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:  # an impossible label: keep it readable, it is only a key
        return name


def _bare(name: str) -> str:
    """Cut `www.`, `m.` and the like while a host with a dot remains."""
    for _ in range(8):
        prefix = next((p for p in rules().prefixes if name.startswith(p) and "." in name[len(p) :]), None)
        if prefix is None:
            return name
        name = name[len(prefix) :].lstrip(".")
    return name


def _path(raw: str) -> str:
    """Unquoted NFC path without dot segments, empty, amp and index segments, and without a trailing slash."""
    kept: list[str] = []
    for segment in _decoded(raw).replace("\\", "/").split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", ".") and segment.lower() != "amp" and not INDEX.match(segment):
            kept.append(segment)
    if kept:
        kept[-1] = AMP_TAIL.sub(lambda tail: tail[1] or "", kept[-1])
    return "/" + "/".join(kept)


def _rewritten(host: str, path: str) -> tuple[str, str]:
    for rule in rules().rewrites:
        if rule.host.search(host) and rule.path.match(path):
            path = rule.path.sub(rule.to, path)
            host = rule.to_host or host
    return host, path


def _query(raw: str) -> str:
    """Parameters that choose the page, sorted, each quoted once."""
    pairs = set()
    for part in raw.split("&"):
        name, equals, value = part.partition("=")
        name, value = _decoded(name), _decoded(value)
        if name.strip() and not _tracks(name.strip().lower()):
            pairs.add((name, equals, value))
    return "&".join(
        f"{_quoted(name, QUERY_SAFE)}{equals}{_quoted(value, QUERY_SAFE)}"
        for name, equals, value in sorted(pairs)
    )


def _tracks(name: str) -> bool:
    return name in rules().tracking or name.startswith(rules().tracking_starts)


def _decoded(text: str) -> str:
    """Undo percent-encoding once; bytes that are no UTF-8 are read as windows-1251, the old habit of the region."""
    if "%" in text:
        text = ESCAPE.sub(lambda run: _utf8_or_cyrillic(unquote_to_bytes(run[0])), text)
    return unicodedata.normalize("NFC", text)


def _utf8_or_cyrillic(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")
