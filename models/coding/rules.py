"""What may be coded: names of the codebook, and the rules that hold between codes.

A line is read into codes, or into the list of everything that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from models.codebook import MOVES, Codebook
from models.coding.coded import Raw
from models.decide import Codes

MOVING = ("securitizing", "desecuritizing")
_PARTED = re.compile(r"[\s,;|]+")
# A spreadsheet turns true and false into words of its language.
YES = frozenset(["yes", "true", "1", "x", "да", "истина", "иә", "ақиқат"])
NO = frozenset(["", "no", "false", "0", "нет", "ложь", "жоқ", "жалған"])


def codes_of(raw: Raw, book: Codebook) -> tuple[Codes | None, list[str]]:
    """The codes of a line and its faults (`field -> ...`); none and none where nothing is filled in."""
    faults: list[str] = []
    move, voice = raw.text("move").lower(), raw.text("voice").lower()
    targets = _several(raw, "targets", book.targets, faults)
    referents = _several(raw, "referents", book.referents, faults)
    frames = _several(raw, "frames", book.frames, faults)
    measure = _truth(raw.fields.get("measure"), faults)
    if not (move or voice or targets or referents or frames or measure or faults):
        return None, []
    if move not in MOVES:
        faults.append(f"move -> expected one of {', '.join(MOVES)}; found {move!r}")
    if voice and voice not in book.voices:
        faults.append(f"voice -> expected one of {', '.join(book.voices)}; found {voice!r}")
    codes = Codes(move, targets, voice or None, referents, measure, frames)
    return codes, faults or between(codes, book)


def between(codes: Codes, book: Codebook) -> list[str]:
    """Faults of codes that are each known, but do not go together."""
    found = [_targets(codes), _voice(codes), _frames(codes, book), _referents(codes)]
    if codes.measure and codes.move != "securitizing":
        found.append(f"measure -> only a securitizing sentence has one; the move is {codes.move}")
    return [fault for fault in found if fault]


def _targets(codes: Codes) -> str:
    if codes.move == "irrelevant" and codes.targets:
        return f"targets -> an irrelevant sentence has none; found {', '.join(codes.targets)}"
    if codes.move != "irrelevant" and not codes.targets:
        return f"targets -> a {codes.move} sentence has at least one; found none"
    return ""


def _voice(codes: Codes) -> str:
    if codes.move in MOVING and not codes.voice:
        return f"voice -> a {codes.move} sentence has one; found none"
    if codes.move not in MOVING and codes.voice:
        return f"voice -> {_article(codes.move)} sentence has none; found {codes.voice}"
    return ""


def _frames(codes: Codes, book: Codebook) -> str:
    if codes.move not in MOVING:
        found = ", ".join(codes.frames)
        return f"frames -> {_article(codes.move)} sentence has none; found {found}" if found else ""
    wanted = book.threat_frames if codes.move == "securitizing" else book.counter_frames
    if not set(codes.frames) & set(wanted):
        found = ", ".join(codes.frames) or "none"
        return f"frames -> a {codes.move} sentence has at least one of {', '.join(wanted)}; found {found}"
    against = [name for name in codes.frames if name in book.counter_frames]
    if codes.move == "securitizing" and against:
        return f"frames -> a securitizing sentence has no counter frame; found {', '.join(against)}"
    return ""


def _referents(codes: Codes) -> str:
    if codes.move == "securitizing" and not codes.referents:
        return "referents -> a securitizing sentence has at least one (see the decision default_referent); found none"
    if codes.move != "securitizing" and codes.referents:
        return f"referents -> only a securitizing sentence has any; found {', '.join(codes.referents)}"
    return ""


def _several(raw: Raw, field: str, known: Collection[str], faults: list[str]) -> list[str]:
    """Names in the order of the codebook, each once; unknown ones are faults."""
    said = {name.lower() for name in _names(raw.fields.get(field))}
    unknown = sorted(said - set(known))
    if unknown:
        faults.append(f"{field} -> expected some of {', '.join(known)}; found {', '.join(unknown)}")
    return [name for name in known if name in said]


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, list | tuple):
        return [str(each).strip() for each in value]
    return [name for name in _PARTED.split("" if value is None else str(value)) if name]


def _truth(value: Any, faults: list[str]) -> bool:
    if isinstance(value, bool):
        return value
    word = "" if value is None else str(value).strip().lower()
    if word not in YES | NO:
        faults.append(f"measure -> expected yes or no; found {word!r}")
    return word in YES


def _article(move: str) -> str:
    return f"an {move}" if move == "irrelevant" else f"a {move}"
