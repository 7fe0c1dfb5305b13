"""The lexicon: what a pattern matches, where, and what a faulty file says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import lexicon
from models.errors import LexiconFaults
from models.lexicon import Entry, Lexicon
from models.transliteration import SCHEMES, to_latin

HEAD = "concept\tlang\tpattern\tkind\tnote\n"


@pytest.fixture(scope="module")
def small() -> Lexicon:
    rows = [
        ("china", "kk", "қытай", "stem"),
        ("china", "kk", "қытай азамат", "phrase"),
        ("people", "kk", "қытай азамат", "phrase"),
        ("take", "kk", "басып ал", "phrase"),
        ("short", "kk", "си", "word"),
        ("soft", "kk", "мигрант", "stem"),
        ("soft", "kk", "келімсек", "stem"),
        ("china", "ru", "китай", "word"),
        ("people", "ru", "граждан кита", "phrase"),
        ("from", "ru", "из кита", "phrase"),
        ("more", "ru", "еще", "word"),
        ("china", "en", "china's", "word"),
        ("china", "en", "chinese", "stem"),
        ("long", "en", "end of the road", "phrase"),
    ]
    return Lexicon([Entry(*row, "") for row in rows])


FOUND = [
    ("kk", "Қытайлар келді", [("china", "Қытайлар")]),
    ("kk", "ҚЫТАЙДЫҢ азаматтары", [("china", "ҚЫТАЙДЫҢ азаматтары"), ("people", "ҚЫТАЙДЫҢ азаматтары")]),
    ("kk", "қытай, азамат", [("china", "қытай")]),
    ("kk", "қытай-азамат", [("china", "қытай-азамат"), ("people", "қытай-азамат")]),
    ("kk", "басып алды", [("take", "басып алды")]),
    ("kk", "Си мен сиыр", [("short", "Си")]),
    ("kk", "келімсегі", [("soft", "келімсегі")]),
    ("kk", "Қы\u00adтайлар\u200b мен", [("china", "Қы\u00adтайлар")]),
    ("kk", "Қытaйлaр", [("china", "Қытaйлaр")]),  # two Latin a
    ("ru", "китайский Китай", [("china", "Китай")]),
    ("ru", "гражданам Китая", [("people", "гражданам Китая")]),
    ("ru", "изгнанный Китай из Китая", [("china", "Китай"), ("from", "из Китая")]),
    ("ru", "ещё раз", [("more", "ещё")]),
    ("en", "China’s plan and chinese goods", [("china", "China’s"), ("china", "chinese")]),
    ("en", "the end of the road!", [("long", "end of the road")]),
    ("en", "end of these roads", []),
    ("en", "Қытай", []),
    ("tr", "chinese", []),
    ("other", "Қытай", []),
    ("kk", "", []),
]


@pytest.mark.parametrize(("lang", "text", "found"), FOUND)
def test_match(small: Lexicon, lang: str, text: str, found: list[tuple[str, str]]) -> None:
    assert [(match.concept, text[match.start : match.end]) for match in small.match(text, lang)] == found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_kazakh_in_latin_script(small: Lexicon, scheme: str) -> None:
    text = to_latin("Қытай азаматтары жерді басып алды.", scheme)
    found = [(match.concept, text[match.start : match.end]) for match in small.match(text, "kk")]
    first, second, _, taken, over = text.rstrip(".").split()
    assert found == [
        ("china", f"{first} {second}"),
        ("people", f"{first} {second}"),
        ("take", f"{taken} {over}"),
    ]


def test_the_house_lexicon() -> None:
    words = lexicon.load()
    assert len(words.entries) > 12_000
    assert len(words.concepts) >= 100
    assert {entry.lang for entry in words.entries} == set(lexicon.LANGUAGES)
    assert words.version == lexicon.load().version
    text = "Жерімізді қытайға сатпаңдар, кейін кеш болады!"
    assert {"china_generic", "land_territory"} <= {match.concept for match in words.match(text, "kk")}


def test_every_pattern_of_the_house_finds_itself() -> None:
    words = lexicon.load()
    lost = [
        entry
        for entry in words.entries
        if not any(
            match.concept == entry.concept and match.start == 0 and match.end == len(entry.pattern)
            for match in words.match(entry.pattern, entry.lang)
        )
    ]
    assert lost == []


def test_version_follows_the_patterns_not_the_notes(tmp_path: Path) -> None:
    def version(row: str) -> str:
        path = tmp_path / "lexicon.tsv"
        path.write_text(HEAD + row, encoding="utf-8")
        return lexicon.load(path).version

    assert version("china\tkk\tқытай\tstem\t\n") == version("china\tkk\tқытай\tstem\tcountry\n")
    assert version("china\tkk\tқытай\tstem\t\n") != version("china\tkk\tқытай\tword\t\n")


@given(st.text(max_size=80), st.sampled_from(["kk", "ru", "en"]))
def test_matches_lie_in_the_text(text: str, lang: str) -> None:
    matches = lexicon_of_tests().match(text, lang)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert [match.start for match in matches] == sorted(match.start for match in matches)


def lexicon_of_tests() -> Lexicon:
    return Lexicon(
        [
            Entry("letter", lang, letter, "stem", "")
            for lang, letter in [("kk", "қ"), ("ru", "к"), ("en", "k")]
        ]
    )


@pytest.mark.parametrize("alphabet", ["қытайланғдар ", "chinese end of the road "])
def test_a_suffix_never_hides_a_stem(small: Lexicon, alphabet: str) -> None:
    lang, stem = ("kk", "қытай") if "қ" in alphabet else ("en", "chinese")

    @given(st.text(alphabet=alphabet.replace(" ", ""), max_size=8))
    def check(suffix: str) -> None:
        assert "china" in {match.concept for match in small.match(f"x {stem}{suffix} y", lang)}

    check()


FAULTY = {
    "columns": ("china\tkk\tқытай\tstem", "line 2 -> 5 columns expected, 4 found"),
    "concept": ("Chi na\tkk\tқытай\tstem\t", "line 2 -> concept 'Chi na' is not a lower-case name"),
    "language": ("china\tfr\tchine\tstem\t", "line 2 -> lang 'fr' is not one of kk, ru, en"),
    "kind": ("china\tkk\tқытай\troot\t", "line 2 -> kind 'root' is not one of word, stem, phrase"),
    "two words": (
        "china\tkk\tқытай азамат\tstem\t",
        "line 2 -> pattern 'қытай азамат' has 2 words, so its kind must be phrase",
    ),
    "one word": (
        "china\tkk\tқытай\tphrase\t",
        "line 2 -> pattern 'қытай' is one word, so its kind must be word or stem",
    ),
    "spaces": ("china\tkk\tқытай  азамат\tphrase\t", "is not words with single spaces between"),
    "twice": ("china\tkk\tқытай\tstem\t\nchina\tkk\tқытай\tword\t", "line 3 -> same pattern as line 2"),
    "nothing": ("", "file -> no patterns"),
}


@pytest.mark.parametrize(("rows", "fault"), FAULTY.values(), ids=FAULTY.keys())
def test_a_fault_is_named_with_its_line(rows: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text(HEAD + rows + ("\n" if rows else ""), encoding="utf-8")
    with pytest.raises(LexiconFaults) as raised:
        lexicon.load(path)
    assert any(fault in each for each in raised.value.faults), raised.value.faults


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text(
        "concept\tlang\n" + "".join(f"{rows}\n" for rows, _ in list(FAULTY.values())[:6]), encoding="utf-8"
    )
    with pytest.raises(LexiconFaults) as raised:
        lexicon.load(path)
    assert len(raised.value.faults) == 7


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LexiconFaults, match="file -> "):
        lexicon.load(tmp_path / "absent.tsv")
