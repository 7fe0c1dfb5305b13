"""Verbs that run nights: the demo, a real night, the service, a crawl alone, archives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands import options

Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only this edition; may be repeated.", show_default=False)
]


def demo(
    home: Annotated[Path, typer.Option(help="Folder of the demo's warehouse and report.")] = Path("var/demo"),
    nights: Annotated[int, typer.Option(min=1, max=60, help="Nights to run, of sixty.")] = 60,
    seed: Annotated[int, typer.Option(help="Another seed makes another press.")] = 20260302,
) -> None:
    """Run sixty nights of a fictional press through the real pipeline, then write the report."""
    from flows import demo as verb

    verb.run(home, nights=nights, seed=seed)


def nightly(
    night: Annotated[
        str | None, typer.Option("--night", help="Resume this night (YYYY-MM-DD); default: tonight.")
    ] = None,
    source: Sources = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Run one real night, or go on with one that was interrupted."""
    settings = options.settings(config, home)
    from flows import service, steps

    steps.tonight(settings, night)  # refused before a server is started
    service.prepare_prefect(settings)
    from flows.nightly import nightly as flow

    print(flow(night, source, str(config) if config else None, str(settings.home)))


def schedule(
    cron: Annotated[
        str | None, typer.Option(help="Cron line; default: schedule.cron of the settings.")
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Serve the nightly through Prefect, by the clock, until interrupted."""
    settings = options.settings(config, home)
    from flows import service

    service.run(settings, cron or settings.schedule.cron, config)


def crawl(
    source: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Editions; default: all enabled.")
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Crawl tonight's articles into the spool, and no further."""
    import json

    from flows import steps

    settings = options.settings(config, home)
    with steps.opened(settings, steps.tonight(settings, None), sources=source) as night:
        print(json.dumps(steps.crawl_summary(night), ensure_ascii=False, indent=1))


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="JSONL, CSV, Parquet (.gz, .zst) or WARC files.")
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="field=column, e.g. text=text date=date source=channel; may be repeated."),
    ] = None,
    cleaner: Annotated[str, typer.Option(help="telegram: messenger markdown becomes plain text.")] = "none",
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Read an archive through the same path as a crawl: sentences, stories, episodes, report."""
    settings = options.settings(config, home)
    from flows import ingest as verb

    for line in verb.run(settings, paths, mapping or [], cleaner):
        print(line, file=sys.stderr)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (demo, nightly, schedule, crawl, ingest):
        app.command()(verb)
