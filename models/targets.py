"""Whom a sentence is about, by rules over the concepts found in it.

The rules are data (``lexicon/targets.toml``); this module reads and applies them. They see one sentence and, where
given, its neighbours: about a third of the coded sentences name their target only in the sentence before or after.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models import codebook, lexicon
from models.errors import LexiconFaults
from models.lexicon import Match

DEFAULT = Path(lexicon.__file__).with_name("targets.toml")
_TABLES = {"rule", "groups", "patterns", "context"}
_CONCEPT_FIELDS, _PATTERN_FIELDS = ("any", "with", "unless"), ("only", "except")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to see a target; ``targets.toml`` says what each field means."""

    target: str
    any: frozenset[str]
    only: frozenset[str]
    excepted: frozenset[str]
    beside: frozenset[str]
    unless: frozenset[str]
    alone: bool

    def holds(self, matches: Iterable[Match], concepts: frozenset[str]) -> bool:
        """Whether the rule sees its target in the matches, whose concepts are given."""
        if self.unless & concepts or (self.beside and not self.beside & concepts):
            return False
        return any(
            match.concept in self.any
            and match.pattern not in self.excepted
            and (not self.only or match.pattern in self.only)
            for match in matches
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in one place, with the order of the codebook's targets."""

    rules: tuple[Rule, ...]
    order: tuple[str, ...]
    not_inherited_by: frozenset[str]

    def named(self, matches: Sequence[Match]) -> list[str]:
        """Targets that one sentence names itself, in codebook order."""
        concepts = frozenset(match.concept for match in matches)
        if not concepts:
            return []
        found = {rule.target for rule in self.rules if not rule.alone and rule.holds(matches, concepts)}
        if not found:
            found = {rule.target for rule in self.rules if rule.alone and rule.holds(matches, concepts)}
        return [target for target in self.order if target in found]

    def detect(self, matches: Sequence[Match], neighbours: Sequence[Sequence[Match]] = ()) -> list[str]:
        """Targets of a sentence; those of the first neighbour that has any where it names none itself."""
        named = self.named(matches)
        if named or any(match.concept in self.not_inherited_by for match in matches):
            return named
        inherited = map(self.named, neighbours)
        return next((targets for targets in inherited if targets), [])


def detect(matches: Sequence[Match], lang: str, neighbours: Sequence[Sequence[Match]] = ()) -> list[str]:
    """Say whom a sentence is about.

    Args:
        matches: what the lexicon found in the sentence.
        lang: its language; one that the lexicon does not know has no targets.
        neighbours: what the lexicon found in the sentence before and in the one after, in this order.
            Left out, only the sentence itself is judged.

    Returns:
        Codebook targets in codebook order; none means `irrelevant`.
    """
    return _default().detect(matches, neighbours) if lang in lexicon.LANGUAGES else []


def load(
    path: Path | None = None, words: lexicon.Lexicon | None = None, book: codebook.Codebook | None = None
) -> Rules:
    """Read target rules and check them against a lexicon and a codebook (the project's own where not given).

    Raises:
        LexiconFaults: with every fault and its path.
    """
    path, words, book = path or DEFAULT, words or lexicon.load(), book or codebook.load()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconFaults(f"target rules {path.name}", [f"file -> {error}"]) from error
    reading = _Reading(document, frozenset(words.concepts), frozenset(e.pattern for e in words.entries))
    rules = tuple(reading.rule(number, raw) for number, raw in enumerate(document.get("rule", [])))
    not_inherited_by = reading.names(
        "context.unless", document.get("context", {}).get("unless", []), "groups"
    )
    reading.check(rules, tuple(book.targets))
    if reading.faults:
        raise LexiconFaults(f"target rules {path.name}", reading.faults)
    return Rules(rules, tuple(book.targets), not_inherited_by)


@cache
def _default() -> Rules:
    return load()


class _Reading:
    """One pass over the rules file: resolves group names and collects faults."""

    def __init__(self, document: dict[str, Any], concepts: frozenset[str], patterns: frozenset[str]) -> None:
        self.faults = [f"{key} -> not a table of this file" for key in document if key not in _TABLES]
        self._document = document
        self._known = {"groups": concepts, "patterns": patterns}

    def names(self, path: str, values: list[str], kind: str) -> frozenset[str]:
        """Resolve ``@group`` and check that every name is a concept (or pattern) of the lexicon."""
        resolved: list[str] = []
        for value in values:
            group = self._document.get(kind, {}).get(value[1:]) if value.startswith("@") else [value]
            if group is None:
                self.faults.append(f"{path} -> no {kind} named {value}")
            resolved += group or []
        unknown = sorted(set(resolved) - self._known[kind])
        self.faults += [f"{path} -> {name!r} is not in the lexicon" for name in unknown]
        return frozenset(resolved)

    def rule(self, number: int, raw: dict[str, Any]) -> Rule:
        """One ``[[rule]]``."""
        path = f"rule.{number}"
        known = {"target", "alone", *_CONCEPT_FIELDS, *_PATTERN_FIELDS}
        self.faults += [f"{path}.{key} -> not a field of a rule" for key in raw if key not in known]
        if not raw.get("any"):
            self.faults.append(f"{path}.any -> no concept given")
        concepts = {f: self.names(f"{path}.{f}", raw.get(f, []), "groups") for f in _CONCEPT_FIELDS}
        patterns = {f: self.names(f"{path}.{f}", raw.get(f, []), "patterns") for f in _PATTERN_FIELDS}
        return Rule(
            target=str(raw.get("target", "")),
            any=concepts["any"],
            only=patterns["only"],
            excepted=patterns["except"],
            beside=concepts["with"],
            unless=concepts["unless"],
            alone=bool(raw.get("alone", False)),
        )

    def check(self, rules: tuple[Rule, ...], targets: tuple[str, ...]) -> None:
        """Every rule speaks of a target of the codebook, and every target has a rule."""
        for number, rule in enumerate(rules):
            if rule.target not in targets:
                self.faults.append(f"rule.{number}.target -> {rule.target!r} is not a target of the codebook")
        missing = sorted(set(targets) - {rule.target for rule in rules})
        self.faults += [f"rule -> no rule for the target {target}" for target in missing]
