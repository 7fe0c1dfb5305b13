"""The SQL files of the package: schema, views and queries, found by folder."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent / "sql"
_NUMBERED = re.compile(r"(?P<version>\d{3})_(?P<name>\w+)")
_COMMENT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")


@dataclass(frozen=True)
class SqlFile:
    """One SQL file: its name without number and ending, its text and its hash."""

    version: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def schema() -> tuple[SqlFile, ...]:
    """Return the schema files in order of their numbers, which must be 1, 2, 3 ... without gap or double."""
    files = []
    for path in sorted((ROOT / "schema").glob("*.sql")):
        match = _NUMBERED.fullmatch(path.stem)
        assert match, f"schema file without a number: {path.name}"
        files.append(SqlFile(int(match["version"]), match["name"], path.read_text("utf-8")))
    assert [file.version for file in files] == list(range(1, len(files) + 1)), (
        "schema numbers must have no gap"
    )
    return tuple(files)


@cache
def views() -> tuple[SqlFile, ...]:
    """Return macros and views, each after those it names."""
    found = {
        path.stem: SqlFile(0, path.stem, path.read_text("utf-8"))
        for folder in ("macros", "views")
        for path in sorted((ROOT / folder).glob("*.sql"))
    }
    words = {name: set(re.findall(r"\w+", _COMMENT.sub(" ", file.text))) for name, file in found.items()}
    graph = {name: sorted((words[name] & found.keys()) - {name}) for name in sorted(found)}
    return tuple(found[name] for name in TopologicalSorter(graph).static_order())


@cache
def query(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`."""
    return (ROOT / "queries" / f"{name}.sql").read_text("utf-8")
