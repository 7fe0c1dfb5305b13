"""An episode's series: the warehouse's counts, and what the daily detector expected of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import dropwhile
from typing import Any

from flows.evidence import ask
from flows.evidence.ask import Row, iso
from flows.report.data import Day, Stratum
from warehouse.connection import Connection

BASELINE_DAYS = 365
ALERTS = ("alert", "high")


@dataclass(frozen=True)
class History:
    """The counts of every stratum up to a night, `days` of them to be shown and a year before as their baseline."""

    night: str
    days: int
    table: Any

    @classmethod
    def read(cls, con: Connection, night: str, days: int) -> History:
        """Read all series once; episodes then take their own from it."""
        from warehouse import series

        return cls(night, days, series.read(con, night, days + BASELINE_DAYS))

    def of(self, stratum: Stratum) -> dict[str, Row]:
        """The rows of one stratum by ISO day."""
        from pyarrow import compute

        table = self.table
        for name, value in ask.narrowed(stratum).items():
            table = table.filter(compute.equal(table[name].cast("string"), value))
        return {str(row["day"]): row for row in table.to_pylist()}

    @property
    def shown(self) -> list[str]:
        """The days to be shown."""
        return ask.span(ask.days_before(self.night, self.days - 1), self.night)


@dataclass(frozen=True)
class Expectation:
    """What a detector expected of one day (or of the seven days up to it), and how sure it could be."""

    expected: float | None
    upper: float | None
    p_value: float | None
    phi: float | None
    se: float | None


NOTHING = Expectation(None, None, None, None, None)


def expectations(
    counts: Mapping[str, Row], days: Sequence[str], alarms: set[str], weekly: bool = False
) -> dict[str, Expectation]:
    """The short-history detector run again over some days of one series, alarm days left out of its baseline.

    Expected values equal those of the night's own test; bounds and p-values may differ a little, because that test
    knows the sibling strata's dispersion. Where the warehouse holds its figures, they are shown instead of these.

    Args:
        counts: rows of the series by day.
        days: consecutive ISO days to be tested, the last of all.
        alarms: days with an alarm.
        weekly: test trailing weeks instead of days.
    """
    import numpy as np

    from models.spikes import short_history

    first = min([*counts, days[0]])
    span = ask.span(first, days[-1])
    y, n = (
        np.array([_value(counts.get(day), name) for day in span], dtype=float) for name in ("count", "total")
    )
    at = np.arange(len(span) - len(days), len(span))
    weekday = np.array([date.fromisoformat(day).weekday() for day in span])
    left_out = np.array([day in alarms for day in span])
    block = short_history.block_of_series(y, n, at, len(span), weekday, left_out)
    # the night's test steadies its dispersion with that of sibling strata; here the tested days stand in for them
    block = replace(block, group=np.zeros(len(days), dtype=np.int64))
    tests = (short_history.window if weekly else short_history.daily)(block, short_history.ShortOptions())
    figures = zip(days, tests.expected, tests.upper, tests.p_value, tests.phi, tests.se, strict=True)
    return {day: Expectation(*(_finite(value) for value in values)) for day, *values in figures}


def _value(row: Row | None, name: str) -> float:
    return float(row[name]) if row is not None and row["complete"] and row[name] is not None else float("nan")


def _finite(value: float) -> float | None:
    number = float(value)
    return number if number - number == 0 else None


def days_of(history: History, counts: Mapping[str, Row], tests: Sequence[Row], alarms: set[str]) -> list[Day]:
    """One entry a day shown, from the first day on that was looked at at all.

    A day that was not collected has no counts and no expectation.
    """
    daily = {iso(test["night"]): test for test in tests if ask.detector(test["detector"]) == "daily"}
    again = expectations(counts, history.shown, alarms)
    found = [_day(day, counts.get(day), daily.get(day), again[day], day in alarms) for day in history.shown]
    return list(dropwhile(lambda day: day.count is None, found))


def _day(day: str, row: Row | None, test: Row | None, again: Expectation, alarm: bool) -> Day:
    # a day without a row was before the press was watched at all: as unknown as one that was not collected
    known = row if row is not None and (row["complete"] or row["total"]) else {}
    complete = row is not None and bool(row["complete"])
    # what was expected of a day that was not collected says nothing
    tested, untested = (test or {}, again) if complete else ({}, NOTHING)
    return Day(
        day=day,
        count=known.get("count"),
        copies=known.get("copies"),
        total=known.get("total"),
        expected=_given(tested.get("expected"), untested.expected),
        upper=_given(tested.get("upper"), untested.upper),
        p_value=_given(tested.get("p_value"), untested.p_value),
        complete=complete,
        alarm=alarm,
    )


def _given(stored: float | None, computed: float | None) -> float | None:
    return computed if stored is None else stored
