"""Fine-tune a transformers model into a classifier of moves: ``python -m models.training.finetune BASE DATA OUT``.

BASE is a folder or a hub name of any model that transformers can put a classifier on; DATA a folder of coded sentences
(``kk.jsonl``, ``ru.jsonl``, ``en.jsonl``); OUT is what `baqylau classify --classifier` takes. A GPU is used where there
is one. One page in ten is held back, never split, and scored after each epoch. It is a plain loop: transformers'
Trainer needs accelerate, which nothing else here needs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.classifier import MAX_TOKENS
from models.codebook import MOVES
from models.errors import InputRefused, ModelDamaged, ModelMissing
from models.training import data

if TYPE_CHECKING:
    import torch

HELD = 10  # one page in so many is scored, not learnt from
_DECAY, _LONGEST_STEP = 0.01, 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to train; the defaults are the usual ones for models of 100 to 600 million weights."""

    epochs: int = 3
    batch: int = 16
    rate: float = 2e-5
    warmup: float = 0.1
    """Share of the steps in which the rate rises; it then falls to 0."""
    device: str | None = None
    """As torch names it; a GPU where there is one, if not given."""
    seed: int = 20260302


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the sentences left."""

    number: int
    loss: float
    """Weighted mean over the training sentences, as they were learnt."""
    macro_f1: float | None
    """Of the four moves on the pages held back; None where none were."""

    def __str__(self) -> str:
        held = "none held back" if self.macro_f1 is None else f"macro-F1 {self.macro_f1:.3f}"
        return f"epoch {self.number}: loss {self.loss:.4f}, {held}"


def finetune(
    base: str | Path,
    folders: Sequence[Path],
    out: Path,
    options: Options | None = None,
    tell: Callable[[Epoch], None] | None = None,
) -> list[Epoch]:
    """Train all weights of a model to tell the move of a sentence, and save it with its tokenizer.

    Args:
        base: folder, or a name on the hub (not asked where ``HF_HUB_OFFLINE`` is set).
        folders: of coded sentences.
        out: a folder that does not exist yet; it appears whole or not at all.
        options: how to train.
        tell: called after each epoch.

    Raises:
        InputRefused: there are no coded sentences, or `out` is there already.
        ModelMissing, ModelDamaged: the base cannot be opened.
    """
    if out.exists():
        raise InputRefused(
            "a folder that does not exist yet", str(out), "name another one, or remove it first"
        )
    chosen = options or Options()
    run = _Run(*_open(str(base), chosen.seed), chosen)
    rows = data.load(folders)
    held = data.folds(rows, HELD) == 0
    learnt = [row for row, kept in zip(rows, ~held, strict=True) if kept]
    epochs = []
    for epoch in run.epochs(learnt, [row for row, kept in zip(rows, held, strict=True) if kept]):
        epochs.append(epoch)
        if tell:
            tell(epoch)
    run.save(out)
    return epochs


class _Run:
    """A model in training."""

    def __init__(self, tokenizer: Any, model: Any, options: Options) -> None:
        import torch

        self._device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._tokenizer, self._model, self._options = tokenizer, model.to(self._device), options

    def epochs(self, rows: Sequence[data.Row], held: Sequence[data.Row]) -> Iterator[Epoch]:
        import torch

        options = self._options
        steps = max(1, -(-len(rows) // options.batch) * options.epochs)
        optimizer = torch.optim.AdamW(self._model.parameters(), lr=options.rate, weight_decay=_DECAY)
        rise = max(1, int(steps * options.warmup))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / rise, (steps - step) / max(1, steps - rise))
        )
        generator = np.random.default_rng(options.seed)
        for number in range(1, options.epochs + 1):
            loss = self._learn(
                [rows[place] for place in generator.permutation(len(rows))], optimizer, schedule
            )
            yield Epoch(number, loss, self._score(held) if held else None)

    def _learn(self, rows: Sequence[data.Row], optimizer: Any, schedule: Any) -> float:
        import torch

        self._model.train()
        total, weights = 0.0, data.weights_of(rows)
        for start in range(0, len(rows), self._options.batch):
            part = slice(start, start + self._options.batch)
            truth = torch.tensor([MOVES.index(row.move()) for row in rows[part]], device=self._device)
            weight = torch.tensor(weights[part], dtype=torch.float32, device=self._device)
            losses = torch.nn.functional.cross_entropy(self._logits(rows[part]), truth, reduction="none")
            optimizer.zero_grad()
            (losses * weight).mean().backward()
            torch.nn.utils.clip_grad_norm_(self._model.parameters(), _LONGEST_STEP)
            optimizer.step()
            schedule.step()
            total += float((losses.detach() * weight).sum())
        return total / float(weights.sum())

    def _score(self, rows: Sequence[data.Row]) -> float:
        import torch
        from sklearn.metrics import f1_score

        self._model.eval()
        said: list[int] = []
        with torch.inference_mode():
            for start in range(0, len(rows), self._options.batch):
                said += self._logits(rows[start : start + self._options.batch]).argmax(-1).tolist()
        truth = [MOVES.index(row.move()) for row in rows]
        return float(f1_score(truth, said, average="macro"))

    def _logits(self, rows: Sequence[data.Row]) -> torch.Tensor:
        """Scores of the moves, (n, 4); half precision on a GPU."""
        import torch

        texts = [row.passage.text for row in rows]
        tokens = self._tokenizer(
            texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        with torch.autocast(self._device.split(":")[0], torch.bfloat16, enabled=self._device != "cpu"):
            logits: torch.Tensor = self._model(**tokens.to(self._device)).logits
        return logits.float()

    def save(self, out: Path) -> None:
        """Write beside `out`, then rename."""
        temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            self._model.to("cpu").eval().save_pretrained(temporary)
            self._tokenizer.save_pretrained(temporary)
            temporary.rename(out)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _open(base: str, seed: int) -> tuple[Any, Any]:
    """The tokenizer, and the model with a new head of one output per move."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    local = Path(base).is_dir()
    names = {"id2label": dict(enumerate(MOVES)), "label2id": {move: at for at, move in enumerate(MOVES)}}
    torch.manual_seed(seed)
    try:
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=local)
        model = AutoModelForSequenceClassification.from_pretrained(
            base, local_files_only=local, ignore_mismatched_sizes=True, **names
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        fault = " ".join(str(error).split())[:200] or type(error).__name__
        if local:
            raise ModelDamaged(f"a transformers model in {base}", fault, "save the model again") from error
        raise ModelMissing(
            f"the model {base} on the hub, in the cache or in a folder",
            fault,
            "check the name and the network",
        ) from error
    return tokenizer, model


def main(argv: Sequence[str] | None = None) -> int:
    """Fine-tune from the command line."""
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="python -m models.training.finetune",
        description="Fine-tune a transformers model into a classifier of moves.",
    )
    parser.add_argument("base", help="folder or hub name of a transformers model")
    parser.add_argument("data", type=Path, nargs="+", help="folders of coded sentences")
    parser.add_argument("out", type=Path, help="folder to write; must not exist")
    parser.add_argument("--epochs", type=int, default=usual.epochs)
    parser.add_argument("--batch", type=int, default=usual.batch, help="sentences a step")
    parser.add_argument("--rate", type=float, default=usual.rate, help="highest learning rate")
    parser.add_argument("--device", help="as torch names it; default: a GPU where there is one")
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args(argv)
    options = Options(given.epochs, given.batch, given.rate, usual.warmup, given.device, given.seed)
    finetune(given.base, given.data, given.out, options, lambda epoch: print(epoch, file=sys.stderr))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
