"""Train the language identifier: ``python -m models.training.language TEXT_DIR [--labelled DIR] [--out FILE]``.

``TEXT_DIR`` holds ``{kk,ru,en}.txt.gz``, one sentence a line; ``--labelled`` a folder with ``{kk,ru,en}.jsonl`` (key
``text``). Kazakh Latin is made from the Kazakh sentences in every scheme of `models.transliteration`. The other
languages (and short sentences of the three) come from ``language_written.tsv``, written for this project.
Deterministic for the same input; about four minutes on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from baqylau import replacing
from models.language import DEFAULT, ngrams
from models.text import fold
from models.transliteration import SCHEMES, to_latin

SEED = 20260302
# Classes are balanced in training, not in the feeds read here; Russian in Latin letters is rare.
PRIOR = {"Cyrl": {"kk": 0.7, "ru": 0.7}, "Latn": {"kk": 0.7, "en": 1.0, "ru": -0.7}}
SENTENCES = 3_000  # of each of the three languages
KEEP = {"Cyrl": 9_000, "Latn": 8_000}  # n-grams kept: the file stays under 300 kB
WRITTEN = Path(__file__).with_name("language_written.tsv")

# Languages too alike, or too thinly represented, to be told apart share a class; all are "other" in the end.
CLASSES = {
    "Cyrl": {
        "kk": "kk", "ru": "ru", "ky": "ky", "uzc": "uz", "tt": "tt", "ba": "tt", "uk": "uk", "be": "uk", "bg": "bg",
        "sr": "bg", "tg": "tg", "mn": "mn",
    },
    "Latn": {
        "kk": "kk", "ru": "ru", "en": "en", "uzl": "uz", "tr": "tr", "az": "tr", "tk": "tr", "de": "ge", "nl": "ge",
        "sv": "ge", "fr": "ro", "es": "ro", "it": "ro", "pt": "ro", "ro": "ro", "pl": "sl", "cs": "sl", "id": "id",
        "ku": "id", "fi": "id",
    },
}  # fmt: skip
_WORD = {
    "Cyrl": re.compile("[\u0400-\u052f]+"),
    "Latn": re.compile("[a-z\u00c0-\u024f\u0259\u1e00-\u1eff]+(?:'[a-z\u00c0-\u024f]*)*"),
}
_KAZAKH_ONLY = re.compile("[әғқңөұүһі]")
# A few dozen sentences cannot teach a language's spelling. Its cousin can: Kazakh words as the Kyrgyz, Tatars, Uzbeks
# and Turks would write them, Russian words as the Ukrainians would. Class, cousin, letters, then endings and words.
COUSINS: dict[str, list[tuple[str, str, dict[str, str], dict[str, str]]]] = {
    "Cyrl": [
        ("ky", "kk", dict(zip("қғәіұһщ", "кгаиухш", strict=True)),
         {"ның ": "нын ", "дың ": "дын ", "тың ": "тын ", " және ": " жана ", " мен ": " менен ", " ем": " эм", " ел": " эл",
          " үшін ": " үчүн ", "шы": "чы", "уы": "уусу", "ады ": "ат ", "еді ": "эт "}),
        ("tt", "kk", dict(zip("қғіұ", "кгео", strict=True)),
         {" және ": " һәм ", " мен ": " белән ", " ж": " җ", "ның ": "ның ", "дың ": "ның ", "шы": "чы", "у ": "ү "}),
        ("uz", "kk", {**dict(zip("әіұүөы", "аиууўи", strict=True)), "ң": "нг"},
         {" және ": " ва ", " мен ": " билан ", "ның ": "нинг ", "дың ": "нинг ", " ж": " й", "х": "ҳ", "ады ": "ади "}),
        ("uk", "ru", dict(zip("иыэ", "іие", strict=True)),
         {" что ": " що ", "ться": "тися", " в ": " у ", "ть ": "ти "}),
    ],
    "Latn": [
        ("tr", "kk", {"q": "k", "ä": "e", "ñ": "n", "w": "v", "x": "h", "j": "y", "ï": "i"},
         {" jäne ": " ve ", " men ": " ile ", " emes ": " değil ", "dıñ ": "nın ", "niñ ": "nin "}),
    ],
}  # fmt: skip
COUSIN_SENTENCES = {"Cyrl": 1_500, "Latn": 500}
_RUSSIAN_LATIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip

Example = tuple[list[str], str]


def sentences(text_dir: Path, labelled: Path | None, lang: str) -> list[str]:
    """Sentences of one of the three languages: running text, and the labelled ones where given."""
    with gzip.open(text_dir / f"{lang}.txt.gz", "rt", encoding="utf-8") as lines:
        found = [line.strip() for line in lines]
    random.Random(SEED).shuffle(found)
    found = found[:SENTENCES]
    if labelled:
        with (labelled / f"{lang}.jsonl").open(encoding="utf-8") as lines:
            found += [json.loads(line)["text"] for line in lines]
    return found


def fragments(words: list[str], pick: random.Random, count: int) -> Iterator[list[str]]:
    """The sentence itself and pieces of it: a headline or a comment is no longer than five words."""
    yield words
    for _ in range(count):
        size = pick.randint(1, 6)
        start = pick.randint(0, max(0, len(words) - size))
        yield words[start : start + size]


def examples(text_dir: Path, labelled: Path | None, script: str) -> list[Example]:
    """Word lists with their class, for one script."""
    pick = random.Random(SEED)
    pool: list[Example] = []
    for lang in ("kk", "ru", "en"):
        if lang in CLASSES[script]:
            for text in sentences(text_dir, labelled, lang):
                for words in _spellings(text, lang, script, pick):
                    pool += [(piece, lang) for piece in fragments(words, pick, 2)]
    for line in WRITTEN.read_text(encoding="utf-8").splitlines()[1:]:
        lang, text = line.split("\t")
        if lang in CLASSES[script]:
            words = _WORD[script].findall(fold(text))
            pool += [(piece, CLASSES[script][lang]) for piece in fragments(words, pick, 12)]
    pool += list(_cousins(text_dir, labelled, script, pick))
    return [(words, name) for words, name in pool if sum(map(len, words)) > 3]


def _cousins(text_dir: Path, labelled: Path | None, script: str, pick: random.Random) -> Iterator[Example]:
    """Sentences respelled as a related language, in pieces long enough to show it."""
    for name, cousin, letters, words in COUSINS[script]:
        for text in sentences(text_dir, labelled, cousin)[-COUSIN_SENTENCES[script] :]:
            folded = f" {fold(to_latin(text, 'turkic') if script == 'Latn' else text)} "
            for before, after in words.items():
                folded = folded.replace(before, after)
            respelled = "".join(letters.get(char, char) for char in folded)
            if respelled != folded:
                found = _WORD[script].findall(respelled)
                start = pick.randint(0, max(0, len(found) - 5))
                yield found, name
                yield found[start : start + 5], name


def _spellings(text: str, lang: str, script: str, pick: random.Random) -> Iterator[list[str]]:
    """The ways a sentence may be written in a script."""
    if script == "Latn" and lang == "kk":
        text = to_latin(text, pick.choice(SCHEMES))
    elif script == "Latn" and lang == "ru":
        text = "".join(_RUSSIAN_LATIN.get(char, char) for char in text.lower())
    words = _WORD[script].findall(fold(text))
    yield words
    if script == "Cyrl" and lang == "kk":
        yield [word for word in words if not _KAZAKH_ONLY.search(word)][:6]


def train(pool: list[Example], keep: int, prior: dict[str, float]) -> dict[str, Any]:
    """Fit a balanced softmax regression on n-gram counts over the root of their number; keep the heaviest n-grams."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    counts = [Counter(gram for word in words for gram in ngrams(word)) for words, _ in pool]
    spread = Counter(gram for row in counts for gram in row)
    grams = sorted(
        (gram for gram, rows in spread.items() if rows >= 3), key=lambda gram: (-spread[gram], gram)
    )[:40_000]
    column = {gram: index for index, gram in enumerate(grams)}
    labels = np.array([name for _, name in pool])

    def fit(columns: dict[str, int], rounds: int) -> Any:
        model = LogisticRegression(C=2.0, max_iter=rounds, class_weight="balanced")
        with warnings.catch_warnings():
            # Stopping early is meant: the last rounds move no decision.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return model.fit(_matrix(counts, columns, csr_matrix), labels)

    importance = np.abs(fit(column, 40).coef_).max(axis=0)
    heaviest = sorted(grams, key=lambda gram: (-importance[column[gram]], gram))[:keep]
    column = {gram: index for index, gram in enumerate(sorted(heaviest))}
    model = fit(column, 120)
    scale = float(np.abs(model.coef_).max()) / 127
    return {
        "ngrams": np.frombuffer("\n".join(sorted(heaviest)).encode("utf-8"), dtype=np.uint8),
        "weights": np.round(model.coef_.T / scale).astype(np.int8),
        "scale": np.float32(scale),
        "bias": np.array(
            [
                bias + prior.get(name, 0.0)
                for name, bias in zip(model.classes_, model.intercept_, strict=True)
            ],
            dtype=np.float32,
        ),
        "classes": np.frombuffer(" ".join(model.classes_).encode("ascii"), dtype=np.uint8),
    }


def _matrix(counts: list[Counter[str]], column: dict[str, int], make: Callable[..., Any]) -> Any:
    rows, columns, values = [], [], []
    for index, row in enumerate(counts):
        scale = sum(row.values()) ** -0.5
        for gram, count in row.items():
            if gram in column:
                rows.append(index)
                columns.append(column[gram])
                values.append(count * scale)
    return make((values, (rows, columns)), shape=(len(counts), len(column)))


def main(argv: list[str] | None = None) -> None:
    """Train both scripts and write one file."""
    import numpy as np

    parser = argparse.ArgumentParser(prog="python -m models.training.language", description=__doc__)
    parser.add_argument("text_dir", type=Path, metavar="TEXT_DIR")
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--out", type=Path, default=DEFAULT)
    options = parser.parse_args(argv)
    arrays = {
        f"{script}_{name}": array
        for script in CLASSES
        for name, array in train(
            examples(options.text_dir, options.labelled, script), KEEP[script], PRIOR[script]
        ).items()
    }
    with replacing(options.out) as temporary, temporary.open("wb") as out:
        np.savez_compressed(out, **arrays)


if __name__ == "__main__":
    main()
