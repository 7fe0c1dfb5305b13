"""From several coders to one gold: where all agree, or where somebody has adjudicated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.coding.coded import ADJUDICATED, AGREED, CODES, Coding, Sentence, differing

_DIFFER, _SAID = "differ", ": "


@dataclass(frozen=True, slots=True)
class Dispute:
    """A sentence that was coded differently, and in which codes."""

    sentence: Sentence
    codings: Mapping[str, Coding]
    """By coder, in the order of their names."""
    differ: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """The line to adjudicate: the codes empty, and behind them what each coder said (`aigul: move` ...)."""
        first = next(iter(self.codings.values()))
        row = {name: value for name, value in first.row().items() if name not in (*CODES, "note")}
        row[_DIFFER] = list(self.differ)
        for coder, coding in self.codings.items():
            row |= {f"{coder}{_SAID}{name}": getattr(coding.codes, name) for name in CODES}
            row[f"{coder}{_SAID}note"] = coding.note
        return row


def further_columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns that lines to adjudicate have beside the usual ones, in the order of the coders' names."""
    said = dict.fromkeys(name for row in rows for name in row if _SAID in name)
    return [_DIFFER, *sorted(said, key=lambda name: name.partition(_SAID)[0])]


@dataclass(frozen=True, slots=True)
class Merged:
    """What many codings come to, each sentence in one of the three; in order of language and key."""

    gold: list[Coding]
    """The coder is `agreed`, `adjudicated`, or the only one's name where single codings are let in."""
    disputes: list[Dispute]
    single: list[Coding]
    """Coded by one coder only."""


def merge(codings: Iterable[Coding], single: bool = False) -> Merged:
    """Merge codings of any number of coders.

    A sentence that `adjudicated` has coded goes into the gold as coded there. One that at least two coders coded goes
    in where all agree on every code, and is a dispute where they do not.

    Args:
        codings: one of each coder and sentence at most.
        single: sentences of one coder only go into the gold too.
    """
    by_sentence: dict[tuple[str, str], dict[str, Coding]] = {}
    for coding in sorted(codings, key=lambda each: each.coder):
        by_sentence.setdefault((coding.sentence.lang, coding.sentence.id), {})[coding.coder] = coding
    merged = Merged([], [], [])
    for key in sorted(by_sentence):
        _place(merged, by_sentence[key], single)
    return merged


def _place(merged: Merged, codings: dict[str, Coding], single: bool) -> None:
    final = codings.pop(ADJUDICATED, None)
    told = list(codings.values())
    if final:
        merged.gold.append(final)
    elif len(told) == 1:
        merged.single.append(told[0])
        merged.gold.extend(told if single else [])
    elif differ := [
        name for name in CODES if any(name in differing(told[0].codes, each.codes) for each in told)
    ]:
        merged.disputes.append(Dispute(told[0].sentence, codings, tuple(differ)))
    else:
        newest = max(each.coded for each in told)
        note = " | ".join(dict.fromkeys(each.note for each in told if each.note))
        merged.gold.append(replace(told[0], coder=AGREED, coded=newest, note=note))
