"""The ledger of a night: every address seen, and the one status it ended with."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pyarrow as pa

from crawlers.items import Ending
from crawlers.spool import FETCHES
from crawlers.statuses import Kind, Status

Key = tuple[str, Kind, str]
DETAIL_AT_MOST = 200


class Ledger:
    """Counts addresses twice, when seen and when ended, so that a lost one shows."""

    def __init__(self, night: str) -> None:
        self.night = night
        self._endings: dict[Key, Ending | None] = {}
        self._seen: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()

    def see(self, source_id: str, kind: Kind, url: str) -> bool:
        """Enter an address; False if it is in the ledger already."""
        key = (source_id, kind, url)
        if key in self._endings:
            return False
        self._endings[key] = None
        self._seen[source_id] += 1
        return True

    def end(self, source_id: str, kind: Kind, url: str, ending: Ending) -> None:
        """Give an address its one ending."""
        key = (source_id, kind, url)
        assert self._endings[key] is None, f"{key} ended twice: {self._endings[key]} and {ending}"
        self._endings[key] = ending
        self._ended[source_id] += 1

    def restate(self, source_id: str, kind: Kind, url: str, ending: Ending) -> None:
        """Replace an ending by what the whole night showed (a duplicate of another source's article)."""
        assert self._endings[source_id, kind, url] is not None
        self._endings[source_id, kind, url] = ending

    def end_open(self, ending: Ending) -> int:
        """End what is still open, once the night's time is over; return how many that were."""
        still_open = [key for key, found in self._endings.items() if found is None]
        for key in still_open:
            self.end(*key, ending)
        return len(still_open)

    def balance(self) -> None:
        """Assert that seen addresses and statuses agree for each source.

        Raises:
            AssertionError: an address was lost or counted twice: a fault of this program.
        """
        lost = [key for key, found in self._endings.items() if found is None]
        assert not lost and self._seen == self._ended, (
            f"seen != sum of statuses; {len(lost)} open, first {lost[:3]}"
        )

    def counts(self, kind: Kind | None = None) -> dict[str, dict[str, int]]:
        """Return {source id: {status: number}}, of one kind or of all."""
        tally: dict[str, Counter[str]] = {}
        for (source_id, its_kind, _), ending in self._endings.items():
            if ending is not None and kind in (None, its_kind):
                tally.setdefault(source_id, Counter())[ending.status.value] += 1
        return {source_id: dict(sorted(tally[source_id].items())) for source_id in sorted(tally)}

    def discovery(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return {source id: {kind: {status: number}}} for all but article pages."""
        kinds = [kind for kind in Kind if kind is not Kind.ARTICLE]
        by_kind = {kind.value: self.counts(kind) for kind in kinds}
        sources = sorted({source_id for tally in by_kind.values() for source_id in tally})
        return {
            source_id: {kind: tally[source_id] for kind, tally in by_kind.items() if source_id in tally}
            for source_id in sources
        }

    def statuses(self) -> set[Status]:
        """Return the statuses that occur."""
        return {ending.status for ending in self._endings.values() if ending is not None}

    def answered(self) -> bool:
        """Whether any host answered anything at all."""
        return any(ending is not None and ending.http_status is not None for ending in self._endings.values())

    def table(self, fallback: datetime) -> pa.Table:
        """Return the ledger in the schema `FETCHES`; `fallback` is the time of addresses never asked for."""
        rows = sorted((key, ending) for key, ending in self._endings.items() if ending is not None)
        columns = {
            "night": [self.night] * len(rows),
            "source_id": [key[0] for key, _ in rows],
            "url": [key[2] for key, _ in rows],
            "kind": [key[1].value for key, _ in rows],
            "status": [ending.status.value for _, ending in rows],
            "http_status": [ending.http_status for _, ending in rows],
            "bytes": [ending.size for _, ending in rows],
            "fetched_at": [ending.fetched_at or fallback for _, ending in rows],
            "detail": [ending.detail and ending.detail[:DETAIL_AT_MOST] for _, ending in rows],
            "article_id": [ending.article_id for _, ending in rows],
        }
        return pa.table(columns, schema=FETCHES)
