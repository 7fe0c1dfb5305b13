"""Reading feeds, sitemaps and listings: bytes in, addresses out. No network here, and no trust.

XML is parsed without entities, without network and without size exceptions; a document that declares entities is
refused. A feed that is not well-formed is read as far as it can be, and says so.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urldefrag, urljoin

from crawlers.errors import Refused
from crawlers.items import Found, Offer
from crawlers.source import host_key
from crawlers.statuses import Status

LINKS_AT_MOST = 50_000
CHILDREN_AT_MOST = 50
GZIP_MAGIC = b"\x1f\x8b"
# The same seven letters in the encodings an XML parser would accept them in.
ENTITY_DECLARATIONS = tuple("<!ENTITY".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
FEED_ROOTS = {"rss", "feed", "RDF"}
FEED_DATES = ("pubDate", "published", "date", "updated")
SITEMAP_DATES = ("publication_date", "lastmod")
XML_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
}


def read_feed(body: bytes, url: str) -> Offer:
    """Read RSS 0.9-2.0 or Atom.

    Args:
        body: the document as it came.
        url: its address, against which relative links are resolved.

    Raises:
        Refused: `parse_failed` for what is no feed, or declares entities.
    """
    found, mended = _strict_or_mended(body, FEED_ROOTS, ("item", "entry"), lambda node: _feed_item(node, url))
    items = tuple(item for item in found if item is not None)
    return Offer(found=items[:LINKS_AT_MOST], passed=max(0, len(items) - LINKS_AT_MOST), detail=mended)


def read_sitemap(
    body: bytes,
    url: str,
    *,
    not_before: datetime | None = None,
    include: str | None = None,
    max_bytes: int = 64 * 2**20,
) -> Offer:
    """Read a sitemap or a sitemap index, gzipped or not.

    Args:
        body: the document as it came.
        url: its address.
        not_before: entries whose own date is older than this are left alone.
        include: regex on a child sitemap's address; the others are left alone.
        max_bytes: a compressed document may unpack to this many bytes.

    Raises:
        Refused: `parse_failed` for what is no sitemap, `too_large` for one that unpacks to more than allowed.
    """
    if body.startswith(GZIP_MAGIC):
        body = unpack(body, max_bytes)
    rows, mended = _strict_or_mended(
        body, {"urlset", "sitemapindex"}, ("url", "sitemap"), lambda node: _sitemap_entry(node, url)
    )
    entries = [row for row in rows if row is not None]
    recent = [row for row in entries if not_before is None or row[2] is None or row[2] >= not_before]
    pages = [Found(address, hint) for is_child, address, _, hint in recent if not is_child]
    children = [
        (address, date or datetime.min.replace(tzinfo=UTC))
        for is_child, address, date, _ in recent
        if is_child and (include is None or re.search(include, address))
    ]
    children.sort(
        key=lambda child: child[1], reverse=True
    )  # stable: undated ones keep the order of the index
    kept = [address for address, _ in children[:CHILDREN_AT_MOST]]
    offered = pages[: LINKS_AT_MOST * 10]
    return Offer(tuple(offered), tuple(kept), len(entries) - len(offered) - len(kept), mended)


def read_listing(text: str, url: str, links: str | None) -> Offer:
    """Read the links of an HTML page in document order, each once.

    Args:
        text: the decoded page.
        url: its address; `<base href>` wins over it.
        links: CSS selector of the anchors, or None for all of them.
    """
    from parsel import Selector
    from w3lib.html import get_base_url

    page = Selector(text=text.replace("\0", ""), type="html")
    base = get_base_url(text, url)
    anchors = page.css(links) if links else page.css("a[href]")
    seen: dict[str, None] = {}
    for anchor in anchors:
        address = _absolute(anchor.attrib.get("href", ""), base)
        if address:
            seen.setdefault(address)
    urls = list(seen)
    found = tuple(Found(address) for address in urls[:LINKS_AT_MOST])
    return Offer(found=found, passed=max(0, len(urls) - LINKS_AT_MOST))


def unpack(body: bytes, max_bytes: int) -> bytes:
    """Unpack gzip up to a limit.

    Raises:
        Refused: `too_large` beyond the limit, `parse_failed` for broken gzip.
    """
    machine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = machine.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise Refused(Status.PARSE_FAILED, f"broken gzip: {error}") from error
    if len(plain) > max_bytes:
        raise Refused(Status.TOO_LARGE, f"unpacks to more than {max_bytes} bytes")
    return plain


def parse_time(text: str | None) -> datetime | None:
    """Read an RFC 822 or ISO 8601 time with a zone as aware UTC; None for anything else, also a time without zone."""
    text = (text or "").strip()
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = reader(text)
            return time.astimezone(UTC) if time.tzinfo else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _strict_or_mended(
    body: bytes, roots: set[str], tags: tuple[str, ...], read: Any
) -> tuple[list[Any], str | None]:
    """Parse well-formed XML, or what a forgiving parser makes of it if that still holds entries."""
    from lxml import etree

    body = body.lstrip()
    if any(declaration in body for declaration in ENTITY_DECLARATIONS):
        raise Refused(Status.PARSE_FAILED, "declares XML entities")
    try:
        return list(_entries(body, roots, tags, read, recover=False)), None
    except etree.XMLSyntaxError as error:
        complaint = str(error).split(" (")[0]
    try:
        rows = list(_entries(body, roots, tags, read, recover=True))
    except etree.XMLSyntaxError:
        rows = []
    if not rows:
        raise Refused(
            Status.PARSE_FAILED, f"expected {'/'.join(sorted(roots))}, found broken XML: {complaint}"
        )
    return rows, f"mended: {complaint}"


def _entries(
    body: bytes, roots: set[str], tags: tuple[str, ...], read: Any, *, recover: bool
) -> Iterator[Any]:
    """Yield `read(node)` of every entry, freeing each node: memory does not grow with the document."""
    from lxml import etree

    parser = etree.iterparse(
        BytesIO(body), events=("end",), tag=[f"{{*}}{tag}" for tag in tags], recover=recover, **XML_OPTIONS
    )
    for _, node in parser:
        yield read(node)
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]
    root = parser.root
    name = "nothing" if root is None else _local(root)
    if name not in roots:
        raise Refused(Status.PARSE_FAILED, f"expected {'/'.join(sorted(roots))}, found {name}")


def _feed_item(node: Any, base: str) -> Found | None:
    address = _absolute(_feed_link(node), base)
    if address is None:
        return None
    dates = {_local(child): child.text for child in reversed(node) if _local(child) in FEED_DATES}
    published = next((parse_time(dates[name]) for name in FEED_DATES if name in dates), None)
    return Found(address, published)


def _feed_link(node: Any) -> str:
    """The item's page: RSS <link>, Atom <link rel=alternate>, else a <guid> that is a permanent address."""
    guid = ""
    for child in node:
        name = _local(child)
        if name == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            return str(child.get("href"))
        if name == "link" and (child.text or "").strip():
            return str(child.text)
        if name == "guid" and child.get("isPermaLink", "true") != "false":
            guid = child.text or ""
    return guid


def _sitemap_entry(node: Any, base: str) -> tuple[bool, str, datetime | None, datetime | None] | None:
    """Return (is a child sitemap, address, newest own date, publication time of a news sitemap)."""
    values = {_local(child): child.text for child in node.iter() if _local(child) in ("loc", *SITEMAP_DATES)}
    loc = next((child.text for child in node if _local(child) == "loc"), None)
    address = _absolute(loc or "", base)
    if address is None:
        return None
    times = [_day_or_time(values.get(name)) for name in SITEMAP_DATES]
    newest = max((time for time in times if time is not None), default=None)
    return _local(node) == "sitemap", address, newest, parse_time(values.get("publication_date"))


def _day_or_time(text: str | None) -> datetime | None:
    """Sitemaps may give a bare day; for the age filter its end is near enough."""
    time = parse_time(text)
    if time is None and text:
        try:
            day = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        time = (day if day.tzinfo else day.replace(tzinfo=UTC)) + timedelta(days=1)
    return time


def _local(node: Any) -> str:
    """Tag name without its namespace; empty for what is no element (entity references, instructions)."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _absolute(href: str, base: str) -> str | None:
    """Return the absolute web address without fragment, or None for `javascript:`, `mailto:` and nonsense."""
    try:
        address = urldefrag(urljoin(base, href.strip()))[0]
    except ValueError:
        return None
    return address if href.strip() and host_key(address) else None
