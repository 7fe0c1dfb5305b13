"""From the warehouse's series to alarms and episodes, and back into the warehouse."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from warehouse import connection, load
from warehouse import series as series_table

if TYPE_CHECKING:
    from flows.settings import Alerts
    from models.spikes.family import Night
    from models.spikes.results import Tests
    from models.spikes.strata import Alarm, Episode, Series, Stratum

DETECTORS = ("daily", "window7")
KEYS = ("language", "ownership", "target", "frame")


def detect(con: connection.Connection, night: str, options: Alerts) -> tuple[int, int]:
    """Test every stratum of a night and fold its alarms into the episodes.

    Returns:
        strata tested, and episodes with an alarm tonight.
    """
    return _test(con, night, options, read_series(con, night, options.history_days))


def replay(
    con: connection.Connection, nights: Sequence[str], options: Alerts
) -> Iterator[tuple[str, int, int]]:
    """Test past nights in order, as an archive needs it; the series are read once for all of them.

    Nights on which no stratum reaches the least count that could be seen are passed over: nothing can alarm there.

    Yields:
        night, strata tested, episodes with an alarm that night.
    """
    span = (date.fromisoformat(nights[-1]) - date.fromisoformat(nights[0])).days
    series = read_series(con, nights[-1], span + options.history_days)
    lively = _lively_nights(series)
    for night in nights:
        tested, alarms = _test(con, night, options, series) if night in lively else (0, 0)
        yield night, tested, alarms


def read_series(con: connection.Connection, night: str, days: int) -> list[Series]:
    """The series of every stratum up to a night; no day before the warehouse looked at anything is asked for."""
    from models.spikes.tables import series_from_table

    first = connection.ask(con, "select min(day) from coverage")[0][0]
    known = (date.fromisoformat(night) - first).days + 1 if first else 1
    return series_from_table(series_table.read(con, night, max(1, min(days, known))))


def _lively_nights(series: Sequence[Series]) -> set[str]:
    """Nights on which some stratum has at least as many stories in a week as an alarm needs."""
    from models.spikes.family import NightOptions

    least, lively = NightOptions().watch_count, set()
    for one in series:
        counts = np.maximum(one.count, one.copies)  # reprints alone may be worth a line on the dashboard
        weeks = np.convolve(counts, np.ones(7))[: len(counts)]
        lively |= {day for day, week in zip(one.days, weeks, strict=True) if week >= least}
    return lively


def _test(
    con: connection.Connection, night: str, options: Alerts, series: Sequence[Series]
) -> tuple[int, int]:
    from models.spikes.episodes import episodes
    from models.spikes.family import NightOptions, examine

    previous = known_episodes(con, night)
    outlets, stories = _behind(con, night)
    found = examine(series, night, NightOptions(q=options.q), previous=previous, outlets=outlets)
    folded = episodes(found.alarms, previous, night, stories=stories)
    with connection.transaction(con):
        con.execute("delete from alarm where night = ?::date", [night])
        load.alarms(con, _alarm_table(found, _copies(series, night), _reading(con)))
        load.episodes(con, _episode_table(con, folded, night))
    return found.tested, sum(episode.end == night for episode in folded)


def _reading(con: connection.Connection) -> str | None:
    rows = connection.ask(con, "select reading_id from reading where is_current")
    return rows[0][0] if rows else None


def _behind(con: connection.Connection, night: str) -> tuple[dict[Stratum, int], dict[Stratum, set[str]]]:
    """Outlets and story ids behind tonight's securitizing stories, for every stratum that they count in."""
    from models.spikes.strata import ANY, Stratum

    sql = """
        select distinct story.story_id, origin.language::varchar, coalesce(owner.class, 'unknown')::varchar,
            unnest(act.targets) as target, act.frames, source.outlet
        from story
        join story_member member using (story_id)
        join current_act act on act.article_id = member.article_id and act.move = 'securitizing'
        join article origin on origin.article_id = story.origin_article_id
        join article on article.article_id = member.article_id
        join source on source.source_id = article.source_id
        left join ownership_period owner on owner.source_id = origin.source_id
            and story.first_seen_day >= owner.since and story.first_seen_day < owner.until
        where story.first_seen_day = $night::date
        order by all
    """
    stories: dict[Stratum, set[str]] = {}
    outlets: dict[Stratum, set[str]] = {}
    for story, language, ownership, target, frames, outlet in connection.ask(con, sql, {"night": night}):
        cells = [(ANY, ANY), (ownership, ANY), (ANY, target), (ownership, target)]
        keys = [Stratum(lang, owner, aim) for lang in (ANY, language) for owner, aim in cells]
        keys += [Stratum(lang, ANY, target, frame) for lang in (ANY, language) for frame in frames]
        for key in keys:
            stories.setdefault(key, set()).add(story)
            outlets.setdefault(key, set()).add(outlet)
    return {key: len(names) for key, names in outlets.items()}, stories


def _copies(series: Sequence[Series], night: str) -> dict[Stratum, tuple[int, int]]:
    """Securitizing articles, reprints included, of a night and of the seven days up to it."""
    end = {one.days: bisect_right(one.days, night) for one in series}
    return {
        one.stratum: (
            int(one.copies[end[one.days] - 1 : end[one.days]].sum()),
            int(one.copies[max(0, end[one.days] - 7) : end[one.days]].sum()),
        )
        for one in series
    }


def _alarm_table(found: Night, copies: dict[Stratum, tuple[int, int]], reading_id: str | None) -> pa.Table:
    """Every test that could be made, two rows a stratum, with the severity of those that alarm."""
    alarms = {alarm.stratum: alarm for alarm in found.alarms}
    rows = []
    for which, tests in enumerate((found.day_tests, found.week_tests)):
        for place in np.flatnonzero(tests.testable):
            stratum = found.strata[place]
            row = _test_row(which, tests, int(place)) | _judged(which, alarms.get(stratum))
            keys = {"night": found.day, "detector": DETECTORS[which], "reading_id": reading_id}
            rows.append(
                row | keys | dict(zip(KEYS, stratum, strict=True)) | {"copies": copies[stratum][which]}
            )
    return pa.Table.from_pylist(rows, schema=_alarm_schema())


def _test_row(which: int, tests: Tests, place: int) -> dict[str, Any]:
    expected, count = _number(tests.expected[place]), int(np.nan_to_num(tests.count[place]))
    return {
        "count": count,
        "total": int(np.nan_to_num(tests.total[place])),
        "expected": expected,
        "upper": _number(tests.upper[place]),
        "p_value": _number(tests.p_value[place]),
        "score": _number(tests.score[place]),
        "rate_ratio": count / expected if expected else None,
        "method": str(tests.method[place]),
        "reason": str(tests.reason[place]) or None,
    }


def _judged(which: int, alarm: Alarm | None) -> dict[str, Any]:
    """What the night's family of tests made of one detector's answer; `upper` is computed for alarms only."""
    if alarm is None:
        return {"severity": "none", "amplified": False, "q_value": None}
    own = ("day", "week")[which] in alarm.detectors
    judged = {
        "severity": alarm.severity if own else "none",
        "amplified": "amplified" in alarm.tags,
        "q_value": _number((alarm.q_day, alarm.q_week)[which]),
    }
    return judged | ({"upper": _number(alarm.upper)} if which == 0 else {})


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _alarm_schema() -> pa.Schema:
    text = ("night", "detector", *KEYS)
    figures = ("expected", "upper", "p_value", "q_value", "score", "rate_ratio")
    return pa.schema(
        [(name, pa.string()) for name in text]
        + [(name, pa.int32()) for name in ("count", "copies", "total")]
        + [(name, pa.float64()) for name in figures]
        + [("severity", pa.string()), ("amplified", pa.bool_())]
        + [(name, pa.string()) for name in ("method", "reason", "reading_id")]
    )


def known_episodes(con: connection.Connection, night: str) -> list[Episode]:
    """Every episode that began before or on a night, as the last fold left it."""
    from models.spikes.strata import Episode, Member, Stratum

    sql = """
        select episode_id, language, ownership, target, frame, onset::varchar, peak::varchar, last_alarm::varchar,
            state::varchar, severity::varchar, memory
        from episode where onset <= ?::date order by onset, episode_id
    """
    found = []
    for key, *cells, onset, peak, end, state, severity, memory in connection.ask(con, sql, [night]):
        kept = json.loads(memory)
        members = tuple(
            Member(Stratum(*one["stratum"]), one["excess"], tuple(one["nights"]), one["severity"])
            for one in kept.pop("members")
        )
        kept = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
        found.append(
            Episode(key, Stratum(*cells), onset, peak, end, state, severity, members=members, **kept)
        )
    return found


REMEMBERED = ("nights", "peak_count", "peak_expected", "peak_ratio", "members", "tags")


def _episode_table(con: connection.Connection, episodes: Sequence[Episode], night: str) -> pa.Table:
    return pa.Table.from_pylist(
        [_episode_row(con, episode, night) for episode in episodes], schema=_episode_schema()
    )


def _episode_row(con: connection.Connection, episode: Episode, night: str) -> dict[str, Any]:
    from flows.evidence import ask

    facts = asdict(episode)
    stratum = dict(zip(KEYS, episode.stratum, strict=True))
    span = {"since": episode.onset, "until": episode.end}
    first = next(iter(ask.rows(con, "articles_of_stratum", **stratum, **span)), {})
    return {
        "episode_id": episode.episode_id,
        **stratum,
        "onset": episode.onset,
        "peak": episode.peak,
        "last_alarm": episode.end,
        "state": episode.state,
        "severity": episode.severity,
        "alarms": len(episode.nights),
        **_sums(con, stratum, span),
        "first_article_id": first.get("article_id"),
        "first_source_id": first.get("source_id"),
        "updated_night": night,
        "memory": json.dumps({name: facts[name] for name in REMEMBERED}, sort_keys=True),
    }


def _sums(con: connection.Connection, stratum: dict[str, str], span: dict[str, str]) -> dict[str, Any]:
    """Counts over an episode's days, and its strongest test."""
    sql = """
        select coalesce(sum(count) filter (where detector = 'daily'), 0)::int as count,
            coalesce(sum(copies) filter (where detector = 'daily'), 0)::int as copies,
            coalesce(sum(total) filter (where detector = 'daily'), 0)::int as total,
            sum(expected) filter (where detector = 'daily') as expected,
            max(rate_ratio) filter (where severity <> 'none') as rate_ratio,
            min(p_value) as p_value, min(q_value) as q_value
        from alarm
        where language = $language and ownership = $ownership and target = $target and frame = $frame
            and night between $since::date and $until::date
    """
    rows: list[dict[str, Any]] = connection.arrow(con, sql, stratum | span).to_pylist()
    return rows[0]


def _episode_schema() -> pa.Schema:
    text = ("episode_id", *KEYS, "onset", "peak", "last_alarm", "state", "severity")
    return pa.schema(
        [(name, pa.string()) for name in text]
        + [(name, pa.int32()) for name in ("alarms", "count", "copies", "total")]
        + [(name, pa.float64()) for name in ("expected", "rate_ratio", "p_value", "q_value")]
        + [(name, pa.string()) for name in ("first_article_id", "first_source_id", "updated_night", "memory")]
    )


def listing(con: connection.Connection, night: str | None) -> pa.Table:
    """Episodes as rows, strongest first; with a night, those that had an alarm on it."""
    sql = """
        select episode_id, severity::varchar as severity, state::varchar as state, language, ownership, target, frame,
            onset, peak, last_alarm, count, copies, round(expected, 1) as expected,
            round(rate_ratio, 1) as rate_ratio, first_outlet
        from episodes
        where $night is null or $night::date between onset and last_alarm
        order by episodes.severity desc, p_value, episode_id
    """
    return connection.arrow(con, sql, {"night": night})


def newest_night(con: connection.Connection) -> str:
    """The last night in the ledger.

    Raises:
        NotFound: there is none.
    """
    from flows.errors import NotFound

    rows = connection.ask(con, "select max(night)::varchar from step")
    if not rows or rows[0][0] is None:
        raise NotFound("a night in the warehouse", "none", "run baqylau demo, nightly or ingest first")
    newest: str = rows[0][0]
    return newest
