"""A transformers sequence classifier that decides the move in place of the embedded heads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from models.codebook import MOVES
from models.errors import ModelDamaged, ModelMissing
from models.features import Floats

MAX_TOKENS = 256
_SMALL = 1e-6


class MoveClassifier:
    """A sequence classifier some of whose labels are moves."""

    def __init__(self, name: str, sha: str, tokenizer: Any, model: Any, places: dict[int, int]) -> None:
        self.name, self.sha = name, sha
        self._tokenizer, self._model, self._places = tokenizer, model, places

    @classmethod
    def load(cls, path_or_name: str | Path) -> MoveClassifier:
        """Open a folder, or a name on the hub (not asked where ``HF_HUB_OFFLINE`` is set).

        ``config.id2label`` must name at least `securitizing`; names of other moves are used, any further label is
        left to the embedded heads.

        Raises:
            ModelMissing: nothing is there, or the hub cannot be reached.
            ModelDamaged: it cannot be used, or has no label named securitizing.
        """
        name = str(path_or_name)
        local = Path(name).is_dir()
        if local:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        tokenizer, model = _open(name, local)
        labels = {int(place): str(label).strip().lower() for place, label in model.config.id2label.items()}
        places = {place: MOVES.index(label) for place, label in labels.items() if label in MOVES}
        if MOVES.index("securitizing") not in places.values():
            raise ModelDamaged(
                f"a classifier with a label named securitizing in {name}",
                ", ".join(labels.values()),
                "name its labels in config.json (id2label)",
            )
        return cls(Path(name).name, _fingerprint(model), tokenizer, model, places)

    def shares(self, texts: Sequence[str], embedded: Floats) -> Floats:
        """Probabilities of the four moves, (n, 4).

        Args:
            texts: the sentences.
            embedded: what the embedded heads say, (n, 4): divides among the moves the classifier does not know.
        """
        own = self._probabilities(texts)
        result = np.zeros_like(embedded)
        known = sorted(set(self._places.values()))
        for place, move in self._places.items():
            result[:, move] += own[:, place]
        rest = [move for move in range(len(MOVES)) if move not in known]
        if rest:
            among = embedded[:, rest] + _SMALL
            left = np.clip(1 - result.sum(1, keepdims=True), 0, 1)
            result[:, rest] = left * among / among.sum(1, keepdims=True)
        shares: Floats = result / np.maximum(result.sum(1, keepdims=True), _SMALL)
        return shares

    def _probabilities(self, texts: Sequence[str]) -> Floats:
        """One text at a time in a row of its own length: padding would make an answer depend on its company."""
        import torch

        rows = []
        with torch.inference_mode():
            for text in texts:
                tokens = self._tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
                rows.append(torch.softmax(self._model(**tokens).logits[0].float(), -1).numpy())
        return np.array(rows, np.float32).reshape(len(rows), -1)


def _open(name: str, local: bool) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    if not local and (Path(name).is_absolute() or name.startswith(".")):
        raise ModelMissing(
            "a classifier folder", f"nothing at {name}", "give the folder of a model, or a hub name"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
        model = AutoModelForSequenceClassification.from_pretrained(name, local_files_only=local)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        fault = " ".join(str(error).split())[:200] or type(error).__name__
        if local:
            raise ModelDamaged(f"a sequence classifier in {name}", fault, "save the model again") from error
        raise ModelMissing(
            f"the classifier {name} on the hub or in the cache", fault, "check the name and the network"
        ) from error
    return tokenizer, model.eval()


def _fingerprint(model: Any) -> str:
    """Hash of the weights, whatever file they came from."""
    digest = sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()[:16]
