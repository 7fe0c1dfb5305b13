"""Assign articles to stories: reprints and light edits of one text, across outlets, within a window of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.stories.shingles import Shingled, bands, jaccard, shingle, signatures

BUCKET = 24
"""texts remembered per band key, the latest; a text copied a thousand times needs no thousand comparisons."""


@dataclass(frozen=True)
class Text:
    """One article as the clustering sees it."""

    id: str
    """article_id."""
    text: str
    """title and body."""
    day: str
    """ISO date of the day first seen."""
    order_key: tuple[str, ...] | str
    """who was first: first seen, then published_at, then source_id; sorts as text."""
    story_id: str | None = None
    """set for recent texts whose story is known."""


@dataclass(frozen=True)
class Member:
    """An article and the story it belongs to."""

    article_id: str
    story_id: str
    """article_id of the story's origin."""
    similarity: float
    """Jaccard similarity to the nearest earlier text of the story; 1 for the origin."""


@dataclass(frozen=True)
class Options:
    """What counts as the same story."""

    threshold: float = 0.5
    """Jaccard similarity of three-word shingles."""
    window_days: int = 7
    short_words: int = 12
    """texts below this many words join only on near-equality."""
    short_threshold: float = 0.9
    permutations: int = 96
    rows: int = 3
    """band height; 32 bands of 3 find a pair at similarity 0.5 with probability 0.986."""


def cluster(new: Sequence[Text], recent: Sequence[Text] = (), options: Options | None = None) -> list[Member]:
    """Assign every new text to a story.

    Texts are taken in the order they were first seen. Each joins the story of the most similar earlier text within
    the window, when that similarity (exact Jaccard, not its estimate) reaches the threshold; else it founds a
    story whose id is its own article_id. A story once given is never changed, so night by night and all at once
    give the same answer, and so does any order of the input.

    Args:
        new: texts without a story.
        recent: texts of the last `window_days` with their stories.
        options: thresholds.

    Returns:
        one member per new text, in the order of `new`.
    """
    settings = options or Options()
    texts = [*recent, *new]
    order = sorted(
        range(len(texts)), key=lambda i: (texts[i].story_id is None, texts[i].order_key, texts[i].id)
    )
    shingled = shingle([texts[i].text for i in order], settings.short_words)
    keys = bands(signatures(shingled, settings.permutations), settings.rows)
    search = _Search([texts[i] for i in order], shingled, keys, settings)
    found = {member.article_id: member for member in search.run()}
    return [found[text.id] for text in new]


@dataclass
class _Search:
    """Texts in order of appearance; each looks back at those in the window that share a band with it."""

    texts: Sequence[Text]
    shingled: Shingled
    keys: NDArray[np.uint64]
    options: Options
    story: list[str] = field(default_factory=list)

    def run(self) -> list[Member]:
        days = [date.fromisoformat(text.day).toordinal() for text in self.texts]
        buckets: dict[int, list[int]] = defaultdict(list)
        members = []
        for i, (text, row) in enumerate(zip(self.texts, _shared(self.keys), strict=True)):
            if text.story_id is None:
                near, similarity = self._nearest(i, row, buckets, days)
                self.story.append(text.id if near is None else self.story[near])
                members.append(Member(text.id, self.story[i], similarity))
            else:
                self.story.append(text.story_id)
            if self.shingled.words[i]:
                for key in row:
                    buckets[key].append(i)
        return members

    def _nearest(
        self, i: int, row: Sequence[int], buckets: dict[int, list[int]], days: Sequence[int]
    ) -> tuple[int | None, float]:
        """The most similar earlier text that passes its threshold; the earliest among equals."""
        if not self.shingled.words[i]:
            return None, 1.0
        candidates: set[int] = set()
        for key in row:
            if key in buckets:
                candidates.update(buckets[key][-BUCKET:])
        best, similarity = None, 0.0
        for j in sorted(candidates):
            if abs(days[i] - days[j]) > self.options.window_days:
                continue
            value = jaccard(self.shingled.of(j), self.shingled.of(i))
            if value > similarity and value >= self._threshold(i, j):
                best, similarity = j, value
        return best, similarity if best is not None else 1.0

    def _threshold(self, i: int, j: int) -> float:
        shorter = min(self.shingled.words[i], self.shingled.words[j])
        return self.options.short_threshold if shorter < self.options.short_words else self.options.threshold


def _shared(keys: NDArray[np.uint64]) -> Iterator[list[int]]:
    """Per text its band keys that any other text has too, as small numbers; most texts have none."""
    _, code, count = np.unique(keys, return_inverse=True, return_counts=True)
    code = code.reshape(keys.shape)
    common = count[code] > 1
    for row, kept in zip(code, common, strict=True):
        yield row[kept].tolist() if kept.any() else []
