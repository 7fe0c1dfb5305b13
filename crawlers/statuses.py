"""The enumerations of the crawl. They are columns of the spool, so their values never become prose."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How one URL ended on one night. Every URL ends in exactly one."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    ROBOTS_DENIED = "robots_denied"
    PAYWALLED = "paywalled"
    CHALLENGED = "challenged"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    REDIRECTED_OFF_HOST = "redirected_off_host"
    PRIVATE_ADDRESS = "private_address"
    TOO_LARGE = "too_large"
    BAD_TYPE = "bad_type"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    BAD_ENCODING = "bad_encoding"
    PARSE_FAILED = "parse_failed"
    EMPTY_BODY = "empty_body"
    UNDATED = "undated"
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not_article"
    OFF_HOST = "off_host"
    BUDGET_EXHAUSTED = "budget_exhausted"


class Kind(StrEnum):
    """What a URL was fetched for."""

    ROBOTS = "robots"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    ARTICLE = "article"


class DateRule(StrEnum):
    """Where the publication time was read from."""

    JSON_LD = "json_ld"
    META = "meta"
    TIME_TAG = "time_tag"
    MICRODATA = "microdata"
    TEXT = "text"
    URL = "url"
    FEED = "feed"
    NONE = "none"


class DateStatus(StrEnum):
    """Whether the publication time can be trusted; all but `ok` are quarantined."""

    OK = "ok"
    UNDATED = "undated"
    FUTURE = "future"
    SUSPECT = "suspect"


class OwnershipClass(StrEnum):
    """Who stands behind an outlet."""

    STATE = "state"
    PRO_GOVERNMENT_HOLDING = "pro_government_holding"
    PRIVATE_INDEPENDENT = "private_independent"
    PRIVATE_UNCLASSIFIED = "private_unclassified"
    OPPOSITION = "opposition"
    INTERNATIONAL_PUBLIC = "international_public"
    THINK_TANK = "think_tank"
    RUSSIAN_STATE = "russian_state"
    UNKNOWN = "unknown"
