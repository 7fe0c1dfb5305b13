"""The `detect` file contract: a table of counts in, the same keys with expectations and alarms out."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from baqylau import replacing
from models.spikes.arrays import Ints
from models.spikes.choice import DAYS_A_YEAR, METHODS, DetectOptions, Grid, Method, detect
from models.spikes.errors import CountsRefused, OptionFaults
from models.spikes.flexible import Threshold, Trend
from models.spikes.results import Tests

COLUMNS = ("count", "total", "expected", "upper", "p_value", "score", "alarm", "method", "reason")
KEYS = ("date", "t")
REMEDY = "give columns date,count[,total] or t,count[,total], one row per point"


@dataclass(frozen=True)
class Summary:
    """What one run of `detect_file` did."""

    rows: int
    tested: int
    alarms: int
    not_testable: dict[str, int]
    """reason -> rows"""


@dataclass(frozen=True)
class Counts:
    """A table of counts as read: rows in file order, keys as written and as positions of an even grid."""

    key: Literal["date", "t"]
    labels: list[str]
    positions: Ints
    grid: Grid


def detect_file(
    in_csv: Path | str,
    out_csv: Path | str,
    method: str = "auto",
    options: DetectOptions | None = None,
    **settings: Any,
) -> Summary:
    """Test every row of a table of counts and write key,count,total,expected,upper,p_value,score,alarm,method,reason.

    A day without a row or with an empty count is missing, never zero. `settings` are fields of `DetectOptions`
    given one by one.

    Raises:
        CountsRefused: the table is not as agreed (the message names the line).
        OptionFaults: options that make no sense, all at once.
    """
    chosen, name = _options(options, settings, method)
    table = read(Path(in_csv), chosen.freq)
    rows = _rows_from(table, chosen.start)
    tests = detect(table.grid, table.positions[rows], name, chosen)
    write(Path(out_csv), table, rows, tests)
    reasons, numbers = np.unique(tests.reason[~tests.testable].astype(str), return_counts=True)
    return Summary(
        rows=len(rows),
        tested=int(tests.testable.sum()),
        alarms=int(tests.alarm.sum()),
        not_testable=dict(zip(reasons.tolist(), numbers.tolist(), strict=True)),
    )


def _options(
    options: DetectOptions | None, settings: dict[str, Any], method: str
) -> tuple[DetectOptions, Method]:
    known = DetectOptions.__dataclass_fields__
    faults = [f"{name} -> no such option" for name in settings if name not in known]
    if method not in METHODS:
        faults.append(f"method -> expected one of {', '.join(METHODS)}, found {method!r}")
    if faults:
        raise OptionFaults("set of detect options", faults)
    base = options or DetectOptions()
    chosen = DetectOptions(**{name: settings.get(name, getattr(base, name)) for name in known})
    faults = _faults(chosen)
    if faults:
        raise OptionFaults("set of detect options", faults)
    return chosen, next(m for m in METHODS if m == method)


def _faults(o: DetectOptions) -> list[str]:
    checks = [
        (o.alpha is None or 0 < o.alpha < 1, f"alpha -> expected between 0 and 1, found {o.alpha}"),
        (
            o.years_back is None or o.years_back >= 1,
            f"years_back -> expected 1 or more, found {o.years_back}",
        ),
        (o.half_window >= 0, f"half_window -> expected 0 or more, found {o.half_window}"),
        (o.periods >= 1, f"periods -> expected 1 or more, found {o.periods}"),
        (o.guard is None or o.guard >= 0, f"guard -> expected 0 or more, found {o.guard}"),
        (o.freq >= 2, f"freq -> expected 2 or more points a year, found {o.freq}"),
        (
            o.threshold in get_args(Threshold),
            f"threshold -> expected nbplugin, muan or delta, found {o.threshold!r}",
        ),
        (o.trend in get_args(Trend), f"trend -> expected always, test or never, found {o.trend!r}"),
        (o.weights_threshold > 0, f"weights_threshold -> expected above 0, found {o.weights_threshold}"),
        (
            o.min_cases is None or (o.min_cases[0] >= 0 and o.min_cases[1] >= 1),
            f"min_cases -> expected CASES/POINTS such as 5/4, found {o.min_cases}",
        ),
    ]
    return [message for fine, message in checks if not fine]


def parse_min_cases(text: str) -> tuple[int, int] | None:
    """'5/4' -> (5, 4); 'off' -> None."""
    if text.strip().lower() == "off":
        return None
    parts = text.split("/")
    if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
        raise OptionFaults(
            "set of detect options", [f"min_cases -> expected CASES/POINTS or off, found {text!r}"]
        )
    return int(parts[0]), int(parts[1])


def read(path: Path, freq: int = 52) -> Counts:
    """Read a table of counts (UTF-8 CSV) onto an even grid.

    Dates one day apart make a daily grid; when all gaps are multiples of seven the grid is weekly and treated by
    index, as t is.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = list(reader)
            names = [name.strip() for name in reader.fieldnames or []]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CountsRefused(f"a readable CSV table at {path}", str(error), REMEDY) from error
    key = next((name for name in KEYS if name in names), None)
    if key is None or "count" not in names:
        raise CountsRefused("columns date or t, and count", f"columns {names} in {path}", REMEDY)
    return _table(path, "date" if key == "date" else "t", rows, "total" in names, freq)


def _table(
    path: Path, key: Literal["date", "t"], rows: Sequence[dict[str, str]], with_total: bool, freq: int
) -> Counts:
    labels = [_cell(row, key) for row in rows]
    places = [_place(path, i, label, key) for i, label in enumerate(labels)]
    if len(set(places)) != len(places):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise CountsRefused("every point once", f"{twice} more than once in {path}", "merge its rows")
    counts = [_number(path, i, _cell(row, "count"), "count") for i, row in enumerate(rows)]
    totals = [
        _number(path, i, _cell(row, "total"), "total") if with_total else math.nan
        for i, row in enumerate(rows)
    ]
    first = min(places, default=0)
    step = _step(places) if key == "date" else 1
    positions = np.array([(place - first) // step for place in places], dtype=np.int64)
    size = int(positions.max(initial=-1)) + 1
    y, n = np.full(size, np.nan), np.full(size, np.nan)
    y[positions], n[positions] = counts, totals
    weekday = (first + np.arange(size) + 6) % 7 if key == "date" and step == 1 else None
    yearly = freq if key == "t" else (DAYS_A_YEAR if step == 1 else 52)
    return Counts(key, labels, positions, Grid(y, n if with_total else None, weekday, yearly))


def _cell(row: dict[str, str], name: str) -> str:
    """A cell by column name, also where the header carries blanks."""
    value = row.get(name)
    if value is None:
        value = next((v for k, v in row.items() if k is not None and k.strip() == name), None)
    return (value or "").strip()


def _step(places: Sequence[int]) -> int:
    gaps = np.diff(sorted(places))
    return 7 if len(gaps) and (gaps % 7 == 0).all() else 1


def _place(path: Path, i: int, label: str, key: str) -> int:
    try:
        return date.fromisoformat(label).toordinal() if key == "date" else int(label)
    except ValueError:
        wanted = "an ISO date" if key == "date" else "a whole number"
        raise CountsRefused(
            f"{wanted} in column {key}", f"{label!r} on line {i + 2} of {path}", REMEDY
        ) from None


def _number(path: Path, i: int, cell: str, column: str) -> float:
    if cell == "" or cell.upper() in ("NA", "NAN"):
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not math.isfinite(value) or value < 0 or (column == "count" and value != int(value)):
        wanted = "a whole number of 0 or more" if column == "count" else "a number of 0 or more"
        raise CountsRefused(
            f"{wanted} in column {column}", f"{cell!r} on line {i + 2} of {path}", "correct or empty the cell"
        )
    return value


def _rows_from(table: Counts, start: str | int | None) -> Ints:
    order = np.argsort(table.positions, kind="stable")
    if start is None:
        return order
    try:
        first = date.fromisoformat(str(start)).toordinal() if table.key == "date" else int(start)
    except ValueError:
        wanted = "an ISO date" if table.key == "date" else "a whole number"
        raise OptionFaults("set of detect options", [f"from -> expected {wanted}, found {start!r}"]) from None
    keys = [date.fromisoformat(x).toordinal() if table.key == "date" else int(x) for x in table.labels]
    return order[np.array(keys, dtype=np.int64)[order] >= first]


def write(path: Path, table: Counts, rows: Ints, tests: Tests) -> None:
    """Write the tested rows, whole or not at all; numbers with 10 significant digits, nothing where untestable."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([table.key, *COLUMNS])
        for i, row in enumerate(rows):
            figures = [
                _figure(v[i]) for v in (tests.count, _total(table, rows, tests), tests.expected, tests.upper)
            ]
            more = [_figure(tests.p_value[i]), _figure(tests.score[i]), int(tests.alarm[i])]
            writer.writerow([table.labels[row], *figures, *more, tests.method[i], tests.reason[i]])


def _total(table: Counts, rows: Ints, tests: Tests) -> Any:
    if table.grid.totals is None or np.isfinite(tests.total).any():
        return tests.total
    return table.grid.totals[table.positions[rows]]


def _figure(value: float) -> str:
    return "" if value != value else f"{value:.10g}"
