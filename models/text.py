"""Folding: one canonical spelling of a text for matching, with the way back to the original offsets.

Folding is NFKC and casefold, minus what reads the same but is spelled otherwise:
invisible characters go (soft hyphen, zero-width, direction marks), quotes and dashes become one each, an underscore
parts words as a space does (hashtags),
``ё`` becomes ``е`` (Russian prints both, and lexicon patterns are folded the same way), look-alike letters of the
other script inside a word go home (Latin ``i`` in a Kazakh word, Cyrillic ``С`` in an English one).
``№`` and ``…`` are kept: NFKC would spell them with letters and stops of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

CYRILLIC = "\u0400-\u052f"
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")

# Same width, so offsets hold. Quotes -> ", apostrophes -> ', dashes -> -, odd spaces -> space, ё -> е.
_UNIFY = {
    **dict.fromkeys(map(ord, "«»“”„‟″〝〞"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′ʼʹʻ`´＇‹›"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−⁃"), "-"),
    **dict.fromkeys(
        map(
            ord,
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        ),
        " ",
    ),
    ord("_"): " ",
    ord("ё"): "е",
    ord("Ё"): "Е",
}
# Nothing in here changes its width when folded.
_UNCOMMON = re.compile(r"[^\x00-\x7f\u0400-\u0482\u048a-\u052f№…°§©·×]")
_TO_UNIFY = re.compile(f"[{''.join(map(re.escape, map(chr, _UNIFY)))}]")
_KEPT = frozenset("№…")

# Look-alikes, by the script they should have been in. Upper case before folding: H is Н, but h is һ.
_AS_CYRILLIC = str.maketrans(
    dict(zip("ABCEHIKMOPTXYaceikmoptxyhəɵӛѳҥӊӄ", "АВСЕНІКМОРТХУасеікмортхуһәөәөңңқ", strict=True))
    | dict(zip("ΑΒΕΗΙΚΜΝΟΡΤΧαορ", "АВЕНІКМНОРТХаор", strict=True))
)
_AS_LATIN = str.maketrans(dict(zip("АВСЕНІКМОРТХУасеікмортхуһ", "ABCEHIKMOPTXYaceikmoptxyh", strict=True)))
_MIXED = re.compile(f"[A-Za-zəɵΑ-ω][{CYRILLIC}]|[{CYRILLIC}][A-Za-zəɵΑ-ω]|[ӛѳҥӊӄ]")
_STRANGER = re.compile("[A-Za-zəɵΑ-ωӛѳҥӊӄ]")  # no text without one of these can be mixed
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC_LETTER = re.compile(f"[{CYRILLIC}]")
_LATIN_LETTER = re.compile("[A-Za-zƏəɵ\u00c0-\u024fΑ-ω]")


def fold(text: str) -> str:
    """Return the text as patterns and models see it; folding twice changes nothing."""
    return fold_with_offsets(text)[0]


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """Fold a text and say where each folded character came from.

    Returns:
        The folded text and ``len(folded) + 1`` offsets: character ``i`` of the folded text starts at
        ``offsets[i]`` of the original, and the last offset is ``len(text)``.
    """
    plain = _TO_UNIFY.sub(_unified, text)
    if _UNCOMMON.search(plain) and _needs_rewriting(plain):
        return _rewrite(plain)
    folded = unmix(plain).casefold()
    return folded, range(len(text) + 1)


def is_latin(text: str) -> bool:
    """Whether more letters are Latin than Cyrillic."""
    if not _LATIN_LETTER.search(text):
        return False
    return text.isascii() or len(_LATIN_LETTER.findall(text)) > len(_CYRILLIC_LETTER.findall(text))


def unmix(text: str) -> str:
    """Send look-alike letters inside a word back to the script of that word; the length stays.

    A word is sent where its *other* letters belong: all its Latin letters must have a Cyrillic look-alike to
    make it Cyrillic, and the reverse. "SMSпен" is left alone. Only in a text where that happened, words made of
    look-alikes alone ("cop", a lone "a") join the script of most letters around them.
    """
    if text.isascii() or not (_STRANGER.search(text) and _MIXED.search(text)):
        return text
    # Which script is around is asked once the sure words are at home, or folding twice could change its mind.
    sure = _WORD.sub(lambda match: _home(match.group(), None), text)
    latin = is_latin(sure)
    return _WORD.sub(lambda match: _home(match.group(), latin), sure)


def _home(word: str, latin_around: bool | None) -> str:
    as_cyrillic, as_latin = word.translate(_AS_CYRILLIC), word.translate(_AS_LATIN)
    may_be_cyrillic = not _LATIN_LETTER.search(as_cyrillic)
    may_be_latin = not _CYRILLIC_LETTER.search(as_latin)
    if may_be_cyrillic and may_be_latin:
        if latin_around is None:
            return word
        return as_latin if latin_around else as_cyrillic
    if may_be_cyrillic:
        return as_cyrillic
    return as_latin if may_be_latin else word


def _unified(match: re.Match[str]) -> str:
    return _UNIFY[ord(match.group())]


def _needs_rewriting(text: str) -> bool:
    """Whether folding would change the number of characters (or might)."""
    if INVISIBLE.search(text) or len(text.casefold()) != len(text) or any(map(unicodedata.combining, text)):
        return True
    if unicodedata.is_normalized("NFKC", text):
        return False
    return not unicodedata.is_normalized("NFKC", text.translate({ord(char): " " for char in _KEPT}))


def _rewrite(text: str) -> tuple[str, list[int]]:
    """The slow path: normalise each base letter with its marks on its own, and keep the books."""
    letters: list[str] = []
    offsets: list[int] = []
    for start, cluster in _clusters(text):
        normal = cluster if cluster in _KEPT else _composed(cluster)
        letters.append(normal)
        offsets.extend([start] * len(normal))
    unmixed = unmix(_TO_UNIFY.sub(_unified, "".join(letters)))
    return _casefold(unmixed, offsets, len(text))


def _composed(cluster: str) -> str:
    """Marks that melt into no letter go: the stress of a Russian textbook, a scribble over Latin."""
    composed = unicodedata.normalize("NFKC", cluster)
    return "".join(char for char in composed if not unicodedata.combining(char))


def _clusters(text: str) -> list[tuple[int, str]]:
    """Visible characters with the combining marks that follow them, and where each begins."""
    clusters: list[tuple[int, str]] = []
    for index, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        if unicodedata.combining(char) and clusters:
            start, before = clusters[-1]
            clusters[-1] = (start, before + char)
        else:
            clusters.append((index, char))
    return clusters


def _casefold(text: str, offsets: list[int], length: int) -> tuple[str, list[int]]:
    folded: list[str] = []
    where: list[int] = []
    for char, offset in zip(text, offsets, strict=True):
        lower = char.casefold()
        if len(lower) > 1:
            # İ folds to i and a dot above: the dot says nothing that a pattern could use.
            lower = "".join(part for part in lower if not unicodedata.combining(part))
        folded.append(lower)
        where.extend([offset] * len(lower))
    where.append(length)
    return "".join(folded), where
