"""Quasi-Poisson regression for many series at once.

Every series of a batch shares one design matrix and differs in counts, offsets and weights, so one round of
iteratively reweighted least squares is two matrix products for the whole batch. A weight of zero leaves a
point out (a missing day, a day under guard). The fits equal those of statsmodels (a test holds them together).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.spikes.arrays import Bools, Floats
from models.spikes.tails import tail

TOLERANCE = 1e-8  # relative change of the deviance; the rule of the reference implementation
MAX_ROUNDS = 50
MAX_ETA = 50.0
BATCH = 1000


@dataclass(frozen=True)
class Fit:
    """A batch of B quasi-Poisson fits with N points and P coefficients each."""

    coef: Floats
    """(B, P) coefficients on the log scale; 0 where no point informs them."""
    mu: Floats
    """(B, N) fitted means."""
    unscaled: Floats
    """(B, P, P) inverse information; times phi it is the covariance of `coef`."""
    hat: Floats
    """(B, N) leverages."""
    weight: Floats
    """(B, N) prior weights in force; 0 = left out."""
    df: Floats
    """(B,) residual degrees of freedom."""
    phi: Floats
    """(B,) Pearson dispersion, not floored; nan where df is 0."""
    converged: Bools
    """(B,)"""

    def predict(self, row: Floats) -> tuple[Floats, Floats]:
        """Linear predictor and its unscaled standard error at design row(s) `row`, (P,) or (B, P)."""
        rows = np.broadcast_to(row, self.coef.shape)
        variance = np.einsum("bp,bpq,bq->b", rows, self.unscaled, rows)
        return np.einsum("bp,bp->b", rows, self.coef), np.sqrt(np.maximum(variance, 0.0))


def fit(design: Floats, counts: Floats, offset: Floats, weight: Floats) -> Fit:
    """Fit log mu = offset + design @ coef to every row of `counts` by Poisson quasi-likelihood.

    Args:
        design: (N, P), shared.
        counts: (B, N) counts; values under weight 0 are ignored.
        offset: (B, N) known part of log mu.
        weight: (B, N) prior weights, 0 = leave the point out.
    """
    parts = [
        _fit_batch(design, counts[i : i + BATCH], offset[i : i + BATCH], weight[i : i + BATCH])
        for i in range(0, max(len(counts), 1), BATCH)
    ]
    if len(parts) == 1:
        return parts[0]
    return Fit(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Fit.__dataclass_fields__)
    )


def _fit_batch(design: Floats, counts: Floats, offset: Floats, weight: Floats) -> Fit:
    y = np.where(weight > 0, counts, 0.0)
    known = np.where(weight > 0, offset, 0.0)
    outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    coef, mu, converged = _iterate(design, outer, y, known, weight)
    information, empty = _information(outer, weight * mu, design.shape[1])
    unscaled = np.linalg.inv(information).astype(np.float64)
    unscaled[empty[:, :, None] | empty[:, None, :]] = 0.0
    hat = weight * mu * (unscaled.reshape(len(y), -1) @ outer.T)
    df = ((weight > 0).sum(axis=1) - (~empty).sum(axis=1)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(weight > 0, weight * (y - mu) ** 2 / mu, 0.0).sum(axis=1)
        phi: Floats = np.where(df > 0, pearson / df, np.nan)
    return Fit(coef, mu, unscaled, hat, weight, df, phi, converged)


def _information(outer: Floats, working: Floats, p: int) -> tuple[Floats, Bools]:
    """X'WX of every row; a coefficient without any weight gets a unit diagonal so that it stays at 0."""
    information = (working @ outer).reshape(-1, p, p)
    diagonal = np.einsum("bpp->bp", information)
    empty = diagonal <= 0
    diagonal[empty] = 1.0
    return information, empty


def _iterate(
    design: Floats, outer: Floats, y: Floats, offset: Floats, weight: Floats
) -> tuple[Floats, Floats, Bools]:
    rows, p = len(y), design.shape[1]
    coef, mu = np.zeros((rows, p)), y + 0.1
    deviance, converged = np.full(rows, np.inf), np.zeros(rows, dtype=bool)
    todo = np.arange(rows)
    for _ in range(MAX_ROUNDS):
        if not len(todo):
            break
        coef[todo], mu[todo] = _round(design, outer, y[todo], offset[todo], weight[todo], mu[todo])
        now = _deviance(y[todo], mu[todo], weight[todo])
        done = np.abs(now - deviance[todo]) < TOLERANCE * (np.abs(now) + 0.1)
        deviance[todo] = now
        converged[todo[done]] = True
        todo = todo[~done]
    return coef, mu, converged


def _round(
    design: Floats, outer: Floats, y: Floats, offset: Floats, weight: Floats, mu: Floats
) -> tuple[Floats, Floats]:
    working = weight * mu
    response = np.log(mu) - offset + (y - mu) / mu
    information, empty = _information(outer, working, design.shape[1])
    moment = np.where(empty, 0.0, (working * response) @ design)
    coef = _solve(information, moment)
    eta = np.clip(coef @ design.T + offset, -MAX_ETA, MAX_ETA)
    return coef, np.exp(eta)


def _solve(information: Floats, moment: Floats) -> Floats:
    """Solve scaled by the diagonal, so that a level drifting to zero does not make the system look singular."""
    scale = 1.0 / np.sqrt(np.einsum("bpp->bp", information))
    scaled = information * scale[:, :, None] * scale[:, None, :]
    scaled += 1e-12 * np.eye(information.shape[1])
    return scale * np.linalg.solve(scaled, (scale * moment)[:, :, None])[:, :, 0]


def _deviance(y: Floats, mu: Floats, weight: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)
    total: Floats = 2.0 * np.where(weight > 0, weight * unit, 0.0).sum(axis=1)
    return total


def anscombe(counts: Floats, fitted: Fit) -> Floats:
    """Standardised Anscombe residuals (B, N) of a quasi-Poisson fit (Farrington et al. 1996, section 3.5).

    s = 3/2 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h)), phi floored at 1; 0 where the point is left out.
    """
    phi = np.maximum(np.nan_to_num(fitted.phi, nan=1.0), 1.0)[:, None]
    y = np.where(fitted.weight > 0, counts, 0.0)
    raw = 1.5 * (y ** (2 / 3) * fitted.mu ** (-1 / 6) - np.sqrt(fitted.mu))
    scale = np.sqrt(phi * np.maximum(1.0 - fitted.hat, 1e-9))
    return np.where(fitted.weight > 0, raw / scale, 0.0)


def reweight(residuals: Floats, valid: Bools, threshold: float) -> Floats:
    """Prior weights that shrink past outbreaks: g s^-2 above `threshold`, else g, summing to the point count."""
    with np.errstate(divide="ignore"):
        raw = np.where(residuals > threshold, residuals**-2.0, 1.0) * valid
    total = raw.sum(axis=1, keepdims=True)
    return np.where(total > 0, raw * valid.sum(axis=1, keepdims=True) / np.maximum(total, 1e-300), 0.0)


def normal_scores(counts: Floats, fitted: Fit, where: Bools) -> Floats:
    """z with P(N(0,1) >= z) = P(Y >= y) under the fitted negative binomial; 0 outside `where`; (B, N).

    Anscombe residuals are close to normal only where counts are not small and not much overdispersed: with a mean
    of 1 and a dispersion of 4 they pass 2.58 five times as often as they should.
    """
    from scipy import special

    phi = np.maximum(np.nan_to_num(fitted.phi, nan=1.0), 1.0)[:, None]
    scores = np.zeros(counts.shape)
    spread = np.broadcast_to(phi, counts.shape)[where]
    scores[where] = -special.ndtri(tail(counts[where], fitted.mu[where], spread))
    return scores


def robust_fit(
    design: Floats, counts: Floats, offset: Floats, valid: Bools, threshold: float, exact: bool = False
) -> Fit:
    """Fit, weight down the large positive residuals, fit again (Farrington 1996; Noufaily 2013: threshold 2.58).

    With `exact` a point loses weight only if its negative binomial tail is as unusual as its Anscombe residual.
    """
    first = fit(design, counts, offset, valid.astype(float))
    residuals = anscombe(counts, first)
    if exact:
        residuals = np.minimum(residuals, normal_scores(counts, first, residuals > threshold))
    again = np.flatnonzero((residuals > threshold).any(axis=1))
    if not len(again):
        return first
    weight = reweight(residuals[again], valid[again], threshold)
    second = fit(design, counts[again], offset[again], weight)
    merged = {}
    for name in Fit.__dataclass_fields__:
        whole = getattr(first, name).copy()
        whole[again] = getattr(second, name)
        merged[name] = whole
    return Fit(**merged)
