"""The one spider: every source of the registry is crawled by it, guided by its declaration alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import scrapy
from scrapy.http import TextResponse

from crawlers.discovery import read_feed, read_listing, read_sitemap
from crawlers.errors import ArchiveUnwritable, Refused
from crawlers.items import Candidate, Ending, Offer, Step
from crawlers.source import host_key
from crawlers.spiders import verdicts
from crawlers.spiders.article import read_article
from crawlers.spiders.night import Night
from crawlers.spiders.plan import SourceRun, oldest
from crawlers.statuses import Kind, Status
from crawlers.warc import Exchange

# Never archived: they say how we got out, not what was said.
PRIVATE_HEADERS = {"proxy-authorization", "authorization", "cookie"}


class NewsSpider(scrapy.Spider):
    """Walks each source: discovery documents one after another, then the pages they offered.

    Every request comes back to exactly one of `parse_discovery`, `parse_article` and `fail`, which give its address
    its ending and ask for the source's next request.
    """

    name = "news"

    def __init__(self, night: Night, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.night = night
        self._alarm: asyncio.TimerHandle | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Begin all sources at once; their hosts are paced apart from each other."""
        self._alarm = asyncio.get_running_loop().call_later(
            self.night.settings.night_timeout_s, self.end_night
        )
        for run in self.night.runs.values():
            for request in self.advance(run):
                yield request

    def closed(self, reason: str) -> None:
        """Let go of the clock, which would keep the whole night in memory."""
        if self._alarm is not None:
            self._alarm.cancel()

    def end_night(self) -> None:
        """Let what is under way come in, and ask for nothing more."""
        self.night.over = True

    def advance(self, run: SourceRun) -> Iterator[scrapy.Request]:
        """Give the source's next requests: its next discovery document, or pages up to its share."""
        if self.night.over:
            return
        step = run.next_step()
        if step is not None:
            yield self._request(run, step.kind, step)
            return
        run.plan()
        while (candidate := run.next_candidate()) is not None:
            yield self._request(run, Kind.ARTICLE, candidate)

    def parse_discovery(
        self, response: Any, run: SourceRun, kind: Kind, what: Step
    ) -> Iterator[scrapy.Request]:
        """Read a feed, sitemap or listing."""
        status, detail = verdicts.of_response(response, kind)
        if status is Status.OK:
            try:
                offer = self._read(response, kind, what)
                run.take(what, offer)
                detail = offer.detail
            except Refused as refused:
                status, detail = Status(refused.status), refused.detail
            except Exception as error:  # a document can be broken in any way, and costs only itself
                self.logger.warning("cannot read %s", response.url, exc_info=True)
                status, detail = Status.PARSE_FAILED, f"{type(error).__name__}: {error}"
        self._end(run, kind, what.url, response, Ending(status, detail=detail))
        yield from self.advance(run)

    def parse_article(
        self, response: Any, run: SourceRun, kind: Kind, what: Candidate
    ) -> Iterator[scrapy.Request]:
        """Archive and read an article page."""
        run.under_way -= 1
        status, detail = verdicts.of_response(response, kind)
        ending = Ending(status, detail=detail)
        if status is Status.OK:
            ending = self._article(response, run, what)
        self._end(run, kind, what.url, response, ending)
        yield from self.advance(run)

    def fail(self, failure: Any) -> Iterator[scrapy.Request]:
        """Book a request that brought no usable answer."""
        request = failure.request
        run, kind, what = (request.cb_kwargs[name] for name in ("run", "kind", "what"))
        run.under_way -= kind is Kind.ARTICLE
        status, detail = verdicts.of_failure(failure.value, request, self.night.refused_hosts)
        ending = Ending(status, detail=detail, fetched_at=self.night.now())
        self.night.ledger.end(run.source.id, kind, what.url, ending)
        if not isinstance(failure.value, Refused):
            self.night.heard(host_key(request.url) or "", ending)
        yield from self.advance(run)

    def _request(self, run: SourceRun, kind: Kind, what: Step | Candidate) -> scrapy.Request:
        meta: dict[str, Any] = {"source": run.source, "kind": kind}
        if kind is Kind.SITEMAP:
            meta["download_maxsize"] = self.night.settings.max_sitemap_bytes
        return scrapy.Request(
            what.url,
            callback=self.parse_article if kind is Kind.ARTICLE else self.parse_discovery,
            errback=self.fail,
            headers=_conditions(what),
            cb_kwargs={"run": run, "kind": kind, "what": what},
            meta=meta,
            dont_filter=True,
        )

    def _read(self, response: Any, kind: Kind, step: Step) -> Offer:
        if kind is Kind.FEED:
            return read_feed(response.body, response.url)
        if kind is Kind.SITEMAP:
            return read_sitemap(
                response.body,
                response.url,
                not_before=oldest(self.night.now(), step, self.night.settings),
                include=step.entry.include,
                max_bytes=self.night.settings.max_sitemap_bytes,
            )
        if not isinstance(response, TextResponse):
            raise Refused(Status.BAD_TYPE, verdicts.content_type(response.headers) or "no text")
        return read_listing(response.text, response.url, step.entry.links)

    def _article(self, response: Any, run: SourceRun, candidate: Candidate) -> Ending:
        fetched_at = self.night.now()
        try:
            number = self._archived(response, run, fetched_at)
        except ArchiveUnwritable:  # noted by the night, which ends with it
            return Ending(Status.BUDGET_EXHAUSTED, detail="the archive cannot be written")
        if response.url != candidate.url and not run.source.is_article(response.url):
            return Ending(Status.NOT_ARTICLE, detail=f"redirected to {response.url}")
        ending, row = read_article(response, candidate, run.source, fetched_at)
        if row is not None:
            self.night.keep(candidate, row, number)
        return ending

    def _archived(self, response: Any, run: SourceRun, fetched_at: datetime) -> int:
        exchange = _exchange(response, fetched_at, by_proxy=bool(self.night.settings.proxy))
        return self.night.archive(run.source, exchange)

    def _end(self, run: SourceRun, kind: Kind, url: str, response: Any, ending: Ending) -> None:
        ending = replace(
            ending, http_status=response.status, size=_wire_size(response), fetched_at=self.night.now()
        )
        self.night.ledger.end(run.source.id, kind, url, ending)
        self.night.heard(host_key(response.url) or "", ending)


def _conditions(what: Step | Candidate) -> dict[str, str]:
    """Ask for a known page only if it changed."""
    known = what.known if isinstance(what, Candidate) else None
    if known is None:
        return {}
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in pairs.items() if value}


def _exchange(response: Any, fetched_at: datetime, *, by_proxy: bool) -> Exchange:
    wire = response.request.meta.get("wire") or response
    return Exchange(
        url=response.url,
        fetched_at=fetched_at,
        status=response.status,
        request_headers=_lines(response.request.headers),
        response_headers=_lines(wire.headers),
        body=wire.body,
        ip=None if by_proxy or response.ip_address is None else str(response.ip_address),
    )


def _lines(headers: Any) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        if name.decode("latin-1").lower() not in PRIVATE_HEADERS
        for value in values
    ]


def _wire_size(response: Any) -> int:
    wire = response.request.meta.get("wire") or response
    return len(wire.body)
