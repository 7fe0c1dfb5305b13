"""The two views that label a sentence, and the numbers they are made of.

The *linear* view is one logistic regression per label over n-grams, concepts and rules. The *near*
view is a kernel ridge regression per label: how much the sentence resembles each of some thousand training sentences
(the landmarks), by the Gaussian kernel between sentence vectors. A label's score is the mean of both. Cross-validation
grouped by page gives the mean more than either view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.codebook import MOVES, Codebook
from models.errors import ModelDamaged, ModelMissing
from models.features import Batch, Floats, Hashes, Vocabulary

FILE = "heads.safetensors"
BLOCK = 256  # sentences computed at once; always padded to it, so that no result depends on the company
GAMMA = 1.0  # of the Gaussian kernel exp(-gamma * |a - b|^2) between vectors of norm 1
_FLOOR, _CEILING = 0.005, 0.995
_MOVE_FLOOR = 0.01
_CACHE_LIMIT = 50_000


def label_names(book: Codebook) -> tuple[str, ...]:
    """Every label with its kind: ``move:neutral``, ``target:chinese``, ``voice:author`` and so on."""
    kinds = {
        "move": MOVES,
        "target": book.targets,
        "voice": book.voices,
        "referent": book.referents,
        "measure": ("yes",),
        "frame": book.frames,
    }
    return tuple(f"{kind}:{name}" for kind, names in kinds.items() for name in names)


@dataclass(frozen=True)
class Arrays:
    """What training leaves behind; K labels, V n-grams, T tail columns, D vector length, M landmarks."""

    characters: Hashes
    """Sorted hashes of the known character n-grams."""
    words: Hashes
    """Sorted hashes of the known words and pairs; V = characters + words."""
    gram_weights: NDArray[np.int8]
    """(V, K), to be multiplied by `gram_scales`."""
    gram_scales: Floats
    """(K,)"""
    tail_weights: Floats
    """(T, K)"""
    bias: Floats
    """(K,)"""
    landmarks: NDArray[np.float16]
    """(M, D)"""
    coefficients: Floats
    """(M, K)"""
    offsets: Floats
    """(K,), the weighted share of each label in training"""

    def faults(self) -> list[str]:
        """Shapes that do not fit each other."""
        labels = len(self.bias)
        expected: Mapping[str, tuple[int, ...]] = {
            "gram_weights": (len(self.characters) + len(self.words), labels),
            "gram_scales": (labels,),
            "tail_weights": (len(self.tail_weights), labels),
            "coefficients": (len(self.landmarks), labels),
            "offsets": (labels,),
        }
        shapes = {name: getattr(self, name).shape for name in expected}
        return [
            f"{name} {shapes[name]} != {shape}" for name, shape in expected.items() if shapes[name] != shape
        ]


def load(folder: Path) -> Arrays:
    """Read the arrays of a model folder.

    Raises:
        ModelMissing: the file is not there.
        ModelDamaged: it is cut short, or its arrays do not fit each other.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / FILE
    if not path.is_file():
        raise ModelMissing(
            f"a model in {folder}", f"no {FILE}", "train one with `baqylau train` or mend the path"
        )
    try:
        tensors = load_file(path)
        arrays = Arrays(**{field.name: tensors[field.name] for field in fields(Arrays)})
    except (SafetensorError, KeyError, OSError) as error:
        raise ModelDamaged(
            f"the arrays of a model in {path}", str(error), "train or fetch the model again"
        ) from error
    faults = arrays.faults()
    if faults:
        raise ModelDamaged(f"arrays that fit in {path}", "; ".join(faults), "train or fetch the model again")
    return arrays


def tensors(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays by name, as they are stored."""
    return {field.name: np.ascontiguousarray(getattr(arrays, field.name)) for field in fields(arrays)}


class Heads:
    """Scores of every label for a batch of features."""

    def __init__(self, arrays: Arrays, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.vocabulary = Vocabulary(arrays.characters, arrays.words)
        self._arrays = arrays
        self._grams = arrays.gram_weights.astype(np.float32) * arrays.gram_scales
        self._landmarks = np.ascontiguousarray(arrays.landmarks.astype(np.float32).T)
        self._pushes: dict[str, Floats] = {}
        self._moves = [self.labels.index(f"move:{move}") for move in MOVES]
        self._lengths = np.asarray(np.square(self._landmarks).sum(0), np.float32)

    def scores(self, batch: Batch) -> Floats:
        """Uncalibrated probabilities (n, K); the four moves sum to 1."""
        linear = sigmoid(self.logits(batch))
        near = self.near(batch.vectors)
        near = np.clip(near, _FLOOR, _CEILING)
        return blend(linear, near, self._moves)

    def logits(self, batch: Batch) -> Floats:
        """The linear view before the sigmoid, (n, K)."""
        arrays = self._arrays
        grams: Floats = batch.grams @ self._grams
        tail = in_blocks(batch.tail, lambda block: block @ arrays.tail_weights, len(self.labels))
        return grams + tail + arrays.bias

    def near(self, vectors: Floats) -> Floats:
        """The near view, (n, K): about 0 to 1, not clipped."""
        arrays = self._arrays

        def compute(block: Floats) -> Floats:
            squares = np.square(block).sum(1, keepdims=True)
            kernel = np.exp(GAMMA * (2 * (block @ self._landmarks) - squares - self._lengths))
            result: Floats = kernel @ arrays.coefficients
            return result

        return in_blocks(vectors, compute, len(self.labels)) + arrays.offsets

    def pushes(self, word: str) -> Floats:
        """How much a word alone pushes towards each label, (K,): the weights of its n-grams and of itself."""
        known = self._pushes.get(word)
        if known is None:
            if len(self._pushes) >= _CACHE_LIMIT:
                self._pushes.clear()
            known = self._pushes[word] = self._push(word)
        return known

    def _push(self, word: str) -> Floats:
        total = np.zeros(len(self.labels), np.float32)
        for columns in (self.vocabulary.of_chunk(word), self.vocabulary.of_words([word])):
            if len(columns):
                total += self._grams[columns].sum(0) / np.float32(len(columns) ** 0.5)
        return total

    def column_weights(self, label: int) -> Floats:
        """Weights of the tail's columns for one label, (T,)."""
        weights: Floats = self._arrays.tail_weights[:, label]
        return weights


def sigmoid(values: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float32)


def blend(linear: Floats, near: Floats, moves: Sequence[int]) -> Floats:
    """The mean of two views, each with its moves summing to 1."""
    total: Floats = np.zeros_like(linear)
    for view in (linear, near):
        part = view.copy()
        shares = np.clip(part[:, moves], _MOVE_FLOOR, None)
        part[:, moves] = shares / shares.sum(1, keepdims=True)
        total += part / 2
    return total


def in_blocks(values: Floats, compute: Any, width: int) -> Floats:
    """Apply `compute` to blocks of exactly `BLOCK` rows, the last one padded with zeros.

    Matrix products of another shape may differ in the last bit; blocks of one shape make a row's result the same in
    every batch.
    """
    result = np.zeros((len(values), width), np.float32)
    for start in range(0, len(values), BLOCK):
        part = values[start : start + BLOCK]
        block = np.zeros((BLOCK, values.shape[1]), np.float32)
        block[: len(part)] = part
        result[start : start + len(part)] = compute(block)[: len(part)]
    return result
