"""How loud a sentence is: counts of emotive marks, so that coverage in different languages can be compared.

Four classes are counted: metaphors that turn people into floods, insects or hordes; words of urgency; slurs; and
exclamations (a run of ``!`` or ``?!`` is one). The index is marks per hundred words. It is a count, not a judgement: a
sentence that quotes a slur to condemn it counts the slur. For a corpus add the counts up (`total`), then divide:
a mean over sentences would let the shortest speak loudest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from models.lexicon import Match

CLASSES = {
    "metaphor": frozenset({"dehumanising_metaphor", "flood_mass"}),
    "urgency": frozenset({"urgency"}),
    "slur": frozenset({"slur"}),
}
FEWEST_WORDS = 10  # a shorter sentence is measured as if it had ten words
_EXCLAMATION = re.compile(r"[!?]*![!?]*")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Emotive(NamedTuple):
    """Counts of emotive marks in a text of `words` words."""

    metaphor: int
    urgency: int
    slur: int
    exclamation: int
    words: int

    @property
    def marks(self) -> int:
        """All marks together."""
        return self.metaphor + self.urgency + self.slur + self.exclamation

    @property
    def per_hundred(self) -> float:
        """The emotive index: marks per hundred words (of at least `FEWEST_WORDS`), rounded to two decimals; 0.0 for silence."""
        return round(100 * self.marks / max(self.words, FEWEST_WORDS), 2)


def measure(text: str, matches: Sequence[Match]) -> Emotive:
    """Count the emotive marks of one sentence.

    Args:
        text: the sentence.
        matches: what the lexicon found in it; of matches of one class that overlap, one counts.
    """
    counts = {name: _apart(matches, concepts) for name, concepts in CLASSES.items()}
    return Emotive(**counts, exclamation=len(_EXCLAMATION.findall(text)), words=len(_WORD.findall(text)))


def total(measures: Iterable[Emotive]) -> Emotive:
    """Add up the counts of several sentences; `per_hundred` of the sum is that of the whole."""
    rows = list(measures)
    return Emotive(*map(sum, zip(*rows, strict=True))) if rows else Emotive(0, 0, 0, 0, 0)


def _apart(matches: Sequence[Match], concepts: frozenset[str]) -> int:
    count, reached = 0, -1
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if match.concept in concepts and match.start >= reached:
            count, reached = count + 1, match.end
    return count
