"""From probabilities to codes: thresholds first, then the rules of the codebook that hold between codes.

No target means irrelevant; only a securitizing or desecuritizing sentence has frames (at least one) and a voice; only a
securitizing one has referents and maybe a measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.codebook import MOVES

# Where none is stated (codebook, decision `default_referent`).
_DEFAULT_REFERENT = {
    "state": "territory sovereignty concession corruption illegality terrorism instrument",
    "society": "demographic identity",
    "economy": "economic labour burden outflow",
    "individual": "crime health environment",
}
DEFAULT_REFERENT = {
    frame: referent for referent, frames in _DEFAULT_REFERENT.items() for frame in frames.split()
}
_FALLBACK_REFERENT = "state"
_COUNTER_SHARE = 0.5  # a desecuritizing sentence always has a counter frame


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on something is said; chosen on out-of-fold predictions."""

    securitizing: Mapping[str, float]
    """By language: the calibrated probability from which a sentence is read as securitizing."""
    moves: Mapping[str, float]
    """Weights of the moves before the likeliest is taken: a rare one is missed less often."""
    target: float
    last_target: float
    """Lower: from here on the likeliest target saves a sentence whose move is not irrelevant."""
    frame: float
    referent: float
    measure: float


@dataclass(frozen=True, slots=True)
class Codes:
    """What is said of one sentence; defaults are those of an irrelevant one."""

    move: str = "irrelevant"
    targets: list[str] = field(default_factory=list)
    voice: str | None = None
    referents: list[str] = field(default_factory=list)
    measure: bool = False
    frames: list[str] = field(default_factory=list)


Scores = Mapping[str, Sequence[tuple[str, float]]]


def decide(scores: Scores, lang: str, thresholds: Thresholds) -> Codes:
    """Choose codes that are consistent with each other.

    Args:
        scores: name and score of every label, by kind (`move`, `target`, `voice`, `referent`, `measure`, `frame`), in
            the order of the codebook. Scores of moves are calibrated probabilities.
        lang: language of the sentence.
        thresholds: from which score on something is said.
    """
    move = _move(dict(scores["move"]), lang, thresholds)
    if move == "irrelevant":
        return Codes()
    targets = _above(scores["target"], thresholds.target)
    if not targets:
        targets = [
            name
            for name in _likeliest(scores["target"])
            if dict(scores["target"])[name] > thresholds.last_target
        ]
    return complete(move, targets, scores, thresholds) if targets else Codes()


def complete(move: str, targets: list[str], scores: Scores, thresholds: Thresholds) -> Codes:
    """What goes with a move that is known, and with its targets."""
    if move == "irrelevant":
        return Codes()
    if move == "neutral":
        return Codes(move, targets)
    voice = _likeliest(scores["voice"])[0]
    if move == "desecuritizing":
        return Codes(move, targets, voice, frames=_counter_frames(scores["frame"], thresholds.frame))
    threats = [each for each in scores["frame"] if each[0] in DEFAULT_REFERENT]
    frames = _above(threats, thresholds.frame) or _likeliest(threats)
    referents = _above(scores["referent"], thresholds.referent) or _default_referents(frames)
    measure = scores["measure"][0][1] > thresholds.measure
    return Codes(move, targets, voice, referents, measure, frames)


def _move(shares: Mapping[str, float], lang: str, thresholds: Thresholds) -> str:
    allowed = [
        move
        for move in MOVES
        if move != "securitizing" or shares[move] >= thresholds.securitizing.get(lang, 0.5)
    ]
    return max(allowed, key=lambda move: shares[move] * thresholds.moves.get(move, 1.0))


def _above(scored: Sequence[tuple[str, float]], threshold: float) -> list[str]:
    return [name for name, score in scored if score > threshold]


def _likeliest(scored: Sequence[tuple[str, float]]) -> list[str]:
    return [max(scored, key=lambda each: each[1])[0]]


def _counter_frames(scored: Sequence[tuple[str, float]], threshold: float) -> list[str]:
    """Counter frames above the threshold, at least the likeliest; a denied threat's frame only where it is sure."""
    counter = [each for each in scored if each[0] not in DEFAULT_REFERENT]
    said = _above(counter, threshold) or _likeliest(counter)
    return [
        name
        for name, score in scored
        if name in said or (name in DEFAULT_REFERENT and score > _COUNTER_SHARE)
    ]


def _default_referents(frames: Sequence[str]) -> list[str]:
    wanted = {DEFAULT_REFERENT.get(frame, _FALLBACK_REFERENT) for frame in frames}
    return [name for name in _DEFAULT_REFERENT if name in wanted]
