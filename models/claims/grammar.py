"""The grammar of claims, read from its files: numerals, words by class, group nouns and the gazetteer.

``{kk,ru,en}.toml`` hold the numerals and the words of one language, ``groups.toml`` says which nouns of the project's
lexicon are people, ``places.toml`` is the gazetteer. Every file is checked whole; all faults are reported at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from models import codebook, lexicon
from models.claims import patterns
from models.claims.claim import DIRECTIONS
from models.claims.patterns import Endings
from models.errors import GrammarFaults
from models.lexicon import LANGUAGES, Entry, Lexicon
from models.text import fold
from models.transliteration import skeleton

FOLDER = Path(__file__).parent
FILES = (*(f"{lang}.toml" for lang in LANGUAGES), "groups.toml", "places.toml")
NUMERALS = ("numerals", "ones", "magnitudes", "plural", "fractions", "ordinals")
CLASSES = frozenset([
    "half", "each", "several", "couple", "percent", "about", "more", "less", "just", "about_after", "more_after",
    "less_after", "range_from", "range_to", "range_or", "range_end", "range_with", "thing", "person", "anyone",
    "population", "own", "own_nation", "anaphor", "count", "share_noun", "measure", "change", "copula", "preposition",
    "function", "verb", "modifier", "not_before", "not_after", "not_phrase", "deny", "correct", "year", "date_before",
    "last_year", "this_year", "since", "period", "month_day", "born", "place_in", "place_to", "place_from",
    "ordinal_before", "come", "community", "dweller", "gathering", "kin", "papers",
    "homeland", "time",
])  # fmt: skip
_SECTIONS = frozenset({*NUMERALS, "tails", "endings", "phrase", "words", "directions", "adjectives", "nouns"})
_KINDS = ("country", "region", "city")

Numerals = Mapping[str, Mapping[str, float]]
"""What a word can be as a number: its value by kind (a section of the file, without the plural s)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer; `within` is the country it lies in, `target` whom its people are."""

    name: str
    kind: str
    within: str
    iso: str | None
    target: str | None
    abroad: bool


@dataclass(frozen=True, slots=True)
class PhraseRules:
    """What may stand between a number and its noun."""

    modifier_endings: tuple[str, ...]
    modifier_length: int
    verb_endings: tuple[str, ...]
    free_modifiers: int
    nominal_adjectives: bool
    compound_endings: tuple[str, ...]
    agent_endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything of one language."""

    lang: str
    numerals: Numerals
    by_sound: Numerals
    scales: Mapping[str, float]
    count_tails: frozenset[str]
    phrase: PhraseRules
    words: Lexicon
    countable: frozenset[str]
    """Words without which, and without digits, a sentence has no number."""


@dataclass(frozen=True, slots=True)
class Grammars:
    """The grammars of all languages, with what they share."""

    by_lang: Mapping[str, Grammar]
    places: Mapping[str, Place]
    groups: Mapping[tuple[str, str], str]
    """Target of a pattern of the project's lexicon, by concept and pattern."""
    near: frozenset[str]
    """Concepts of the lexicon without which a sentence of no target has no claim."""
    version: str


def load(
    folder: Path | None = None, words: Lexicon | None = None, book: codebook.Codebook | None = None
) -> Grammars:
    """Read and check the grammar files of a folder, by default the project's own.

    Raises:
        GrammarFaults: with every fault, its file and path.
    """
    folder, words, book = folder or FOLDER, words or lexicon.load(), book or codebook.load()
    reading = _Reading(folder, frozenset(book.targets))
    places = reading.places()
    by_lang = {lang: reading.grammar(lang) for lang in LANGUAGES}
    groups, near = reading.groups(words), reading.near(words)
    if reading.faults:
        raise GrammarFaults(f"claim grammar in {folder.name}", reading.faults)
    return Grammars(by_lang, places, groups, near, reading.digest())


@cache
def default() -> Grammars:
    """The project's own grammars, read once."""
    return load()


class _Reading:
    """One pass over the files: builds the objects and collects what is wrong instead of stopping at it."""

    def __init__(self, folder: Path, targets: frozenset[str]) -> None:
        self.faults: list[str] = []
        self._targets = targets
        self._content: dict[str, bytes] = {}
        self._documents = {name: self._document(folder / name) for name in FILES}

    def digest(self) -> str:
        """First 12 hex digits of the SHA-256 over the files."""
        return sha256(b"".join(self._content[name] for name in FILES)).hexdigest()[:12]

    def _document(self, path: Path) -> dict[str, Any]:
        try:
            self._content[path.name] = path.read_bytes()
            return tomllib.loads(self._content[path.name].decode("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.faults.append(f"{path.name} -> {error}")
            return {}

    def grammar(self, lang: str) -> Grammar:
        """One language."""
        name, document = f"{lang}.toml", self._documents[f"{lang}.toml"]
        if document:
            self.faults += [f"{name} -> {key} missing" for key in sorted(_SECTIONS - set(document))]
            self.faults += [f"{name} -> {key} is no section" for key in sorted(set(document) - _SECTIONS)]
            self._check_names(name, document)
        endings = {key: tuple(str(value).split(",")) for key, value in document.get("endings", {}).items()}
        numerals = self._numerals(name, document, endings)
        tails = document.get("tails", {})
        return Grammar(
            lang,
            numerals,
            {skeleton(word): kinds for word, kinds in numerals.items()} if lang == "kk" else {},
            {stem: float(value) for stem, value in tails.get("scale", {}).items()},
            frozenset(tails.get("count", [])),
            _phrase(document.get("phrase", {})),
            Lexicon(list(self._entries(lang, document, endings))),
            self._countable(lang, numerals, document, endings),
        )

    def _check_names(self, name: str, document: dict[str, Any]) -> None:
        """Classes, directions and targets are closed lists."""
        expected = {"words": CLASSES, "directions": frozenset(DIRECTIONS) - {"total"}}
        for section, known in expected.items():
            given = set(document.get(section, {}))
            self.faults += [f"{name} -> {section}.{each} missing" for each in sorted(known - given)]
            self.faults += [f"{name} -> {section}.{each} is not known" for each in sorted(given - known)]
        for section in ("adjectives", "nouns"):
            unknown = sorted(set(document.get(section, {})) - self._targets)
            self.faults += [f"{name} -> {section}.{each} is not a target" for each in unknown]

    def _numerals(self, name: str, document: dict[str, Any], endings: Endings) -> Numerals:
        found: dict[str, dict[str, float]] = {}
        for section in NUMERALS:
            for key, value in document.get(section, {}).items():
                amount = self._number(f"{name} -> {section}.{key}", key)
                for word in self._spelled(f"{name} -> {section}.{key}", value, endings):
                    found.setdefault(fold(word), {})[section] = amount
        return found

    def _number(self, path: str, key: str) -> float:
        try:
            return float(key)
        except ValueError:
            self.faults.append(f"{path} is not a number")
            return 0.0

    def _spelled(self, path: str, value: object, endings: Endings) -> list[str]:
        """The words of one TOML value."""
        listed = patterns.split(value)
        if not listed and value not in ([], ""):
            self.faults.append(f"{path} holds no patterns: {value!r}")
        try:
            return [word for pattern in listed for word in patterns.expand(pattern, endings)]
        except KeyError as error:
            self.faults.append(f"{path} names endings that are not there: {error.args[0]}")
            return []

    def _entries(self, lang: str, document: dict[str, Any], endings: Endings) -> Iterable[Entry]:
        sections = {"words": "", "directions": "dir:", "adjectives": "adj:", "nouns": "noun:"}
        for section, prefix in sections.items():
            for key, value in document.get(section, {}).items():
                if self._spelled(f"{lang}.toml -> {section}.{key}", value, endings):
                    yield from patterns.entries(prefix + key, lang, patterns.split(value), endings)
        for name, raw in self._documents["places.toml"].items():
            value = raw.get(lang, "") if isinstance(raw, dict) else ""
            if self._spelled(f"places.toml -> {name}.{lang}", value, endings):
                yield from patterns.entries(f"place:{name}", lang, patterns.split(value), endings)

    def _countable(
        self, lang: str, numerals: Numerals, document: dict[str, Any], endings: Endings
    ) -> frozenset[str]:
        counting = {"numerals", "magnitudes", "plural", "fractions"}
        words = {word for word, kinds in numerals.items() if counting & kinds.keys()}
        each = self._spelled(f"{lang}.toml -> words.each", document.get("words", {}).get("each", ""), endings)
        words |= {fold(word) for word in each}
        return frozenset(words | ({skeleton(word) for word in words} if lang == "kk" else set()))

    def places(self) -> Mapping[str, Place]:
        """The gazetteer."""
        document = self._documents["places.toml"]
        found = {name: self._place(name, raw) for name, raw in document.items() if isinstance(raw, dict)}
        for place in found.values():
            if place.within not in found:
                self.faults.append(f"places.toml -> {place.name}.within is no place: {place.within!r}")
        return found

    def _place(self, name: str, raw: dict[str, Any]) -> Place:
        path = f"places.toml -> {name}"
        self.faults += [f"{path}.{key} is not known" for key in sorted(set(raw) - _PLACE_KEYS)]
        self.faults += [f"{path}.{lang} missing" for lang in LANGUAGES if not patterns.split(raw.get(lang))]
        if raw.get("kind") not in _KINDS:
            self.faults.append(f"{path}.kind is not one of {', '.join(_KINDS)}: {raw.get('kind')!r}")
        target = raw.get("target")
        if target is not None and target not in self._targets:
            self.faults.append(f"{path}.target is not a target: {target!r}")
        within, iso = str(raw.get("within", name)), raw.get("iso")
        return Place(name, str(raw.get("kind")), within, iso, target, bool(raw.get("abroad", False)))

    def groups(self, words: Lexicon) -> Mapping[tuple[str, str], str]:
        """Targets of lexicon patterns that are nouns of people."""
        known: dict[str, set[str]] = {}
        for entry in words.entries:
            known.setdefault(entry.concept, set()).add(entry.pattern)
        found: dict[tuple[str, str], str] = {}
        for number, raw in enumerate(self._documents["groups.toml"].get("group", [])):
            path = f"groups.toml -> group.{number}"
            concept, target = raw.get("concept"), raw.get("target")
            if target not in self._targets:
                self.faults.append(f"{path}.target is not a target: {target!r}")
            if concept not in known:
                self.faults.append(f"{path}.concept is not in the lexicon: {concept!r}")
                continue
            found |= {(concept, each): target for each in self._chosen(path, raw, known[concept])}
        return found

    def near(self, words: Lexicon) -> frozenset[str]:
        """Concepts of groups, and those that are often near them."""
        document = self._documents["groups.toml"]
        named = frozenset(document.get("near", []))
        unknown = sorted(named - set(words.concepts))
        self.faults += [f"groups.toml -> near: {each!r} is not in the lexicon" for each in unknown]
        return named | {str(raw.get("concept")) for raw in document.get("group", [])}

    def _chosen(self, path: str, raw: dict[str, Any], known: set[str]) -> set[str]:
        only, excepted = set(raw.get("only", [])), set(raw.get("except", []))
        unknown = sorted((only | excepted) - known)
        self.faults += [f"{path} -> {each!r} is no pattern of {raw['concept']}" for each in unknown]
        return (only or known) - excepted


_PLACE_KEYS = frozenset({"kind", "iso", "within", "target", "abroad", *LANGUAGES})


def _phrase(raw: dict[str, Any]) -> PhraseRules:
    return PhraseRules(
        tuple(raw.get("modifier_endings", [])),
        int(raw.get("modifier_length", 0)),
        tuple(raw.get("verb_endings", [])),
        int(raw.get("free_modifiers", 0)),
        bool(raw.get("nominal_adjectives", False)),
        tuple(raw.get("compound_endings", [])),
        tuple(raw.get("agent_endings", [])),
    )
