"""Folding, and Kazakh Latin in and out of Cyrillic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import INVISIBLE, fold, fold_with_offsets, is_latin
from models.transliteration import SCHEMES, guess_scheme, skeleton, to_cyrillic, to_latin

FOLDED = {
    "case": ("ҚЫТАЙ Экспансиясы", "қытай экспансиясы"),
    "yo": ("Ёлка и всё", "елка и все"),
    "quotes and dashes": ("«Кітап» — “book” ’s", '"кітап" - "book" \'s'),
    "soft hyphen and zero width": ("Қы\u00adтай\u200bлар\ufeff", "қытайлар"),
    "direction marks": ("\u200fкитай\u202c", "китай"),
    "odd spaces": ("а\u00a0б\u2009в", "а б в"),
    "hashtag": ("#жер_сатылмайды", "#жер сатылмайды"),
    "ligature": ("ﬁrm oﬃce", "firm office"),
    "full width": ("ＣＨＩＮＡ", "china"),
    "decomposed й": ("Кита\u0438\u0306", "китай"),
    "stress mark": ("му\u0301жчина", "мужчина"),
    "kept signs": ("№ 5…", "№ 5…"),
    "dotted I": ("İran", "iran"),
    "sharp s": ("Straße", "strasse"),
    "Latin i in Kazakh": ("Кiтап сiздiкi", "кітап сіздікі"),
    "Latin letters in Russian": ("Kитaй xoчeт", "китай хочет"),
    "capitals that look alike": ("НAШECTBИE", "нашествие"),
    "Cyrillic in English": ("Сhinese invаsion", "chinese invasion"),
    "Latin schwa": ("əлем, қəуіп", "әлем, қәуіп"),
    "a word of both scripts stays": ("SMSпен", "smsпен"),
    "a lone look-alike joins its neighbours": ("Қaзaқ a жер cop", "қазақ а жер сор"),
    "English stays English": ("a cop in Xanadu", "a cop in xanadu"),
}


@pytest.mark.parametrize(("text", "folded"), FOLDED.values(), ids=FOLDED.keys())
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_offsets_cover_the_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)
    assert all(0 <= offset < len(text) for offset in list(offsets)[:-1])


@given(st.text(alphabet="абвіқңүҰёЁiIoxabc «»—’_-.\u00ad\u200b\u0301№…", max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="абвқ \u00ad\u200bгд", max_size=30))
def test_offsets_point_at_the_same_letter(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == "".join(text[offset] for offset in list(offsets)[:-1])
    assert not INVISIBLE.search(folded)


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Қытай", False), ("China", True), ("CNPC компаниясы", False), ("123 …", False), ("ə", True)],
)
def test_is_latin(text: str, latin: bool) -> None:
    assert is_latin(text) is latin


KAZAKH = "Қазақ халқы жер сатылмайды деп, үкіметке өтініш жазып, шекараны жабуды талап етті"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_sounds_like_its_cyrillic(scheme: str) -> None:
    latin = to_latin(KAZAKH, scheme).lower()
    assert [skeleton(word.strip(",")) for word in latin.split()] == [
        skeleton(word.strip(",")) for word in KAZAKH.lower().split()
    ]


@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if scheme != "digraph"])
def test_most_words_come_back(scheme: str) -> None:
    back = to_cyrillic(to_latin(KAZAKH, scheme)).split()
    right = sum(before == after for before, after in zip(KAZAKH.lower().split(), back, strict=True))
    assert right >= 10  # of 12


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("qytaı ınvestıtsııalary kóp", "acute"),
        ("täuelsızdık jolynda", "umlaut"),
        ("qazaq jeri satılmaydı, ükimet ne istewi kerek", "turkic"),
        ("qazaqstan respy'blikasy", "apostrophe"),
        ("zher satylmaidy", "digraph"),
    ],
)
def test_guess_scheme(text: str, scheme: str) -> None:
    assert guess_scheme(text) == scheme


@given(st.text(max_size=60))
def test_transliteration_takes_anything(text: str) -> None:
    for scheme in SCHEMES:
        to_cyrillic(to_latin(text, scheme))
