"""Encoders and classifiers as settings, with tiny local models made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import TEXTS, bert, tokenizer

from models import encoder
from models.classifier import MoveClassifier
from models.errors import ModelDamaged, ModelMissing
from models.features import Parser
from models.lexicon import Lexicon
from models.speech_acts import Passage, Reader
from models.training import train

PASSAGES = [Passage(str(number), text) for number, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def static(tmp_path_factory) -> Path:
    """A sentence-transformers model of one static embedding."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    folder = tmp_path_factory.mktemp("static")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer(), embedding_dim=12)], device="cpu").save(
        str(folder)
    )
    return folder


def test_embedded_vectors_bring_translations_together():
    vectors = encoder.load(Path(encoder.__file__).with_name("default"))
    parser = Parser(Lexicon([]))
    pairs = [
        ("kk", "қауіп төніп тұр"),
        ("ru", "угроза нависла"),
        ("kk", "босқындар келді"),
        ("ru", "прибыли беженцы"),
    ]
    found = vectors.encode([parser.parse(text, lang) for lang, text in pairs], [text for _, text in pairs])
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    near = found @ found.T
    assert near[0, 1] > near[0, 3]
    assert near[2, 3] > near[1, 2]


def test_unknown_words_have_no_vector():
    vectors = encoder.load(Path(encoder.__file__).with_name("default"))
    parser = Parser(Lexicon([]))
    assert not vectors.encode([parser.parse("xyzzyqw", "en"), parser.parse("", "kk")], ["", ""]).any()


def test_a_sentence_transformers_encoder(static):
    opened = encoder.load(static)
    assert opened.size == 12
    found = opened.encode([], TEXTS)
    assert found.shape == (6, 12)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert opened.encode([], []).shape == (0, 12)


def test_training_and_reading_with_an_encoder(static, few_rows, tmp_path):
    trained = train(tmp_path / "m", folders=[few_rows], encoder_name=static, folds=2, name="other")
    assert not (tmp_path / "m" / encoder.FILE).exists()
    opened = Reader.load(trained.folder)
    assert opened.reading["model"] == f"other+encoder:{static}"
    assert opened.read(PASSAGES) == Reader.load(trained.folder, encoder=static).read(PASSAGES)


def test_an_encoder_of_another_length_is_refused(static, tiny):
    with pytest.raises(ModelDamaged, match="baqylau train --encoder"):
        Reader.load(tiny.folder, encoder=static)


@pytest.mark.parametrize("place", ["/nowhere/at/all", "./nothing"])
def test_a_missing_folder_is_refused_at_once(place):
    with pytest.raises(ModelMissing):
        encoder.load(place)
    with pytest.raises(ModelMissing):
        MoveClassifier.load(place)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}", "utf-8")
    (tmp_path / "modules.json").write_text("{", "utf-8")
    with pytest.raises(ModelDamaged):
        encoder.load(tmp_path)
    with pytest.raises(ModelDamaged):
        MoveClassifier.load(tmp_path)


def test_a_classifier_decides_the_move(tiny, tmp_path):
    labels = ["Neutral", "SECURITIZING", "irrelevant", "desecuritizing"]
    folder = bert(tmp_path / "bert", labels)
    opened = Reader.load(tiny.folder, classifier=folder)
    assert opened.reading["model"] == "tiny+classifier:bert"
    assert opened.reading["model_sha"] != Reader.load(tiny.folder).reading["model_sha"]
    acts = opened.read(PASSAGES)
    own = MoveClassifier.load(folder)._probabilities(TEXTS)
    for act, row in zip(acts, own, strict=True):
        assert act.p_securitizing == pytest.approx(row[1], abs=1e-4)
        assert act.scores["move:neutral"] == pytest.approx(row[0], abs=1e-4)
    plain = Reader.load(tiny.folder).read(PASSAGES)
    assert [act.scores["target:chinese"] for act in acts] == [act.scores["target:chinese"] for act in plain]


def test_a_binary_classifier_leaves_the_rest_to_the_heads(tiny, tmp_path):
    folder = bert(tmp_path / "bert", ["rest", "securitizing"])
    acts, plain = (Reader.load(tiny.folder, classifier=name).read(PASSAGES) for name in (folder, None))
    own = MoveClassifier.load(folder)._probabilities(TEXTS)
    for act, row, before in zip(acts, own, plain, strict=True):
        assert act.p_securitizing == pytest.approx(row[1], abs=1e-4)
        rest = ["move:desecuritizing", "move:neutral", "move:irrelevant"]
        assert sum(act.scores[move] for move in rest) == pytest.approx(row[0], abs=3e-4)
        # Among themselves they stand as the embedded heads have them.
        for move in rest:
            share = before.scores[move] / sum(before.scores[each] for each in rest)
            assert act.scores[move] == pytest.approx(share * row[0], abs=2e-3)


def test_a_classifier_without_our_label_is_refused(tmp_path):
    folder = bert(tmp_path / "bert", ["LABEL_0", "LABEL_1"])
    with pytest.raises(ModelDamaged, match="id2label"):
        MoveClassifier.load(folder)
