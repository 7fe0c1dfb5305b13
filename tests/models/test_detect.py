"""The `detect` table: keys kept, missing never zero, every fault named."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import numpy as np
import pytest

from models.spikes import CountsRefused, DetectOptions, OptionFaults, detect_file, parse_min_cases
from models.spikes.counts import COLUMNS, read


def daily_rows(days: int, seed: int = 0, mean: float = 5.0, start: str = "2025-01-06") -> list[list[object]]:
    rng = np.random.default_rng(seed)
    first = date.fromisoformat(start)
    return [[first + timedelta(days=i), int(rng.poisson(mean)), 100] for i in range(days)]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def run(tmp_path, header, rows, method="auto", **options):
    source, target = write(tmp_path / "in.csv", header, rows), tmp_path / "out.csv"
    summary = detect_file(source, target, method, **options)
    with target.open(encoding="utf-8", newline="") as handle:
        return summary, list(csv.DictReader(handle))


def test_columns_and_key_are_as_agreed(tmp_path):
    _, rows = run(tmp_path, ["date", "count", "total"], daily_rows(60))
    assert list(rows[0]) == ["date", *COLUMNS]
    assert [r["date"] for r in rows] == [str(r[0]) for r in daily_rows(60)]
    assert {r["method"] for r in rows} == {"short"}
    _, rows = run(tmp_path, ["t", "count"], [[i, 3] for i in range(1, 20)], freq=52)
    assert list(rows[0]) == ["t", *COLUMNS]
    assert rows[0]["total"] == ""


@pytest.mark.parametrize("method", ["auto", "short", "ears-c1", "ears-c2", "ears-c3"])
def test_a_spike_is_found_by_every_method(tmp_path, method):
    rows = daily_rows(80, mean=3.0)
    rows[-1][1] = 30
    summary, out = run(tmp_path, ["date", "count", "total"], rows, method)
    assert out[-1]["alarm"] == "1"
    assert float(out[-1]["count"]) > float(out[-1]["upper"])
    assert float(out[-1]["score"]) > 1
    assert summary.rows == 80 and summary.alarms < 12


def test_weekly_dates_are_treated_by_index(tmp_path):
    rng = np.random.default_rng(1)
    counts = rng.poisson(9.0, 300)
    counts[-1] = 40
    first = date(2019, 1, 7)
    by_date = [[first + timedelta(weeks=i), int(y)] for i, y in enumerate(counts)]
    by_index = [[i + 1, int(y)] for i, y in enumerate(counts)]
    _, dated = run(tmp_path, ["date", "count"], by_date, "farrington", years_back=3)
    _, indexed = run(tmp_path, ["t", "count"], by_index, "farrington", years_back=3, freq=52)
    assert [r["upper"] for r in dated] == [r["upper"] for r in indexed]
    assert dated[-1]["alarm"] == "1"
    assert "history too short" in dated[0]["reason"]


def test_auto_chooses_by_history_and_says_why(tmp_path):
    _, rows = run(tmp_path, ["date", "count", "total"], daily_rows(600))
    methods = [r["method"] for r in rows]
    assert methods[0] == "short" and methods[-1] == "farrington"
    change = methods.index("farrington")
    assert change == int(1.5 * 364)
    assert f"auto: {change} days of history" in rows[change]["reason"]
    assert rows[-1]["count"] == str(sum(int(r[1]) for r in daily_rows(600)[-7:]))


def test_a_missing_day_is_not_a_zero(tmp_path):
    rows = daily_rows(70, mean=6.0)
    holes = [row for i, row in enumerate(rows) if i not in (27, 34, 41)]
    emptied = [[d, "" if i in (27, 34, 41) else y, n] for i, (d, y, n) in enumerate(rows)]
    zeros = [[d, 0 if i in (27, 34, 41) else y, n] for i, (d, y, n) in enumerate(rows)]
    header = ["date", "count", "total"]
    expected = [
        float(run(tmp_path, header, part, "short")[1][-1]["expected"]) for part in (holes, emptied, zeros)
    ]
    assert expected[0] == pytest.approx(expected[1], rel=1e-9)
    assert expected[2] < expected[0]
    _, out = run(tmp_path, header, emptied, "short")
    assert out[27]["reason"] == "not testable: the day itself is missing"
    assert (out[27]["count"], out[27]["p_value"], out[27]["alarm"]) == ("", "", "0")
    assert len(run(tmp_path, header, holes, "short")[1]) == 67


def test_rows_may_come_in_any_order_and_from_a_point(tmp_path):
    rows = daily_rows(60)
    _, straight = run(tmp_path, ["date", "count", "total"], rows, start="2025-02-20")
    _, shuffled = run(
        tmp_path, ["total", "date", "count"], [[n, d, y] for d, y, n in reversed(rows)], start="2025-02-20"
    )
    assert straight == shuffled
    assert straight[0]["date"] == "2025-02-20"


def test_offset_can_be_switched_off(tmp_path):
    rows = [[d, y, 100 if i < 59 else 400] for i, (d, y, _) in enumerate(daily_rows(60))]
    header = ["date", "count", "total"]
    with_offset = run(tmp_path, header, rows, "short")[1][-1]
    without = run(tmp_path, header, rows, "short", offset=False)[1][-1]
    assert float(with_offset["expected"]) > 3 * float(without["expected"])
    assert without["total"] == "400"


def test_same_input_same_bytes(tmp_path):
    source = write(tmp_path / "in.csv", ["date", "count", "total"], daily_rows(90))
    for name in ("a.csv", "b.csv"):
        detect_file(source, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_an_empty_table_gives_an_empty_table(tmp_path):
    summary, rows = run(tmp_path, ["date", "count"], [])
    assert rows == [] and summary.rows == 0


@pytest.mark.parametrize(
    ("header", "rows", "found"),
    [
        (["day", "count"], [["2025-01-01", 1]], "day"),
        (["date", "n"], [["2025-01-01", 1]], "'n'"),
        (["date", "count"], [["01.02.2025", 1]], "line 2"),
        (["date", "count"], [["2025-01-01", 1], ["2025-01-02", "many"]], "line 3"),
        (["date", "count"], [["2025-01-01", -4]], "'-4'"),
        (["date", "count"], [["2025-01-01", 1.5]], "'1.5'"),
        (["date", "count"], [["2025-01-01", 1], ["2025-01-01", 2]], "more than once"),
        (["t", "count"], [["one", 1]], "'one'"),
    ],
)
def test_a_bad_table_is_refused_in_one_line_and_nothing_is_written(tmp_path, header, rows, found):
    source, target = write(tmp_path / "in.csv", header, rows), tmp_path / "out.csv"
    with pytest.raises(CountsRefused) as error:
        detect_file(source, target)
    assert found in str(error.value)
    assert "\n" not in str(error.value)
    assert not target.exists()


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(CountsRefused):
        read(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00date")
    with pytest.raises(CountsRefused):
        read(tmp_path / "bytes.csv")


def test_all_wrong_options_are_named_at_once(tmp_path):
    source = write(tmp_path / "in.csv", ["date", "count"], [])
    with pytest.raises(OptionFaults) as error:
        detect_file(source, tmp_path / "o.csv", "auto", DetectOptions(alpha=2.0, periods=0), trend="maybe")
    assert [fault.split(" ")[0] for fault in error.value.faults] == ["alpha", "periods", "trend"]
    with pytest.raises(OptionFaults):
        detect_file(source, tmp_path / "o.csv", "guess")
    with pytest.raises(OptionFaults):
        detect_file(source, tmp_path / "o.csv", start="later")


@pytest.mark.parametrize(("text", "value"), [("5/4", (5, 4)), ("off", None), ("0/4", (0, 4))])
def test_min_cases_as_written_on_the_command_line(text, value):
    assert parse_min_cases(text) == value


def test_min_cases_in_another_form_is_refused():
    with pytest.raises(OptionFaults):
        parse_min_cases("five")
