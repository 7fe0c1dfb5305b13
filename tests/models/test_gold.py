"""Gold: what may be coded, what spreadsheets and Label Studio do to it, and how several coders become one."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import codebook
from models.coding import folder, label_studio, merge, reading, rules, sheets
from models.coding.coded import CODES, Coding, Raw, Sentence
from models.coding.reading import Coders
from models.decide import Codes
from models.errors import CodingFaults, InputRefused
from models.evaluation.report import GOLD, gold_files, load_gold

BOOK = codebook.load()
GOLDEN = Path(__file__).parents[1] / "golden"
DAY = "2026-03-02"

THREAT = {
    "targets": "chinese", "move": "securitizing", "voice": "public", "referents": "state; economy",
    "measure": "yes", "frames": "economic, territory",
}  # fmt: skip
DENIAL = {"targets": "chinese migrants", "move": "desecuritizing", "voice": "expert", "frames": "debunk"}
FACT = {"targets": "russian", "move": "neutral"}
NOTHING = {"move": "irrelevant"}


# ------------------------------------------------------------------------------------------------ rules
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (THREAT, Codes("securitizing", ["chinese"], "public", ["state", "economy"], True, ["territory", "economic"])),
        (DENIAL, Codes("desecuritizing", ["chinese", "migrants"], "expert", frames=["debunk"])),
        (DENIAL | {"frames": "crime|debunk"}, Codes("desecuritizing", ["chinese", "migrants"], "expert",
                                                    frames=["crime", "debunk"])),
        (FACT | {"measure": "ЛОЖЬ"}, Codes("neutral", ["russian"])),
        (THREAT | {"measure": "ИСТИНА"}, Codes("securitizing", ["chinese"], "public", ["state", "economy"], True,
                                               ["territory", "economic"])),
        ({"move": " Irrelevant "}, Codes()),
        (FACT | {"targets": ["russian", "russian"], "measure": False}, Codes("neutral", ["russian"])),
        ({"move": "", "measure": "no"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_is_filled_in_becomes_codes(row, expected):
    assert rules.codes_of(Raw("x", row), BOOK) == (expected, [])


FAULTS = [
    (NOTHING | {"targets": "chinese"}, "targets -> an irrelevant sentence has none; found chinese"),
    (FACT | {"targets": ""}, "targets -> a neutral sentence has at least one; found none"),
    (FACT | {"voice": "expert"}, "voice -> a neutral sentence has none; found expert"),
    (FACT | {"frames": "crime"}, "frames -> a neutral sentence has none; found crime"),
    (FACT | {"referents": "state"}, "referents -> only a securitizing sentence has any; found state"),
    (FACT | {"measure": "да"}, "measure -> only a securitizing sentence has one; the move is neutral"),
    (THREAT | {"voice": ""}, "voice -> a securitizing sentence has one; found none"),
    (THREAT | {"referents": ""}, "referents -> a securitizing sentence has at least one"),
    (THREAT | {"frames": ""}, "frames -> a securitizing sentence has at least one of territory"),
    (
        THREAT | {"frames": "crime debunk"},
        "frames -> a securitizing sentence has no counter frame; found debunk",
    ),
    (DENIAL | {"frames": "crime"}, "frames -> a desecuritizing sentence has at least one of humanitarian"),
    (DENIAL | {"referents": "state"}, "referents -> only a securitizing sentence has any; found state"),
    (DENIAL | {"targets": "chinese martians"}, "targets -> expected some of chinese"),
    (DENIAL | {"voice": "nobody"}, "voice -> expected one of author"),
    (DENIAL | {"measure": "perhaps"}, "measure -> expected yes or no; found 'perhaps'"),
    (
        {"targets": "chinese"},
        "move -> expected one of securitizing, desecuritizing, neutral, irrelevant; found ''",
    ),
    ({"move": "bad"}, "move -> expected one of securitizing"),
]


@pytest.mark.parametrize(("row", "expected"), FAULTS)
def test_what_the_codebook_forbids_is_a_fault(row, expected):
    _, faults = rules.codes_of(Raw("x", row), BOOK)
    assert len(faults) == 1
    assert faults[0].startswith(expected)


def test_the_projects_own_gold_follows_the_rules():
    read = reading.read(gold_files([GOLD]), Coders("first"), DAY, BOOK)
    assert len(read.codings) == 295


# ------------------------------------------------------------------------------------------------ tables
DANGEROUS = [
    "=1+1",
    "+7 700",
    "-5 градусов",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n",
    "＝1",
    " =1",
    "'=1",
    "''=x",
    "\0=1",
]


@given(st.text(alphabet="'=+-@;\t\r\n\0 аб,\"＝", max_size=12) | st.text())
def test_guarding_can_be_undone_and_leaves_nothing_that_runs(text):
    guarded = sheets.guard(text)
    assert sheets.unguard(guarded) == text
    for separator in (None, ";"):  # a spreadsheet that parts cells at semicolons cuts ours open
        for cell in [guarded] if separator is None else guarded.split(separator):
            assert cell[:1] not in {*"=+-@＝＋－＠\t\r\n\0"} - {""}


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_run_begins_with_an_apostrophe(text):
    assert sheets.guard(text).startswith("'")
    assert sheets.guard(f"слово;{text}").startswith("слово;'")


def test_ordinary_texts_stay_as_they_are():
    for text in ("Қытай - көрші", "'тырнақша'", "a, -b", "5; 6", "x = y"):
        assert sheets.guard(text) == text


def rows_of(*codes, **changes):
    return [
        {"id": f"s-{place:04d}", "lang": "kk", "prev": "", "text": f"Сөйлем {place}", "next": "Соң",
         "source": "a_kk", "published_day": DAY, "url": "http://a.test/1", "inclusion_probability": 0.25} | row | changes
        for place, row in enumerate(codes)
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_survives_a_spreadsheet(tmp_path, encoding, delimiter):
    """Written by us, saved by a spreadsheet in another encoding, with another separator, and decimal commas."""
    hostile = '=HYPERLINK("http://evil.test";"x")\nекінші жол; -5'
    sheets.write(tmp_path / "a.csv", rows_of(THREAT, FACT, text=hostile, note="-"))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as handle:
        cells = list(csv.reader(handle))
    assert cells[1][3].startswith("'=")
    cells = [[cell.replace("0.25", "0,25") for cell in row] for row in cells] + [[""] * len(cells[0])]
    with (tmp_path / "b.csv").open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(cells)
    first, second = reading.read([tmp_path / "b.csv"], Coders("aigul"), DAY, BOOK).codings
    assert first.sentence == Sentence(
        "s-0000", "kk", hostile, "", "Соң", "a_kk", "http://a.test/1", inclusion_probability=0.25
    )
    assert (first.note, first.coder, first.coded) == ("-", "aigul", DAY)
    assert second.codes == Codes("neutral", ["russian"])


def test_a_table_begins_with_a_byte_order_mark_for_excel(tmp_path):
    sheets.write(tmp_path / "a.csv", [])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfid,lang,prev,text,")


def faults_of(path, *more, coder="aigul"):
    with pytest.raises(CodingFaults) as caught:
        reading.read([path, *more], Coders.parse([coder] if coder else []), DAY, BOOK)
    return caught.value.faults


def test_every_fault_comes_with_file_and_line(tmp_path):
    path = tmp_path / "coded.csv"
    two_lines = THREAT | {"text": "бір\nекі"}
    wrong = {"lang": "de", "id": "", "inclusion_probability": "often", "text": " "}
    sheets.write(path, rows_of(two_lines, THREAT | {"voice": ""}, {}, FACT | wrong))
    lines = tmp_path / "coded.jsonl"
    lines.write_text(json.dumps(rows_of(THREAT)[0] | {"coded": "May"}) + "\n\n[1]\n{\n", "utf-8")
    found = [
        fault.split(" -> ")[0] for fault in faults_of(path, lines, tmp_path / "none.csv", tmp_path / "x.png")
    ]
    assert found[:5] == [
        "coded.csv line 4: voice",
        *(f"coded.csv line 6: {name}" for name in ("id", "text", "lang", "inclusion_probability")),
    ]
    assert found[5:8] == [
        "coded.jsonl line 1: coded",
        "coded.jsonl line 3: expected a JSON object; found list; mend or remove the line",
        "coded.jsonl line 4: expected a JSON object; found Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1); mend or remove the line",
    ]
    assert [fault.split(":")[0] for fault in found[8:10]] == ["none.csv", "x.png"]
    assert len(found) == 11  # and the first sentence stands in both files with another text
    assert "another text" in faults_of(path, lines)[-1]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,text\n1,x\n", "without lang, targets, move"),
        ("id,lang,text,targets,move,voice,referents,measure,frames,move\n", "move twice"),
        ('id,lang,text,targets,move,voice,referents,measure,frames\n"a"b,c\n', "line 2"),
        (
            "id,lang,text,targets,move,voice,referents,measure,frames\na,kk,x,,irrelevant,,,,,extra\n",
            "found 10",
        ),
        ("", "without id"),
        ("Сөз".encode("cp1251", "replace"), "UTF-8"),
    ],
)
def test_what_is_no_table_of_ours_is_refused(tmp_path, content, expected):
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (fault,) = faults_of(path)
    assert "expected" in fault
    assert expected in fault


def test_lines_not_filled_in_are_counted_and_left(tmp_path):
    sheets.write(tmp_path / "a.csv", rows_of({}, FACT, {"measure": False}))
    read = reading.read([tmp_path / "a.csv"], Coders("aigul"), DAY, BOOK)
    assert (len(read.codings), read.empty) == (1, 2)


def test_a_coder_who_contradicts_himself_is_told_where(tmp_path):
    sheets.write(tmp_path / "a.csv", rows_of(FACT))
    sheets.write(tmp_path / "b.csv", rows_of(NOTHING))
    assert faults_of(tmp_path / "a.csv", tmp_path / "b.csv") == [
        "b.csv line 2: s-0000 -> aigul coded it otherwise in a.csv line 2 (targets, move)"
    ]
    assert len(reading.read([tmp_path / "a.csv"] * 2, Coders("aigul"), DAY, BOOK).codings) == 1


@pytest.mark.parametrize("name", ["", "../etc", "a b", "x" * 41, "agreed", "a/b"])
def test_a_name_that_cannot_stand_in_a_files_name_is_refused(tmp_path, name):
    with pytest.raises(CodingFaults):
        Coders.parse([name])
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(rows_of(FACT)[0] | {"coder": name}), "utf-8")
    assert all("coder -> " in fault for fault in faults_of(path, coder=None))


def test_a_line_that_names_another_coder_is_a_fault(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(rows_of(FACT)[0] | {"coder": "bolat"}), "utf-8")
    assert faults_of(path) == ["a.jsonl line 1: coder -> the line names bolat, --coder aigul"]
    assert reading.read([path], Coders(), DAY, BOOK).codings[0].coder == "bolat"
    assert faults_of(path, coder="1=x=y=") != []


# ------------------------------------------------------------------------------------------------ Label Studio
@pytest.mark.parametrize("name", ["label_studio_export.json", "label_studio_export_min.json"])
def test_an_export_of_label_studio_is_read(name):
    """Exported by Label Studio 1.23.2, from tasks and a configuration that `baqylau sample` wrote."""
    read = reading.read([GOLDEN / name], Coders("aigul"), DAY, BOOK)
    assert [coding.codes for coding in read.codings] == [
        Codes("securitizing", ["chinese"], "public", ["state", "economy"], True, ["territory", "economic"]),
        Codes("desecuritizing", ["chinese", "migrants"], "expert", frames=["debunk"]),
        Codes("neutral", ["russian"]),
        Codes(),
    ]
    first = read.codings[0]
    assert first.sentence.text.startswith('=HYPERLINK("http://evil")')
    assert first.sentence.inclusion_probability == pytest.approx(2 / 27)
    assert (first.note, first.coded, first.coder) == ("два\nslova", "2026-11-22", "aigul")
    assert read.empty == (0 if "min" in name else 1)  # the skipped one; JSON-MIN leaves it out


@pytest.fixture
def two_annotators(tmp_path):
    tasks = json.loads((GOLDEN / "label_studio_export.json").read_text("utf-8"))
    other = tasks[0]["annotations"][0] | {"completed_by": {"id": 2, "email": "b@example.org"}}
    tasks[0]["annotations"].append(other)
    path = tmp_path / "two.json"
    path.write_text(json.dumps(tasks), "utf-8")
    return path


def test_annotators_of_one_export_are_told_apart(two_annotators):
    given = Coders.parse(["1=aigul", "b@example.org=bolat"])
    coders = [coding.coder for coding in reading.read([two_annotators], given, DAY, BOOK).codings]
    assert sorted(coders) == ["aigul"] * 4 + ["bolat"]
    fault = faults_of(two_annotators)[0]
    assert fault.endswith("coder -> annotators 1, b@example.org; give --coder ANNOTATOR=NAME for each")
    assert len(faults_of(two_annotators, coder="1=aigul")) == 1
    with pytest.raises(CodingFaults, match="one NAME, or ANNOTATOR=NAME"):
        Coders.parse(["aigul", "1=bolat"])


@pytest.mark.parametrize("content", ["{", "{}", "[1]", '[{"id": 1, "data": {"text": "x"}}]', "[" * 100_000])
def test_what_is_no_export_of_ours_is_refused(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content, "utf-8")
    assert faults_of(path)[0].startswith("a.json: expected")


def test_tasks_carry_no_prediction_and_the_configuration_every_code(tmp_path):
    row = rows_of({"move": "securitizing"})[0]
    configured = label_studio.write(tmp_path / "tasks.json", [row], BOOK)
    (task,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    assert list(task) == ["data"]
    assert set(task["data"]) == {*sheets.SENTENCE, "sentence_id"} - {"id"}
    view = ElementTree.parse(configured).getroot()
    offered = {group.get("name"): [choice.get("value") for choice in group] for group in view.iter("Choices")}
    assert offered == {
        "move": list(BOOK.moves), "targets": list(BOOK.targets), "voice": list(BOOK.voices),
        "referents": list(BOOK.referents), "measure": ["yes", "no"], "frames": list(BOOK.frames),
    }  # fmt: skip
    shown = [text.get("value") for text in view.iter("Text")]
    assert shown == ["$prev", "$text", "$next", "$url"]
    assert {text.get("valueType") for text in view.iter("Text")} == {"text"}
    assert BOOK.identity in configured.read_text("utf-8")


# ------------------------------------------------------------------------------------------------ merging
def coding(coder, name, row, lang="kk", **changes):
    codes, _ = rules.codes_of(Raw("x", row), BOOK)
    sentence = Sentence(name, lang, f"Сөйлем {name}", url="http://a.test/1", inclusion_probability=0.5)
    return replace(Coding(sentence, codes, coder, DAY, BOOK.identity), **changes)


def test_gold_is_what_all_say_or_what_was_adjudicated():
    told = [
        *(coding(coder, "agreed", THREAT) for coder in ("aigul", "bolat", "dana")),
        *(
            coding(coder, "disputed", row)
            for coder, row in (("aigul", THREAT), ("bolat", FACT), ("dana", THREAT))
        ),
        *(coding(coder, "settled", row) for coder, row in (("aigul", THREAT), ("bolat", FACT))),
        coding("adjudicated", "settled", NOTHING),
        coding("aigul", "alone", FACT),
    ]
    merged = merge.merge(told)
    assert [(each.sentence.id, each.coder, each.codes.move) for each in merged.gold] == [
        ("agreed", "agreed", "securitizing"),
        ("settled", "adjudicated", "irrelevant"),
    ]
    assert [each.sentence.id for each in merged.single] == ["alone"]
    (dispute,) = merged.disputes
    assert dispute.differ == ("targets", "move", "voice", "referents", "measure", "frames")
    assert list(dispute.codings) == ["aigul", "bolat", "dana"]
    with_single = merge.merge(told, single=True).gold
    assert [(each.sentence.id, each.coder) for each in with_single][1] == ("alone", "aigul")


said = st.sampled_from([THREAT, DENIAL, FACT, NOTHING])
many = st.dictionaries(
    st.tuples(st.sampled_from(["aigul", "bolat", "dana", "adjudicated"]), st.sampled_from("pqrs")),
    said,
    max_size=16,
)


@given(many, st.randoms())
def test_every_sentence_ends_in_one_place_whatever_the_order(told, random):
    codings = [coding(coder, name, row) for (coder, name), row in told.items()]
    merged = merge.merge(codings)
    random.shuffle(codings)
    assert merge.merge(codings) == merged
    parts = (*merged.gold, *merged.disputes, *merged.single)
    assert sorted(each.sentence.id for each in parts) == sorted({name for _, name in told})


def test_a_line_to_adjudicate_is_empty_and_shows_what_each_said(tmp_path):
    told = [coding("aigul", "q", THREAT, note="=1"), coding("bolat", "q", FACT)]
    rows = [dispute.row() for dispute in merge.merge(told).disputes]
    path = tmp_path / "d.csv"
    sheets.write(path, rows, merge.further_columns(rows))
    (raw,) = sheets.read(path)
    assert [raw.text(name) for name in CODES] == [""] * 6
    assert raw.text("differ") == "targets; move; voice; referents; measure; frames"
    assert (raw.text("aigul: move"), raw.text("bolat: move")) == ("securitizing", "neutral")
    assert raw.text("aigul: note") == "=1"
    columns = merge.further_columns(rows)
    assert columns[0] == "differ"
    assert columns[1:8] == [f"aigul: {name}" for name in (*CODES, "note")]


# ------------------------------------------------------------------------------------------------ the folder
def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def files_in(path):
    return {str(each.relative_to(path)): each.read_bytes() for each in sorted(path.rglob("*.jsonl"))}


def test_a_folder_holds_what_each_said_and_what_follows(tmp_path):
    first = [coding("aigul", "p", THREAT), coding("aigul", "q", FACT), coding("aigul", "r", FACT, lang="ru")]
    stored = folder.store(tmp_path, first, BOOK)
    assert stored.lines() == [
        "3 new, 0 changed, 0 as before",
        "kk: gold of 0; 2 coded by one coder only",
        "ru: gold of 0; 1 coded by one coder only",
    ]
    stored = folder.store(tmp_path, [coding("bolat", "q", FACT), coding("bolat", "p", DENIAL)], BOOK)
    assert stored.lines()[1] == "kk: gold of 1; 1 agreed, 1 in dispute"
    assert sorted(files_in(tmp_path)) == [
        *("coders/kk.aigul.jsonl", "coders/kk.bolat.jsonl", "coders/ru.aigul.jsonl", "kk.jsonl")
    ]
    folder.store(tmp_path, [coding("adjudicated", "p", THREAT)], BOOK)
    gold = lines_of(tmp_path / "kk.jsonl")
    assert [(row["id"], row["coder"]) for row in gold] == [("p", "adjudicated"), ("q", "agreed")]
    assert gold[0] | {"coder": ""} == {
        "id": "p", "lang": "kk", "prev": "", "text": "Сөйлем p", "next": "", "targets": ["chinese"],
        "move": "securitizing", "voice": "public", "referents": ["state", "economy"], "measure": True,
        "frames": ["territory", "economic"], "page": "http://a.test/1", "source": "", "url": "http://a.test/1",
        "inclusion_probability": 0.5, "coder": "", "coded": DAY, "codebook": BOOK.identity, "note": "",
    }  # fmt: skip
    assert len(load_gold([tmp_path / "kk.jsonl"])) == 2


@settings(max_examples=25, deadline=None)
@given(st.lists(many, min_size=1, max_size=3))
def test_importing_again_changes_nothing(tmp_path_factory, imports):
    path = tmp_path_factory.mktemp("gold")
    batches = [[coding(coder, name, row) for (coder, name), row in told.items()] for told in imports]
    for batch in batches:
        folder.store(path, batch, BOOK)
    before = files_in(path)
    later = [replace(each, coded="2027-01-01") for each in batches[-1]]
    stored = folder.store(path, later, BOOK)
    assert (stored.new, stored.changed, stored.same) == (0, 0, len(later))
    assert files_in(path) == before
    kept = {(each.coder, each.sentence.id): each for batch in batches for each in batch}
    assert {(each.coder, each.sentence.id): each for each in folder.stored(path, BOOK)} == kept


def test_a_second_thought_takes_the_gold_back(tmp_path):
    folder.store(tmp_path, [coding("aigul", "p", FACT), coding("bolat", "p", FACT)], BOOK)
    assert (tmp_path / "kk.jsonl").exists()
    stored = folder.store(tmp_path, [coding("bolat", "p", NOTHING)], BOOK)
    assert (stored.new, stored.changed) == (0, 1)
    assert not (tmp_path / "kk.jsonl").exists()


def test_a_folder_of_others_is_not_touched(tmp_path):
    (tmp_path / "kk.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(InputRefused, match=r"found kk\.jsonl and no coders/"):
        folder.store(tmp_path, [coding("aigul", "p", FACT)], BOOK)
    assert (tmp_path / "kk.jsonl").read_text("utf-8") == "{}\n"


def test_a_key_that_stands_for_another_text_is_a_fault(tmp_path):
    folder.store(tmp_path, [coding("aigul", "p", FACT)], BOOK)
    other = coding("bolat", "p", FACT)
    changed = replace(other, sentence=replace(other.sentence, text="Басқа сөйлем"))
    with pytest.raises(CodingFaults, match="p -> another text than aigul coded"):
        folder.store(tmp_path, [changed], BOOK)
    spaced = replace(other, sentence=replace(other.sentence, text="Сөйлем\r\n p "))
    assert folder.store(tmp_path, [spaced], BOOK).new == 1


def test_single_coders_are_found_in_folders_and_files(tmp_path):
    folder.store(tmp_path / "gold", [coding("aigul", "p", FACT), coding("bolat", "p", FACT)], BOOK)
    found = folder.codings_of([tmp_path / "gold"], BOOK, DAY)
    assert sorted(each.coder for each in found) == ["aigul", "bolat"]
    sheets.write(tmp_path / "dana.csv", rows_of(FACT))
    assert [each.coder for each in folder.codings_of([tmp_path / "dana.csv"], BOOK, DAY)] == ["dana"]
    with pytest.raises(CodingFaults, match="stands for coders who all said the same"):
        folder.codings_of([tmp_path / "gold" / "kk.jsonl"], BOOK, DAY)
    with pytest.raises(InputRefused, match="run baqylau gold import first"):
        folder.codings_of([tmp_path / "nothing"], BOOK, DAY)
