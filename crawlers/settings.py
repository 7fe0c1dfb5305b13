"""The job a crawl is given, its settings with their defaults, and what Scrapy makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawlers.errors import BadJob
from crawlers.source import Source

MEBIBYTE = 2**20
# Connections to a proxy are shared by all hosts, so its pool must be larger than one host's.
POOL = 16
REDIRECTS_AT_MOST = 5
RETRY_CODES = [429, 500, 502, 503, 504, 522, 524]
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectError",
    "twisted.internet.error.ConnectionLost",
]
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "kk,ru;q=0.8,en;q=0.6",
}
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawlers.middlewares.Gate": 60,
    "crawlers.middlewares.Robots": 100,
    "crawlers.middlewares.Patience": 550,
    "crawlers.middlewares.Wire": 800,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
# None of these may silently drop a request: every address must come back to be counted.
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
EXTENSIONS: dict[str, int | None] = {
    f"scrapy.extensions.{name}": None
    for name in (
        "corestats.CoreStats",
        "logcount.LogCount",
        "telnet.TelnetConsole",
        "memusage.MemoryUsage",
        "memdebug.MemoryDebugger",
        "closespider.CloseSpider",
        "feedexport.FeedExporter",
        "logstats.LogStats",
        "spiderstate.SpiderState",
        "remote_control.RemoteControl",
    )
}


class Settings(BaseModel):
    """How a crawl behaves. Every field has a default that is polite to real sites."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_agent: Annotated[str, Field(min_length=1)] = "baqylau/0.1"
    """Product token robots.txt files are matched with; the contact is appended."""
    contact: str = ""
    """Address or page by which a site owner can reach whoever runs the crawl."""
    delay_s: Annotated[float, Field(ge=0)] = 1.0
    """Least seconds between two requests to one host."""
    per_host: Annotated[int, Field(ge=1, le=16)] = 1
    """Connections to one host at a time."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    """Seconds for one answer, body included."""
    max_bytes: Annotated[int, Field(gt=0)] = 8 * MEBIBYTE
    """Largest page, packed or unpacked."""
    max_sitemap_bytes: Annotated[int, Field(gt=0)] = 64 * MEBIBYTE
    """Largest sitemap, packed or unpacked."""
    max_articles_per_source: Annotated[int, Field(ge=0)] = 400
    """Article pages fetched per source and night; the rest ends as `budget_exhausted`."""
    max_age_days: Annotated[int, Field(ge=1)] = 14
    """Sitemap entries with an older date are left alone, unless their registry entry says otherwise."""
    night_timeout_s: Annotated[float, Field(gt=0)] = 3 * 3600.0
    """After so many seconds nothing more is requested."""
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Further tries after a lost connection or a 5xx."""
    max_retry_after_s: Annotated[float, Field(ge=0)] = 60.0
    """Longest Retry-After that is waited for; a host that asks for more is left for the night."""
    proxy: str | None = None
    """HTTP proxy for every request; with one, no name is resolved here."""
    allow_private: bool = False
    """Allow private and loopback addresses (tests, intranets)."""
    autothrottle: bool = True
    """Slow down for hosts that answer slowly."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "WARNING"

    @field_validator("proxy")
    @classmethod
    def _proxy_is_address(cls, proxy: str | None) -> str | None:
        if proxy is not None and (urlsplit(proxy).scheme != "http" or not urlsplit(proxy).hostname):
            raise ValueError(f"expected http://HOST:PORT, found {proxy!r}")
        return proxy


class Job(BaseModel):
    """One night of one crawl, as `JOB.json` holds it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    night: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    now: AwareDatetime | None = None
    registry: Annotated[tuple[Path, ...], Field(min_length=1)]
    sources: tuple[str, ...] | None = None
    spool: Path
    archive: Path
    known: Path | None = None
    settings: Settings = Settings()


def read_job(path: Path) -> Job:
    """Read a job file.

    Raises:
        BadJob: every fault of it, each with its path inside the file.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Job.model_validate(raw)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(step) for step in item['loc']) or 'file'} -> {item['msg']}, found {item['input']!r}"
            for item in error.errors(include_url=False)
        ]
    except (OSError, ValueError) as error:
        faults = [f"no readable JSON ({error})"]
    raise BadJob(path, faults)


def agent(settings: Settings) -> str:
    """Return the User-Agent header: who is asking, and where to complain."""
    return f"{settings.user_agent} (+{settings.contact})" if settings.contact else settings.user_agent


def scrapy_settings(settings: Settings, sources: Iterable[Source]) -> dict[str, Any]:
    """Return Scrapy's settings for a job: politeness per host, nothing that phones, dumps or drops."""
    hosts = sorted({host.partition(":")[0] for source in sources for host in source.hosts})
    return {
        **_politeness(settings, hosts),
        "USER_AGENT": agent(settings),
        "DEFAULT_REQUEST_HEADERS": HEADERS,
        "DOWNLOAD_TIMEOUT": settings.timeout_s,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": min(20.0, settings.timeout_s),
        "REDIRECT_MAX_TIMES": REDIRECTS_AT_MOST,
        "RETRY_TIMES": settings.retries,
        "RETRY_HTTP_CODES": RETRY_CODES,
        "RETRY_EXCEPTIONS": RETRY_EXCEPTIONS,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "REFERRER_POLICY": "no-referrer",
        "DOWNLOADER_MIDDLEWARES": DOWNLOADER_MIDDLEWARES,
        "SPIDER_MIDDLEWARES": SPIDER_MIDDLEWARES,
        "EXTENSIONS": EXTENSIONS,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "STATS_DUMP": False,
        "CONCURRENT_ITEMS": 1,  # Scrapy starts this many tasks for every callback; ours yields one request
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_LEVEL": settings.log_level,
    }


def _politeness(settings: Settings, hosts: list[str]) -> dict[str, Any]:
    """Per-host limits go into the slots; the per-domain number then only sizes the pool of kept connections."""
    return {
        "CONCURRENT_REQUESTS": 0,  # the spider itself never has more than a few per source under way
        "CONCURRENT_REQUESTS_PER_DOMAIN": POOL if settings.proxy else settings.per_host,
        "DOWNLOAD_SLOTS": {host: {"concurrency": settings.per_host, "jitter": 0} for host in hosts},
        "DOWNLOAD_DELAY": settings.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "AUTOTHROTTLE_ENABLED": settings.autothrottle,
        "AUTOTHROTTLE_START_DELAY": settings.delay_s,
        "AUTOTHROTTLE_MAX_DELAY": max(30.0, settings.delay_s),
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(settings.per_host),
    }
