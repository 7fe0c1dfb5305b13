"""Address parts made from titles, as the press makes them: transliterated, Kazakh letters often lost."""

from __future__ import annotations

import re

LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "h",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    "қ": "k",
    "ғ": "g",
    "ұ": "u",
    "ү": "u",
    "ө": "o",
    "ә": "a",
    "і": "i",
    "ң": "n",
}
LONGEST = 60


def slug(title: str) -> str:
    """Return lower-case ASCII words joined by hyphens, at most 60 characters, never empty."""
    letters = "".join(LETTERS.get(letter, letter) for letter in title.lower())
    words = re.findall(r"[a-z0-9]+", letters)
    short = ""
    for word in words:
        if len(short) + len(word) + 1 > LONGEST:
            break
        short = f"{short}-{word}" if short else word
    return short or "story"
