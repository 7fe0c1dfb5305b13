"""The emotive index."""

from __future__ import annotations

import pytest

from models import lexicon
from models.emotive import Emotive, measure, total


@pytest.fixture(scope="module")
def words() -> lexicon.Lexicon:
    return lexicon.load()


@pytest.mark.parametrize(
    ("lang", "text", "marks"),
    [
        ("ru", "Министр встретился с послом.", (0, 0, 0, 0)),
        ("ru", "Китайцы хлынули потоком!!!", (2, 0, 0, 1)),
        ("ru", "Завтра будет поздно! Немедленно остановите!", (0, 3, 0, 2)),
        ("en", "A flood of people, and soon it will be too late.", (1, 2, 0, 0)),
        ("en", "What?! No!", (0, 0, 0, 2)),
        ("kk", "", (0, 0, 0, 0)),
    ],
)
def test_measure(words: lexicon.Lexicon, lang: str, text: str, marks: tuple[int, int, int, int]) -> None:
    found = measure(text, words.match(text, lang))
    assert (found.metaphor, found.urgency, found.slur, found.exclamation) == marks


def test_a_slur_counts(words: lexicon.Lexicon) -> None:
    text = "Эти кацапы и китаезы"
    assert measure(text, words.match(text, "ru")).slur >= 1


def test_index_is_marks_per_hundred_words() -> None:
    assert Emotive(1, 1, 0, 0, words=40).per_hundred == 5.0
    assert Emotive(1, 0, 0, 0, words=1).per_hundred == 10.0  # a short sentence is measured as ten words
    assert Emotive(0, 0, 0, 0, words=0).per_hundred == 0.0


def test_total_adds_counts() -> None:
    assert total([Emotive(1, 0, 0, 0, 10), Emotive(0, 2, 0, 1, 90)]) == Emotive(1, 2, 0, 1, 100)
    assert total([]).per_hundred == 0.0
