"""Verbs that answer questions from the published warehouse."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands import options
from flows.output import Format

if TYPE_CHECKING:
    from flows.settings import Settings

Fmt = Annotated[Format, typer.Option("--format", help="How the answer is written.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="File instead of standard output.", show_default=False)
]
Filter = Annotated[str | None, typer.Option(show_default=False)]


def snapshot(settings: Settings, **limits: Any) -> AbstractContextManager[Any]:
    """The published warehouse, read-only; `limits` are those of `warehouse.connection.open_reader`.

    Raises:
        NotFound: nothing has been published yet.
    """
    from flows.errors import NotFound
    from warehouse import connection

    if not settings.snapshot.exists():
        raise NotFound(
            f"a published warehouse at {settings.snapshot}",
            "none",
            "run baqylau demo, nightly or publish first",
        )
    return connection.open_reader(settings.snapshot, **limits)


def sql(
    query: Annotated[str, typer.Argument(help='A query, e.g. "select * from trend_by_language".')],
    limit: Annotated[
        int, typer.Option(min=1, help="Rows at most; a notice says when there were more.")
    ] = 1000,
    fmt: Fmt = Format.table,
    out: Out = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Ask the published warehouse in SQL; it is read-only and locked."""
    from flows import output
    from warehouse import query as verb

    with snapshot(options.settings(config, home)) as con:
        answer = verb.run(con, query, limit)
    output.print_table(answer.table, fmt, out)
    if answer.truncated:
        print(f"baqylau: only the first {limit} rows are shown; raise --limit for more", file=sys.stderr)


def trend(
    by: Annotated[
        list[str] | None, typer.Option(help="language, target, frame, sector, ownership, voice, outlet ...")
    ] = None,
    grain: Annotated[str, typer.Option(help="day, week or month.")] = "week",
    target: Filter = None,
    frame: Filter = None,
    language: Filter = None,
    fmt: Fmt = Format.table,
    out: Out = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Share of stories with a securitizing sentence over time, with its interval and the days not collected."""
    from flows import output
    from warehouse import trends

    with snapshot(options.settings(config, home)) as con:
        table = trends.trend(
            con, by=by or ["language"], grain=grain, target=target, frame=frame, language=language
        )
    output.print_table(table, fmt, out)


def alerts(
    night: options.Night = None,
    fmt: Fmt = Format.table,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """List the episodes, strongest first; with --night those with an alarm on that night."""
    from flows import alert, output

    with snapshot(options.settings(config, home)) as con:
        output.print_table(alert.listing(con, night), fmt)


def explain(
    alert_id: Annotated[
        str, typer.Argument(metavar="ALERT_ID", help="An episode's id, from baqylau alerts.")
    ],
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Print one episode with all its evidence."""
    from flows import report

    with snapshot(options.settings(config, home)) as con:
        sys.stdout.write(report.explain(con, alert_id))


def write_report(
    night: options.Night = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; default: reports/NIGHT below home.")
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Write the report of a night as HTML, Markdown and JSON."""
    from flows import alert, report

    settings = options.settings(config, home)
    with snapshot(settings) as con:
        day = night or alert.newest_night(con)
        for path in report.write(con, day, out or settings.reports / day, q=settings.alerts.q):
            print(path)


def publish(config: options.Config = None, home: options.Home = None) -> None:
    """Put a fresh read-only copy of the warehouse in the place where readers look."""
    from flows import steps
    from warehouse import publish as verb

    settings = options.settings(config, home)
    with steps.locked(settings) as con:
        verb.publish(con, settings.snapshot)
    print(settings.snapshot)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (sql, trend, alerts, explain, publish):
        app.command()(verb)
    app.command("report")(write_report)
