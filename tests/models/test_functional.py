"""The functional suite: its cases are well-formed, its scoring is right, and the shipped model holds its floors."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace

import pytest

from models.evaluation import floors, functional
from models.evaluation.functional import PHENOMENA, CaseFaults
from models.lexicon import LANGUAGES
from models.speech_acts import ReadError, SpeechAct
from models.text import fold

CASES = functional.load()
ONLY_IN = {"latin_kazakh": {"kk"}}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_every_phenomenon_has_cases_enough(lang, phenomenon):
    found = [case for case in CASES if (case.lang, case.phenomenon) == (lang, phenomenon)]
    if lang in ONLY_IN.get(phenomenon, LANGUAGES):
        assert len(found) >= 12
        assert len({case.pair for case in found}) >= 6
    else:
        assert not found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_pair_has_members_that_differ(lang):
    pairs: dict[str, list[functional.Case]] = {}
    for case in CASES:
        if case.lang == lang:
            pairs.setdefault(case.pair, []).append(case)
    assert len(pairs) >= 100
    for members in pairs.values():
        assert len(members) >= 2
        shown = {(case.passage.text, case.passage.prev, case.passage.next) for case in members}
        assert len(shown) == len(members)


def test_answers_are_of_every_kind():
    for lang in LANGUAGES:
        moves = Counter(case.move for case in CASES if case.lang == lang and not case.lang_only)
        assert min(moves.values()) >= 25
        assert len(moves) == 4


@pytest.mark.parametrize("phenomenon", functional.SURFACE)
def test_what_differs_on_the_surface_only_must_get_the_same_answer(phenomenon):
    for name in {case.pair for case in CASES if case.phenomenon == phenomenon}:
        assert len({case.move for case in CASES if case.pair == name}) == 1


def test_a_sentence_occurs_in_one_pair_only():
    pairs: dict[str, set[str]] = {}
    for each in CASES:
        pairs.setdefault(fold(each.passage.text), set()).add(each.pair)
    assert [text for text, names in pairs.items() if len(names) > 1] == []


class Parrot:
    """A reader that says what it was told to say, by id."""

    def __init__(self, answers):
        self.reading = {"model": "parrot"}
        self.answers = answers
        self.asked = []

    def read(self, passages):
        self.asked = list(passages)
        return [self.answers[each.id] for each in passages]


def act(move, lang="ru", targets=(), measure=False):
    return SpeechAct("x", lang, "Cyrl", list(targets), move, 0.5, None, [], measure, [], {}, [])


def case(name, move="securitizing", pair="p", phenomenon="negation", **more):
    return {
        "id": name, "lang": "ru", "phenomenon": phenomenon, "pair": pair, "text": f"Предложение {name}", "move": move
    } | more  # fmt: skip


def written(folder, ru, **others):
    """A folder of cases; the languages that are not given get one pair that everything answers."""
    for lang in LANGUAGES:
        rest = [case(f"{lang}{n}", pair=lang, lang=lang, lang_only=True) for n in (1, 2)]
        rows = ru if lang == "ru" else others.get(lang, rest)
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{lang}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder


OTHERS = {f"{lang}{n}": act("neutral", lang) for lang in ("kk", "en") for n in (1, 2)}


def test_scoring_by_hand(tmp_path):
    folder = written(
        tmp_path,
        [
            case("a1", prev="До.", next="После."),
            case("a2", "desecuritizing"),
            case("b1", pair="q", targets=["chinese"]),
            case("b2", "irrelevant", pair="q", targets=[]),
            case("c1", pair="r", phenomenon="dry_rule", measure=True),
            case("c2", "neutral", pair="r", phenomenon="dry_rule", measure=False),
            case("d1", pair="s", phenomenon="language", lang_only=True),
            case("d2", pair="s", phenomenon="language", lang_only=True),
        ],
    )
    reader = Parrot(
        {
            "a1": act("securitizing"), "a2": act("desecuritizing"),  # whole
            "b1": act("securitizing", targets=["russian"]), "b2": act("irrelevant"),  # another target
            "c1": act("securitizing", measure=False), "c2": act("securitizing", measure=False),
            "d1": act("neutral"), "d2": act("irrelevant", lang="other"),
            **OTHERS,
        }
    )  # fmt: skip
    made = functional.report(reader, folder, resamples=200)
    found = {name: figure.value for name, figure in made.figures["ru"].items()}
    assert found["move_accuracy"] == pytest.approx(5 / 6, abs=1e-4)
    assert found["move_accuracy_negation"] == 1.0
    assert found["move_accuracy_dry_rule"] == 0.5
    assert found["move_accuracy_language"] is None  # only the language is asked
    assert found["pairs_whole"] == 0.25
    assert found["pairs_whole_negation"] == 0.5
    assert found["pairs_whole_language"] == 0.0
    assert found["language_accuracy"] == 0.875
    assert found["targets_accuracy"] == 0.5
    assert found["measure_accuracy"] == 0.5
    assert found["pairs_whole_irony"] is None
    assert made.sentences == {"kk": 2, "ru": 8, "en": 2}
    low, high = made.figures["ru"]["pairs_whole"].low, made.figures["ru"]["pairs_whole"].high
    assert 0 <= low <= 0.25 <= high <= 1
    assert functional.report(reader, folder, resamples=200) == made


def test_the_reader_is_not_told_the_language_but_the_neighbours(tmp_path):
    folder = written(tmp_path, [case("a1", prev="До."), case("a2", next="После.")])
    reader = Parrot({"a1": act("neutral"), "a2": act("neutral"), **OTHERS})
    functional.report(reader, folder, resamples=1)
    assert {each.lang for each in reader.asked} == {None}
    assert [(each.prev, each.next) for each in reader.asked if each.id in ("a1", "a2")] == [
        ("До.", ""),
        ("", "После."),
    ]


def test_surface_pairs_may_be_alike_and_wrong(tmp_path):
    rows = [case(f"{pair}{n}", pair=pair, phenomenon="emphasis") for pair in "ab" for n in (1, 2)]
    answers = {name: act("neutral") for name in ("a1", "a2", "b1")} | {"b2": act("securitizing")}
    found = functional.report(Parrot(answers | OTHERS), written(tmp_path, rows), resamples=1).figures["ru"]
    assert found["surface_pairs_alike"].value == 0.5
    assert found["pairs_whole"].value == 0.0


def test_what_cannot_be_read_is_wrong(tmp_path):
    folder = written(tmp_path, [case("a1", targets=["chinese"], measure=False), case("a2")])
    reader = Parrot({"a1": ReadError("a1", "no"), "a2": act("securitizing"), **OTHERS})
    found = functional.report(reader, folder, resamples=1).figures["ru"]
    shares = {name: found[name].value for name in ("move_accuracy", "language_accuracy", "pairs_whole")}
    assert shares == {"move_accuracy": 0.5, "language_accuracy": 0.5, "pairs_whole": 0.0}
    assert (found["targets_accuracy"].value, found["measure_accuracy"].value) == (0.0, 0.0)


def test_a_perfect_reader_is_perfect_on_the_cases():
    answers = {
        each.passage.id: act(each.move, each.lang, each.targets or (), bool(each.measure)) for each in CASES
    }
    made = functional.report(Parrot(answers), resamples=2)
    for lang, found in made.figures.items():
        assert {figure.value for figure in found.values()} <= {1.0, None}
        missing = {name.partition("accuracy_")[2] for name, each in found.items() if each.value is None}
        assert missing - {""} == (set() if lang == "kk" else {"latin_kazakh"})


@pytest.mark.parametrize("move", ["securitizing", "neutral", "irrelevant"])
def test_a_reader_that_always_says_the_same_gets_no_contrast_right(move):
    found = functional.outcomes(Parrot({each.passage.id: act(move, each.lang) for each in CASES}), CASES)
    contrasts = {"negation", "rejection", "irony", "bare_number", "dry_rule", "plight", "reported_fear"}
    by_pair: dict[str, list[functional.Outcome]] = {}
    for each in found:
        by_pair.setdefault(each.case.pair, []).append(each)
    for members in by_pair.values():
        if members[0].case.phenomenon in contrasts and len({each.case.move for each in members}) > 1:
            assert not all(each.right for each in members)


BAD = [
    ("no\n", "not JSON"),
    ("[]", "expected an object, found list"),
    (case("a1") | {"mood": 1}, "mood: unknown key"),
    ({key: value for key, value in case("a1").items() if key != "text"}, "text: missing"),
    (case("a1") | {"text": 5}, "text: expected str, found int"),
    (case("a1") | {"text": " "}, "text: empty"),
    (case("a1") | {"lang": "kk"}, "lang: expected one of ru, found 'kk'"),
    (case("a1") | {"phenomenon": "wit"}, "phenomenon: expected one of"),
    (case("a1", "angry"), "move: expected one of"),
    (case("a1", targets=["martian"]), "targets: 'martian' is not in the codebook"),
    (case("a1", targets=[["chinese"]]), "targets: ['chinese'] is not in the codebook"),
    (case("a1", targets=[]), "do not go with securitizing"),
    (case("a1", "irrelevant", targets=["chinese"]), "do not go with irrelevant"),
    (case("a1", "neutral", measure=True), "measure: does not go with neutral"),
    (case("a1", measure=1), "measure: expected bool, found int"),
]


@pytest.mark.parametrize(("bad", "fault"), BAD)
def test_a_bad_line_is_named_with_its_place(tmp_path, bad, fault):
    folder = written(tmp_path, [case("x1", pair="x"), case("x2", pair="x"), bad])
    with pytest.raises(CaseFaults) as raised:
        functional.load(folder)
    assert any(
        line.startswith(f"{folder / 'ru.jsonl'}:3 -> ") and fault in line for line in raised.value.faults
    )


def test_all_faults_are_reported_at_once(tmp_path):
    alone, twin = case("a1", pair="alone"), case("t1", pair="twins")
    rows = [
        alone,
        twin,
        twin | {"id": "t2"},
        case("t1", pair="late"),
        case("b1", pair="b"),
        case("b2", pair="b"),
    ]
    folder = written(tmp_path, [*rows, case("a2", pair="alone")], kk=["{"])
    (folder / "en.jsonl").unlink()
    with pytest.raises(CaseFaults) as raised:
        functional.load(folder)
    told = "\n".join(raised.value.faults)
    for place, fault in (
        ("kk.jsonl:1", "not JSON"), ("ru.jsonl:1", "pair 'alone': one member only"),
        ("ru.jsonl:2", "pair 'twins': two members are the same"), ("ru.jsonl:4", "id: 't1' given twice"),
        ("ru.jsonl:7", "pair 'alone': its members stand apart"), ("en.jsonl", "No such file"),
    ):  # fmt: skip
        assert any(place in line and fault in line for line in told.splitlines()), (place, fault, told)


def test_an_empty_file_and_a_pair_of_two_phenomena_are_faults(tmp_path):
    folder = written(tmp_path, [case("a1"), case("a2", phenomenon="irony")], en=[])
    with pytest.raises(CaseFaults, match="no case") as raised:
        functional.load(folder)
    assert "several languages or phenomena" in str(raised.value)


def test_floors_notice_a_loss(tmp_path):
    folder = written(tmp_path, [case("a1"), case("a2", "neutral")])
    good = Parrot({"a1": act("securitizing"), "a2": act("neutral"), **OTHERS})
    kept = tmp_path / "floors.json"
    floors.write(functional.report(good, folder, resamples=2), kept)
    assert floors.losses(functional.report(good, folder, resamples=2), floors.read(kept)) == []
    worse = Parrot({**good.answers, "a2": act("securitizing")})
    lost = floors.losses(functional.report(worse, folder, resamples=2), floors.read(kept))
    assert sorted(line.split(":")[0] for line in lost) == [
        "ru move_accuracy", "ru move_accuracy_negation", "ru pairs_whole", "ru pairs_whole_negation",
    ]  # fmt: skip


def test_the_report_can_be_printed_as_a_table(tmp_path):
    folder = written(tmp_path, [case("a1"), case("a2", "neutral")])
    rows = functional.report(
        SimpleNamespace(reading={}, read=lambda passages: [act("neutral") for _ in passages]),
        folder,
        resamples=5,
    ).table()
    assert [row["figure"] for row in rows] == list(functional.NAMES)
    assert all((row["ru"] is None) == (row["ru_low"] is None) for row in rows)


def test_the_shipped_model_holds_its_floors():
    from models.speech_acts import Reader

    made = functional.report(Reader.load(), resamples=2)
    assert floors.losses(made, floors.read(functional.FLOORS)) == []
