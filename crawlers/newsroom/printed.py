"""Dates as the outlets print them: one function per format of the press, and today's date for page headers."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.toml")


@cache
def words(language: str) -> Mapping[str, Any]:
    """Return the page words of a language."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))[language]


def _month(language: str, at: date, form: str = "months") -> str:
    return str(words(language)[form][at.month - 1])


def _relative(at: datetime, now: datetime) -> str:
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return f"{words('ru')['yesterday' if days else 'today']} {at:%H:%M}"
    return f"{at.day} {_month('ru', at)} {at.year} {at:%H:%M}"


FORMATS: Mapping[str, Callable[[datetime, datetime], str]] = {
    "kk_clock_first": lambda at, now: f"{at:%H:%M}, {at.day} {_month('kk', at).capitalize()} {at.year}",
    "kk_plain": lambda at, now: f"{at.day} {_month('kk', at)} {at.year} {at:%H:%M}",
    "kk_comma": lambda at, now: f"{at.day} {_month('kk', at).capitalize()} {at.year}, {at:%H:%M}",
    "kk_year_first": lambda at, now: f"{at.year} жылғы {at.day} {_month('kk', at)}, {at:%H:%M}",
    "kk_year_day": lambda at, now: f"{at.year} ж. {at:%d} {_month('kk', at)}",
    "kk_at_hour": lambda at, now: f"{at.day} {_month('kk', at).capitalize()}, {at.year} сағат {at:%H:%M}",
    "ru_plain": lambda at, now: f"{at.day} {_month('ru', at)} {at.year}",
    "ru_day_only": lambda at, now: f"{at.day} {_month('ru', at)}, {at.year}",
    "ru_capital": lambda at, now: f"{at.day} {_month('ru', at).capitalize()} {at.year}, {at:%H:%M}",
    "ru_year_sign": lambda at, now: f"{at.day} {_month('ru', at)} {at.year} г. {at.hour}:{at:%M}",
    "ru_clock_nominative_gmt": lambda at, now: (
        f"{at:%H:%M}, {at.day} {_month('ru', at, 'nominative').capitalize()} {at.year} | GMT +5"
    ),
    "ru_nominative_views": lambda at, now: (
        f"{at:%d} {_month('ru', at, 'nominative').capitalize()} {at.year} {at:%H:%M}"
    ),
    "ru_clock_weekday": lambda at, now: (
        f"{at:%H:%M}, {at.day} {_month('ru', at)} {at.year} {words('ru')['short_days'][at.weekday()]}"
    ),
    "ru_relative": _relative,
    "en_long": lambda at, now: f"{at.day} {_month('en', at)} {at.year}, {at:%H:%M}",
    "en_clock_gmt": lambda at, now: f"{at:%H:%M}, {at.day} {_month('en', at)} {at.year} | GMT +5",
    "dotted": lambda at, now: f"{at:%d.%m.%Y %H:%M}",
    "clock_dotted": lambda at, now: f"{at:%H:%M} / {at:%d.%m.%Y}",
    "us_order": lambda at, now: f"{at:%m/%d/%Y}, {at:%H.%M}",
}


def printed(style: str, at: datetime, now: datetime) -> str:
    """Return a time as a page prints it; both times in the edition's own zone."""
    return FORMATS[style](at, now)


def header(language: str, now: datetime) -> str:
    """Return today's date as page headers print it: the trap beside the story's own date."""
    if language == "kk":
        day = words("kk")["weekdays"][now.weekday()]
        return f"{day}, {now.day} {_month('kk', now).capitalize()} {now.year}"
    if language == "ru":
        return f"{now.year} Год {now.day} {_month('ru', now).capitalize()}"
    return f"{now:%d} {_month('en', now)} {now.year}"
