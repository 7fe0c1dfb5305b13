"""All strata of one night as arrays, and the two detectors run over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.spikes import flexible
from models.spikes.arrays import Bools, Floats, Ints
from models.spikes.results import Tests, blank, scatter, select, withhold
from models.spikes.short_history import WEEK, Block, ShortOptions, daily, weekly, window
from models.spikes.strata import Series, Stratum

FARRINGTON = flexible.FarringtonOptions()
YEAR = 52


@dataclass(frozen=True)
class Panel:
    """S strata on one night, their past by lag (column 0 = the night)."""

    day: str
    strata: tuple[Stratum, ...]
    block: Block
    copies: Floats
    """(S, L)"""


def build(series: Sequence[Series], day: str, excluded: Sequence[Collection[str]] | None = None) -> Panel:
    """Lay series of any length side by side; days after `day` are dropped, days without a row are missing."""
    last = date.fromisoformat(day).toordinal()
    ordinals = _ordinals(series)
    first = min((int(o[0]) for o in ordinals if len(o)), default=last)
    length = max(last - first + 1, WEEK)
    shape = (len(series), length)
    counts, totals, copies = (np.full(shape, np.nan) for _ in range(3))
    complete, kept = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for i, (one, ordinal) in enumerate(zip(series, ordinals, strict=True)):
        past = ordinal <= last
        lag = last - ordinal[past]
        counts[i, lag], totals[i, lag], copies[i, lag] = one.count[past], one.total[past], one.copies[past]
        complete[i, lag] = np.asarray(one.complete[past], dtype=bool)
        complete[i, lag] &= np.isfinite(one.count[past]) & (np.nan_to_num(one.total[past]) > 0)
        kept[i] = complete[i]
        left_out = one.excluded if excluded is None else one.excluded.union(excluded[i])
        away = [last - date.fromisoformat(d).toordinal() for d in left_out]
        kept[i, [a for a in away if 0 <= a < length]] = False
    strata = tuple(s.stratum for s in series)
    weekday = np.full(len(series), date.fromisoformat(day).weekday())
    return Panel(day, strata, Block(counts, totals, complete, kept, weekday, siblings(strata)), copies)


def _ordinals(series: Sequence[Series]) -> list[Ints]:
    """Day numbers of every series; most series share one tuple of days, which is then parsed once."""
    seen: dict[tuple[str, ...], Ints] = {}
    for one in series:
        if one.days not in seen:
            days = [date.fromisoformat(d).toordinal() for d in one.days]
            seen[one.days] = np.array(days, dtype=np.int64)
    return [seen[one.days] for one in series]


def siblings(strata: Sequence[Stratum]) -> Ints:
    """Group numbers: strata that fix the same dimensions share their dispersion."""
    shapes: dict[tuple[bool, ...], int] = {}
    return np.array([shapes.setdefault(s.shape, len(shapes)) for s in strata], dtype=np.int64)


def with_copies(panel: Panel) -> Panel:
    """The same panel with reprints counted."""
    return replace(panel, block=replace(panel.block, counts=panel.copies))


def run_detectors(panel: Panel, options: ShortOptions, farrington_weeks: int) -> tuple[Tests, Tests]:
    """Tests of the day and of the trailing week, one row per stratum; upper bounds are left nan where costly."""
    none = np.zeros(len(panel.strata), dtype=bool)
    block = trimmed(panel.block, options)
    by_day = daily(block, options, none)
    by_week = window(block, options, none)
    return by_day, _long_histories(panel, by_week, farrington_weeks)


def trimmed(block: Block, options: ShortOptions) -> Block:
    """The block without lags that no short-history baseline reaches."""
    reach = (options.max_days // WEEK + 4) * WEEK
    if block.counts.shape[1] <= reach:
        return block
    cut = {name: getattr(block, name)[:, :reach] for name in ("counts", "complete", "baseline")}
    totals = None if block.totals is None else block.totals[:, :reach]
    return Block(cut["counts"], totals, cut["complete"], cut["baseline"], block.weekday, block.group)


def _long_histories(panel: Panel, by_week: Tests, farrington_weeks: int) -> Tests:
    """Replace the trailing-week test by Farrington's where the history is long enough."""
    length = _history(panel.block.complete)
    weeks = length // WEEK
    years = np.where(weeks >= farrington_weeks, (weeks - 1 - FARRINGTON.half_window) // YEAR, 0)
    years = np.clip(years, 0, 5)
    if not (years > 0).any():
        return by_week
    y, n, kept = weekly(panel.block)
    out = by_week
    for b in np.unique(years[years > 0]):
        rows = np.flatnonzero(years == b)
        lags, levels = flexible.reference(FARRINGTON, int(b), YEAR)
        index = np.ix_(rows, lags)
        now = select(blank(y[:, 0], n[:, 0], "farrington"), rows)
        counts = np.where(kept[index], y[index], np.nan)
        part = flexible.evaluate(counts, n[index], now, (lags, levels), int(b), FARRINGTON)
        part = withhold(part, ~panel.block.complete[rows, 0], "the day itself is missing")
        out = scatter(out, rows, part)
    return out


def _history(complete: Bools) -> NDArray[np.intp]:
    """Days from the first complete one to the night, per row."""
    back = complete[:, ::-1]
    first = np.where(back.any(axis=1), back.argmax(axis=1), complete.shape[1])
    return complete.shape[1] - first


def fresh(panel: Panel, by_week: Tests) -> Bools:
    """Strata whose night itself lies above the weekly rate: a trailing week may only alarm on such a night.

    Otherwise every spike would echo for six nights after its end. Setting p to 1 on the other nights keeps the
    p-value valid (it only grows).
    """
    totals = panel.block.totals
    share = np.ones(len(by_week)) if totals is None else totals[:, 0] / np.maximum(by_week.total, 1e-9)
    result: Bools = np.nan_to_num(panel.block.counts[:, 0]) > np.nan_to_num(by_week.expected * share)
    return result


def upper_bounds(panel: Panel, rows: NDArray[np.intp], options: ShortOptions) -> Floats:
    """Upper bound of the daily test for some strata, with the dispersion shared by all."""
    if not len(rows):
        return np.empty(0)
    want = np.zeros(len(panel.strata), dtype=bool)
    want[rows] = True
    return daily(trimmed(panel.block, options), options, want).upper[rows]
