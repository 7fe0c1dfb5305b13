"""Scoring claims: sentences with the claims a reader should find, and how many of them it finds.

A claim is found if target, unit and the whole range are right. The sets are the project's own sentences
(``claims/{kk,ru,en}.jsonl``): the rules were tuned on them. ``claims/unseen`` was written before tuning and scored after.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.claims import Claim
from models.errors import InputRefused
from models.evaluation.report import Figure
from models.features import Passage
from models.lexicon import LANGUAGES
from models.speech_acts import Reader, SpeechAct

FOLDER = Path(__file__).with_name("claims")
UNSEEN = FOLDER / "unseen"
DETAILS = ("direction", "place", "year", "rejected")
RESAMPLES, SEED = 1000, 20260302
_DIGITS = 4
_SAME = 0.001  # two shares this close are the same

Read = Callable[[Sequence[Passage]], Sequence[Sequence[Claim]]]


@dataclass(frozen=True, slots=True)
class Expected:
    """A claim as it was coded."""

    target: str
    low: float
    high: float
    unit: str
    direction: str
    place: str | None
    year: int | None
    rejected: bool

    def is_found_by(self, claim: Claim) -> bool:
        """Whether a claim names the same number of the same people."""
        near = abs(claim.low - self.low) <= _SAME and abs(claim.high - self.high) <= _SAME
        return near and (claim.target, claim.unit) == (self.target, self.unit)


@dataclass(frozen=True, slots=True)
class Coded:
    """A sentence with its claims."""

    passage: Passage
    claims: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What a reader found in one language; `details` is the share of found claims whose other fields are right."""

    sentences: int
    found: int
    wrong: int
    missed: int
    precision: Figure
    recall: Figure
    details: dict[str, float | None]


def load(folder: Path = FOLDER) -> dict[str, list[Coded]]:
    """Read the coded sentences of a folder, by language.

    Raises:
        InputRefused: a file or line is not what it should be.
    """
    found = {}
    for lang in LANGUAGES:
        path = folder / f"{lang}.jsonl"
        try:
            found[lang] = [_coded(json.loads(line)) for line in path.read_text("utf-8").splitlines()]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputRefused(f"coded claims in {path}", repr(error), "mend the path or the line") from error
    return found


def _coded(raw: dict[str, Any]) -> Coded:
    claims = raw["claims"]
    if not isinstance(claims, list):
        raise TypeError(f"claims of {raw['id']} are no list")
    passage = Passage(
        str(raw["id"]), str(raw["text"]), str(raw["lang"]), str(raw.get("prev", "")), str(raw.get("next", ""))
    )
    return Coded(passage, tuple(Expected(**each) for each in claims))


def by_reader(reader: Reader) -> Read:
    """Claims as a whole reader gives them, which is not told the language."""

    def read(passages: Sequence[Passage]) -> list[list[Claim]]:
        blind = [Passage(each.id, each.text, None, each.prev, each.next) for each in passages]
        answers = reader.read(blind)
        return [answer.claims if isinstance(answer, SpeechAct) else [] for answer in answers]

    return read


def score(coded: Sequence[Coded], read: Read, resamples: int = RESAMPLES) -> Score:
    """Score the claims of sentences of one language; intervals by bootstrap over sentences."""
    answers = read([each.passage for each in coded])
    pairs = [_match(each.claims, found) for each, found in zip(coded, answers, strict=True)]
    counts = np.array(
        [
            (len(hits), len(found) - len(hits), len(each.claims) - len(hits))
            for each, found, hits in zip(coded, answers, pairs, strict=True)
        ]
    ).reshape(-1, 3)
    found, wrong, missed = (int(total) for total in counts.sum(0))
    precision, recall = (_figure(counts, column, resamples) for column in (1, 2))
    hits = [pair for each in pairs for pair in each]
    return Score(len(coded), found, wrong, missed, precision, recall, _details(hits))


def _match(expected: Iterable[Expected], claims: Sequence[Claim]) -> list[tuple[Expected, Claim]]:
    left = list(claims)
    pairs = []
    for each in expected:
        found = next((claim for claim in left if each.is_found_by(claim)), None)
        if found:
            left.remove(found)
            pairs.append((each, found))
    return pairs


def _details(pairs: Sequence[tuple[Expected, Claim]]) -> dict[str, float | None]:
    def right(name: str) -> float | None:
        same = [getattr(expected, name) == getattr(claim, name) for expected, claim in pairs]
        return round(sum(same) / len(same), _DIGITS) if same else None

    return {name: right(name) for name in DETAILS}


def _figure(counts: NDArray[np.int64], against: int, resamples: int) -> Figure:
    """Found over found and those against it (1: wrong, 2: missed), with the percentile interval over sentences."""
    generator = np.random.default_rng(SEED)
    drawn = counts[generator.integers(0, len(counts), (resamples, len(counts)))].sum(1)
    sums = drawn[:, 0] + drawn[:, against]
    shares = drawn[sums > 0, 0] / sums[sums > 0]
    total = counts.sum(0)
    whole = total[0] + total[against]
    if not whole or not len(shares):
        return Figure(None, None, None)
    low, high = np.percentile(shares, [2.5, 97.5])
    return Figure(
        round(float(total[0] / whole), _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS)
    )


def rows(reader: Reader) -> list[dict[str, Any]]:
    """What a reader finds, on the sentences that the rules were tuned on and on those kept apart.

    Returns:
        rows like those of `models.evaluation.report.Report.table`: a figure with value and interval per language.
    """
    found: list[dict[str, Any]] = []
    for prefix, folder in (("claims", FOLDER), ("claims_unseen", UNSEEN)):
        scores = {lang: score(coded, by_reader(reader)) for lang, coded in load(folder).items()}
        for name in ("precision", "recall"):
            row: dict[str, Any] = {"figure": f"{prefix}_{name}"}
            for lang, each in scores.items():
                figure: Figure = getattr(each, name)
                row |= {lang: figure.value, f"{lang}_low": figure.low, f"{lang}_high": figure.high}
            found.append(row)
    return found
