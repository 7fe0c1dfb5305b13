"""The short notation of the claim files, spelled out into entries of a lexicon.

``слово`` is the word itself, ``слов|о,а`` a stem with each of these endings, ``слов|@noun`` with a named set of endings,
``слов*`` anything that begins so. Words joined by a space or ``_`` are a phrase, whose parts match as beginnings (as in
`models.lexicon`). A plain string holds several patterns apart by white space, a list holds one in each item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from models.lexicon import Entry
from models.text import fold

Endings = Mapping[str, tuple[str, ...]]

_PART = re.compile(r"\w+(?:'\w+)*")


def split(value: object) -> list[str]:
    """The patterns of a TOML value, words of a phrase parted by one space."""
    if isinstance(value, str):
        return [pattern.replace("_", " ") for pattern in value.split()]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [item.replace("_", " ") for item in value]
    return []


def expand(pattern: str, endings: Endings) -> Iterator[str]:
    """Every spelling of one pattern.

    Raises:
        KeyError: it names a set of endings that there is not.
    """
    for parts in product(*(_forms(part, endings) for part in pattern.split(" "))):
        yield " ".join(parts)


def _forms(part: str, endings: Endings) -> list[str]:
    stem, bar, listed = part.partition("|")
    if not bar:
        return [part]
    found: list[str] = []
    for ending in listed.split(","):
        found += endings[ending[1:]] if ending.startswith("@") else [ending]
    return [stem + ending for ending in found]


def entries(concept: str, lang: str, patterns: list[str], endings: Endings) -> Iterator[Entry]:
    """Lexicon entries of some patterns of one concept."""
    for pattern in dict.fromkeys(form for each in patterns for form in expand(each, endings)):
        bare = pattern.replace("*", "")
        kind = "phrase" if len(_PART.findall(fold(bare))) > 1 else "stem" if pattern.endswith("*") else "word"
        yield Entry(concept, lang, bare, kind, "")
