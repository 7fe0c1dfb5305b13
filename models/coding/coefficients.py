"""How far coders agree beyond chance: Krippendorff's alpha and Cohen's kappa, with bootstrap intervals.

The figures come from the libraries `krippendorff` and scikit-learn. Only the thousand resamples behind an interval are
counted here, by the same formulas on tables of counts: a call of a library takes milliseconds, and there are a hundred
thousand of them. The tests hold the two to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.errors import InputRefused

Values = NDArray[np.int64]
"""What each coder said of each sentence, (coders, sentences): the number of a value, -1 where nothing was said."""
Tables = NDArray[np.float64]
ENOUGH = 0.9  # of the resamples: with fewer that are defined, an interval would be one of the lucky ones


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A figure with its 95 % interval; where one is not defined, why."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def alpha(values: Values, kinds: int) -> float | None:
    """Krippendorff's alpha for nominal data (Krippendorff 2011, sections B and C); none without variation.

    Args:
        values: see `Values`; sentences that fewer than two coders coded do not count.
        kinds: how many values there are.

    Raises:
        InputRefused: the package is not installed.
    """
    try:
        import krippendorff
    except ModuleNotFoundError as error:
        raise InputRefused(
            "the package krippendorff", "none", "install it: pip install 'baqylau[agreement]'"
        ) from error
    counts = value_counts(values, kinds)
    pairable = counts[counts.sum(1) >= 2].sum(0)
    if (pairable > 0).sum() < 2:
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def kappa(values: Values) -> float | None:
    """Cohen's kappa (Cohen 1960, equation 2); of more than two coders the mean of all pairs (Light 1971).

    Pairs that share no sentence, or that both say one and the same throughout, have none and do not count.
    """
    found = [each for pair in pairs(values) if (each := _cohen(*pair)) is not None]
    return float(np.mean(found)) if found else None


def value_counts(values: Values, kinds: int) -> Values:
    """How many coders said what of each sentence, (sentences, kinds)."""
    return np.stack([(values == kind).sum(0) for kind in range(kinds)], axis=1)


def pairs(values: Values) -> list[tuple[Values, Values]]:
    """What two coders said of the sentences they share, for every pair that shares some."""
    found = []
    for one, other in combinations(values, 2):
        both = (one >= 0) & (other >= 0)
        if both.any():
            found.append((one[both], other[both]))
    return found


def intervals(
    values: Values, kinds: int, pages: Sequence[str], resamples: int, seed: int
) -> tuple[Coefficient, Coefficient]:
    """Alpha and kappa with percentile intervals (Efron & Tibshirani 1993, chapter 13).

    Whole pages are drawn with replacement, not sentences: those of one page are not independent. For alpha and nominal
    data the ordinary bootstrap is what simulations recommend (Zapf et al. 2016).

    Args:
        values: see `Values`; every sentence with at least two coders.
        kinds: how many values there are.
        pages: page of each sentence.
        resamples: how often pages are drawn.
        seed: the same seed gives the same intervals.
    """
    names, page = np.unique(np.array(pages), return_inverse=True)
    chances = np.full(len(names), 1 / len(names))
    weights = np.random.default_rng(seed).multinomial(len(names), chances, resamples).astype(float)
    alphas = alphas_of(_resampled(weights, page, coincidences(value_counts(values, kinds))))
    crossed = [_resampled(weights, page, table) for table in crosses(values, kinds)]
    kappas = mean_of_defined(np.array([kappas_of(table) for table in crossed]).reshape(-1, resamples))
    single = len(names) < 2
    return _coefficient(alpha(values, kinds), alphas, single), _coefficient(kappa(values), kappas, single)


def coincidences(counts: Values) -> Tables:
    """What each sentence adds to the table of coincidences, (sentences, kinds, kinds) (Krippendorff 2011, step 2)."""
    said = counts.sum(1)
    pairable = counts * (said >= 2)[:, None]
    products = pairable[:, :, None] * pairable[:, None, :] - pairable[:, :, None] * np.eye(counts.shape[1])
    return products / np.maximum(said - 1, 1)[:, None, None]


def crosses(values: Values, kinds: int) -> list[Tables]:
    """What each sentence adds to the table of every pair of coders, (sentences, kinds, kinds)."""
    one_hot = (values[:, :, None] == np.arange(kinds)).astype(float)
    shared = [one[:, :, None] * other[:, None, :] for one, other in combinations(one_hot, 2)]
    return [table for table in shared if table.any()]


def alphas_of(tables: Tables) -> NDArray[np.float64]:
    """Alpha of tables of coincidences, (..., kinds, kinds); NaN without variation."""
    totals = tables.sum(-1)
    n = totals.sum(-1)
    observed = n - np.trace(tables, axis1=-2, axis2=-1)
    expected = n**2 - (totals**2).sum(-1)
    return 1 - (n - 1) * _over(observed, expected)


def kappas_of(tables: Tables) -> NDArray[np.float64]:
    """Kappa of tables of two coders, (..., kinds, kinds); NaN without variation."""
    n = tables.sum((-2, -1))
    agreed = np.trace(tables, axis1=-2, axis2=-1)
    by_chance = _over((tables.sum(-1) * tables.sum(-2)).sum(-1), n)
    return _over(agreed - by_chance, n - by_chance)


def mean_of_defined(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means down the columns without what is NaN; NaN where nothing else is."""
    known = ~np.isnan(rows)
    return _over(np.where(known, rows, 0).sum(0), known.sum(0).astype(float))


def _cohen(one: Values, other: Values) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    if len(np.unique(np.concatenate([one, other]))) < 2:
        return None
    return float(cohen_kappa_score(one, other))


def _resampled(weights: NDArray[np.float64], page: NDArray[np.intp], tables: Tables) -> Tables:
    """The table of each resample, (resamples, kinds, kinds), from those of the sentences."""
    by_page = np.zeros((weights.shape[1], *tables.shape[1:]))
    np.add.at(by_page, page, tables)
    return np.tensordot(weights, by_page, axes=1)


def _coefficient(value: float | None, drawn: NDArray[np.float64], one_page: bool) -> Coefficient:
    if value is None:
        return Coefficient(reason="no variation")
    kept = drawn[~np.isnan(drawn)]
    if one_page or value > 1 - 1e-9:
        why = "one page only" if one_page else "nobody disagrees, so no resample can"
        return Coefficient(value, reason=f"no interval: {why}")
    if len(kept) < ENOUGH * len(drawn):
        lost = len(drawn) - len(kept)
        return Coefficient(value, reason=f"no interval: {lost} of {len(drawn)} resamples have no variation")
    low, high = np.percentile(kept, [2.5, 97.5])
    return Coefficient(value, float(low), float(high))


def _over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """A quotient; NaN where the divisor is nothing (up to rounding)."""
    safe = np.abs(whole) > 1e-9
    return np.where(safe, part / np.where(safe, whole, 1), np.nan)
