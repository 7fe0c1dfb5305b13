"""Agreement of coders, code by code and language by language.

Move and targets are compared over all sentences, and so are frames, where a threat frame counts only beside a
securitizing move: a denied threat's frame is not scored (codebook, open questions). What goes with a move (voice,
referents, measure) is compared where all coders of a sentence see such a move, so that one disagreement about the move is
not counted five times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.codebook import MOVES, Codebook
from models.coding.coded import ADJUDICATED, Coding
from models.coding.coefficients import Coefficient, Values, intervals
from models.coding.rules import MOVING
from models.decide import Codes
from models.lexicon import LANGUAGES

RESAMPLES, SEED = 1000, 20260302
_DIGITS = 4

EVERYWHERE = "all sentences"
SECURED = "all coders: securitizing"
MOVED = "all coders: securitizing or desecuritizing"
_SEEN: Mapping[str, Sequence[str]] = {EVERYWHERE: MOVES, SECURED: ("securitizing",), MOVED: MOVING}


@dataclass(frozen=True, slots=True)
class Line:
    """Agreement on one code in one language."""

    lang: str
    code: str
    """`move`, `voice`, or a single value against the rest: `securitizing`, `target:chinese`, `frame:labour` ..."""
    over: str
    """Which sentences were compared."""
    n: int
    """How many they are, each coded by at least two."""
    prevalence: float | None
    """Share of codings that say so; none for `move` and `voice`, which have many values."""
    alpha: Coefficient
    kappa: Coefficient

    @property
    def unused(self) -> bool:
        """Whether nobody says so of any sentence."""
        return self.prevalence == 0

    def row(self) -> dict[str, Any]:
        """For a table, intervals in brackets."""
        reasons = dict.fromkeys(each.reason for each in (self.alpha, self.kappa) if each.reason)
        return {
            "lang": self.lang,
            "code": self.code,
            "over": self.over,
            "n": self.n,
            "prevalence": "" if self.prevalence is None else f"{self.prevalence:.3f}",
            "alpha": _shown(self.alpha),
            "kappa": _shown(self.kappa),
            "note": "; ".join(reasons),
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything measured, and on what."""

    coders: Mapping[str, Mapping[str, int]]
    """Sentences of each coder, by language."""
    codebooks: Sequence[str]
    """Codebooks they were coded by: figures over several are hard to interpret."""
    resamples: int
    seed: int
    lines: Sequence[Line]

    def notes(self) -> list[str]:
        """For people, under the table: who coded how much, and what nobody ever said."""
        found = []
        for lang, coders in self.coders.items():
            found.append(f"{lang}: {', '.join(f'{name} coded {count}' for name, count in coders.items())}")
            unused = [line.code for line in self.lines if line.lang == lang and line.unused]
            found += [f"{lang}: undefined, for nobody says so: {', '.join(unused)}"] if unused else []
        if len(self.codebooks) > 1:
            found.append(f"coded by different codebooks: {', '.join(self.codebooks)}")
        return found

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Question:
    """A code: over which sentences, and the value of a coding (0 and 1, or the place in a list)."""

    code: str
    over: str
    kinds: int
    value: Callable[[Codes], int]


def agreement(
    codings: Sequence[Coding], book: Codebook, resamples: int = RESAMPLES, seed: int = SEED
) -> Agreement:
    """Measure how far coders agree, beyond chance, on every code of the codebook.

    Args:
        codings: of any number of coders, one of each coder and sentence; adjudicated ones are left out, for whoever
            adjudicates has seen what the others said.
        book: what may be coded.
        resamples: of the bootstrap behind the intervals; pages are drawn, not sentences.
        seed: the same seed gives the same intervals.

    Raises:
        InputRefused: the package that gives Krippendorff's alpha is not installed.
    """
    told = [each for each in codings if each.coder != ADJUDICATED]
    lines = [
        line
        for lang in LANGUAGES
        for line in _language(
            lang, [each for each in told if each.sentence.lang == lang], book, resamples, seed
        )
    ]
    coders: dict[str, dict[str, int]] = {}
    for each in sorted(told, key=lambda each: (LANGUAGES.index(each.sentence.lang), each.coder)):
        here = coders.setdefault(each.sentence.lang, {})
        here[each.coder] = here.get(each.coder, 0) + 1
    return Agreement(coders, sorted({each.codebook for each in told}), resamples, seed, lines)


def _language(
    lang: str, codings: Sequence[Coding], book: Codebook, resamples: int, seed: int
) -> Iterator[Line]:
    """The lines of one language; none where nothing was coded in it."""
    by_sentence: dict[str, dict[str, Coding]] = {}
    for each in sorted(codings, key=lambda each: each.sentence.id):
        by_sentence.setdefault(each.sentence.id, {})[each.coder] = each
    double = [found for found in by_sentence.values() if len(found) > 1]
    coders = sorted({each.coder for each in codings})
    for question in _questions(book) if codings else ():
        seen = [
            each for each in double if all(one.codes.move in _SEEN[question.over] for one in each.values())
        ]
        yield _line(lang, question, seen, coders, resamples, seed)


def _line(
    lang: str,
    question: _Question,
    sentences: Sequence[Mapping[str, Coding]],
    coders: Sequence[str],
    resamples: int,
    seed: int,
) -> Line:
    if not sentences:
        shared = "such a sentence" if question.over != EVERYWHERE else "a sentence"
        nothing = Coefficient(reason=f"no two coders share {shared}")
        return Line(lang, question.code, question.over, 0, None, nothing, nothing)
    values = np.array(
        [
            [question.value(each[coder].codes) if coder in each else -1 for each in sentences]
            for coder in coders
        ]
    )
    pages = [next(iter(each.values())).sentence.page for each in sentences]
    said = values[values >= 0]
    share = round(float(said.mean()), _DIGITS) if question.kinds == 2 else None
    found = intervals(values, question.kinds, pages, resamples, seed)
    alpha, kappa = (_told(each, question, said, len(sentences)) for each in found)
    return Line(lang, question.code, question.over, len(sentences), share, alpha, kappa)


def _told(found: Coefficient, question: _Question, said: Values, n: int) -> Coefficient:
    """Rounded; and where there is no variation, what everybody said."""
    if found.value is None and len(set(said.tolist())) == 1:
        both = ("nobody says so", "everybody says so")
        only = both[int(said[0])] if question.kinds == 2 else "all say the same"
        return Coefficient(reason=f"no variation: {only} in {n} sentences")
    value, low, high = (
        None if each is None else round(each, _DIGITS) for each in (found.value, found.low, found.high)
    )
    return Coefficient(value, low, high, found.reason)


def _questions(book: Codebook) -> Iterator[_Question]:
    """Every code of the codebook, in its order."""
    moves, voices = list(book.moves), list(book.voices)
    yield _Question("move", EVERYWHERE, len(moves), lambda codes: moves.index(codes.move))
    yield _Question("securitizing", EVERYWHERE, 2, lambda codes: codes.move == "securitizing")
    for name in book.targets:
        yield _Question(f"target:{name}", EVERYWHERE, 2, _says("targets", name))
    for name, frame in book.frames.items():
        yield _Question(f"frame:{name}", EVERYWHERE, 2, _says("frames", name, beside_threat=frame.is_threat))
    yield _Question("voice", MOVED, len(voices), lambda codes: voices.index(str(codes.voice)))
    for name in voices:
        yield _Question(f"voice:{name}", MOVED, 2, _speaks(name))
    for name in book.referents:
        yield _Question(f"referent:{name}", SECURED, 2, _says("referents", name))
    yield _Question("measure", SECURED, 2, lambda codes: codes.measure)


def _says(field: str, name: str, beside_threat: bool = False) -> Callable[[Codes], int]:
    """Whether a list of codes has a name; with `beside_threat`, only in a securitizing coding."""

    def value(codes: Codes) -> int:
        return name in getattr(codes, field) and (not beside_threat or codes.move == "securitizing")

    return value


def _speaks(voice: str) -> Callable[[Codes], int]:
    return lambda codes: codes.voice == voice


def _shown(figure: Coefficient) -> str:
    if figure.value is None:
        return "undefined"
    span = "" if figure.low is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.2f}{span}"
