"""Fit the two views of `models.heads` to features and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features import Batch, Floats, Hashes, Parsed, Vocabulary, character_hashes, terms_of, word_hashes
from models.heads import GAMMA, Arrays

FEWEST = 3  # sentences an n-gram must occur in
STRENGTH = 8.0  # C of the logistic regressions: the inverse of their regularisation
LANDMARKS = 4000
RIDGE, _JITTER = 0.3, 1e-3

Truth = NDArray[np.int8]
Weights = NDArray[np.float64]
Mask = NDArray[np.bool_]

# On which moves a kind of label is defined at all.
SCOPES = {
    "voice": ("securitizing", "desecuritizing"),
    "frame": ("securitizing", "desecuritizing"),
    "referent": ("securitizing",),
    "measure": ("securitizing",),
}


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of the linear view, all labels: n-grams (V, K), tail (T, K), bias (K,)."""

    grams: Floats
    tail: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Near:
    """The near view: landmarks (M, D), coefficients (M, K), offsets (K,)."""

    landmarks: NDArray[np.float16]
    coefficients: Floats
    offsets: Floats


def vocabulary(parsed: Sequence[Parsed]) -> Vocabulary:
    """The n-grams that occur in enough of the sentences."""
    characters: Counter[int] = Counter()
    words: Counter[int] = Counter()
    known: dict[str, list[int]] = {}
    for each in parsed:
        seen: set[int] = set()
        for chunk in each.chunks:
            if chunk not in known:
                known[chunk] = character_hashes(chunk).tolist()
            seen.update(known[chunk])
        characters.update(seen)
        words.update(set(word_hashes(terms_of(each.words))))
    return Vocabulary(_frequent(characters), _frequent(words))


def _frequent(counts: Counter[int]) -> Hashes:
    return np.array(sorted(value for value, count in counts.items() if count >= FEWEST), np.uint32)


def scopes(labels: Sequence[str], truth: Truth) -> list[Mask]:
    """For each label the rows it is defined on: a neutral sentence has no voice."""
    places = {label: place for place, label in enumerate(labels)}
    everywhere = np.ones(len(truth), bool)
    masks: list[Mask] = []
    for label in labels:
        moves = SCOPES.get(label.split(":")[0])
        columns = [places[f"move:{move}"] for move in moves or ()]
        masks.append(np.asarray(truth[:, columns].any(1), bool) if columns else everywhere)
    return masks


def linear(
    batch: Batch, truth: Truth, weights: Weights, masks: Sequence[Mask], own: Sequence[int], seed: int
) -> Linear:
    """One logistic regression a label, by dual coordinate descent (Yu, Huang & Lin 2011).

    Args:
        batch: features of the rows.
        truth: 0 or 1, (n, K).
        weights: how much each row counts, (n,).
        masks: for each label the rows it is defined on.
        own: for each label how many of the tail's columns it may see, from the first on.
        seed: of the order of descent.
    """
    from scipy.sparse import csr_matrix, hstack

    matrix = hstack([batch.grams, csr_matrix(batch.tail)]).tocsr()
    width = batch.grams.shape[1]
    stacked = np.zeros((matrix.shape[1], len(masks)), np.float32)
    bias = np.zeros(len(masks), np.float32)
    for place, (mask, seen) in enumerate(zip(masks, own, strict=True)):
        part = matrix[mask][:, : width + seen]
        stacked[: width + seen, place], bias[place] = _regression(
            part, truth[mask, place], weights[mask], seed
        )
    return Linear(stacked[:width], stacked[width:], bias)


def visible(labels: Sequence[str], columns: Sequence[str]) -> list[int]:
    """How many of the tail's columns each label sees: neighbours may lend the target, never the danger."""
    concepts = sum(name.startswith("concept:") for name in columns)
    return [
        len(columns) if label.startswith("target:") or label == "move:irrelevant" else concepts
        for label in labels
    ]


def _regression(matrix: Any, wanted: NDArray[np.int8], weights: Weights, seed: int) -> tuple[Any, float]:
    from sklearn.linear_model import LogisticRegression

    if wanted.min() == wanted.max():  # a label never seen, or always
        return np.zeros(matrix.shape[1], np.float32), 5.0 if wanted.max() else -5.0
    model = LogisticRegression(
        C=STRENGTH, solver="liblinear", dual=True, tol=0.05, max_iter=100, random_state=seed
    )
    model.fit(matrix, wanted, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def near(vectors: Floats, truth: Truth, weights: Weights, masks: Sequence[Mask], seed: int) -> Near:
    """Weighted kernel ridge regression on landmarks (the Nystroem method: Williams & Seeger 2001)."""
    chosen = np.random.default_rng(seed).choice(
        len(vectors), min(LANDMARKS, len(vectors)), replace=False, p=weights / weights.sum()
    )
    landmarks = vectors[np.sort(chosen)].astype(np.float16)
    points = landmarks.astype(np.float32)
    across, within = _kernel(vectors, points), _kernel(points, points)
    coefficients = np.zeros((len(points), truth.shape[1]), np.float32)
    offsets = np.zeros(truth.shape[1], np.float32)
    for mask, places in _by_mask(masks):
        part, shares = across[mask], weights[mask] / max(weights[mask].sum(), 1e-9)
        wanted = truth[mask][:, places].astype(np.float64)
        offsets[places] = shares @ wanted
        weighted = part * weights[mask][:, None].astype(np.float32)
        system = weighted.T @ part + RIDGE * within + _JITTER * np.eye(len(points), dtype=np.float32)
        coefficients[:, places] = _solve(system, weighted.T @ (wanted - offsets[places]))
    return Near(landmarks, coefficients, offsets)


def _kernel(left: Floats, right: Floats) -> Floats:
    squares = np.square(left).sum(1)[:, None] + np.square(right).sum(1)
    result: Floats = np.exp(GAMMA * (2 * (left @ right.T) - squares))
    return result


def _solve(system: Floats, wanted: NDArray[Any]) -> NDArray[Any]:
    from scipy.linalg import cho_factor, cho_solve

    solved: NDArray[Any] = cho_solve(cho_factor(system.astype(np.float64)), wanted.astype(np.float64))
    return solved


def _by_mask(masks: Sequence[Mask]) -> list[tuple[Mask, list[int]]]:
    """Labels that share their rows share one factorisation."""
    grouped: dict[bytes, list[int]] = {}
    for place, mask in enumerate(masks):
        grouped.setdefault(mask.tobytes(), []).append(place)
    return [(masks[places[0]], places) for places in grouped.values()]


def arrays(words: Vocabulary, first: Linear, second: Near) -> Arrays:
    """Put both views together as they are stored: n-gram weights as bytes, one scale a label."""
    scales = np.maximum(np.abs(first.grams).max(0, initial=0), 1e-9) / 127
    return Arrays(
        characters=words.characters,
        words=words.words,
        gram_weights=np.rint(first.grams / scales).astype(np.int8),
        gram_scales=scales.astype(np.float32),
        tail_weights=first.tail,
        bias=first.bias,
        landmarks=second.landmarks,
        coefficients=second.coefficients,
        offsets=second.offsets,
    )
