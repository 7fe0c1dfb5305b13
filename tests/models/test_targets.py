"""Whom a sentence is about, and how well the rules do on coded sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import codebook, lexicon, targets
from models.errors import LexiconFaults

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

SENTENCES = [
    ("kk", "Қытай компаниялары жерімізді жалға алып жатыр.", ["chinese"]),
    ("ru", "Китайские рабочие построили завод в Актобе.", ["chinese"]),
    ("en", "Chinese investors bought a third of the oil field.", ["chinese"]),
    ("ru", "Полиция оштрафовала 40 гастарбайтеров из Узбекистана.", ["central_asian"]),
    ("ru", "Президент Узбекистана прибыл в Астану.", []),
    ("ru", "Релоканты подняли цены на жильё.", ["russian"]),
    ("kk", "Қандастарға баспана берілді.", ["returnee"]),
    ("en", "Oralmans struggle to find work.", ["returnee"]),
    ("kk", "Ұйғыр ауылында жиын өтті.", ["uyghur_dungan"]),
    ("en", "Refugees were given shelter near the border.", ["refugee"]),
    ("en", "Brain drain worries the ministry.", ["emigrant"]),
    ("kk", "Шетелдіктерге жұмыс рұқсаты берілді.", ["migrants"]),
    ("ru", "Иностранцы и китайцы работают на стройке.", ["chinese"]),  # `migrants` not beside a named group
    ("en", "The Chinese team won the championship match.", []),
    ("kk", "Qytai kompaniialary jerimizdi jalǵa alyp jatyr.", ["chinese"]),
    ("ru", "Погода в Астане будет ясной.", []),
]


@pytest.fixture(scope="module")
def words() -> lexicon.Lexicon:
    return lexicon.load()


@pytest.mark.parametrize(("lang", "text", "expected"), SENTENCES)
def test_detect(words: lexicon.Lexicon, lang: str, text: str, expected: list[str]) -> None:
    assert targets.detect(words.match(text, lang), lang) == expected


def test_order_is_the_codebooks(words: lexicon.Lexicon) -> None:
    text = "Беженцы, уйгуры, оралманы, релоканты и китайцы."
    found = targets.detect(words.match(text, "ru"), "ru")
    assert found == [name for name in codebook.load().targets if name in found]
    assert len(found) >= 4


def test_another_language_has_no_targets(words: lexicon.Lexicon) -> None:
    assert targets.detect(words.match("Chinese workers", "en"), "other") == []


def test_a_neighbour_lends_its_target(words: lexicon.Lexicon) -> None:
    before, after = (
        words.match(text, "ru") for text in ("Китайцы скупают дома.", "Узбекские гастарбайтеры уехали.")
    )
    here = words.match("Их становится всё больше с каждым годом.", "ru")
    assert targets.detect(here, "ru") == []
    assert targets.detect(here, "ru", [before, after]) == ["chinese"]
    assert targets.detect(here, "ru", [[], after])[:1] == ["central_asian"]


def test_a_neighbour_lends_nothing_to_sport(words: lexicon.Lexicon) -> None:
    before = words.match("Китайцы скупают дома.", "ru")
    assert targets.detect(words.match("Сборная выиграла чемпионат по боксу.", "ru"), "ru", [before]) == []


def test_a_sentence_with_its_own_target_keeps_it(words: lexicon.Lexicon) -> None:
    before, here = (words.match(text, "ru") for text in ("Китайцы скупают дома.", "Беженцы ищут жильё."))
    assert targets.detect(here, "ru", [before]) == ["refugee"]


FAULTS = [
    ('target = "returnee"', 'target = "martian"', "'martian' is not a target of the codebook"),
    ('target = "returnee"', 'target = "martian"', "no rule for the target returnee"),
    ('any = ["returnee"]', 'any = ["returnees"]', "'returnees' is not in the lexicon"),
    ('any = ["returnee"]', "any = []", ".any -> no concept given"),
    ('any = ["returnee"]', 'anny = ["returnee"]', ".anny -> not a field of a rule"),
    ('unless = ["@elsewhere"]', 'unless = ["@nowhere"]', "no groups named @nowhere"),
    ('"бөтен"', '"бөтендер"', "'бөтендер' is not in the lexicon"),
    ("[groups]", "[group]", "group -> not a table of this file"),
]


@pytest.mark.parametrize(("before", "after", "fault"), FAULTS, ids=[fault for _, _, fault in FAULTS])
def test_a_fault_is_named_with_its_path(before: str, after: str, fault: str, tmp_path: Path) -> None:
    text = targets.DEFAULT.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "targets.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(LexiconFaults) as raised:
        targets.load(path)
    assert any(fault in each for each in raised.value.faults), raised.value.faults


@pytest.mark.parametrize("content", ["[[rule", "\x00"])
def test_unreadable_rules(content: str, tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconFaults, match="file -> "):
        targets.load(path)


# Floors, a little under what was measured: a change of lexicon or rules must not lose this much unseen.
FLOORS = {"kk": 0.52, "ru": 0.66, "en": 0.56}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the project's shared data is not beside the checkout")
@pytest.mark.parametrize("lang", FLOORS)
def test_targets_on_the_development_gold(words: lexicon.Lexicon, lang: str) -> None:
    right = wrong = missed = 0
    for line in (SHARED / "gold" / f"dev.{lang}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        neighbours = [words.match(row[side], lang) for side in ("prev", "next")]
        found = set(targets.detect(words.match(row["text"], lang), lang, neighbours))
        gold = set(row["targets"])
        right, wrong, missed = (
            right + len(found & gold),
            wrong + len(found - gold),
            missed + len(gold - found),
        )
    assert 2 * right / (2 * right + wrong + missed) >= FLOORS[lang]
