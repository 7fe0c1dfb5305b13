"""What a page says about itself for machines: JSON-LD and meta tags."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from baqylau import Terminal
from crawlers.canonical import canonical_url
from crawlers.text import tidy

ARTICLE = re.compile(r"(?:Article|Posting|Report)$|^(?:Review|Recipe|Interview|LiveBlogPosting)$")
PAGE = frozenset({"WebPage", "ItemPage", "CreativeWork", "VideoObject", "NewsVideo"})
# Branches that describe other things than this page.
ELSEWHERE = frozenset([
    "itemListElement", "mentions", "hasPart", "citation", "comment", "review", "liveBlogUpdate",
    "publisher", "author", "about", "relatedLink", "image", "video", "subjectOf", "creator",
    "sourceOrganization", "breadcrumb", "potentialAction", "isPartOf", "recordedIn", "significantLink",
])  # fmt: skip
WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
TRAILING_COMMA = re.compile(r",\s*([}\]])")
LOOSE = re.compile(
    r'"(headline|datePublished|dateCreated|articleBody|articleSection|isAccessibleForFree|@type)"\s*:\s*("(?:[^"\\]|\\.)*"|true|false)'
)
LARGEST_JSON = 2_000_000
DEEPEST = 12


@dataclass(frozen=True)
class Structured:
    """The page's machine-readable side: the JSON-LD node of the article (or of the page) and the meta tags.

    `meta` maps lower-case names (of `property`, `name` and `http-equiv`) to contents in document order.
    """

    article: dict[str, Any] = field(default_factory=dict)
    is_article: bool = False
    meta: dict[str, list[str]] = field(default_factory=dict)
    site_names: tuple[str, ...] = ()

    def first(self, *names: str) -> str:
        """Return the first non-empty meta content of the names in turn, or an empty text."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")


def read(tree: Any, url: str) -> Structured:
    """Collect JSON-LD and meta tags of a parsed page. Broken JSON gives what can be saved of it."""
    meta = _meta(tree)
    nodes = [node for block in _blocks(tree) for node in _nodes(block, 0)]
    article = _main([node for node in nodes if _typed(node, ARTICLE.search)], url)
    page = (
        _main([node for node in nodes if _typed(node, PAGE.__contains__)], url) if article is None else None
    )
    names = [
        node.get("name")
        for node in nodes
        if _typed(node, {"Organization", "NewsMediaOrganization", "WebSite"}.__contains__)
    ]
    for node in filter(None, (article, page)):
        publisher = node.get("publisher")
        names += [entry.get("name") for entry in _listed(publisher) if isinstance(entry, dict)]
    return Structured(
        article=article or page or {},
        is_article=article is not None,
        meta=meta,
        site_names=tuple(
            dict.fromkeys([*meta.get("og:site_name", []), *texts(names), *meta.get("application-name", [])])
        ),
    )


def texts(value: Any) -> list[str]:
    """Give the plain texts of a JSON-LD value: a text, a list of texts, or objects with a name."""
    found = []
    for entry in _listed(value):
        entry = entry.get("name") or entry.get("@value") if isinstance(entry, dict) else entry
        if isinstance(entry, list):
            entry = " ".join(str(part) for part in entry)
        if isinstance(entry, str) and (line := tidy(html.unescape(entry))):
            found.append(line)
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _meta(tree: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = tidy(html.unescape(element.get("content") or ""))
        for key in ("property", "name", "http-equiv"):
            name = (element.get(key) or "").strip().lower()
            if name and content:
                found.setdefault(name, []).append(content)
    return found


def _blocks(tree: Any) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield from _loaded((script.text or "")[:LARGEST_JSON])


def _loaded(text: str) -> list[Any]:
    text = WRAPPING.sub("", WRAPPING.sub("", text)).strip()
    for attempt in (text, TRAILING_COMMA.sub(r"\1", text), html.unescape(text)):
        try:
            return [json.loads(attempt, strict=False)]
        except (ValueError, RecursionError):
            continue
    return [_salvaged(text)]


def _salvaged(text: str) -> dict[str, Any]:
    """Read single fields out of JSON that does not parse; the first of each name counts."""
    found: dict[str, Any] = {}
    for name, raw in LOOSE.findall(text):
        try:
            found.setdefault(name, json.loads(raw, strict=False))
        except ValueError:
            continue
    if "headline" in found or "datePublished" in found:
        found["@type"] = "NewsArticle"
    return found


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for entry in value[:500]:
            yield from _nodes(entry, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name, entry in value.items():
            if isinstance(entry, dict | list) and name not in ELSEWHERE:
                yield from _nodes(entry, depth + 1)


def _typed(node: dict[str, Any], test: Any) -> bool:
    return any(isinstance(name, str) and test(name.rpartition("/")[2]) for name in _listed(node.get("@type")))


def _main(nodes: list[dict[str, Any]], url: str) -> dict[str, Any] | None:
    """Choose the node that speaks of this page: by its address, then by how much it says, then the first."""
    if len(nodes) <= 1:
        return nodes[0] if nodes else None
    own = _key(url)

    def merit(node: dict[str, Any]) -> tuple[bool, int]:
        about = [
            node.get("url"),
            node.get("@id"),
            *[_address(entry) for entry in _listed(node.get("mainEntityOfPage"))],
        ]
        said = sum(bool(node.get(name)) for name in ("headline", "datePublished", "articleBody", "author"))
        return (own is not None and own in [_key(address) for address in about], said)

    return max(nodes, key=merit)


def _address(entry: Any) -> Any:
    return entry.get("@id") or entry.get("url") if isinstance(entry, dict) else entry


def _key(address: Any) -> str | None:
    if not isinstance(address, str):
        return None
    try:
        return canonical_url(address)
    except Terminal:
        return None
