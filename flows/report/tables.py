"""The tables of a report in words, made once: the page and the Markdown file print the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.report.data import (
    ClassifierError,
    Day,
    Edit,
    Episode,
    Publisher,
    SourceCoverage,
    SourceDays,
    Stratum,
    Strength,
    Trend,
    Watched,
    Week,
)
from flows.report.phrases import Phrases

NUMERIC = frozenset(
    [
        "count",
        "copies",
        "total",
        "expected",
        "upper",
        "p",
        "q",
        "articles",
        "stories",
        "seen",
        "fetched",
        "parsed",
        "read",
        "usual",
        "share",
        "interval",
        "n",
        "ratio",
        "sensitivity",
        "specificity",
        "missing_days",
        "partial_days",
    ]
)
MOST_DAYS_NAMED = 8
INTERVAL = 5  # the place of the ratio's interval in `strength`


@dataclass(frozen=True)
class Cell:
    """A text and where it links to, if anywhere; both may come from a crawled page."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Table:
    """A caption, column keys with their names, and rows of cells."""

    caption: str
    keys: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def numeric(self, column: int) -> bool:
        """Whether the column holds numbers (they are set flush right)."""
        return self.keys[column] in NUMERIC


def make(t: Phrases, caption: str, keys: Sequence[str], rows: Iterable[Sequence[str | Cell]]) -> Table:
    """A table whose columns are named by the catalogue's `column.<key>`."""
    cells = tuple(tuple(item if isinstance(item, Cell) else Cell(item) for item in row) for row in rows)
    return Table(caption, tuple(keys), tuple(t(f"column.{key}") for key in keys), cells)


def stratum(t: Phrases, of: Stratum) -> str:
    """The stratum in words: "Chinese presence as a threat: land and borders; Kazakh-language press"."""
    return f"{heading(t, of)} · {press(t, of)}"


def heading(t: Phrases, of: Stratum) -> str:
    """What the stratum is about."""
    target = t.term("target", of.target)
    if of.frame == "*":
        return t("episodes.heading", target=target)
    return t("episodes.heading_frame", target=target, frame=t.term("frame", of.frame))


def press(t: Phrases, of: Stratum) -> str:
    """Which part of the press the stratum is."""
    where = t.term("press", of.language)
    if of.ownership == "*":
        return where
    return t("episodes.where", press=where, ownership=t.term("ownership", of.ownership))


def series(t: Phrases, days: Sequence[Day]) -> Table:
    """An episode's series; a day that was not collected says so instead of showing counts."""
    keys = ("day", "count", "copies", "total", "expected", "upper", "p", "alarm")
    return make(t, t("episodes.series_table"), keys, (_series_row(t, day) for day in days))


def _series_row(t: Phrases, day: Day) -> list[str]:
    counts = [t.number(value) for value in (day.count, day.copies, day.total)]
    if not day.complete and day.count is not None:
        counts[0] += " " + t("episodes.incomplete")
    expected = [
        known(t, day.expected),
        known(t, day.upper),
        "" if day.p_value is None else t.p_value(day.p_value),
    ]
    return [t.table_day(day.day), *counts, *expected, t("column.yes") if day.alarm else ""]


def known(t: Phrases, value: float | None) -> str:
    """A detector's figure; empty where the day was not tested (which is not the same as not collected)."""
    return "" if value is None else t.number(value)


def publishers(t: Phrases, rows: Sequence[Publisher]) -> Table:
    """Who carried the stories, earliest first."""
    keys = ("edition", "ownership", "country", "language", "printed", "first_seen", "stories", "articles")
    return make(
        t,
        t("episodes.spread"),
        keys,
        (
            (
                row.outlet,
                t.term("ownership", row.ownership),
                t.term("country", row.country),
                t.term("language", row.language),
                t.moment(row.printed_at),
                t.moment(row.first_seen_at),
                t.number(row.stories),
                t.number(row.articles),
            )
            for row in rows
        ),
    )


def coverage(t: Phrases, caption: str, rows: Sequence[SourceCoverage]) -> Table:
    """How far each edition was collected on one night."""
    keys = ("edition", "language", "ownership", "status", "usual", "seen", "fetched", "parsed", "read")
    return make(
        t,
        caption,
        keys,
        (
            (
                row.outlet,
                t.term("language", row.language),
                t.term("ownership", row.ownership),
                t.term("status", row.status),
                known(t, row.expected),
                *(t.number(value) for value in (row.seen, row.fetched, row.parsed, row.read)),
            )
            for row in rows
        ),
    )


def watched(t: Phrases, rows: Sequence[Watched]) -> Table:
    """Tonight's watch list."""
    keys = ("stratum", "count", "copies", "total", "expected", "ratio", "p", "q", "detector")
    cells = []
    for row in rows:
        figures = strength(t, row.strength)
        cells.append((stratum(t, row.stratum), *figures[:INTERVAL], *figures[INTERVAL + 1 :]))
    return make(t, t("watch.title"), keys, cells)


def strength(t: Phrases, of: Strength) -> tuple[str, ...]:
    """Count, copies, all stories, expected, ratio, its interval, p, q, detector."""
    return (
        t.number(of.count),
        known(t, of.copies),
        known(t, of.total),
        known(t, of.expected),
        "" if of.ratio is None else t.times(of.ratio),
        "" if of.ratio_low is None else t.interval(of.ratio_low, of.ratio_high, 1),
        "" if of.p_value is None else t.p_value(of.p_value),
        "" if of.q_value is None else t.p_value(of.q_value),
        t.term("detector", of.detector),
    )


def trends(t: Phrases, caption: str, group: str, rows: Sequence[Trend]) -> Table:
    """Every week of several trends in one table."""
    keys = ("which_trend", "week", "count", "total", "share", "interval")
    cells = [[t.term(group, trend.name), *_week(t, week)] for trend in rows for week in trend.weeks]
    return make(t, caption, keys, cells)


def _week(t: Phrases, week: Week) -> list[str]:
    numbers = [t.number(week.count), t.number(week.total), t.percent(week.share)]
    band = (
        ""
        if week.low is None or week.high is None
        else t("format.interval", low=t.percent(week.low), high=t.percent(week.high))
    )
    return [t.table_day(week.week), *numbers, band]


def calendar(t: Phrases, days: Sequence[str], rows: Sequence[SourceDays]) -> Table:
    """How many days of each edition are missing or partial, and which."""
    keys = ("edition", "missing_days", "partial_days", "which")
    return make(t, t("health.calendar_table"), keys, (_calendar_row(t, days, row) for row in rows))


def _calendar_row(t: Phrases, days: Sequence[str], row: SourceDays) -> list[str]:
    missing = [day for day, status in zip(days, row.statuses, strict=True) if status == "missing"]
    partial = [day for day, status in zip(days, row.statuses, strict=True) if status == "partial"]
    named = [t.short_day(day) for day in sorted([*missing, *partial])]
    shown = ", ".join(named[:MOST_DAYS_NAMED]) + (" …" if len(named) > MOST_DAYS_NAMED else "")
    return [row.outlet, t.number(len(missing)), t.number(len(partial)), shown]


def edits(t: Phrases, rows: Sequence[Edit]) -> Table:
    """Headlines before and after; the later one links to the page."""
    keys = ("edition", "before", "after", "changed")
    return make(
        t,
        t("edits.title"),
        keys,
        ((row.outlet, row.before, Cell(row.after, row.url), t.moment(row.seen_after)) for row in rows),
    )


def errors(t: Phrases, rows: Sequence[ClassifierError]) -> Table:
    """The classifier's measured error by language."""
    keys = ("language", "sensitivity", "specificity", "n")
    return make(
        t,
        t("method.errors_table"),
        keys,
        (
            (
                t.term("language", row.language),
                _share(t, row.sensitivity, row.sensitivity_low, row.sensitivity_high),
                _share(t, row.specificity, row.specificity_low, row.specificity_high),
                t.number(row.n),
            )
            for row in rows
        ),
    )


def _share(t: Phrases, value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return t("missing.unknown")
    if low is None or high is None:
        return t.percent(value, 0)
    return f"{t.percent(value, 0)} ({t('format.interval', low=t.percent(low, 0), high=t.percent(high, 0))})"


def episodes(t: Phrases, rows: Sequence[Episode]) -> Table:
    """Episodes in one line each."""
    keys = ("stratum", "severity", "peak", "count", "copies", "expected", "ratio", "interval", "p", "q")
    return make(
        t,
        t("episodes.title"),
        keys,
        (
            (
                stratum(t, row.stratum),
                t.term("severity", row.severity),
                t.table_day(row.peak),
                *_brief(strength(t, row.strength)),
            )
            for row in rows
        ),
    )


def _brief(cells: tuple[str, ...]) -> tuple[str, ...]:
    count, copies, _total, expected, ratio, interval, p, q, _detector = cells
    return count, copies, expected, ratio, interval, p, q
