"""Highlighted stretches of a sentence: cut at every boundary, each piece with the words for what was seen in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.report.data import Mark, Sentence
from flows.report.phrases import Phrases

# Where a piece carries several labels its colour is that of the first kind here.
KINDS = ("measure", "threat", "target", "other")
# Kinds of label that the reader gives (`frame:territory`): their colour here, and the word before their name.
GROUPS = {
    "target": ("target", "mark.target"),
    "frame": ("threat", "mark.threat"),
    "referent": ("threat", "mark.referent"),
    "voice": ("other", "mark.voice"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `kind` and `title` are empty where nothing was seen in it."""

    text: str
    kind: str
    title: str


def pieces(t: Phrases, sentence: Sentence) -> list[Piece]:
    """The sentence's text in order, cut so that no piece is only partly marked. Joined they give the text."""
    text = sentence.text
    cuts = {0, len(text)}
    for mark in sentence.marks:
        cuts.update(min(max(edge, 0), len(text)) for edge in (mark.start, mark.end))
    edges = sorted(cuts)
    return [_piece(t, text[a:b], _over(sentence.marks, a, b)) for a, b in pairwise(edges)]


def _over(marks: Iterable[Mark], start: int, end: int) -> list[str]:
    return sorted({mark.label for mark in marks if mark.start <= start and end <= mark.end})


def _piece(t: Phrases, text: str, labels: Sequence[str]) -> Piece:
    if not labels or not text.strip():
        return Piece(text, "", "")
    described = [describe(t, label) for label in labels]
    kind = min((kind for kind, _ in described), key=KINDS.index)
    return Piece(text, kind, "; ".join(dict.fromkeys(words for _, words in described)))


def describe(t: Phrases, label: str) -> tuple[str, str]:
    """The kind (colour) and the words of a label such as `chinese`, `frame:territory` or `measure`."""
    group, _, name = label.rpartition(":")
    if "measure" in (group, name):
        return "measure", t("mark.measure")
    if name in ("threat", "securitizing"):
        return "threat", t("mark.threat")
    for known, (kind, word) in GROUPS.items():
        if group in ("", known) and t.has(f"{known}.{name}"):
            return kind, f"{t(word)}: {t.term(known, name)}"
    return "other", name.replace("_", " ")


def kinds_seen(t: Phrases, sentences: Iterable[Sentence]) -> list[tuple[str, str]]:
    """The kinds that occur, in the order of KINDS, with their words: the legend."""
    seen = {describe(t, mark.label)[0] for sentence in sentences for mark in sentence.marks}
    return [(kind, t(f"mark.{kind}")) for kind in KINDS if kind in seen]
