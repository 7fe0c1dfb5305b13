"""Cutting a text into sentences, for Kazakh, Russian and English, by tables and one pass.

A line break always ends a sentence. A stop ends one unless it belongs to an abbreviation, an initial, a number or a list
mark, or unless what follows goes on in lower case. Direct speech stays with its speaker: «Қайда барамыз?» – деді ол is one
sentence, and so is a short quotation of several when it is introduced or attributed. Nothing is lost: between the
spans there is only white space. A sentence longer than `MAX_LENGTH` characters is cut at a space.

The work is linear in the length of the text: every look back is bounded, every look ahead is consumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_LENGTH = 2_000
_QUOTE_LENGTH = 300  # an attributed quotation up to this long is not cut inside
_LOOK_BACK = 24  # no abbreviation is longer
_YEAR_OPENS = 30  # "2020 ж. Астанада ...": so near the start of a sentence the year opens it

# Never the end of a sentence: something must follow.
_OPEN = {
    "kk": "проф акад доц мыс қар к-сі көш даң ауд обл сур қ ақ ред шам тел т.а.ә т.ғ.к ф.ғ.д ф.ғ.к э.ғ.д",
    "ru": "ул пр просп пер пл д кв стр рис им тов гр проф акад доц ген полк подп св обл р-н пос с ст п пп см ср напр "
    "т.е т.н т.к т.о т.ч и.о в.и.о зам зав нач пом ред тел илл табл гл корп мкр тр ок прибл",
    "en": "mr mrs ms messrs dr prof sen rep gen col capt lt sgt gov pres hon rev st mt ft vs e.g i.e cf viz fig no nos "
    "vol pp approx ca jan feb mar apr jun jul aug sep sept oct nov dec art sec dept univ assn ave blvd",
}
# The end of a sentence only before a capital letter.
_EITHER = {
    "kk": "т.б т.с.с б.з б.з.д ғ ғғ жж млн млрд трлн мың тг теңге долл кв.м га км кг сағ мин бет",
    "ru": "др проч т.д т.п гг в вв тыс млн млрд трлн руб коп тг долл н.э д.н.э чел ч час мин сек кг км га кв.м см мм",
    "en": "etc inc ltd co corp plc llc jr sr u.s u.s.a u.k u.n e.u d.c a.m p.m ph.d m.d b.a est bros al",
}
_YEARS = frozenset({"г", "ж"})  # "2020 г.", "2020 ж."; without a number before, г. is a town
# After an abbreviation that may end a sentence, these begin one, a capital elsewhere may be a name (U.S. President).
_STARTS = (
    "the a an in on at it he she they we this that these those but and however meanwhile according after before when "
    "if for as its his her their there some many most other another"
)
_STARTERS = frozenset(_STARTS.split())


class Span(NamedTuple):
    """Where one sentence lies in the text: `text[start:end]`, end exclusive, no white space at either end."""

    start: int
    end: int


_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_GLUED = "(?<=[а-яёәғқңөұүһі][.!?…])[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]"  # no space after the stop: "бітті.Енді"
# The look-behind comes second so that the search still runs by the first letter; it keeps runs of stops linear.
_STOP = re.compile(
    r"([.!?…؟۔])(?<![.!?…؟۔][.!?…؟۔])([.!?…؟۔]*+)([\"»”’'›)\]]*+)"
    rf"(?=\s|$|{_GLUED})|[•▪●◦‣](?<=\s[•▪●◦‣])(?=\s)"
)
_DATELINE = re.compile(r"[^\W\d_a-zа-яё]{3,}(?:[ -][^\W\d_a-zа-яё]+){0,3}(?:, [^.\n]{1,20})?$")
_BEFORE = re.compile(r"[^\s«»“”„\"(\[]+$")
_AFTER = re.compile(r"\s*([-–—]?)\s*([\"«“„'‘(\[]*)\s*(.?)", re.DOTALL)
_LIST_MARK = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-zА-Яа-яӘәІіҒғҚқҢңӨөҰұҮүҺһ]|[ivxIVX]{1,4})$")
_INITIAL = re.compile(r"(?:^|[.\-–—])[^\W\d_]$")
_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = f"{{1,{_QUOTE_LENGTH}}}+"
_QUOTE = re.compile(
    f'«[^«»]{_INSIDE}»|“[^“”]{_INSIDE}”|„[^„“”]{_INSIDE}[“”]|"(?<![^\\s(]")(?=\\S)[^"]{_INSIDE}"'
)
_SAID = re.compile(r"\s*(?:[,]|[-–—]|[а-яёәғқңөұүһіa-z])")


def _table(words: dict[str, str]) -> dict[str, frozenset[str]]:
    # Kazakh texts use Russian abbreviations and the reverse.
    local = frozenset(f"{words['kk']} {words['ru']}".split())
    english = frozenset(words["en"].split())
    return {"kk": local, "ru": local, "en": english, "other": local | english}


_NEVER, _MAY_BE = _table(_OPEN), _table(_EITHER)


def split(text: str, lang: str) -> list[Span]:
    """Cut a text into sentences.

    Args:
        text: any text; offsets refer to it.
        lang: ``kk``, ``ru`` or ``en``; any other code is treated as ``other``, with the abbreviations of all.

    Returns:
        Spans in text order, none empty, none overlapping.
    """
    lang = lang if lang in _NEVER else "other"
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        start, line_end = line.span()
        for end in (*_ends(text, start, line_end, lang), line_end):
            spans.extend(_pieces(text, start, end))
            start = end
    return spans


def _ends(text: str, start: int, line_end: int, lang: str) -> Iterator[int]:
    """Where sentences end inside one line."""
    kept_whole = _attributed_quotes(text, start, line_end)
    quote_start, quote_end = next(kept_whole, (line_end, line_end))
    for stop in _STOP.finditer(text, start, line_end):
        while quote_end <= stop.start():
            quote_start, quote_end = next(kept_whole, (line_end, line_end + 1))
        if quote_start < stop.start() < quote_end - 1 and stop.end() < quote_end:
            continue
        end = stop.end() if stop.group(1) else stop.start()  # a bullet opens the next sentence
        if end < line_end and _is_end(text, start, stop, line_end, lang):
            yield end
            start = end


def _attributed_quotes(text: str, start: int, line_end: int) -> Iterator[tuple[int, int]]:
    """Short quotations with their speaker after them ("...", – деді) or before (Ол айтты: "...")."""
    for quote in _QUOTE.finditer(text, start, line_end):
        before = text[max(start, quote.start() - 2) : quote.start()].rstrip()
        if before.endswith(":") or _SAID.match(text, quote.end(), line_end):
            yield quote.span()


def _is_end(text: str, start: int, stop: re.Match[str], line_end: int, lang: str) -> bool:
    """Whether the sentence that began at `start` ends with this stop; something follows it on the line."""
    first, more, closing = stop.groups()
    if first is None:
        return True
    after = _AFTER.match(text, stop.end(), line_end)
    dash, _, following = after.groups() if after else ("", "", "")
    if following.islower() or (dash and closing):
        return False
    if first != "." or more:
        return True
    return _stop_ends(text, start, stop.start(), line_end, lang, following)


def _stop_ends(text: str, start: int, stop: int, line_end: int, lang: str, following: str) -> bool:
    """The same for a single full stop at `stop`, before which an abbreviation may stand."""
    if _LIST_MARK.match(text, start, min(stop, start + _LOOK_BACK)) and stop - start < _LOOK_BACK:
        return False
    if stop - start < 2 * _LOOK_BACK and _DATELINE.match(text, start, stop) and _opens_line(text, start):
        return False
    found = _BEFORE.search(text[max(start, stop - _LOOK_BACK) : stop])
    if not found:
        return True
    word = found.group()
    lower = word.lower()
    if lower in _YEARS:
        after_number = text[max(start, stop - 8) : stop - 1].rstrip()[-1:].isdigit()
        return after_number and following.isupper() and stop - start > _YEAR_OPENS
    if lower in _NEVER[lang]:
        return False
    if lower in _MAY_BE[lang]:
        return _begins_sentence(text, stop, line_end, following, lower)
    return not (_INITIAL.search(word) and word[-1].isupper())


def _opens_line(text: str, start: int) -> bool:
    """Datelines ("АСТАНА. Үкімет ...") stand at the head of a paragraph only."""
    return start == 0 or _LINE.match(text[start - 1]) is None


def _begins_sentence(text: str, stop: int, line_end: int, following: str, abbreviation: str) -> bool:
    if not following.isupper():
        return False
    if "." not in abbreviation or not abbreviation.isascii():
        return True
    word = _WORD.search(text, stop, min(line_end, stop + _LOOK_BACK))
    return word is not None and word.group().lower() in _STARTERS


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """One sentence without the white space around it, in pieces if it is too long."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_LENGTH:
        cut = text.rfind(" ", start + 1, start + MAX_LENGTH)
        cut = cut if cut > start else start + MAX_LENGTH
        piece_end = cut
        while piece_end > start and text[piece_end - 1].isspace():
            piece_end -= 1
        yield Span(start, piece_end)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield Span(start, end)
