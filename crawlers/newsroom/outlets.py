"""The outlets: how their editions look, what their sites offer, and which registry is in force on a night."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent
SOURCES = FOLDER / "sources"
FROM_THE_START = SOURCES / "from_the_start"
LATE_NIGHT = "2026-03-26"
NAMES = {
    "steppe-wire": "Steppe Wire",
    "people-gazette": "People Gazette",
    "khan-portal": "Khan Portal",
    "city-evening": "City Evening",
    "border-news": "Border News",
    "free-word": "Free Word",
    "biz-course": "Biz Course",
    "silk-analytics": "Silk Analytics",
    "bridge-radio": "Bridge Radio",
    "rus-view": "Rus View",
    "ala-too": "Ala-Too",
    "astana-letter": "Astana Letter",
}


@dataclass(frozen=True)
class Edition:
    """One edition's look and habits; see the comments of `outlets.toml` for every field."""

    id: str
    outlet: str
    host: str
    language: str
    template: str
    weight: float
    path: str
    dates: tuple[str, ...]
    text: str
    offers: Mapping[str, str]
    quirks: tuple[str, ...] = ()
    partner: str | None = None
    today: bool = False
    views: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Almaty"))

    @property
    def name(self) -> str:
        """The outlet's name."""
        return NAMES[self.outlet]

    @property
    def base(self) -> str:
        """Scheme and host."""
        return f"http://{self.host}"


@cache
def editions() -> tuple[Edition, ...]:
    """Return all editions, in file order."""
    rows = tomllib.loads((FOLDER / "outlets.toml").read_text(encoding="utf-8"))["edition"]
    return tuple(_edition(row) for row in rows)


@cache
def by_id() -> Mapping[str, Edition]:
    """Return the editions by source id."""
    return {edition.id: edition for edition in editions()}


def sources_dir(night: str) -> Path:
    """Return the registry folder in force on a night: all outlets, or all but the one that joins later."""
    return SOURCES if night >= LATE_NIGHT else FROM_THE_START


def _edition(row: dict[str, object]) -> Edition:
    zone = ZoneInfo("Asia/Bishkek" if row["outlet"] == "ala-too" else "Asia/Almaty")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Edition(zone=zone, **values)  # type: ignore[arg-type]
