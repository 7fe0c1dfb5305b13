"""Farrington's detector: the flexible form with Noufaily's settings, and the original of 1996.

Farrington, Andrews, Beale, Catchpole (1996), A statistical algorithm for the early detection of outbreaks of
infectious disease, JRSS A 159; Noufaily et al. (2013), An improved algorithm for outbreak detection in multiple
surveillance systems, Statistics in Medicine 32. Written from the formulas; held to reference output by tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.spikes import glm
from models.spikes.arrays import Bools, Floats, Ints
from models.spikes.results import Tests, blank, exceedance, scatter, select, withhold
from models.spikes.tails import quantile, tail

Threshold = Literal["nbplugin", "muan", "delta"]
Trend = Literal["always", "test", "never"]
ROWS_AT_ONCE = 4000
TREND_YEARS = 3
TREND_P = 0.05


@dataclass(frozen=True)
class FarringtonOptions:
    """Settings; the defaults are Noufaily's."""

    alpha: float = 0.005
    """one-sided probability of a false alarm at one point."""
    years_back: int | None = None
    """years of reference; None = as many as the history holds, at most 5."""
    half_window: int = 3
    """points on each side of the anniversaries."""
    periods: int = 10
    """seasonal levels; 1 = only the windows around the anniversaries (the original of 1996)."""
    guard: int = 26
    """the current point and this many before it stay out of the reference."""
    threshold: Threshold = "nbplugin"
    weights_threshold: float = 2.58
    """Anscombe residual above which a past point loses weight (1996: 1)."""
    trend: Trend = "always"
    """'always' and 'test' still ask for three years and for no extrapolation beyond the largest past count."""
    min_cases: tuple[int, int] | None = None
    """(5, 4): alarm only with at least 5 cases in the last 4 points, the current one included."""
    offset: bool = True
    """use log(total) as offset where totals are given."""
    package_se: bool = False
    """repeat the standard error of R's surveillance 1.20 (a defect; touches muan, delta and the trend test)."""


ORIGINAL_1996 = FarringtonOptions(
    periods=1, guard=3, threshold="delta", weights_threshold=1.0, trend="test", years_back=5
)


def reference(options: FarringtonOptions, years: int, freq: int) -> tuple[Ints, Ints]:
    """Lags of the reference points behind the tested one, oldest first, and the seasonal level (1..p) of each.

    Level p holds the windows of 2w+1 points around the tested point and its anniversaries; the rest of each year
    is cut into p-1 blocks of equal length, the first ones longer by one where it does not divide. The tested
    point itself is of level p.
    """
    w, p = options.half_window, options.periods
    lags = np.arange(years * freq + w, options.guard, -1)
    if p == 1:
        near = np.abs((lags + w) % freq - w) <= w
        lags = lags[near]
        return lags, np.ones(len(lags), dtype=np.int64)
    sizes = np.full(p - 1, (freq - 2 * w - 1) // (p - 1))
    sizes[: (freq - 2 * w - 1) % (p - 1)] += 1
    cycle = np.concatenate([np.full(2 * w + 1, p), np.repeat(np.arange(1, p), sizes)])
    return lags, cycle[(w - lags) % freq]


def years_available(at: Ints, options: FarringtonOptions, freq: int) -> Ints:
    """Years of reference that fit before each point: options.years_back where they all fit, else 0; or the most."""
    most = (at - options.half_window) // freq
    if options.years_back is not None:
        return np.where(most >= options.years_back, options.years_back, 0)
    return np.clip(most, 0, 5)


def farrington(
    counts: Floats,
    totals: Floats | None = None,
    at: Ints | None = None,
    *,
    freq: int = 52,
    options: FarringtonOptions | None = None,
) -> Tests:
    """Test points of one evenly spaced series.

    Args:
        counts: (T,) counts, nan = missing.
        totals: (T,) denominators; a point without a positive total is missing.
        at: positions to test; all by default.
        freq: points in a year.
        options: settings; Noufaily's by default.

    Returns:
        one entry per position of `at`; 'not testable' with a reason instead of an exception.
    """
    settings = options or FarringtonOptions()
    y = np.asarray(counts, dtype=float)
    n = np.asarray(totals, dtype=float) if totals is not None and settings.offset else None
    spots = np.arange(len(y)) if at is None else np.asarray(at, dtype=np.int64)
    years = years_available(spots, settings, freq)
    out = blank(y[spots], None if n is None else n[spots], "farrington")
    for b in np.unique(years[years > 0]):
        rows = np.flatnonzero(years == b)
        lags, levels = reference(settings, int(b), freq)
        for i in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[i : i + ROWS_AT_ONCE]
            index = spots[some][:, None] - lags
            part = evaluate(
                y[index], None if n is None else n[index], select(out, some), (lags, levels), int(b), settings
            )
            out = scatter(out, some, part)
    out = withhold(out, years == 0, _too_short(settings, freq))
    return _limit_cases(out, y, spots, settings)


def _too_short(options: FarringtonOptions, freq: int) -> str:
    back = options.years_back or 1
    need = back * freq + options.half_window
    return f"history too short, {back} year(s) back need {need} earlier points"


def evaluate(
    counts: Floats,
    totals: Floats | None,
    now: Tests,
    frame: tuple[Ints, Ints],
    years: int,
    options: FarringtonOptions,
) -> Tests:
    """Test M points that share one reference frame.

    Args:
        counts, totals: (M, N) reference values, nan = missing.
        now: the M points as `blank` gives them.
        frame: lags and levels of the N reference points.
        years: years of reference behind the frame.
        options: settings.
    """
    valid = np.isfinite(counts) if totals is None else np.isfinite(counts) & (np.nan_to_num(totals) > 0)
    offset = np.zeros(counts.shape) if totals is None else np.log(np.where(valid, totals, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        today = np.zeros(len(now)) if totals is None else np.log(now.total)
    model = _Model(counts, offset, valid, today, *frame, options)
    estimate = model.choose(years)
    out = _bounds(now, estimate, options)
    return _reasons(out, counts, valid, frame[1], estimate)


@dataclass(frozen=True)
class _Estimate:
    eta: Floats
    se: Floats
    phi: Floats
    converged: Bools
    trend_p: Floats


@dataclass(frozen=True)
class _Model:
    """Reference values of M points, ready to be fitted with and without a trend."""

    counts: Floats
    offset: Floats
    valid: Bools
    today: Floats
    lags: Ints
    levels: Ints
    options: FarringtonOptions

    def choose(self, years: int) -> _Estimate:
        """The fit with trend where the rules allow it, else the fit without."""
        if self.options.trend == "never" or years < TREND_YEARS:
            return self.estimate(trend=False)
        sloped = self.estimate(trend=True)
        largest = np.where(self.valid, self.counts, 0.0).max(axis=1)
        keep = sloped.converged & (np.exp(np.minimum(sloped.eta, 50.0)) <= largest)
        if self.options.trend == "test":
            keep &= sloped.trend_p < TREND_P
        rest = np.flatnonzero(~keep)
        if not len(rest):
            return sloped
        flat = self.rows(rest).estimate(trend=False)
        merged = {name: getattr(sloped, name).copy() for name in _Estimate.__dataclass_fields__}
        for name, column in merged.items():
            column[rest] = getattr(flat, name)
        return _Estimate(**merged)

    def rows(self, rows: Ints) -> _Model:
        some = {name: getattr(self, name)[rows] for name in ("counts", "offset", "valid", "today")}
        return replace(self, **some)

    def estimate(self, trend: bool) -> _Estimate:
        """Robust quasi-Poisson fit; predictor, standard error and dispersion (floored at 1) of the tested point.

        The season is coded as one mean per level, which has the same fitted values as contrasts with a base
        level and keeps a level of zeros from touching the others.
        """
        size = int(self.levels.max())
        season = np.eye(size)[self.levels - 1]
        design, row = season, np.eye(size)[size - 1]
        if trend:
            slope = -self.lags / 52.0
            design, row = np.column_stack([season, slope]), np.append(row, 0.0)
        fitted = glm.robust_fit(design, self.counts, self.offset, self.valid, self.options.weights_threshold)
        eta, unit = fitted.predict(row)
        phi = np.maximum(np.nan_to_num(fitted.phi, nan=1.0), 1.0)
        scale = np.sqrt(self._package_dispersion(fitted)) if self.options.package_se else np.sqrt(phi)
        slope_unit = np.sqrt(np.maximum(fitted.unscaled[:, -1, -1], 0.0))
        p = _slope_p(fitted, slope_unit * scale) if trend else np.ones(len(eta))
        return _Estimate(eta + self.today, unit * scale, phi, fitted.converged, p)

    def _package_dispersion(self, fitted: glm.Fit) -> Floats:
        """Dispersion of R's surveillance 1.20 behind its standard errors: relative squared residuals over df."""
        y = np.where(self.valid, self.counts, 0.0)
        raw = (fitted.weight * ((y - fitted.mu) / fitted.mu) ** 2).sum(axis=1)
        return raw / np.maximum(fitted.df, 1.0)


def _slope_p(fitted: glm.Fit, se: Floats) -> Floats:
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(fitted.coef[:, -1] / se)
    p: Floats = 2.0 * special.stdtr(np.maximum(fitted.df, 1.0), -t)
    return np.nan_to_num(p, nan=1.0)


def _bounds(now: Tests, estimate: _Estimate, options: FarringtonOptions) -> Tests:
    from scipy import special

    mu, phi = np.exp(np.minimum(estimate.eta, 50.0)), estimate.phi
    usable = np.isfinite(mu)
    mu = np.where(usable, mu, 1.0)
    z = -special.ndtri(options.alpha)
    if options.threshold == "delta":
        upper = delta_bound(mu, phi, estimate.se, z)
    else:
        shift = z * estimate.se if options.threshold == "muan" else 0.0
        plugged = np.minimum(mu * np.exp(np.minimum(shift, 50.0)), 1e12)
        upper = quantile(1.0 - options.alpha, plugged, phi)
    count = np.nan_to_num(now.count)
    return replace(
        now,
        expected=mu,
        upper=upper,
        p_value=tail(count, mu, phi),
        score=exceedance(count, mu, upper),
        alarm=(now.count > upper) & usable,
        phi=phi,
        se=estimate.se,
    )


def delta_bound(mu: Floats, phi: Floats, se: Floats, z: float) -> Floats:
    """Upper bound by the 2/3-power transformation (Farrington et al. 1996, section 3.7).

    U = [mu^(2/3) + z sqrt(4/9 mu^(1/3) (phi + Var(mu)/mu))]^(3/2), Var(mu) = (mu se)^2.
    """
    spread = np.sqrt(4.0 / 9.0 * np.cbrt(mu) * (phi + mu * se**2))
    return np.maximum(mu ** (2.0 / 3.0) + z * spread, 0.0) ** 1.5


def _reasons(out: Tests, counts: Floats, valid: Bools, levels: Ints, estimate: _Estimate) -> Tests:
    events = np.where(valid, counts, 0.0).sum(axis=1)
    own: Bools = np.logical_or.reduce(valid[:, levels == levels.max()], axis=1)
    missing = ~np.isfinite(out.count)
    out = withhold(out, missing, "the point itself is missing")
    if np.isfinite(out.total).any():
        out = withhold(out, np.asarray(np.nan_to_num(out.total) <= 0), "no total at the point itself")
    out = withhold(out, ~own, "no reference point of its season")
    out = withhold(out, events == 0, "no event in the reference")
    out = withhold(out, ~estimate.converged, "the fit did not converge")
    separated = out.testable & (out.expected < 1e-4)
    text = out.reason.copy()
    text[separated] = "no event in its season: expected close to 0"
    return replace(out, reason=text)


def _limit_cases(out: Tests, counts: Floats, at: Ints, options: FarringtonOptions) -> Tests:
    if options.min_cases is None:
        return out
    cases, span = options.min_cases
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(counts))])
    recent = sums[at + 1] - sums[np.maximum(at + 1 - span, 0)]
    few = out.alarm & (recent < cases)
    text = out.reason.copy()
    text[few] = f"over the bound, but fewer than {cases} cases in the last {span} points"
    return replace(out, alarm=out.alarm & ~few, reason=text)
