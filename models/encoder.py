"""Where sentence vectors come from: the embedded word vectors, or any sentence-transformers model.

The embedded vectors were made by `models.training.vectors`: one row per word beginning and language, from which words
appear together in running text and in translated pairs, so that words of one meaning lie near each other in all three
languages. A sentence is the sum of its words' rows, centred per language, of norm 1.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelDamaged, ModelMissing
from models.features import Embedder, Floats, Parsed, normalised
from models.lexicon import LANGUAGES

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

STEM = 6  # letters of a word that name its row
FILE = "vectors.safetensors"
_TENSORS = ("keys", "rows", "scales", "means")


def row_key(lang: str, word: str) -> int:
    """Hash that names the row of a word."""
    return crc32(f"{lang}{word[:STEM]}".encode(), 2)


class WordVectors:
    """The embedded vectors: sorted `keys` (V,), int8 `rows` (V, size), `scales` (V,), `means` (languages, size)."""

    def __init__(
        self, keys: NDArray[np.uint32], rows: NDArray[np.int8], scales: Floats, means: Floats
    ) -> None:
        self._rows, self._scales = rows, scales.astype(np.float32)
        self._means = {lang: means[number].astype(np.float32) for number, lang in enumerate(LANGUAGES)}
        self._places = {int(key): place for place, key in enumerate(keys)}

    @property
    def size(self) -> int:
        """Length of a sentence vector."""
        return int(self._rows.shape[1])

    def encode(self, parsed: Sequence[Parsed], texts: Sequence[str]) -> Floats:
        """Vectors of the sentences, (n, size), of norm 1; 0 where no word is known. `texts` is not needed."""
        vectors = np.zeros((len(parsed), self.size), np.float32)
        for row, sentence in zip(vectors, parsed, strict=True):
            places = self._find(sentence)
            if places:
                known = self._rows[places] * self._scales[places][:, None]
                row[:] = known.sum(0, dtype=np.float32) / len(places) ** 0.5 - self._means[sentence.lang]
        return normalised(vectors)

    def _find(self, sentence: Parsed) -> list[int]:
        keys = (row_key(sentence.lang, word) for word in sentence.words if len(word) > 1)
        return [place for place in map(self._places.get, keys) if place is not None]


class HubEncoder:
    """A sentence-transformers model behind the same interface."""

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self._model = model

    @property
    def size(self) -> int:
        """Length of a sentence vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, parsed: Sequence[Parsed], texts: Sequence[str]) -> Floats:
        """Vectors of the texts as they are printed, (n, size), of norm 1. `parsed` is not needed."""
        if not texts:
            return np.zeros((0, self.size), np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


def load(path_or_name: str | Path) -> Embedder:
    """Open an encoder.

    Args:
        path_or_name: a folder (or file) of embedded vectors, a folder of a sentence-transformers model, or the name of
            one on the Hugging Face hub. The hub is asked only for a name, and not where ``HF_HUB_OFFLINE`` is set.

    Raises:
        ModelMissing: nothing is there, or the hub cannot be reached.
        ModelDamaged: it is there and cannot be used.
    """
    path = Path(path_or_name)
    if path.name == FILE or (path / FILE).is_file():
        return load_vectors(path if path.name == FILE else path / FILE)
    if path.is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a local model needs no hub, and retries take a minute
    elif path.is_absolute() or str(path_or_name).startswith("."):
        raise ModelMissing(
            "an encoder folder", f"nothing at {path}", "give the folder of a model, or a hub name"
        )
    return HubEncoder(str(path_or_name), _open(str(path_or_name), path.is_dir()))


def _open(name: str, local: bool) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu", local_files_only=local)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        # The libraries below name the same fault in many ways, on several lines.
        fault = " ".join(str(error).split())[:200] or type(error).__name__
        if local:
            raise ModelDamaged(
                f"a sentence-transformers model in {name}", fault, "save the model again"
            ) from error
        raise ModelMissing(
            f"the encoder {name} on the hub or in the cache",
            fault,
            "check the name and the network, or give a folder",
        ) from error


def load_vectors(path: Path) -> WordVectors:
    """Open embedded vectors.

    Raises:
        ModelMissing: the file is not there.
        ModelDamaged: it is cut short or holds something else.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not path.is_file():
        raise ModelMissing(
            "embedded word vectors", f"no file {path}", "run `python -m models.training.vectors`"
        )
    try:
        tensors = load_file(path)
        return WordVectors(*(tensors[name] for name in _TENSORS))
    except (SafetensorError, KeyError, OSError) as error:
        raise ModelDamaged(
            f"tensors {', '.join(_TENSORS)} in {path}", str(error), "make the file again"
        ) from error
