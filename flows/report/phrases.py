"""The fixed strings of a report and the way it writes numbers, days and times: the only place a translation touches.

Strings stand in `templates/report/<language>.toml`; code and templates name them by key.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "report"
ZONE = ZoneInfo("Asia/Almaty")
THIN = "\u202f"
SMALLEST_P = 0.0001


@dataclass(frozen=True)
class Phrases:
    """The strings of one language, and numbers and days written its way. Missing values are written as such."""

    strings: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """The string at a dotted key, its {places} filled in.

        Raises:
            NotFound: no string has this key.
        """
        found = self._find(key)
        if not isinstance(found, str):
            raise NotFound(f"a report string {key!r}", "none", "add it to the report's catalogue")
        return found.format(**values) if values else found

    def _find(self, key: str) -> Any:
        node: Any = self.strings
        for part in key.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        return node

    def has(self, key: str) -> bool:
        """Whether there is a string at this key."""
        return isinstance(self._find(key), str)

    def term(self, group: str, name: str | None) -> str:
        """The word for an enumerated value (`target`, `chinese`); a value nobody has named is shown as it is."""
        if name is None:
            return self("missing.unknown")
        found = self._find(f"{group}.{name}")
        return found if isinstance(found, str) else name.replace("_", " ")

    def terms(self, group: str, names: Iterable[str]) -> str:
        """Words for several values, joined by commas; a dash for none."""
        return ", ".join(self.term(group, name) for name in names) or self("missing.none")

    def counted(self, key: str, n: int) -> str:
        """A number with its noun in the right form: "1 story", "9 stories"."""
        form = "one" if n == 1 else "other"
        return f"{self.number(n)} {self(f'plural.{key}.{form}')}"

    def number(self, value: float | None, digits: int | None = None) -> str:
        """1 234; 1.25 (digits after the point: given, or by size); the word for "not collected" where there is none."""
        if value is None:
            return self("missing.number")
        if not math.isfinite(value):
            return "∞" if value > 0 else self("missing.number")
        places = digits if digits is not None else _places(value)
        return f"{value:,.{places}f}".replace(",", THIN)

    def rough(self, value: float | None) -> str:
        """A figure for running text: 0.36, 1.4, 12."""
        if value is None:
            return self.number(None)
        return self.number(value, 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """12.3 %."""
        return self("missing.number") if share is None else f"{self.number(100 * share, digits)}{THIN}%"

    def p_value(self, value: float | None) -> str:
        """Two significant digits, "< 0.0001" below that."""
        if value is None:
            return self("missing.number")
        if value < SMALLEST_P:
            return f"< {SMALLEST_P:.4f}"
        return f"{value:.{max(2, 1 - math.floor(math.log10(value)))}f}" if value < 1 else "1"

    def interval(self, low: float | None, high: float | None, digits: int | None = None) -> str:
        """1.2 to 3.4."""
        if low is None or high is None:
            return self("missing.number")
        return self("format.interval", low=self.number(low, digits), high=self.number(high, digits))

    def times(self, ratio: float | None) -> str:
        """7.5×."""
        return self("missing.number") if ratio is None else f"{self.number(ratio, 0 if ratio >= 10 else 1)}×"

    def day(self, iso: str | None) -> str:
        """12 April 2026, from an ISO day."""
        if iso is None:
            return self("missing.unknown")
        value = date.fromisoformat(iso)
        return self("format.day", day=value.day, month=self(f"month.m{value.month}"), year=value.year)

    def table_day(self, iso: str) -> str:
        """12 Apr 2026."""
        value = date.fromisoformat(iso)
        return self("format.day", day=value.day, month=self(f"month.s{value.month}"), year=value.year)

    def short_day(self, iso: str) -> str:
        """12 Apr."""
        value = date.fromisoformat(iso)
        return self("format.short_day", day=value.day, month=self(f"month.s{value.month}"))

    def moment(self, value: datetime | None) -> str:
        """12 Apr 2026, 08:41 in Asia/Almaty, from an aware time."""
        if value is None:
            return self("missing.unknown")
        local = value.astimezone(ZONE)
        month = self(f"month.s{local.month}")
        return self("format.moment", day=local.day, month=month, year=local.year, clock=f"{local:%H:%M}")


def _places(value: float) -> int:
    size = abs(value)
    if size == round(size):
        return 0
    return 0 if size >= 100 else 1 if size >= 10 else 2


@lru_cache(maxsize=8)
def load(language: str = "en") -> Phrases:
    """The catalogue of one language.

    Raises:
        NotFound: there is no catalogue for the language.
    """
    path = FOLDER / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise NotFound(f"a report language among {known}", repr(language), "choose one of these")
    return Phrases(tomllib.loads(path.read_text(encoding="utf-8")))
