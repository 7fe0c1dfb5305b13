"""Official figures: the reference files read through `reference/figures.toml`, checked whole and loaded as one set."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse import rows
from warehouse.connection import Connection, ask, staged, transaction
from warehouse.errors import ReferenceFaults

FOLDER = Path(__file__).parent / "reference"
PLAN = "figures.toml"

FIGURES = pa.schema(
    [
        *((name, pa.string()) for name in ("figure_id", "target", "measure", "direction", "place")),
        ("year", pa.int32()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("authority", pa.string()),
        ("compared", pa.bool_()),
        ("who", pa.string()),
        ("source", pa.string()),
    ]
)


def refresh(con: Connection, folder: Path | None = None) -> int:
    """Load the official figures if the reference files have changed since they were loaded.

    Args:
        con: an open writer.
        folder: the reference files; the project's own where left out.

    Returns:
        Figures added, altered or removed.

    Raises:
        ReferenceFaults: with every fault of the files, its file and line.
    """
    folder = folder or FOLDER
    present = fingerprints(folder)
    if dict(ask(con, "select name, sha256 from reference_file")) == present:
        return 0
    figures = read(folder)
    known = pa.table({"name": list(present), "sha256": list(present.values())})
    with transaction(con):
        changed = _replace(con, "official_figure", figures, "figure_id")
        _replace(con, "reference_file", known, "name")
    return changed


def _replace(con: Connection, table: str, incoming: pa.Table, key: str) -> int:
    with staged(con, incoming=incoming.select([key])):
        sql = f'delete from "{table}" where "{key}" not in (select "{key}" from incoming)'
        gone = int(con.execute(sql).fetchone()[0])
    return gone + rows.upsert(con, table, incoming, [key])


def fingerprints(folder: Path) -> dict[str, str]:
    """SHA-256 of every reference file by name, the plan included."""
    paths = [folder / PLAN, *sorted(folder.glob("*.csv"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def read(folder: Path | None = None) -> pa.Table:
    """Read all official figures, in the schema `FIGURES`, in the order of the files.

    Raises:
        ReferenceFaults: see `refresh`.
    """
    reading = _Reading(folder or FOLDER)
    figures = list(reading.figures())
    if reading.faults:
        raise ReferenceFaults("set of reference files", reading.faults)
    return pa.Table.from_pylist(figures, schema=FIGURES)


class _Reading:
    """One pass over the plan and its files: collects faults instead of stopping at them."""

    def __init__(self, folder: Path) -> None:
        self.faults: list[str] = []
        self._folder = folder
        try:
            self._plan = tomllib.loads((folder / PLAN).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.faults.append(f"{PLAN} -> {error}")
            self._plan = {}
        self.faults += _plan_faults(self._plan)
        if self.faults:
            self._plan = {}

    def figures(self) -> Iterator[dict[str, Any]]:
        """Every figure of every file."""
        for table in self._plan.get("table", []):
            for line, row in self._rows(str(table.get("file"))):
                for column in table.get("column", []):
                    yield from self._of_column(table, column, line, row)
        estimates = self._plan.get("estimates", {})
        for line, row in self._rows(str(estimates["file"])) if estimates else ():
            yield from self._estimate(estimates, line, row)

    def _rows(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """The rows of a file with their lines."""
        try:
            with (self._folder / name).open(encoding="utf-8", newline="") as handle:
                return list(enumerate(csv.DictReader(handle), start=2))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.faults.append(f"{name} -> {error}")
            return []

    def _of_column(
        self, table: Mapping[str, Any], column: Mapping[str, Any], line: int, row: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        where = f"{table['file']} line {line}"
        name = column["name"]
        yield from self._figure(
            where,
            row,
            key=f"{Path(table['file']).stem}:{line - 1}:{name}",
            bounds=(column.get("low", name), column.get("high", name)),
            target=column.get("target", table.get("target")),
            measure=column["measure"],
            direction=column.get("direction"),
            place=table.get("place") or self._plan.get("places", {}).get(row.get("place")),
            authority=table["authority"],
            compared=column["compared"],
        )

    def _estimate(
        self, plan: Mapping[str, Any], line: int, row: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        where, kind, target = f"{plan['file']} line {line}", str(row.get("kind")), str(row.get("target"))
        if kind not in plan["kind"] or target not in plan["direction"]:
            self.faults.append(f"{where} -> kind {kind!r} or target {target!r} is not in {PLAN}")
            return
        yield from self._figure(
            where,
            row,
            key=f"{Path(plan['file']).stem}:{line - 1}",
            bounds=("low", "high"),
            target=target,
            measure=kind,
            direction=plan["direction"][target],
            place=self._plan.get("places", {}).get(row.get("place")),
            **plan["kind"][kind],
        )

    def _figure(
        self, where: str, row: Mapping[str, str], *, key: str, bounds: tuple[str, str], **facts: Any
    ) -> Iterator[dict[str, Any]]:
        try:
            low, high = (float(row[name]) for name in bounds)
            year = int(row["year"]) if row.get("year") else None
            if low > high:
                raise ValueError(f"{low:g} is more than {high:g}")
            source = row["source"]
        except (KeyError, ValueError, TypeError) as error:
            self.faults.append(f"{where} -> {error!r}")
            return
        figure = {"figure_id": key, "low": low, "high": high, "year": year, "source": source}
        yield figure | facts | {"who": row.get("who")}


def _plan_faults(plan: Mapping[str, Any]) -> list[str]:
    """What the plan lacks, with paths."""
    faults: list[str] = []
    for number, table in enumerate(plan.get("table", [])):
        path = f"{PLAN} -> table.{number}"
        faults += [f"{path}.{key} missing" for key in ("file", "authority", "column") if key not in table]
        for place, column in enumerate(table.get("column", [])):
            needed = ("name", "measure", "compared")
            faults += [f"{path}.column.{place}.{key} missing" for key in needed if key not in column]
    estimates = plan.get("estimates")
    if estimates is not None:
        parts = ("file", "direction", "kind")
        faults += [f"{PLAN} -> estimates.{key} missing" for key in parts if key not in estimates]
        for name, kind in estimates.get("kind", {}).items():
            facts = ("authority", "compared")
            faults += [f"{PLAN} -> estimates.kind.{name}.{key} missing" for key in facts if key not in kind]
    return faults
