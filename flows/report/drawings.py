"""Which charts a report has: its data laid out for `charts`, with every text from the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from flows.report import charts, tables
from flows.report.data import Day, Episode, Publisher, SourceDays, Trend, Week
from flows.report.phrases import ZONE, Phrases

SERIES_HEIGHT = 230
SMALL_HEIGHT = 120
SMALLEST_SHARE_TOP = 0.05
ROOM_FOR_INTERVALS = 3
SPREAD_TICKS = 4
LANES_SHOWN = 15
TICK_HOURS = (6, 12, 24, 48, 72)


@dataclass(frozen=True)
class Small:
    """One small chart with its name and its latest figure in words."""

    name: str
    latest: str
    chart: Markup


@dataclass(frozen=True)
class Group:
    """Small charts that share one scale, and all their figures in one table."""

    title: str
    charts: tuple[Small, ...]
    table: tables.Table


def series(t: Phrases, of: Episode) -> Markup:
    """An episode's days: stories as columns, expected and bound as lines, days not collected hatched."""
    rows = of.series
    days = charts.Days([row.day for row in rows])
    largest = max((max(row.count or 0, row.upper or 0.0) for row in rows if row.complete), default=1)
    heights = charts.Heights(charts.nice_top(largest * 1.05), SERIES_HEIGHT)
    missing = [i for i, row in enumerate(rows) if not row.complete]
    loud = {i for i, row in enumerate(rows) if row.alarm}
    said = [_said(t, row) for row in rows]
    parts = [
        *charts.missing_days(days, missing, SERIES_HEIGHT, t("missing.days")),
        *charts.grid(heights, t.number),
        *charts.bars(days, [row.count if row.complete else None for row in rows], heights, said, loud),
        charts.stretched(
            SERIES_HEIGHT,
            [
                charts.line(days, [row.upper for row in rows], heights, "upper"),
                charts.line(days, [row.expected for row in rows], heights, "expected"),
            ],
        ),
        *charts.day_ticks(days, SERIES_HEIGHT, t.short_day),
    ]
    label = t("episodes.chart", heading=tables.heading(t, of.stratum), press=tables.press(t, of.stratum))
    return charts.drawing(SERIES_HEIGHT, label, parts)


def _said(t: Phrases, row: Day) -> str:
    line = t(
        "episodes.bar",
        day=t.day(row.day),
        stories=t.counted("story", row.count or 0),
        copies=t.number(row.copies),
        total=t.number(row.total),
    )
    if row.expected is None:
        return line
    return f"{line}; {t('episodes.bar_expected', expected=t.number(row.expected), upper=t.number(row.upper))}"


def spread(t: Phrases, of: Episode) -> Markup:
    """A lane for each edition with a dot for each article, the first publisher's first one marked."""
    shown = of.publishers[:LANES_SHOWN]
    moments = [moment for row in shown for moment in row.moments]
    begin, end = _whole_days(min(moments), max(moments))
    width = (end - begin).total_seconds()

    def at(moment: datetime) -> float:
        return (moment - begin).total_seconds() / width

    rows = [_lane(t, row, at, first=k == 0) for k, row in enumerate(shown)]
    label = t("episodes.spread_chart", heading=tables.heading(t, of.stratum))
    return charts.lanes(rows, [(at(tick), _tick(t, tick)) for tick in _ticks(begin, end)], label)


def _ticks(begin: datetime, end: datetime) -> list[datetime]:
    """Six-hourly, half-daily or every so many days, so that there are about four steps."""
    hours = (end - begin).total_seconds() / 3600
    step = next(
        (choice for choice in TICK_HOURS if hours / choice <= SPREAD_TICKS), 24 * math.ceil(hours / 96)
    )
    return [begin + timedelta(hours=k * step) for k in range(int(hours // step) + 1)]


def _whole_days(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """From local midnight before the first to local midnight after the last."""
    begin = first.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    end = last.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return begin, end


def _tick(t: Phrases, moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    day = t.short_day(local.date().isoformat())
    return f"{local:%H:%M}" if local.hour else day


def _lane(t: Phrases, row: Publisher, at: Callable[[datetime], float], first: bool) -> charts.Lane:
    note = t(
        "episodes.lane_note",
        ownership=t.term("ownership", row.ownership),
        articles=t.counted("article", row.articles),
    )
    dots = [
        charts.Dot(
            at(moment), t("episodes.spread_dot", outlet=row.outlet, moment=t.moment(moment)), first and k == 0
        )
        for k, moment in enumerate(row.moments)
    ]
    # the first dot of all is drawn last, so that no later one covers it
    return charts.Lane(row.outlet, note, dots[::-1])


def trends(t: Phrases, rows: Sequence[Trend]) -> list[Group]:
    """Small charts by language and by target; all charts of a group share one scale."""
    groups = []
    for kind in dict.fromkeys(row.kind for row in rows):
        members = [row for row in rows if row.kind == kind]
        title = t(f"trends.by_{kind}")
        table = tables.trends(t, f"{t('trends.table')}: {title}", kind, members)
        groups.append(Group(title, tuple(_small(t, row, _share_top(members)) for row in members), table))
    return groups


def _share_top(rows: Sequence[Trend]) -> float:
    """The scale of a group: its intervals, but at most thrice its largest share (three stories have a huge one)."""
    weeks = [week for row in rows for week in row.weeks]
    share = max((week.share for week in weeks if week.share is not None), default=0.0)
    high = max((week.high for week in weeks if week.high is not None), default=0.0)
    largest = max(SMALLEST_SHARE_TOP, share, min(high, ROOM_FOR_INTERVALS * share))
    return min(1.0, charts.nice_top(largest * 100) / 100)


def _small(t: Phrases, of: Trend, top: float) -> Small:
    days = charts.Days([week.week for week in of.weeks])
    heights = charts.Heights(top, SMALL_HEIGHT)
    missing = [i for i, week in enumerate(of.weeks) if week.total is None]
    lines = [
        charts.band(days, [week.low for week in of.weeks], [week.high for week in of.weeks], heights),
        charts.line(days, [week.share for week in of.weeks], heights, "share"),
    ]
    parts = [
        *charts.missing_days(days, missing, SMALL_HEIGHT, t("missing.days")),
        *charts.grid(heights, lambda value: t.percent(value, 0), lines=1),
        charts.stretched(SMALL_HEIGHT, lines),
        *_hover(t, of.weeks, days),
        *charts.day_ticks(days, SMALL_HEIGHT, t.short_day, most=2),
    ]
    name = t.term(of.kind, of.name)
    return Small(
        name, _latest(t, of.weeks), charts.drawing(SMALL_HEIGHT, t("trends.chart", name=name), parts)
    )


def _hover(t: Phrases, weeks: Sequence[Week], days: charts.Days) -> list[Markup]:
    """Invisible columns that say their week's figures to a pointer."""
    said = [
        t("trends.point", week=t.day(week.week), share=t.percent(week.share), n=t.number(week.total))
        for week in weeks
    ]
    return charts.columns(days, said, SMALL_HEIGHT)


def _latest(t: Phrases, weeks: Sequence[Week]) -> str:
    if not weeks or weeks[-1].total is None:
        return t("trends.latest_none")
    last = weeks[-1]
    return t("trends.latest", share=t.percent(last.share), n=t.counted("story", last.total or 0))


def calendar(t: Phrases, days: Sequence[str], rows: Sequence[SourceDays]) -> Markup:
    """A strip of days for each edition."""
    cells = [
        (
            row.outlet,
            [(status, _day_said(t, day, status)) for day, status in zip(days, row.statuses, strict=True)],
        )
        for row in rows
    ]
    return charts.calendar(cells, days, t.short_day, t("health.calendar_chart"))


def _day_said(t: Phrases, day: str, status: str) -> str:
    return f"{t.short_day(day)}: {t.term('status', status)}"
