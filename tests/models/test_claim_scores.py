"""Scoring claims: figures by hand, and the floors that the project's own sentences must hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import claims
from models.errors import InputRefused
from models.evaluation import claim_scores
from models.features import Passage

PRECISION, RECALL = 0.85, 0.75


def rules(passages):
    return [claims.extract(each.text, each.lang) for each in passages]


def coded(text: str, *expected: dict) -> claim_scores.Coded:
    rest = {"direction": "present", "place": None, "year": None, "rejected": False}
    told = tuple(claim_scores.Expected(**{**rest, **each}) for each in expected)
    return claim_scores.Coded(Passage("x", text, "ru"), told)


def test_figures_by_hand():
    chinese = {"target": "chinese", "unit": "persons"}
    sentences = [
        coded("Здесь живут 300 китайцев.", chinese | {"low": 300, "high": 300}),
        coded("Здесь живут 300 китайцев.", chinese | {"low": 30, "high": 30, "place": "almaty"}),
        coded("Здесь живут люди.", chinese | {"low": 3, "high": 3}),
        coded("Треть мигрантов.", {"target": "migrants", "unit": "share", "low": 0.3333, "high": 0.3333, "year": 2009}),
        coded("Здесь 30 китайцев."),
    ]  # fmt: skip
    score = claim_scores.score(sentences, rules, resamples=50)
    assert (score.sentences, score.found, score.wrong, score.missed) == (5, 2, 2, 2)
    assert (score.precision.value, score.recall.value) == (0.5, 0.5)
    assert 0 <= score.precision.low <= 0.5 <= score.precision.high <= 1
    assert score.details == {"direction": 1.0, "place": 1.0, "year": 0.5, "rejected": 1.0}


def test_nothing_to_find_has_no_figure():
    score = claim_scores.score([coded("Здесь живут люди.")], rules, resamples=5)
    assert score.precision.value is None and score.recall.value is None


@pytest.mark.parametrize(
    "content", ['{"id": "a"}\n', "no\n", '{"id": "a", "text": "b", "lang": "ru", "claims": 5}\n']
)
def test_a_bad_set_is_refused(content, tmp_path: Path):
    for lang in ("kk", "ru", "en"):
        (tmp_path / f"{lang}.jsonl").write_text(content, "utf-8")
    with pytest.raises(InputRefused, match="coded claims"):
        claim_scores.load(tmp_path)


@pytest.mark.parametrize("folder", [claim_scores.FOLDER, claim_scores.UNSEEN], ids=["tuned", "unseen"])
def test_the_sets_are_sound(folder):
    sets = claim_scores.load(folder)
    targets = {claim.target for each in sets.values() for row in each for claim in row.claims}
    assert targets <= set(claims.default().groups.values())
    for lang, rows in sets.items():
        assert (
            len({row.passage.text for row in rows})
            == len(rows)
            == (50 if folder == claim_scores.FOLDER else 20)
        )
        assert 0.6 <= sum(bool(row.claims) for row in rows) / len(rows) <= 0.7, lang
        known = {None, *claims.default().places}
        assert all(claim.place in known for row in rows for claim in row.claims)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("folder", [claim_scores.FOLDER, claim_scores.UNSEEN], ids=["tuned", "unseen"])
def test_the_rules_hold_their_floors(lang, folder):
    score = claim_scores.score(claim_scores.load(folder)[lang], rules, resamples=5)
    assert score.precision.value >= PRECISION
    assert score.recall.value >= RECALL


def test_a_whole_reader_is_scored(reader):
    rows = claim_scores.rows(reader)
    assert [row["figure"] for row in rows] == [
        *("claims_precision", "claims_recall", "claims_unseen_precision", "claims_unseen_recall")
    ]
    for row in rows[:2]:
        for lang in ("kk", "ru", "en"):
            assert row[f"{lang}_low"] <= row[lang] <= row[f"{lang}_high"]
            assert row[lang] >= (PRECISION if "precision" in row["figure"] else RECALL)


def test_coded_sentences_are_one_json_object_a_line():
    for folder in (claim_scores.FOLDER, claim_scores.UNSEEN):
        for path in folder.glob("*.jsonl"):
            for line in path.read_text("utf-8").splitlines():
                assert set(json.loads(line)) == {"id", "lang", "text", "claims"}
