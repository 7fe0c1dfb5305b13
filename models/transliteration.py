"""Kazakh in Latin script: into Cyrillic, out of it, and a spelling by sound in which every scheme meets.

The schemes in the wild disagree on the letters that matter most (``y`` is ы or й, ``ı`` is ы, и or і, ``u`` is ұ or у):

- ``acute``: the decree of February 2018 (á ǵ ń ó ú ý sh ch, ı for и and й);
- ``umlaut``: the draft of January 2021 (ä ğ ŋ or ñ ö ü ū ş, i for и and й, ı for і, u for у);
- ``turkic``: the older agency scheme (ä ğ ñ ö ü ş ç, ı for ы, y for й, w for у);
- ``apostrophe``: the decree of October 2017 (a' g' n' o' u' s' c' y' i');
- ``digraph``: plain ASCII as typed in haste (sh, zh, gh, ng, kh).
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMMON = dict(zip("абвгдежзийкқлмнопрстуфхһшыі", "abvgdejziikqlmnoprstufhhşyi", strict=True))
_COMMON |= {"ц": "ts", "щ": "şş", "э": "e", "ю": "iu", "я": "ia", "ё": "io", "ъ": "", "ь": ""}

# Cyrillic -> Latin, where a scheme differs from `_COMMON`.
_SCHEMES: dict[str, dict[str, str]] = {
    "acute": {"ә": "á", "ғ": "ǵ", "ң": "ń", "ө": "ó", "ұ": "u", "ү": "ú", "у": "ý", "ш": "sh", "щ": "shsh", "ч": "ch",
              "и": "ı", "й": "ı", "ю": "ıý", "я": "ıa"},
    "umlaut": {"ә": "ä", "ғ": "ğ", "ң": "ñ", "ө": "ö", "ұ": "ū", "ү": "ü", "у": "u", "ш": "ş", "ч": "ch", "і": "ı"},
    "turkic": {"ә": "ä", "ғ": "ğ", "ң": "ñ", "ө": "ö", "ұ": "u", "ү": "ü", "у": "w", "ш": "ş", "ч": "ç", "ы": "ı",
               "й": "y", "и": "ï", "х": "x", "ю": "yw", "я": "ya"},
    "apostrophe": {"ә": "a'", "ғ": "g'", "ң": "n'", "ө": "o'", "ұ": "u", "ү": "u'", "у": "y'", "ш": "s'", "щ": "s's'",
                   "ч": "c'", "и": "i'", "й": "i'", "ю": "i'y'", "я": "i'a"},
    "digraph": {"ә": "a", "ғ": "gh", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "у": "u", "ш": "sh", "щ": "sh", "ч": "ch",
                "ж": "zh", "х": "kh", "ю": "yu", "я": "ya"},
}  # fmt: skip
SCHEMES = tuple(_SCHEMES)
_TABLES = {name: {**_COMMON, **table} for name, table in _SCHEMES.items()}

# Latin -> Cyrillic: what every scheme agrees on. Longest first.
_SAME = {
    "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "gh": "ғ", "ng": "ң", "ts": "ц",
    "á": "ә", "ä": "ә", "ə": "ә", "ó": "ө", "ö": "ө", "ú": "ү", "ü": "ү", "ū": "ұ", "ǵ": "ғ", "ğ": "ғ",
    "ń": "ң", "ñ": "ң", "ŋ": "ң", "ş": "ш", "ś": "ш", "š": "ш", "ç": "ч", "ć": "ч", "č": "ч", "ý": "у", "w": "у",
    "ï": "и", "í": "и", "j": "ж", "q": "қ", "x": "х", "c": "ц",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "k": "к", "l": "л", "m": "м", "n": "н",
    "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "v": "в", "z": "з",
    "a'": "ә", "g'": "ғ", "n'": "ң", "o'": "ө", "u'": "ү", "s'": "ш", "c'": "ч", "y'": "у", "i'": "и",
}  # fmt: skip
# What i, ı, y and u stand for between consonants, by scheme.
_VOWELS = {
    "acute": {"i": "і", "ı": "и", "y": "ы", "u": "ұ"},
    "umlaut": {"i": "и", "ı": "і", "y": "ы", "u": "у"},
    "turkic": {"i": "і", "ı": "ы", "y": "й", "u": "ұ"},
    "apostrophe": {"i": "і", "ı": "ы", "y": "ы", "u": "ұ"},
    "digraph": {"i": "і", "ı": "ы", "y": "ы", "u": "у"},
}
_PIECE = re.compile(
    "|".join(sorted((re.escape(piece) for piece in [*_SAME, *"iıyu"]), key=len, reverse=True))
)
_IS_VOWEL = frozenset("аәеоөұүуыіиэ")
_GLIDE = {"и": "й", "ы": "й", "і": "й"}

# By sound: letters that some scheme or typist confuses become one. Both alphabets meet here.
_SOUND = str.maketrans(
    dict(zip("абвгғдежзийкқлмнңоөпрстуұүфхһцчшщыіәэё", "abvggdejziikklmnnooprstuuufhhsçşşiiaee", strict=True))
    | {"ю": "iu", "я": "ia", "ъ": "", "ь": "", "'": ""}
    | dict(zip("qyıïíxwýúüūóöáäəǵğńñŋśšćčc", "kiiiihuuuuuooaaaggnnnşşççs", strict=True))
)
_SOUND_DIGRAPHS = (
    ("нг", "н"), ("sh", "ş"), ("s'", "ş"), ("ch", "ç"), ("c'", "ç"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("ng", "n"),
    ("ts", "s"), ("тс", "с"), ("щ", "ш"), ("y'", "u"),
)  # fmt: skip
_REPEATED = re.compile(r"([iuş])\1+")


def to_latin(text: str, scheme: str = "umlaut") -> str:
    """Write Kazakh Cyrillic in one of the Latin `SCHEMES` (for tests, training and augmentation)."""
    table = _TABLES[scheme]
    return "".join(_spell(char, table) for char in text)


def _spell(char: str, table: dict[str, str]) -> str:
    lower = char.lower()
    if lower not in table:
        return char
    spelled = table[lower]
    return spelled if char == lower else spelled[:1].upper() + spelled[1:]


def to_cyrillic(text: str) -> str:
    """Write Kazakh Latin of any scheme in Cyrillic, lower case; other characters stay.

    The best guess where schemes are ambiguous: good for n-grams, not for print. Text with no Latin letter
    comes back in lower case.
    """
    lower = text.lower().replace("i\u0307", "i").replace("’", "'").replace("ʼ", "'")
    vowels = _VOWELS[guess_scheme(lower)]
    pieces = _PIECE.sub(lambda match: _SAME.get(match.group()) or vowels[match.group()], lower)
    return _glides(pieces)


def guess_scheme(lower: str) -> str:
    """Name the scheme by its letters; ``digraph`` where there is no sign of any other."""
    if re.search("[áóúǵńý]", lower):
        return "acute"
    if re.search("[agnouscyi]'[a-z]", lower):
        return "apostrophe"
    if not re.search("[äöüūğñŋşçıï]", lower):
        return "digraph"
    # Only where y is ы does it follow a consonant; only the turkic scheme needs w and ï.
    y_is_vowel = re.search("[bcdfghjklmnpqrstvzşğñŋ]y", lower)
    return "turkic" if re.search("[wïç]|[aeoäö]y", lower) and not y_is_vowel else "umlaut"


def _glides(text: str) -> str:
    """и, ы and і beside a vowel are the consonant й; йа and йу are я and ю."""
    letters = list(text)
    for index, letter in enumerate(letters):
        if letter in _GLIDE and index and letters[index - 1] in _IS_VOWEL and letters[index - 1] not in "иу":
            letters[index] = "й"
    return "".join(letters).replace("йа", "я").replace("иа", "ия").replace("йу", "ю")


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """Spell one folded word by sound, the same for every Latin scheme and for Cyrillic."""
    for digraph, sound in _SOUND_DIGRAPHS:
        if digraph in word:
            word = word.replace(digraph, sound)
    return _REPEATED.sub(r"\1", word.translate(_SOUND))
