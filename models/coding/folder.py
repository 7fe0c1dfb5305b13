"""The folder of a gold: what each coder said in ``coders/``, and beside it the gold that follows from it.

``coders/<lang>.<coder>.jsonl`` is written by imports alone; ``<lang>.jsonl`` is made anew from all of them each time, so
that the gold never says what no coder said. Both hold one coded sentence a line, in the order of their keys.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from baqylau import replacing
from models.codebook import Codebook
from models.coding import reading
from models.coding.coded import ADJUDICATED, AGREED, Coding
from models.coding.merge import Merged, merge
from models.errors import CodingFaults, InputRefused
from models.lexicon import LANGUAGES

CODERS = "coders"


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import did to a folder."""

    new: int
    changed: int
    same: int
    merged: Merged

    def lines(self) -> list[str]:
        """For people: the import, then the gold of each language."""
        found = [f"{self.new} new, {self.changed} changed, {self.same} as before"]
        for lang in LANGUAGES:
            parts = [
                f"{count} {what}"
                for what, count in (
                    *sorted(Counter(_origin(each) for each in self.merged.gold if _is(each, lang)).items()),
                    ("in dispute", sum(each.sentence.lang == lang for each in self.merged.disputes)),
                    ("coded by one coder only", sum(_is(each, lang) for each in self.merged.single)),
                )
                if count
            ]
            size = sum(_is(each, lang) for each in self.merged.gold)
            found += [f"{lang}: gold of {size}; {', '.join(parts)}"] if parts else []
        return found


def store(folder: Path, codings: Sequence[Coding], book: Codebook, single: bool = False) -> Stored:
    """Take codings into a folder and make its gold anew.

    A sentence that its coder codes again replaces what that coder said before; the same again keeps its date.

    Raises:
        InputRefused: the folder holds files of coded sentences that were not made here.
        CodingFaults: a key stands for another text than in the folder.
    """
    _refuse_strangers(folder)
    kept = {(each.coder, each.sentence.id): each for each in stored(folder, book)}
    _check_texts(folder, kept.values(), codings)
    new = changed = same = 0
    for coding in codings:
        before = kept.get((coding.coder, coding.sentence.id))
        if before and before.says() == coding.says():
            same += 1
            continue
        new, changed = new + (before is None), changed + (before is not None)
        kept[coding.coder, coding.sentence.id] = coding
    merged = merge(kept.values(), single)
    for coder, lang in sorted({(each.coder, each.sentence.lang) for each in codings}):
        own = [each for each in kept.values() if each.coder == coder and _is(each, lang)]
        _write(folder / CODERS / f"{lang}.{coder}.jsonl", own)
    for lang in LANGUAGES:
        _write(folder / f"{lang}.jsonl", [each for each in merged.gold if _is(each, lang)])
    return Stored(new, changed, same, merged)


def stored(folder: Path, book: Codebook) -> list[Coding]:
    """All codings of a folder's coders; none where there is no such folder."""
    paths = sorted((folder / CODERS).glob("*.jsonl"))
    return reading.read(paths, reading.Coders(), "", book).codings


def codings_of(paths: Sequence[Path], book: Codebook, today: str) -> list[Coding]:
    """The codings of folders and files by single coders; in a file that names no coder its own name stands for one.

    Raises:
        InputRefused: nothing was coded there.
        CodingFaults: see `reading.read`.
    """
    files: list[Path] = []
    for path in paths:
        inner = path / CODERS if (path / CODERS).is_dir() else path
        files += [path] if path.is_file() else sorted(inner.glob("*.jsonl"))
    found = reading.read(files, reading.Coders(), today, book, by_file=True).codings
    if not found:
        where = ", ".join(map(str, paths))
        raise InputRefused(f"sentences that coders coded in {where}", "none", "run baqylau gold import first")
    return found


def _write(path: Path, codings: Iterable[Coding]) -> None:
    lines = [
        json.dumps(each.row(), ensure_ascii=False) + "\n"
        for each in sorted(codings, key=lambda each: each.sentence.id)
    ]
    if not lines:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), "utf-8")


def _check_texts(folder: Path, kept: Iterable[Coding], codings: Iterable[Coding]) -> None:
    known = {each.sentence.id: each for each in kept}
    faults = [
        f"{each.sentence.id} -> {fault} {before.coder} coded; keep the text of the sample"
        for each in codings
        if (before := known.get(each.sentence.id))
        and (fault := reading.another_text(before.sentence, each.sentence))
    ]
    if faults:
        raise CodingFaults(f"coding for {folder}", faults)


def _refuse_strangers(folder: Path) -> None:
    strangers = [] if (folder / CODERS).is_dir() else sorted(path.name for path in folder.glob("*.jsonl"))
    if strangers:
        raise InputRefused(
            f"an empty folder, or one that this command made, at {folder}",
            f"{', '.join(strangers)} and no {CODERS}/",
            "give another --out",
        )


def _is(coding: Coding, lang: str) -> bool:
    return coding.sentence.lang == lang


def _origin(coding: Coding) -> str:
    return coding.coder if coding.coder in (AGREED, ADJUDICATED) else "by one coder"
