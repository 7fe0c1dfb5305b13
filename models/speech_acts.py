"""Reading sentences: whom each is about, whether it makes a threat of them, and what goes with that.

``Reader.load()`` opens the embedded model; ``Reader.read(passages)`` answers every passage in order, with a `SpeechAct`
or a `ReadError`. The answer depends on the passage alone, never on its company in the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from models import claims as claim_reading
from models import codebook, language, lexicon, store, targets
from models.claims import Claim
from models.classifier import MoveClassifier
from models.codebook import MOVES
from models.decide import Codes, complete, decide
from models.explain import Explainer, Reason, Span
from models.features import Batch, Featurizer, Floats, Parsed, Passage
from models.lexicon import LANGUAGES

__all__ = ["DEFAULT", "MAX_LENGTH", "Passage", "ReadError", "Reader", "SpeechAct"]

DEFAULT = Path(__file__).with_name("default")
MAX_LENGTH = 20_000  # characters read of one text; the rest is left, and the answer says so
BATCH = 1024
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """The reading of one sentence; `scores` are probabilities by label (``move:neutral``, ``target:chinese`` ...)."""

    id: str
    lang: str
    script: str
    targets: list[str]
    move: str
    p_securitizing: float
    voice: str | None
    referents: list[str]
    measure: bool
    frames: list[str]
    scores: dict[str, float]
    spans: list[Span]
    claims: list[Claim] = field(default_factory=list)
    note: str | None = None
    explanation: list[Reason] | None = None
    """Per label the words that decided; None where it was not asked for."""

    def as_dict(self) -> dict[str, Any]:
        """The object of the `classify` file contract; `note` and `explanation` only where there is one."""
        optional = [name for name in _OPTIONAL if getattr(self, name) is not None]
        told = {name: getattr(self, name) for name in (*_FIELDS, *optional)}
        return told | {"claims": [claim.as_dict() for claim in self.claims]}

    def labels(self) -> list[str]:
        """What is said of the sentence, each label with its kind: ``move:neutral``, ``target:chinese``."""
        said = [f"move:{self.move}", *(f"target:{name}" for name in self.targets)]
        said += [f"voice:{self.voice}"] if self.voice else []
        said += [f"referent:{name}" for name in self.referents]
        said += ["measure:yes"] if self.measure else []
        return [*said, *(f"frame:{name}" for name in self.frames)]


_OPTIONAL = ("note", "explanation")
_FIELDS = tuple(each.name for each in fields(SpeechAct) if each.name not in _OPTIONAL)


@dataclass(frozen=True, slots=True)
class ReadError:
    """Why a passage could not be read, in one line."""

    id: str
    error: str


_Sound = tuple[int, Passage, language.Language]  # a passage that can be read, and its place among all


class Reader:
    """A model, ready to read; make one with `load`."""

    def __init__(
        self,
        model: store.Model,
        featurizer: Featurizer,
        reading: Mapping[str, str],
        grammars: claim_reading.Grammars,
        classifier: MoveClassifier | None = None,
    ) -> None:
        self.reading = dict(reading)
        self._model, self._featurizer, self._classifier = model, featurizer, classifier
        self._grammars = grammars
        self._heads = model.heads
        self._explainer = Explainer(model.heads, featurizer.columns)
        kinds = [label.split(":") for label in model.heads.labels]
        self._kinds = {
            kind: [(name, place) for place, (each, name) in enumerate(kinds) if each == kind]
            for kind in dict.fromkeys(kind for kind, _ in kinds)
        }
        self._moves = [place for _, place in self._kinds["move"]]
        self._secured = self._moves[MOVES.index("securitizing")]

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        encoder: str | Path | None = None,
        classifier: str | Path | None = None,
    ) -> Reader:
        """Open a model folder.

        Args:
            path: a folder that `models.training.train` made; the embedded default where not given.
            encoder: where to find the sentence encoder that the model was trained with, if not at the place noted in
                the folder. An encoder of another vector length is refused: its heads must be trained first.
            classifier: a transformers sequence classifier (folder or hub name) that decides the move instead of the
                embedded heads; everything else stays.

        Raises:
            ModelMissing, ModelDamaged: see `models.store.load`.
        """
        book, words = codebook.load(), lexicon.load()
        rules = targets.load(words=words, book=book)
        grammars = claim_reading.load(words=words, book=book)
        model = store.load(path or DEFAULT, book, words, encoder)
        featurizer = Featurizer(words, rules, model.heads.vocabulary, model.embedder)
        reading = {
            "model": model.name,
            "model_sha": model.sha,
            "codebook_version": book.identity,
            "lexicon_version": f"{words.version}+claims:{grammars.version}",
        }
        if classifier is None:
            return cls(model, featurizer, reading, grammars)
        opened = MoveClassifier.load(classifier)
        reading["model"] += f"+classifier:{opened.name}"
        reading["model_sha"] = store.joined_sha(model.sha, opened.sha)
        return cls(model, featurizer, reading, grammars, opened)

    def read(self, passages: Sequence[Passage], explain: bool = False) -> list[SpeechAct | ReadError]:
        """Read passages; each gets exactly one answer, in order.

        With `explain`, answers say which words decided each of their labels, but for moves that a classifier decided.
        A text longer than `MAX_LENGTH` is cut and its answer carries a note. A language that is not kk, ru or en makes
        a sentence irrelevant without further reading.
        """
        answers: list[SpeechAct | ReadError | None] = [None] * len(passages)
        sound: list[_Sound] = []
        for place, passage in enumerate(passages):
            fault = _fault(passage)
            if fault:
                answers[place] = ReadError(passage.id, fault)
                continue
            passage = _shortened(passage)
            named = language.identify(passage.text)
            if (passage.lang or named.code) in LANGUAGES:
                sound.append((place, passage, named))
            else:
                answers[place] = _foreign(passage, named.script, _note(passages[place]), explain)
        for start in range(0, len(sound), BATCH):
            for place, act in self._read_batch(sound[start : start + BATCH], passages, explain):
                answers[place] = act
        return [answer for answer in answers if answer is not None]

    def scores(self, passages: Sequence[Passage], langs: Sequence[str]) -> tuple[Batch, Floats]:
        """Features and calibrated probabilities (n, K) of passages whose languages are known."""
        batch = self._featurizer.features(passages, langs)
        values = self._model.calibrated(self._heads.scores(batch), langs)
        if self._classifier is not None:
            texts = [passage.text for passage in passages]
            values[:, self._moves] = self._classifier.shares(texts, values[:, self._moves])
        return batch, values

    def given_move(self, act: SpeechAct, move: str) -> Codes:
        """What this model would say of a sentence if it were told the move (to measure the rest apart from it)."""
        by_kind = {
            kind: [(name, act.scores.get(self._heads.labels[place], 0.0)) for name, place in named]
            for kind, named in self._kinds.items()
        }
        return complete(move, act.targets, by_kind, self._model.thresholds)

    def _read_batch(
        self, sound: Sequence[_Sound], originals: Sequence[Passage], explain: bool
    ) -> Iterator[tuple[int, SpeechAct]]:
        langs = [passage.lang or named.code for _, passage, named in sound]
        batch, values = self.scores([passage for _, passage, _ in sound], langs)
        for row, (place, passage, named), lang in zip(range(len(sound)), sound, langs, strict=True):
            note = _note(originals[place])
            act = self._act(passage, lang, named.script, batch.parsed[row], values[row], note)
            yield place, self._explained(act, batch.parsed[row], passage.text) if explain else act

    def _explained(self, act: SpeechAct, parsed: Parsed, text: str) -> SpeechAct:
        foreign = ("move:",) if self._classifier is not None else ()
        labels = [label for label in act.labels() if not label.startswith(foreign)]
        return replace(act, explanation=self._explainer.reasons(parsed, text, labels))

    def _act(
        self, passage: Passage, lang: str, script: str, parsed: Parsed, values: Floats, note: str | None
    ) -> SpeechAct:
        rounded = values.astype(np.float64).round(_DIGITS).tolist()
        by_kind = {
            kind: [(name, rounded[place]) for name, place in named] for kind, named in self._kinds.items()
        }
        codes = decide(by_kind, lang, self._model.thresholds)
        return SpeechAct(
            id=passage.id,
            lang=lang,
            script=script,
            targets=codes.targets,
            move=codes.move,
            p_securitizing=rounded[self._secured],
            voice=codes.voice,
            referents=codes.referents,
            measure=codes.measure,
            frames=codes.frames,
            scores=dict(zip(self._heads.labels, rounded, strict=True)),
            spans=self._explainer.spans(parsed, _labels(codes)),
            claims=self._claims(passage.text, lang, parsed, codes.targets),
            note=note,
        )

    def _claims(self, text: str, lang: str, parsed: Parsed, named: Sequence[str]) -> list[Claim]:
        return claim_reading.extract(
            text, lang, targets=named, matches=parsed.matches, grammars=self._grammars
        )


def _foreign(passage: Passage, script: str, note: str | None, explain: bool) -> SpeechAct:
    """A sentence in a language that is not read."""
    scores = {f"move:{move}": float(move == "irrelevant") for move in MOVES}
    why: list[Reason] | None = [] if explain else None
    return SpeechAct(
        passage.id, "other", script, [], "irrelevant", 0.0, None, [], False, [], scores, [], [], note, why
    )


def _note(passage: Passage) -> str | None:
    length = len(passage.text)
    return f"only the first {MAX_LENGTH} of {length} characters were read" if length > MAX_LENGTH else None


def _labels(codes: Codes) -> list[str]:
    """The labels whose words are worth showing."""
    if codes.move == "irrelevant":
        return []
    shown = [f"target:{name}" for name in codes.targets]
    if codes.move == "neutral":
        return shown
    shown += [f"move:{codes.move}", *(f"frame:{name}" for name in codes.frames)]
    return [*shown, "measure:yes"] if codes.measure else shown


def _fault(passage: Passage) -> str | None:
    """What is wrong with a passage, if anything; callers may hand over whatever a file held."""
    for name in ("text", "prev", "next"):
        value: object = getattr(passage, name)
        if not isinstance(value, str):
            return f"expected {name} to be a string; found {type(value).__name__}; give it as text"
    if not passage.text.strip():
        return "expected a text; found none but white space; leave the line out or fill it"
    if passage.lang is not None and passage.lang not in language.CODES:
        known = ", ".join(language.CODES)
        return f"expected lang to be one of {known}; found {passage.lang!r}; correct it or leave it out"
    return None


def _shortened(passage: Passage) -> Passage:
    """Cut what is too long, and put a question mark for halves of characters, which no encoding can hold."""
    texts = [
        text[:MAX_LENGTH].encode("utf-8", "replace").decode("utf-8")
        for text in (passage.text, passage.prev, passage.next)
    ]
    return Passage(passage.id, texts[0], passage.lang, texts[1], texts[2])
