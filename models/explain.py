"""Which words decided: spans of the original text behind each label that was given.

A span is a lexicon match whose concept speaks for the label in the linear view; where no match does, it is a word whose
n-grams do. Offsets are characters of the text as it came in, end exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models.features import CONCEPT_WEIGHT, Parsed
from models.heads import Heads

PER_LABEL = 3  # spans a label at most
_LEAST = 0.2  # push (in log-odds) below which nothing is shown
_SHORTEST = 4  # letters of a single word that is shown
_SHOWN = 0.4  # share of the strongest push that a span must have


class Span(TypedDict):
    """A stretch of text and the label it speaks for, for example ``frame:territory``."""

    start: int
    end: int
    label: str


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
        if not labels:
            return []
        found: list[Span] = []
        for label in labels:
            place = self._labels[label]
            # Concepts are what a person would point at; single words stand in where none speaks for the label.
            found += _strongest(self._concept_pushes(parsed, place), label) or _strongest(
                self._word_pushes(parsed, place), label
            )
        return sorted(found, key=lambda span: (span["start"], -span["end"], span["label"]))

    def _concept_pushes(self, parsed: Parsed, place: int) -> list[tuple[float, int, int]]:
        weights = self._heads.column_weights(place)
        return [
            (float(weights[self._concepts[match.concept]]) * CONCEPT_WEIGHT, match.start, match.end)
            for match in parsed.matches
        ]

    def _word_pushes(self, parsed: Parsed, place: int) -> list[tuple[float, int, int]]:
        scale = 1 / max(len(parsed.words), 1) ** 0.5
        return [
            (float(self._heads.pushes(word)[place]) * scale, *span)
            for word, span in zip(parsed.words, parsed.spans, strict=False)
            if len(word) >= _SHORTEST
        ]


def _strongest(candidates: list[tuple[float, int, int]], label: str) -> list[Span]:
    """The strongest of the candidates (push, start, end) that do not overlap."""
    candidates.sort(key=lambda each: (-each[0], each[1], -each[2]))
    least = max(_LEAST, _SHOWN * candidates[0][0]) if candidates else _LEAST
    chosen: list[Span] = []
    for push, start, end in candidates:
        if push < least or len(chosen) == PER_LABEL:
            break
        if not any(start < span["end"] and span["start"] < end for span in chosen):
            chosen.append({"start": start, "end": end, "label": label})
    return chosen
