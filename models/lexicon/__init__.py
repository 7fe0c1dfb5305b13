"""The concept lexicon: patterns in three languages, matched at the speed of a dictionary look-up.

``lexicon.tsv`` holds one pattern a line: ``concept, lang, pattern, kind, note``. Kinds:

- ``word``: the token itself;
- ``stem``: any token that begins with it (Kazakh and Russian inflect at the end);
- ``phrase``: neighbouring tokens, each beginning with its part; function words and one- or two-letter parts inside a
  phrase stand for themselves. A stop, comma or bracket between the tokens breaks the phrase, a hyphen does not.

A Kazakh stem that ends in ``қ``, ``к`` or ``п`` also matches with ``ғ``, ``г``, ``б`` before a vowel. Kazakh in Latin
script is matched by sound (see `models.transliteration.skeleton`), so the scheme does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from models.errors import LexiconFaults
from models.text import INVISIBLE, fold, fold_with_offsets, is_latin
from models.transliteration import skeleton

LANGUAGES = ("kk", "ru", "en")
KINDS = ("word", "stem", "phrase")
COLUMNS = ("concept", "lang", "pattern", "kind", "note")
DEFAULT = Path(__file__).with_name("lexicon.tsv")

_TOKEN = re.compile(r"\w+(?:'\w+)*")  # folding leaves no underscores
_LATIN_TOKEN = re.compile(r"\w+(?:'\w*)*")
_BREAK = re.compile(r"[.,;:!?…()\[\]{}|/\n]")
_SOFTENED = {"қ": "ғ", "к": "г", "п": "б"}
_KAZAKH_VOWELS = "аәеыіиоөуұүюя"
_CACHE_LIMIT = 200_000  # distinct tokens remembered per language before starting over

# Inside a phrase these stand for themselves: as prefixes they would match half the dictionary.
_FUNCTION_WORDS = {
    "ru": "без для при про под над это все как так или они наш что кто где был",
    "en": "the and for not are was who has had our his her its out all off any one too",
    "kk": "мен пен бен ма ме ба бе па пе да де та те",
}
_ALONE = {lang: frozenset(words.split()) for lang, words in _FUNCTION_WORDS.items()}


class Match(NamedTuple):
    """One pattern found: its concept, where in the original text (end exclusive, whole tokens), and the pattern."""

    concept: str
    start: int
    end: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon."""

    concept: str
    lang: str
    pattern: str
    kind: str
    note: str


@dataclass(slots=True)
class _Node:
    """A place in the trie of atoms: which patterns end here, and which atoms may follow."""

    ends: list[Entry] = field(default_factory=list)
    next: dict[int, _Node] = field(default_factory=dict)


class _Known(NamedTuple):
    """What a token is to the patterns of one language."""

    singles: tuple[tuple[str, str], ...]
    starters: tuple[_Node, ...]
    atoms: tuple[int, ...]


class _Index:
    """The patterns of one language in one spelling: atoms (whole tokens or beginnings of tokens) in a trie."""

    def __init__(self, entries: Iterable[Entry], lang: str, by_sound: bool) -> None:
        self._lang, self._by_sound = lang, by_sound
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._softened: dict[str, int] = {}
        self._root = _Node()
        self._known: dict[str, _Known] = {}
        for entry in entries:
            self._add(entry)
        self._beginnings = self._merge()
        self._longest = max(map(len, self._beginnings), default=0)

    def _add(self, entry: Entry) -> None:
        node = self._root
        parts = _TOKEN.findall(fold(entry.pattern))
        for position, part in enumerate(parts):
            atom = self._atom(part, entry.kind, last=position == len(parts) - 1)
            node = node.next.setdefault(atom, _Node())
        node.ends.append(entry)

    def _atom(self, part: str, kind: str, last: bool) -> int:
        whole = kind == "word" or (kind == "phrase" and self._stands_for_itself(part, last))
        spelled = skeleton(part) if self._by_sound else part
        table = self._words if whole else self._stems
        number = table.setdefault(spelled, 2 * len(table) + whole)
        softened = _SOFTENED.get(spelled[-1:])
        if not whole and softened and self._lang == "kk":
            for vowel in _KAZAKH_VOWELS:
                self._softened[spelled[:-1] + softened + vowel] = number
        return number

    def _merge(self) -> dict[str, tuple[int, ...]]:
        merged: dict[str, tuple[int, ...]] = {stem: (atom,) for stem, atom in self._stems.items()}
        for stem, atom in self._softened.items():
            merged[stem] = (*merged.get(stem, ()), atom)
        return merged

    def _stands_for_itself(self, part: str, last: bool) -> bool:
        if part in _ALONE[self._lang]:
            return True
        # A short last part in Kazakh is a verb stem ("басып ал"): it must inflect.
        return len(part) <= 2 and not (last and self._lang == "kk")

    def look_up(self, token: str) -> _Known:
        """What is known of a token: its own concepts, the phrases it may begin, the atoms it satisfies."""
        known = self._known.get(token)
        if known is None:
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            known = self._known[token] = self._learn(skeleton(token) if self._by_sound else token)
        return known

    def _learn(self, spelled: str) -> _Known:
        atoms: list[int] = []
        for length in range(1, min(len(spelled), self._longest) + 1):
            atoms += self._beginnings.get(spelled[:length], ())
        if spelled in self._words:
            atoms.append(self._words[spelled])
        nodes = [self._root.next[atom] for atom in atoms if atom in self._root.next]
        # The longest pattern of each concept comes last and stays.
        singles = {entry.concept: entry.pattern for node in nodes for entry in node.ends}
        return _Known(tuple(singles.items()), tuple(node for node in nodes if node.next), tuple(atoms))

    def find(self, folded: str) -> list[tuple[str, int, int, str]]:
        """Every pattern in a folded text as concept, start, end, pattern; offsets into that folded text."""
        spans: list[tuple[int, int]] = []
        tokens: list[_Known] = []
        known, look_up = self._known.get, self.look_up
        for match in (_LATIN_TOKEN if self._by_sound else _TOKEN).finditer(folded):
            word = match.group()
            spans.append(match.span())
            tokens.append(known(word) or look_up(word))
        found: list[tuple[str, int, int, str]] = []
        final = len(tokens) - 1
        for position, token in enumerate(tokens):
            start, end = spans[position]
            if token.starters and position < final and tokens[position + 1].atoms:
                found += self._phrases(folded, spans, tokens, position)
            else:
                found += [(concept, start, end, pattern) for concept, pattern in token.singles]
        return found

    def _phrases(
        self, folded: str, spans: list[tuple[int, int]], tokens: list[_Known], position: int
    ) -> list[tuple[str, int, int, str]]:
        """What begins at a token that may begin phrases: the longest match of each concept."""
        start, end = spans[position]
        best = {concept: (end, pattern) for concept, pattern in tokens[position].singles}
        for node in tokens[position].starters:
            for entry, last in self._walk(node, folded, spans, tokens, position + 1):
                if best.get(entry.concept, (0, ""))[0] < spans[last][1]:
                    best[entry.concept] = (spans[last][1], entry.pattern)
        return [(concept, start, end, pattern) for concept, (end, pattern) in best.items()]

    def _walk(
        self, node: _Node, folded: str, spans: list[tuple[int, int]], tokens: list[_Known], position: int
    ) -> Iterator[tuple[Entry, int]]:
        """Follow a phrase from its second token on; yield what ends, with the position of its last token."""
        if position == len(tokens):
            return
        for atom in tokens[position].atoms:
            following = node.next.get(atom)
            if following is None or _BREAK.search(folded, spans[position - 1][1], spans[position][0]):
                continue
            for entry in following.ends:
                yield entry, position
            if following.next:
                yield from self._walk(following, folded, spans, tokens, position + 1)


class Lexicon:
    """Patterns by concept; see the module for what a pattern means."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.concepts: tuple[str, ...] = tuple(dict.fromkeys(entry.concept for entry in entries))
        self._indexes = {lang: _Index(self._of(lang), lang, by_sound=False) for lang in LANGUAGES}

    @cached_property
    def version(self) -> str:
        """The first 16 hex digits of the SHA-256 of the patterns (notes left out), in file order."""
        lines = (f"{entry.concept}\t{entry.lang}\t{entry.pattern}\t{entry.kind}\n" for entry in self.entries)
        return sha256("".join(lines).encode()).hexdigest()[:16]

    @cached_property
    def _by_sound(self) -> _Index:
        return _Index(self._of("kk"), "kk", by_sound=True)

    def _of(self, lang: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.lang == lang]

    def match(self, text: str, lang: str) -> list[Match]:
        """Find every pattern of one language.

        Args:
            text: the original text.
            lang: ``kk`` (either script), ``ru`` or ``en``; any other language has no patterns.

        Returns:
            Matches in text order, longer ones first; one per concept and start.
        """
        if lang not in self._indexes:
            return []
        folded, offsets = fold_with_offsets(text)
        by_sound = lang == "kk" and is_latin(folded)
        index = self._by_sound if by_sound else self._indexes[lang]
        found = index.find(folded)
        found.sort(key=_text_order)
        if isinstance(offsets, range):
            return [Match(*each) for each in found]
        return [
            Match(concept, offsets[start], _visible_end(text, offsets[end]), pattern)
            for concept, start, end, pattern in found
        ]


def _text_order(found: tuple[str, int, int, str]) -> tuple[int, int, str]:
    return (found[1], -found[2], found[0])


def _visible_end(text: str, end: int) -> int:
    """Invisible characters after the last letter belong to no match."""
    while end and INVISIBLE.match(text[end - 1]):
        end -= 1
    return end


def load(path: Path | None = None) -> Lexicon:
    """Read a lexicon, by default the project's own, which is read once.

    Raises:
        LexiconFaults: with every fault of the file and its line.
    """
    return _own() if path is None else _read(path)


@cache
def _own() -> Lexicon:
    return _read(DEFAULT)


def _read(path: Path) -> Lexicon:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconFaults(f"lexicon {path.name}", [f"file -> {error}"]) from error
    faults = (
        []
        if lines and tuple(lines[0].split("\t")) == COLUMNS
        else [f"line 1 -> expected {' '.join(COLUMNS)}"]
    )
    entries: list[Entry] = []
    first_line: dict[tuple[str, str, str], int] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        found = _line_faults(cells)
        if not found:
            entry = Entry(*cells)
            earlier = first_line.setdefault((entry.concept, entry.lang, entry.pattern), number)
            found = [f"same pattern as line {earlier}"] if earlier != number else []
            entries.append(entry)
        faults += [f"line {number} -> {fault}" for fault in found]
    if faults or not entries:
        raise LexiconFaults(f"lexicon {path.name}", faults or ["file -> no patterns"])
    return Lexicon(entries)


def _line_faults(cells: list[str]) -> list[str]:
    if len(cells) != len(COLUMNS):
        return [f"{len(COLUMNS)} columns expected, {len(cells)} found"]
    concept, lang, pattern, kind, _ = cells
    parts = _TOKEN.findall(fold(pattern))
    faults = []
    if not re.fullmatch(r"[a-z][a-z0-9_]*", concept):
        faults.append(f"concept {concept!r} is not a lower-case name")
    if lang not in LANGUAGES:
        faults.append(f"lang {lang!r} is not one of {', '.join(LANGUAGES)}")
    if kind not in KINDS:
        faults.append(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    if " ".join(parts) != fold(pattern):
        faults.append(f"pattern {pattern!r} is not words with single spaces between")
    elif kind in ("word", "stem") and len(parts) != 1:
        faults.append(f"pattern {pattern!r} has {len(parts)} words, so its kind must be phrase")
    elif kind == "phrase" and len(parts) < 2:
        faults.append(f"pattern {pattern!r} is one word, so its kind must be word or stem")
    return faults
