"""Which of the house's languages a sentence is in: Kazakh (Cyrillic or Latin), Russian, English, or another.

The script is counted; within Cyrillic and Latin a small linear model over the letter n-grams of each word decides
among the languages one meets in a Central Asian feed. It was trained on Kazakh in every Latin scheme and on fragments
without the letters that give Kazakh away, and on sentences of some thirty other languages, all of which come out as
``other``: Kyrgyz, Uzbek and Tatar must not pass for Kazakh, nor Ukrainian for Russian, nor Turkish for Kazakh Latin.
``models/training/language.py`` makes the weights. A word is scored once and remembered.
"""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from struct import unpack
from typing import Any, NamedTuple

from models.errors import ModelDamaged, ModelMissing
from models.text import fold

DEFAULT = Path(__file__).with_name("language.npz")
CODES = ("kk", "ru", "en", "other")
MAX_WORDS = 40  # more say nothing new
_CACHE_LIMIT = 200_000
_MIDDLE = 128  # added to each weight, so that every field of a packed sum stays above zero
_LONGEST_WORD = 24
_SURE_LETTERS = 12  # below this many letters the confidence shrinks

_SCRIPTS = {
    "Cyrl": re.compile("[\u0400-\u052f]+"),
    "Latn": re.compile("[a-z\u00c0-\u024f\u0259\u1e00-\u1eff]+(?:'[a-z\u00c0-\u024f]*)*"),
    "Arab": re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]+"),
}
# A Cyrillic letter weighs three Latin ones: brand names stand in Cyrillic text, hardly ever the reverse.
_PULL = {"Cyrl": 3, "Latn": 1, "Arab": 1, "other": 1}
_LATIN = re.compile("[a-z\u00c0-\u024f]")
_UNUSUAL = re.compile("[^\x00-\u052f\u2000-\u22ff]")
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")
_OTHER_LETTERS = re.compile(r"[^\W\d_\u0000-\u052f\u0600-\u06ff]")


class Language(NamedTuple):
    """The language of a text: its code, its script (Cyrl, Latn, Arab, other) and how sure (0 to 1)."""

    code: str
    script: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Scorer:
    """The linear model of one script.

    The weights of an n-gram, one byte per class, are packed into one integer of 32-bit fields, with a last but one
    field that counts the n-grams known and a last one that counts all: a sentence is then scored by adding integers,
    four times faster than by adding rows.
    """

    codes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    packed: dict[str, int]
    known: dict[str, int]

    def word(self, word: str) -> int:
        """The packed sums over a word's n-grams."""
        grams = ngrams(word)
        packed = self.packed
        total = sum([packed[gram] for gram in grams if gram in packed])
        if len(self.known) >= _CACHE_LIMIT:
            self.known.clear()
        self.known[word] = total = total + (len(grams) << 32 * (len(self.codes) + 1))
        return total

    def identify(self, words: Sequence[str]) -> tuple[str, float]:
        """The code of the likeliest class, and the probability of all classes with that code."""
        known, learn = self.known.get, self.word
        total = sum([known(word) or learn(word) for word in words])
        *sums, found, grams = unpack(
            f"<{len(self.codes) + 2}I", total.to_bytes(4 * len(self.codes) + 8, "little")
        )
        scale, middle = self.scale / math.sqrt(grams), found * _MIDDLE
        scores = [bias + scale * (value - middle) for bias, value in zip(self.bias, sums, strict=True)]
        best = max(scores)
        odds = [math.exp(score - best) for score in scores]
        code = self.codes[scores.index(best)]
        right = sum([share for share, each in zip(odds, self.codes, strict=True) if each == code])
        return code, right / sum(odds)


def ngrams(word: str) -> list[str]:
    """The features of one folded word: the word itself and its n-grams of one to four letters, edges marked."""
    padded = f" {word[:_LONGEST_WORD]} "
    end = len(padded)
    found = [f"={word[:_LONGEST_WORD]}", *padded[1:-1]]
    for size in (2, 3, 4):
        found += [padded[start : start + size] for start in range(end - size + 1)]
    return found


def identify(text: str) -> Language:
    """Name the language of a text.

    Returns:
        One of `CODES` with its script; ``other`` with confidence 0 where there is no word at all (emoji, digits).
        In a text of two scripts, the language of the stronger one.
    """
    folded = fold(text)
    if "http" in folded or "@" in folded or "#" in folded or "www" in folded:
        folded = _NO_WORDS.sub(" ", folded)
    return _identify(folded)


def identify_many(texts: Iterable[str]) -> list[Language]:
    """Name the language of each text, in order."""
    return [identify(text) for text in texts]


def _identify(folded: str) -> Language:
    unusual = not folded.isascii() and _UNUSUAL.search(folded) is not None
    words = {script: _SCRIPTS[script].findall(folded) for script in _likely(folded, unusual)}
    weight = {script: _PULL[script] * sum(map(len, found)) for script, found in words.items()}
    if unusual:
        weight["other"] = len(_OTHER_LETTERS.findall(folded))
    script = max(weight, key=weight.__getitem__)
    if not weight[script]:
        return Language("other", "other", 0.0)
    if script not in _scorers():
        return Language("other", script, round(weight[script] / sum(weight.values()), 4))
    code, confidence = _scorers()[script].identify(words[script][:MAX_WORDS])
    letters = weight[script] / _PULL[script]
    return Language(code, script, round(confidence * min(1.0, letters / _SURE_LETTERS), 4))


def _likely(folded: str, unusual: bool) -> tuple[str, ...]:
    """The scripts a text may hold: most hold one, and looking for the others costs time."""
    if folded.isascii():
        return ("Latn",)
    if unusual:
        return ("Cyrl", "Latn", "Arab")
    return ("Cyrl", "Latn") if _LATIN.search(folded) else ("Cyrl",)


@cache
def _scorers(path: Path = DEFAULT) -> dict[str, _Scorer]:
    """Read the weights: per script an array of n-grams, an array of int8 rows, and their scale."""
    import numpy as np

    if not path.is_file():
        raise ModelMissing(
            f"the language model {path.name}", "no such file", "run python -m models.training.language"
        )
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {script: _scorer(arrays, script) for script in ("Cyrl", "Latn")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelDamaged(
            f"a language model in {path.name}",
            str(error),
            "restore it or run python -m models.training.language",
        ) from error


def _scorer(arrays: Mapping[str, Any], script: str) -> _Scorer:
    grams = bytes(arrays[f"{script}_ngrams"]).decode("utf-8").split("\n")
    rows = (arrays[f"{script}_weights"].astype("<i4") + _MIDDLE).astype("<u4")
    names = bytes(arrays[f"{script}_classes"]).decode("ascii").split()
    if rows.shape != (len(grams), len(names)):
        raise ValueError(
            f"{script} has {len(grams)} n-grams and {len(names)} classes, but weights {rows.shape}"
        )
    one = 1 << 32 * len(names)
    return _Scorer(
        codes=tuple(name if name in CODES else "other" for name in names),
        bias=tuple(arrays[f"{script}_bias"].tolist()),
        scale=float(arrays[f"{script}_scale"]),
        packed={
            gram: int.from_bytes(row.tobytes(), "little") + one for gram, row in zip(grams, rows, strict=True)
        },
        known={},
    )
