"""Bytes to text, elements to paragraphs, and what never belongs to an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawlers.boilerplate import clean_paragraphs
from crawlers.decode import decode, is_binary
from crawlers.markdown import plain
from crawlers.text import language_of_text, letters, paragraphs_of, tidy

RUSSIAN = "Полиция Алматы сообщила о проверке документов у рабочих. " * 5
KAZAKH = "Қазақстанда көші-қон туралы жаңа заң қабылданды деп хабарлайды. " * 5


def page(charset, text):
    return f'<html><head><meta charset="{charset}"></head><body>{text}</body></html>'


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        (page("utf-8", RUSSIAN).encode(), None),
        (page("utf-8", KAZAKH).encode(), "windows-1251"),
        (page("windows-1251", RUSSIAN).encode("cp1251"), None),
        (page("utf-8", RUSSIAN).encode("cp1251"), None),
        (page("utf-8", RUSSIAN).encode("cp1251"), "utf-8"),
        (page("windows-1251", KAZAKH).encode(), "windows-1251"),
        (page("no-such-charset", RUSSIAN).encode("cp1251"), "x-unknown"),
        (RUSSIAN.encode("koi8-r"), None),
        (page("koi8-r", RUSSIAN).encode("koi8-r"), None),
        (RUSSIAN.encode("utf-16"), None),
        (b"\xef\xbb\xbf" + RUSSIAN.encode(), "windows-1251"),
        (page("gb2312", "哈萨克斯坦新闻").encode("gb18030"), None),
        (page("iso-8859-1", "Économie “d’été”").encode("cp1252"), None),
    ],
    ids=range(13),
)
def test_text_is_decoded_whatever_is_declared(raw, header):
    text = decode(raw, header)
    assert any(expected in text for expected in (RUSSIAN, KAZAKH, "哈萨克斯坦新闻", "Économie “d’été”"))
    assert "\ufeff" not in text


def test_a_broken_letter_does_not_change_the_encoding():
    raw = page("utf-8", KAZAKH * 20).encode()
    assert KAZAKH in decode(raw[:900] + b"\xd0" + raw[900:], None)


def test_controls_are_dropped():
    assert decode(b"a\x00b\x08c\nd\x7f") == "abc\nd"


@given(
    st.binary(max_size=300),
    st.sampled_from([None, "utf-8", "cp1251", "utf-16", "idna", "base64", "rot13", "\x00"]),
)
def test_decode_never_raises(raw, header):
    decode(raw, header).encode("utf-8")


def test_pictures_are_binary_and_pages_are_not():
    assert is_binary(bytes(range(256)) * 10)
    assert not is_binary(RUSSIAN.encode())
    assert not is_binary(RUSSIAN.encode("cp1251"))
    assert not is_binary(b"<p>a\x00</p>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a b</p><p>c</p>", ["a b", "c"]),
        ("<p>one<br>two</p>", ["one", "two"]),
        ("<p>П<b>о</b>лиция  \n сообщает</p>", ["Полиция сообщает"]),
        ("<div>loose <p>inside</p> tail</div>", ["loose", "inside", "tail"]),
        ("<ul><li>a</li><li>b</li></ul>", ["a", "b"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a b"]),
        ("<p>a<script>x()</script>b\u00ad\u200bc\u00a0d</p>", ["abc d"]),
        ("<p> </p>", []),
    ],
)
def test_paragraphs_are_what_a_reader_sees(markup, expected):
    assert paragraphs_of(html.fromstring(f"<div>{markup}</div>")) == expected


def test_deep_trees_do_not_exhaust_the_stack():
    element = html.fromstring("<div>" * 200 + "text")
    for _ in range(20):
        element.insert(0, html.fromstring("<div>" * 200 + "more"))
        element = element[0]
    assert paragraphs_of(element)[0] == "more"


def test_letters_forget_case_and_punctuation():
    assert letters("«Қазақ» — ЕЛІ, 2-ші!") == letters("қазақ елі 2ші")
    assert tidy("  a\u00a0 b\n") == "a b"


NOISE = [
    "Читайте также: Мигрантов выслали из страны",
    "Оқи отырыңыз: Шетелдіктер саны артты",
    "Read also: Migrants leave the city",
    "Подписывайтесь на наш Telegram-канал!",
    "Подпишись на нас, чтобы не пропустить новости",
    "Біздің Telegram арнамызға жазылыңыз",
    "Нашли ошибку? Выделите её и нажмите Ctrl+Enter",
    "Фото: пресс-служба полиции",
    "20:07 USD 86.50 EUR 94.10",
    "None None",
    "Your browser doesn't support HTML5",
    "Наш WhatsApp NUR.KZ: +7 700 000 00 00",
    "Subscribe to our newsletter",
    "Поделиться",
    "We use cookies to improve the site",
    "❗️ Подписывайся на Mash",
    "12 наурыз 2026 19:11",
    "Пятница, 04 Июл 2025, 12:00 | 1100",
    "The author is a regular contributor to these pages.",
]
PROSE = [
    "Напомним, что закон был принят весной, и с тех пор его меняли дважды.",
    "Фотограф приехал в город вчера и остался.",
    "Тағы да айта кетейік, заң күшіне енді.",
    "Подписанный закон вступит в силу через десять дней.",
    "Читатели газеты прислали сотни писем.",
    "Related families were moved to the camp in May.",
    "По теме миграции выступили трое депутатов.",
    "USD курс растёт третью неделю подряд, сообщил банк.",
    "12 человек задержаны.",
    "12 мая 2024 года в городе прошёл рейд.",
    "Реклама сигарет запрещена законом.",
]


@pytest.mark.parametrize("line", NOISE)
def test_lines_about_the_site_and_other_stories_go(line):
    assert clean_paragraphs(["Первый абзац новости.", line, "Последний абзац новости."]) == [
        "Первый абзац новости.",
        "Последний абзац новости.",
    ]


@pytest.mark.parametrize("line", PROSE)
def test_sentences_of_the_article_stay(line):
    assert line in clean_paragraphs(["Первый абзац новости.", line])


def test_headlines_under_a_bare_marker_go_with_it():
    lines = [
        "Абзац новости.",
        "Читайте также:",
        "Полиция проверила рынок",
        "Депутат предложил закон",
        "И снова абзац новости.",
    ]
    assert clean_paragraphs(lines) == ["Абзац новости.", "И снова абзац новости."]


def test_title_and_lead_are_not_repeated():
    lead = "Полиция Алматы сообщила о проверке документов у рабочих."
    assert clean_paragraphs(["Рейд в Алматы", lead, lead, "Дальше."], "РЕЙД В АЛМАТЫ!") == [lead, "Дальше."]
    assert clean_paragraphs([lead.rstrip("."), lead + " Ещё.", "Дальше."]) == [lead + " Ещё.", "Дальше."]


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (KAZAKH, "ru", "kk"),
        (RUSSIAN, "kk", "ru"),
        (RUSSIAN, "en", "ru"),
        (RUSSIAN, None, "ru"),
        ("The police said so. " * 3, "ru", "en"),
        ("Die Polizei sagte das gestern.", "de", "de"),
        ("Поліція повідомила про це вчора.", "uk", "uk"),
        ("", "fr", "fr"),
    ],
)
def test_language_is_that_of_the_body(text, declared, expected):
    assert language_of_text(text, declared) == expected


def test_messenger_markdown_becomes_plain():
    assert (
        plain("**Жирный** и [ссылка](https://x.kz/a_(b)) и __курсив__, 5*3")
        == "Жирный и ссылка и курсив, 5*3"
    )
    assert plain("[**внутри**](http://x) `код`") == "внутри код"
