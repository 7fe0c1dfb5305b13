"""One night's state: the runs of all sources, the ledger, the archive, and the spool they end in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers import spool
from crawlers.errors import ArchiveUnwritable, NetworkDown
from crawlers.items import Candidate, Ending, KnownPages
from crawlers.settings import Job, agent
from crawlers.source import Source
from crawlers.spiders.ledger import Ledger
from crawlers.spiders.plan import SourceRun
from crawlers.spiders.verdicts import HOST_TROUBLE
from crawlers.statuses import Kind, Status
from crawlers.warc import Exchange, WarcFile

# So many refusals or silences of one host in a row, and it is left alone for the night.
PATIENCE = 5
UNREACHED = {Status.DNS, Status.CONNECTION, Status.TIMEOUT, Status.TLS}
TOO_LATE = Ending(Status.BUDGET_EXHAUSTED, detail="night_timeout_s")


@dataclass
class RobotsFile:
    """One host's robots.txt tonight: how it ended, and which sources relied on it."""

    url: str
    ending: Ending
    users: set[str] = field(default_factory=set)


@dataclass
class _Kept:
    row: dict[str, Any]
    asked: str
    number: int


class Night:
    """Everything a crawl collects; the spider fills it, `finish` turns it into files."""

    def __init__(self, job: Job, sources: Sequence[Source], known: KnownPages) -> None:
        self.job = job
        self.settings = job.settings
        self.ledger = Ledger(job.night)
        self.runs = {source.id: SourceRun(source, job.settings, known, self.ledger) for source in sources}
        self.robots: dict[str, RobotsFile] = {}
        self.refused_hosts: set[str] = set()
        self.closed_hosts: dict[str, Ending] = {}
        self.over = False
        self.failure: ArchiveUnwritable | None = None
        self._trouble: Counter[str] = Counter()
        self._started = datetime.now(UTC)
        self._warcs: dict[str, WarcFile] = {}
        self._kept: dict[str, list[_Kept]] = {}

    def now(self) -> datetime:
        """Return the job's fixed time, or the clock's."""
        return self.job.now or datetime.now(UTC)

    def heard(self, host: str, ending: Ending) -> None:
        """Note how a host behaved; after several troubles in a row it is left for the night."""
        if ending.status not in HOST_TROUBLE:
            self._trouble.pop(host, None)
            return
        self._trouble[host] += 1
        if self._trouble[host] >= PATIENCE:
            self.close_host(host, ending.status, f"left after {PATIENCE} x {ending.status} in a row")

    def close_host(self, host: str, status: Status, detail: str) -> None:
        """Ask this host for nothing more tonight."""
        self.closed_hosts.setdefault(host, Ending(status, detail=detail))

    def archive(self, source: Source, exchange: Exchange) -> int:
        """Put an answer into the source's WARC file and return its number there.

        Raises:
            ArchiveUnwritable: the night ends with this, too; what is not archived is not reported.
        """
        try:
            if source.id not in self._warcs:
                path = self._folder / f"{source.id}.warc.gz"
                self._warcs[source.id] = WarcFile(path, agent(self.settings))
            return self._warcs[source.id].add(exchange)
        except ArchiveUnwritable as error:
            self.failure = self.failure or error
            self.over = True
            raise

    def keep(self, candidate: Candidate, row: dict[str, Any], number: int) -> None:
        """Keep an article row; `number` is that of its page in the archive."""
        self._kept.setdefault(row["source_id"], []).append(_Kept(row, candidate.url, number))

    def finish(self) -> dict[str, Any]:
        """Close the ledger, write archive and spool, and return the summary.

        Raises:
            NetworkDown: nothing answered at all; nothing has been written.
            ArchiveUnwritable: no space or no rights.
        """
        if self.failure is not None:
            raise self.failure
        self._end_all()
        self._raise_if_offline()
        rows = self._articles(self._close_warcs())
        self.ledger.balance()
        summary = self._summary(len(rows))
        fallback = self.job.now or self._started
        spool.write(self.job.spool, spool.articles_table(rows), self.ledger.table(fallback), summary)
        return summary

    def sweep(self) -> None:
        """Remove the half-written archives of a run that was killed."""
        for leftover in self._folder.glob("*.part"):
            leftover.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Drop what has been collected; nothing of the night remains."""
        for warc in self._warcs.values():
            warc.discard()

    @property
    def _folder(self) -> Path:
        return self.job.archive / self.job.night

    def _end_all(self) -> None:
        for run in self.runs.values():
            if self.over:
                run.give_up(TOO_LATE)
        if self.over:
            self.ledger.end_open(TOO_LATE)
        for entry in self.robots.values():
            # One fetch served all editions on the host: it is booked once, on the first of them by name.
            source_id = min(entry.users)
            self.ledger.see(source_id, Kind.ROBOTS, entry.url)
            self.ledger.end(source_id, Kind.ROBOTS, entry.url, entry.ending)

    def _raise_if_offline(self) -> None:
        """A lone silent outlet is that outlet's silence; silence of all of them, or of the proxy, is ours."""
        several = len(self.runs) > 2 or self.settings.proxy is not None
        statuses = self.ledger.statuses()
        if several and statuses & UNREACHED and not self.ledger.answered() and not self.over:
            raise NetworkDown(len(self.runs))

    def _close_warcs(self) -> dict[str, list[int]]:
        return {
            source_id: warc.close(self.job.now or self._started)
            for source_id, warc in sorted(self._warcs.items())
        }

    def _articles(self, offsets: dict[str, list[int]]) -> list[dict[str, Any]]:
        """Return the rows, each article once: the first source and address by name keep it."""
        rows: list[dict[str, Any]] = []
        owner: dict[str, str] = {}
        for source_id in sorted(self._kept):
            for kept in sorted(self._kept[source_id], key=lambda kept: kept.asked):
                key = kept.row["article_id"]
                if key in owner:
                    self._restate_duplicate(kept, owner[key])
                    continue
                owner[key] = f"{source_id} {kept.asked}"
                kept.row["warc_file"] = f"{self.job.night}/{source_id}.warc.gz"
                kept.row["warc_offset"] = offsets[source_id][kept.number]
                rows.append(kept.row)
        return rows

    def _restate_duplicate(self, kept: _Kept, owner: str) -> None:
        ending = Ending(
            Status.DUPLICATE,
            http_status=200,
            detail=f"same page as {owner}",
            article_id=kept.row["article_id"],
            fetched_at=kept.row["fetched_at"],
        )
        self.ledger.restate(kept.row["source_id"], Kind.ARTICLE, kept.asked, ending)

    def _summary(self, articles: int) -> dict[str, Any]:
        discovery = self.ledger.discovery()
        return {
            "night": self.job.night,
            "counts": self.ledger.counts(Kind.ARTICLE),
            "discovery": discovery,
            "offered": {key: dict(sorted(run.items.items())) for key, run in sorted(self.runs.items())},
            "passed": {key: run.passed for key, run in sorted(self.runs.items()) if run.passed},
            "known": {key: len(run.known_pages) for key, run in sorted(self.runs.items())},
            "reached": {key: _reached(discovery.get(key, {})) for key in sorted(self.runs)},
            "articles": articles,
            "complete": not self.over,
        }


def _reached(kinds: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether at least one of a source's discovery documents could be read."""
    return any(Status.OK in tally for kind, tally in kinds.items() if kind != Kind.ROBOTS)
