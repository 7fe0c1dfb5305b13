"""Sixty nights of the fictional press through the real pipeline, then the report and the strongest episodes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawlers.newsroom import plan as newsroom_plan
from crawlers.newsroom import server as newsroom_server
from crawlers.newsroom import sources_dir
from crawlers.newsroom.model import Plan
from flows import crawl, report, service, steps
from flows import settings as settings_module
from warehouse import connection

STRONGEST = 3


@dataclass
class Shown:
    """Progress on a terminal: one bar over the nights, with the step in hand."""

    progress: Progress
    bar: Any

    def step(self, night: str, name: str) -> None:
        """A step begins."""
        self.progress.update(self.bar, description=f"night {night}: {name}")

    def night_done(self) -> None:
        """A night is complete."""
        self.progress.advance(self.bar)


def run(home: Path, *, nights: int, seed: int) -> Path:
    """Run or resume the demo and print where its report lies.

    Returns:
        the path of the HTML report.
    """
    base = settings_module.load(None, home=home)
    service.prepare_prefect(base)
    plan = newsroom_plan.build(seed=seed)
    days = list(plan.nights[:nights])
    with (
        newsroom_server.serve(plan, days[0]) as press,
        steps.locked(base) as con,
        crawl.started(base) as crawler,
    ):
        _run_nights(Demo(base, plan, con, press, crawler), days)
        folder = base.reports / days[-1]
        report.write(con, days[-1], folder, q=base.alerts.q)
        lines = summary_lines(con, folder)
    Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True).print("\n".join(lines))
    return folder / "report.html"


@dataclass(frozen=True)
class Demo:
    """What all nights of the demo share."""

    settings: settings_module.Settings
    plan: Plan
    con: connection.Connection
    press: newsroom_server.Press
    crawler: crawl.Child

    def night(self, day: str, *, last: bool) -> steps.Night:
        """A night of the fictional press: its clock is the plan's, its network a proxy on loopback."""
        update = {
            "proxy": self.press.proxy,
            "delay_s": 0.0,
            "per_host": 8,
            "autothrottle": False,
            "contact": "demo",
        }
        crawling = self.settings.crawl.model_copy(update=update)
        settings = self.settings.model_copy(update={"crawl": crawling, "registry": [sources_dir(day)]})
        now = self.plan.crawl_time(day)
        later = ("report",) if last else ("publish", "report")  # the report is written once, at the end
        wanted = tuple(name for name in steps.ALL if name not in later)
        return steps.Night(settings, day, self.con, now=now, steps=wanted, crawler=self.crawler)


def _run_nights(demo: Demo, days: list[str]) -> None:
    from flows.nightly import nights as flow

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        shown = Shown(progress, progress.add_task("starting Prefect", total=len(days)))
        flow(lambda: _nights(demo, days, shown), shown.step)


def _nights(demo: Demo, days: list[str], shown: Shown) -> Iterator[steps.Night]:
    """One night after the other, the press set to each before it is crawled."""
    for day in days:
        demo.press.set_night(day)
        yield demo.night(day, last=day == days[-1])
        shown.night_done()


def summary_lines(con: Any, folder: Path) -> list[str]:
    """Where the report is, and the strongest episodes in a line each."""
    lines = [f"report: {folder / 'report.html'}", "strongest episodes:"]
    return lines + [f"  {line}" for line in report.strongest(con, STRONGEST) or ["none"]]
