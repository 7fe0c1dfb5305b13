"""Cutting texts into sentences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sentences import MAX_LENGTH, split

# Each text is written with | where a sentence must end; the mark is taken out before cutting.
CASES = {
    "plain": ("ru", "Он ушёл. |Она осталась! |Почему?"),
    "initials": ("ru", "К.-Ж. Токаев и А. С. Пушкин встретились. |Ушли."),
    "town": ("ru", "Он живёт в г. Астане на ул. Абая. |Там тихо."),
    "year inside": ("ru", "В 2020 г. Казахстан подписал договор. |Готово."),
    "year at the end": ("ru", "Договор был подписан сторонами в конце 2020 г. |Потом его расторгли."),
    "i.e.": ("ru", "Это т.е. то самое, в т.ч. новое. |Вот."),
    "etc. goes on": ("ru", "Хлеб, мясо и т.д. продают дёшево. |Всё."),
    "etc. ends": ("ru", "Продают хлеб, мясо и т.д. |Потом уезжают."),
    "millions": ("ru", "Приехало 5 млн. человек. |Много."),
    "date": ("ru", "Указ от 12.03.2026 опубликован в 10.30. |Он действует."),
    "decimal": ("en", "It cost 3.5 million in all. |That is a lot."),
    "glued": ("ru", "Цены выросли в два раза.|Причина не ясна."),
    "speech with its speaker": ("kk", "«Қайда барамыз?» – деді ол. |Ешкім үндемеді."),
    "quotation of two with its speaker": (
        "ru",
        "«Едут чужие. Зачем они нам?» — спросил депутат. |Ему не ответили.",
    ),
    "quotation after a colon": ("en", "He said: “It is over. Go home.” |Nobody moved."),
    "quotation on its own": ("ru", "«Всё. |Хватит». |Он вышел."),
    "dash and lower case": ("ru", "Это всё! — сказал он. |И вышел."),
    "kk year": ("kk", "2020 ж. Астанада жиын өтті. |Бітті."),
    "kk etc.": ("kk", "Нан, ет, сүт т.б. тағамдар қымбаттады. |Солай."),
    "kk ordinal century": ("kk", "ХХ ғ. басында көшті. |Қайтты."),
    "titles": ("en", "Mr. Smith met Dr. Jones on Jan. 5. |They talked."),
    "U.S. before a name": ("en", "The U.S. State Department replied. |It was late."),
    "U.S. at the end": ("en", "He left the U.S. |The family stayed."),
    "p.m.": ("en", "They met at 5 p.m. on Monday. |All came."),
    "address": ("en", "See www.example.com/a.b?c=d. |Then write to a.b@example.com."),
    "ellipsis goes on": ("kk", "Ол... білмеймін. |Мүмкін…"),
    "ellipsis ends": ("ru", "Он молчал… |Потом заговорил."),
    "many marks": ("ru", "Да?! |Нет!!! |Ура."),
    "numbered": ("ru", "1. Первое дело. |2. Второе дело."),
    "lettered": ("kk", "а. Бірінші тармақ. |Келесі."),
    "dateline": ("kk", "АСТАНА. Үкімет отырысы өтті. |Шешім жоқ."),
    "dateline with a day": ("en", "ASTANA, 14 March. The commission met. |It agreed."),
    "digits begin": ("kk", "Жол жабылды. |2020 жылы ашылды."),
    "lines": ("ru", "Заголовок без точки\n|Текст ниже\r\n|и ещё строка"),
    "paragraph break": ("en", "Title\n\n|Body text. |More"),
    "bullets": ("ru", "Список:\n|• раз\n|• два"),
    "bullets in a line": ("ru", "Список |• раз |• два"),
    "Arabic question mark": ("other", "سؤال؟ |نعم."),
    "nothing": ("kk", ""),
    "spaces": ("kk", " \n \t "),
}


@pytest.mark.parametrize(("lang", "marked"), CASES.values(), ids=CASES.keys())
def test_split(lang: str, marked: str) -> None:
    text = marked.replace("|", "")
    assert [text[start:end] for start, end in split(text, lang)] == [
        p.strip() for p in marked.split("|") if p.strip()
    ]


@pytest.mark.parametrize("lang", ["kk", "ru", "en", "other", "zz"])
@given(text=st.text(alphabet="абВГ.!?…»«\"' \n\u2028\t5•–-gU", max_size=80))
def test_nothing_is_lost(lang: str, text: str) -> None:
    rebuilt, reached = "", 0
    for start, end in split(text, lang):
        assert reached <= start < end
        assert text[reached:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        rebuilt, reached = rebuilt + text[reached:end], end
    assert rebuilt + text[reached:] == text
    assert text[reached:].strip() == ""


@given(st.text(max_size=200))
def test_only_white_space_lies_between(text: str) -> None:
    kept = "".join(text[start:end] for start, end in split(text, "ru"))
    assert "".join(kept.split()) == "".join(text.split())


def test_long_sentences_are_cut_at_spaces() -> None:
    text = "сөз " * 3_000
    spans = split(text, "kk")
    assert all(end - start <= MAX_LENGTH for start, end in spans)
    assert all(text[start:end].split() == ["сөз"] * ((end - start + 1) // 4) for start, end in spans)


@pytest.mark.parametrize(
    "text",
    [
        "а" * 10**6,
        "." * 10**6 + "x",
        "«" * 10**6,
        '"а. ' * 10**5,
        "." + '"' * 10**6 + "x",
        " " * 10**6 + ".",
        "«а. " * 10**5,
    ],
    ids=["letters", "dots", "openings", "straight quotes", "closings", "spaces", "quotes never closed"],
)
def test_time_is_linear(text: str) -> None:
    """A quadratic step would take minutes on these, so the bound can be loose."""
    started = time.process_time()
    spans = split(text, "ru")
    assert time.process_time() - started < 60
    assert all(end - start <= MAX_LENGTH for start, end in spans)


def test_a_long_article_takes_milliseconds() -> None:
    text = (
        "Үкімет жаңа заң қабылдады. «Бұл дұрыс шешім», – деді министр Қ. Ахметов 2026 ж. наурызда.\n" * 1_200
    )
    assert len(text) >= 100_000
    started = time.process_time()
    assert len(split(text, "kk")) == 2_400
    assert time.process_time() - started < 10
