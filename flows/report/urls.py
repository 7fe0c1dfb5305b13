"""Links to crawled pages: only web addresses, never anything that a browser would run."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

# `%` stays as it is, so that an address that is already quoted is not quoted twice
KEPT = ":/?#[]@!$&'()*+,;=%~-._"


def safe_url(url: str) -> str | None:
    """The address quoted to plain ASCII, or None where it is not an http(s) address with a host."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return quote(url.strip(), safe=KEPT)
