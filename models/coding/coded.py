"""One sentence as one coder coded it, and the line of JSON that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.decide import Codes

CODES = ("targets", "move", "voice", "referents", "measure", "frames")
"""What a coder fills in, in this order in every file."""
ADJUDICATED = "adjudicated"
"""The coder whose word is final."""
AGREED = "agreed"
"""Stands for the coders of a sentence that all coded alike."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was coded, and where it was printed."""

    id: str
    lang: str
    text: str
    prev: str = ""
    next: str = ""
    source: str = ""
    url: str = ""
    inclusion_probability: float | None = None
    """Chance that it had to be drawn; none where it was not drawn by chance."""

    @property
    def page(self) -> str:
        """What it was printed with: sentences of one page are not independent of each other."""
        return self.url or self.id

    @property
    def plain(self) -> str:
        """Its text with white space made even: spreadsheets change line breaks."""
        return " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Coding:
    """A sentence, its codes, and who gave them when and by which codebook."""

    sentence: Sentence
    codes: Codes
    coder: str
    coded: str
    """ISO date."""
    codebook: str
    """`Codebook.identity`."""
    note: str = ""

    def row(self) -> dict[str, Any]:
        """The line to keep: the fields of a gold sentence, then those of its coding."""
        sentence = self.sentence
        return {
            "id": sentence.id,
            "lang": sentence.lang,
            "prev": sentence.prev,
            "text": sentence.text,
            "next": sentence.next,
            **{name: getattr(self.codes, name) for name in CODES},
            "page": sentence.page,
            "source": sentence.source,
            "url": sentence.url,
            "inclusion_probability": sentence.inclusion_probability,
            "coder": self.coder,
            "coded": self.coded,
            "codebook": self.codebook,
            "note": self.note,
        }

    def says(self) -> tuple[Codes, str]:
        """What counts as the same coding: codes and note, whenever they were given."""
        return self.codes, self.note


def differing(one: Codes, other: Codes) -> list[str]:
    """The names of the codes in which two codings differ."""
    return [name for name in CODES if getattr(one, name) != getattr(other, name)]


@dataclass(frozen=True, slots=True)
class Raw:
    """A line as a file has it: texts or lists by field name, and where it stands."""

    where: str
    """For faults: `coded.csv line 7`."""
    fields: Mapping[str, Any]
    annotator: str | None = None
    """Label Studio's own name for who coded it."""
    fault: str = ""
    """Why the line could not be taken apart; it has no fields then."""

    def text(self, name: str) -> str:
        """A field as text; empty where there is none."""
        value = self.fields.get(name)
        return "" if value is None else str(value).strip()
