"""Which language a sentence is in."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import language
from models.errors import ModelDamaged, ModelMissing
from models.language import CODES, identify, identify_many
from models.transliteration import SCHEMES, to_latin

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

SENTENCES = [
    ("kk", "Cyrl", "Қытайлар жерімізді басып алады деп қорқамыз."),
    ("kk", "Cyrl", "Мен базардан нан алдым."),  # no letter of its own
    ("kk", "Cyrl", "Бала мектепке барады"),
    ("kk", "Cyrl", "Кiтап оқып отырмын"),  # Latin i
    ("kk", "Cyrl", "Жерді сатпаймыз!"),
    ("kk", "Latn", "Qytaılar jerimizdi basyp alady dep qorqamyz."),
    ("kk", "Latn", "Qazaqstanda jer satylmaidy, dedi ükimet basşysy."),
    ("kk", "Latn", "Zher satylmaidy dep aitty ukimet basshysy"),
    ("ru", "Cyrl", "Суд отклонил жалобу."),
    ("ru", "Cyrl", "Китайцы скупают нашу землю, говорят жители."),
    ("ru", "Cyrl", "Компания Apple открыла офис в Алматы"),
    ("en", "Latn", "Iraq and Qatar signed a deal."),
    ("en", "Latn", "Kazakh protesters in Zhanaozen opposed Chinese factories."),
    ("other", "Cyrl", "Кыргызстанга келген мигранттар иш таппай жатышат."),
    ("other", "Cyrl", "Биз бүгүн базарга барып, жаңы китеп сатып алдык."),
    ("other", "Cyrl", "Ўзбекистонга келган муҳожирлар иш топа олмаяпти."),
    ("other", "Cyrl", "Бүген Казанда яңа мәктәп ачылды һәм балалар бик шат."),
    ("other", "Cyrl", "Українські біженці отримали житло у Варшаві."),
    ("other", "Latn", "Türkiye'de göçmenler iş bulamıyor ve kiralar yükseliyor."),
    ("other", "Latn", "O'zbekistonda ko'plab yoshlar ish topa olmayapti."),
    ("other", "Latn", "Die Regierung hat gestern ein neues Gesetz beschlossen."),
    ("other", "Arab", "قازاقستاندا جەر ساتىلمايدى"),
    ("other", "other", "中国公司在哈萨克斯坦投资"),
    ("other", "other", "😀🔥 123 456 !!!"),
    ("other", "other", ""),
]


@pytest.mark.parametrize(("code", "script", "text"), SENTENCES)
def test_identify(code: str, script: str, text: str) -> None:
    found = identify(text)
    assert (found.code, found.script) == (code, script)


@pytest.mark.parametrize("text", ["", "😀😀", "2026", "…!?", "https://example.kz/a"])
def test_no_words_no_confidence(text: str) -> None:
    assert identify(text) == ("other", "other", 0.0)


@pytest.mark.parametrize(
    "text", ["Бүгін компания построила завод в Алматы", "Министр айтты: «Граница закрыта», дейді халық"]
)
def test_mixed_sentences_are_of_the_house(text: str) -> None:
    assert identify(text).code in ("kk", "ru")


def test_links_and_handles_do_not_count() -> None:
    assert identify("Жер сатылмайды https://example.com/land-is-not-for-sale @kazakh_news").code == "kk"


def test_short_texts_are_less_certain() -> None:
    assert (
        identify("Да").confidence < 0.5 < identify("Суд сегодня отклонил жалобу жителей города.").confidence
    )


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    found = identify(text)
    assert found.code in CODES
    assert 0 <= found.confidence <= 1


def test_many_is_one_by_one() -> None:
    texts = [text for _, _, text in SENTENCES]
    assert identify_many(texts) == [identify(text) for text in texts]


def test_a_megabyte_is_no_trouble() -> None:
    started = time.process_time()
    assert identify("қазақ тілі " * 100_000).code == "kk"
    assert time.process_time() - started < 60


def test_missing_and_damaged_models(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"none\.npz"):
        language._scorers(tmp_path / "none.npz")
    for name, content in (("text.npz", b"not a zip"), ("cut.npz", language.DEFAULT.read_bytes()[:5_000])):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ModelDamaged, match=name):
            language._scorers(path)


def test_the_model_is_small() -> None:
    assert language.DEFAULT.stat().st_size < 300_000


def _sentences(lang: str, folder: str) -> list[str]:
    lines = (SHARED / folder.format(lang)).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [sentence["text"] for row in rows for sentence in row.get("sentences", [row])]


# None of these was trained on; some press articles in Kazakh are set in Latin script.
@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the project's shared data is not beside the checkout")
@pytest.mark.parametrize("folder", ["press/{}.jsonl", "gold/dev.{}.jsonl"])
@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_press_and_the_gold(lang: str, folder: str) -> None:
    found = identify_many(_sentences(lang, folder))
    assert sum(each.code == lang for each in found) / len(found) >= 0.98


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the project's shared data is not beside the checkout")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_press_in_latin_letters(scheme: str) -> None:
    found = identify_many(to_latin(text, scheme) for text in _sentences("kk", "press/{}.jsonl"))
    assert sum(each.code == "kk" for each in found) / len(found) >= 0.97
