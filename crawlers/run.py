"""The crawl as a child process: `python -m crawlers.run JOB.json [JOB.json ...]`, or `-` to read job paths line by line.

For each job one JSON summary goes to standard output as one line. Exit code 0: all done; 2: a fault somebody must
mend; 3: a fault that may pass. A job that fails writes no spool and ends the process with one line on standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from baqylau import BaqylauError, Transient
from crawlers.errors import ArchiveUnwritable, SpoolDamaged, SpoolMissing
from crawlers.items import Known, KnownPages
from crawlers.registry import load, select
from crawlers.settings import Job, read_job, scrapy_settings

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
KNOWN_COLUMNS = ("canonical_url", "article_id", "content_hash", "etag", "last_modified", "recheck")
EXIT_TERMINAL = 2
EXIT_TRANSIENT = 3
STARTED_BY = os.getppid()
ORPHAN_CHECK_S = 0.5


def main(argv: Sequence[str] | None = None) -> int:
    """Run jobs one after another in this process and return the exit code."""
    paths = list(sys.argv[1:] if argv is None else argv)
    if not paths:
        sys.stderr.write("expected JOB.json; found no argument; give the path of a job file, or -\n")
        return EXIT_TERMINAL
    # A killed crawl leaves nothing behind that counts, so the default, at once, is the right answer to a signal.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_watch_parent, daemon=True).start()
    try:
        _run_all(_stdin_paths() if paths == ["-"] else (Path(path) for path in paths))
    except BaqylauError as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        return EXIT_TRANSIENT if isinstance(error, Transient) else EXIT_TERMINAL
    return 0


def _stdin_paths() -> Iterator[Path]:
    for line in sys.stdin:
        if line.strip():
            yield Path(line.strip())


def _run_all(paths: Iterable[Path]) -> None:
    """Start the reactor, which can run only once in a process, and crawl job after job inside it."""
    from scrapy.utils.log import configure_logging
    from scrapy.utils.reactor import install_reactor

    install_reactor(REACTOR)
    configure_logging({"LOG_LEVEL": "WARNING"})
    from twisted.internet import reactor

    failed: list[BaseException] = []

    async def crawl_all() -> None:
        try:
            for path in paths:
                await _crawl_and_print(path)
        except BaseException as error:  # carried out of the reactor, which would only log it
            failed.append(error)
        finally:
            reactor.stop()

    reactor.callWhenRunning(lambda: asyncio.ensure_future(crawl_all()))
    reactor.run(installSignalHandlers=False)
    if failed:
        raise failed[0]


async def _crawl_and_print(path: Path) -> None:
    started = perf_counter()
    job = read_job(path)
    summary = await crawl(job)
    summary["seconds"] = round(perf_counter() - started, 3)
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, sort_keys=True) + "\n")
    sys.stdout.flush()


async def crawl(job: Job) -> dict[str, Any]:
    """Crawl one job and write its archive and spool. Needs the running asyncio reactor.

    Returns:
        The summary: `night`, `counts` (source -> status -> article addresses), `discovery` (source -> kind -> status),
        `offered`, `passed`, `known`, `articles`, `complete`.

    Raises:
        RegistryFaults, UnknownSource, SpoolMissing, SpoolDamaged, ArchiveUnwritable: somebody must mend something.
        NetworkDown: nothing answered.
    """
    from scrapy.crawler import Crawler

    from crawlers.spiders.news import NewsSpider
    from crawlers.spiders.night import Night

    sources = select(load(list(job.registry)), job.sources)
    night = Night(job, sources, read_known(job.known))
    night.refused_hosts = _resolver(job).refused
    logging.getLogger().setLevel(job.settings.log_level)
    crawler = Crawler(NewsSpider, scrapy_settings(job.settings, sources))
    night.sweep()
    try:
        await crawler.crawl_async(night=night)
        _end_if_orphaned()
        return night.finish()
    except OSError as error:
        raise ArchiveUnwritable(job.spool, f"{type(error).__name__}: {error}") from error
    finally:
        night.abandon()


def _watch_parent() -> None:
    """Ask outlets for nothing more once whoever wanted the crawl is gone: the next run would ask them a second time."""
    while True:
        _end_if_orphaned()
        sleep(ORPHAN_CHECK_S)


def _end_if_orphaned() -> None:
    """End at once, leaving nothing, if whoever asked for the crawl has been killed.

    A network that went down with its owner (the fictional press does) would otherwise be booked as the outlets'
    silence, in a spool that looks complete.
    """
    if os.getppid() != STARTED_BY:
        os._exit(EXIT_TRANSIENT)


def _resolver(job: Job) -> Any:
    """Install the guarded resolver and tell it what this job may reach."""
    from twisted.internet import reactor

    from crawlers.guard import GuardedResolver

    resolver = GuardedResolver(reactor, 10_000, min(20.0, job.settings.timeout_s))
    resolver.trust(allow_private=job.settings.allow_private, proxy=job.settings.proxy)
    resolver.install_on_reactor()
    return resolver


def read_known(path: Path | None) -> KnownPages:
    """Read `known.parquet`: what the warehouse holds.

    Columns: canonical_url, article_id, content_hash, etag, last_modified, recheck; and, so that pages which no
    feed lists any more are asked for again too, url and source_id.

    Raises:
        SpoolMissing: no such file.
        SpoolDamaged: it cannot be read, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if path is None:
        return KnownPages()
    if not path.is_file():
        raise SpoolMissing(path)
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise SpoolDamaged(path, f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
    missing = [name for name in KNOWN_COLUMNS if name not in table.column_names]
    if missing:
        raise SpoolDamaged(path, f"no column {', '.join(missing)}")
    again = table.filter(table.column("recheck"))
    settled = table.filter(pc.invert(table.column("recheck"))).column("article_id").to_pylist()
    return KnownPages(
        recheck={row["canonical_url"]: _known(row) for row in again.to_pylist()},
        settled={int(key, 16) for key in settled},
    )


def _known(row: dict[str, Any]) -> Known:
    names = ("content_hash", "etag", "last_modified", "url", "source_id")
    return Known(**{name: row.get(name) for name in names})


if __name__ == "__main__":
    sys.exit(main())
