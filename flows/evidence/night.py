"""Everything the report of one night says, gathered from the warehouse."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from baqylau import Faults
from flows.errors import NotFound
from flows.evidence import ask, episodes, series, strength
from flows.evidence.ask import Press, Row, clean, iso
from flows.report.data import (
    ClassifierError,
    Edit,
    Episode,
    FalseAlarms,
    Report,
    SourceDays,
    Totals,
    Trend,
    Watched,
    Week,
)
from warehouse.connection import Connection

EPISODE_DAYS = 30
SHOWN_IN_FULL = 10
WEEKS = 26
WATCH_LEVEL = 0.01
MONTH = 30
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


def gather(
    con: Connection, night: str, *, days: int = episodes.DAYS, q: float = 0.05, errors: Path | None = None
) -> Report:
    """The report of one night.

    Args:
        con: the warehouse, or a published snapshot of it.
        night: local day, ISO.
        days: length of series and calendar, up to the night.
        q: share of false alerts that the night's tests were made to accept.
        errors: JSON with the classifier's measured error by language; absent or None, none is reported.
    """
    press = ask.press(con)
    found = _episodes(con, press, night, days)
    totals = Totals(**ask.rows(con, "totals", night=night)[0])
    return Report(
        night=night,
        totals=totals,
        episodes=tuple(found[:SHOWN_IN_FULL]),
        further=tuple(replace(of, stories=()) for of in found[SHOWN_IN_FULL:]),
        watched=tuple(_watched(con, night, found)),
        trends=tuple(_trends(con, night)),
        coverage=tuple(episodes.coverage(con, press, night, ask.WHOLE_PRESS)),
        days=tuple(ask.span(ask.days_before(night, days - 1), night)),
        calendar=tuple(_calendar(con, press, night, days)),
        edits=tuple(_edits(con, press, night)),
        errors=tuple(measured_errors(errors)),
        false_alarms=_false_alarms(con, night, q),
        reading=ask.reading(con, None),
        episode_days=EPISODE_DAYS,
    )


def explain(con: Connection, episode_id: str, days: int = episodes.DAYS) -> Episode:
    """One episode with all its evidence, as on the night of its last alarm.

    Args:
        con: the warehouse or a snapshot of it, open for reading.
        episode_id: key of the episode.
        days: length of the series shown.

    Raises:
        NotFound: there is no such episode.
    """
    found = ask.rows(con, "one_episode", episode_id=episode_id)
    own = [row for row in found if row["episode_id"] == episode_id]
    if not own:
        raise NotFound("the id of an episode", repr(episode_id), "see `baqylau alerts` for the ids")
    night = iso(own[0]["last_alarm"])
    folded = [row for row in found if row["episode_id"] != episode_id]
    return episodes.build(con, ask.press(con), own[0], folded, series.History.read(con, night, days))


def strongest(con: Connection, most: int, days: int = episodes.DAYS) -> list[Episode]:
    """The strongest episodes on record, of any age, each as on the night of its last alarm."""
    press = ask.press(con)
    found = [
        row for row in ask.rows(con, "episodes", since=FIRST_DAY, night=LAST_DAY) if row["parent_id"] is None
    ]
    return [
        episodes.build(con, press, row, [], series.History.read(con, iso(row["last_alarm"]), days))
        for row in found[:most]
    ]


def _episodes(con: Connection, press: Press, night: str, days: int) -> list[Episode]:
    """Episodes of the last weeks, strongest first; one folded into another that is shown stands within that one."""
    found = ask.rows(con, "episodes", since=ask.days_before(night, EPISODE_DAYS - 1), night=night)
    known = {row["episode_id"] for row in found}
    folded: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        if row["parent_id"] in known:
            folded[row["parent_id"]].append(row)
    own = [row for row in found if row["parent_id"] not in known]
    if not own:
        return []
    history = series.History.read(con, night, days)
    return [episodes.build(con, press, row, folded[row["episode_id"]], history) for row in own]


def _watched(con: Connection, night: str, found: Sequence[Episode]) -> list[Watched]:
    """The night's watch list without what speaks of the same stories as an episode that alarmed tonight."""
    from models.spikes import strata

    tested, _ = ask.tested(con, night)
    told = [strata.Stratum(*astuple(of.stratum)) for of in found if night in of.alarm_days]
    rows = [
        row
        for row in ask.rows(con, "watched", night=night)
        if not any(strata.Stratum(*astuple(ask.stratum(row))).related(headline) for headline in told)
    ]
    return [Watched(ask.stratum(row), strength.of_test(row, tested)) for row in rows]


def _trends(con: Connection, night: str) -> list[Trend]:
    """Weekly shares by language and by target, up to the night's week."""
    last = date.fromisoformat(night)
    monday = last - timedelta(days=last.weekday())
    span = {"since": iso(monday - timedelta(weeks=WEEKS - 1)), "until": iso(monday)}
    return [
        trend
        for kind in ("language", "target")
        for trend in _lines(kind, ask.rows(con, f"trend_{kind}", **span))
    ]


def _lines(kind: str, rows: Sequence[Row]) -> list[Trend]:
    weeks: dict[str, list[Week]] = defaultdict(list)
    for row in rows:
        weeks[str(row["name"])].append(_week(row))
    # a language without a threat is a finding; a target nobody was printed about is a line without one
    said = {
        name: any(week.count or (kind == "language" and week.total) for week in line)
        for name, line in weeks.items()
    }
    return [Trend(kind, name, tuple(line)) for name, line in weeks.items() if said[name]]


def _week(row: Row) -> Week:
    if row["share"] is None:
        return Week(iso(row["week"]), None, None, None, None, None)
    return Week(iso(row["week"]), row["stories"], row["total"], row["share"], row["low"], row["high"])


def _calendar(con: Connection, press: Press, night: str, days: int) -> list[SourceDays]:
    first = ask.days_before(night, days - 1)
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in ask.rows(con, "calendar", since=first, until=night):
        known[row["source_id"]][iso(row["day"])] = row["status"]
    span = ask.span(first, night)
    return [
        SourceDays(source, press.name(source), tuple(statuses.get(day, "absent") for day in span))
        for source, statuses in sorted(known.items())
    ]


def _edits(con: Connection, press: Press, night: str) -> list[Edit]:
    return [
        Edit(
            article_id=row["article_id"],
            outlet=press.name(row["source_id"]),
            url=row["url"],
            before=clean(row["old_title"]),
            after=clean(row["title"]),
            seen_before=row["old_seen_at"].astimezone(UTC),
            seen_after=row["seen_at"].astimezone(UTC),
        )
        for row in ask.rows(con, "edits", night=night)
    ]


def _false_alarms(con: Connection, night: str, q: float) -> FalseAlarms:
    return FalseAlarms(*ask.tested(con, night), q, WATCH_LEVEL, MONTH)


def measured_errors(path: Path | None) -> list[ClassifierError]:
    """The classifier's error by language, as the evaluation stored it; nothing where it was never measured.

    The file holds, for each language, how many sentences people found securitizing and not (`positives`, `negatives`)
    and how many of each the classifier found so too (`true_positives`, `true_negatives`).

    Raises:
        Faults: the file is not of this form; every fault with its path.
    """
    if path is None or not path.is_file():
        return []
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Faults(f"file {path}", [str(error)]) from error
    entries = stored.get("languages") if isinstance(stored, dict) else None
    if not isinstance(entries, dict):
        raise Faults(
            f"file {path} with the classifier's error", ["languages -> expected one table a language"]
        )
    faults = [
        f"languages.{name} -> expected {', '.join(TALLIES)}"
        for name, entry in entries.items()
        if not _is_tally(entry)
    ]
    if faults:
        raise Faults(f"file {path} with the classifier's error", faults)
    return [_error(language, entry) for language, entry in sorted(entries.items())]


TALLIES = ("positives", "true_positives", "negatives", "true_negatives")


def _is_tally(entry: Any) -> bool:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), int) for name in TALLIES):
        return False
    return (
        0 <= entry["true_positives"] <= entry["positives"]
        and 0 <= entry["true_negatives"] <= entry["negatives"]
    )


def _error(language: str, entry: dict[str, int]) -> ClassifierError:
    sensitivity = strength.share_interval(entry["true_positives"], entry["positives"])
    specificity = strength.share_interval(entry["true_negatives"], entry["negatives"])
    return ClassifierError(
        clean(language), *sensitivity, *specificity, n=entry["positives"] + entry["negatives"]
    )
