"""Official figures: every number of the reference files, loaded when the files change and only then."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from warehouse import connection, official
from warehouse.errors import ReferenceFaults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(official.FOLDER, tmp_path / "reference"))


def test_a_warehouse_has_them_as_soon_as_it_is_opened(con):
    found = con.sql("select count(*), count(*) filter (where compared) from official_figure").fetchone()
    assert found == (len(official.read()), 82)
    assert official.refresh(con) == 0


def test_every_number_of_every_table_of_people_is_kept():
    figures = {row["figure_id"]: row for row in official.read().to_pylist()}
    skipped = {"year", "source", "place", "persons_low", "persons_high"}
    for path in sorted(official.FOLDER.glob("table*.csv")):
        if "gdp" in path.name:  # no number of people
            continue
        with path.open(encoding="utf-8", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), start=1):
                for name in set(row) - skipped:
                    assert figures[f"{path.stem}:{number}:{name}"]["low"] == float(row[name])


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("table6_chinese_temporary_residents:10:registered", ("chinese", "present", "kazakhstan", 2009, 23725, 23725)),
        ("table4_migration_balance:9:left", ("emigrant", "leaving", "kazakhstan", 2009, 33900, 33900)),
        ("table3_kazakhs_outside:9:ethnic_kazakhs", (None, "present", "afghanistan", None, 3000, 21000)),
        ("estimates_and_claims:1", ("chinese", "present", "kazakhstan", 2010, 30000, 50000)),
    ],
)  # fmt: skip
def test_a_figure_is_what_its_file_says(figure, expected):
    (row,) = [row for row in official.read().to_pylist() if row["figure_id"] == figure]
    assert tuple(row[name] for name in ("target", "direction", "place", "year", "low", "high")) == expected


def test_what_the_media_said_is_kept_but_not_compared():
    media = [row for row in official.read().to_pylist() if row["authority"] == "media"]
    assert len(media) == 3 and not any(row["compared"] for row in media)


def test_changed_files_are_loaded_anew(con, folder):
    text = (folder / "table6_chinese_temporary_residents.csv").read_text("utf-8")
    lines = text.splitlines(keepends=True)
    (folder / "table6_chinese_temporary_residents.csv").write_text(
        "".join(lines[:-1]).replace("13328", "13329"), "utf-8"
    )
    assert official.refresh(con, folder) == 1 + 7  # one altered, the seven of the last line gone
    assert official.refresh(con, folder) == 0
    sql = (
        "select low from official_figure where figure_id = 'table6_chinese_temporary_residents:1:registered'"
    )
    assert con.sql(sql).fetchone() == (13329.0,)


FAULTS = [
    ("table6_chinese_temporary_residents.csv", "13328", "many", "table6_chinese_temporary_residents.csv line 2"),
    ("table6_chinese_temporary_residents.csv", "registered", "registred", "KeyError('registered')"),
    ("estimates_and_claims.csv", "media_claim", "rumour", "kind 'rumour'"),
    ("estimates_and_claims.csv", "30000,50000", "50000,30000", "50000 is more than 30000"),
    ("figures.toml", 'file = "table1_kazakhstan_to_russia.csv"', 'file = "table0.csv"', "table0.csv -> "),
    ("figures.toml", 'authority = "expert"', "", "estimates.kind.expert_estimate.authority missing"),
    ("figures.toml", 'measure = "emigration_from_kazakhstan_to_russia"', "", "table.0.column.0.measure missing"),
    ("figures.toml", "[places]", "[places", "figures.toml -> "),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "fault"), FAULTS, ids=[fault for *_, fault in FAULTS])
def test_a_fault_is_named_with_its_file(name, before, after, fault, folder, con):
    text = (folder / name).read_text("utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), "utf-8")
    with pytest.raises(ReferenceFaults) as raised:
        official.refresh(con, folder)
    assert any(fault in each for each in raised.value.faults), raised.value.faults


def test_an_older_warehouse_gets_them_with_the_migration(path):
    with connection.open_writer(path) as con:
        con.execute("delete from official_figure")
        con.execute("delete from reference_file")
    with connection.open_writer(path) as con:
        assert con.sql("select count(*) > 0 from official_figure").fetchone() == (True,)
