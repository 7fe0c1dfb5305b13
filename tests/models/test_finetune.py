"""Fine-tuning: a tiny model learns, its folder is a classifier, and nothing half done is left."""

from __future__ import annotations

import pytest
from tiny_models import TEXTS, bert

from models.classifier import MoveClassifier
from models.codebook import MOVES
from models.errors import InputRefused, ModelDamaged, ModelMissing
from models.speech_acts import Passage, Reader
from models.training import data, finetune
from models.training.finetune import Options

QUICK = Options(epochs=6, batch=8, rate=1e-2, device="cpu")


@pytest.fixture(scope="module")
def base(tmp_path_factory, few_rows):
    texts = [row.passage.text for row in data.load([few_rows])]
    return bert(tmp_path_factory.mktemp("base"), ["one", "two"], texts, size=800)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory, base, few_rows):
    out = tmp_path_factory.mktemp("tuned") / "deep" / "classifier"
    return out, finetune.finetune(base, [few_rows], out, QUICK)


def test_the_loss_falls(tuned):
    _, epochs = tuned
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5, 6]
    assert epochs[-1].loss < 0.9 * epochs[0].loss
    assert all(0 <= epoch.macro_f1 <= 1 for epoch in epochs)


def test_what_is_saved_is_a_classifier_of_moves(tuned, tiny):
    out, _ = tuned
    opened = MoveClassifier.load(out)
    assert sorted(opened._places.values()) == list(range(len(MOVES)))
    reader = Reader.load(tiny.folder, classifier=out)
    acts = reader.read([Passage(str(place), text) for place, text in enumerate(TEXTS)], explain=True)
    assert reader.reading["model"] == "tiny+classifier:classifier"
    for act in acts:
        assert sum(act.scores[f"move:{move}"] for move in MOVES) == pytest.approx(1, abs=3e-4)
        assert not any(reason["label"].startswith("move:") for reason in act.explanation)


def test_the_same_seed_gives_the_same_classifier(tuned, base, few_rows, tmp_path):
    out, epochs = tuned
    told = []
    assert finetune.finetune(base, [few_rows], tmp_path / "again", QUICK, told.append) == epochs == told
    assert MoveClassifier.load(tmp_path / "again").sha == MoveClassifier.load(out).sha


def test_the_command_line_says_what_each_epoch_left(base, few_rows, tmp_path, capsys):
    asked = [base, few_rows, tmp_path / "out", "--epochs", 1, "--device", "cpu"]
    assert finetune.main([str(each) for each in asked]) == 0
    assert capsys.readouterr().err.startswith("epoch 1: loss ")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_there_is_not_touched(base, few_rows, tmp_path):
    (tmp_path / "mine").write_text("kept", "utf-8")
    with pytest.raises(InputRefused, match="name another one"):
        finetune.finetune(base, [few_rows], tmp_path, QUICK)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_base_that_is_no_model_is_refused(few_rows, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(ModelDamaged):
        finetune.finetune(tmp_path, [few_rows], tmp_path / "out", QUICK)
    with pytest.raises(ModelMissing, match="nobody/nothing"):
        finetune.finetune("nobody/nothing", [few_rows], tmp_path / "out", QUICK)
