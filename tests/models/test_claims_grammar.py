"""The files of the claim grammar: checked whole, every fault named with its file and path."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models import claims, codebook
from models.claims import grammar, patterns
from models.errors import GrammarFaults

ENDINGS = {"a": ("а", "ы"), "none": ("",)}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("слово", ["слово"]),
        ("слов|о,а", ["слово", "слова"]),
        ("стран|@a", ["страна", "страны"]),
        ("стран|,@a", ["стран", "страна", "страны"]),
        ("слов*", ["слов*"]),
        ("жит|ь,ью дома", ["жить дома", "житью дома"]),
    ],
)
def test_a_pattern_is_spelled_out(pattern, expected):
    assert list(patterns.expand(pattern, ENDINGS)) == expected


@pytest.mark.parametrize(
    ("pattern", "kind"), [("слово", "word"), ("слов*", "stem"), ("два слова", "phrase"), ("из-за", "phrase")]
)
def test_an_entry_knows_its_kind(pattern, kind):
    (entry,) = patterns.entries("x", "ru", [pattern], ENDINGS)
    assert entry.kind == kind


def test_the_projects_grammar_is_sound():
    loaded = grammar.load()
    assert set(loaded.by_lang) == {"kk", "ru", "en"}
    assert {place.target for place in loaded.places.values()} - {None} <= set(codebook.load().targets)
    assert all(place.within in loaded.places for place in loaded.places.values())
    assert sum(place.iso == "KZ" for place in loaded.places.values()) == 1
    assert claims.default() is claims.default()


FAULTS = [
    ("ru.toml", '2 = "две', 'two = "две', "ru.toml -> numerals.two is not a number"),
    ("ru.toml", "[fractions]", "[fraction]", "ru.toml -> fractions missing"),
    ("ru.toml", "[fractions]", "[fraction]", "ru.toml -> fraction is no section"),
    ("en.toml", "percent = [", "percents = [", "en.toml -> words.percent missing"),
    ("en.toml", "percent = [", "percents = [", "en.toml -> words.percents is not known"),
    ("kk.toml", "returning = [", "backing = [", "kk.toml -> directions.returning missing"),
    ("kk.toml", "|@number", "|@numbers", "names endings that are not there: numbers"),
    ("en.toml", "refugee = [", "martian = [", "is not a target"),
    ("places.toml", 'kind = "country"', 'kind = "planet"', "places.toml -> kazakhstan.kind is not one of"),
    ("places.toml", 'within = "kazakhstan"', 'within = "mars"', "places.toml -> astana.within is no place: 'mars'"),
    ("places.toml", 'target = "chinese"', 'target = "martian"', "places.toml -> china.target is not a target"),
    ("places.toml", 'iso = "KZ"', 'code = "KZ"', "places.toml -> kazakhstan.code is not known"),
    ("groups.toml", '"релокант"', '"релокантт"', "'релокантт' is no pattern of russian_people_moved"),
    ("groups.toml", 'concept = "refugee"', 'concept = "refuge"', "groups.toml -> group.5.concept is not in the lexicon"),
    ("groups.toml", 'target = "refugee"', 'target = "martian"', "groups.toml -> group.5.target is not a target"),
    ("ru.toml", "[numerals]", "[numerals", "ru.toml -> "),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "claims"
    copy.mkdir()
    for name in grammar.FILES:
        shutil.copy(grammar.FOLDER / name, copy / name)
    return copy


@pytest.mark.parametrize(("name", "before", "after", "fault"), FAULTS, ids=[fault for *_, fault in FAULTS])
def test_a_fault_is_named_with_its_path(name, before, after, fault, folder):
    text = (folder / name).read_text("utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), "utf-8")
    with pytest.raises(GrammarFaults) as raised:
        grammar.load(folder)
    assert any(fault in each for each in raised.value.faults), raised.value.faults


def test_all_faults_are_reported_at_once(folder):
    (folder / "places.toml").unlink()
    text = (folder / "en.toml").read_text("utf-8")
    (folder / "en.toml").write_text(text.replace("percent = [", "percents = ["), "utf-8")
    with pytest.raises(GrammarFaults) as raised:
        grammar.load(folder)
    assert {fault.split(" ")[0] for fault in raised.value.faults} >= {"places.toml", "en.toml"}


def test_the_version_follows_the_files(folder):
    before = grammar.load(folder).version
    assert before == claims.default().version
    with (folder / "en.toml").open("a", encoding="utf-8") as handle:
        handle.write("# a remark\n")
    assert grammar.load(folder).version != before
