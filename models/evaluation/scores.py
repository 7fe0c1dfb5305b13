"""The figures of one language, computed from what was read and what is right. Names of figures are the report's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import binned_error, expected_calibration_error
from models.codebook import MOVES, Codebook
from models.decide import Codes
from models.speech_acts import SpeechAct
from models.training.data import Row

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """One gold sentence, its reading, and what the reader would say of it if told the move."""

    gold: Row
    read: SpeechAct
    told: Codes


@dataclass(frozen=True, slots=True)
class Counts:
    """What the figures need of a set of sentences, as arrays: any sample of rows can be scored again at once."""

    truth: Mapping[str, NDArray[np.bool_]]
    said: Mapping[str, NDArray[np.bool_]]
    told: Mapping[str, NDArray[np.bool_]]
    shares: NDArray[np.float64]
    """Probabilities of the moves, (n, 4), in the order of `MOVES`."""
    languages_right: NDArray[np.bool_]


def counts(pairs: Sequence[Pair], labels: Sequence[str]) -> Counts:
    """Arrays of the pairs; a label is `kind:name`."""
    said = [labels_said(pair.read) for pair in pairs]
    told = [labels_said(pair.told) for pair in pairs]
    return Counts(
        {label: np.array([label in pair.gold.labels for pair in pairs], bool) for label in labels},
        {label: np.array([label in each for each in said], bool) for label in labels},
        {label: np.array([label in each for each in told], bool) for label in labels},
        np.array([[pair.read.scores[f"move:{move}"] for move in MOVES] for pair in pairs]).reshape(-1, 4),
        np.array([pair.read.lang == pair.gold.lang for pair in pairs], bool),
    )


def labels_said(act: SpeechAct | Codes) -> set[str]:
    """The labels of a reading, with their kinds."""
    found = {f"move:{act.move}", *(f"target:{name}" for name in act.targets)}
    found |= {f"frame:{name}" for name in act.frames} | {f"referent:{name}" for name in act.referents}
    if act.voice:
        found.add(f"voice:{act.voice}")
    return found | ({"measure:yes"} if act.measure else set())


def figures(data: Counts, rows: Indices, book: Codebook) -> dict[str, float]:
    """All figures of the chosen rows; NaN where one is not defined for them."""
    truth = {label: values[rows] for label, values in data.truth.items()}
    said = {label: values[rows] for label, values in data.said.items()}
    shares = data.shares[rows]
    moves = [f"move:{move}" for move in MOVES]
    secured = truth["move:securitizing"]
    moved = secured | truth["move:desecuritizing"]
    right = np.array([truth[move] for move in moves]).argmax(0)
    found: dict[str, float] = {"move_macro_f1": _macro(truth, said, moves)}
    found["auc_securitizing"] = auc(shares[:, 0], secured)
    found["targets_micro_f1"] = _micro(truth, said, [f"target:{name}" for name in book.targets])
    told = {label: values[rows] for label, values in data.told.items()}
    for ending, codes in (("", said), ("_given_move", told)):
        found |= {
            f"{name}{ending}": value for name, value in _details(truth, codes, secured, moved, book).items()
        }
    found["calibration_error"] = expected_calibration_error(shares, right)
    found["calibration_error_securitizing"] = binned_error(shares[:, 0], secured) if len(rows) else nan
    found["language_accuracy"] = float(data.languages_right[rows].mean()) if len(rows) else nan
    for move in MOVES:
        hits = (truth[f"move:{move}"] & said[f"move:{move}"]).sum()
        found[f"precision_{move}"] = _ratio(hits, said[f"move:{move}"].sum())
        found[f"recall_{move}"] = _ratio(hits, truth[f"move:{move}"].sum())
    return found


def _details(
    truth: Mapping[str, Any], said: Mapping[str, Any], secured: Any, moved: Any, book: Codebook
) -> dict[str, float]:
    """Figures of what goes with a move: frames and referents of securitizing sentences, voices of moving ones."""
    threats = [f"frame:{name}" for name in book.threat_frames]
    referents = [f"referent:{name}" for name in book.referents]
    voices = [f"voice:{name}" for name in book.voices]
    threatened = _where(truth, secured), _where(said, secured)
    return {
        "threat_frames_micro_f1": _micro(*threatened, threats),
        "referents_micro_f1": _micro(*threatened, referents),
        "voice_macro_f1": _macro(_where(truth, moved), _where(said, moved), voices, seen_only=True),
        "measure_f1": _micro(truth, said, ["measure:yes"]),
    }


def auc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Probability that a positive row scores above a negative one, ties counting half."""
    if positive.all() or not positive.any():
        return nan
    from scipy.stats import rankdata

    ranks, hits = rankdata(scores), int(positive.sum())
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * (len(scores) - hits)))


def _where(labels: Mapping[str, Any], mask: NDArray[np.bool_]) -> dict[str, Any]:
    return {label: values[mask] for label, values in labels.items()}


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else nan


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return _ratio(2 * (truth & said).sum(), truth.sum() + said.sum())


def _micro(truth: Mapping[str, Any], said: Mapping[str, Any], labels: Sequence[str]) -> float:
    return _f1(np.array([truth[label] for label in labels]), np.array([said[label] for label in labels]))


def _macro(
    truth: Mapping[str, Any], said: Mapping[str, Any], labels: Sequence[str], seen_only: bool = False
) -> float:
    """Mean F1 of the labels, those that neither occur nor are said left out.

    With `seen_only`, the labels that do not occur are left out even where they are said.
    """
    scores = [_f1(truth[label], said[label]) for label in labels if truth[label].any() or not seen_only]
    kept = [score for score in scores if not np.isnan(score)]
    return float(np.mean(kept)) if kept else nan
