"""The crawl of one night, as a child process: own memory, own reactor, killed on time-out."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from baqylau import replacing
from flows.errors import CrawlFailed, CrawlImpossible
from flows.settings import Settings

EXIT_TERMINAL = 2
GRACE_S = 120.0
END_WITHIN_S = 20.0


def job(
    settings: Settings, night: str, now: datetime | None, sources: Sequence[str] | None, known: Path | None
) -> dict[str, Any]:
    """The child's whole instruction as JSON-ready values; `now` fixes its clock (only the fictional press does that)."""
    crawl = settings.crawl
    return {
        "night": night,
        "now": now.isoformat() if now else None,
        "registry": [str(path) for path in settings.registry],
        "sources": list(sources) if sources else None,
        "spool": str(settings.spool / night),
        "archive": str(settings.archive),
        "known": str(known) if known else None,
        "settings": {
            "user_agent": crawl.user_agent,
            "contact": crawl.contact,
            "delay_s": crawl.delay_s,
            "per_host": crawl.per_host,
            "timeout_s": crawl.timeout_s,
            "max_bytes": crawl.max_bytes,
            "max_articles_per_source": crawl.max_articles_per_source,
            "night_timeout_s": crawl.night_timeout_s,
            "proxy": crawl.proxy,
            "allow_private": crawl.allow_private,
            "autothrottle": crawl.autothrottle,
            "log_level": "WARNING",
        },
    }


def run(settings: Settings, instruction: dict[str, Any], child: Child | None = None) -> dict[str, Any]:
    """Crawl one night and return the crawler's summary.

    Args:
        settings: where the job and the log are kept, and how long it may take.
        instruction: as `job` gives it.
        child: a process that already waits for jobs; without one, one is started for this job alone.

    Raises:
        CrawlImpossible: the child refused its job (a bad registry, no disk space).
        CrawlFailed: it died or ran out of time; the same job may be run again.
    """
    night = instruction["night"]
    job_file = settings.home / "jobs" / f"{night}.json"
    with replacing(job_file) as temporary:
        temporary.write_text(json.dumps(instruction, indent=1), encoding="utf-8")
    if child is not None:
        return child.run(job_file)
    with started(settings) as own:
        return own.run(job_file)


class Child:
    """A crawling process: takes the path of a job on its standard input, answers with a line of JSON.

    It ends when its standard input closes, so it does not outlive the process that feeds it.
    """

    def __init__(self, process: subprocess.Popen[str], log: Path, timeout_s: float) -> None:
        self.process = process
        self.log = log
        self.timeout_s = timeout_s

    def run(self, job_file: Path) -> dict[str, Any]:
        """Crawl one job; see `run`."""
        night = job_file.stem
        watchdog = threading.Timer(self.timeout_s, self.process.kill)
        watchdog.start()
        try:
            line = self._ask(job_file)
        finally:
            watchdog.cancel()
        if not line:
            raise _failure(night, self.process.wait(), self.log)
        summary: dict[str, Any] = json.loads(line)
        return summary

    def _ask(self, job_file: Path) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(f"{job_file.resolve()}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return ""  # it has died: its exit code tells why
        return self.process.stdout.readline()


@contextmanager
def started(settings: Settings) -> Iterator[Child]:
    """A crawling process for as many jobs as wanted. Its log is kept below `home`."""
    log = settings.home / "logs" / "crawl.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "crawlers.run", "-"]
    with log.open("w", encoding="utf-8") as errors:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
        process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        try:
            yield Child(process, log, settings.crawl.night_timeout_s + GRACE_S)
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _failure(night: str, code: int, log: Path) -> CrawlFailed | CrawlImpossible:
    last = (log.read_text(encoding="utf-8").strip().splitlines() or ["no message"])[-1]
    kind = CrawlImpossible if code == EXIT_TERMINAL else CrawlFailed
    found = f"exit code {code}: {last}"
    return kind(f"the crawl of {night} to succeed", found, "mend what it names, then run the night again")
