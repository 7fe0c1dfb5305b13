"""The steps of one night as plain functions: each reads what the step before wrote and may be repeated.

A step takes a `Night` and returns a `Count`: what went in, what came out, what was lost and why. Counts are read
from the state of the spool and the warehouse, so that they do not depend on how often a step was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from crawlers import registry, spool
from flows import alert, annotate, cluster, crawl, readers
from flows import sources as source_tables
from flows.errors import NightBusy, PastNight
from flows.settings import Settings
from models import claims, codebook
from warehouse import connection, counts, coverage, cube, export, ledger, load, pending, publish

READ_BATCH = 20_000


@dataclass(frozen=True)
class Night:
    """One night's frame: what is set, which night it is, and the one writing connection."""

    settings: Settings
    night: str
    con: connection.Connection
    sources: tuple[str, ...] = ()
    now: datetime | None = None
    """A fixed clock for the crawler; only the fictional press and archives have one."""
    steps: tuple[str, ...] = ()
    crawler: crawl.Child | None = None
    """A crawling process shared by several nights; none: one is started for this night."""

    @property
    def day(self) -> date:
        """The night as a date."""
        return date.fromisoformat(self.night)

    @property
    def spool(self) -> Path:
        """The folder that the crawl of this night leaves."""
        return self.settings.spool / self.night


@dataclass(frozen=True)
class Count:
    """What one step did: rows in, rows out, and the difference by reason."""

    step: str
    input: int
    output: int
    lost: int = 0
    detail: str | None = None


def tonight(settings: Settings, night: str | None) -> str:
    """The night that is meant: the one that is named, else today's local date.

    Raises:
        PastNight: a past night that was never crawled: what was on the page then cannot be fetched now.
    """
    today = datetime.now(UTC).astimezone(settings.zone).date().isoformat()
    if night is None or night == today:
        return today
    if not (settings.spool / night).is_dir():
        raise PastNight(
            f"a night whose crawl is in {settings.spool}",
            f"no {night} there",
            "leave --night away to crawl tonight",
        )
    return night


@contextmanager
def locked(settings: Settings) -> Iterator[connection.Connection]:
    """The one writing connection of a home folder, and nobody else's for as long.

    Raises:
        NightBusy: another run holds it.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.home / "nightly.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise NightBusy(
            f"no other run on {settings.home}",
            "one that is still going",
            "wait for it, or name another --home",
        ) from error
    try:
        with connection.open_writer(settings.warehouse) as con:
            book = codebook.load()
            load.targets(con, source_tables.targets(book))
            load.frames(con, source_tables.frames(book))
            load.places(con, source_tables.places(claims.default()))
            yield con
    finally:
        lock.release()


@contextmanager
def opened(settings: Settings, night: str, sources: Sequence[str] | None = None) -> Iterator[Night]:
    """A real night, ready to run."""
    with locked(settings) as con:
        yield Night(settings, night, con, tuple(sources or ()), steps=ALL)


def remaining(night: Night) -> list[str]:
    """The steps of this night that the ledger does not show as done, in order."""
    done = ledger.done(night.con, night.night)
    return [name for name in night.steps if name not in done]


def perform(name: str, night: Night) -> Count:
    """Run one step and record it in the ledger."""
    count = STEPS[name](night)
    ledger.record(night.con, night.night, name, count.input, count.output, count.lost, count.detail)
    return count


def crawl_summary(night: Night) -> dict[str, Any]:
    """Crawl the night into its spool folder, unless that is there already, and return the crawler's summary."""
    if not night.spool.is_dir():
        known = night.settings.home / "jobs" / f"known-{night.night}.parquet"
        known.parent.mkdir(parents=True, exist_ok=True)
        export.known(night.con, known, night.night, night.settings.crawl.recheck_days)
        job = crawl.job(night.settings, night.night, night.now, night.sources, known)
        crawl.run(night.settings, job, night.crawler)
    return spool.read(night.spool).summary


def crawl_step(night: Night) -> Count:
    """Discover, fetch, archive, extract: the night's spool folder."""
    crawl_summary(night)
    content = spool.read(night.spool)
    return Count(
        "crawl",
        content.fetches.num_rows,
        content.articles.num_rows,
        content.fetches.num_rows - content.articles.num_rows,
    )


def load_step(night: Night) -> Count:
    """Sources, fetches, articles and versions of the spool into the warehouse."""
    content = spool.read(night.spool)
    sources = registry.load(night.settings.registry)
    load.sources(night.con, source_tables.sources(sources), source_tables.ownership(sources))
    load.spool(night.con, content.articles, content.fetches, night.night)
    kept = counts.loaded(night.con, night.night)
    return Count("load", content.articles.num_rows, kept, content.articles.num_rows - kept)


def read_step(night: Night) -> Count:
    """Split new versions into sentences and read every sentence that the current reading has not read."""
    reading_id = read_sentences(night.con, night.settings, night.night)
    asked, read = counts.read(night.con, night.night, reading_id)
    return Count("read", asked, read, asked - read)


def read_sentences(con: connection.Connection, settings: Settings, night: str | None) -> str:
    """Split and read whatever waits for it, in batches.

    Returns:
        the id of the reading.
    """
    with readers.opened(settings.reading) as reading:
        load.sentences(con, reading.split(pending.unsplit_versions(con)))
        facts = annotate.reader(settings.reading).reading
        reading_id = load.reading(con, dict(facts) | {"created_night": night})
        while (batch := pending.unread(con, reading_id, READ_BATCH)).num_rows:
            found = reading.read(reading_id, batch)
            with connection.transaction(con):
                load.speech_acts(con, found.acts)
                load.claims(con, found.claims)
    return reading_id


def cluster_step(night: Night) -> Count:
    """Join new articles to the stories they reprint."""
    join_stories(night.con, night.settings, night.night)
    articles, stories = counts.clustered(night.con, night.night)
    return Count("cluster", articles, stories, articles - stories)


def join_stories(con: connection.Connection, settings: Settings, first_day: str) -> None:
    """Give every article without a story one; the earliest of them was first seen on `first_day`."""
    since = date.fromisoformat(first_day) - timedelta(days=settings.stories.window_days)
    recent = pending.recent_texts(con, since.isoformat())
    load.stories(con, cluster.members(pending.unclustered(con), recent, settings.stories))


def count_step(night: Night) -> Count:
    """Coverage of the night, and the cube for the days that changed."""
    coverage.refresh(night.con, night.night)
    cube.refresh(night.con, None)
    rows = counts.covered(night.con, night.night)
    return Count("count", rows, rows)


def detect_step(night: Night) -> Count:
    """Test every stratum of the night; alarms become episodes."""
    tested, alarms = alert.detect(night.con, night.night, night.settings.alerts)
    return Count("detect", tested, alarms, tested - alarms)


def publish_step(night: Night) -> Count:
    """Put a read-only copy in the place where readers look."""
    publish.publish(night.con, night.settings.snapshot)
    return Count("publish", 1, 1)


def report_step(night: Night) -> Count:
    """Write the night's report from the warehouse."""
    from flows import report

    paths = report.write(
        night.con, night.night, night.settings.reports / night.night, q=night.settings.alerts.q
    )
    return Count("report", len(paths), len(paths))


STEPS: dict[str, Callable[[Night], Count]] = {
    "crawl": crawl_step,
    "load": load_step,
    "read": read_step,
    "cluster": cluster_step,
    "count": count_step,
    "detect": detect_step,
    "publish": publish_step,
    "report": report_step,
}
ALL = tuple(STEPS)
