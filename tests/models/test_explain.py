"""Explanations: the words of each label with their weight, in step with the spans, and only where asked for."""

from __future__ import annotations

import json

import pytest

from models import classify
from models.explain import PER_LABEL
from models.speech_acts import Passage, Reader
from models.training import data

FIELDS = {"label", "word", "start", "end", "weight"}


@pytest.fixture(scope="module")
def passages():
    return [row.passage for row in data.load([data.DEFAULT[0]])[::60]]


def test_reasons_name_the_words_of_the_labels_that_were_given(reader, passages):
    seen = 0
    for passage, act in zip(passages, reader.read(passages, explain=True), strict=True):
        labels = act.labels()
        for reason in act.explanation:
            assert set(reason) == FIELDS
            assert reason["label"] in labels
            assert reason["word"] == passage.text[reason["start"] : reason["end"]] != ""
            assert reason["weight"] > 0
            seen += 1
        for label in labels:
            weights = [each["weight"] for each in act.explanation if each["label"] == label]
            assert weights == sorted(weights, reverse=True)
            assert len(weights) <= PER_LABEL
    assert seen > 100


def test_spans_are_reasons(reader, passages):
    for act in reader.read(passages, explain=True):
        reasons = {(each["label"], each["start"], each["end"]) for each in act.explanation}
        assert {(span["label"], span["start"], span["end"]) for span in act.spans} <= reasons


def test_asking_changes_nothing_else(reader, passages):
    for plain, told in zip(reader.read(passages), reader.read(passages, explain=True), strict=True):
        assert plain.explanation is None
        assert "explanation" not in plain.as_dict()
        assert {**told.as_dict(), "explanation": None} == {**plain.as_dict(), "explanation": None}


@pytest.mark.parametrize(
    ("text", "label", "word"),
    [
        ("Қытайлар жерімізді басып алады деп қорқамыз.", "target:chinese", "Қытайлар"),
        ("Китайцы скупают нашу землю, заявил депутат.", "target:chinese", "Китайцы"),
        ("The Chinese are buying up our land, an MP said.", "target:chinese", "Chinese"),
    ],
)
def test_a_target_is_explained_by_its_name(text, label, word):
    (act,) = Reader.load().read([Passage("a", text)], explain=True)
    assert any(word in each["word"] for each in act.explanation if each["label"] == label)


def test_a_language_that_is_not_read_has_no_reasons(reader):
    (act,) = reader.read([Passage("a", "Die Regierung spricht über Arbeitsplätze.")], explain=True)
    assert act.explanation == []


def test_the_file_contract_has_one_more_field(tmp_path, reader):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "Мигранты едут сюда."}\n{"id": 2}\n', "utf-8")
    classify.run(source, tmp_path / "plain.jsonl", reader)
    classify.run(source, tmp_path / "told.jsonl", reader, explain=True)
    plain, told = (
        [json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()]
        for name in ("plain.jsonl", "told.jsonl")
    )
    assert set(told[0]) - set(plain[0]) == {"explanation"}
    assert told[1] == plain[1]
