"""The source registry: what a file may say, and how all that is wrong is said at once."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers import registry
from crawlers.errors import RegistryFaults, UnknownSource
from crawlers.source import host_key

GOOD = """
[outlet]
slug = "steppe-wire"
name = "Steppe Wire"
country = "KZ"
media_type = "agency"
timezone = "Asia/Almaty"

[[ownership]]
class = "private_independent"
confidence = "high"
evidence = "masthead"

[[ownership]]
class = "pro_government_holding"
since = 2024-10-01
confidence = "medium"
evidence = "sold"

[[edition]]
id = "steppe_wire_ru"
language = "ru"
base_url = "https://wire.example"
tier = "A"
hosts = ["wire.example", "www.wire.example"]
article_url = ['^/news/\\d+$', '^/story\\?id=\\d+$']
discovery = [
  { kind = "feed", url = "https://wire.example/rss", verified = false },
  { kind = "listing", url = "https://www.wire.example/news?page={n}", pages = 3, links = "main a.card" },
]
[edition.selectors]
body = "div.text"
remove = [".related", "aside"]
[edition.date]
formats = "mdy"

[[edition]]
id = "steppe_wire_kk"
language = "kk"
base_url = "https://kaz.wire.example"
tier = "B"
hosts = ["kaz.wire.example"]
article_url = ['^/zhanalyq/']
"""


def write(folder, text=GOOD, name="steppe-wire.toml"):
    path = folder / "kz" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_good_file_gives_its_editions(tmp_path):
    kk, ru = registry.load([write(tmp_path)])
    assert (ru.id, ru.language, ru.enabled, kk.enabled) == ("steppe_wire_ru", "ru", True, False)
    assert ru.hosts == {"wire.example", "www.wire.example"} and ru.selectors.remove == (".related", "aside")
    assert ru.date_formats == "mdy" and kk.date_formats == "dmy"
    assert [entry.kind for entry in ru.discovery] == ["feed", "listing"] and ru.discovery[1].pages == 3
    assert registry.describe([ru])[0]["guesses"] == ["feed https://wire.example/rss"]
    assert [source.id for source in registry.select([kk, ru])] == ["steppe_wire_ru"]
    assert registry.select([kk, ru], ["steppe_wire_kk"]) == [kk]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 1, 1), "private_independent"),
        (date(2024, 9, 30), "private_independent"),
        (date(2024, 10, 1), "pro_government_holding"),
        (date(2026, 3, 2), "pro_government_holding"),
    ],
)
def test_ownership_is_a_history(tmp_path, day, expected):
    assert registry.load([write(tmp_path)])[1].ownership_on(day).ownership_class == expected


@pytest.mark.parametrize(
    ("url", "is_article", "has_host"),
    [
        ("https://wire.example/news/12", True, True),
        ("http://WWW.wire.example:80/news/12", True, True),
        ("https://wire.example./news/12", True, True),
        ("https://wire.example/story?id=4", True, True),
        ("https://wire.example/news/12/comments", False, True),
        ("https://wire.example:8443/news/12", True, False),
        ("https://user@wire.example/news/12", True, False),
        ("https://wire.example.evil.example/news/12", True, False),
        ("ftp://wire.example/news/12", True, False),
    ],
)
def test_hosts_and_article_patterns(tmp_path, url, is_article, has_host):
    ru = registry.load([write(tmp_path)])[1]
    assert (ru.is_article(url), ru.has_host(url)) == (is_article, has_host)


@pytest.mark.parametrize(
    "url", ["mailto:a@b.c", "news:123", "https://", "http://[::1", "http://h:99999/", "/only/path"]
)
def test_what_is_no_web_address_has_no_host(url):
    assert host_key(url) is None


FAULTS = [
    ('language = "ru"', 'language = "de"', "edition.0.language"),
    ('tier = "A"', 'tier = "Z"', "edition.0.tier"),
    ('class = "private_independent"', 'class = "secret"', "ownership.0.class"),
    ('evidence = "masthead"', "", "ownership.0.evidence"),
    ('name = "Steppe Wire"', 'name = "Steppe Wire"\ncolour = "blue"', "outlet.colour"),
    ('timezone = "Asia/Almaty"', 'timezone = "Asia/Atlantis"', "outlet.timezone"),
    ("'^/news/\\d+$'", "'^/news/(\\d+$'", "edition.0.article_url.0"),
    ('links = "main a.card"', 'links = "main a["', "edition.0.discovery.1.links"),
    ('"https://wire.example/rss"', '"wire.example/rss"', "edition.0.discovery.0.url"),
    ('"https://wire.example/rss"', '"https://other.example/rss"', "edition.0.discovery.0.url"),
    ('base_url = "https://kaz.wire.example"', 'base_url = "https://kz.wire.example"', "edition.1.base_url"),
    ('hosts = ["kaz.wire.example"]', 'hosts = ["https://kaz.wire.example/"]', "edition.1.hosts.0"),
    ('kind = "feed"', 'kind = "telepathy"', "edition.0.discovery.0.kind"),
    ("since = 2024-10-01", 'since = "last autumn"', "ownership.1.since"),
]


@pytest.mark.parametrize(("old", "new", "where"), FAULTS)
def test_one_fault_is_named_with_its_place(tmp_path, old, new, where):
    assert old in GOOD
    with pytest.raises(RegistryFaults) as caught:
        registry.load([write(tmp_path, GOOD.replace(old, new, 1))])
    assert any("steppe-wire.toml" in fault and where in fault for fault in caught.value.faults), (
        caught.value.faults
    )


def test_all_faults_of_all_files_come_at_once(tmp_path):
    bad = GOOD
    places = []
    for old, new, where in FAULTS:
        if bad.count(old) and new and "other.example" not in new:
            bad = bad.replace(old, new, 1)
            places.append(where)
    write(tmp_path, bad)
    write(tmp_path, GOOD.replace("steppe", "north").replace("language", "tongue", 1), "north.toml")
    write(tmp_path, "this is = not TOML [", "torn.toml")
    with pytest.raises(RegistryFaults) as caught:
        registry.load([tmp_path])
    faults = caught.value.faults
    assert all(any(where in fault for fault in faults) for where in places), faults
    assert any("north.toml" in fault and "tongue" in fault for fault in faults)
    assert any("torn.toml" in fault for fault in faults)
    assert "\n" not in str(caught.value)


def test_ids_and_slugs_are_declared_once(tmp_path):
    write(tmp_path)
    write(tmp_path, GOOD, "again.toml")
    with pytest.raises(RegistryFaults) as caught:
        registry.load([tmp_path])
    assert {"steppe_wire_ru", "steppe_wire_kk", "steppe-wire"} == {
        word
        for word in ("steppe_wire_ru", "steppe_wire_kk", "steppe-wire")
        if repr(word) in str(caught.value)
    }


def test_an_empty_place_and_an_unknown_id_are_faults(tmp_path):
    with pytest.raises(RegistryFaults, match="nothing-here"):
        registry.load([tmp_path / "nothing-here"])
    with pytest.raises(UnknownSource, match="steppe_wire_en"):
        registry.select(registry.load([write(tmp_path)]), ["steppe_wire_en"])


def test_the_shipped_registry_is_valid_and_says_what_is_guessed():
    sources = registry.load()
    assert len({source.outlet for source in sources}) >= 8
    assert {source.language for source in sources} == {"kk", "ru", "en"}
    assert all(source.discovery and source.ownership and source.path for source in sources)
    assert any(row["guesses"] for row in registry.describe(sources))


@pytest.mark.parametrize(
    ("source_id", "url", "expected"),
    [
        (
            "tengrinews_ru",
            "https://tengrinews.kz/kazakhstan_news/iz-almatyi-deportirovali-afrikantsev-532122/",
            True,
        ),
        (
            "zakon_ru",
            "https://www.zakon.kz/obshestvo/6492872-bolee-10-tysyach-inostrantsev-vydvorili.html",
            True,
        ),
        ("zakon_ru", "https://www.zakon.kz/pbf/6492872-x.html", False),
        ("kazinform_ru", "https://www.inform.kz/ru/kazahstan-utverdil-kvotu-f611fa", True),
        ("kazinform_kk", "https://kaz.inform.kz/news/kazakstandiktar-zhumis-ce45a1/", True),
        ("vlast_en", "https://vlast.kz/english/56714-why-does-sinophobia-remain-strong.html", True),
        ("vlast_ru", "https://vlast.kz/english/56714-why-does-sinophobia-remain-strong.html", False),
        ("kursiv_kk", "https://kz.kursiv.media/kk/2025-10-17/slug/", True),
        ("kursiv_ru", "https://kz.kursiv.media/kk/2025-10-17/slug/", False),
        ("egemen_kk", "https://egemen.kz/article/10193-kosh-qaytse-kobeyedi!", True),
        ("azattyq_ru", "https://rus.azattyq.org/a/32810902.html", True),
        ("astanatimes_en", "https://astanatimes.com/2026/03/kazakhstans-new-migration-policy/", True),
        ("astanatimes_en", "https://astanatimes.com/category/nation/", False),
    ],
)
def test_shipped_patterns_know_addresses_seen_in_the_evidence(source_id, url, expected):
    source = next(source for source in registry.load() if source.id == source_id)
    assert source.has_host(url) and source.is_article(url) is expected
