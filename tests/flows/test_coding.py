"""Coding from the first sentence drawn to the reader's figures: the guide's commands, run as it prints them."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from flows import cli
from models import codebook
from models.coding.coded import CODES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "coding.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
GOLD = {
    " ".join(row["text"].split()): row
    for lang in ("kk", "ru", "en")
    for row in map(json.loads, (ROOT / f"models/evaluation/gold/dev.{lang}.jsonl").open(encoding="utf-8"))
}
HOSTILE = '=HYPERLINK("http://evil.test";"Қытайлар жерімізді алып қояды")'


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A warehouse that read the project's gold sentences as an archive, through the real pipeline."""
    folder = tmp_path_factory.mktemp("coding")
    rows = [
        {"text": text, "date": "2026-01-05T08:00:00Z", "channel": f"{row['lang']} press"}
        for text, row in [*GOLD.items(), (HOSTILE, {"lang": "kk"})]
    ]
    archive = folder / "posts.jsonl"
    archive.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    maps = [part for name in ("text=text", "date=date", "source=channel") for part in ("--map", name)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["baqylau", "ingest", str(archive), *maps, "--home", str(folder / "home")])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert not ended.value.code
    return folder / "home"


@pytest.fixture
def call(home, tmp_path, monkeypatch, capsys):
    """Run the command line in an empty folder in which the guide's warehouse is found."""
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    Path("var/demo").symlink_to(home)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["baqylau", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return (ended.value.code or 0), said.out, said.err

    return run


def sample(call, *options, out="sample.csv"):
    code, _, said = call("sample", "--home", "var/demo", "--out", out, *options)
    assert code == 0, said
    return said


def table(name):
    with Path(name).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def fill(name, codes_of):
    """Fill in a table as `codes_of` says for each line; None leaves the line empty."""
    rows = table(name)
    for place, row in enumerate(rows):
        codes = codes_of(place, row) or {}
        row |= {key: "; ".join(value) if isinstance(value, list) else value for key, value in codes.items()}
    with Path(name).open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def truth(_place, row):
    """The codes of the project's gold; what the archive does not share with it says nothing."""
    found = GOLD.get(" ".join(row["text"].split()), {"move": "irrelevant"})
    return {name: found.get(name) or "" for name in CODES} | {
        "measure": "yes" if found.get("measure") else ""
    }


def careless(place, row):
    """Takes every seventh sentence for irrelevant."""
    empty = dict.fromkeys(CODES, "")
    return empty | {"move": "irrelevant"} if place % 7 == 0 else truth(place, row)


def adjudicate(_place, row):
    return {name: row[f"aigul: {name}"] for name in CODES}


FILLED = {
    "cp sample.csv aigul.csv": lambda: fill("aigul.csv", truth),
    "cp sample.csv bolat.csv": lambda: fill("bolat.csv", careless),
    "baqylau gold disagreements gold --out disagreements.csv": lambda: fill("disagreements.csv", adjudicate),
}


@pytest.mark.slow
def test_the_guide_runs_as_written_from_a_draw_to_the_readers_figures(call):
    outputs = {}
    for line in COMMANDS:
        program, *arguments = shlex.split(line)
        if program == "cp":
            shutil.copy(*arguments)
        else:
            code, out, said = call(*arguments)
            assert code == 0, f"{line}: {said}"
            outputs[line] = out
        FILLED.get(line, lambda: None)()
    drawn = table("sample.csv")
    assert len(drawn) == 200
    gold = {
        row["id"]: row
        for lang in ("kk", "ru", "en")
        for row in map(json.loads, Path(f"gold/{lang}.jsonl").read_text("utf-8").splitlines())
    }
    assert set(gold) == {row["id"] for row in drawn}
    for place, row in enumerate(drawn):
        coded = gold[row["id"]]
        expected = truth(place, row)
        assert all(sorted(coded[name] or "") == sorted(expected[name]) for name in CODES if name != "measure")
        assert coded["measure"] == (expected["measure"] == "yes")
        assert coded["inclusion_probability"] == float(row["inclusion_probability"])
    assert sum(row["coder"] == "adjudicated" for row in gold.values()) > 5
    report = json.loads(outputs["baqylau agreement gold --json"])
    assert {line["lang"] for line in report["lines"]} == {"kk", "ru", "en"}
    moves = [line for line in report["lines"] if line["code"] == "move"]
    assert all(
        0.5 < line["alpha"]["low"] < line["alpha"]["value"] < line["alpha"]["high"] <= 1 for line in moves
    )
    assert sum(line["n"] for line in moves) == 200
    assert "kk: aigul coded" in outputs["baqylau agreement gold"]
    assert outputs["baqylau evaluate --gold gold"].startswith("figure ")


def test_the_guide_names_every_code_a_move_may_have():
    for name in (*CODES, *codebook.MOVES):
        assert re.search(rf"\b{name}\b", GUIDE)


def test_the_same_seed_draws_the_same_bytes_and_hostile_text_does_not_run(call):
    sample(call, "--n", 999)
    sample(call, "--n", 999, out="again.csv")
    sample(call, "--n", 999, "--seed", 5, out="other.csv")
    content = Path("sample.csv").read_bytes()
    assert content == Path("again.csv").read_bytes() != Path("other.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (line,) = [row for row in table("sample.csv") if "HYPERLINK" in row["text"]]
    assert line["text"] == f"'{HOSTILE}"
    fill("sample.csv", lambda _, row: {"move": "irrelevant"} if row["id"] == line["id"] else None)
    code, out, said = call("gold", "import", "sample.csv", "--coder", "aigul", "--single", "--out", "gold")
    assert code == 0, said
    assert out.splitlines()[-1] == f"{len(table('sample.csv')) - 1} not coded yet"
    (row,) = map(json.loads, Path("gold/kk.jsonl").read_text("utf-8").splitlines())
    assert row["text"] == HOSTILE


def test_a_second_sample_shares_nothing_with_the_first(call):
    sample(call, "--how", "stratified", "--n", 100)
    sample(call, "--n", 60, "--without", "sample.csv", out="tasks.json")
    sample(call, "--n", 999, "--without", "sample.csv", "--without", "tasks.json", out="rest.csv")
    first, rest = ({row["id"] for row in table(name)} for name in ("sample.csv", "rest.csv"))
    second = {task["data"]["sentence_id"] for task in json.loads(Path("tasks.json").read_text("utf-8"))}
    assert (len(first), len(second)) == (100, 60)
    assert not first & second and not rest & (first | second)
    assert Path("tasks.labelling.xml").read_text("utf-8").startswith("<View>")


def existing(call):
    Path("sample.csv").write_text("precious", "utf-8")
    return ["sample", "--home", "var/demo", "--out", "sample.csv"]


def wrong_question(call):
    return ["sample", "--home", "var/demo", "--out", "sample.xlsx", "--how", "best", "--lang", "de"]


def nothing_published(call):
    return ["sample", "--home", "nowhere", "--out", "sample.csv"]


def broken_earlier_sample(call):
    Path("old.jsonl").write_text("{", "utf-8")
    return ["sample", "--home", "var/demo", "--out", "sample.csv", "--without", "old.jsonl"]


def faulty_codes(call):
    sample(call, "--n", 5)
    fill("sample.csv", lambda *_: {"move": "neutral"})
    return ["gold", "import", "sample.csv", "--coder", "aigul"]


def nothing_coded(call):
    return ["agreement", "gold"]


def disagreements_over_work(call):
    Path("work.csv").write_text("precious", "utf-8")
    return ["gold", "disagreements", "gold", "--out", "work.csv"]


FAULTS = {
    existing: "sample.csv",
    wrong_question: "sample.xlsx",
    nothing_published: "published.duckdb",
    broken_earlier_sample: "old.jsonl line 1",
    faulty_codes: "sample.csv",
    nothing_coded: "gold import",
    disagreements_over_work: "work.csv",
}


@pytest.mark.parametrize("make", FAULTS, ids=lambda make: make.__name__)
def test_bad_input_ends_in_one_line_and_changes_nothing(make, call):
    arguments = make(call)
    before = {path: path.read_bytes() for path in Path().glob("*.csv")}
    code, _, error = call(*arguments)
    lines = [line for line in error.splitlines() if line.startswith("baqylau: ")]
    assert code == 2, error
    assert len(lines) == 1 and error.rstrip().endswith(lines[0])
    assert "expected" in lines[0] and "found" in lines[0] and FAULTS[make] in lines[0]
    assert before == {path: path.read_bytes() for path in Path().glob("*.csv")}
    assert not Path("gold").exists()


def test_faults_of_a_table_come_one_a_line(call):
    _, _, error = call(*faulty_codes(call))
    listed = error.splitlines()[:-1]
    assert [line.split(":")[0] for line in listed] == [f"sample.csv line {number}" for number in range(2, 7)]
    assert all("targets -> a neutral sentence has at least one" in line for line in listed)


def test_agreement_reads_one_table_for_each_coder(call):
    sample(call, "--n", 60, "--lang", "ru")
    for name, codes_of in (("aigul.csv", truth), ("bolat.csv", careless)):
        shutil.copy("sample.csv", name)
        fill(name, codes_of)
    code, out, said = call("agreement", "aigul.csv", "bolat.csv", "--resamples", 100)
    assert code == 0, said
    assert "ru: aigul coded 60, bolat coded 60" in out
    again = call("agreement", "aigul.csv", "bolat.csv", "--resamples", 100)
    assert again == (code, out, said)
