"""The newsroom's texts, read from `stock/`: coded articles, ordinary news patterns and the planted events' lines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from crawlers.newsroom.errors import StockFaults
from crawlers.newsroom.model import IRRELEVANT, Label, Sentence

FOLDER = Path(__file__).with_name("stock")
LANGUAGES = ("kk", "ru", "en")
MOVES = {"sec": "securitizing", "des": "desecuritizing", "neu": "neutral", "irr": "irrelevant"}
FIELDS = {"sec": 3, "des": 2, "neu": 0, "irr": 0}


@dataclass(frozen=True)
class CodedArticle:
    """One stock article: every sentence labelled, the title too."""

    id: str
    language: str
    topic: str
    title: Sentence
    body: tuple[Sentence, ...]

    @cached_property
    def target(self) -> str | None:
        """The target most of its sentences are about."""
        named = [target for sentence in self.body for target in sentence.label.targets]
        return max(sorted(set(named)), key=named.count) if named else None


@dataclass
class Theme:
    """Patterns of one subject: titles, leads and body lines, each with its label."""

    name: str
    target: str | None = None
    titles: list[Sentence] = field(default_factory=list)
    leads: list[Sentence] = field(default_factory=list)
    body: list[Sentence] = field(default_factory=list)


@cache
def coded_articles(language: str) -> tuple[CodedArticle, ...]:
    """Return the stock articles of a language, in file order."""
    titles = _title_labels()
    return tuple(_coded(json.loads(line), titles) for line in _lines(f"{language}.jsonl"))


@cache
def news(language: str) -> tuple[Theme, ...]:
    """Return the themes of ordinary news, none about a target."""
    return tuple(_themes(f"news.{language}.txt", labelled=False).values())


@cache
def event_themes(language: str) -> dict[str, Theme]:
    """Return the planted events' patterns by theme name."""
    return _themes(f"events.{language}.txt", labelled=True)


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the TOML tables beside the texts."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def parse_label(words: list[str], target: str | None) -> Label:
    """Read a label written as `sec voice referents frames [!]`, `des voice frames`, `neu` or `irr`.

    Raises:
        ValueError: an unknown move or a wrong number of fields.
    """
    short, rest = words[0], words[1:]
    if short not in MOVES:
        raise ValueError(f"expected one of {', '.join(MOVES)}, found {short!r}")
    measure = rest[-1:] == ["!"]
    rest = rest[:-1] if measure else rest
    if len(rest) != FIELDS[short]:
        raise ValueError(f"expected {FIELDS[short]} field(s) after {short}, found {len(rest)}")
    if short == "irr":
        return IRRELEVANT
    targets = (target,) if target else ()
    if short == "neu":
        return Label("neutral", targets)
    referents = tuple(rest[1].split(",")) if short == "sec" else ()
    return Label(MOVES[short], targets, rest[0], referents, measure, tuple(rest[-1].split(",")))


def _lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip()]


def _coded(row: dict[str, Any], titles: dict[str, Label]) -> CodedArticle:
    title = Sentence(row["title"], titles.get(row["id"], IRRELEVANT))
    body = tuple(_coded_sentence(sentence) for sentence in row["sentences"])
    return CodedArticle(row["id"], row["lang"], row["topic"], title, body)


def _coded_sentence(row: dict[str, Any]) -> Sentence:
    label = Label(
        row["move"],
        tuple(row["targets"]),
        row["voice"],
        tuple(row["referents"]),
        row["measure"],
        tuple(row["frames"]),
    )
    return Sentence(row["text"], label)


@cache
def _title_labels() -> dict[str, Label]:
    found: dict[str, Label] = {}
    faults: list[str] = []
    for line in _content("titles.txt"):
        head, _, ids = line.partition(" : ")
        *words, target = head.split()
        try:
            found.update(dict.fromkeys(ids.split(), parse_label(words, target)))
        except ValueError as error:
            faults.append(f"titles.txt: {line[:60]} -> {error}")
    if faults:
        raise StockFaults(faults)
    return found


def _content(name: str) -> Iterator[str]:
    return (line for line in _lines(name) if not line.startswith("# "))


def _themes(name: str, *, labelled: bool) -> dict[str, Theme]:
    """Read a pattern file; comment lines before the first theme are those that hold a full stop."""
    themes: dict[str, Theme] = {}
    current: Theme | None = None
    faults: list[str] = []
    for number, line in enumerate(_lines(name), start=1):
        if line.startswith("# "):
            words = line[2:].split()
            if "." in line or len(words) > 2:
                continue
            current = themes.setdefault(words[0], Theme(words[0], words[1] if len(words) > 1 else None))
            continue
        try:
            _add(current, line, labelled=labelled)
        except ValueError as error:
            faults.append(f"{name}: line {number} -> {error}")
    if faults:
        raise StockFaults(faults)
    return themes


def _add(theme: Theme | None, line: str, *, labelled: bool) -> None:
    head, colon, text = line.partition(" : " if labelled else ": ")
    words = head.split()
    if theme is None or not colon or words[0] not in ("t", "l", "b"):
        raise ValueError(f"expected `t|l|b … : text` below a `# theme`, found {line[:40]!r}")
    label = parse_label(words[1:], theme.target) if labelled else IRRELEVANT
    {"t": theme.titles, "l": theme.leads, "b": theme.body}[words[0]].append(Sentence(text, label))
