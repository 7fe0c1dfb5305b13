"""The evidence of one episode: series, strength, publishers, stories, sentences, coverage, reading, command."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flows.evidence import ask, series, strength
from flows.evidence.ask import Press, Row, clean, iso, moment
from flows.report.data import (
    Episode,
    Mark,
    Publisher,
    Sentence,
    SourceCoverage,
    Story,
    Stratum,
    Strength,
)
from warehouse.connection import Connection

DAYS = 60
STORIES_SHOWN = 8
SENTENCES_SHOWN = 3
WEEK = 7
COUNTED = ("seen", "fetched", "parsed", "read")


def build(con: Connection, press: Press, row: Row, folded: Sequence[Row], history: series.History) -> Episode:
    """The evidence of one row of `episode` as it stood on a night; `folded` are the narrower episodes within it."""
    of, until = ask.stratum(row), min(iso(row["last_alarm"]), history.night)
    tests = ask.rows(con, "tests", since=history.shown[0], until=history.night, **ask.narrowed(of))
    memory = json.loads(row["memory"] or "{}")
    alarms = _nights(memory, tests, iso(row["onset"]), until)
    best = _best(tests, iso(row["peak"]), alarms)
    peak = iso(best["night"]) if best else min(iso(row["peak"]), until)
    counts = history.of(of)
    articles = ask.rows(con, "articles_of_stratum", since=iso(row["onset"]), until=until, **ask.narrowed(of))
    return Episode(
        episode_id=row["episode_id"],
        stratum=of,
        onset=iso(row["onset"]),
        peak=peak,
        end=until,
        state=row["state"],
        severity=row["severity"],
        strength=_strength(con, best, counts, set(alarms), peak),
        alarm_days=tuple(alarms),
        series=tuple(series.days_of(history, counts, tests, set(alarms))),
        stories_count=len({article["story_id"] for article in articles}),
        articles_count=len(articles),
        publishers=tuple(publishers(press, articles, row["first_source_id"])),
        stories=tuple(stories(con, press, of, articles)),
        coverage=tuple(coverage(con, press, peak, ask.part_of_press(of))),
        reading=ask.reading(con, best["reading_id"] if best else None),
        absorbed=tuple(_absorbed(of, memory, folded)),
        tags=tuple(memory.get("tags", ())),
        command=f"baqylau explain {row['episode_id']}",
    )


def _nights(memory: Mapping[str, Any], tests: Sequence[Row], onset: str, until: str) -> list[str]:
    """Nights with an alarm: those the episode remembers, else those on which its own stratum alarmed."""
    alarmed = (iso(test["night"]) for test in tests if test["severity"] in series.ALERTS)
    nights = memory.get("nights") or alarmed
    return sorted({night for night in nights if onset <= night <= until})


def _best(tests: Sequence[Row], peak: str, alarms: Sequence[str]) -> Row | None:
    """The strongest of the stratum's own alarms; without one (others raised the episode), its test on the peak night."""
    within = [test for test in tests if iso(test["night"]) in alarms]
    own = [test for test in within if test["severity"] in series.ALERTS]
    at_peak = [test for test in within if iso(test["night"]) == peak]
    return min(own or at_peak or within, key=_rank, default=None)


def _rank(test: Row) -> tuple[float, float, str]:
    p = 1.0 if test["p_value"] is None else test["p_value"]
    return p, -(test["rate_ratio"] or 0.0), test["detector"]


def _absorbed(of: Stratum, memory: Mapping[str, Any], folded: Sequence[Row]) -> list[Stratum]:
    """The other strata that took part, those with the largest excess first, then episodes folded into this one."""
    members = sorted(memory.get("members", ()), key=lambda member: (-member["excess"], member["stratum"]))
    strata = [*(Stratum(*member["stratum"]) for member in members), *map(ask.stratum, folded)]
    return [part for part in dict.fromkeys(strata) if part != of]


def _strength(
    con: Connection, best: Row | None, counts: Mapping[str, Row], alarms: set[str], peak: str
) -> Strength:
    """Of the strongest test; where none is on record, of the peak day's plain counts."""
    if best is None:
        row = counts.get(peak) or {"count": 0, "copies": None, "total": None}
        return Strength(peak, "daily", row["count"], row["copies"], row["total"], *(None,) * 7, tested=0)
    night = iso(best["night"])
    weekly = ask.detector(best["detector"]) == "window7"
    again = series.expectations(counts, [night], alarms, weekly)[night]
    copies = _copies(counts, ask.span(ask.days_before(night, WEEK - 1), night)) if weekly else None
    return strength.of_test(best, ask.tested(con, night, best["detector"])[0], again, copies)


def _copies(counts: Mapping[str, Row], days: Sequence[str]) -> int:
    """Copies over the complete days of a week: what a trailing week's count is a count of."""
    return sum(counts[day]["copies"] for day in days if day in counts and counts[day]["complete"])


def publishers(press: Press, articles: Sequence[Row], first_source: str | None) -> list[Publisher]:
    """The editions behind an episode: its first publisher, then the others in order of appearance."""
    by_source: dict[str, list[Row]] = defaultdict(list)
    for article in articles:
        by_source[article["source_id"]].append(article)
    order = sorted(
        by_source, key=lambda source: (source != first_source, *_appearance(by_source[source][0]), source)
    )
    return [_publisher(press, source, by_source[source]) for source in order]


def _appearance(article: Row) -> tuple[str, Any]:
    """Stories are ordered by the night they were seen, within a night by the time the outlet gives."""
    return iso(article["first_seen_day"]), _printed(article)


def _printed(article: Row) -> Any:
    """The outlet's own time where there is one that does not lie after our visit, else the time of our visit."""
    published, seen = moment(article["published_at"]), moment(article["first_seen_at"])
    return published if published is not None and seen is not None and published <= seen else seen


def _publisher(press: Press, source_id: str, articles: Sequence[Row]) -> Publisher:
    moments = tuple(sorted(_printed(article) for article in articles))
    seen = [moment(article["first_seen_at"]) for article in articles]
    return Publisher(
        source_id=source_id,
        outlet=press.name(source_id),
        ownership=articles[0]["ownership"],
        country=press.countries.get(source_id, "XX"),
        language=articles[0]["language"],
        printed_at=moments[0],
        first_seen_at=min(value for value in seen if value is not None),
        stories=len({article["story_id"] for article in articles}),
        articles=len(articles),
        moments=moments,
    )


def stories(con: Connection, press: Press, of: Stratum, articles: Sequence[Row]) -> list[Story]:
    """The most reprinted stories, the surest first among equals, each with its strongest sentences."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for article in articles:
        groups[article["story_id"]].append(article)
    ranked = sorted(
        groups, key=lambda key: (-len(groups[key]), -max(row["p"] or 0.0 for row in groups[key]), key)
    )
    shown = [_spokesman(groups[key]) for key in ranked[:STORIES_SHOWN]]
    said = _sentences(con, of, [article["article_id"] for article in shown])
    return [
        _story(press, article, groups[article["story_id"]], said[article["article_id"]]) for article in shown
    ]


def _spokesman(articles: Sequence[Row]) -> Row:
    """The article a story is told by: its origin, or the earliest copy where only copies hold the sentences."""
    return next((article for article in articles if article["is_origin"]), articles[0])


def _story(press: Press, article: Row, copies: Sequence[Row], said: Sequence[Sentence]) -> Story:
    first_seen = moment(article["first_seen_at"])
    assert first_seen is not None
    return Story(
        story_id=article["story_id"],
        title=clean(article["title"]),
        url=article["url"],
        outlet=press.name(article["source_id"]),
        source_id=article["source_id"],
        language=article["language"],
        first_seen_at=first_seen,
        published_at=moment(article["published_at"]),
        articles=len(copies),
        editions=len({copy["source_id"] for copy in copies}),
        sentences=tuple(said[:SENTENCES_SHOWN]),
    )


def _sentences(con: Connection, of: Stratum, articles: Sequence[str]) -> dict[str, list[Sentence]]:
    labels = {"target": of.target, "frame": of.frame}
    said: dict[str, list[Sentence]] = defaultdict(list)
    for row in ask.rows(con, "sentences_of_articles", articles=list(articles), **labels):
        said[row["article_id"]].append(_sentence(row))
    return said


def _sentence(row: Row) -> Sentence:
    spans = row["spans"] or []
    return Sentence(
        sentence_id=row["sentence_id"],
        text=clean(row["text"]),
        lang=row["lang"] or "und",
        marks=tuple(Mark(span["start"], span["end"], clean(span["label"])) for span in spans),
        move=row["move"],
        p_securitizing=row["p_securitizing"],
        voice=row["voice"],
        targets=tuple(row["targets"]),
        referents=tuple(row["referents"]),
        frames=tuple(row["frames"]),
        measure=row["measure"],
        is_title=row["position"] == 0,
    )


def coverage(con: Connection, press: Press, night: str, part: dict[str, str]) -> list[SourceCoverage]:
    """How far each edition of a part of the press was collected on a night; counts of a missing one are unknown."""
    found = ask.rows(con, "coverage", night=night, **part)
    return [
        SourceCoverage(
            source_id=row["source_id"],
            outlet=press.name(row["source_id"]),
            language=row["language"],
            ownership=row["ownership"],
            status=row["status"],
            expected=row["expected"],
            **{name: None if row["status"] == "missing" else row[name] for name in COUNTED},
        )
        for row in found
    ]
