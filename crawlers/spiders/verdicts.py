"""From an answer, or the lack of one, to the status an address ends with."""

from __future__ import annotations

from typing import Any

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    StopDownload,
)
from service_identity import VerificationError

from crawlers.errors import Refused
from crawlers.settings import REDIRECTS_AT_MOST
from crawlers.statuses import Kind, Status

HTTP = {
    304: Status.NOT_MODIFIED,
    401: Status.FORBIDDEN,
    402: Status.PAYWALLED,
    403: Status.FORBIDDEN,
    404: Status.NOT_FOUND,
    410: Status.GONE,
    413: Status.TOO_LARGE,
    429: Status.RATE_LIMITED,
    451: Status.FORBIDDEN,
}
CHALLENGE_HEADERS = (
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", "challenge"),
    ("x-sucuri-block", ""),
)
CHALLENGE_CODES = {403, 429, 503}
CHALLENGE_MARKS = (
    b"<title>Just a moment...</title>",
    b"/cdn-cgi/challenge-platform/",
    b"cf-browser-verification",
    b"<title>DDOS-GUARD</title>",
    b"_Incapsula_Resource",
    b"smartcaptcha.yandexcloud.net",
)
HTML_TYPES = ("text/html", "application/xhtml+xml")
# Bodies not worth receiving, refused on sight of the header. Anything else is judged with the status code in hand.
HEAVY_TYPES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword",
               "application/vnd.", "application/octet-stream", "application/x-rar", "application/gzip")  # fmt: skip
# Modules whose errors mean that the content encoding was not what the header said.
UNPACKERS = {"zlib", "gzip", "brotli", "zstandard", "zstd", "compression"}
# Several of these in a row, and the host is left for the night.
HOST_TROUBLE = {
    Status.TIMEOUT,
    Status.DNS,
    Status.TLS,
    Status.CONNECTION,
    Status.RATE_LIMITED,
    Status.CHALLENGED,
}


def of_response(response: Any, kind: Kind) -> tuple[Status, str | None]:
    """Judge an answer by its code, headers and first bytes; `ok` means: worth reading."""
    if _challenges(response):
        return Status.CHALLENGED, f"http {response.status}"
    if response.status in HTTP:
        return HTTP[response.status], None
    if response.status not in (200, 203):
        return Status.SERVER_ERROR, f"http {response.status}"
    if kind is Kind.ARTICLE:
        return _of_page(response)
    return Status.OK, None


def _of_page(response: Any) -> tuple[Status, str | None]:
    declared = content_type(response.headers)
    if declared and not declared.startswith(HTML_TYPES):
        return Status.BAD_TYPE, declared
    if not response.body.strip():
        return Status.EMPTY_BODY, "no bytes"
    if not declared and response.body.lstrip()[:1] != b"<":
        return Status.BAD_TYPE, "no content type, and no markup"
    return Status.OK, None


def _challenges(response: Any) -> bool:
    """Whether a wall asks to prove that we are a browser. It is recorded as a gap, never worked around."""
    for name, value in CHALLENGE_HEADERS:
        found = response.headers.get(name)
        if found is not None and value in found.decode("latin-1").lower():
            return True
    start = response.body[:20_000] if response.status in CHALLENGE_CODES else b""
    return any(mark in start for mark in CHALLENGE_MARKS)


def content_type(headers: Any) -> str:
    """Return the media type without parameters, lower-case; empty if none is declared."""
    return (headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()


def of_failure(error: BaseException, request: Any, refused_hosts: set[str]) -> tuple[Status, str | None]:
    """Judge a request that brought no answer.

    Args:
        error: what the downloader raised.
        request: the last request of the chain (after redirects and retries).
        refused_hosts: lower-case names whose addresses were not public.
    """
    text = " ".join(str(error).split())[:160] or type(error).__name__
    match error:
        case Refused():
            return Status(error.status), error.detail
        case CannotResolveHostError():
            private = _host(request) in refused_hosts
            return (Status.PRIVATE_ADDRESS if private else Status.DNS), text
        case DownloadTimeoutError():
            return Status.TIMEOUT, None
        case DownloadCancelledError():
            return Status.TOO_LARGE, "more bytes than allowed"
        case StopDownload():
            return Status.BAD_TYPE, request.meta.get("stopped")
        case IgnoreRequest():
            return _ignored(request)
    return _broken(error, text)


def _host(request: Any) -> str:
    from urllib.parse import urlsplit

    return (urlsplit(request.url).hostname or "").lower()


def _ignored(request: Any) -> tuple[Status, str]:
    """Scrapy gives up with the same error for a redirect loop and for a body that unpacks to too much."""
    if request.meta.get("redirect_times", 0) >= REDIRECTS_AT_MOST:
        return Status.SERVER_ERROR, f"more than {REDIRECTS_AT_MOST} redirects"
    return Status.TOO_LARGE, "unpacks to more bytes than allowed"


def _broken(error: BaseException, text: str) -> tuple[Status, str]:
    causes = list(_causes(error))
    if any(isinstance(cause, TlsError | VerificationError) for cause in causes):
        return Status.TLS, f"{type(causes[-1]).__name__}: {causes[-1]}"
    if type(error).__module__.partition(".")[0] in UNPACKERS:
        return Status.BAD_ENCODING, text
    return Status.CONNECTION, f"{type(error).__name__}: {text}"


def _causes(error: BaseException | None, depth: int = 0) -> list[BaseException]:
    """Unfold an error: its cause, and the reasons Twisted packs into one."""
    if error is None or depth > 6:
        return []
    inner = [reason.value for reason in getattr(error, "reasons", None) or []]
    return [error, *(found for cause in [*inner, error.__cause__] for found in _causes(cause, depth + 1))]
