"""Reading the gold: figures per language, with bootstrap intervals and the classifier's measured error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from models import codebook
from models.errors import InputRefused
from models.evaluation.scores import Counts, Pair, counts, figures
from models.features import Passage
from models.heads import label_names
from models.speech_acts import Reader, SpeechAct
from models.training.data import Row, labels_of

GOLD = Path(__file__).with_name("gold")
RESAMPLES, SEED = 1000, 20260302
_DIGITS = 4

LanguageFigures = dict[str, "Figure"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Error:
    """How a classifier errs about `securitizing` in one language, with the numbers of sentences behind it."""

    sensitivity: float | None
    specificity: float | None
    positives: int
    negatives: int
    true_positives: int
    true_negatives: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured on one gold set."""

    reading: Mapping[str, str]
    gold_sha: str
    sentences: Mapping[str, int]
    figures: Mapping[str, LanguageFigures]
    errors: Mapping[str, Error]

    def table(self) -> list[dict[str, Any]]:
        """One row per figure: its name, and value and interval per language (``kk``, ``kk_low``, ``kk_high`` ...)."""
        names = next(iter(self.figures.values()), {})
        rows = []
        for name in names:
            row: dict[str, Any] = {"figure": name}
            for lang, found in self.figures.items():
                row |= {
                    lang: found[name].value,
                    f"{lang}_low": found[name].low,
                    f"{lang}_high": found[name].high,
                }
            rows.append(row)
        return rows

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def gold_files(paths: Sequence[Path] | None = None) -> list[Path]:
    """The files of some paths (a folder means every ``.jsonl`` in it); the project's own gold where none is given."""
    found = []
    for path in paths or [GOLD]:
        found += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not found:
        raise InputRefused(
            "gold files", f"none in {', '.join(map(str, paths or [GOLD]))}", "give .jsonl files"
        )
    return found


def load_gold(paths: Sequence[Path]) -> list[Row]:
    """Read coded sentences, one JSON object a line.

    Raises:
        InputRefused: a file or line is not what it should be.
    """
    rows = []
    for path in paths:
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputRefused(f"a gold file {path}", str(error), "mend the path or the file") from error
        for number, line in enumerate(lines, start=1):
            try:
                raw = json.loads(line)
                text = Passage(
                    raw["id"], raw["text"], raw["lang"], raw.get("prev") or "", raw.get("next") or ""
                )
                rows.append(Row(text, "gold", raw.get("page") or raw["id"], labels_of(raw)))
            except (ValueError, KeyError, TypeError) as error:
                where = f"{path.name} line {number}: {error!r}"
                raise InputRefused("a coded sentence", where, "mend or remove the line") from error
    if not rows:
        raise InputRefused(
            "coded sentences", f"none in {', '.join(map(str, paths))}", "give files that have some"
        )
    return rows


def fingerprint(paths: Sequence[Path]) -> str:
    """First 16 hex digits of the SHA-256 over the files' bytes, in order."""
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def evaluate(reader: Reader, gold: Sequence[Path] | None = None, resamples: int = RESAMPLES) -> Report:
    """Read the gold without being told its language, and score it.

    Args:
        reader: what reads.
        gold: files or folders; the project's own development gold where not given.
        resamples: of the bootstrap that gives the intervals; pages are drawn, not sentences.

    Raises:
        InputRefused: see `load_gold`.
    """
    paths = gold_files(gold)
    rows = load_gold(paths)
    blind = [
        Passage(row.passage.id, row.passage.text, None, row.passage.prev, row.passage.next) for row in rows
    ]
    acts = _scored(reader, rows, blind)
    pairs = [Pair(row, act, reader.given_move(act, row.move())) for row, act in zip(rows, acts, strict=True)]
    book = codebook.load()
    labels = label_names(book)
    sentences, found, errors = {}, {}, {}
    for lang in sorted({row.lang for row in rows}, key=["kk", "ru", "en"].index):
        here = [pair for pair in pairs if pair.gold.lang == lang]
        data = counts(here, labels)
        sentences[lang] = len(here)
        groups = [pair.gold.group for pair in here]
        found[lang] = _with_intervals(data, groups, book, resamples)
        errors[lang] = _error(data)
    return Report(reader.reading, fingerprint(paths), sentences, found, errors)


def _scored(reader: Reader, rows: Sequence[Row], blind: Sequence[Passage]) -> list[SpeechAct]:
    """Answers with scores: a sentence taken for another language is scored as irrelevant."""
    answers = reader.read(blind)
    acts = [answer for answer in answers if isinstance(answer, SpeechAct)]
    if len(acts) != len(rows):
        refused = next(answer for answer in answers if not isinstance(answer, SpeechAct))
        raise InputRefused(
            "gold sentences that can be read", f"{refused.id}: {refused.error}", "mend the line"
        )
    return acts


def _with_intervals(
    data: Counts, groups: Sequence[str], book: codebook.Codebook, resamples: int
) -> LanguageFigures:
    """Percentile bootstrap over pages (Efron & Tibshirani 1993)."""
    everything = figures(data, np.arange(len(groups)), book)
    names = sorted(set(groups))
    members = [np.flatnonzero(np.array(groups) == name) for name in names]
    generator = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {name: [] for name in everything}
    for _ in range(resamples):
        sample = np.concatenate([members[place] for place in generator.integers(0, len(names), len(names))])
        for name, value in figures(data, sample, book).items():
            drawn[name].append(value)
    return {name: _figure(value, drawn[name]) for name, value in everything.items()}


def _figure(value: float, drawn: Sequence[float]) -> Figure:
    kept = [each for each in drawn if not np.isnan(each)]
    if np.isnan(value) or not kept:
        return Figure(None if np.isnan(value) else round(value, _DIGITS), None, None)
    low, high = np.percentile(kept, [2.5, 97.5])
    return Figure(round(value, _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS))


def _error(data: Counts) -> Error:
    truth, said = data.truth["move:securitizing"], data.said["move:securitizing"]
    positives, negatives = int(truth.sum()), int((~truth).sum())
    hits, passes = int((truth & said).sum()), int((~truth & ~said).sum())
    return Error(
        round(hits / positives, _DIGITS) if positives else None,
        round(passes / negatives, _DIGITS) if negatives else None,
        positives,
        negatives,
        hits,
        passes,
    )
