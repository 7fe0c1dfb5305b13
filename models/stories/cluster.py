"""Assign articles to stories: reprints and light edits of one text, across outlets, within a window of days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

import numpy as np

from models.stories.shingles import Hashes, bands, jaccard, shingle, signatures
from models.stories.window import BUCKET, Block, Buckets, Window, shared

BLOCK = 16384
"""texts taken at once"""


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
    members = stream(sorted(new, key=_appearance), sorted(recent, key=_appearance), options)
    found = {member.article_id: member for member in members}
    return [found[text.id] for text in new]


def stream(
    new: Iterable[Text], recent: Iterable[Text] = (), options: Options | None = None
) -> Iterator[Member]:
    """Assign texts that come in order, remembering the window only: for archives larger than the memory.

    Args:
        new: texts without a story, in order of `day`, `order_key` and `id`; each is let go once it is compared.
        recent: texts with their stories, in the same order.
        options: thresholds.

    Yields:
        one member per new text, in order.
    """
    texts = chain(recent, new)
    search = _Search(options or Options())
    while block := list(islice(texts, BLOCK)):
        yield from search.assign(block)


def _appearance(text: Text) -> tuple[tuple[str, ...] | str, str]:
    return text.order_key, text.id


class _Search:
    """Texts in order of appearance; each looks back at those in the window that share a band with it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._window = Window(BLOCK)

    def assign(self, texts: Sequence[Text]) -> Iterator[Member]:
        """Find the stories of the next texts; those that have one are remembered only."""
        days = np.array([date.fromisoformat(text.day).toordinal() for text in texts], dtype=np.int64)
        fresh = np.array([text.story_id is None for text in texts])
        if fresh.any():
            self._window.forget(int(days[fresh].min()) - self._options.window_days)
        shingled = shingle([text.text for text in texts], self._options.short_words)
        keys = bands(signatures(shingled, self._options.permutations), self._options.rows)
        rows, buckets = shared(keys, shingled.words > 0, self._window)
        block = Block.of(shingled, days, keys)
        first = self._window.add(block)
        for number, (text, row) in enumerate(zip(texts, rows, strict=True), start=first):
            if text.story_id is None:
                near, similarity = self._nearest(number, row, buckets)
                block.stories.append(text.id if near is None else self._window.story(near))
                yield Member(text.id, block.stories[-1], similarity)
            else:
                block.stories.append(text.story_id)
            for key in row:
                buckets.setdefault(key, []).append(number)

    def _nearest(self, number: int, row: Sequence[int], buckets: Buckets) -> tuple[int | None, float]:
        """The most similar earlier text that passes its threshold; the earliest among equals."""
        candidates: set[int] = set()
        for key in row:
            candidates.update(buckets.get(key, ())[-BUCKET:])
        own, day, words = self._window.shingles(number), self._window.day(number), self._window.words(number)
        best, similarity = None, 0.0
        for other in sorted(candidates):
            if abs(day - self._window.day(other)) > self._options.window_days:
                continue
            least = self._threshold(min(words, self._window.words(other)))
            value = _at_least(self._window.shingles(other), own, max(least, similarity))
            if value > similarity and value >= least:
                best, similarity = other, value
            if similarity == 1.0:
                break
        return best, similarity if best is not None else 1.0

    def _threshold(self, shorter: int) -> float:
        short = shorter < self._options.short_words
        return self._options.short_threshold if short else self._options.threshold


def _at_least(one: Hashes, other: Hashes, least: float) -> float:
    """Jaccard similarity, or 0 where the sizes alone say that it is below `least`."""
    fewer, more = sorted((len(one), len(other)))
    return jaccard(one, other) if fewer and fewer / more >= least else 0.0
