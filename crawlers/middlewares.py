"""What stands between the spider and the net: the gate, robots.txt, patience with busy hosts, the raw bytes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Self

from scrapy import Request, signals
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import StopDownload
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.errors import Refused
from crawlers.guard import is_public, literal
from crawlers.items import Ending
from crawlers.source import host_key
from crawlers.spiders import verdicts
from crawlers.spiders.night import UNREACHED, Night, RobotsFile
from crawlers.statuses import Kind, Status

ROBOTS_AT_MOST = 512 * 1024
CRAWL_DELAY_AT_MOST = 30.0
# The host never said anything: its pages end like its robots.txt, not as forbidden by it.
NO_ANSWER = UNREACHED | {Status.PRIVATE_ADDRESS, Status.BUDGET_EXHAUSTED, Status.RATE_LIMITED}
# Without a delay a slot would ignore when it may speak again.
LEAST_DELAY = 0.05


class _Component:
    """A middleware that knows the running crawl."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Build the component as Scrapy asks."""
        return cls(crawler)

    @property
    def night(self) -> Night:
        """The night that is being crawled."""
        night: Night = self.crawler.spider.night
        return night


class Gate(_Component):
    """Lets only requests pass that may be sent: in time, on the source's hosts, to public addresses.

    It stands first and sees redirected and repeated requests too.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self.headers_received, signal=signals.headers_received)

    def process_request(self, request: Request) -> None:
        """Refuse or pass; a request that passes goes through the proxy, if there is one.

        Raises:
            Refused: with the status its address ends with.
        """
        settings = self.night.settings
        if self.night.over:
            raise Refused(Status.BUDGET_EXHAUSTED, "night_timeout_s")
        address = literal(request.url)
        if address is not None and not settings.allow_private and not is_public(address):
            raise Refused(Status.PRIVATE_ADDRESS, address)
        if not request.meta["source"].has_host(request.url):
            redirected = "redirect_urls" in request.meta
            raise Refused(Status.REDIRECTED_OFF_HOST if redirected else Status.OFF_HOST, request.url)
        closed = self.night.closed_hosts.get(host_key(request.url) or "")
        if closed is not None:
            raise Refused(closed.status, closed.detail)
        request.meta["proxy"] = settings.proxy  # also None: the environment shall not choose one

    def headers_received(self, headers: Any, request: Request) -> None:
        """Stop an article download whose header says that it is a film, a document or the like."""
        declared = verdicts.content_type(headers)
        if request.meta.get("kind") is Kind.ARTICLE and declared.startswith(verdicts.HEAVY_TYPES):
            request.meta["stopped"] = declared
            raise StopDownload(fail=True)


class Robots(_Component):
    """Obeys robots.txt, always. There is no way to turn this off, for a source or for a run.

    A missing file (4xx) allows everything; a file that cannot be had (5xx, no answer, a redirect to a foreign host)
    forbids everything for the night, as RFC 9309 asks. A declared crawl delay is kept up to half a minute.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._files: dict[str, asyncio.Task[ProtegoRobotParser | Ending]] = {}

    async def process_request(self, request: Request) -> None:
        """Refuse what the host's robots.txt forbids.

        Raises:
            Refused: `robots_denied`, or what kept the host itself from answering.
        """
        if request.meta["kind"] is Kind.ROBOTS:
            return
        scheme, _, rest = request.url.partition("://")
        url = f"{scheme}://{rest.split('/')[0].split('?')[0]}/robots.txt"
        if url not in self._files:
            self._files[url] = asyncio.ensure_future(self._fetch(url, request))
        rules = await self._files[url]
        self.night.robots[url].users.add(request.meta["source"].id)
        if isinstance(rules, Ending):
            status = rules.status if rules.status in NO_ANSWER else Status.ROBOTS_DENIED
            raise Refused(status, f"robots.txt could not be had: {rules.status}")
        agent = self.crawler.settings["USER_AGENT"]
        if not rules.allowed(request.url, agent):
            raise Refused(Status.ROBOTS_DENIED, None)
        if rules.crawl_delay(agent):
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _fetch(self, url: str, cause: Request) -> ProtegoRobotParser | Ending:
        """Return the rules, or how the fetch ended without any; it is booked like every other fetch."""
        meta = {
            "source": cause.meta["source"],
            "kind": Kind.ROBOTS,
            "download_maxsize": self.night.settings.max_bytes,
        }
        request = Request(url, meta=meta, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # whatever it was, without robots.txt nothing is fetched
            status, detail = verdicts.of_failure(error, request, self.night.refused_hosts)
            return self._book(url, cause, Ending(status, detail=detail))
        status, detail = verdicts.of_response(response, Kind.ROBOTS)
        booked = self._book(url, cause, Ending(status, response.status, len(response.body), detail))
        if status is not Status.OK and (not 400 <= response.status < 500 or response.status == 429):
            return booked
        rules = ProtegoRobotParser(response.body[:ROBOTS_AT_MOST] if status is Status.OK else b"", None)
        self._slow_down(cause, rules)
        return rules

    def _book(self, url: str, cause: Request, ending: Ending) -> Ending:
        booked = replace(ending, fetched_at=self.night.now())
        self.night.robots[url] = RobotsFile(url, booked, {cause.meta["source"].id})
        self.night.heard(host_key(url) or "", booked)
        return booked

    def _slow_down(self, cause: Request, rules: ProtegoRobotParser) -> None:
        delay = rules.crawl_delay(self.crawler.settings["USER_AGENT"])
        if not delay:
            return
        downloader = self.crawler.engine.downloader
        host = downloader.get_slot_key(cause)
        wanted = max(min(delay, CRAWL_DELAY_AT_MOST), self.night.settings.delay_s)
        downloader.per_slot_settings.setdefault(host, {})["delay"] = wanted
        if host in downloader.slots:
            downloader.slots[host].delay = wanted


class Patience(RetryMiddleware):
    """Tries again after a lost connection or a 5xx, and waits as long as a busy host asks, within a limit."""

    def process_response(self, request: Request, response: Any) -> Any:
        """Return the response, or the request once more."""
        if response.status in (429, 503):
            wait = retry_after(response)
            night: Night = self.crawler.spider.night
            if wait is not None and wait > night.settings.max_retry_after_s:
                detail = f"Retry-After {wait:.0f} s"
                night.close_host(host_key(request.url) or "", Status.RATE_LIMITED, detail)
                return response
            if wait:
                self._rest(request, wait)
        return super().process_response(request, response)

    def _rest(self, request: Request, wait: float) -> None:
        """Let the whole host rest, not only this request."""
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, LEAST_DELAY)
            slot.lastseen = monotonic() + wait


class Wire(_Component):
    """Keeps a packed answer as it came, before it is unpacked: that is what the archive holds."""

    def process_response(self, request: Request, response: Any) -> Any:
        """Remember a packed response on its request."""
        request.meta.pop("wire", None)
        if response.headers.get("Content-Encoding"):
            request.meta["wire"] = response.copy()
        return response


def retry_after(response: Any) -> float | None:
    """Return how many seconds the header asks to wait (not below 0), or None without a readable one.

    A date is read against the server's own clock, where it tells it.
    """
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
        told = (response.headers.get("Date") or b"").decode("latin-1")
        now = parsedate_to_datetime(told) if told else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None
