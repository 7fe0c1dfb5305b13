"""Evaluation: figures checked by hand on small gold, intervals, the card."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from models import calibration, codebook
from models.codebook import MOVES
from models.decide import Codes
from models.errors import InputRefused
from models.evaluation import evaluate, report, scores
from models.heads import label_names
from models.speech_acts import SpeechAct
from models.training import card

BOOK = codebook.load()


def act(move: str, share: float, **codes) -> SpeechAct:
    rest = [0.0] * 3
    rest[MOVES.index(move) - 1 if move != "securitizing" else 0] = 1 - share
    values = {
        "id": "x", "lang": "ru", "script": "Cyrl", "targets": [], "move": move, "p_securitizing": share, "voice": None,
        "referents": [], "measure": False, "frames": [], "spans": [],
        "scores": dict(zip([f"move:{each}" for each in MOVES], [share, *rest], strict=True)),
    }  # fmt: skip
    return SpeechAct(**{**values, **codes})


def gold(*labels: str) -> SimpleNamespace:
    return SimpleNamespace(labels=frozenset(labels), lang="ru", group="p")


TOLD = Codes("securitizing", ["chinese"], "author", ["state"], True, ["territory"])


def figures_of(pairs):
    data = scores.counts([scores.Pair(right, read, TOLD) for right, read in pairs], label_names(BOOK))
    return scores.figures(data, np.arange(len(pairs)), BOOK)


def test_figures_by_hand():
    found = figures_of(
        [
            (gold("move:securitizing", "target:chinese", "frame:territory", "voice:author", "measure:yes"),
             act("securitizing", 0.9, targets=["chinese"], frames=["territory", "labour"], voice="author")),
            (gold("move:securitizing", "target:chinese", "frame:crime", "voice:public"),
             act("neutral", 0.3, targets=["russian"])),
            (gold("move:neutral", "target:migrants"), act("securitizing", 0.6, targets=["migrants"], frames=["crime"])),
            (gold("move:irrelevant"), act("irrelevant", 0.05)),
        ]
    )  # fmt: skip
    assert found["precision_securitizing"] == 0.5
    assert found["recall_securitizing"] == 0.5
    assert found["auc_securitizing"] == 0.75  # three of four pairs in order
    assert found["move_macro_f1"] == pytest.approx(
        (0.5 + 0 + 1) / 3
    )  # nothing is or was called desecuritizing
    assert found["targets_micro_f1"] == pytest.approx(2 * 2 / (3 + 3))
    assert found["threat_frames_micro_f1"] == pytest.approx(
        2 * 1 / (2 + 2)
    )  # the neutral row's frame does not count
    assert found["voice_macro_f1"] == pytest.approx((1 + 0) / 2)
    assert found["measure_f1"] == 0.0
    assert found["threat_frames_micro_f1_given_move"] == pytest.approx(2 * 1 / (2 + 2))
    assert found["measure_f1_given_move"] == pytest.approx(2 * 1 / (1 + 4))
    assert found["language_accuracy"] == 1.0


def test_figures_that_are_not_defined_are_nan():
    found = figures_of([(gold("move:irrelevant"), act("irrelevant", 0.1))])
    assert math.isnan(found["auc_securitizing"])
    assert math.isnan(found["measure_f1"])
    assert math.isnan(found["voice_macro_f1"])


def test_auc_counts_ties_half():
    assert scores.auc(np.array([0.5, 0.5, 0.9]), np.array([True, False, True])) == 0.75


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        ([0.9, 0.9], [True, True], 0.1),
        ([0.8, 0.8, 0.8, 0.8, 0.8], [True] * 4 + [False], 0.0),
        ([1.0], [False], 1.0),
    ],
)
def test_calibration_error(confidence, right, expected):
    assert calibration.binned_error(np.array(confidence), np.array(right)) == pytest.approx(expected)


def test_scaling_mends_overconfidence():
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 2, 4000)
    right = np.where(generator.random(4000) < 0.75, truth, 1 - truth)
    shares = np.where(np.arange(2) == right[:, None], 0.98, 0.02)
    before = calibration.expected_calibration_error(shares, truth)
    scaling = calibration.fit_scaling(shares, truth, np.ones(4000))
    assert scaling.temperature > 1
    assert before > 0.2
    assert calibration.expected_calibration_error(scaling.apply(shares), truth) < 0.02


def test_thresholds():
    scored = np.array([[0.1], [0.4], [0.6], [0.9]])
    truth = np.array([[0], [0], [1], [1]])
    assert calibration.best_threshold(scored, truth, np.ones(4), (0.2, 0.5, 0.7)) == 0.5
    spread = np.linspace(0, 1, 1001)
    # From p on, (p + 1) / 2 of the rows are right: 0.78 is reached at 0.56.
    right = (np.arange(1001) * 0.6180339887 % 1) < spread
    assert calibration.precise_threshold(spread, right, np.ones(1001), 0.78, 0.3) == pytest.approx(
        0.56, abs=0.03
    )


def test_a_report_on_the_projects_gold(reader):
    made = evaluate(reader, resamples=30)
    assert made.sentences == {"kk": 91, "ru": 95, "en": 109}
    names = {row["figure"] for row in made.table()}
    assert {"move_macro_f1", "auc_securitizing", "targets_micro_f1", "calibration_error"} <= names
    for found in made.figures.values():
        for figure in found.values():
            if figure.low is not None:
                assert 0 <= figure.low <= figure.high <= 1
        assert found["auc_securitizing"].value > 0.6  # even a tiny model knows something
        assert found["language_accuracy"].value > 0.95
    error = made.errors["kk"]
    assert error.positives + error.negatives == 91
    assert error.sensitivity == pytest.approx(error.true_positives / error.positives, abs=1e-4)
    assert json.loads(json.dumps(made.as_dict()))["gold_sha"] == made.gold_sha
    assert evaluate(reader, resamples=30) == made


def test_the_card_tells_the_figures(reader, tiny):
    made = evaluate(reader, resamples=5)
    card.write(tiny, made)
    text = (tiny.folder / card.CARD).read_text("utf-8")
    assert f"| {made.figures['kk']['auc_securitizing'].value:.2f}" in text
    assert made.gold_sha in text
    errors = json.loads((tiny.folder / card.ERROR).read_text("utf-8"))
    assert errors["languages"]["en"]["positives"] == 31


@pytest.mark.parametrize("content", ["{}\n", "no\n", ""])
def test_bad_gold_is_refused(tmp_path, reader, content):
    (tmp_path / "gold.jsonl").write_text(content, "utf-8")
    with pytest.raises(InputRefused):
        evaluate(reader, [tmp_path])


def test_missing_gold_is_refused(tmp_path):
    with pytest.raises(InputRefused, match=r"give \.jsonl files"):
        report.gold_files([tmp_path])
