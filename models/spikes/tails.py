"""Upper tails and quantiles of counts with mean mu and variance phi mu, plain and averaged over uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from models.spikes.arrays import Floats

POINTS = 500
SEED = 20130312
MAX_SE = 3.0
MAX_BOUND = 1e9
ROWS_AT_ONCE = 2000


def tail(count: Floats, mu: Floats, phi: Floats) -> Floats:
    """P(Y >= count) for a negative binomial with mean `mu` and variance `phi * mu`; Poisson where phi <= 1.

    The size is mu / (phi - 1) and the success probability 1 / phi (Noufaily et al. 2013, section 3.4).
    """
    from scipy import special

    y, m, v = np.broadcast_arrays(np.asarray(count, dtype=float), mu, phi)
    m = np.maximum(m, 1e-300)
    spread = np.maximum(v - 1.0, 1e-12)
    heavy = v > 1.0 + 1e-10
    out = np.ones(y.shape)
    positive = y > 0
    some = positive & heavy
    out[some] = special.betainc(y[some], m[some] / spread[some], spread[some] / v[some])
    some = positive & ~heavy
    out[some] = special.gammainc(y[some], m[some])
    return out


def quantile(probability: float, mu: Floats, phi: Floats) -> Floats:
    """Smallest count q with P(Y <= q) >= probability, elementwise; the nbPlugin threshold."""
    m, v = np.broadcast_arrays(np.asarray(mu, dtype=float), np.asarray(phi, dtype=float))
    start = np.ceil(m + 4.0 * np.sqrt(v * np.maximum(m, 1.0)) + 1.0)
    return smallest_bound(lambda q: tail(q + 1.0, m, v), 1.0 - probability, start)


def smallest_bound(exceed: Callable[[Floats], Floats], alpha: float, start: Floats) -> Floats:
    """Smallest whole number q with exceed(q) <= alpha, by doubling and bisection, elementwise."""
    # 1 - 0.995 is not 0.005: without the slack a tail that equals alpha would be missed by one count.
    limit = alpha * (1.0 + 1e-12)
    high = np.maximum(start, 1.0)
    for _ in range(60):
        short = (exceed(high) > limit) & (high < MAX_BOUND)
        if not short.any():
            break
        high = np.where(short, high * 2.0, high)
    low = np.full(high.shape, -1.0)
    while (high - low > 1.0).any():
        middle = np.floor((low + high) / 2.0)
        inside = high - low > 1.0
        fits = exceed(np.maximum(middle, 0.0)) <= limit
        high = np.where(inside & fits, middle, high)
        low = np.where(inside & ~fits, middle, low)
    return high


@lru_cache(maxsize=64)
def _normal_points(points: int) -> Floats:
    from scipy import special

    return np.asarray(special.ndtri((np.arange(points) + 0.5) / points))


@lru_cache(maxsize=4096)
def _dispersion_factors(df: float, points: int) -> Floats:
    """df / chi2_df at fixed quantiles, in an order that is random against the normal points but always the same."""
    from scipy import special

    order = np.random.default_rng(SEED).permutation(points)
    probability = ((np.arange(points) + 0.5) / points)[order]
    return np.asarray(df / (2.0 * special.gammaincinv(df / 2.0, probability)), dtype=float)


@lru_cache(maxsize=4096)
def _gamma_points(shape: float, points: int) -> Floats:
    from scipy import special

    return np.asarray(special.gammaincinv(shape, (np.arange(points) + 0.5) / points))


def draws(
    eta: Floats, se: Floats, phi: Floats, df: Floats, exposure: Floats | None = None, points: int = POINTS
) -> tuple[Floats, Floats]:
    """Means and dispersions (B, points) that stand for what the fit leaves open (alerts.md 6.3).

    eta ~ N(eta, se^2) with se capped at 3; phi ~ phi df / chi2_df. Where `exposure` is given and finite the
    baseline held no event: the rate then has a Gamma(1/2, baseline exposure) prior, and eta is log of today's.
    """
    mu = np.exp(eta[:, None] + np.minimum(se, MAX_SE)[:, None] * _normal_points(points))
    if exposure is not None:
        none = np.isfinite(exposure)
        mu[none] = np.exp(eta[none])[:, None] / exposure[none][:, None] * _gamma_points(0.5, points)
    factors = np.empty_like(mu)
    for value in np.unique(df):
        factors[df == value] = _dispersion_factors(float(value), points)
    return mu, np.maximum(phi[:, None] * factors, 1.0)


def averaged_tail(count: Floats, mu: Floats, phi: Floats) -> Floats:
    """Mean of P(Y >= count) over the draws; (B,) from (B,) counts and (B, points) draws."""
    out = np.ones(len(count))
    some = np.flatnonzero(count > 0)
    for i in range(0, len(some), ROWS_AT_ONCE):
        rows = some[i : i + ROWS_AT_ONCE]
        out[rows] = tail(count[rows][:, None], mu[rows], phi[rows]).mean(axis=1)
    return out


def averaged_bound(alpha: float, mu: Floats, phi: Floats) -> Floats:
    """Smallest whole number whose averaged upper tail beyond it is at most `alpha`; (B,)."""
    centre = np.quantile(mu, 0.9, axis=1)
    wide = np.quantile(phi, 0.9, axis=1)
    start = np.ceil(centre + 3.0 * np.sqrt(wide * np.maximum(centre, 1.0)) + 1.0)
    return smallest_bound(lambda q: averaged_tail(q + 1.0, mu, phi), alpha, start)
