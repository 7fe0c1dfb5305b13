"""Every form in which the press prints a date, the traps beside them, and how candidates are weighed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.dates import Candidate, UnknownZone, from_url, parse, resolve

FETCHED = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)  # 11:00 in Almaty

# text, what it says in local time ("YYYY-MM-DD" where only the day is printed)
ROWS = [
    ("10 декабря 2024, 13:02", "2024-12-10 13:02"),
    ("01 апреля 2024, 13:53", "2024-04-01 13:53"),
    ("15 апреля 2024 09:46", "2024-04-15 09:46"),
    ("Вчера 20:38", "2026-06-30 20:38"),
    ("Сегодня 09:05", "2026-07-01 09:05"),
    ("12 августа 2013, 18:44", "2013-08-12 18:44"),
    ("12 сентября 2023 4581", "2023-09-12"),
    ("8 мая 2020 г. 12:28", "2020-05-08 12:28"),
    ("5 ноября 2024 г. 9:26", "2024-11-05 09:26"),
    ("09:26, 23 Декабрь 2025 | GMT +5", "2025-12-23 09:26"),
    ("13:51, 15 Август 2025", "2025-08-15 13:51"),
    ("15 Февраль 2019 13:29 8410", "2019-02-15 13:29"),
    ("7 Октября 2022", "2022-10-07"),
    ("19 Марта 2022, 00:35", "2022-03-19 00:35"),
    ("11 февраля, 2025", "2025-02-11"),
    ("27 февраля 2026 года", "2026-02-27"),
    ("Пятница, 04 Июл 2025, 12:00", "2025-07-04 12:00"),
    ("22:26, 2 мая 2024 Чт", "2024-05-02 22:26"),
    ("28 сент. 2017 12:35 1100", "2017-09-28 12:35"),
    ("17.10.2025 12:30", "2025-10-17 12:30"),
    ("02.11.2011 12:16", "2011-11-02 12:16"),
    ("11.05.2023 11:24 1700", "2023-05-11 11:24"),
    ("11.12.2019, 11:27", "2019-12-11 11:27"),
    ("Date: 05:45, 08-04-2014.", "2014-04-08 05:45"),
    ("01:36 10.06.2006", "2006-06-10 01:36"),
    ("17:35 / 06.05.2024", "2024-05-06 17:35"),
    ("11:58, 20 January 2016 | GMT +6", "2016-01-20 11:58"),
    ("5 November 2021, 12:09", "2021-11-05 12:09"),
    ("7 Jan 2019 22:33", "2019-01-07 22:33"),
    ("Mon, 22 Jun 2026 02:22:19 +0000", "2026-06-22 07:22"),
    ("13:25, 31 Қазан 2025", "2025-10-31 13:25"),
    ("23 қыркүйек 2014 16:25", "2014-09-23 16:25"),
    ("1 Сәуір 2024, 16:15 345", "2024-04-01 16:15"),
    ("4 Мамыр, 2023 сағат 13:42", "2023-05-04 13:42"),
    ("2016 ж. 03 шілде", "2016-07-03"),
    ("2026 жылғы 21 маусым", "2026-06-21"),
    ("22 сәуір 2016 жыл", "2016-04-22"),
    ("Сейсенбі, 08 Қараша 2022 16:32", "2022-11-08 16:32"),
    ("Қар. 10, 2023, 12:35", "2023-11-10 12:35"),
    ("№44 (15606) 7 маусым, сейсенбі 2011", "2011-06-07"),
    ("17:36, 30 Qańtar 2026", "2026-01-30 17:36"),
    ("3 Tamyz, 2009 saghat 07:24", "2009-08-03 07:24"),
    ("08 naý. 2016 21:33", "2016-03-08 21:33"),
    ("18 قاڭتار, 2017 ساعات 10:50", "2017-01-18 10:50"),
    ("1700000000", "2023-11-15 04:13"),
    ("1700000000000", "2023-11-15 04:13"),
    ("2 сағат бұрын", "2026-07-01 09:00"),
    ("3 күн бұрын", "2026-06-28"),
    ("кеше", "2026-06-30"),
    ("бүгін, 08:15", "2026-07-01 08:15"),
    ("5 минут назад", "2026-07-01 10:55"),
    ("2 часа назад", "2026-07-01 09:00"),
    ("2 hours ago", "2026-07-01 09:00"),
    ("2025-10-17T12:30:00+05:00", "2025-10-17 12:30"),
    ("2025-10-17T12:30:00Z", "2025-10-17 17:30"),
    ("2025-10-17T12:30", "2025-10-17 12:30"),
    ("20251017T123000Z", "2025-10-17 17:30"),
    ("2025-10-17", "2025-10-17"),
    # legacy spellings, other neighbours
    ("5 шiлде 2012", "2012-07-05"),
    ("12 Sәuir 2020", "2020-04-12"),
    ("30 Qarasha 2025", "2025-11-30"),
    ("1 Jeltoqsan 2025", "2025-12-01"),
    ("9 Aqpan 2026", "2026-02-09"),
    ("28 сент. 2017 12:351100", "2017-09-28 12:35"),
    ("1 мая 2024 г. в 10:15", "2024-05-01 10:15"),
    ("5. März 2024, 14:30 Uhr", "2024-03-05 14:30"),
    ("3 de mayo de 2024", "2024-05-03"),
    ("Oct 3, 2025 4:05 PM", "2025-10-03 16:05"),
]

MONTHS = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"
SHORT = "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел"
RUSSIAN = "янв фев мар апр май июн июл авг сен окт ноя дек"


@pytest.mark.parametrize(("text", "local"), ROWS, ids=[text for text, _ in ROWS])
def test_every_printed_form_is_read(text, local):
    found = parse(text, fetched_at=FETCHED)
    assert found is not None
    assert found.day.isoformat() == local[:10]
    assert found.precision == ("minute" if len(local) > 10 else "day")
    almaty = found.printed.astimezone(parse("2025-01-01", fetched_at=FETCHED).printed.tzinfo)
    assert f"{almaty:%Y-%m-%d %H:%M}".startswith(local)
    assert found.at.tzinfo is UTC
    assert found.at == found.printed


@pytest.mark.parametrize(
    "names", [MONTHS, SHORT, RUSSIAN, MONTHS.upper()], ids=["kk", "kk short", "ru short", "kk capitals"]
)
def test_months_that_differ_by_one_letter_stay_apart(names):
    read = [parse(f"5 {name} 2020", fetched_at=FETCHED).day.month for name in names.split()]
    assert read == list(range(1, 13))


@pytest.mark.parametrize(
    "text",
    [
        "12:35",
        "8410",
        "1100 просмотров",
        "№44 (15606)",
        "5 ноября",
        "мамыр 2024",
        "",
        "31.02.2024",
        "137798621137",
        "99999999999",
        "1 января 1990",
        "2 июля 2030",
        "3 июля 2026",
        "1970-01-01T00:00:00Z",
        "0",
        "USD 86.50",
        "2024",
        "12.2024",
    ],
)
def test_what_is_no_believable_date_gives_none(text):
    assert parse(text, fetched_at=FETCHED) is None


def test_order_of_numeric_dates_follows_the_source():
    assert parse("04/05/2023, 08.54", fetched_at=FETCHED, order="mdy").day == date(2023, 4, 5)
    assert parse("04/05/2023, 08.54", fetched_at=FETCHED).day == date(2023, 5, 4)
    assert parse("04/24/2023, 08.54", fetched_at=FETCHED, order="mdy").printed.hour == 8
    assert parse("04/24/2023", fetched_at=FETCHED).day == date(2023, 4, 24)


def test_zone_comes_from_the_tz_database_not_from_a_fixed_offset():
    assert parse("29.02.2024 12:00", fetched_at=FETCHED).at.hour == 6
    assert parse("01.03.2024 12:00", fetched_at=FETCHED).at.hour == 7
    assert parse("01.03.2024 12:00", fetched_at=FETCHED, timezone="Asia/Bishkek").at.hour == 6


def test_day_is_the_local_one_and_the_printed_offset_is_kept():
    found = parse("2025-10-03T23:30:00-04:00", fetched_at=FETCHED)
    assert found.day == date(2025, 10, 4)
    assert found.printed.isoformat() == "2025-10-03T23:30:00-04:00"


def test_unknown_zone_is_named():
    with pytest.raises(UnknownZone, match="Mars/Olympus"):
        parse("2024-01-01", fetched_at=FETCHED, timezone="Mars/Olympus")


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://sputnik.kz/20251120/slug-5512.html", "2025-11-20"),
        ("https://kz.kursiv.media/2025-10-17/slug/", "2025-10-17"),
        ("https://astanatimes.com/2024/05/a-title/", None),
        ("https://kloop.kg/blog/2024/05/07/title/", "2024-05-07"),
        ("https://total.kz/ru/news/x_date_2020_01_14_14_03_20", "2020-01-14"),
        ("https://www.kt.kz/rus/society/x_1377986211.html", None),
        ("https://x.kz/news/20251120123", None),
        ("https://x.kz/20301120/a", None),
        ("https://x.kz/2024/13/45/a", None),
    ],
)
def test_urls_name_days_and_ids_do_not(url, day):
    found = from_url(url, fetched_at=FETCHED)
    assert (found.day.isoformat() if found else None) == day


RESOLUTIONS = [
    (
        "json_ld first",
        [("url", "2024-05-03"), ("meta", "2024-05-02"), ("json_ld", "2024-05-01")],
        None,
        "json_ld",
        "ok",
        "2024-05-01",
    ),
    ("meta next", [("time_tag", "2024-05-03"), ("meta", "2024-05-02")], None, "meta", "ok", "2024-05-02"),
    (
        "unreadable passed over",
        [("json_ld", "soon"), ("microdata", "2 мая 2024")],
        None,
        "microdata",
        "ok",
        "2024-05-02",
    ),
    ("nothing", [("text", "12:35")], None, "none", "undated", None),
    ("future", [("json_ld", "2027-01-05T10:00:00Z")], None, "none", "future", None),
    (
        "future mended by another place",
        [("json_ld", "2027-01-05"), ("time_tag", "2024-05-01")],
        None,
        "time_tag",
        "ok",
        "2024-05-01",
    ),
    ("epoch", [("json_ld", "1970-01-01T00:00:00Z")], None, "none", "suspect", None),
    (
        "new year midnight",
        [("json_ld", "2024-01-01T00:00:00+05:00")],
        None,
        "json_ld",
        "suspect",
        "2024-01-01",
    ),
    (
        "new year that the URL confirms",
        [("json_ld", "2024-01-01")],
        date(2024, 1, 1),
        "json_ld",
        "ok",
        "2024-01-01",
    ),
    ("new year afternoon", [("json_ld", "2024-01-01T15:00:00+05:00")], None, "json_ld", "ok", "2024-01-01"),
    (
        "today against the URL",
        [("meta", "2026-07-01"), ("url", "2024-05-02")],
        date(2024, 5, 2),
        "meta",
        "suspect",
        "2026-07-01",
    ),
    (
        "clock against the URL, text agrees",
        [("time_tag", "2026-07-01"), ("text", "2 мая 2024")],
        date(2024, 5, 2),
        "text",
        "ok",
        "2024-05-02",
    ),
    ("today with today's URL", [("meta", "2026-07-01")], date(2026, 7, 1), "meta", "ok", "2026-07-01"),
    ("URL alone", [("url", "2024-05-02")], date(2024, 5, 2), "url", "ok", "2024-05-02"),
]


@pytest.mark.parametrize(
    ("name", "places", "url_day", "rule", "status", "day"), RESOLUTIONS, ids=[row[0] for row in RESOLUTIONS]
)
def test_candidates_are_weighed(name, places, url_day, rule, status, day):
    found = resolve([Candidate(*place) for place in places], fetched_at=FETCHED, url_day=url_day)
    assert (found.rule, found.status) == (rule, status)
    assert (found.published.day.isoformat() if found.published else None) == day


NUMBERS = st.integers(0, 3000).map(str)
WORDS = st.sampled_from(
    [
        "мая",
        "қараша",
        "2",
        "сағат",
        "бұрын",
        "May",
        "T",
        "Z",
        "GMT",
        "+5",
        "г.",
        "ж.",
        "вчера",
        ":",
        ".",
        "/",
        "-",
        ",",
        "2026",
        "1990",
        "1999",
        "-0500",
        "pm",
    ]
)
NEAR_DATES = st.lists(NUMBERS | WORDS | st.sampled_from(":.-/ "), max_size=9).map(" ".join)


@given(
    st.text(max_size=40)
    | NEAR_DATES
    | st.datetimes().map(lambda moment: moment.isoformat())
    | st.integers(0, 10**14).map(str),
    st.sampled_from(["Asia/Almaty", "America/Los_Angeles", "Pacific/Kiritimati"]),
    st.sampled_from(["dmy", "mdy"]),
)
def test_no_text_gives_a_date_outside_1991_to_tomorrow(text, zone, order):
    found = parse(text, fetched_at=FETCHED, timezone=zone, order=order)
    if found is not None:
        assert date(1991, 1, 1) <= found.day <= FETCHED.date() + timedelta(days=2)
        assert found.day <= FETCHED.astimezone(found.at.astimezone().tzinfo).date() + timedelta(days=2)
        assert datetime(1990, 12, 31, tzinfo=UTC) <= found.at <= FETCHED + timedelta(days=2)
