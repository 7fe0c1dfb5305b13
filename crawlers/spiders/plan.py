"""One source's night: which discovery documents to read, and which of the pages found to fetch."""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timedelta

from crawlers.canonical import NotAWebAddress, canonical_url
from crawlers.items import Candidate, Ending, Found, Known, KnownPages, Offer, Step
from crawlers.settings import Settings
from crawlers.source import Source, path_and_query
from crawlers.spiders.ledger import Ledger
from crawlers.spool import article_id
from crawlers.statuses import Kind, Status

ADDRESS_AT_MOST = 2048
SITEMAP_DEPTH = 2
NO_BUDGET = Ending(Status.BUDGET_EXHAUSTED, detail="max_articles_per_source")
# Requests of one source waiting or under way, beyond those its host may answer at once: enough to keep the host
# busy while a page is read, few enough to stop at once and to share the machine fairly.
WAITING = 3


class SourceRun:
    """Discovery first, entry by entry in declared order, then the article pages in the order they were found."""

    def __init__(self, source: Source, settings: Settings, known: KnownPages, ledger: Ledger) -> None:
        self.source = source
        self.settings = settings
        self.items: Counter[str] = Counter()
        self.passed = 0
        self.known_pages: set[str] = set()
        self.under_way = 0
        self._known = known
        self._ledger = ledger
        self._found: dict[str, Found] = {}
        self._steps: deque[Step] = deque()
        self._queue: deque[Candidate] = deque()
        self._planned = False
        for entry in source.discovery:
            self._steps.append(Step(entry, _page_url(entry.url, entry.first), entry.first))

    def next_step(self) -> Step | None:
        """Return the next discovery document to fetch, each address once; None when discovery is done."""
        while self._steps:
            step = self._steps.popleft()
            if self._ledger.see(self.source.id, step.kind, step.url):
                return step
        return None

    def take(self, step: Step, offer: Offer) -> None:
        """Take over what a discovery document offered, and queue what it leads to."""
        fresh = 0
        for found in offer.found:
            if self._offered(step, found.url) and found.url not in self._found:
                self._found[found.url] = found
                fresh += step.kind is Kind.LISTING and self._unknown(found.url)
        self.items[step.kind.value] += len(offer.found)
        self.passed += offer.passed
        if step.depth < SITEMAP_DEPTH:
            self._steps.extendleft(
                Step(step.entry, url, depth=step.depth + 1)
                for url in reversed(offer.children)
                if self.source.has_host(url)
            )
        if step.kind is Kind.LISTING and fresh and step.page + 1 < step.entry.first + step.entry.pages:
            following = _page_url(step.entry.url, step.page + 1)
            self._steps.appendleft(Step(step.entry, following, step.page + 1))

    def plan(self) -> None:
        """Decide once, for every page found, whether it will be fetched or why not."""
        if self._planned:
            return
        self._planned = True
        taken: set[str] = set()
        for found in self._found.values():
            self._decide(found, taken)
        for canonical, known in self._known.recheck.items():
            if known.url and canonical not in taken and self._is_mine(known, known.url):
                self._enqueue(Candidate(known.url, known=known), canonical, taken)
        self._found.clear()

    def next_candidate(self) -> Candidate | None:
        """Return the next page to fetch, or None while enough of them are under way, or at the end."""
        if not self._queue or self.under_way >= self.settings.per_host + WAITING:
            return None
        self.under_way += 1
        return self._queue.popleft()

    def give_up(self, ending: Ending) -> None:
        """End what was not even asked for, because the night is over."""
        while (step := self.next_step()) is not None:
            self._ledger.end(self.source.id, step.kind, step.url, ending)
        self.plan()
        self._queue.clear()  # its addresses are open in the ledger, which ends them

    def _offered(self, step: Step, url: str) -> bool:
        """A listing without a link selector offers only what looks like an article: the rest of it is navigation."""
        if step.kind is not Kind.LISTING or step.entry.links is not None:
            return True
        return self.source.has_host(url) and self.source.is_article(url)

    def _unknown(self, url: str) -> bool:
        canonical = _canonical(url)
        if canonical is None or canonical in self._known.recheck:
            return False
        return not self._known.is_settled(article_id(canonical))

    def _decide(self, found: Found, taken: set[str]) -> None:
        canonical = _canonical(found.url)
        if canonical is not None and self._known.is_settled(article_id(canonical)):
            self.known_pages.add(canonical)
        elif not self.source.has_host(found.url):
            self._end(found.url, Status.OFF_HOST)
        elif canonical is None or len(found.url) > ADDRESS_AT_MOST:
            self._end(found.url, Status.NOT_ARTICLE, "address too long or malformed")
        elif not self.source.is_article(found.url):
            self._end(found.url, Status.NOT_ARTICLE, f"no article_url matches {path_and_query(found.url)}")
        elif canonical in taken:
            self._end(found.url, Status.DUPLICATE, f"same page as {canonical}")
        else:
            known = self._known.recheck.get(canonical)
            self._enqueue(Candidate(found.url, found.published, known), canonical, taken)

    def _enqueue(self, candidate: Candidate, canonical: str, taken: set[str]) -> None:
        if len(self._queue) >= self.settings.max_articles_per_source:
            self._end_as(candidate.url, NO_BUDGET)
        elif self._ledger.see(self.source.id, Kind.ARTICLE, candidate.url):
            taken.add(canonical)
            self._queue.append(candidate)

    def _is_mine(self, known: Known, url: str) -> bool:
        if not self.source.has_host(url):
            return False
        return self.source.is_article(url) if known.source_id is None else known.source_id == self.source.id

    def _end(self, url: str, status: Status, detail: str | None = None) -> None:
        self._end_as(url, Ending(status, detail=detail))

    def _end_as(self, url: str, ending: Ending) -> None:
        if self._ledger.see(self.source.id, Kind.ARTICLE, url):
            self._ledger.end(self.source.id, Kind.ARTICLE, url, ending)


def _page_url(url: str, page: int) -> str:
    return url.replace("{n}", str(page))


def _canonical(url: str) -> str | None:
    try:
        return canonical_url(url)
    except NotAWebAddress:
        return None


def oldest(now: datetime, step: Step, settings: Settings) -> datetime:
    """Return the time before which a sitemap entry is left alone."""
    return now - timedelta(days=step.entry.max_age_days or settings.max_age_days)
