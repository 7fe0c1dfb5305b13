"""What can be set: file `baqylau.toml` < environment `BAQYLAU_*` < flags. Every field says what it is for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from baqylau import Faults
from flows.errors import SettingsFault

DEFAULT_FILE = "baqylau.toml"
REGISTRY = Path(__file__).resolve().parent.parent / "crawlers" / "sources"


class Section(BaseModel):
    """A table of the settings file; unknown keys are faults, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Crawl(Section):
    """How the crawler behaves towards the press. There is no switch for robots.txt: it is always obeyed."""

    user_agent: str = Field("baqylau/0.1", description="sent with every request, followed by the contact")
    contact: str = Field(
        "", description="an address that an outlet can write to; asked for before a real night"
    )
    delay_s: float = Field(1.0, ge=0, description="seconds between two requests to one host")
    per_host: int = Field(1, ge=1, le=8, description="connections to one host at a time")
    timeout_s: float = Field(30.0, gt=0, description="seconds before one request is given up")
    max_bytes: int = Field(8_000_000, ge=10_000, description="largest body read, in bytes")
    max_articles_per_source: int = Field(
        400, ge=1, description="articles fetched of one edition in one night"
    )
    night_timeout_s: float = Field(
        3 * 3600, gt=0, description="seconds before the whole crawl is ended in good order"
    )
    autothrottle: bool = Field(True, description="slow down when a host answers slowly")
    proxy: str | None = Field(None, description="HTTP proxy for every request; the fictional press is one")
    allow_private: bool = Field(
        False, description="fetch from private addresses; only ever for a press on this machine"
    )
    recheck_days: int = Field(
        3, ge=0, le=30, description="articles younger than this are asked for again, to see edits"
    )


class Reading(Section):
    """Which model reads the sentences."""

    model: Path | None = Field(None, description="folder of a trained reader; none: the embedded one")
    encoder: str | None = Field(None, description="sentence-transformers model, local path or hub name")
    classifier: str | None = Field(
        None, description="transformers sequence classifier, local path or hub name"
    )


class Stories(Section):
    """When two articles are one story."""

    window_days: int = Field(7, ge=1, le=60, description="days within which a reprint joins its story")


class Alerts(Section):
    """When a rise is called a spike."""

    q: float = Field(
        0.05,
        gt=0,
        lt=0.5,
        description="share of false alarms accepted among a night's alerts (Benjamini-Hochberg)",
    )
    history_days: int = Field(365, ge=28, le=1500, description="days of baseline used at most")


class Schedule(Section):
    """When the nightly starts."""

    cron: str = Field("0 2 * * *", description="cron line in the settings' time zone")


class Settings(BaseSettings):
    """All settings in force. Paths that are not given lie below `home`."""

    model_config = SettingsConfigDict(
        env_prefix="BAQYLAU_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    toml_file: ClassVar[Path | None] = None

    home: Path = Field(
        Path("var"), description="folder of everything that is collected: spool, archive, warehouse, reports"
    )
    registry: list[Path] = Field([REGISTRY], description="folders of source files")
    timezone: str = Field("Asia/Almaty", description="zone in which days are counted and times are shown")
    crawl: Crawl = Crawl()
    reading: Reading = Reading()
    stories: Stories = Stories()
    alerts: Alerts = Alerts()
    schedule: Schedule = Schedule()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"expected a time zone of the tz database such as Asia/Almaty; found {value!r}")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)

    @property
    def warehouse(self) -> Path:
        """The one DuckDB file that the nightly writes."""
        return self.home / "warehouse.duckdb"

    @property
    def snapshot(self) -> Path:
        """The read-only copy that everybody else opens."""
        return self.home / "published.duckdb"

    @property
    def spool(self) -> Path:
        """One folder a night, as the crawler left it."""
        return self.home / "spool"

    @property
    def archive(self) -> Path:
        """WARC files by night and source."""
        return self.home / "archive"

    @property
    def reports(self) -> Path:
        """One folder a night."""
        return self.home / "reports"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags win over the environment, the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=cls.toml_file)


def load(file: Path | None = None, **flags: Any) -> Settings:
    """Settings in force; `flags` are those given on the command line (None means not given).

    Raises:
        SettingsFault: the named file is missing or not TOML.
        Faults: every unknown key and wrong value at once, with its path.
    """
    path = file or Path(DEFAULT_FILE)
    if file is not None and not file.is_file():
        raise SettingsFault(
            "a settings file", f"nothing at {file}", "name an existing file or leave --config away"
        )
    _check_toml(path)
    bound = type("BoundSettings", (Settings,), {"toml_file": path})
    try:
        given = {name: value for name, value in flags.items() if value is not None}
        settings: Settings = bound(**given)
    except ValidationError as error:
        faults = [
            ".".join(str(part) for part in item["loc"]) + " -> " + item["msg"] for item in error.errors()
        ]
        raise Faults(f"settings ({path}, BAQYLAU_* and flags)", faults) from error
    return settings


def _check_toml(path: Path) -> None:
    if not path.is_file():
        return
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFault(f"TOML in {path}", str(error), "mend that line") from error
