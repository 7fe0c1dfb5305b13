"""The detector for histories of four weeks to a year and a half: small daily counts against a short baseline.

The model is Farrington's quasi-Poisson regression with log(total) as offset, but the negative binomial tail is
averaged over what four weeks of data leave open about mean and dispersion; a plug-in threshold raises twenty
times as many false alarms there (design and figures: alerts.md sections 5.3 and 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.spikes import glm
from models.spikes.arrays import Bools, Floats, Ints
from models.spikes.results import Tests, blank, exceedance, withhold
from models.spikes.tails import POINTS, averaged_bound, averaged_tail, draws

WEEK = 7
WEEKEND = (5, 6)
SEVEN = 7  # code of the factor with one level a weekday
CHUNK = 2000  # rows whose draws are held at once


@dataclass(frozen=True)
class ShortOptions:
    """Settings of the short-history detector."""

    alpha: float = 0.005
    min_days: int = 28
    """complete baseline days below which nothing is tested."""
    max_days: int = 365
    """days of baseline used where there are more."""
    guard: int | None = None
    """days before the tested one kept out of the baseline; None = 2 up to 56 days of history, else 7."""
    weights_threshold: float = 2.58
    weekday_events: int = 5
    """events each weekday level must hold in the baseline for the factor to be used."""
    pool_df: float = 50.0
    """weight of the siblings' dispersion, in degrees of freedom."""
    min_windows: int = 3
    trend_events: int = 20
    trend_windows: int = 8
    """a trailing-week baseline gets a slope from this many events and windows on."""
    trend: bool = True
    offset: bool = True
    points: int = POINTS


@dataclass(frozen=True)
class Block:
    """M tested days with their past, by lag: column 0 is the tested day, column j the day j days before it."""

    counts: Floats
    """(M, L)"""
    totals: Floats | None
    """(M, L) denominators, or None for no offset."""
    complete: Bools
    """(M, L) False = not (fully) collected: missing, never zero."""
    baseline: Bools
    """(M, L) complete and not left out (a day of an earlier alert)."""
    weekday: Ints | None
    """(M,) 0 = Monday of the tested day; None = no weekly pattern is modelled."""
    group: Ints | None = None
    """(M,) siblings that share dispersion carry the same number; None = every day stands alone."""

    def rows(self, rows: Ints | Bools) -> Block:
        """The named rows only."""
        return Block(
            self.counts[rows],
            None if self.totals is None else self.totals[rows],
            self.complete[rows],
            self.baseline[rows],
            None if self.weekday is None else self.weekday[rows],
            None if self.group is None else self.group[rows],
        )


def block_of_series(
    counts: Floats,
    totals: Floats | None,
    at: Ints,
    length: int,
    weekday: Ints | None = None,
    excluded: Bools | None = None,
) -> Block:
    """The block of many days `at` of one series; counts and totals (T,), nan = missing, weekday (T,)."""
    index = at[:, None] - np.arange(length)
    inside = index >= 0
    index = np.maximum(index, 0)
    y = np.where(inside, counts[index], np.nan)
    n = None if totals is None else np.where(inside, totals[index], np.nan)
    complete = np.isfinite(y) if n is None else np.isfinite(y) & (np.nan_to_num(n) > 0)
    kept = complete if excluded is None else complete & ~excluded[index]
    return Block(y, n, complete, kept, None if weekday is None else weekday[at])


def daily(block: Block, options: ShortOptions, bounds: Bools | None = None) -> Tests:
    """Detector A: the day itself against single days.

    Args:
        block: M tested days.
        options: settings.
        bounds: (M,) rows whose upper bound is wanted; all by default (it costs more than the p-value).
    """
    now = blank(block.counts[:, 0], None if block.totals is None else block.totals[:, 0], "short-daily")
    lags = np.arange(1, block.counts.shape[1])
    kept = block.baseline[:, 1:].copy()
    guard = _guard(kept.sum(axis=1), options)
    kept &= lags[None, :] > guard[:, None]
    kept &= lags[None, :] <= guard[:, None] + options.max_days
    y = np.where(kept, block.counts[:, 1:], 0.0)
    exposure = _exposure(block.totals, block.complete)
    model = _fit_days(y, exposure[:, 1:], kept, lags, block.weekday, options)
    out = _assess(now, model, exposure[:, 0], block.group, options, bounds)
    out = _untestable_today(out, block)
    return withhold(
        out, kept.sum(axis=1) < options.min_days, f"fewer than {options.min_days} complete days of baseline"
    )


def window(block: Block, options: ShortOptions, bounds: Bools | None = None) -> Tests:
    """Detector B: the trailing seven days against earlier weeks, one week of guard between.

    Args as `daily`. Counts and totals in the answer are sums over the complete days of the trailing week.
    """
    y, n, kept = weekly(block)
    now = blank(y[:, 0], None if block.totals is None else n[:, 0], "short-week")
    first = 2 if options.guard is None else 1 + -(-options.guard // WEEK)
    lags = np.arange(first, y.shape[1])
    kept = kept[:, first:]
    kept = kept & (lags[None, :] <= first + options.max_days // WEEK)
    model = _fit_weeks(np.where(kept, y[:, first:], 0.0), n[:, first:], kept, lags, options)
    out = _assess(now, model, n[:, 0], block.group, options, bounds)
    out = _untestable_today(out, block)
    days = block.baseline[:, WEEK:].sum(axis=1)
    out = withhold(out, days < options.min_days, f"fewer than {options.min_days} complete days of baseline")
    few = kept.sum(axis=1) < options.min_windows
    return withhold(out, few, f"fewer than {options.min_windows} earlier weeks")


def weekly(block: Block) -> tuple[Floats, Floats, Bools]:
    """Sums of seven days by lag: counts (M, K), exposure (M, K) (totals, or days), and which weeks hold data.

    Days left out of the baseline are left out of every sum, the tested week's too (but never the tested day
    itself): what has alarmed already is not counted as new evidence, so a spike has no echo after its end.
    """
    weeks = block.counts.shape[1] // WEEK
    use = block.baseline.copy()
    use[:, 0] = block.complete[:, 0]
    use = use[:, : weeks * WEEK]
    y = np.where(use, block.counts[:, : weeks * WEEK], 0.0)
    n = np.where(use, _exposure(block.totals, block.complete)[:, : weeks * WEEK], 0.0)
    shape = (len(y), weeks, WEEK)
    sums = n.reshape(shape).sum(axis=2)
    return y.reshape(shape).sum(axis=2), sums, sums > 0


def _exposure(totals: Floats | None, complete: Bools) -> Floats:
    return complete.astype(float) if totals is None else np.where(complete, totals, 0.0)


def _guard(history: Ints, options: ShortOptions) -> Ints:
    if options.guard is not None:
        return np.full(len(history), options.guard)
    return np.where(history < 2 * options.min_days, 2, WEEK)


def _untestable_today(out: Tests, block: Block) -> Tests:
    if block.totals is not None:
        empty = np.isfinite(block.counts[:, 0]) & (np.nan_to_num(block.totals[:, 0]) <= 0)
        out = withhold(out, empty, "no total on the day itself")
    return withhold(out, ~block.complete[:, 0], "the day itself is missing")


@dataclass(frozen=True)
class _Baseline:
    rate: Floats
    """(M,) log of expected events per unit of exposure on the tested day."""
    unit: Floats
    """(M,) unscaled standard error of it."""
    phi: Floats
    df: Floats
    events: Floats
    mean: Floats
    """(M,) events per point of the baseline."""
    exposure: Floats
    converged: Bools


def _fit_days(
    y: Floats, n: Floats, kept: Bools, lags: Ints, weekday: Ints | None, options: ShortOptions
) -> _Baseline:
    """Fit each row with the richest weekday factor its events carry: seven levels, weekend, none."""
    rows = len(y)
    parts = {name: np.zeros(rows) for name in ("rate", "unit", "phi", "df")}
    converged = np.ones(rows, dtype=bool)
    coding = np.zeros(rows, dtype=np.int64) if weekday is None else _coding(y, lags, weekday, options)
    held = y.sum(axis=1) > 0  # without an event there is nothing to fit: the prior speaks
    for code in np.unique(coding[held]):
        some = np.flatnonzero((coding == code) & held)
        design = _levels(lags, int(code))
        fitted = glm.robust_fit(
            design, y[some], _log(n[some]), kept[some], options.weights_threshold, exact=True
        )
        own = np.eye(design.shape[1])[0]
        parts["rate"][some], parts["unit"][some] = fitted.predict(own)
        parts["phi"][some], parts["df"][some] = fitted.phi, fitted.df
        converged[some] = fitted.converged
    exposure = np.where(kept, n, 0.0).sum(axis=1)
    events = y.sum(axis=1)
    mean = events / np.maximum(kept.sum(axis=1), 1)
    return _Baseline(**parts, events=events, mean=mean, exposure=exposure, converged=converged)


def _log(values: Floats) -> Floats:
    return np.log(np.where(values > 0, values, 1.0))


def _coding(y: Floats, lags: Ints, weekday: Ints, options: ShortOptions) -> Ints:
    """0 = no factor, 7 = seven levels, 10 + d = weekend against weekdays with the tested day on weekday d."""
    need = options.weekday_events
    by_day = y @ np.eye(WEEK)[lags % WEEK]
    coding = np.zeros(len(y), dtype=np.int64)
    calendar = (weekday[:, None] - np.arange(WEEK)) % WEEK
    weekend = np.isin(calendar, WEEKEND)
    both = ((by_day * weekend).sum(axis=1) >= need) & ((by_day * ~weekend).sum(axis=1) >= need)
    coding[both] = 10 + weekday[both]
    coding[(by_day >= need).all(axis=1)] = SEVEN
    return coding


def _levels(lags: Ints, code: int) -> Floats:
    """Indicator columns, the tested day's own level first."""
    if code == 0:
        return np.ones((len(lags), 1))
    if code == SEVEN:
        return np.eye(WEEK)[lags % WEEK]
    today = code - 10
    same = np.isin((today - lags) % WEEK, WEEKEND) == (today in WEEKEND)
    return np.column_stack([same, ~same]).astype(float)


def _fit_weeks(y: Floats, n: Floats, kept: Bools, lags: Ints, options: ShortOptions) -> _Baseline:
    rows = len(y)
    parts = {name: np.zeros(rows) for name in ("rate", "unit", "phi", "df")}
    converged = np.ones(rows, dtype=bool)
    sloped = (y.sum(axis=1) >= options.trend_events) & (kept.sum(axis=1) >= options.trend_windows)
    for trend in (False, True):
        some = np.flatnonzero(((sloped & options.trend) == trend) & (y.sum(axis=1) > 0))
        if not len(some):
            continue
        design = np.column_stack([np.ones(len(lags)), -lags / 52.0])[:, : 1 + trend]
        fitted = glm.robust_fit(
            design, y[some], _log(n[some]), kept[some], options.weights_threshold, exact=True
        )
        parts["rate"][some], parts["unit"][some] = fitted.predict(np.eye(1 + trend)[0])
        parts["phi"][some], parts["df"][some] = fitted.phi, fitted.df
        converged[some] = fitted.converged
    exposure = np.where(kept, n, 0.0).sum(axis=1)
    events = y.sum(axis=1)
    mean = events / np.maximum(kept.sum(axis=1), 1)
    return _Baseline(**parts, events=events, mean=mean, exposure=exposure, converged=converged)


def effective_df(df: Floats, mean: Floats, phi: Floats) -> Floats:
    """Degrees of freedom that the Pearson dispersion is really worth, 2 df / (2 + excess kurtosis).

    The variance of phi_hat / phi is (2 + k) / df, where a negative binomial of this mean and dispersion has
    k = 6 (phi - 1) / mean + 1 / (phi mean); chi-square uncertainty with the nominal df would be far too sure of
    itself on small counts. phi is taken half a unit above its estimate, which is often 1 by luck.
    """
    above = np.maximum(phi, 1.0) + 0.5
    kurtosis = (6.0 * (above - 1.0) + 1.0 / above) / np.maximum(mean, 1e-3)
    return np.maximum(2.0 * df / (2.0 + kurtosis), 1.0)


def shrink(
    phi: Floats, df: Floats, mean: Floats, group: Ints | None, pool_df: float
) -> tuple[Floats, Floats]:
    """Dispersion drawn to its siblings', phi* = (df phi + 50 phi_pool) / (df + 50), and its degrees of freedom.

    phi_pool is the df-weighted mean of the group's dispersions; each stratum's own df is its effective one, and
    whole numbers are enough. Floored at 1.
    """
    phi = np.nan_to_num(phi, nan=1.0)
    if group is None:
        return np.maximum(phi, 1.0), np.ceil(effective_df(df, mean, phi))
    weight = np.bincount(group, df)
    pool = np.divide(np.bincount(group, df * phi), weight, out=np.ones(len(weight)), where=weight > 0)[group]
    own = np.where(df > 0, effective_df(df, mean, (df * phi + pool_df * pool) / (df + pool_df)), 0.0)
    return np.maximum((own * phi + pool_df * pool) / (own + pool_df), 1.0), np.ceil(own + pool_df)


def _assess(
    now: Tests,
    model: _Baseline,
    exposure: Floats,
    group: Ints | None,
    options: ShortOptions,
    bounds: Bools | None,
) -> Tests:
    some = model.events > 0
    df = np.where(some, np.maximum(model.df, 0.0), 0.0)
    phi, df = shrink(np.where(some, model.phi, 1.0), df, model.mean, group, options.pool_df)
    se = np.sqrt(phi) * model.unit
    log_n = _log(exposure)
    eta = np.where(some, model.rate + log_n, log_n)
    prior = np.where(some, np.nan, np.maximum(model.exposure, 1.0))
    count = np.nan_to_num(now.count)
    want = np.ones(len(count), dtype=bool) if bounds is None else bounds
    expected = np.where(
        some, np.exp(np.minimum(eta, 50.0)), 0.5 * np.exp(log_n) / np.nan_to_num(prior, nan=1.0)
    )
    p, upper = np.ones(len(count)), np.full(len(count), np.nan)
    need = np.flatnonzero((count > 0) | want)
    for i in range(0, len(need), CHUNK):
        rows = need[i : i + CHUNK]
        mu, spread = draws(eta[rows], se[rows], phi[rows], df[rows], prior[rows], options.points)
        p[rows] = averaged_tail(count[rows], mu, spread)
        asked = want[rows]
        if asked.any():
            upper[rows[asked]] = averaged_bound(options.alpha, mu[asked], spread[asked])
    out = replace(
        now,
        expected=expected,
        upper=upper,
        p_value=p,
        score=exceedance(count, expected, upper),
        alarm=p <= options.alpha,
        phi=phi,
        se=np.where(some, se, np.nan),
    )
    return withhold(out, ~model.converged, "the fit did not converge")
