"""A model folder on disk: ``heads.safetensors``, ``model.json`` and, unless an encoder is named, ``vectors.safetensors``.

``model.json`` holds what a model must know to be read in another year: labels, columns, thresholds, calibration, the
versions of codebook and lexicon, the hashes of its training data. No clock: the same training gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from baqylau import replacing
from models import encoder as encoders
from models import heads
from models.calibration import Scaling
from models.codebook import Codebook
from models.decide import Thresholds
from models.errors import ModelDamaged, ModelMissing
from models.features import Embedder, Floats, tail_columns
from models.heads import Arrays, Heads
from models.lexicon import Lexicon

FILE = "model.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Card:
    """The contents of ``model.json``."""

    name: str
    labels: tuple[str, ...]
    columns_sha: str
    codebook: str
    lexicon: str
    encoder: str | None
    vector_size: int
    scaling: Mapping[str, Scaling]
    thresholds: Thresholds
    training: Mapping[str, Any]
    """Seed, weights, data hashes: for the reader, not for the program."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder, opened."""

    card: Card
    sha: str
    heads: Heads
    embedder: Embedder

    @property
    def name(self) -> str:
        """Name of the model, with its encoder where that is not the embedded one."""
        return f"{self.card.name}+encoder:{self.card.encoder}" if self.card.encoder else self.card.name

    @property
    def thresholds(self) -> Thresholds:
        """From which score on something is said."""
        return self.card.thresholds

    def calibrated(self, values: Floats, langs: Sequence[str]) -> Floats:
        """Scores (n, K) with the moves' probabilities calibrated for each row's language."""
        moves = [place for place, label in enumerate(self.card.labels) if label.startswith("move:")]
        result = values.copy()
        for lang, scaling in self.card.scaling.items():
            rows = [row for row, each in enumerate(langs) if each == lang]
            if rows:
                result[[[row] for row in rows], moves] = scaling.apply(values[rows][:, moves])
        return result


def columns_sha(columns: Sequence[str]) -> str:
    """What a model notes of the names of its columns."""
    return sha256("\n".join(columns).encode()).hexdigest()[:16]


def joined_sha(*shas: str) -> str:
    """One hash of several."""
    return sha256("\n".join(shas).encode()).hexdigest()[:16]


def save(folder: Path, card: Card, arrays: Arrays, vectors: Path | None) -> None:
    """Write a model folder; each file is replaced whole, ``model.json`` last.

    Args:
        folder: made where it does not exist.
        card: goes to ``model.json``.
        arrays: go to ``heads.safetensors``.
        vectors: the embedded vectors to copy; None where the model uses another encoder.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / heads.FILE) as temporary:
        save_file(heads.tensors(arrays), temporary)
        temporary.chmod(0o644)
    if vectors is not None and vectors.resolve() != (folder / encoders.FILE).resolve():
        with replacing(folder / encoders.FILE) as temporary:
            temporary.write_bytes(vectors.read_bytes())
    content = {"format": FORMAT, **asdict(card)}
    with replacing(folder / FILE) as temporary:
        temporary.write_text(
            json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
        )


def load(folder: Path, book: Codebook, words: Lexicon, encoder: str | Path | None = None) -> Model:
    """Open a model folder.

    Raises:
        ModelMissing: the folder, one of its files or its encoder is not there.
        ModelDamaged: a file cannot be read, or was made for another codebook, lexicon or encoder.
    """
    card = read_card(folder)
    _check(folder, card, book, words)
    place = encoder if encoder is not None else card.encoder
    # Without an encoder's name the vectors must lie here: a damaged folder is not mistaken for another model.
    embedder = encoders.load(place) if place is not None else encoders.load_vectors(folder / encoders.FILE)
    if embedder.size != card.vector_size:
        raise ModelDamaged(
            f"an encoder with vectors of length {card.vector_size}, as {folder} was trained with",
            f"{place} gives {embedder.size}",
            "train heads for it with `baqylau train --encoder`",
        )
    arrays = heads.load(folder)
    names = [FILE, heads.FILE, *([] if card.encoder else [encoders.FILE])]
    sha = joined_sha(*(sha256((folder / name).read_bytes()).hexdigest() for name in names))
    if len(arrays.bias) != len(card.labels) or arrays.landmarks.shape[1] != card.vector_size + len(
        words.concepts
    ):
        raise ModelDamaged(
            f"arrays that fit {FILE} in {folder}", "other shapes", "train or fetch the model again"
        )
    return Model(card, sha, Heads(arrays, card.labels), embedder)


def read_card(folder: Path) -> Card:
    """Read ``model.json``.

    Raises:
        ModelMissing: it is not there.
        ModelDamaged: it is not the JSON of a model of this format.
    """
    path = folder / FILE
    if not path.is_file():
        raise ModelMissing(
            f"a model in {folder}", f"no {FILE}", "train one with `baqylau train` or mend the path"
        )
    try:
        raw = json.loads(path.read_text("utf-8"))
        if raw.pop("format") != FORMAT:
            raise ValueError("another format")
        raw["labels"] = tuple(raw["labels"])
        raw["scaling"] = {
            lang: Scaling(each["temperature"], tuple(each["bias"])) for lang, each in raw["scaling"].items()
        }
        raw["thresholds"] = Thresholds(**raw["thresholds"])
        return Card(**raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise ModelDamaged(
            f"a model of format {FORMAT} in {path}", found, "train or fetch the model again"
        ) from error


def _check(folder: Path, card: Card, book: Codebook, words: Lexicon) -> None:
    if card.labels != heads.label_names(book):
        raise ModelDamaged(
            f"a model for codebook {book.identity}",
            f"{folder} was trained for {card.codebook}",
            "train it again",
        )
    if card.columns_sha != columns_sha(tail_columns(words.concepts, tuple(book.targets))):
        raise ModelDamaged(
            f"a model for the concepts of lexicon {words.version}",
            f"{folder} was trained with {card.lexicon}",
            "train it again",
        )
