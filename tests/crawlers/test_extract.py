"""One page to one article: what is chosen where places disagree, what never enters the body, what never raises."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.extract import UnknownSource, extract
from crawlers.extract_files import UnreadablePage, run_manifest, run_one
from crawlers.source import Selectors

FETCHED = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
URL = "https://www.caravan.kz/news/reid-na-stroike-123/"
TITLE = "Рейд на стройке прошёл в Алматы"
LEAD = "Полиция Алматы проверила документы у рабочих на стройке жилого дома, передаёт корреспондент."
BODY = [
    LEAD,
    "По словам представителя департамента, проверка длилась три часа и закончилась без задержаний.",
    "В акимате добавили, что застройщик обязан заключить договоры со всеми рабочими до конца месяца.",
    "Прокуратура, в свою очередь, напомнила о сроках регистрации приезжих и о штрафах за их нарушение.",
    "Жители соседних домов рассказали, что работы на площадке возобновились уже на следующее утро.",
]
OTHER = "Мигрантов массово выслали из страны"


def page(*, head="", title=TITLE, before="", h1=f"<h1>{TITLE}</h1>", body=None, after="", lang="ru"):
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY) if body is None else body
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
<header><a href="/">Главная</a> <a href="/news">Новости</a> <a href="/sport">Спорт</a></header>{before}
<main><article>{h1}<div class="article-body">{paragraphs}</div></article></main>{after}
<footer>Все права защищены. При использовании материалов ссылка обязательна.</footer></body></html>""".encode()


def ld(**fields):
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def read(markup, **settings_):
    return extract(markup, URL, fetched_at=FETCHED, **settings_)


def test_a_plain_page_gives_all_its_parts():
    head = (
        ld(
            headline=TITLE,
            datePublished="2025-12-05T23:50:00+05:00",
            author=[{"@type": "Person", "name": "Анна Ли"}],
            articleSection="Общество",
            keywords="полиция, стройка",
        )
        + '<meta property="og:site_name" content="Караван">'
    )
    found = read(page(head=head, title=f"{TITLE} - Караван"))
    assert found.title == TITLE
    assert found.body.split("\n\n") == BODY
    assert found.authors == ("Анна Ли",)
    assert (found.section, found.tags) == ("Общество", ("полиция", "стройка"))
    assert found.published_at == datetime(2025, 12, 5, 18, 50, tzinfo=UTC)
    assert (found.published_day, found.published_printed) == ("2025-12-05", "2025-12-05T23:50:00+05:00")
    assert (found.date_rule, found.date_status, found.status) == ("json_ld", "ok", "ok")
    assert (found.language_declared, found.canonical_url) == (
        "ru",
        "https://caravan.kz/news/reid-na-stroike-123",
    )


OG = '<meta property="og:title" content="{}">'
SITE = '<meta property="og:site_name" content="Караван">'
TITLES = [
    (
        "suffix of the site name",
        {"head": SITE + OG.format(f"{TITLE} - Караван"), "title": f"{TITLE} | Караван"},
    ),
    (
        "suffix of the host",
        {"head": OG.format(f"{TITLE} - caravan.kz"), "h1": "", "title": f"{TITLE} - caravan.kz"},
    ),
    (
        "suffix that h1 shows to be one",
        {"head": OG.format(f"{TITLE} | Новости дня и недели"), "title": f"{TITLE} | Новости дня и недели"},
    ),
    (
        "prefix of the site name",
        {
            "head": SITE + OG.format(f"Караван: {TITLE}".replace(":", " |")),
            "h1": "",
            "title": "Караван | " + TITLE,
        },
    ),
    ("logo in h1", {"head": SITE + OG.format(TITLE), "before": "<h1><a href='/'>Караван</a></h1>"}),
    (
        "headline against a search title",
        {
            "head": ld(headline=TITLE) + OG.format("Что случилось на стройке: рейд"),
            "title": "Что случилось на стройке: рейд",
        },
    ),
    (
        "h1 and title tag",
        {"head": OG.format("Смотрите, что произошло"), "title": f"{TITLE} - Караван", "before": ""},
    ),
    ("entities", {"head": OG.format(TITLE.replace(" ", "&amp;nbsp;"))}),
    (
        "kicker inside h1",
        {"h1": f"<h1><span>Общество</span>{TITLE}</h1>", "head": ld(headline=TITLE) + OG.format(TITLE)},
    ),
    ("no metadata", {"title": ""}),
    ("only og", {"head": OG.format(TITLE), "title": "", "h1": ""}),
    ("second h1 of a teaser", {"head": OG.format(TITLE), "after": f"<h1>{OTHER}</h1>"}),
    ("breadcrumbs in the title tag", {"head": SITE, "title": f"{TITLE} - Общество - Караван"}),
]


@pytest.mark.parametrize(("name", "parts"), TITLES, ids=[name for name, _ in TITLES])
def test_title_is_what_most_places_agree_on(name, parts):
    assert read(page(**parts)).title == TITLE


def test_a_dash_inside_a_headline_is_kept():
    headline = "Алматы - Астана: поезд опоздал на сутки"
    parts = {
        "title": f"{headline} - Караван",
        "head": SITE + OG.format(headline),
        "h1": f"<h1>{headline}</h1>",
    }
    assert read(page(**parts)).title == headline


INTRUDERS = [
    f'<p><b>Читайте также:</b> <a href="/x">{OTHER}</a></p>',
    f"<p>Читайте также: {OTHER}</p>",
    f'<h3>Читайте также</h3><ul><li><a href="/1">{OTHER}</a></li><li><a href="/2">{OTHER} снова</a></li></ul>',
    f'<div><strong>Оқи отырыңыз:</strong></div><p><a href="/1">{OTHER}</a></p>',
    f'<a class="article-read-also" href="/x">{OTHER}</a>',
    f'<div class="jnews_inline_related_post"><h4>Материалы</h4><p><a href="/x">{OTHER}</a></p></div>',
    f"<aside><p>{OTHER}, сообщили в министерстве в среду вечером.</p></aside>",
    f'<blockquote><p>Read also: <a href="/x">{OTHER}</a></p></blockquote>',
    f'<figure><img src="a.jpg"><figcaption>{OTHER}. Фото: архив</figcaption></figure>',
    f'<div class="photo-caption">{OTHER}</div>',
    f'<div class="wp-caption-text">{OTHER}</div>',
    f"<p>Подписывайтесь на наш Telegram: {OTHER}</p>",
    f'<p>Напомним, <a href="/x">{OTHER}</a>.</p>',
    f'<div class="relatedArticles"><p>{OTHER}</p></div>',
    f'<script>var a = "{OTHER}"</script>',
]


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("place", [2, 5], ids=["inside", "at the end"])
def test_other_stories_and_captions_never_enter_the_body(intruder, place):
    blocks = [f"<p>{line}</p>" for line in BODY]
    blocks.insert(place, intruder)
    assert read(page(body="".join(blocks))).body.split("\n\n") == BODY


def test_words_around_links_are_not_glued():
    body = [f"<p>{line}</p>" for line in BODY]
    body[1] = '<p>Об этом передает<a href="/">Tengrinews.kz</a>со ссылкой на <b>К</b>омитет.</p>'
    assert "передает Tengrinews.kz со ссылкой на Комитет." in read(page(body="".join(body))).body


def test_a_lead_in_json_ld_does_not_replace_the_text():
    found = read(page(head=ld(headline=TITLE, articleBody=LEAD)))
    assert (found.body.split("\n\n"), found.extractor) == (BODY, "trafilatura")


def test_a_long_lead_in_json_ld_cuts_nothing_from_the_end():
    short = ["Вода нужна летом.", "Город растёт на восток, где кончается асфальт."]
    lead = " ".join([*BODY, *BODY[:2]])
    body = "".join(f"<p>{line}</p>" for line in [lead, *BODY[2:], *short])
    found = read(page(head=ld(headline=TITLE, articleBody=lead), body=body))
    assert found.body.split("\n\n")[-2:] == short


def test_a_full_json_ld_body_cuts_a_foreign_closing_line():
    markup = page(
        head=ld(headline=TITLE, articleBody="\n".join(BODY)),
        body="".join(f"<p>{line}</p>" for line in [*BODY, "Отдел новостей и репортажей города"]),
    )
    assert read(markup).body.split("\n\n") == BODY


def test_a_full_json_ld_body_replaces_a_page_that_shows_only_the_lead():
    full = "\n".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in BODY * 1)
    found = read(page(head=ld(headline=TITLE, articleBody=full), body=f"<p>{LEAD}</p>"))
    assert (found.body.split("\n\n"), found.extractor) == (BODY, "json_ld")


def test_a_repeated_lead_is_dropped():
    assert read(page(body="".join(f"<p>{line}</p>" for line in [LEAD, *BODY]))).body.split("\n\n") == BODY


@dataclass(frozen=True)
class Sourced(UnknownSource):
    selectors: Selectors = field(default_factory=Selectors)


def test_selectors_of_the_source_decide():
    markup = page(
        body="".join(f"<p>{line}</p>" for line in BODY) + f"<p class='own'>{OTHER}</p>",
        before="<div class='when'>5 Қазан 2025, 10:15</div><div class='who'>Автор: Анна Ли</div>",
    )
    source = Sourced(
        selectors=Selectors(body="div.article-body", date=".when", authors=".who", remove=("p.own", "[["))
    )
    found = read(markup, source=source)
    assert (found.body.split("\n\n"), found.extractor) == (BODY, "selectors")
    assert (found.published_day, found.date_rule, found.authors) == ("2025-10-05", "text", ("Анна Ли",))


def test_a_selector_that_finds_nothing_falls_back():
    found = read(page(), source=Sourced(selectors=Selectors(body="div.gone", title="h1.gone", date=".gone")))
    assert (found.title, found.extractor) == (TITLE, "trafilatura")


DATED = [
    (
        "meta",
        {"head": '<meta property="article:published_time" content="2025-10-17T12:30:00+05:00">'},
        "2025-10-17",
    ),
    ("meta", {"head": '<meta name="og:article:published_time" content="2025-10-17">'}, "2025-10-17"),
    ("microdata", {"before": '<meta itemprop="datePublished" content="2025-10-17">'}, "2025-10-17"),
    ("time_tag", {"h1": f'<h1>{TITLE}</h1><time datetime="2025-10-17T09:00">сегодня</time>'}, "2025-10-17"),
    ("time_tag", {"h1": f"<h1>{TITLE}</h1><time>17 қазан 2025, 09:00</time>"}, "2025-10-17"),
    (
        "text",
        {"h1": f'<h1>{TITLE}</h1><span class="post-date">17 октября 2025 г. 9:26</span> <span>1100</span>'},
        "2025-10-17",
    ),
    (
        "text",
        {"h1": f"<h1>{TITLE}</h1><div><span>Вчера 20:38</span></div>", "before": '<div class="date">x</div>'},
        None,
    ),
    ("text", {"h1": f'<h1>{TITLE}</h1><div class="date">Вчера 20:38</div>'}, "2026-06-30"),
    (
        "text",
        {"h1": f'<h1>{TITLE}</h1><div class="date" data-unixtime="1700000000">когда-то</div>'},
        "2023-11-15",
    ),
    (
        "text",
        {
            "before": '<div class="date">2026 Год 1 Июля</div>',
            "h1": f'<h1>{TITLE}</h1><div class="date">5 Декабря 2025</div>',
        },
        "2025-12-05",
    ),
    ("none", {"before": '<div class="date">Сәрсенбі, 1 Шілде 2026</div>'}, None),
    ("none", {"before": '<div class="time">1 июля 2026, Бишкекское время 10:01</div>'}, None),
    ("none", {"after": '<aside><time datetime="2025-01-05">5 января</time></aside>'}, None),
    (
        "json_ld",
        {
            "head": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x" '
            '"datePublished":"2025-10-17T10:00:00Z",}</script>'
        },
        "2025-10-17",
    ),
    (
        "json_ld",
        {
            "head": '<script type="application/ld+json">/*<![CDATA[*/{"@graph":[{"@type":"WebSite","name":"k"},'
            '{"@type":["NewsArticle"],"datePublished":"2025-10-17T10:00:00Z",}]}/*]]>*/</script>'
        },
        "2025-10-17",
    ),
]


@pytest.mark.parametrize(("rule", "parts", "day"), DATED, ids=range(len(DATED)))
def test_dates_are_found_where_pages_keep_them(rule, parts, day):
    found = read(page(**parts))
    if day is not None or rule == "none":
        assert (found.date_rule, found.published_day) == (rule, day)
        assert found.date_status == ("ok" if day else "undated")


def test_the_article_of_this_page_is_chosen_among_several():
    other = ld(
        headline=OTHER,
        datePublished="2020-01-05",
        url="https://caravan.kz/news/other/",
        articleBody="x" * 50,
        author="B",
    )
    own = ld(
        headline=TITLE,
        datePublished="2025-10-17",
        mainEntityOfPage={"@type": "WebPage", "@id": URL + "?utm_source=x"},
    )
    assert read(page(head=other + own)).published_day == "2025-10-17"


def test_teasers_inside_json_ld_are_not_the_article():
    listed = {
        "@type": "ItemList",
        "itemListElement": [{"@type": "NewsArticle", "headline": OTHER, "datePublished": "2020-01-05"}],
    }
    script = f'<script type="application/ld+json">{json.dumps(listed)}</script>'
    assert read(page(head=script)).date_status == "undated"


def test_the_url_checks_the_page_and_the_feed_helps_a_silent_one():
    markup = page(head='<meta property="article:published_time" content="2026-07-01">')
    found = extract(markup, "https://sputnik.kz/20241120/a-1.html", fetched_at=FETCHED)
    assert (found.date_status, found.published_day) == ("suspect", "2026-07-01")
    assert extract(page(), "https://sputnik.kz/20241120/a-1.html", fetched_at=FETCHED).date_rule == "url"
    fed = extract(page(), URL, fetched_at=FETCHED, feed_date="Mon, 22 Jun 2026 02:22:19 +0000")
    assert (fed.date_rule, fed.published_day) == ("feed", "2026-06-22")


def test_day_is_the_sources_local_day_and_without_source_the_printed_one():
    markup = page(head=ld(headline=TITLE, datePublished="2025-10-03T23:30:00-04:00"))
    assert read(markup).published_day == "2025-10-03"
    assert read(markup, source=Sourced()).published_day == "2025-10-04"


def test_numbers_are_read_the_american_way_only_on_american_pages():
    h1 = f'<h1>{TITLE}</h1><div class="date">03/05/2026</div>'
    assert read(page(h1=h1, lang="en-US")).published_day == "2026-03-05"
    assert read(page(h1=h1, lang="en")).published_day == "2026-05-03"


STATUSES = [
    ("empty_body", page(body="")),
    ("parse_failed", b""),
    ("parse_failed", random.Random(7).randbytes(5000)),
    ("paywalled", page(head=ld(headline=TITLE, isAccessibleForFree="False"), body=f"<p>{LEAD}</p>")),
    (
        "ok",
        page(
            head=ld(headline=TITLE, isAccessibleForFree=False),
            body="".join(f"<p>{i} {line}</p>" for i in range(3) for line in BODY),
        ),
    ),
    (
        "challenged",
        b"<html><head><title>Just a moment...</title></head><body><div id='cf_chl_opt'>Checking your browser</div></body></html>",
    ),
    (
        "challenged",
        "<html><head><title>DDoS-Guard</title></head><body><p>Проверка браузера перед переходом</p></body></html>".encode(),
    ),
    (
        "ok",
        page(
            title="Just a moment: how Almaty lives",
            h1="<h1>Just a moment</h1>",
            body="".join(f"<p>{i} {line}</p>" for i in range(3) for line in BODY),
        ),
    ),
]


@pytest.mark.parametrize(("status", "markup"), STATUSES, ids=range(len(STATUSES)))
def test_status_tells_what_could_not_be_read(status, markup):
    assert read(markup).status == status


def test_windows_1251_declared_as_utf_8_is_read():
    markup = page(head=ld(headline=TITLE, datePublished="2025-10-17")).decode().encode("cp1251")
    found = read(markup, encoding="utf-8")
    assert (found.title, found.body.split("\n\n"), found.published_day) == (TITLE, BODY, "2025-10-17")


HOSTILE = {
    "nul bytes": page().replace(b"<p>", b"<p\x00>\x00"),
    "cut": page()[:900],
    "deep": b"<div>" * 50_000 + "текст ".encode() * 50,
    "wide": b"<a href=/x>a</a>" * 60_000,
    "json": b'<script type="application/ld+json">' + b"[" * 50_000 + b"</script><p>x</p>",
    "markers": "<h3>Читайте также</h3><ul><li><a href=1>a b</a></li></ul>".encode() * 2_000,
    "xml": b'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "bb">]><html><p>&b;</p></html>',
    "surrogate references": b"<p>&#xD800;&#0;&#1;&#xFFFFFF;</p>" * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_with_a_status(name):
    found = read(HOSTILE[name])
    found.body.encode("utf-8")
    assert found.status in ("ok", "empty_body", "parse_failed")


PIECES = st.sampled_from(
    [
        b"<p>",
        b"</p>",
        b"<h1>",
        b"<div class='related'>",
        b"<a href=x>",
        b"</a>",
        b"<time datetime='",
        b"'>",
        b"<script type='application/ld+json'>",
        b'{"@type":"NewsArticle",',
        b'"headline":',
        b"[1,null]",
        b'"datePublished":{',
        b"</script>",
        b"<!--",
        b"]]>",
        b"<br>",
        "Читайте также:".encode(),
        "2 мая 2024".encode(),
        b"\x00",
        b"\xff\xfe",
        b"<meta charset=utf-16>",
        b"<meta property=og:title content=",
        b"<table><tr>",
        b"&#xD800;",
        b"<svg>",
        b"<title>",
        b"articleBody",
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join),
    st.sampled_from([None, "utf-8", "nonsense"]),
)
def test_no_bytes_raise(markup, encoding):
    found = read(markup, encoding=encoding)
    json.dumps({"title": found.title, "body": found.body}).encode("utf-8")


def test_same_bytes_give_the_same_article():
    assert read(page(after=INTRUDERS[2])) == read(page(after=INTRUDERS[2]))


def test_a_manifest_is_answered_line_by_line(tmp_path):
    (tmp_path / "a.html").write_bytes(
        page(head=ld(headline=TITLE, datePublished="2025-10-03T23:30:00-04:00"))
    )
    lines = [
        json.dumps({"path": "a.html", "url": URL, "fetched_at": "2026-07-01T06:00:00Z"}),
        "{broken",
        json.dumps({"path": "missing.html", "url": URL}),
        json.dumps({"path": "a.html"}),
        json.dumps({"path": "a.html", "url": "mailto:x"}),
        json.dumps({"path": str(tmp_path / "a.html"), "url": URL, "fetched_at": "2026-07-01T06:00:00+05:00"}),
    ]
    manifest, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    manifest.write_text("\n".join(lines) + "\n")
    summary = run_manifest(manifest, out)
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert (summary.pages, summary.errors) == (6, 4)
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, False]
    first = answers[0]
    assert {
        "url",
        "canonical_url",
        "title",
        "published_at",
        "date_rule",
        "authors",
        "language",
        "body",
        "status",
    } <= first.keys()
    assert (first["title"], first["published_at"], first["language"]) == (
        TITLE,
        "2025-10-03T23:30:00-04:00",
        "ru",
    )
    assert "missing.html" in answers[2]["error"]


def test_one_file_is_read_without_a_manifest(tmp_path):
    file = tmp_path / "a.html"
    file.write_bytes(page())
    assert run_one(file, URL)["body"].split("\n\n") == BODY
    with pytest.raises(UnreadablePage, match="nowhere"):
        run_one(tmp_path / "nowhere.html", URL)
