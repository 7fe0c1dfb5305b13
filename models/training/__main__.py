"""Train, evaluate and describe a model in one go: ``python -m models.training OUT [--encoder NAME] [--floors]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.evaluation import evaluate, floors
from models.evaluation.report import Report
from models.speech_acts import Reader
from models.training import card, data
from models.training.recipe import SEED, Trained, train


def release(
    out: Path,
    *,
    folders: Sequence[Path] = data.DEFAULT,
    encoder_name: str | Path | None = None,
    gold: Sequence[Path] | None = None,
    seed: int = SEED,
) -> tuple[Trained, Report]:
    """Train a model, score it on the gold, and put the card and the measured error beside the weights."""
    trained = train(out, folders=folders, encoder_name=encoder_name, seed=seed, name=out.resolve().name)
    report = evaluate(Reader.load(out), gold)
    card.write(trained, report)
    return trained, report


def main(argv: Sequence[str] | None = None) -> int:
    """Run `release` from the command line."""
    arguments = argparse.ArgumentParser(description="Train a model, score it and describe it.")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--encoder", help="sentence-transformers folder or hub name")
    arguments.add_argument(
        "--data", type=Path, action="append", help="folder of kk.jsonl, ru.jsonl, en.jsonl"
    )
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--floors", action="store_true", help="keep the figures as the floors to hold")
    given = arguments.parse_args(argv)
    _, report = release(
        given.out, folders=given.data or data.DEFAULT, encoder_name=given.encoder, seed=given.seed
    )
    if given.floors:
        floors.write(report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
