"""Make the embedded word vectors: ``python -m models.training.vectors TEXT_DIR [--out FILE]``.

``TEXT_DIR`` holds ``{kk,ru,en}.txt.gz`` (one sentence a line) and ``parallel.tsv.gz`` (columns src, kk, ru, en). Which
words appear in one sentence is counted, the sentences of a translated pair (and of a coded sentence in three languages)
being one; the counts become positive pointwise mutual information (contexts smoothed by the power 0.75: Levy, Goldberg
& Dagan 2015), and a truncated singular value decomposition of that (Halko, Martinsson & Tropp 2011) the vectors. Rare
words weigh more in a sentence than frequent ones (Arora, Liang & Ma 2017). Deterministic for the same input.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baqylau import replacing
from models import lexicon
from models.encoder import FILE, STEM, row_key
from models.features import Parser
from models.lexicon import LANGUAGES
from models.training import data

OUT = Path(__file__).parents[1] / "default" / FILE
SIZE, FEWEST, SEED = 256, 4, 20260302
PAIR_COPIES, CODED_COPIES = 2, 3  # translations are few and say most
_SMOOTHING, _SHIFT, _RARITY = 0.75, 2.0, 1e-3

Floats = NDArray[np.float32]


def words(parser: Parser, text: str, lang: str) -> list[str]:
    """Word beginnings of a text, marked with its language."""
    return [f"{lang}{word[:STEM]}" for word in parser.parse(text, lang).words if len(word) > 1]


def documents(text_dir: Path, rows: Sequence[data.Row]) -> Iterator[list[str]]:
    """Running sentences, then translated ones: all languages of one meaning together."""
    parser = Parser(lexicon.Lexicon([]))
    for lang in LANGUAGES:
        with gzip.open(text_dir / f"{lang}.txt.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield words(parser, line, lang)
    with gzip.open(text_dir / "parallel.tsv.gz", "rt", encoding="utf-8") as lines:
        columns = next(lines).rstrip("\n").split("\t")
        for line in lines:
            cells = dict(zip(columns, line.rstrip("\n").split("\t"), strict=False))
            joined = [word for lang in LANGUAGES for word in words(parser, cells.get(lang, ""), lang)]
            yield from [joined] * PAIR_COPIES
    together: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        meaning = (
            row.passage.id.removesuffix(f"-{row.lang}") if row.origin == "translated" else row.passage.id
        )
        together[meaning] += words(parser, row.passage.text, row.lang)
    for joined in together.values():
        yield from [joined] * CODED_COPIES


def build(text_dir: Path, rows: Sequence[data.Row], size: int = SIZE) -> dict[str, NDArray[Any]]:
    """Count, factorise, weigh and shrink to bytes; see `models.encoder.WordVectors` for the arrays."""
    found = [sorted(set(document)) for document in documents(text_dir, rows)]
    counts = Counter(word for document in found for word in document)
    names = sorted(word for word, count in counts.items() if count >= FEWEST)
    places = {word: place for place, word in enumerate(names)}
    incidence = _incidence(
        [[places[word] for word in document if word in places] for document in found], len(names)
    )
    vectors = _factorise(_information(incidence), size)
    frequency = np.array([counts[name] for name in names]) / len(found)
    vectors *= (_RARITY / (_RARITY + frequency))[:, None].astype(np.float32)
    return _stored(names, vectors, _means(found, places, vectors))


def _incidence(found: Sequence[Sequence[int]], width: int) -> Any:
    """Documents by words, longer documents weighing less per word."""
    from scipy.sparse import csr_matrix

    lengths = [len(places) for places in found]
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    indices = np.array([place for places in found for place in places], np.int64)
    return csr_matrix((values, indices, np.cumsum([0, *lengths])), shape=(len(found), width))


def _information(incidence: Any) -> Any:
    """Shifted positive pointwise mutual information of words with words, sparse."""
    from scipy.sparse import csr_matrix

    together = (incidence.T @ incidence).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    sums = np.asarray(together.sum(1)).ravel()
    contexts = sums**_SMOOTHING / (sums**_SMOOTHING).sum()
    cells = together.tocoo()
    values = np.log(cells.data / (sums[cells.row] * contexts[cells.col]) + 1e-12) - np.log(_SHIFT)
    kept = values > 0
    content = (values[kept].astype(np.float32), (cells.row[kept], cells.col[kept]))
    return csr_matrix(content, shape=together.shape)


def _factorise(information: Any, size: int) -> Floats:
    """Vectors of the words, each scaled to the square root of its length."""
    from sklearn.utils.extmath import randomized_svd

    left, singular, _ = randomized_svd(information, size, n_iter=4, random_state=SEED)
    vectors = (left * np.sqrt(singular)).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = vectors / np.sqrt(np.maximum(lengths, 1e-6))
    return scaled


def _means(found: Sequence[Sequence[str]], places: dict[str, int], vectors: Floats) -> Floats:
    """The mean sentence of each language: what its sentences share says nothing."""
    sums = {lang: (np.zeros(vectors.shape[1]), 0) for lang in LANGUAGES}
    for document in found:
        langs = {word[:2] for word in document}
        rows = [places[word] for word in document if word in places]
        if len(langs) == 1 and rows:
            lang = langs.pop()
            total, count = sums[lang]
            sums[lang] = total + vectors[rows].sum(0) / len(rows) ** 0.5, count + 1
    return np.array([sums[lang][0] / max(sums[lang][1], 1) for lang in LANGUAGES], np.float32)


def _stored(names: Sequence[str], vectors: Floats, means: Floats) -> dict[str, NDArray[Any]]:
    keys = np.array([row_key(name[:2], name[2:]) for name in names], np.uint32)
    keys, first = np.unique(keys, return_index=True)
    vectors = vectors[first]
    scales = np.maximum(np.abs(vectors).max(1), 1e-9) / 127
    return {
        "keys": keys,
        "rows": np.rint(vectors / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
        "means": means,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Write the vectors file."""
    from safetensors.numpy import save_file

    arguments = argparse.ArgumentParser(description="Make the embedded word vectors.")
    arguments.add_argument("text_dir", type=Path)
    arguments.add_argument("--out", type=Path, default=OUT)
    given = arguments.parse_args(argv)
    made = build(given.text_dir, data.load())
    with replacing(given.out) as temporary:
        save_file(made, temporary)
    given.out.chmod(0o644)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
