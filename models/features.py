"""From a passage to numbers: hashed n-grams, lexicon concepts, target rules and a sentence vector.

Everything reads the *folded* text, so capitals, look-alike letters and the style of quotation marks do not matter, and
every number is one: invented training sentences betray themselves by such things. Character n-grams live inside words
(a word is hashed once and remembered), which suits Kazakh and Russian endings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models import targets
from models.lexicon import LANGUAGES, Lexicon, Match
from models.text import fold_with_offsets, is_latin
from models.transliteration import to_cyrillic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint32]
Span = tuple[int, int]

SHORTEST, LONGEST = 2, 5  # character n-grams, the word's edges included
# Chosen by page-grouped cross-validation, like everything numeric here.
CONCEPT_WEIGHT, CONTEXT_WEIGHT, RULE_WEIGHT, VECTOR_CONCEPTS = 0.5, 0.15, 0.8, 0.5
_CACHE_LIMIT = 200_000
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NUMBER = re.compile(r"\d+")
# Exclamation marks, emoji, bullets: emphasis is not what a sentence says. Quotation and question marks may be.
_DECORATION = re.compile(r"[^\w\s.,;:?%'\"()/-]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence to read, with the sentences before and after it where known; `lang` None means: find out."""

    id: str
    text: str
    lang: str | None = None
    prev: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text cut into folded words (`chunks`: with the punctuation that touches them), and its lexicon matches.

    `spans` says where the words are in the original text; it is empty where that is not known.
    """

    lang: str
    words: tuple[str, ...]
    chunks: tuple[str, ...]
    spans: tuple[Span, ...]
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of some passages, row by row.

    `grams` (n, vocabulary); `tail` (n, concepts and rules); `vectors` (n, size + concepts): the sentence vector, and the
    concepts as a second, shorter vector beside it.
    """

    parsed: Sequence[Parsed]
    grams: csr_matrix
    tail: Floats
    vectors: Floats


class Embedder(Protocol):
    """Anything that turns sentences into vectors of one length; rows have norm 1 (or 0 where nothing is known)."""

    @property
    def size(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, parsed: Sequence[Parsed], texts: Sequence[str]) -> Floats:
        """Vectors of the sentences, (n, size)."""
        ...


class Parser:
    """Cuts texts into words and concepts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def parse(self, text: str, lang: str) -> Parsed:
        """Read one text; an empty one, or one in another language, gives an empty result."""
        if not text or lang not in LANGUAGES:
            return Parsed(lang, (), (), (), ())
        folded, offsets = fold_with_offsets(text)
        found = list(_TOKEN.finditer(folded))
        spans = tuple((offsets[match.start()], offsets[match.end() - 1] + 1) for match in found)
        words = tuple(match.group() for match in found)
        if lang == "kk" and is_latin(folded):
            folded = to_cyrillic(folded)
            words = tuple(_TOKEN.findall(folded))
            spans = spans if len(spans) == len(words) else ()
        chunks = tuple(_NUMBER.sub("0", _DECORATION.sub(" ", folded)).split())
        return Parsed(lang, words, chunks, spans, tuple(self._lexicon.match(text, lang)))


class Vocabulary:
    """The n-grams that a model knows, as sorted hashes: characters first, then words and pairs of words."""

    def __init__(self, characters: Hashes, words: Hashes) -> None:
        self.characters, self.words = characters, words
        start = len(characters)
        self._places = {hashed: start + place for place, hashed in enumerate(words.tolist())}
        self._known: dict[str, NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self.characters) + len(self.words)

    def of_chunk(self, chunk: str) -> NDArray[np.int64]:
        """Columns of the known character n-grams of a chunk."""
        known = self._known.get(chunk)
        if known is None:
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            known = self._known[chunk] = _find(self.characters, character_hashes(chunk))
        return known

    def of_words(self, terms: Sequence[str]) -> list[int]:
        """Columns of the known ones among words or pairs of words."""
        found = map(self._places.get, word_hashes(terms))
        return [column for column in found if column is not None]

    def columns(self, parsed: Parsed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Distinct columns of a sentence: characters, and words with pairs of neighbours."""
        known = [self.of_chunk(chunk) for chunk in dict.fromkeys(parsed.chunks)]
        characters = np.unique(np.concatenate(known)) if known else _NONE
        return characters, np.array(sorted(set(self.of_words(terms_of(parsed.words)))), np.int64)

    def matrix(self, parsed: Sequence[Parsed]) -> csr_matrix:
        """Both blocks of every sentence, each block of norm 1."""
        from scipy.sparse import csr_matrix

        rows = [self.columns(each) for each in parsed]
        indices = [part for row in rows for part in row]
        values = [np.full(len(part), 1 / max(len(part), 1) ** 0.5, np.float32) for part in indices]
        ends = np.cumsum([0, *(len(first) + len(second) for first, second in rows)])
        content = (np.concatenate([*values, _EMPTY]), np.concatenate([*indices, _NONE]), ends)
        return csr_matrix(content, shape=(len(parsed), len(self)))


_NONE = np.zeros(0, np.int64)
_EMPTY = np.zeros(0, np.float32)


def _find(known: Hashes, wanted: Hashes) -> NDArray[np.int64]:
    if not len(known):
        return _NONE
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places[known[places] == wanted].astype(np.int64)


def character_hashes(word: str) -> Hashes:
    """Hashes of a word's distinct character n-grams."""
    edged = f" {word} "
    lengths = range(SHORTEST, min(LONGEST, len(edged)) + 1)
    grams = {edged[at : at + size] for size in lengths for at in range(len(edged) - size + 1)}
    return np.array([crc32(gram.encode()) for gram in sorted(grams)], np.uint32)


def word_hashes(terms: Sequence[str]) -> list[int]:
    """Hashes of words, or of pairs joined by a space."""
    return [crc32(term.encode(), 1) for term in terms]


def terms_of(words: Sequence[str]) -> list[str]:
    """The words, and neighbouring ones joined by a space."""
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


_Seen = tuple[Parsed, list[str]]  # a text and the targets it names itself


class Featurizer:
    """Puts the parts together; the order of columns is the order of the lexicon's concepts and the rules' targets."""

    def __init__(
        self, lexicon: Lexicon, rules: targets.Rules, vocabulary: Vocabulary, embedder: Embedder
    ) -> None:
        self.parser = Parser(lexicon)
        self.vocabulary, self.embedder = vocabulary, embedder
        self.columns = tail_columns(lexicon.concepts, rules.order)
        self._rules = rules
        self._concepts = {name: number for number, name in enumerate(lexicon.concepts)}
        self._targets = {name: number for number, name in enumerate(rules.order)}

    def features(self, passages: Sequence[Passage], langs: Sequence[str]) -> Batch:
        """Turn passages into numbers; `langs` says the language of each.

        The same passage gives the same row, whatever else is in the batch.
        """
        seen: dict[tuple[str, str], _Seen] = {}

        def look(text: str, lang: str) -> _Seen:
            found = seen.get((text, lang))
            if found is None:
                parsed = self.parser.parse(text, lang)
                found = seen[text, lang] = parsed, self._rules.named(parsed.matches)
            return found

        parsed = []
        tail = np.zeros((len(passages), len(self.columns)), np.float32)
        for row, passage, lang in zip(tail, passages, langs, strict=True):
            here = look(passage.text, lang)
            parsed.append(here[0])
            self._fill(row, here, look(passage.prev, lang), look(passage.next, lang))
        concepts = normalised(tail[:, : len(self._concepts)]) * np.float32(VECTOR_CONCEPTS)
        vectors = self.embedder.encode(parsed, [passage.text for passage in passages])
        return Batch(parsed, self.vocabulary.matrix(parsed), tail, np.hstack([vectors, concepts]))

    def _fill(self, row: Floats, here: _Seen, before: _Seen, after: _Seen) -> None:
        width = len(self._concepts)
        weights = (CONCEPT_WEIGHT, CONTEXT_WEIGHT, CONTEXT_WEIGHT)
        for block, ((parsed, _), weight) in enumerate(zip((here, before, after), weights, strict=True)):
            for match in parsed.matches:
                row[block * width + self._concepts[match.concept]] = weight
        start, step = 3 * width, len(self._targets)
        named = here[1]
        detected = named or self._rules.detect(here[0].matches, (before[0].matches, after[0].matches))
        for block, names in enumerate((named, detected, before[1] + after[1])):
            for name in names:
                row[start + block * step + self._targets[name]] = RULE_WEIGHT


def normalised(vectors: Floats) -> Floats:
    """Rows of norm 1; a row of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def tail_columns(concepts: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Names of the tail's columns, in order."""
    blocks = [f"{where}:{name}" for where in ("concept", "before", "after") for name in concepts]
    return (*blocks, *(f"{how}:{name}" for how in ("named", "detected", "nearby") for name in names))
