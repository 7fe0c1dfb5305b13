"""Probabilities that mean what they say, and thresholds that keep what they promise.

Both are fitted on out-of-fold predictions for the training rows (pages never split), not on the gold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_SMALL = 1e-6
BINS = 10


@dataclass(frozen=True, slots=True)
class Scaling:
    """Temperature and bias of class probabilities: softmax(log p / temperature + bias)."""

    temperature: float
    bias: tuple[float, ...]

    def apply(self, shares: Array) -> Array:
        """Calibrated probabilities, (n, classes), from uncalibrated ones."""
        logits = np.log(np.clip(shares, _SMALL, 1)) / self.temperature + np.array(self.bias, np.float32)
        odds = np.exp(logits - logits.max(1, keepdims=True))
        return odds / odds.sum(1, keepdims=True)


def fit_scaling(shares: Array, truth: Array, weights: Array, prior: float = 1.0) -> Scaling:
    """Find the scaling of least weighted log loss (Guo et al. 2017, with a bias per class).

    Args:
        shares: uncalibrated class probabilities, (n, classes).
        truth: index of the right class, (n,).
        weights: how much each row counts, (n,).
        prior: strength of the pull of the biases towards 0.
    """
    from scipy.optimize import minimize

    logs = np.log(np.clip(shares.astype(np.float64), _SMALL, 1))
    rows = np.arange(len(truth))

    def loss(values: Array) -> float:
        logits = logs / np.exp(values[0]) + values[1:]
        top = logits.max(1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(1))
        return float((weights * (total - logits[rows, truth])).sum() + prior * np.square(values[1:]).sum())

    found = minimize(loss, np.zeros(shares.shape[1] + 1), method="L-BFGS-B").x
    return Scaling(round(float(np.exp(found[0])), 4), tuple(round(float(value), 4) for value in found[1:]))


def expected_calibration_error(shares: Array, truth: Array, bins: int = BINS) -> float:
    """Mean distance between confidence in the likeliest class and how often it is right (Naeini et al. 2015).

    Args:
        shares: class probabilities, (n, classes).
        truth: index of the right class, (n,).
        bins: of equal width over the confidence.
    """
    if not len(truth):
        return float("nan")
    confidence, right = shares.max(1), shares.argmax(1) == truth
    return binned_error(confidence, right, bins)


def binned_error(confidence: Array, right: Array, bins: int = BINS) -> float:
    """The same for one probability per row and whether the thing happened."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[places == place].sum() - right[places == place].sum())
        for place in range(bins)
        if (places == place).any()
    ]
    return float(sum(gaps) / len(confidence))


def best_threshold(scores: Array, truth: Array, weights: Array, grid: Sequence[float]) -> float:
    """The threshold of the grid with the highest weighted micro-F1.

    Args:
        scores: probabilities, (n, labels).
        truth: 0 or 1, (n, labels).
        weights: how much each row counts, (n,).
        grid: thresholds to try, the first of the best ones wins.
    """

    def micro_f1(threshold: float) -> float:
        said = scores > threshold
        both = (weights[:, None] * (said & (truth == 1))).sum()
        either = (weights[:, None] * (said.astype(int) + truth)).sum()
        return float(2 * both / either) if either else 0.0

    return max(grid, key=lambda threshold: (micro_f1(threshold), -threshold))


def move_weights(shares: Array, truth: Array, weights: Array, groups: Array) -> list[float]:
    """Weights of the classes before the likeliest is taken, for the highest mean of the groups' macro-F1.

    Coordinate ascent from equal weights; the first class keeps weight 1.

    Args:
        shares: calibrated class probabilities, (n, classes).
        truth: index of the right class, (n,).
        weights: how much each row counts, (n,).
        groups: languages, (n,): each counts the same.
    """

    def value(factors: Sequence[float]) -> float:
        said = (shares * np.array(factors)).argmax(1)
        return float(
            np.mean([macro_f1(said[groups == each], truth[groups == each], weights[groups == each], len(factors))
                     for each in np.unique(groups)])
        )  # fmt: skip

    best = [1.0] * shares.shape[1]
    for _ in range(2):
        for place in range(1, len(best)):
            tried = [
                [*best[:place], round(float(factor), 2), *best[place + 1 :]]
                for factor in np.arange(0.6, 2.01, 0.1)
            ]
            best = max([best, *tried], key=value)
    return best


def macro_f1(said: Array, truth: Array, weights: Array, classes: int) -> float:
    """Weighted F1 of each class, averaged; a class that neither occurs nor is said counts 0."""
    scores = []
    for each in range(classes):
        hits = weights[(said == each) & (truth == each)].sum()
        either = weights[said == each].sum() + weights[truth == each].sum()
        scores.append(2 * hits / either if either else 0.0)
    return float(np.mean(scores))


def precise_threshold(scores: Array, right: Array, weights: Array, precision: float, lowest: float) -> float:
    """The lowest threshold (two digits, at least `lowest`) from which weighted precision is reached.

    Where none reaches it, the one of the highest precision that leaves at least 20 rows.

    Args:
        scores: probability of the class, for rows read as that class, (n,).
        right: whether the reading is right, (n,).
        weights: how much each row counts, (n,).
        precision: to reach.
        lowest: first threshold tried.
    """
    reached: list[tuple[float, float]] = []
    for threshold in np.round(np.arange(lowest, 0.951, 0.01), 2):
        said = (scores >= threshold) & (weights > 0)
        if said.sum() < 20:
            break
        share = float((weights * right * said).sum() / (weights * said).sum())
        if share >= precision:
            return float(threshold)
        reached.append((share, float(threshold)))
    return max(reached, default=(0.0, lowest))[1]
