"""Dates as the press prints them, read by a small grammar and resolved against fetch time and time zone.

A text is first rewritten word by word into a short alphabet (`crawlers.calendar_words`), then matched against the
table `DAYS` of day patterns; the nearest clock time and printed zone complete it. Bare numbers (view counts, ids)
match nothing. Nothing is guessed: a text without a year gives no date, except relative words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baqylau import Terminal
from crawlers.calendar_words import MONTH_SIGNS, UNKNOWN, encode

EARLIEST = date(1991, 1, 1)
DEFAULT_ZONE = "Asia/Almaty"
LONGEST = 300
LONGEST_RELATIVE = 60
PREFERENCE = ("json_ld", "meta", "microdata", "time_tag", "feed", "text", "url")
WEAK = frozenset({"time_tag", "text"})

_GAP = r"[\s.,/|·•–—\-]{0,4}"
_DAY = r"(?<![\d:.])(?P<d>\d{1,2})"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH = r"(?P<m>[A-L])"
# rule, pattern; numeric `a`/`b` are day and month in the order of the source
DAYS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day_month_year", re.compile(rf"{_DAY}{_GAP}{_MONTH}{_GAP}(?:w{_GAP})?{_YEAR}")),
    ("month_day_year", re.compile(rf"{_MONTH}{_GAP}(?P<d>\d{{1,2}})(?![\d:]){_GAP}{_YEAR}")),
    (
        "year_day_month",
        re.compile(rf"(?<!\d){_YEAR}{_GAP}(?:y{_GAP})?(?P<d>\d{{1,2}})(?![\d:]){_GAP}{_MONTH}"),
    ),
    (
        "year_month_day",
        re.compile(rf"(?<!\d){_YEAR}{_GAP}(?:y{_GAP})?{_MONTH}{_GAP}(?P<d>\d{{1,2}})(?![\d:])"),
    ),
    ("numeric_year_first", re.compile(rf"(?<!\d){_YEAR}([-./])(?P<n>\d{{1,2}})\2(?P<d>\d{{1,2}})(?!\d)")),
    ("numeric", re.compile(rf"(?<![\d.:])(?P<a>\d{{1,2}})([./-])(?P<b>\d{{1,2}})\2{_YEAR}(?!\d)")),
    ("numeric_short", re.compile(r"(?<![\d.:])(?P<a>\d{1,2})([./])(?P<b>\d{1,2})\2(?P<y>\d\d)(?![\d.:])")),
)
ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})[Tt ]\s?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?"
    r"\s?(Z\b|z\b|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?(?!\s*[AaPp]\.?[Mm])"
)
COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?\s*$")
UNIX = re.compile(r"^\s*(\d{10})(?:\.\d+|\d{3})?\s*$")
_CLOCK = r"(?P<h>[01]?\d|2[0-4])\s?(?:[:h]|(?<=\d\d)\.)\s?(?P<i>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:\s?(?P<half>[ap])\b)?"
_BETWEEN = r"[^\dz+A-L]{0,14}"
CLOCK_AFTER = re.compile(rf"{_BETWEEN}{_CLOCK}")
CLOCK_BEFORE = re.compile(rf"(?<![\d.,:]){_CLOCK}{_BETWEEN}$")
ZONE = re.compile(
    r"[\s|,(]*(?:z(?P<named>[+-]\d+);)?\s?(?:(?P<sign>[+-])\s?(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?(?!\d))?"
)
NAMED_DAY = re.compile(r"(?<![a-zA-L\d])[tvb](?![a-zA-L])")
BACK = {"t": 0, "v": 1, "b": 2}
AGO = re.compile(r"(?:(?P<h>\d{1,3})\s*h\s*)?(?P<n>\d{1,3})?\s*(?P<unit>[nhdk])[\s\-]*o")
UNIT = {"n": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "k": timedelta(days=7)}
URL_DAY = re.compile(
    r"[/_\-]((?:19|20)\d\d)([/\-_.])(\d{1,2})\2(\d{1,2})(?:_(\d\d)_(\d\d)_\d\d)?(?=[/_\-.?#]|$)"
    r"|[/_\-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_\-.?#]|$)"
)


class UnknownZone(Terminal):
    """A time zone name that the tz database does not know."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "a tz database name such as 'Asia/Almaty'", repr(name), "correct the source's timezone"
        )


@dataclass(frozen=True)
class ParsedDate:
    """A publication time.

    `at` is the instant in UTC (local midnight where only the day is printed), `day` the day in the source's zone,
    `precision` "day" or "minute", `rule` the grammar rule that matched, `printed` the same instant with the
    offset the page gave (or the source's zone).
    """

    at: datetime
    day: date
    precision: str
    rule: str
    printed: datetime


@dataclass(frozen=True)
class Candidate:
    """A text that may hold the publication time, and the date rule of where it stood."""

    rule: str
    text: str


@dataclass(frozen=True)
class Resolution:
    """What the candidates agreed on: `status` ok, undated, future or suspect; `rule` is `none` without a date."""

    published: ParsedDate | None
    rule: str
    status: str


def zone_of(name: str) -> ZoneInfo:
    """Return the tz database zone of that name.

    Raises:
        UnknownZone: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def parse(
    text: str, *, fetched_at: datetime, timezone: str = DEFAULT_ZONE, order: str = "dmy"
) -> ParsedDate | None:
    """Read the first date of a short text, or None where it holds none that can be believed.

    Args:
        text: a date line, an attribute or a metadata value; only its first 300 characters are read.
        fetched_at: aware time of the fetch, which relative words refer to.
        timezone: tz database name of the source; used where the text prints no zone of its own.
        order: "dmy" or "mdy", for dates written in numbers.

    Returns:
        A date from 1991-01-01 to the day after `fetched_at`, never another.

    Raises:
        UnknownZone: the zone name is wrong. Nothing else is raised.
    """
    zone = zone_of(timezone)
    found = _read(text, fetched_at, zone, order)
    return found if found is not None and _within(found, fetched_at, zone) else None


def from_url(url: str, *, fetched_at: datetime, timezone: str = DEFAULT_ZONE) -> ParsedDate | None:
    """Read the day a URL names (`/2025/10/17/`, `/20251120/`, `_date_2020_01_14_14_03_20`); ids are no dates."""
    zone = zone_of(timezone)
    for match in URL_DAY.finditer(url[:2000]):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[7], match[8], match[9])
        clock = (int(match[5]), int(match[6]), 0) if match[5] else None
        found = _built(_safe_day(int(year), int(month), int(day)), clock, zone, zone, "url")
        if found is not None and _within(found, fetched_at, zone):
            return found
    return None


def resolve(
    candidates: Iterable[Candidate],
    *,
    fetched_at: datetime,
    timezone: str = DEFAULT_ZONE,
    order: str = "dmy",
    url_day: date | None = None,
) -> Resolution:
    """Choose among candidates by `PREFERENCE` (document order within a rule).

    The first that reads as a date between 1991 and tomorrow and is not suspect wins. Suspect are midnight of
    1 January, and a date that contradicts `url_day` (the day the URL or the article's id names) while it equals the
    day of the fetch or comes from a weak place. Such a contradiction is never settled by the URL alone.
    """
    zone = zone_of(timezone)
    today = fetched_at.astimezone(zone).date()
    out_of_range, doubted, contradicted = "", [], False
    for candidate in sorted(candidates, key=lambda candidate: PREFERENCE.index(candidate.rule)):
        found = _read(candidate.text, fetched_at, zone, order)
        if found is None or (candidate.rule == "url" and contradicted):
            continue
        if not _within(found, fetched_at, zone):
            out_of_range = out_of_range or ("future" if found.day > today else "suspect")
        elif _contradicts(found.day, candidate.rule, today, url_day):
            contradicted = True
            doubted.append((found, candidate.rule))
        elif _is_new_year(found) and url_day != found.day:
            doubted.append((found, candidate.rule))
        else:
            return Resolution(found, candidate.rule, "ok")
    if doubted:
        return Resolution(doubted[0][0], doubted[0][1], "suspect")
    return Resolution(None, "none", out_of_range or "undated")


def is_date_line(text: str) -> bool:
    """Whether a short line is nothing but a date (and a clock time, weekday, zone or number of views)."""
    if len(text) > LONGEST_RELATIVE:
        return False
    encoded = encode(text)
    for _, pattern in DAYS:
        if match := pattern.search(encoded):
            return UNKNOWN not in encoded[: match.start()] + encoded[match.end() :]
    return False


def _contradicts(day: date, rule: str, today: date, url_day: date | None) -> bool:
    if url_day is None or abs((day - url_day).days) <= 2:
        return False
    return day == today or rule in WEAK


def _is_new_year(found: ParsedDate) -> bool:
    return (found.printed.month, found.printed.day, found.printed.hour, found.printed.minute) == (1, 1, 0, 0)


def _within(found: ParsedDate, fetched_at: datetime, zone: tzinfo) -> bool:
    tomorrow = fetched_at.astimezone(zone).date() + timedelta(days=1)
    return (
        found.day >= EARLIEST
        and found.printed.date() >= EARLIEST
        and max(found.day, found.printed.date()) <= tomorrow
    )


def _read(text: str, fetched_at: datetime, zone: tzinfo, order: str) -> ParsedDate | None:
    """Read a date of any century."""
    text = text[:LONGEST]
    return (
        _machine(text, zone)
        or _calendar(encoded := encode(text), zone, order)
        or (_relative(encoded, fetched_at, zone) if len(text) <= LONGEST_RELATIVE else None)
    )


def _machine(text: str, zone: tzinfo) -> ParsedDate | None:
    """ISO 8601 with a time, or unix time."""
    if unix := UNIX.match(text):
        return _from_instant(datetime.fromtimestamp(int(unix[1]), UTC), zone, "unix")
    match = COMPACT.match(text) or ISO.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    own = _offset(offset) if offset else zone
    return _built(
        _safe_day(int(year), int(month), int(day)),
        (int(hour), int(minute), int(second or 0)),
        own,
        zone,
        "iso",
    )


def _offset(text: str) -> tzinfo | None:
    if text in ("Z", "z"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return _fixed(-minutes if text[0] == "-" else minutes)


def _fixed(minutes: int) -> tzinfo | None:
    return timezone(timedelta(minutes=minutes)) if abs(minutes) <= 14 * 60 else None


def _calendar(encoded: str, zone: tzinfo, order: str) -> ParsedDate | None:
    """Read the earliest calendar day of an encoded text, with the clock time and the zone printed around it."""
    matches = [
        (match.start(), place, rule, match)
        for place, (rule, pattern) in enumerate(DAYS)
        for match in pattern.finditer(encoded)
    ]
    for _, _, rule, match in sorted(matches, key=lambda entry: entry[:2]):
        day = _day_of(match, order)
        if day is not None:
            clock, end = _clock_around(encoded, match.start(), match.end())
            return _built(day, clock, _zone_after(encoded, end) or zone, zone, rule)
    return None


def _day_of(match: re.Match[str], order: str) -> date | None:
    parts = match.groupdict()
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000
    if "a" not in parts:
        month = MONTH_SIGNS.index(parts["m"]) + 1 if "m" in parts else int(parts["n"])
        return _safe_day(year, month, int(parts["d"]))
    first, second = int(parts["a"]), int(parts["b"])
    if order == "mdy":
        first, second = second, first
    # Only one reading is a date when the "month" exceeds 12.
    return _safe_day(year, second, first) or _safe_day(year, first, second)


def _safe_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock_around(encoded: str, start: int, end: int) -> tuple[tuple[int, int, int] | None, int]:
    """Find the clock time after the day or, failing that, before it; and where day and time end."""
    if after := CLOCK_AFTER.match(encoded, end):
        return _clock_of(after), after.end()
    before = CLOCK_BEFORE.search(encoded[:start])
    return (_clock_of(before) if before else None), end


def _clock_of(match: re.Match[str]) -> tuple[int, int, int]:
    hour = int(match["h"])
    if match["half"] and hour <= 12:
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    return hour % 24, int(match["i"]), int(match["s"] or 0)


def _zone_after(encoded: str, end: int) -> tzinfo | None:
    match = ZONE.match(encoded, end)
    if match is None or (match["named"] is None and (match["sign"] is None or match["zm"] is None)):
        return None
    minutes = int(match["named"] or 0)
    if match["sign"] and minutes == 0:
        minutes = int(match["zh"]) * 60 + int(match["zm"] or 0)
        minutes = -minutes if match["sign"] == "-" else minutes
    return _fixed(minutes)


def _relative(encoded: str, fetched_at: datetime, zone: tzinfo) -> ParsedDate | None:
    local = fetched_at.astimezone(zone)
    if named := NAMED_DAY.search(encoded):
        clock, _ = _clock_around(encoded, named.start(), named.end())
        return _built(local.date() - timedelta(days=BACK[named[0]]), clock, zone, zone, "relative")
    ago = AGO.search(encoded)
    if ago is None:
        return None
    back = UNIT[ago["unit"]] * int(ago["n"] or 1) + UNIT["h"] * int(ago["h"] or 0)
    if ago["unit"] in "dk":
        return _built((local - back).date(), None, zone, zone, "relative")
    return _from_instant((fetched_at - back).astimezone(UTC), zone, "relative")


def _from_instant(at: datetime, zone: tzinfo, rule: str) -> ParsedDate:
    local = at.astimezone(zone)
    return ParsedDate(at, local.date(), "minute", rule, local)


def _built(
    day: date | None, clock: tuple[int, int, int] | None, own: tzinfo | None, zone: tzinfo, rule: str
) -> ParsedDate | None:
    """Put day, clock time and zone together; None where they are no instant of the calendar."""
    if day is None or own is None:
        return None
    hour, minute, second = clock or (0, 0, 0)
    try:
        # A day without a clock is a day of the source, whatever zone stands beside it.
        printed = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=own if clock else zone)
        local = printed.astimezone(zone)
        return ParsedDate(printed.astimezone(UTC), local.date(), "minute" if clock else "day", rule, printed)
    except (ValueError, OverflowError):
        return None
