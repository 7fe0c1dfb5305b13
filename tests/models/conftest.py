"""A model trained on a few hundred of the project's sentences, once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.speech_acts import Reader
from models.training import data, train
from models.training.recipe import Trained

EVERY = 25  # one sentence in so many


@pytest.fixture(scope="session")
def few_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some 350 coded sentences of three languages."""
    folder = tmp_path_factory.mktemp("labelled")
    for path in data.files([data.DEFAULT[0]]):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (folder / path.name).write_text("".join(lines[::EVERY]), "utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, few_rows: Path) -> Trained:
    """The folder of a tiny model, with what training returned."""
    return train(tmp_path_factory.mktemp("tiny"), folders=[few_rows], folds=2, name="tiny")


@pytest.fixture(scope="session")
def reader(tiny: Trained) -> Reader:
    """The tiny model, opened."""
    return Reader.load(tiny.folder)
