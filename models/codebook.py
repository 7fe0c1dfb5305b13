"""The codebook as frozen objects: what may be coded, what it means, and on whose authority.

``codebook.toml`` is the only place where targets, moves, voices, referents and frames are named; every other module
asks the codebook. Reading it checks everything and reports all faults at once, each with its path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.errors import CodebookFaults

DEFAULT = Path(__file__).with_name("codebook.toml")
SECTORS = ("political", "military", "economic", "societal", "environmental", "counter")
WEINER = (1, 2, 3, 4, 5)
MOVES = ("securitizing", "desecuritizing", "neutral", "irrelevant")  # the order of class probabilities
CLAIM_FIELDS = frozenset({"target", "quantity", "unit", "direction", "place", "year", "text"})

_SECTIONS = (
    "version", "documents", "targets", "moves", "voices", "referents", "measure", "frames", "claims", "decisions",
    "questions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A group a sentence may be about, described in three languages; `source` names a document."""

    en: str
    ru: str
    kk: str
    source: str


@dataclass(frozen=True, slots=True)
class Move:
    """What a sentence does to its target; `excludes` says what does not count."""

    definition: str
    source: str | None
    excludes: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """In which light a target is shown: Copenhagen sector and Weiner's category (none for counter frames)."""

    sector: str
    weiner: int | None
    source: str
    en: str

    @property
    def is_threat(self) -> bool:
        """Whether the frame presents a threat rather than argues against one."""
        return self.sector != "counter"


@dataclass(frozen=True, slots=True)
class Measure:
    """The extraordinary measure: a yes or no beside a securitizing move."""

    type: str
    definition: str
    source: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What is kept of a number asserted of a target group."""

    fields: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """The whole codebook; mappings keep the order of the file."""

    version: int
    documents: Mapping[str, str]
    targets: Mapping[str, Target]
    moves: Mapping[str, Move]
    voices: Mapping[str, str]
    referents: Mapping[str, str]
    measure: Measure
    frames: Mapping[str, Frame]
    claims: Claims
    decisions: Mapping[str, str]
    open_questions: tuple[str, ...]
    fingerprint: str
    """First 12 hex digits of the SHA-256 of the file."""

    @property
    def identity(self) -> str:
        """Version and fingerprint: what a reading names as its codebook, for example ``2-1f0c9a77b2d4``."""
        return f"{self.version}-{self.fingerprint}"

    @property
    def threat_frames(self) -> tuple[str, ...]:
        """Frames that present a threat, in codebook order."""
        return tuple(name for name, frame in self.frames.items() if frame.is_threat)

    @property
    def counter_frames(self) -> tuple[str, ...]:
        """Frames that argue against a threat, in codebook order."""
        return tuple(name for name, frame in self.frames.items() if not frame.is_threat)


def load(path: Path | None = None) -> Codebook:
    """Read and check a codebook, by default the project's own.

    Raises:
        CodebookFaults: with every fault of the file and its path (``frames.labour.weiner -> ...``).
    """
    path = path or DEFAULT
    try:
        content = path.read_bytes()
        document = tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # A name given twice is an error of TOML itself, and its message has the line.
        raise CodebookFaults(f"codebook {path.name}", [f"file -> {error}"]) from error
    reading = _Reading(document)
    book = reading.codebook(sha256(content).hexdigest()[:12])
    if reading.faults:
        raise CodebookFaults(f"codebook {path.name}", reading.faults)
    return book


class _Reading:
    """One pass over the document: builds the objects and collects what is wrong instead of stopping at it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.faults = [f"{key} -> not a section of a codebook" for key in document if key not in _SECTIONS]
        self.faults += [f"{key} -> missing" for key in _SECTIONS if key not in document]
        self._documents = self._texts("documents")

    def codebook(self, fingerprint: str) -> Codebook:
        """Build everything; where a part is faulty its fields hold what was found."""
        book = Codebook(
            version=self._version(),
            documents=self._documents,
            targets=self._each("targets", self._target),
            moves=self._each("moves", self._move),
            voices=self._texts("voices"),
            referents=self._texts("referents"),
            measure=self._measure(),
            frames=self._each("frames", self._frame),
            claims=self._claims(),
            decisions=self._texts("decisions"),
            open_questions=self._questions(),
            fingerprint=fingerprint,
        )
        self._check_moves(book.moves)
        self._check_names(book)
        return book

    def _section(self, name: str) -> dict[str, Any]:
        section = self._document.get(name, {})
        if isinstance(section, dict):
            return section
        self.faults.append(f"{name} -> expected a table, found {section!r}")
        return {}

    def _version(self) -> int:
        version = self._document.get("version", 0)
        if (
            isinstance(version, int)
            and not isinstance(version, bool)
            and (version > 0 or "version" not in self._document)
        ):
            return version
        self.faults.append(f"version -> expected a whole number above 0, found {version!r}")
        return 0

    def _texts(self, name: str) -> Mapping[str, str]:
        """A section of plain texts."""
        section = self._section(name)
        if name in self._document and not section:
            self.faults.append(f"{name} -> empty")
        return MappingProxyType({key: self._text(f"{name}.{key}", section, key) for key in section})

    def _each(self, name: str, build: Callable[[str, dict[str, Any]], Any]) -> Mapping[str, Any]:
        """A section of tables, each built by `build(path, table)`."""
        built = {}
        section = self._section(name)
        if name in self._document and not section:
            self.faults.append(f"{name} -> empty")
        for key, raw in section.items():
            if isinstance(raw, dict):
                built[key] = build(f"{name}.{key}", raw)
            else:
                self.faults.append(f"{name}.{key} -> expected a table, found {raw!r}")
        return MappingProxyType(built)

    def _text(self, path: str, raw: dict[str, Any], key: str, required: bool = True) -> str:
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if required or value is not None:
            self.faults.append(
                f"{path} -> expected a text, found {'nothing' if value is None else repr(value)}"
            )
        return ""

    def _source(self, path: str, raw: dict[str, Any], required: bool = True) -> str:
        source = self._text(f"{path}.from", raw, "from", required)
        if source and source not in self._documents:
            self.faults.append(f"{path}.from -> {source!r} is not among the documents")
        return source

    def _only(self, path: str, raw: dict[str, Any], known: str) -> None:
        self.faults += [f"{path}.{key} -> unknown key" for key in raw if key not in known.split()]

    def _target(self, path: str, raw: dict[str, Any]) -> Target:
        self._only(path, raw, "en ru kk from")
        en, ru, kk = (self._text(f"{path}.{lang}", raw, lang) for lang in ("en", "ru", "kk"))
        return Target(en, ru, kk, self._source(path, raw))

    def _move(self, path: str, raw: dict[str, Any]) -> Move:
        self._only(path, raw, "definition from not")
        definition = self._text(f"{path}.definition", raw, "definition")
        excludes = self._text(f"{path}.not", raw, "not", required=False)
        return Move(definition, self._source(path, raw, required=False) or None, excludes or None)

    def _measure(self) -> Measure:
        raw = self._section("measure")
        self._only("measure", raw, "type definition from")
        if raw and raw.get("type") != "bool":
            self.faults.append(f"measure.type -> expected 'bool', found {raw.get('type')!r}")
        if not raw:
            return Measure("bool", "", "")
        return Measure(
            "bool", self._text("measure.definition", raw, "definition"), self._source("measure", raw)
        )

    def _frame(self, path: str, raw: dict[str, Any]) -> Frame:
        self._only(path, raw, "sector weiner from en")
        sector, weiner = raw.get("sector"), raw.get("weiner")
        if sector not in SECTORS:
            self.faults.append(f"{path}.sector -> expected one of {', '.join(SECTORS)}, found {sector!r}")
        elif sector == "counter" and weiner is not None:
            self.faults.append(f"{path}.weiner -> a counter frame has none, found {weiner!r}")
        elif sector != "counter" and (weiner not in WEINER or isinstance(weiner, bool)):
            self.faults.append(f"{path}.weiner -> expected 1 to 5, found {weiner!r}")
        return Frame(str(sector), weiner, self._source(path, raw), self._text(f"{path}.en", raw, "en"))

    def _claims(self) -> Claims:
        raw = self._section("claims")
        if not raw:
            return Claims((), "")
        self._only("claims", raw, "fields from")
        fields = raw.get("fields")
        if not isinstance(fields, list) or not fields:
            self.faults.append(f"claims.fields -> expected a list of names, found {fields!r}")
            fields = []
        self.faults += [
            f"claims.fields -> unknown field {name!r}" for name in fields if name not in CLAIM_FIELDS
        ]
        self.faults += [f"claims.fields -> {name!r} given twice" for name in _repeated(fields)]
        return Claims(tuple(map(str, fields)), self._source("claims", raw))

    def _questions(self) -> tuple[str, ...]:
        raw = self._section("questions")
        self._only("questions", raw, "open")
        questions = raw.get("open", [])
        if not isinstance(questions, list) or not all(
            isinstance(each, str) and each.strip() for each in questions
        ):
            self.faults.append("questions.open -> expected a list of texts")
            return ()
        return tuple(questions)

    def _check_moves(self, moves: Mapping[str, Move]) -> None:
        if "moves" not in self._document:
            return
        self.faults += [f"moves.{name} -> missing" for name in MOVES if name not in moves]
        self.faults += [
            f"moves.{name} -> not one of {', '.join(MOVES)}" for name in moves if name not in MOVES
        ]

    def _check_names(self, book: Codebook) -> None:
        """Names become column values and file keys; one name must not mean two things."""
        sections = {
            "targets": book.targets,
            "voices": book.voices,
            "referents": book.referents,
            "frames": book.frames,
        }
        for section, names in sections.items():
            self.faults += [
                f"{section}.{name} -> not a lower-case name" for name in names if not _is_name(name)
            ]
        everywhere = [name for section in ("targets", "frames") for name in sections[section]]
        self.faults += [f"frames.{name} -> already the name of a target" for name in _repeated(everywhere)]


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("_", "").isalpha() and name == name.lower()


def _repeated(names: list[Any]) -> list[Any]:
    return sorted({name for name in names if names.count(name) > 1})
