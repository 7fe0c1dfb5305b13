"""From files that people filled in to codings: CSV, our own JSON lines, exports of Label Studio."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from models.codebook import Codebook
from models.coding import label_studio, sheets
from models.coding.coded import AGREED, Coding, Raw, Sentence, differing
from models.coding.rules import codes_of
from models.errors import CodingFaults, InputRefused
from models.lexicon import LANGUAGES

_NAME = re.compile(r"\w[\w-]{0,39}")


@dataclass(frozen=True, slots=True)
class Coders:
    """Who coded: one name for every line, or a name for each of Label Studio's annotators."""

    name: str | None = None
    annotators: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, given: Sequence[str]) -> Coders:
        """From `NAME`, or from `ANNOTATOR=NAME` once for each.

        Raises:
            CodingFaults: names that cannot stand in a file's name, several plain names, or one that is reserved.
        """
        pairs = [text.rpartition("=") for text in given]
        plain = [name for annotator, sign, name in pairs if not sign]
        names = [name for _, _, name in pairs]
        faults = [fault for name in names if (fault := bad_name(name))]
        if len(plain) > 1 or (plain and len(given) > 1):
            faults.append(f"coder -> expected one NAME, or ANNOTATOR=NAME for each; found {', '.join(given)}")
        if faults:
            raise CodingFaults("coder", faults)
        return cls(plain[0] if plain else None, {annotator: name for annotator, sign, name in pairs if sign})


@dataclass(frozen=True, slots=True)
class Read:
    """What files held."""

    codings: list[Coding]
    empty: int
    """Lines that nobody has filled in yet."""


def raw_lines(path: Path) -> Iterator[Raw]:
    """The lines of a file by its ending: .csv (also .tsv, .txt), .jsonl or .json.

    Raises:
        InputRefused: the file cannot be read, or is of another kind.
    """
    readers = {".csv": sheets.read, ".tsv": sheets.read, ".txt": sheets.read}
    readers |= {".jsonl": _json_lines, ".json": label_studio.read}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputRefused("a .csv, .jsonl or .json file", str(path), "save it as one of these")
    return reader(path)


def read(paths: Sequence[Path], coders: Coders, today: str, book: Codebook, by_file: bool = False) -> Read:
    """Read and check files.

    Args:
        paths: see `raw_lines`.
        coders: whose codings they are; a line that names its coder may go without.
        today: ISO date of codings that carry none.
        book: names and rules.
        by_file: who is named nowhere goes by the file's name.

    Raises:
        CodingFaults: every fault of every line, with file and line (`coded.csv line 7: move -> ...`), and every file
            that cannot be read at all.
    """
    codings, faults, empty = [], [], 0
    for path in paths:
        raws, refused = _lines(path)
        faults += refused
        names = _Names(coders, {raw.annotator for raw in raws} - {None}, path.stem if by_file else None)
        for raw in raws:
            coding, found = _coding(raw, names, today, book)
            faults += [f"{raw.where}: {fault}" for fault in found]
            empty += not (coding or found)
            codings += [(raw.where, coding)] if coding else []
    faults += _contradictions(codings)
    if faults:
        raise CodingFaults(f"coding in {', '.join(path.name for path in paths)}", faults)
    once = {(coding.coder, coding.sentence.id): coding for _, coding in codings}
    return Read(list(once.values()), empty)


@dataclass(frozen=True, slots=True)
class _Names:
    """Who coded the lines of one file."""

    coders: Coders
    annotators: set[str | None]
    fallback: str | None

    def of(self, raw: Raw) -> tuple[str, str]:
        """The coder of a line, and what is wrong with that."""
        own, given, named = raw.text("coder"), self.coders.name, self.coders.annotators
        several = len(self.annotators) > 1 or bool(named)
        if mapped := named.get(raw.annotator or ""):
            return mapped, ""
        if own and given and own != given:
            return "", f"coder -> the line names {own}, --coder {given}"
        if self.fallback:
            other = raw.annotator if several else None
            return own or other or self.fallback, bad_name(own) if own else ""
        if several:
            found = ", ".join(sorted(map(str, self.annotators))) or "none"
            return "", f"coder -> annotators {found}; give --coder ANNOTATOR=NAME for each"
        name = own or given or ""
        return name, bad_name(name) if name else "coder -> not named; give --coder NAME"


def _lines(path: Path) -> tuple[list[Raw], list[str]]:
    """The lines of a file, or the one fault of a file that is none of ours."""
    try:
        return list(raw_lines(path)), []
    except InputRefused as error:
        return [], [f"{path.name}: {error}"]


def _coding(raw: Raw, names: _Names, today: str, book: Codebook) -> tuple[Coding | None, list[str]]:
    if raw.fault:
        return None, [raw.fault]
    codes, faults = codes_of(raw, book)
    if codes is None:
        return None, []
    sentence, wrong = _sentence(raw)
    coder, unnamed = names.of(raw)
    coded = raw.text("coded") or today
    wrong += [unnamed] if unnamed else []
    wrong += [] if _is_date(coded) else [f"coded -> expected a date YYYY-MM-DD; found {coded!r}"]
    version = raw.text("codebook") or book.identity
    return Coding(sentence, codes, coder, coded, version, raw.text("note")), wrong + faults


def _sentence(raw: Raw) -> tuple[Sentence, list[str]]:
    name, lang, text = raw.text("id"), raw.text("lang").lower(), str(raw.fields.get("text") or "")
    faults = [] if name else ["id -> empty; keep the one of the sample"]
    faults += [] if text.strip() else ["text -> empty; keep the one of the sample"]
    if lang not in LANGUAGES:
        faults.append(f"lang -> expected one of {', '.join(LANGUAGES)}; found {lang!r}")
    chance, fault = _probability(raw.text("inclusion_probability"))
    faults += [fault] if fault else []
    around = {side: str(raw.fields.get(side) or "") for side in ("prev", "next")}
    return Sentence(name, lang, text, **around, source=raw.text("source"), url=raw.text("url"),
                    inclusion_probability=chance), faults  # fmt: skip


def _probability(text: str) -> tuple[float | None, str]:
    """A chance; spreadsheets may have written it with a decimal comma."""
    if not text:
        return None, ""
    try:
        chance = float(text.replace(",", "."))
    except ValueError:
        chance = -1.0
    fault = f"inclusion_probability -> expected a number above 0 and at most 1; found {text!r}"
    return (chance, "") if 0 < chance <= 1 else (None, fault)


def _contradictions(codings: Sequence[tuple[str, Coding]]) -> list[str]:
    """Sentences that a coder coded twice and differently, and keys that stand for two texts."""
    first: dict[tuple[str, str], tuple[str, Coding]] = {}
    texts: dict[str, tuple[str, Sentence]] = {}
    faults = []
    for where, coding in codings:
        name = coding.sentence.id
        place, before = first.setdefault((coding.coder, name), (where, coding))
        if before.codes != coding.codes:
            found = ", ".join(differing(before.codes, coding.codes))
            faults.append(f"{where}: {name} -> {coding.coder} coded it otherwise in {place} ({found})")
        place, sentence = texts.setdefault(name, (where, coding.sentence))
        if fault := another_text(sentence, coding.sentence):
            faults.append(f"{where}: {name} -> {fault} in {place}")
    return faults


def another_text(one: Sentence, other: Sentence) -> str:
    """What differs where one key stands for two sentences; empty where none does."""
    if one.lang != other.lang:
        return f"lang {other.lang} here and {one.lang}"
    return "" if one.plain == other.plain else "another text than"


def _json_lines(path: Path) -> Iterator[Raw]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(
            f"JSON lines in UTF-8 at {path}", str(error), "mend the path or the file"
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _json_line(f"{path.name} line {number}", line)


def _json_line(where: str, line: str) -> Raw:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Raw(where, {}, fault=f"expected a JSON object; found {error}; mend or remove the line")
    if not isinstance(raw, dict):
        return Raw(
            where, {}, fault=f"expected a JSON object; found {type(raw).__name__}; mend or remove the line"
        )
    return Raw(where, raw)


def bad_name(name: str) -> str:
    """What is wrong with a coder's name, which becomes part of a file's; empty where nothing is."""
    if name == AGREED:
        return f"coder -> {AGREED!r} stands for coders who all said the same; give their own files"
    if _NAME.fullmatch(name):
        return ""
    return f"coder -> expected letters, digits, - and _ (at most 40); found {name!r}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
