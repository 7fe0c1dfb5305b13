"""The detectors by name, on one series, and the rule by which `auto` chooses among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.spikes import ears, flexible
from models.spikes.arrays import Floats, Ints
from models.spikes.flexible import FarringtonOptions, Threshold, Trend
from models.spikes.results import Tests, blank, scatter
from models.spikes.short_history import WEEK, ShortOptions, block_of_series, daily

Method = Literal["auto", "farrington", "short", "ears-c1", "ears-c2", "ears-c3"]
METHODS: tuple[Method, ...] = ("auto", "farrington", "short", "ears-c1", "ears-c2", "ears-c3")
USUAL_ALPHA = {"ears-c1": 0.001, "ears-c2": 0.001, "ears-c3": 0.025}
FARRINGTON_YEARS = 1.5
DAYS_A_YEAR = 364


@dataclass(frozen=True)
class DetectOptions:
    """Options of the `detect` table; names as on the command line."""

    alpha: float | None = None
    """None = the method's usual one: 0.005, EARS C1 and C2 0.001, C3 0.025."""
    years_back: int | None = None
    """None = as many years as the history holds, at most 5."""
    half_window: int = 3
    periods: int = 10
    guard: int | None = None
    """None = 26 points (farrington); 2 or 7 days, by history (short)."""
    threshold: Threshold = "nbplugin"
    weights_threshold: float = 2.58
    trend: Trend = "always"
    min_cases: tuple[int, int] | None = None
    """(5, 4) = at least 5 cases in the last 4 points; None = off."""
    offset: bool = True
    start: str | int | None = None
    """first date or t to test and to write; None = all."""
    freq: int = 52
    """points a year of a table keyed by t."""

    def for_farrington(self) -> FarringtonOptions:
        """The settings of the Farrington detector."""
        return FarringtonOptions(
            alpha=self.alpha or 0.005,
            years_back=self.years_back,
            half_window=self.half_window,
            periods=self.periods,
            guard=26 if self.guard is None else self.guard,
            threshold=self.threshold,
            weights_threshold=self.weights_threshold,
            trend=self.trend,
            min_cases=self.min_cases,
            offset=self.offset,
        )

    def for_short(self) -> ShortOptions:
        """The settings of the short-history detector."""
        return ShortOptions(
            alpha=self.alpha or 0.005,
            guard=self.guard,
            weights_threshold=self.weights_threshold,
            trend=self.trend != "never",
            offset=self.offset,
        )


@dataclass(frozen=True)
class Grid:
    """One evenly spaced series."""

    counts: Floats
    """(T,) nan = missing."""
    totals: Floats | None
    weekday: Ints | None
    """(T,) for daily series, else None."""
    freq: int
    """points a year."""


def detect(grid: Grid, at: Ints, method: Method = "auto", options: DetectOptions | None = None) -> Tests:
    """Test the points `at` of one series by the named method; 'not testable' with a reason, never an exception."""
    settings = options or DetectOptions()
    if method.startswith("ears"):
        usual = ears.EarsOptions(alpha=settings.alpha or USUAL_ALPHA[method])
        by_name = {"ears-c1": ears.ears_c1, "ears-c2": ears.ears_c2, "ears-c3": ears.ears_c3}
        return by_name[method](grid.counts, at, usual)
    if method == "farrington":
        return _farrington(grid, at, settings)
    if method == "short":
        return _short(grid, at, settings)
    return _auto(grid, at, settings)


def _auto(grid: Grid, at: Ints, options: DetectOptions) -> Tests:
    """Farrington where the history before a point reaches 78 weeks, the short-history detector before that.

    Histories between a year and a year and a half do not carry a season yet (alerts.md 6.2).
    """
    first = int(np.argmax(np.isfinite(grid.counts))) if np.isfinite(grid.counts).any() else 0
    behind = at - first
    need = int(FARRINGTON_YEARS * grid.freq)
    long = behind >= need
    out = blank(grid.counts[at], None if grid.totals is None else grid.totals[at], "short")
    for rows, tester in ((np.flatnonzero(long), _farrington), (np.flatnonzero(~long), _short)):
        if len(rows):
            out = scatter(out, rows, tester(grid, at[rows], options))
    word = "points" if grid.weekday is None else "days"
    why = [f"auto: {int(b)} {word} of history, farrington from {need} on" for b in behind]
    text = np.array([f"{r}; {w}" if r else w for r, w in zip(out.reason, why, strict=True)], dtype=object)
    return replace(out, reason=text)


def _farrington(grid: Grid, at: Ints, options: DetectOptions) -> Tests:
    settings = options.for_farrington()
    if grid.weekday is None:
        return flexible.farrington(grid.counts, grid.totals, at, freq=grid.freq, options=settings)
    return _trailing_week(grid, at, settings)


def _trailing_week(grid: Grid, at: Ints, settings: FarringtonOptions) -> Tests:
    """Daily series: the trailing seven-day sum on every day, with a history of such sums stepping back a week
    (Noufaily et al. 2019, Comparison of statistical algorithms for daily syndromic surveillance)."""
    sums, totals = _week_sums(grid)
    out = blank(sums[at], totals[at] if grid.totals is not None and settings.offset else None, "farrington")
    for phase in range(WEEK):
        rows = np.flatnonzero(at % WEEK == phase)
        if not len(rows):
            continue
        part = flexible.farrington(
            sums[phase::WEEK],
            totals[phase::WEEK] if grid.totals is not None else None,
            (at[rows] - phase) // WEEK,
            options=settings,
        )
        out = scatter(out, rows, part)
    text = out.reason.copy()
    text[np.array([not t for t in text], dtype=bool)] = "sum of the trailing seven days"
    return replace(out, reason=text)


def _week_sums(grid: Grid) -> tuple[Floats, Floats]:
    """Trailing sums of counts and totals over complete days; nan where the day is missing or fewer than 4 are there."""
    present = np.isfinite(grid.counts)
    if grid.totals is not None:
        present &= np.nan_to_num(grid.totals) > 0
    kernel = np.ones(WEEK)
    held = np.convolve(present, kernel)[: len(present)]
    counts = np.convolve(np.where(present, grid.counts, 0.0), kernel)[: len(present)]
    exposure = present.astype(float) if grid.totals is None else np.where(present, grid.totals, 0.0)
    totals = np.convolve(exposure, kernel)[: len(present)]
    usable = present & (held >= 4)
    return np.where(usable, counts, np.nan), np.where(usable, totals, np.nan)


def _short(grid: Grid, at: Ints, options: DetectOptions) -> Tests:
    settings = options.for_short()
    totals = grid.totals if settings.offset else None
    block = block_of_series(grid.counts, totals, at, settings.max_days + WEEK + 1, grid.weekday)
    tests = daily(block, settings)
    return replace(tests, method=np.full(len(tests), "short", dtype=object))
