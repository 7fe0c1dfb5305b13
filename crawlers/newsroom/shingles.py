"""Word 3-grams: how alike two texts are, and a guard that lets no near-duplicate pass as a new story."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

WORD = re.compile(r"\w+")
SIZE = 3


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the distinct runs of three words of a text, case folded."""
    words = [word.casefold() for word in WORD.findall(text)]
    return frozenset(zip(*(words[start:] for start in range(SIZE)), strict=False))


def jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Return shared over all shingles, between 0 and 1 (0 for two empty texts)."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


class Guard:
    """Remembers the stories let through and knows the nearest of them to a new text."""

    def __init__(self, bound: float) -> None:
        self.bound = bound
        self._sizes: list[int] = []
        self._holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)

    def nearest(self, text: str) -> float:
        """Return the highest Jaccard similarity to any story let through so far."""
        return self._nearest(shingles(text))

    def _nearest(self, found: frozenset[tuple[str, ...]]) -> float:
        shared: Counter[int] = Counter()
        for shingle in found:
            shared.update(self._holders.get(shingle, ()))
        return max(
            (count / (len(found) + self._sizes[story] - count) for story, count in shared.items()),
            default=0.0,
        )

    def admit(self, text: str) -> bool:
        """Let a text through and remember it, unless it is too near to an earlier one."""
        found = shingles(text)
        if self._nearest(found) >= self.bound:
            return False
        for shingle in found:
            self._holders[shingle].append(len(self._sizes))
        self._sizes.append(len(found))
        return True
