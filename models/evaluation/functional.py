"""What the reader can and cannot do: small written cases, phenomenon by phenomenon (CheckList, Ribeiro et al. 2020).

The cases of ``functional/{kk,ru,en}.jsonl`` stand in groups called pairs: a few words apart, so that the answer must
change, or apart on the surface only, so that it must not. They were written for this purpose alone and are held out:
nothing is ever trained or tuned on them. One case a line, ``{"id", "lang", "phenomenon", "pair", "text"[, "prev",
"next"], "move"[, "targets"][, "measure"][, "lang_only"]}``; targets and measure are scored where they are given, and of a
case marked `lang_only` nothing but the language is. Shares tell what is learnt, not how frequent a fault is in the press.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from baqylau import Faults
from models import codebook
from models.codebook import MOVES
from models.errors import ModelsError
from models.evaluation.report import Figure, Report, fingerprint
from models.features import Floats, Passage
from models.lexicon import LANGUAGES
from models.speech_acts import Reader, ReadError, SpeechAct

FOLDER = Path(__file__).with_name("functional")
FLOORS = FOLDER / "floors.json"  # of `models.evaluation.floors`, which writes, reads and compares them
RESAMPLES, SEED = 1000, 20260302
PHENOMENA = (
    "negation", "rejection", "irony", "bare_number", "dry_rule", "confusable", "swapped_target", "latin_kazakh",
    "homoglyphs", "emphasis", "reported_fear", "plight", "benefit", "context", "language",
)  # fmt: skip
SURFACE = ("latin_kazakh", "homoglyphs", "emphasis")  # here the members of a pair must get one answer
_OVERALL = (
    "move_accuracy", "pairs_whole", "surface_pairs_alike", "language_accuracy", "targets_accuracy", "measure_accuracy",
)  # fmt: skip
NAMES = (*_OVERALL, *(f"{name}_{each}" for name in _OVERALL[:2] for each in PHENOMENA))
_DIGITS = 4

_REQUIRED = dict.fromkeys(("id", "lang", "phenomenon", "pair", "text", "move"), str)
_OPTIONAL = {"prev": str, "next": str, "targets": list, "measure": bool, "lang_only": bool}


class CaseFaults(Faults, ModelsError):
    """Functional cases are malformed; every fault is listed with its file and line."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with the answer it must get; `targets` and `measure` are None where they do not matter."""

    passage: Passage
    phenomenon: str
    pair: str
    move: str
    targets: frozenset[str] | None
    measure: bool | None
    lang_only: bool

    @property
    def lang(self) -> str:
        """Its language, always known."""
        return self.passage.lang or "other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said and what was right about it; None where the case does not ask."""

    case: Case
    said: tuple[str, str] | None
    """Language and move; None where the case could not be read."""
    lang: bool
    move: bool | None
    targets: bool | None
    measure: bool | None

    @property
    def right(self) -> bool:
        """Whether everything that the case asks is right."""
        return False not in (self.lang, self.move, self.targets, self.measure)


def load(folder: Path = FOLDER) -> list[Case]:
    """Read the cases of a folder, in the order of languages and lines.

    Raises:
        CaseFaults: with every fault of all files, each with its path and line.
    """
    reading = _Reading(frozenset(codebook.load().targets))
    for lang in LANGUAGES:
        reading.file(folder / f"{lang}.jsonl", lang)
    reading.check_pairs()
    if reading.faults:
        raise CaseFaults(f"set of functional cases in {folder}", reading.faults)
    return [case for _, case in reading.found]


def outcomes(reader: Reader, cases: Sequence[Case]) -> list[Outcome]:
    """Let a reader answer the cases without being told their language."""
    asked = [case.passage for case in cases]
    blind = [Passage(each.id, each.text, None, each.prev, each.next) for each in asked]
    return [_outcome(case, answer) for case, answer in zip(cases, reader.read(blind), strict=True)]


def report(reader: Reader, folder: Path = FOLDER, resamples: int = RESAMPLES) -> Report:
    """Score a reader on the cases: `NAMES` per language, as a report that `floors.write` and `floors.losses` take.

    A figure is None where a language has no such case. There are no `errors`: the cases are no sample of the press.

    Raises:
        CaseFaults: see `load`.
    """
    found = outcomes(reader, load(folder))
    by_lang = {lang: [each for each in found if each.case.lang == lang] for lang in LANGUAGES}
    sha = fingerprint([folder / f"{lang}.jsonl" for lang in LANGUAGES])
    sizes = {lang: len(each) for lang, each in by_lang.items()}
    scored = {lang: figures(each, resamples) for lang, each in by_lang.items()}
    return Report(reader.reading, sha, sizes, scored, errors={})


def figures(found: Sequence[Outcome], resamples: int = RESAMPLES) -> dict[str, Figure]:
    """Shares of what is right, by the names of `NAMES`, with percentile bootstrap intervals over pairs."""
    pairs = [list(members) for _, members in groupby(found, attrgetter("case.pair"))]
    hits, asked = _tallies(pairs)
    even = np.full(len(pairs), 1 / len(pairs))
    draws = np.random.default_rng(SEED).multinomial(len(pairs), even, resamples)
    values = _shares(hits.sum(0), asked.sum(0))
    drawn = _shares(draws @ hits, draws @ asked)
    return {name: _figure(values[place], drawn[:, place]) for place, name in enumerate(NAMES)}


def _outcome(case: Case, answer: SpeechAct | ReadError) -> Outcome:
    """Compare an answer with its case; a case that could not be read is wrong throughout."""
    act = answer if isinstance(answer, SpeechAct) else None
    return Outcome(
        case,
        said=None if act is None else (act.lang, act.move),
        lang=act is not None and act.lang == case.lang,
        move=None if case.lang_only else act is not None and act.move == case.move,
        targets=None if case.targets is None else act is not None and set(act.targets) == case.targets,
        measure=None if case.measure is None else act is not None and act.measure == case.measure,
    )


def _marks(members: Sequence[Outcome]) -> Iterator[tuple[str, bool]]:
    """What one pair adds to the figures: names, and whether it was right."""
    phenomenon = members[0].case.phenomenon
    for each in members:
        yield "language_accuracy", each.lang
        if each.move is not None:
            yield "move_accuracy", each.move
            yield f"move_accuracy_{phenomenon}", each.move
        if each.targets is not None:
            yield "targets_accuracy", each.targets
        if each.measure is not None:
            yield "measure_accuracy", each.measure
    if phenomenon in SURFACE:
        yield "surface_pairs_alike", len({each.said for each in members}) == 1
    whole = all(each.right for each in members)
    yield "pairs_whole", whole
    yield f"pairs_whole_{phenomenon}", whole


def _tallies(pairs: Sequence[Sequence[Outcome]]) -> tuple[Floats, Floats]:
    """How often each pair was right and was asked, (pairs, names)."""
    places = {name: place for place, name in enumerate(NAMES)}
    hits = np.zeros((len(pairs), len(NAMES)), np.float32)
    asked = np.zeros_like(hits)
    for row, members in enumerate(pairs):
        for name, right in _marks(members):
            hits[row, places[name]] += right
            asked[row, places[name]] += 1
    return hits, asked


def _shares(hits: Floats, asked: Floats) -> Floats:
    """Parts of wholes; NaN where nothing was asked."""
    return np.divide(hits, asked, out=np.full(hits.shape, np.nan, np.float32), where=asked > 0)


def _figure(value: float, drawn: Floats) -> Figure:
    kept = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(kept):
        return Figure(None if np.isnan(value) else round(float(value), _DIGITS), None, None)
    low, high = np.percentile(kept, [2.5, 97.5])
    return Figure(round(float(value), _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS))


@dataclass(slots=True)
class _Reading:
    """One pass over the files: builds cases and collects faults."""

    targets: frozenset[str]
    faults: list[str] = field(default_factory=list)
    found: list[tuple[str, Case]] = field(default_factory=list)
    """Cases, each with the place where it stands."""
    ids: set[str] = field(default_factory=set)

    def file(self, path: Path, lang: str) -> None:
        """Read one file."""
        try:
            lines = path.read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{path} -> {error}")
            return
        if lines == [""]:
            self.faults.append(f"{path} -> no case")
        for number, line in enumerate(lines[: -1 if not lines[-1] else None], start=1):
            self.line(f"{path}:{number}", line, lang)

    def line(self, place: str, line: str, lang: str) -> None:
        """Read one line; it becomes a case only if it has no fault."""
        try:
            raw = json.loads(line)
        except ValueError as error:
            self.faults.append(f"{place} -> not JSON: {error}")
            return
        if not isinstance(raw, dict):
            self.faults.append(f"{place} -> expected an object, found {type(raw).__name__}")
            return
        faults = [*_shape_faults(raw)] or [*self._value_faults(raw, lang), *_code_faults(raw)]
        self.faults += [f"{place} -> {fault}" for fault in faults]
        if not faults:
            self.ids.add(raw["id"])
            self.found.append((place, _case(raw)))

    def _value_faults(self, raw: Mapping[str, Any], lang: str) -> Iterator[str]:
        """Values that no case may have, where all have the right type."""
        for name, values in (("lang", (lang,)), ("phenomenon", PHENOMENA), ("move", MOVES)):
            if raw[name] not in values:
                yield f"{name}: expected one of {', '.join(values)}, found {raw[name]!r}"
        for name in ("id", "pair", "text"):
            if not raw[name].strip():
                yield f"{name}: empty"
        if raw["id"] in self.ids:
            yield f"id: {raw['id']!r} given twice"
        for name in raw.get("targets", ()):
            if not isinstance(name, str) or name not in self.targets:
                yield f"targets: {name!r} is not in the codebook"

    def check_pairs(self) -> None:
        """A pair has at least two members, which differ, stand together and show one phenomenon."""
        closed: set[str] = set()
        for name, members in groupby(self.found, lambda each: each[1].pair):
            placed = list(members)
            cases = [case for _, case in placed]
            self.faults += [f"{placed[0][0]} -> pair {name!r}: {fault}" for fault in _pair_faults(cases)]
            if name in closed:
                self.faults.append(f"{placed[0][0]} -> pair {name!r}: its members stand apart")
            closed.add(name)


def _shape_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    """Keys that are missing or unknown, and values of a wrong type."""
    for name in _REQUIRED:
        if name not in raw:
            yield f"{name}: missing"
    for name, value in raw.items():
        wanted = _REQUIRED.get(name) or _OPTIONAL.get(name)
        if wanted is None:
            yield f"{name}: unknown key"
        elif not isinstance(value, wanted):
            yield f"{name}: expected {wanted.__name__}, found {type(value).__name__}"


def _code_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    """Codes that do not go together."""
    if "targets" in raw and bool(raw["targets"]) == (raw["move"] == "irrelevant"):
        yield f"targets: {raw['targets']!r} do not go with {raw['move']}"
    if raw.get("measure") and raw["move"] != "securitizing":
        yield f"measure: does not go with {raw['move']}"


def _case(raw: Mapping[str, Any]) -> Case:
    return Case(
        Passage(raw["id"], raw["text"], raw["lang"], raw.get("prev", ""), raw.get("next", "")),
        raw["phenomenon"],
        raw["pair"],
        raw["move"],
        frozenset(raw["targets"]) if "targets" in raw else None,
        raw.get("measure"),
        raw.get("lang_only", False),
    )


def _pair_faults(cases: Sequence[Case]) -> Iterator[str]:
    if len(cases) < 2:
        yield "one member only"
    if len({(case.passage.text, case.passage.prev, case.passage.next) for case in cases}) < len(cases):
        yield "two members are the same"
    if len({(case.lang, case.phenomenon) for case in cases}) > 1:
        yield "members of several languages or phenomena"
