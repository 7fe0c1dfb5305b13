"""From coded sentences to a model folder: features, both views, out-of-fold predictions, calibration, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import calibration, codebook, encoder, heads, lexicon, store, targets
from models.codebook import MOVES, Codebook
from models.decide import Thresholds
from models.features import Batch, Featurizer, Floats, Vocabulary, tail_columns
from models.heads import Arrays, Heads
from models.training import data, fit

SEED = 20260302
FOLDS = 5
PRECISION = 0.75  # of securitizing, out of fold
LOWEST_SECURITIZING = (
    0.54  # with 0.5, one language falls under the promised precision on the development gold
)
ENOUGH = 200
# Of the threshold of targets. Lower, and off-topic text is given targets it never names: at a third, 1.4 % of Russian
# posts read as securitizing; at 0.8, 0.9 %.
LAST_TARGET = 0.8
_CALIBRATED_ON = ("grounded", "retold", "translated")  # invented sentences would make it too sure
_OWN_PRESS = ("grounded", "retold")
_TARGET_GRID = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
_FRAME_GRID = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35)
_WIDE_GRID = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run left: the folder, its card, and the out-of-fold predictions it was calibrated on."""

    folder: Path
    card: store.Card
    rows: Sequence[data.Row]
    predictions: Floats
    """(n, K), uncalibrated, each row predicted by a model that saw no row of its page."""
    concepts: int
    landmarks: int


def train(
    out: Path,
    *,
    folders: Sequence[Path] = data.DEFAULT,
    encoder_name: str | Path | None = None,
    vectors: Path | None = None,
    seed: int = SEED,
    name: str = "default",
    folds: int = FOLDS,
) -> Trained:
    """Train a model and write its folder. The same input and seed give the same model.

    Args:
        out: folder to write (made where it does not exist).
        folders: with ``{kk,ru,en}.jsonl`` each, of coded sentences or articles.
        encoder_name: a sentence-transformers model to use in place of the embedded word vectors.
        vectors: folder of the embedded word vectors; those of the default model where not given.
        seed: of landmarks and of the order of descent.
        name: of the model, in its readings.
        folds: of the cross-validation that calibrates; pages are never split.

    Raises:
        InputRefused: a folder or line is not what it should be.
        ModelMissing, ModelDamaged: the encoder or the word vectors cannot be opened.
    """
    rows = data.load(folders)
    book, words = codebook.load(), lexicon.load()
    vectors = (vectors or Path(heads.__file__).with_name("default")) / encoder.FILE
    embedder = encoder.load(vectors if encoder_name is None else encoder_name)
    empty = Vocabulary(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    batch = Featurizer(words, targets.load(words=words, book=book), empty, embedder).features(
        [row.passage for row in rows], [row.lang for row in rows]
    )
    known = fit.vocabulary(batch.parsed)
    batch = Batch(batch.parsed, known.matrix(batch.parsed), batch.tail, batch.vectors)
    labels = heads.label_names(book)
    columns = tail_columns(words.concepts, tuple(book.targets))
    job = _Job(rows, batch, labels, columns, known, seed)
    predictions = job.out_of_fold(folds)
    scaling, thresholds = settle(rows, labels, predictions, book)
    card = store.Card(
        name=name,
        labels=labels,
        columns_sha=store.columns_sha(columns),
        codebook=book.identity,
        lexicon=words.version,
        encoder=None if encoder_name is None else str(encoder_name),
        vector_size=embedder.size,
        scaling=scaling,
        thresholds=thresholds,
        training={
            "seed": seed,
            "folds": folds,
            "rows": len(rows),
            "weights": data.WEIGHTS,
            "data": data.fingerprints(folders),
        },
    )
    arrays = job.fit(np.ones(len(rows), bool))
    store.save(out, card, arrays, vectors if encoder_name is None else None)
    return Trained(out, card, rows, predictions, len(words.concepts), len(arrays.landmarks))


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that the fits of one run share."""

    rows: Sequence[data.Row]
    batch: Batch
    labels: Sequence[str]
    columns: Sequence[str]
    vocabulary: Vocabulary
    seed: int

    def fit(self, chosen: NDArray[np.bool_]) -> Arrays:
        """Fit both views to the chosen rows."""
        rows = [row for row, kept in zip(self.rows, chosen, strict=True) if kept]
        part, truth, weights = self._part(chosen), data.truth(rows, self.labels), data.weights_of(rows)
        masks = fit.scopes(self.labels, truth)
        own = fit.visible(self.labels, self.columns)
        linear = fit.linear(part, truth, weights, masks, own, self.seed)
        return fit.arrays(self.vocabulary, linear, fit.near(part.vectors, truth, weights, masks, self.seed))

    def out_of_fold(self, folds: int) -> Floats:
        """Predict every row by a model that saw nothing of its page, (n, K)."""
        fold = data.folds(self.rows, folds)
        predictions = np.zeros((len(self.rows), len(self.labels)), np.float32)
        for each in range(folds):
            held = fold == each
            if held.any() and not held.all():
                predictions[held] = Heads(self.fit(~held), self.labels).scores(self._part(held))
        return predictions

    def _part(self, chosen: NDArray[np.bool_]) -> Batch:
        places = np.flatnonzero(chosen)
        parsed = [self.batch.parsed[int(place)] for place in places]
        return Batch(parsed, self.batch.grams[places], self.batch.tail[places], self.batch.vectors[places])


def settle(
    rows: Sequence[data.Row], labels: Sequence[str], predictions: Floats, book: Codebook
) -> tuple[dict[str, calibration.Scaling], Thresholds]:
    """Calibration per language and all thresholds, from out-of-fold predictions."""
    truth, weights = data.truth(rows, labels), data.weights_of(rows)
    if any(row.origin in _CALIBRATED_ON for row in rows):
        weights = weights * np.array([row.origin in _CALIBRATED_ON for row in rows])
    langs = np.array([row.lang for row in rows])
    places = {
        kind: [at for at, label in enumerate(labels) if label.startswith(f"{kind}:")] for kind in _KINDS
    }
    moves = truth[:, places["move"]].argmax(1)
    shares = predictions[:, places["move"]].astype(np.float64)
    scaling = {}
    for lang in map(str, np.unique(langs)):
        here = langs == lang
        scaling[lang] = calibration.fit_scaling(shares[here], moves[here], weights[here])
        shares[here] = scaling[lang].apply(shares[here])
    counted = weights > 0
    factors = calibration.move_weights(shares[counted], moves[counted], weights[counted], langs[counted])

    def threshold(
        kind: str, grid: Sequence[float], only: NDArray[np.bool_], names: Sequence[str] = ()
    ) -> float:
        columns = [at for at in places[kind] if not names or labels[at].split(":")[1] in names]
        return calibration.best_threshold(
            predictions[only][:, columns], truth[only][:, columns], weights[only], grid
        )

    everywhere, secured = np.ones(len(rows), bool), moves == MOVES.index("securitizing")
    target = threshold("target", _TARGET_GRID, everywhere)
    return scaling, Thresholds(
        securitizing=_securitizing(shares, factors, moves, _of_the_press(rows, weights), langs),
        moves=dict(zip(MOVES, factors, strict=True)),
        target=target,
        last_target=round(target * LAST_TARGET, 4),
        frame=threshold("frame", _FRAME_GRID, secured, book.threat_frames),
        referent=threshold("referent", _WIDE_GRID, secured),
        measure=threshold("measure", _WIDE_GRID, secured),
    )


def _of_the_press(rows: Sequence[data.Row], weights: Array) -> Array:
    """Only rows of a language's own press count, in languages that have enough of them: so will what is read be."""
    own = np.array([row.origin in _OWN_PRESS for row in rows])
    langs = np.array([row.lang for row in rows])
    enough = {lang for lang in np.unique(langs) if own[langs == lang].sum() >= ENOUGH}
    return weights * np.array([is_own or lang not in enough for is_own, lang in zip(own, langs, strict=True)])


_KINDS = ("move", "target", "voice", "referent", "measure", "frame")


def _securitizing(
    shares: Array, factors: Sequence[float], moves: NDArray[np.int64], weights: Array, langs: NDArray[np.str_]
) -> dict[str, float]:
    """The probability from which a sentence may be called securitizing, by language."""
    column = MOVES.index("securitizing")
    said = (shares * np.array(factors)).argmax(1) == column
    found = {}
    for lang in map(str, np.unique(langs)):
        here = said & (langs == lang)
        found[lang] = calibration.precise_threshold(
            shares[here, column], moves[here] == column, weights[here], PRECISION, LOWEST_SECURITIZING
        )
    return found
