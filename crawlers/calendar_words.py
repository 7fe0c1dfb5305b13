"""Words of dates in many languages and scripts, turned into the one-letter alphabet of `crawlers.dates`.

The lists are in `data/calendar.toml`. Whole words are compared, so `қаз`, `қар` and `қаң` cannot be confused.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

CALENDAR = Path(__file__).parent / "data" / "calendar.toml"

MONTH_SIGNS = "ABCDEFGHIJKL"
UNKNOWN = "x"
SIGNS = {
    "weekday": "w",
    "year": "y",
    "today": "t",
    "yesterday": "v",
    "before_yesterday": "b",
    "minute_unit": "n",
    "hour_unit": "h",
    "day_unit": "d",
    "week_unit": "k",
    "ago": "o",
    "am": "a",
    "pm": "p",
    "one": "1",
    "filler": "",
}
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0674])*")
CYRILLIC = re.compile(r"[\u0400-\u052f]")
LATIN = re.compile(r"[a-z\u00df-\u024f]")
# The same shape in two alphabets: legacy pages mix them inside a word.
TO_LATIN = str.maketrans("аеорсхуіәһё", "aeopcxyiahe")
TO_CYRILLIC = str.maketrans("aeopcxyiəh", "аеорсхуіәһ")
PLAIN = str.maketrans("ıŋøłđ", "inold")


def fold(word: str) -> str:
    """Bring a word to the form the tables are compared in: one alphabet, no case, no Latin diacritics."""
    word = unicodedata.normalize("NFC", word.casefold())
    cyrillic, latin = len(CYRILLIC.findall(word)), len(LATIN.findall(word))
    if cyrillic and cyrillic >= latin:
        return word.translate(TO_CYRILLIC)
    plain = unicodedata.normalize("NFD", word.translate(TO_LATIN if cyrillic else PLAIN).translate(PLAIN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@cache
def signs() -> dict[str, str]:
    """Map every folded word of the calendar to its sign; months win over other words."""
    table = tomllib.loads(CALENDAR.read_text(encoding="utf-8"))
    found = {fold(name): f"z{minutes:+d};" for name, minutes in table["zones"].items()}
    for kind, words in table["words"].items():
        found.update({fold(word): SIGNS[kind] for word in words})
    for months in table["months"].values():
        for sign, spellings in zip(MONTH_SIGNS, months, strict=True):
            found.update({fold(word): sign for word in spellings.split("|") if word != "-"})
    return found


def encode(text: str) -> str:
    """Replace every word of a date text by its sign, keeping digits and punctuation.

    `"5 ноября 2024 г. 9:26"` becomes `"5 K 2024 y. 9:26"`; words the calendar does not know become `x`.
    """
    known = signs()
    return WORD.sub(lambda word: known.get(fold(word[0]), UNKNOWN), unicodedata.normalize("NFKC", text))
