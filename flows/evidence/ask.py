"""Asking the warehouse: questions are SQL files, answers are rows by column name, texts are made fit to print."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from flows.report.data import ALL, Reading, Stratum
from warehouse.connection import Connection

SQL = Path(__file__).resolve().parent.parent / "sql" / "report"
Row = dict[str, Any]

# Bidirectional controls can turn printed words around. A space of no width takes their place, so that the offsets of
# highlighted spans still hold; line breaks and other controls become a plain space for the same reason.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ZERO_WIDTH = "\u200b"
LEAST_COUNT = 5


@dataclass(frozen=True)
class Press:
    """The editions of the warehouse: the name each is shown under, its country and its language."""

    names: dict[str, str]
    countries: dict[str, str]
    languages: dict[str, str]

    def name(self, source_id: str) -> str:
        """The name shown, or the key itself for an edition that is not on record."""
        return self.names.get(source_id, clean(source_id))


@lru_cache(maxsize=64)
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def rows(con: Connection, question: str, **values: Any) -> list[Row]:
    """The answer to `sql/report/<question>.sql` with its parameters filled in."""
    answer = con.execute(_sql(question), values)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def press(con: Connection) -> Press:
    """Every edition's name, country and language."""
    found = rows(con, "names")
    return Press(
        {row["source_id"]: _edition(row) for row in found},
        {row["source_id"]: row["country"] for row in found},
        {row["source_id"]: row["language"] for row in found},
    )


def _edition(row: Row) -> str:
    name = clean(row["outlet_name"])
    return f"{name} ({row['language']})" if row["several"] else name


def reading(con: Connection, reading_id: str | None) -> Reading | None:
    """The reading of this key, or the current one for None; None where there is none."""
    found = rows(con, "reading", reading_id=reading_id)
    return Reading(**{name: clean(str(value)) for name, value in found[0].items()}) if found else None


def tested(con: Connection, night: str, detector: str = ALL) -> tuple[int, int]:
    """How many tests a night had, of one detector or all, and how many of them on enough stories to alert."""
    row = rows(con, "tested", night=night, detector=detector, least=LEAST_COUNT)[0]
    return row["tested"], row["eligible"]


def clean(text: str) -> str:
    """Crawled text fit to print, character for character: no control codes, no turning of directions."""
    turned = BIDI.sub(ZERO_WIDTH, text)
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in turned)


def stratum(row: Row) -> Stratum:
    """The stratum a row is about."""
    return Stratum(row["language"], row["ownership"], row["target"], row["frame"])


def narrowed(of: Stratum) -> dict[str, str]:
    """A stratum as the parameters of a question."""
    return {"language": of.language, "ownership": of.ownership, "target": of.target, "frame": of.frame}


def part_of_press(of: Stratum) -> dict[str, str]:
    """The same, for questions that know nothing of targets."""
    return {"language": of.language, "ownership": of.ownership}


WHOLE_PRESS = {"language": ALL, "ownership": ALL}


def detector(name: str) -> str:
    """`daily` or `window7`, however the night's test called it; another detector keeps its name."""
    return {"day": "daily", "week": "window7"}.get(name, name)


def iso(day: date) -> str:
    """An ISO day."""
    return day.isoformat()


def moment(value: datetime | None) -> datetime | None:
    """An aware time in UTC."""
    return None if value is None else value.astimezone(UTC)


def days_before(night: str, days: int) -> str:
    """The ISO day so many days before a night."""
    return (date.fromisoformat(night) - timedelta(days=days)).isoformat()


def span(first: str, last: str) -> list[str]:
    """Every ISO day from first to last."""
    begin, end = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    return [date.fromordinal(n).isoformat() for n in range(begin, end + 1)]
