"""What the clustering remembers of the texts of the last days: their shingles, their stories, and who has which band key.

Texts come in blocks. A block that lies wholly before the window is forgotten, so memory follows the articles of one
window (about 1.2 kB each for the press's usual lengths), not the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.stories.shingles import Hashes, Shingled

BUCKET = 24
"""texts remembered per band key, the latest; a text copied a thousand times needs no thousand comparisons."""

Keys = NDArray[np.uint64]
Buckets = dict[int, list[int]]


@dataclass(frozen=True)
class Block:
    """Some neighbouring texts: what later ones are compared with."""

    shingled: Shingled
    days: NDArray[np.int64]
    """(D,) ordinal of the day of each."""
    keys: Keys
    """The band keys of the texts that have words, sorted."""
    owners: NDArray[np.uint32]
    """Place in the block of the text that has each of `keys`; of equal keys the earliest text first."""
    stories: list[str] = field(default_factory=list)
    """Grows while the block's texts are assigned."""

    @classmethod
    def of(cls, shingled: Shingled, days: NDArray[np.int64], keys: Keys) -> Block:
        """Index a block; `keys` is (D, bands)."""
        worded = np.flatnonzero(shingled.words)
        flat = keys[worded].ravel()
        order = np.argsort(flat, kind="stable")
        owners = np.repeat(worded.astype(np.uint32), keys.shape[1])
        return cls(shingled, days, flat[order], owners[order])


class Window:
    """The blocks of the last days; texts are known by their number in order of appearance."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: dict[int, Block] = {}
        self._count = 0

    def forget(self, day: int) -> None:
        """Drop the blocks whose texts are all older than a day (ordinal)."""
        self._blocks = {place: block for place, block in self._blocks.items() if int(block.days.max()) >= day}

    def add(self, block: Block) -> int:
        """Take a block in; returns the number of its first text. Every block but the last has the window's size."""
        place, self._count = self._count, self._count + 1
        self._blocks[place] = block
        return place * self._size

    def day(self, number: int) -> int:
        """Ordinal of a text's day."""
        return int(self._blocks[number // self._size].days[number % self._size])

    def words(self, number: int) -> int:
        """Length of a text in words."""
        return int(self._blocks[number // self._size].shingled.words[number % self._size])

    def shingles(self, number: int) -> Hashes:
        """Shingles of a text."""
        return self._blocks[number // self._size].shingled.of(number % self._size)

    def story(self, number: int) -> str:
        """Story of a text."""
        return self._blocks[number // self._size].stories[number % self._size]

    def holders(self, wanted: Keys) -> Buckets:
        """Who had some keys before.

        Args:
            wanted: sorted, distinct.

        Returns:
            for the place in `wanted` of every key that somebody has: the latest texts that have it, in order.
        """
        found: Buckets = {}
        for number, block in self._blocks.items():
            for place, owners in _owners(block, wanted):
                found.setdefault(place, []).extend(owner + number * self._size for owner in owners)
        return found


def _owners(block: Block, wanted: Keys) -> Iterator[tuple[int, list[int]]]:
    """For each wanted key that a block has: its place in `wanted`, and the block's latest texts with it."""
    keys = block.keys
    if not len(keys):
        return
    first = np.searchsorted(keys, wanted)
    places = np.flatnonzero(keys[np.minimum(first, len(keys) - 1)] == wanted)
    last = np.searchsorted(keys, wanted[places], side="right")
    first = np.maximum(first[places], last - BUCKET)
    for place, low, high in zip(places.tolist(), first.tolist(), last.tolist(), strict=True):
        yield place, block.owners[low:high].tolist()


def shared(keys: Keys, worded: NDArray[np.bool_], earlier: Window) -> tuple[list[list[int]], Buckets]:
    """Which band keys of some texts any other text has too; most texts have none.

    Args:
        keys: (D, bands) of the texts.
        worded: (D,) which of them have words.
        earlier: the texts before them.

    Returns:
        per text its shared keys, as small numbers; and per number the earlier texts that have it, in order.
    """
    distinct, code, count = np.unique(keys[worded], return_inverse=True, return_counts=True)
    buckets = earlier.holders(distinct)
    common = count > 1
    common[list(buckets)] = True
    code = code.reshape(-1, keys.shape[1])
    rows: list[list[int]] = [[] for _ in keys]
    for row, own, kept in zip(np.flatnonzero(worded).tolist(), code, common[code], strict=True):
        if kept.any():
            rows[row] = own[kept].tolist()
    return rows, buckets
