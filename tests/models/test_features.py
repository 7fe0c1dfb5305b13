"""Folding, hashing, context and rules as the classifier sees them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import codebook, lexicon, targets
from models.features import (
    Featurizer,
    Parsed,
    Parser,
    Passage,
    Vocabulary,
    character_hashes,
    tail_columns,
    terms_of,
    word_hashes,
)
from models.training import fit
from models.transliteration import to_latin

WORDS = lexicon.load()
RULES = targets.load(words=WORDS, book=codebook.load())


class NoVectors:
    """An embedder of length 2 that knows nothing."""

    size = 2

    def encode(self, parsed, texts):
        return np.zeros((len(parsed), 2), np.float32)


def featurizer(texts: list[tuple[str, str]]) -> Featurizer:
    parser = Parser(WORDS)
    parsed = [parser.parse(text, lang) for text, lang in texts] * fit.FEWEST
    return Featurizer(WORDS, RULES, fit.vocabulary(parsed), NoVectors())


@pytest.mark.parametrize(
    ("lang", "plain", "spelled"),
    [
        ("ru", "Китайцы скупают землю", "КИТАЙЦЫ СКУПАЮТ ЗЕМЛЮ"),
        ("ru", "Китайцы скупают «землю»", 'Китайцы скупают "землю"'),
        ("ru", "Сюда едут 500 китайцев", "Сюда едут 70000 китайцев"),
        ("ru", "китайцы", "китaйцы"),  # a Latin a inside
        ("en", "they took our land — all of it", "they took our land - all of it"),
    ],
)
def test_spelling_does_not_matter(lang, plain, spelled):
    made = featurizer([(plain, lang)])
    batch = made.features([Passage("a", plain), Passage("b", spelled)], [lang, lang])
    assert (batch.grams[0] != batch.grams[1]).nnz == 0
    np.testing.assert_array_equal(batch.tail[0], batch.tail[1])
    assert batch.grams[0].nnz > 5


def test_kazakh_latin_meets_cyrillic():
    cyrillic = "Қытайлар жерді сатып алып жатыр деген қауіп бар"
    made = featurizer([(cyrillic, "kk")])
    batch = made.features([Passage("a", cyrillic), Passage("b", to_latin(cyrillic, "acute"))], ["kk", "kk"])
    both = batch.grams[0].multiply(batch.grams[1]).sum()
    assert both > 1.2  # of 2: both blocks have norm 1
    assert batch.tail[0] @ batch.tail[1] > 0.5 * (batch.tail[0] @ batch.tail[0])


def test_neighbours_reach_only_their_columns():
    made = featurizer([("They keep coming", "en")])
    alone, beside = made.features(
        [
            Passage("a", "They keep coming"),
            Passage("b", "They keep coming", None, "Chinese workers arrived.", ""),
        ],
        ["en", "en"],
    ).tail
    changed = {made.columns[place].split(":")[0] for place in np.flatnonzero(alone != beside)}
    assert changed and changed <= {"before", "detected", "nearby"}
    assert beside[made.columns.index("detected:chinese")] > 0
    assert beside[made.columns.index("named:chinese")] == 0


def test_other_languages_and_empty_texts_are_empty():
    parser = Parser(WORDS)
    assert parser.parse("Guten Tag", "other") == Parsed("other", (), (), (), ())
    assert parser.parse("", "kk").words == ()
    batch = featurizer([("слово", "ru")]).features([Passage("a", "...")], ["ru"])
    assert batch.grams.nnz == 0
    assert not batch.tail.any()


def test_spans_point_into_the_original():
    text = "«Ёлка» и\u00ad КИТАЙ"
    parsed = Parser(WORDS).parse(text, "ru")
    assert [text[start:end] for start, end in parsed.spans] == ["Ёлка", "и", "КИТАЙ"]


def test_only_frequent_ngrams_are_kept():
    parser = Parser(WORDS)
    parsed = [parser.parse("one two", "en")] * (fit.FEWEST - 1) + [parser.parse("one", "en")]
    known = fit.vocabulary(parsed)
    assert list(known.words) == list(word_hashes(["one"]))
    assert set(known.characters) == set(character_hashes("one"))


def test_blocks_have_norm_one():
    matrix = featurizer([("жаңа сөз айтылды", "kk")]).vocabulary.matrix(
        [Parser(WORDS).parse("жаңа сөз", "kk")]
    )
    assert matrix.multiply(matrix).sum() == pytest.approx(2.0, rel=1e-5)


def test_column_names_are_distinct():
    columns = tail_columns(WORDS.concepts, RULES.order)
    assert len(set(columns)) == len(columns) == 3 * len(WORDS.concepts) + 3 * len(RULES.order)


def test_terms_are_words_and_pairs():
    assert terms_of(["a", "b", "c"]) == ["a", "b", "c", "a b", "b c"]
    assert terms_of([]) == []


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_row_does_not_depend_on_its_company(texts):
    made = featurizer([("қытай жер", "kk"), ("мигранты едут", "ru"), ("the border", "en")])
    passages = [Passage(str(number), text) for number, text in enumerate(texts)]
    together = made.features(passages, ["ru"] * len(passages))
    for place, passage in enumerate(passages):
        alone = made.features([passage], ["ru"])
        assert (together.grams[place] != alone.grams[0]).nnz == 0
        np.testing.assert_array_equal(together.tail[place], alone.tail[0])


@given(st.text(min_size=1, max_size=12))
def test_hashes_are_distinct_and_repeatable(word):
    hashes = character_hashes(word)
    assert hashes.dtype == np.uint32
    assert list(hashes) == list(character_hashes(word))


def test_an_empty_vocabulary_finds_nothing():
    empty = Vocabulary(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    assert empty.matrix([Parser(WORDS).parse("жер", "kk")]).shape == (1, 0)
