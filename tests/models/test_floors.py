"""Floors: what was reached is held, rises by itself, and falls only with a reason that the changelog tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import evaluation
from models.errors import InputRefused
from models.evaluation import evaluate, floors
from models.evaluation.report import Figure, Report

ROOT = Path(__file__).parents[2]
REASON = "the gold's Kazakh voices were coded anew"


def report(f1: float | None = 0.6, error: float = 0.1, width: float = 0.0, gold: str = "g") -> Report:
    """Two figures of one language; intervals of a width."""

    def figure(value: float | None) -> Figure:
        return (
            Figure(None, None, None) if value is None else Figure(value, value - width / 2, value + width / 2)
        )

    found = {"ru": {"move_macro_f1": figure(f1), "calibration_error": figure(error)}}
    return Report({}, gold, {"ru": 100}, found, {})


@pytest.fixture
def path(tmp_path) -> Path:
    """Floors of .6 and .1."""
    path = tmp_path / "floors.json"
    floors.write(report(), path)
    return path


@pytest.mark.parametrize(
    ("f1", "error", "width", "lost"),
    [
        (0.6, 0.1, 0.0, []),
        (0.7, 0.05, 0.0, []),
        (0.591, 0.109, 0.0, []),  # within the least noise
        (0.58, 0.1, 0.0, ["ru move_macro_f1"]),
        (0.6, 0.12, 0.0, ["ru calibration_error"]),
        (0.55, 0.15, 0.196, []),  # a standard error of .05
        (0.54, 0.16, 0.196, ["ru calibration_error", "ru move_macro_f1"]),
        (None, 0.1, 0.9, ["ru move_macro_f1"]),  # no longer defined
    ],
)
def test_a_loss_is_what_exceeds_a_standard_error(tmp_path, f1, error, width, lost):
    path = tmp_path / "floors.json"
    floors.write(report(width=width), path)
    found = floors.losses(report(f1, error), floors.read(path))
    assert [line.split(":")[0] for line in found] == lost


def test_floors_of_before_noise_was_kept_still_hold(path):
    kept = floors.read(path)
    del kept["noise"], kept["lowered"]
    path.write_text(json.dumps(kept), "utf-8")
    assert floors.losses(report(0.58), floors.read(path)) != []
    floors.write(report(0.7), path)
    assert floors.read(path)["figures"]["ru"]["move_macro_f1"] == 0.7


def test_floors_only_rise_by_themselves(path):
    floors.write(report(0.65, 0.105), path)
    assert floors.read(path)["figures"]["ru"] == {"move_macro_f1": 0.65, "calibration_error": 0.1}
    before = path.read_bytes()
    with pytest.raises(InputRefused, match="--lower-floors REASON"):
        floors.write(report(0.5), path)
    assert path.read_bytes() == before


def test_a_reason_lowers_what_fell_and_is_kept(path):
    floors.write(report(0.5, 0.105), path, f"  {REASON}\n")
    kept = floors.read(path)
    assert kept["figures"]["ru"] == {"move_macro_f1": 0.5, "calibration_error": 0.1}
    (lowered,) = kept["lowered"]
    assert lowered["reason"] == REASON
    assert [line.split(":")[0] for line in lowered["figures"]] == ["ru move_macro_f1"]
    floors.write(report(0.55), path)
    assert len(floors.read(path)["lowered"]) == 1


def test_a_reason_without_a_loss_is_not_kept(path):
    floors.write(report(0.7), path, REASON)
    assert floors.read(path)["lowered"] == []


def test_another_gold_needs_a_reason_too(path):
    other = report(0.9, gold="h")
    with pytest.raises(InputRefused, match="floors anew"):
        floors.losses(other, floors.read(path))
    with pytest.raises(InputRefused, match="the report is on h"):
        floors.write(other, path)
    floors.write(other, path, REASON)
    kept = floors.read(path)
    assert (kept["gold_sha"], kept["figures"]["ru"]["move_macro_f1"]) == ("h", 0.9)
    assert floors.losses(other, kept) == []


@pytest.mark.parametrize("content", [None, "", "{}", '{"gold_sha": "g"}'])
def test_damaged_floors_are_refused(tmp_path, content):
    path = tmp_path / "floors.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(InputRefused, match="evaluate --floors"):
        floors.read(path)


def test_every_lowered_floor_has_its_reason_in_the_changelog():
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text("utf-8").split())
    kept = sorted(Path(evaluation.__file__).parent.glob("**/floors.json"))
    assert floors.FILE in kept
    for path in kept:
        for lowered in floors.read(path).get("lowered", []):
            assert lowered["reason"] in changelog, f"{path.name} was lowered; tell why in CHANGELOG.md"


def test_the_shipped_model_holds_its_floors():
    from models.speech_acts import Reader

    assert floors.losses(evaluate(Reader.load(), resamples=2), floors.read()) == []
