"""From text to numbers: boilerplate off, words hashed, runs of three words hashed, MinHash signatures.

MinHash after Broder (1997), On the resemblance and containment of documents; the hash family is multiply-shift
(Dietzfelbinger et al. 1997). Everything is arrays: thousands of texts are one pass of numpy.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
Words = NDArray[np.uint64]
PATTERNS = Path(__file__).with_name("boilerplate.toml")
SHINGLE = 3
WORD = re.compile(r"\w+")
SEED = 19970611
CHUNK = 4096
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_2 = np.uint64(0xBF58476D1CE4E5B9)
MIX_3 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Pattern:
    """One kind of boilerplate."""

    marks: tuple[str, ...]
    """one of these must stand in the lower-cased text for `cut` to be tried."""
    cut: re.Pattern[str]


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """The table of boilerplate, compiled."""
    table = tomllib.loads(PATTERNS.read_text(encoding="utf-8"))
    return tuple(
        Pattern(
            tuple(entry["if"]),
            re.compile(entry["cut"].replace("{name}", table["name"]), re.IGNORECASE | re.MULTILINE),
        )
        for entry in table["pattern"]
    )


def strip(text: str) -> str:
    """The text without agency credits, date lines, links and subscribe lines."""
    text = unicodedata.normalize("NFKC", text)
    lower = text.lower()
    for pattern in patterns():
        if any(mark in lower for mark in pattern.marks):
            text = pattern.cut.sub(" ", text)
    return text


def words(text: str) -> list[str]:
    """Case-folded words of the text without boilerplate; all of them where nothing else would be left."""
    found = WORD.findall(strip(text).casefold().replace("ё", "е"))
    return found or WORD.findall(unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True)
class Shingled:
    """Texts as sets of 32-bit shingle hashes, laid end to end."""

    values: Hashes
    """sorted and distinct within each text."""
    starts: NDArray[np.int64]
    """(D + 1,) text d holds values[starts[d]:starts[d + 1]]."""
    words: NDArray[np.int64]
    """(D,) words of each text after boilerplate."""

    def of(self, d: int) -> Hashes:
        """The shingles of one text."""
        return self.values[self.starts[d] : self.starts[d + 1]]


def shingle(texts: Sequence[str], short: int) -> Shingled:
    """Hash all texts: runs of three words; texts of fewer than `short` words as runs of two."""
    parts = [_shingle_chunk(texts[i : i + CHUNK], short) for i in range(0, len(texts), CHUNK)]
    if not parts:
        return Shingled(
            np.empty(0, dtype=np.uint32), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
        )
    sizes = np.concatenate([np.diff(part.starts) for part in parts])
    return Shingled(
        np.concatenate([part.values for part in parts]),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([part.words for part in parts]),
    )


def _shingle_chunk(texts: Sequence[str], short: int) -> Shingled:
    found = [words(text) for text in texts]
    lengths = np.array([len(one) for one in found], dtype=np.int64)
    stream = " ".join(itertools.chain.from_iterable(found)).encode().split(b" ")
    total = int(lengths.sum())
    single: Words = np.fromiter(map(crc32, stream), dtype=np.uint64, count=total)
    owner = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(total)  # words from here to the text's end
    size = np.minimum(np.where(lengths < short, 2, SHINGLE), np.maximum(lengths, 1))[owner]
    runs = _mix(single)
    for i in range(1, SHINGLE):
        following: Words = np.concatenate([single[i:], np.zeros(min(i, total), dtype=np.uint64)])
        runs = np.where(size > i, _mix(runs.astype(np.uint64) + following * MIX), runs)
    whole = left >= size
    keyed = (owner[whole].astype(np.uint64) << np.uint64(32)) | runs[whole]
    distinct = np.unique(keyed)
    sizes = np.bincount((distinct >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return Shingled(distinct.astype(np.uint32), np.concatenate([[0], np.cumsum(sizes)]), lengths)


def _mix(values: Words) -> Hashes:
    """Finaliser of splitmix64, upper half."""
    mixed = values + MIX
    mixed = (mixed ^ (mixed >> np.uint64(30))) * MIX_2
    mixed = (mixed ^ (mixed >> np.uint64(27))) * MIX_3
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)


def signatures(shingled: Shingled, permutations: int) -> Hashes:
    """(D, permutations) minima of every text under as many hash functions; all ones for an empty text."""
    rng = np.random.default_rng(SEED)
    factor = rng.integers(0, 2**63, permutations, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    shift = rng.integers(0, 2**63, permutations, dtype=np.uint64)
    count = len(shingled.starts) - 1
    out = np.full((count, permutations), np.iinfo(np.uint32).max, dtype=np.uint32)
    for first in range(0, count, CHUNK):
        last = min(first + CHUNK, count)
        full = first + np.flatnonzero(np.diff(shingled.starts[first : last + 1]))
        if len(full):
            values = shingled.values[shingled.starts[first] : shingled.starts[last]].astype(np.uint64)
            begin = shingled.starts[full] - shingled.starts[first]
            for j in range(permutations):
                hashed = ((values * factor[j] + shift[j]) >> np.uint64(32)).astype(np.uint32)
                out[full, j] = np.minimum.reduceat(hashed, begin)
    return out


def bands(signature: Hashes, rows: int) -> NDArray[np.uint64]:
    """(D, permutations // rows) one key per band of a signature; equal keys make candidates."""
    count, width = signature.shape
    grouped = signature[:, : width // rows * rows].reshape(count, width // rows, rows).astype(np.uint64)
    key = np.arange(grouped.shape[1], dtype=np.uint64)[None, :] * MIX_2
    for i in range(rows):
        key = (key ^ grouped[:, :, i]) * MIX
        key ^= key >> np.uint64(29)
    return key


def jaccard(one: Hashes, other: Hashes) -> float:
    """Shared over all shingles of two sorted distinct sets; 0 where one is empty."""
    if not len(one) or not len(other):
        return 0.0
    place = np.searchsorted(one, other)
    place[place == len(one)] = 0
    shared = int((one[place] == other).sum())
    return shared / (len(one) + len(other) - shared)
