"""The crawl of one night, as a child process: own memory, own reactor, killed on time-out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from baqylau import replacing
from flows.errors import CrawlFailed, CrawlImpossible
from flows.settings import Settings

EXIT_TERMINAL = 2
GRACE_S = 120.0


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
            "user_agent": crawl.user_agent.format(contact=crawl.contact or "no contact set"),
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


def run(settings: Settings, instruction: dict[str, Any]) -> dict[str, Any]:
    """Run the child and return its summary.

    Raises:
        CrawlImpossible: the child refused its job (a bad registry, no disk space).
        CrawlFailed: it died or ran out of time; the same job may be run again.
    """
    night = instruction["night"]
    job_file = settings.home / "jobs" / f"{night}.json"
    with replacing(job_file) as temporary:
        temporary.write_text(json.dumps(instruction, indent=1), encoding="utf-8")
    command = [sys.executable, "-m", "crawlers.run", str(job_file)]
    try:
        child = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=settings.crawl.night_timeout_s + GRACE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CrawlFailed(
            f"the crawl of {night} to end",
            f"still running after {error.timeout:.0f} s",
            "run the night again",
        ) from error
    _keep_log(settings, night, child.stderr)
    if child.returncode:
        raise _failure(night, child)
    summary: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return summary


def _keep_log(settings: Settings, night: str, text: str) -> None:
    if text:
        log = settings.home / "logs" / f"crawl-{night}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8")


def _failure(night: str, child: subprocess.CompletedProcess[str]) -> CrawlFailed | CrawlImpossible:
    last = (child.stderr.strip().splitlines() or ["no message"])[-1]
    kind = CrawlImpossible if child.returncode == EXIT_TERMINAL else CrawlFailed
    found = f"exit code {child.returncode}: {last}"
    return kind(f"the crawl of {night} to succeed", found, "mend what it names, then run the night again")
