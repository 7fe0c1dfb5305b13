"""Claims: what a number in a sentence says of how many people, and all the numbers that say nothing of people."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import claims, codebook, lexicon
from models.claims import tokens

WORDS = lexicon.load()


def found(lang: str, text: str, **given) -> list[tuple]:
    return [(c.target, c.low, c.high, c.unit) for c in claims.extract(text, lang, **given)]


def only(lang: str, text: str, **given) -> claims.Claim:
    (claim,) = claims.extract(text, lang, **given)
    return claim


# how a number may be written, and the range that it means
NUMBERS = [
    ("ru", "500 000 китайцев", 500_000, 500_000),
    ("ru", "500\u00a0000 китайцев", 500_000, 500_000),
    ("ru", "500000 китайцев", 500_000, 500_000),
    ("ru", "500.000 китайцев", 500_000, 500_000),
    ("ru", "500 тыс. китайцев", 500_000, 500_000),
    ("ru", "500тыс китайцев", 500_000, 500_000),
    ("ru", "пятьсот тысяч китайцев", 500_000, 500_000),
    ("ru", "полмиллиона китайцев", 500_000, 500_000),
    ("ru", "1,5 млн мигрантов", 1_500_000, 1_500_000),
    ("ru", "полтора миллиона мигрантов", 1_500_000, 1_500_000),
    ("ru", "два с половиной миллиона мигрантов", 2_500_000, 2_500_000),
    ("ru", "1 млн 100 тысяч оралманов", 1_100_000, 1_100_000),
    ("ru", "60 тысяч 210 уйгуров", 60_210, 60_210),
    ("ru", "двадцати трёх мигрантов", 23, 23),
    ("ru", "от 300 до 500 тысяч мигрантов", 300_000, 500_000),
    ("ru", "300–500 тысяч мигрантов", 300_000, 500_000),
    ("ru", "две-три тысячи мигрантов", 2_000, 3_000),
    ("ru", "десятки тысяч релокантов", 20_000, 99_999),
    ("ru", "несколько сотен релокантов", 200, 999),
    ("ru", "тысячи релокантов", 2_000, 9_999),
    ("ru", "тысяч пять беженцев", 5_000, 5_000),
    ("ru", "более тысячи трёхсот беженцев", 1_300, 1_300),
    ("ru", "пятнадцати с лишним тысяч беженцев", 15_000, 15_000),
    ("kk", "үш жүз мың қытай", 300_000, 300_000),
    ("kk", "300 мың қытай", 300_000, 300_000),
    ("kk", "бір жарым миллион мигрант", 1_500_000, 1_500_000),
    ("kk", "жарты миллион мигрант", 500_000, 500_000),
    ("kk", "5 мыңнан астам қандас", 5_000, 5_000),
    ("kk", "5-6 мың қандас", 5_000, 6_000),
    ("kk", "бес-алты мың қандас", 5_000, 6_000),
    ("kk", "300 бен 500 мың аралығында қандас", 300_000, 500_000),
    ("kk", "ондаған мың қандас", 20_000, 99_999),
    ("kk", "жүз мыңдаған қандас", 200_000, 999_999),
    ("kk", "300-ден астам қандас", 300, 300),
    ("kk", "ush júz myń qytaı", 300_000, 300_000),
    ("kk", "üş jüz mıñ qıtay", 300_000, 300_000),
    ("en", "half a million Chinese", 500_000, 500_000),
    ("en", "500,000 Chinese", 500_000, 500_000),
    ("en", "1.5 million migrants", 1_500_000, 1_500_000),
    ("en", "1.5m migrants", 1_500_000, 1_500_000),
    ("en", "one and a half million migrants", 1_500_000, 1_500_000),
    ("en", "two hundred and fifty thousand migrants", 250_000, 250_000),
    ("en", "forty-seven migrants", 47, 47),
    ("en", "between 300,000 and 500,000 migrants", 300_000, 500_000),
    ("en", "from three hundred to seven hundred thousand migrants", 300_000, 700_000),
    ("en", "5-6 thousand migrants", 5_000, 6_000),
    ("en", "tens of thousands of migrants", 20_000, 99_999),
    ("en", "several hundred migrants", 200, 999),
    ("en", "a quarter of a million migrants", 250_000, 250_000),
    ("en", "a 500,000-strong Chinese community", 500_000, 500_000),
]


@pytest.mark.parametrize(("lang", "text", "low", "high"), NUMBERS, ids=[text for _, text, *_ in NUMBERS])
def test_a_number_is_read(lang, text, low, high):
    assert [each[1:] for each in found(lang, text)] == [(low, high, "persons")]


SHARES = [
    ("ru", "Каждый десятый житель Алматы — приезжий.", "migrants", 0.1),
    ("ru", "40 % мигрантов работают без договора.", "migrants", 0.4),
    ("ru", "Треть мигрантов не имеет документов.", "migrants", 0.3333),
    ("ru", "Две трети рабочих — китайцы.", "chinese", 0.6667),
    ("ru", "Мигранты составят 20 % населения.", "migrants", 0.2),
    ("ru", "Город на треть состоит из приезжих.", "migrants", 0.3333),
    ("ru", "Девять из десяти дворников — узбеки.", "central_asian", 0.9),
    ("kk", "Әр оныншы тұрғын – қытай.", "chinese", 0.1),
    ("kk", "Мигранттардың үштен бірінің құжаты жоқ.", "migrants", 0.3333),
    ("kk", "Жұмысшылардың 40 пайызы – қытайлар.", "chinese", 0.4),
    ("kk", "Шетелдіктердің үлесі 40 пайызға жетті.", "migrants", 0.4),
    ("kk", "Әр он қандастың тоғызы жұмыс тапқан.", "returnee", 0.9),
    ("en", "One in ten residents is a migrant.", "migrants", 0.1),
    ("en", "Two-thirds of the workers are Uzbeks.", "central_asian", 0.6667),
    ("en", "A quarter of migrants have no papers.", "migrants", 0.25),
    ("en", "Every third driller is Chinese.", "chinese", 0.3333),
    ("en", "Chinese workers account for 30 percent of the workforce.", "chinese", 0.3),
]


@pytest.mark.parametrize(("lang", "text", "target", "share"), SHARES, ids=[text for _, text, *_ in SHARES])
def test_a_share_is_read(lang, text, target, share):
    assert found(lang, text) == [(target, share, share, "share")]


TRAPS = [
    ("ru", "Китайская компания вложит 500 миллионов долларов."),
    ("ru", "Работает 4 600 предприятий с китайским участием."),
    ("ru", "Китаец 43 лет скончался."),
    ("ru", "25-летний китаец задержан."),
    ("ru", "Китаю передали миллион гектаров земли."),
    ("ru", "Статья 394 карает за организацию миграции мигрантов."),
    ("ru", "Число мигрантов выросло на 20 процентов."),
    ("ru", "Число преступлений мигрантов достигло 300."),
    ("ru", "В 2019 году китайские инвесторы ушли."),
    ("ru", "На митинг против китайцев вышли 300 жителей."),
    ("ru", "15 мая китайцев отпустили."),
    ("ru", "Прокуратура аннулирует 150 купленных китайцами виз."),
    ("ru", "Переводы мигрантов составляют 45 процентов ВВП."),
    ("ru", "Из-за штата уволены 20 человек, мигранты остались."),
    ("kk", "Елде 4 мың қытай кәсіпорны тіркелген."),
    ("kk", "25 жастағы қытай азаматы сотталды."),
    ("kk", "2019 жылы қытайлар кен орнын сатып алды."),
    ("kk", "Мигранттар саны 20 пайызға артты."),
    ("kk", "Көрмеге 30 қытай университеті қатысты."),
    ("kk", "Қытай зауытында 540 жергілікті тұрғын жұмыс істейді."),
    ("kk", "Қытайлық алаңдардан келген сәлемдеменің саны 38 миллионға жетті."),
    ("kk", "Қандастарға 600 орындық мектеп салынды."),
    ("en", "In 2009 Chinese banks lent 10 billion dollars."),
    ("en", "Under a 2023 change Russians may stay for 90 days."),
    ("en", "The number of migrants rose by 20 percent."),
    ("en", "The Chinese man, 43, died."),
    ("en", "Police recorded 1,029 violations by foreigners."),
    ("en", "Three out of ten repatriate certificates were forged."),
    ("en", "300 Chinese-owned firms closed."),
    ("en", "Guests from the PRC get a three-day visa."),
    ("en", "Foreigners paid $500."),
    ("en", "The Chinese team scored 3 goals in the championship."),
    ("en", "Article 15 bars foreigners."),
]


@pytest.mark.parametrize(("lang", "text"), TRAPS, ids=[text for _, text in TRAPS])
def test_other_numbers_are_no_claims(lang, text):
    assert found(lang, text) == []


# a number and the people it counts may stand apart
APART = [
    ("ru", "Число китайцев достигло 40 тысяч.", [("chinese", 40_000)]),
    ("ru", "Китайцев в республике от 30 до 50 тысяч.", [("chinese", 30_000)]),
    ("ru", "Из 1 200 занятых 780 — граждане Китая.", [("chinese", 780)]),
    ("ru", "Въехало 98 тысяч россиян, обратно выехали 64 тысячи.", [("russian", 98_000), ("russian", 64_000)]),
    ("ru", "Из Китая прибыло 300 человек.", [("chinese", 300)]),
    ("ru", "Страну покинули 25 тысяч человек.", [("emigrant", 25_000)]),
    ("ru", "30 человек покинули здание.", []),
    ("ru", "На родину вернулось более миллиона казахов.", [("returnee", 1_000_000)]),
    ("ru", "Сотни тысяч вернувшихся из России мужчин без работы.", [("emigrant", 200_000)]),
    ("kk", "Қытайлардың саны 40 мыңға жетті.", [("chinese", 40_000)]),
    ("kk", "Зауыттағы 780 адамның 139-ы – қытай азаматы.", [("chinese", 139)]),
    ("kk", "Қытайдан келген 300 адам тіркелді.", [("chinese", 300)]),
    ("kk", "Қытайдың қырық сегіз қызметкері ауырды.", [("chinese", 48)]),
    ("kk", "340 адамның 287-сі – Қазақстан азаматы.", []),
    ("en", "The number of Chinese workers has reached 40,000.", [("chinese", 40_000)]),
    ("en", "Of the 1,200 people on site, 780 are Chinese.", [("chinese", 780)]),
    ("en", "Some 837,000 Russians entered, and 780,000 left.", [("russian", 837_000), ("russian", 780_000)]),
    ("en", "They hurt 30 employees, 21 of them from China.", [("chinese", 21)]),
    ("en", "98 people from China arrived.", [("chinese", 98)]),
    ("en", "The Uyghur population stands at 290,000.", [("uyghur_dungan", 290_000)]),
    ("en", "Around three hundred people came to a rally against China.", []),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "expected"), APART, ids=[text for _, text, _ in APART])
def test_a_number_may_stand_apart_from_its_people(lang, text, expected):
    assert [(target, low) for target, low, *_ in found(lang, text)] == expected


def test_neighbours_lend_the_group_that_a_pronoun_means():
    text = "Их уже 300 тысяч."
    assert found("ru", text) == []
    assert found("ru", text, targets=["chinese"]) == [("chinese", 300_000, 300_000, "persons")]


def test_the_sending_side_speaks_of_emigrants():
    assert only("en", "More than 1.5 million Tajiks work in Russia.").target == "emigrant"
    assert only("en", "More than 1.5 million Tajiks work in Kazakhstan.").target == "central_asian"


DENIED = [
    ("ru", "Не 500 тысяч, а 5 тысяч китайцев.", [True, False]),
    ("ru", "Всего 2 тысячи китайцев, а не 200 тысяч.", [False, True]),
    ("ru", "Не менее 500 тысяч китайцев.", [False]),
    ("ru", "Слухи о 300 тысячах китайцев не соответствуют действительности.", [True]),
    ("ru", "Минтруда опровергло данные о двух миллионах нелегалов: на учёте 380 тысяч мигрантов.", [True, False]),
    ("ru", "Задержаны 12 китайцев с фальшивыми паспортами.", [False]),
    ("kk", "500 мың емес, 5 мың қытай.", [True, False]),
    ("kk", "300 мың қытай келді деген өтірік.", [True]),
    ("kk", "Кемінде 300 мың қытай бар.", [False]),
    ("kk", "Жалған некемен қоныстанған 38 қытай.", [False]),
    ("en", "There are not 500,000 but 5,000 Chinese.", [True, False]),
    ("en", "No fewer than 5,000 Chinese live here.", [False]),
    ("en", "The claim of half a million Chinese is a myth.", [True]),
    ("en", "Police found 96 foreigners with false visas.", [False]),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "expected"), DENIED, ids=[text for _, text, _ in DENIED])
def test_a_denied_number_is_kept_and_marked(lang, text, expected):
    assert [claim.rejected for claim in claims.extract(text, lang)] == expected


CIRCUMSTANCES = [
    ("ru", "В 2022 году в Казахстан въехало 2,9 миллиона россиян.", ("arriving", "kazakhstan", 2022, "exact")),
    ("ru", "С 1991 года вернулись 1,1 млн оралманов.", ("total", None, None, "exact")),
    ("ru", "Из страны выдворили около 4 218 иностранцев.", ("expelled", None, None, "about")),
    ("ru", "Полиция Шымкента задержала 15 нелегалов.", ("penalised", "shymkent", None, "exact")),
    ("ru", "В 2009 году 30 китайцев получили гражданство.", ("naturalised", None, 2009, "exact")),
    ("ru", "Кандасов в Алматинской области более 5 тысяч.", ("present", "almaty_region", None, "more")),
    ("kk", "Қазақстанға 2022 жылы 200 мыңдай ресейлік кірді.", ("arriving", "kazakhstan", 2022, "exact")),
    ("kk", "Алматыда 300-ден астам шетелдік елден шығарылды.", ("expelled", "almaty", None, "more")),
    ("kk", "Атажұртқа 5 мың қандас оралды.", ("returning", None, None, "exact")),
    ("en", "Up to 200,000 Russians fled to Kazakhstan in 2022.", ("arriving", "kazakhstan", 2022, "less")),
    ("en", "Kyrgyzstan deported 98 Chinese citizens.", ("expelled", "kyrgyzstan", None, "exact")),
    ("en", "350,000 people moved from Kazakhstan to Russia in 1994.", ("leaving", "russia", 1994, "exact")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "text", "expected"), CIRCUMSTANCES, ids=[text for _, text, _ in CIRCUMSTANCES]
)
def test_direction_place_year_and_hedge(lang, text, expected):
    claim = only(lang, text)
    assert (claim.direction, claim.place, claim.year, claim.hedge) == expected


@pytest.mark.parametrize(
    ("lang", "text", "year"),
    [
        ("ru", "В прошлом году приехали 30 китайцев.", 2025),
        ("kk", "Былтыр 30 қытай келді.", 2025),
        ("en", "Last year 30 Chinese workers arrived.", 2025),
        ("en", "This year 30 Chinese workers arrived.", 2026),
        ("en", "In 2009 there were 30 Chinese workers; last year was quiet.", 2009),
    ],
)
def test_last_year_needs_a_day_of_publication(lang, text, year):
    assert only(lang, text).year in (None, 2009)
    assert only(lang, text, year_of=date(2026, 3, 2)).year == year


def test_a_claim_tells_its_words_and_fields():
    text = "По слухам, около 30 тыс. граждан КНР работают здесь."
    claim = only("ru", text)
    assert (claim.text, text[claim.start : claim.end]) == ("около 30 тыс. граждан КНР",) * 2
    told = claim.as_dict()
    assert set(codebook.load().claims.fields) <= set(told)
    assert told["quantity"] == {"low": 30_000, "high": 30_000, "point": 30_000}


def test_a_language_without_a_grammar_has_no_claims():
    assert claims.extract("500 000 Chinese", "other") == []


GROUPED = st.sampled_from(["{:,}", "{:_}", "{}"])


@settings(deadline=None)
@given(st.integers(2, 9_999_999), GROUPED, st.sampled_from([" ", "\u00a0", "\u202f", ""]))
def test_separators_do_not_matter(number, form, separator):
    written = form.format(number).replace(",", separator).replace("_", separator)
    if 1800 <= number <= 2100:
        return  # may be a year
    for lang, noun in (("ru", "китайцев"), ("kk", "қытай келді"), ("en", "Chinese workers")):
        assert found(lang, f"{written} {noun}") == [("chinese", number, number, "persons")]


PIECES = st.sampled_from(
    [
        *("500", "тысяч", "1,5", "млн", "мың", "жүз", "әр", "оныншы", "каждый", "десятый", "%", "half", "of", "million", "-"),
        *("a", "до", "от", "5-6", "1/3", "треть", "китайцев", "мигрантов", "Chinese", "қытай", "адам", "их", "оның", "of them"),
        *(".", ",", "(", '"', "—", "2022", "году", "не", "а", "емес", "one in ten", "үштен бірі", "пайызы", "\u0301", "\u200b"),
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map(" ".join)))
def test_any_text_gives_sound_claims(text):
    for lang in ("kk", "ru", "en"):
        for claim in claims.extract(text, lang, targets=["chinese"]):
            assert text[claim.start : claim.end] == claim.text != ""
            assert 0 <= claim.low <= claim.point <= claim.high
            assert claim.unit in claims.UNITS
            assert claim.direction in claims.DIRECTIONS
            assert claim.hedge in claims.HEDGES
            assert claim.unit == "persons" or claim.high <= 1


WITHOUT = {
    "ru": "Депутаты обсудили поправки в закон, министр обещал изучить предложения общественности.",
    "kk": "Депутаттар заңға енгізілетін түзетулерді талқылады, министр ұсыныстарды зерттеуге уәде берді.",
    "en": "Deputies discussed the amendments to the law and the minister promised to study the proposals.",
}


@pytest.mark.parametrize("lang", WITHOUT)
def test_a_sentence_without_a_number_costs_little(lang):
    text, matches = WITHOUT[lang], WORDS.match(WITHOUT[lang], lang)
    assert not tokens.may_count(text, claims.default().by_lang[lang])
    claims.extract(text, lang, targets=(), matches=matches)
    started = time.process_time()
    for _ in range(500):
        claims.extract(text, lang, targets=(), matches=matches)
    assert (time.process_time() - started) / 500 < 50e-6
