"""Training: the same input gives the same bytes, and what is written reads as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models import codebook, heads, lexicon, store
from models.errors import InputRefused, ModelDamaged, ModelMissing
from models.speech_acts import Passage, Reader, SpeechAct
from models.training import data, fit, train
from models.training.recipe import settle

PASSAGES = [
    Passage("1", "Қытайлар жерімізді басып алады деп қорқамыз.", None),
    Passage("2", "Мигранты отнимают рабочие места у местных, заявил депутат.", None),
    Passage("3", "The weather in Almaty was fine.", None),
]


def test_the_same_training_gives_the_same_bytes(tiny, few_rows, tmp_path):
    train(tmp_path, folders=[few_rows], folds=2, name="tiny")
    for name in (store.FILE, heads.FILE):
        assert (tmp_path / name).read_bytes() == (tiny.folder / name).read_bytes()


def test_another_seed_gives_another_model(tiny, few_rows, tmp_path):
    few = train(tmp_path, folders=[few_rows], folds=2, name="tiny", seed=7)
    assert store.read_card(few.folder).training["seed"] == 7
    assert (tmp_path / store.FILE).read_bytes() != (tiny.folder / store.FILE).read_bytes()


def test_what_is_stored_reads_as_it_was(tiny, tmp_path):
    arrays, card = heads.load(tiny.folder), store.read_card(tiny.folder)
    assert card == tiny.card
    store.save(tmp_path, card, arrays, tiny.folder / "vectors.safetensors")
    assert Reader.load(tmp_path).read(PASSAGES) == Reader.load(tiny.folder).read(PASSAGES)
    assert Reader.load(tmp_path).reading == Reader.load(tiny.folder).reading


def test_the_model_names_what_it_was_made_of(tiny, few_rows):
    card = json.loads((tiny.folder / store.FILE).read_text("utf-8"))
    assert card["codebook"] == codebook.load().identity
    assert card["lexicon"] == lexicon.load().version
    assert set(card["training"]["data"]) == {f"{few_rows.name}/{lang}.jsonl" for lang in ("kk", "ru", "en")}
    reading = Reader.load(tiny.folder).reading
    assert set(reading) == {"model", "model_sha", "codebook_version", "lexicon_version"}
    assert reading["model"] == "tiny"


def test_training_learns_something(tiny):
    rows, labels = tiny.rows, tiny.card.labels
    truth = data.truth(rows, labels)
    for label in ("target:chinese", "move:securitizing"):
        place = labels.index(label)
        scores, right = tiny.predictions[:, place], truth[:, place] == 1
        assert scores[right].mean() > scores[~right].mean() + 0.05


def test_no_page_is_on_both_sides():
    rows = data.load()
    fold = data.folds(rows, 5)
    where: dict[str, set[int]] = {}
    for row, each in zip(rows, fold, strict=True):
        where.setdefault(row.group, set()).add(int(each))
    assert all(len(folds) == 1 for folds in where.values())
    assert len(set(fold)) == 5


def test_translated_sentences_get_translated_neighbours():
    rows = {row.passage.id: row for row in data.load([data.DEFAULT[0]])}
    original, translated = rows["en-r-0002"], rows["en-r-0002-ru"]
    assert original.passage.prev == rows["en-r-0001"].passage.text
    assert translated.passage.prev == rows["en-r-0001-ru"].passage.text


def test_no_gold_sentence_is_trained_on():
    from models.evaluation import report

    gold = {row.passage.text for row in report.load_gold(report.gold_files())}
    assert gold.isdisjoint(row.passage.text for row in data.load())


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"id": "a", "text": "x"}\n', "en.jsonl line 1"),
        ("not json\n", "en.jsonl line 1"),
        ("", "none"),
    ],
)
def test_bad_data_is_refused_in_one_line(tmp_path, content, found):
    (tmp_path / "en.jsonl").write_text(content, "utf-8")
    with pytest.raises(InputRefused, match=found):
        data.load([tmp_path])


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="give a folder"):
        train(tmp_path / "out", folders=[tmp_path])


def test_scopes_follow_the_codebook(tiny):
    labels = tiny.card.labels
    truth = data.truth(tiny.rows, labels)
    masks = dict(zip(labels, fit.scopes(labels, truth), strict=True))
    assert masks["target:chinese"].all()
    assert masks["referent:state"].sum() == truth[:, labels.index("move:securitizing")].sum()
    assert masks["voice:author"].sum() > masks["referent:state"].sum()


def test_danger_is_never_read_from_a_neighbour(tiny):
    arrays = heads.load(tiny.folder)
    labels = tiny.card.labels
    concepts = len(lexicon.load().concepts)
    assert not arrays.tail_weights[concepts:, labels.index("move:securitizing")].any()
    assert not arrays.tail_weights[concepts:, labels.index("frame:territory")].any()
    assert arrays.tail_weights[concepts:, labels.index("target:chinese")].any()


def test_thresholds_come_from_predictions(tiny):
    perfect = data.truth(tiny.rows, tiny.card.labels).astype(np.float32) * 0.98 + 0.005
    scaling, thresholds = settle(tiny.rows, tiny.card.labels, perfect, codebook.load())
    assert set(scaling) == {"kk", "ru", "en"}
    assert all(each.temperature < 1 for each in scaling.values())  # sharper: it was too modest
    assert thresholds.last_target < thresholds.target


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (lambda folder: (folder / heads.FILE).unlink(), ModelMissing, "heads.safetensors"),
        (lambda folder: (folder / heads.FILE).write_bytes(b"\x08\x00"), ModelDamaged, "heads.safetensors"),
        (lambda folder: (folder / store.FILE).unlink(), ModelMissing, "model.json"),
        (lambda folder: (folder / store.FILE).write_text("{}"), ModelDamaged, "model.json"),
        (lambda folder: (folder / "vectors.safetensors").unlink(), ModelMissing, "vectors"),
        (lambda folder: (folder / "vectors.safetensors").write_bytes(b"no"), ModelDamaged, "vectors"),
    ],
)
def test_a_spoilt_folder_is_refused(tiny, tmp_path, spoil, error, said):
    store.save(tmp_path, tiny.card, heads.load(tiny.folder), tiny.folder / "vectors.safetensors")
    spoil(tmp_path)
    with pytest.raises(error, match=said):
        Reader.load(tmp_path)


def test_a_model_for_other_labels_is_refused(tiny, tmp_path):
    arrays = heads.load(tiny.folder)
    vectors = tiny.folder / "vectors.safetensors"
    store.save(tmp_path, replace(tiny.card, labels=tiny.card.labels[:-1]), arrays, vectors)
    with pytest.raises(ModelDamaged, match="codebook"):
        Reader.load(tmp_path)
    store.save(tmp_path, replace(tiny.card, columns_sha="0"), arrays, vectors)
    with pytest.raises(ModelDamaged, match="lexicon"):
        Reader.load(tmp_path)


def test_the_shipped_model_is_whole_and_small():
    folder = Path(heads.__file__).with_name("default")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 30_000_000
    assert store.read_card(folder).training["data"] == data.fingerprints()
    acts = Reader.load().read(PASSAGES)
    assert [act.lang for act in acts if isinstance(act, SpeechAct)] == ["kk", "ru", "en"]
    assert acts[2].move == "irrelevant"
