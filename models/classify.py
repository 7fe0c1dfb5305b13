"""The `classify` file contract: JSON lines in, one answer a line out, in order, whatever the lines hold.

In: ``{"id", "text"[, "lang", "prev", "next"]}``. Out: the fields of `models.speech_acts.SpeechAct`, or
``{"id", "error"}``; where a line has no usable id, ``{"id": null, "line": number, "error"}``. Input may be gzipped. The
output appears whole or not at all.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from baqylau import replacing
from models.errors import InputRefused
from models.speech_acts import Passage, Reader, ReadError, SpeechAct

BATCH = 2048  # lines held at once
MAX_LINE = 8_000_000  # bytes; a longer line is refused unread
_FIELDS = ("text", "lang", "prev", "next")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; `lines` = `read` + `errors`."""

    lines: int
    read: int
    errors: int
    cut: int
    """Texts of which only the beginning was read."""
    seconds: float

    def __str__(self) -> str:
        speed = f"{self.lines / self.seconds:.0f} a second" if self.seconds else "at once"
        cut = f", {self.cut} cut" if self.cut else ""
        return (
            f"{self.lines} lines: {self.read} read{cut}, {self.errors} errors, {self.seconds:.1f} s ({speed})"
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """A line that can be read, with its id as it came."""

    name: str | int
    passage: Passage


@dataclass(frozen=True, slots=True)
class _Refused:
    """A line that never became a passage."""

    answer: dict[str, Any]


def run(in_path: Path, out_path: Path, reader: Reader, explain: bool = False) -> Summary:
    """Read every line of a file and write its answer.

    Args:
        in_path: JSON lines, UTF-8, gzipped if the name ends in ``.gz`` (or the content says so).
        out_path: replaced whole once everything is read.
        reader: reads the passages.
        explain: answers have a field `explanation` too: ``[{"label", "word", "start", "end", "weight"}]``.

    Raises:
        InputRefused: the file cannot be opened, or its compression breaks off.
    """
    started = time.monotonic()
    lines = read = errors = cut = 0
    with (
        replacing(out_path) as temporary,
        temporary.open("w", encoding="utf-8", errors="replace", newline="\n") as out,
    ):
        numbered = enumerate(_lines(in_path), start=1)
        while chunk := list(islice(numbered, BATCH)):
            for answer in _answers([_parse(number, line) for number, line in chunk], reader, explain):
                lines += 1
                errors += "error" in answer
                cut += "note" in answer
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        read = lines - errors
    return Summary(lines, read, errors, cut, round(time.monotonic() - started, 3))


def _answers(parsed: list[_Given | _Refused], reader: Reader, explain: bool) -> Iterator[dict[str, Any]]:
    answers = iter(reader.read([each.passage for each in parsed if isinstance(each, _Given)], explain))
    for each in parsed:
        yield each.answer if isinstance(each, _Refused) else _answer(each.name, next(answers))


def _answer(name: str | int, answer: SpeechAct | ReadError) -> dict[str, Any]:
    if isinstance(answer, SpeechAct):
        return {**answer.as_dict(), "id": name}
    return {"id": name, "error": answer.error}


def _lines(path: Path) -> Iterator[bytes]:
    """Lines without their end; blank ones too, so that numbers stay true. A last empty line is no line."""
    try:
        with _opened(path) as handle:
            while line := handle.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE and not line.endswith(b"\n"):
                    _skip_rest(handle)
                yield line.rstrip(b"\r\n")
    except (OSError, EOFError) as error:
        raise InputRefused(
            f"JSON lines in {path}", str(error), "mend the path or make the file again"
        ) from error


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as handle:
        zipped = handle.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if zipped else path.open("rb")


def _skip_rest(handle: IO[bytes]) -> None:
    while (rest := handle.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass


def _parse(number: int, line: bytes) -> _Given | _Refused:
    if len(line) > MAX_LINE:
        return _refuse(
            None, number, f"expected a line of at most {MAX_LINE} bytes; found a longer one; split it"
        )
    try:
        raw = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return _refuse(None, number, f"expected a JSON object; found {_short(error)}; mend the line")
    if not isinstance(raw, dict):
        return _refuse(None, number, f"expected a JSON object; found {type(raw).__name__}; mend the line")
    name = raw.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        return _refuse(None, number, f"expected an id (string or number); found {_short(name)}; give one")
    return _passage(name, number, raw)


def _passage(name: str | int, number: int, raw: dict[str, Any]) -> _Given | _Refused:
    values = {field: raw.get(field) for field in _FIELDS}
    for field, value in values.items():
        if value is None and field != "text":
            continue
        if not isinstance(value, str):
            found = "none" if value is None else type(value).__name__
            return _refuse(name, number, f"expected {field} to be a string; found {found}; give it as text")
    passage = Passage(
        str(name), values["text"] or "", values["lang"] or None, values["prev"] or "", values["next"] or ""
    )
    return _Given(name, passage)


def _refuse(name: str | int | None, number: int, fault: str) -> _Refused:
    return _Refused(
        {"id": name, "error": fault} if name is not None else {"id": None, "line": number, "error": fault}
    )


def _short(value: object) -> str:
    return " ".join(str(value).split())[:80]
