"""The coded sentences to train on; ``README.md`` beside this file says what each folder holds and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputRefused
from models.features import Passage
from models.lexicon import LANGUAGES

HERE = Path(__file__).parent
DEFAULT = tuple(HERE / name for name in ("labelled", "retold", "pairs", "press"))
# Sentences like those of the real press teach most; chosen by page-grouped cross-validation.
WEIGHTS = {"grounded": 1.0, "retold": 1.0, "translated": 0.7, "contrast": 0.7, "press": 0.3, "written": 0.15}


@dataclass(frozen=True, slots=True)
class Row:
    """A coded sentence: what to read, where it comes from, its group (page or article), and its labels."""

    passage: Passage
    origin: str
    group: str
    labels: frozenset[str]

    @property
    def lang(self) -> str:
        """Its language, always known."""
        return self.passage.lang or "other"

    def move(self) -> str:
        """Its one move."""
        return next(label[5:] for label in self.labels if label.startswith("move:"))


def load(folders: Sequence[Path] = DEFAULT) -> list[Row]:
    """Read every ``{kk,ru,en}.jsonl`` of the folders, in order.

    Raises:
        InputRefused: a folder has none of them, or a line is not a coded sentence or article.
    """
    rows = _with_neighbours([row for path in files(folders) for row in _read(path)])
    if not rows:
        raise InputRefused(
            f"coded sentences in {', '.join(map(str, folders))}", "none", "give a folder that has some"
        )
    return rows


def files(folders: Sequence[Path]) -> list[Path]:
    """The files that `load` reads, in order."""
    found = []
    for folder in folders:
        here = [path for path in (folder / f"{lang}.jsonl" for lang in LANGUAGES) if path.is_file()]
        if not here:
            raise InputRefused(
                f"kk.jsonl, ru.jsonl or en.jsonl in {folder}", "none", "give a folder of coded sentences"
            )
        found += here
    return found


def fingerprints(folders: Sequence[Path] = DEFAULT) -> dict[str, str]:
    """SHA-256 of each file, by folder and file name."""
    return {
        f"{path.parent.name}/{path.name}": sha256(path.read_bytes()).hexdigest() for path in files(folders)
    }


def labels_of(raw: Mapping[str, Any]) -> frozenset[str]:
    """The labels of one coded sentence, with their kinds."""
    found = {f"move:{raw['move']}"}
    found |= {f"target:{name}" for name in raw["targets"]}
    found |= {f"referent:{name}" for name in raw["referents"]}
    found |= {f"frame:{name}" for name in raw["frames"]}
    if raw["voice"]:
        found.add(f"voice:{raw['voice']}")
    if raw["measure"]:
        found.add("measure:yes")
    return frozenset(found)


def _read(path: Path) -> Iterator[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            raw = json.loads(line)
            yield from _article(raw) if "sentences" in raw else [_sentence(raw)]
        except (ValueError, KeyError, TypeError) as error:
            raise InputRefused(
                "a coded sentence or article",
                f"{path.name} line {number}: {error!r}",
                "mend or remove the line",
            ) from error


def _with_neighbours(rows: list[Row]) -> list[Row]:
    """Give translated sentences the translations of their original's neighbours, where those were translated too."""
    by_id = {row.passage.id: row for row in rows}
    by_text = {(row.group, row.passage.text): row.passage.id for row in rows if row.origin != "translated"}

    def translated(group: str, text: str, lang: str) -> str:
        neighbour = by_id.get(f"{by_text.get((group, text), '')}-{lang}")
        return neighbour.passage.text if neighbour else ""

    found = []
    for row in rows:
        original = by_id.get(row.passage.id.removesuffix(f"-{row.lang}"))
        if row.origin == "translated" and original and not (row.passage.prev or row.passage.next):
            prev, following = (
                translated(row.group, text, row.lang)
                for text in (original.passage.prev, original.passage.next)
            )
            row = replace(row, passage=replace(row.passage, prev=prev, next=following))
        found.append(row)
    return found


def page_key(page: str) -> str:
    """One name for a page, whether it is given by its address or already by this key."""
    return (
        f"p-{sha1(page.encode(), usedforsecurity=False).hexdigest()[:10]}"
        if page.startswith("http")
        else page
    )


def _sentence(raw: dict[str, Any]) -> Row:
    passage = Passage(raw["id"], raw["text"], raw["lang"], raw.get("prev") or "", raw.get("next") or "")
    return Row(passage, raw.get("origin", "written"), page_key(raw.get("page") or raw["id"]), labels_of(raw))


def _article(raw: dict[str, Any]) -> Iterator[Row]:
    texts = ["", *(sentence["text"] for sentence in raw["sentences"]), ""]
    for place, sentence in enumerate(raw["sentences"]):
        name = f"{raw['id']}-{place:02d}"
        passage = Passage(name, texts[place + 1], raw["lang"], texts[place], texts[place + 2])
        yield Row(passage, "press", raw["id"], labels_of(sentence))


def weights_of(rows: Sequence[Row]) -> NDArray[np.float64]:
    """How much each row counts, (n,)."""
    return np.array([WEIGHTS.get(row.origin, 0.5) for row in rows])


def truth(rows: Sequence[Row], labels: Sequence[str]) -> NDArray[np.int8]:
    """Which row has which label, (n, K)."""
    return np.array([[label in row.labels for label in labels] for row in rows], np.int8)


def folds(rows: Sequence[Row], count: int) -> NDArray[np.int64]:
    """A fold per row: every row of a page or article, in all languages, has the same one."""
    return np.array([int(sha256(row.group.encode()).hexdigest()[:8], 16) % count for row in rows])
