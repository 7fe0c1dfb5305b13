"""Which words decided: spans of the original text behind each label that was given.

A span is a lexicon match whose concept speaks for the label in the linear view; where no match does, it is a word whose
n-grams do. Offsets are characters of the text as it came in, end exclusive. A reason is a span with its words and its
weight: what they add to the log-odds of the label in the linear view. The near view compares whole sentences and cannot
be told by words; a label that it alone carried has no reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models.features import CONCEPT_WEIGHT, Parsed
from models.heads import Heads

PER_LABEL = 3  # spans a label at most
_LEAST = 0.2  # push (in log-odds) below which nothing is shown
_SHORTEST = 4  # letters of a single word that is shown
_DIGITS = 4
_SHOWN = 0.4  # share of the strongest push that a span must have


class Span(TypedDict):
    """A stretch of text and the label it speaks for, for example ``frame:territory``."""

    start: int
    end: int
    label: str


class Reason(TypedDict):
    """Words that speak for a label, and how much: what they add to its log-odds in the linear view."""

    label: str
    word: str
    start: int
    end: int
    weight: float


_Push = tuple[float, int, int]  # log-odds, start, end


class Explainer:
    """Finds spans for labels."""

    def __init__(self, heads: Heads, columns: Sequence[str]) -> None:
        self._heads = heads
        self._labels = {name: place for place, name in enumerate(heads.labels)}
        self._concepts = {
            name.removeprefix("concept:"): place
            for place, name in enumerate(columns)
            if name.startswith("concept:")
        }

    def spans(self, parsed: Parsed, labels: Sequence[str]) -> list[Span]:
        """Spans for the given labels, by start, longer first."""
        found: list[Span] = [
            {"start": start, "end": end, "label": label}
            for label in labels
            for _, start, end in self._decisive(parsed, label)
        ]
        return sorted(found, key=lambda span: (span["start"], -span["end"], span["label"]))

    def reasons(self, parsed: Parsed, text: str, labels: Sequence[str]) -> list[Reason]:
        """Reasons for the given labels, label by label, the strongest first."""
        return [
            {
                "label": label,
                "word": text[start:end],
                "start": start,
                "end": end,
                "weight": round(push, _DIGITS),
            }
            for label in labels
            for push, start, end in self._decisive(parsed, label)
        ]

    def _decisive(self, parsed: Parsed, label: str) -> list[_Push]:
        """Concepts are what a person would point at; single words stand in where none speaks for the label."""
        place = self._labels[label]
        return _strongest(self._concept_pushes(parsed, place)) or _strongest(self._word_pushes(parsed, place))

    def _concept_pushes(self, parsed: Parsed, place: int) -> list[_Push]:
        weights = self._heads.column_weights(place)
        return [
            (float(weights[self._concepts[match.concept]]) * CONCEPT_WEIGHT, match.start, match.end)
            for match in parsed.matches
        ]

    def _word_pushes(self, parsed: Parsed, place: int) -> list[_Push]:
        scale = 1 / max(len(parsed.words), 1) ** 0.5
        return [
            (float(self._heads.pushes(word)[place]) * scale, *span)
            for word, span in zip(parsed.words, parsed.spans, strict=False)
            if len(word) >= _SHORTEST
        ]


def _strongest(candidates: list[_Push]) -> list[_Push]:
    """The strongest of the candidates that do not overlap."""
    candidates.sort(key=lambda each: (-each[0], each[1], -each[2]))
    least = max(_LEAST, _SHOWN * candidates[0][0]) if candidates else _LEAST
    chosen: list[_Push] = []
    for push, start, end in candidates:
        if push < least or len(chosen) == PER_LABEL:
            break
        if not any(start < last and first < end for _, first, last in chosen):
            chosen.append((push, start, end))
    return chosen
