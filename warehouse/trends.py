"""Trends: shares of stories over time, by any of the dimensions, each with its interval and its missing days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from baqylau import Faults
from warehouse.connection import Connection, arrow, ask

GRAINS = ("day", "week", "month")
MOVES = ("securitizing", "desecuritizing", "neutral")
# Dimensions that divide the stories: columns of story_origin and coverage_by_source.
PARTS = ("language", "ownership", "outlet", "country", "source_id")
# Dimensions of what is said: the list of an act's values. The total stays whole.
LABELS = {
    "target": "act.targets",
    "frame": "act.frames",
    "sector": "list_transform(act.frames, lambda f: book.sectors[f])",
    "weiner": "list_transform(act.frames, lambda f: book.weiners[f])",
    "voice": "[act.voice::varchar]",
    "referent": "act.referents::varchar[]",
    "measure": "[act.measure::varchar]",
}
_ENUMERATIONS = {
    "language": "language",
    "ownership": "ownership_class",
    "sector": "sector",
    "voice": "voice",
    "referent": "referent",
}
_TABLES = {"target": ("target", "name"), "frame": ("frame", "name"), "outlet": ("source", "outlet")} | {
    "country": ("source", "country"),
    "source_id": ("source", "source_id"),
}
_FIXED = {"measure": ["true", "false"], "weiner": ["1", "2", "3", "4", "5"]}

_SQL = """
with book as (
    select
        map(coalesce(list(name order by name), []), coalesce(list(sector::varchar order by name), [])) as sectors,
        map(coalesce(list(name order by name), []), coalesce(list(weiner::varchar order by name), [])) as weiners
    from frame
),
told as (
    select story_id, date_trunc('{grain}', published_day)::date as period, {parts}
    from story_origin
    where published_day is not null {part_filter} {span_published}
),
marked as (
    select told.*, act.article_id {labels}
    from current_act as act
    join article_story on article_story.article_id = act.article_id
    join told on told.story_id = article_story.story_id
    cross join book
    where act.move = $move::move {label_filter}
),
hit as (
    select {keys}, count(distinct story_id) as stories, count(distinct article_id) as articles
    from {unnested} group by {keys}
),
total as (
    select period, {part_names}, count(*) as total from told group by all
),
looked as (
    select date_trunc('{grain}', day)::date as period, {part_names}, count(*) filter (where good) as good_days
    from (
        select day, {parts}, well_covered(sum(lost), sum(usual), count(*) filter (where status <> 'complete')) as good
        from coverage_by_source where true {part_filter} {span_day}
        group by all
    )
    group by all
),
periods as (
    select unnest(generate_series(min(period), max(period), interval 1 {grain}))::date as period
    from (select period from total union all select period from looked)
),
lines as (
    select * from (select distinct {part_names} from (from total select {part_names} union from looked select {part_names}))
    {label_lines}
)
select
    periods.period, {shown}
    coalesce(hit.stories, 0)::bigint as stories,
    coalesce(total.total, 0)::bigint as total,
    case when looked.good_days > 0 and total.total > 0 then coalesce(hit.stories, 0) / total.total end as share,
    case when looked.good_days > 0 then wilson_low(coalesce(hit.stories, 0), total.total) end as low,
    case when looked.good_days > 0 then wilson_high(coalesce(hit.stories, 0), total.total) end as high,
    coalesce(hit.articles, 0)::bigint as articles,
    (date_diff('day', periods.period, periods.period + interval 1 {grain}) - coalesce(looked.good_days, 0))::integer
        as days_missing
from periods
cross join lines
left join hit using (period, {all_names})
left join total using (period, {part_names})
left join looked using (period, {part_names})
order by periods.period {ordered}
"""


@dataclass(frozen=True)
class _Question:
    """A checked question, its dimensions told apart."""

    parts: list[str]
    labels: list[str]
    grain: str
    move: str
    filters: dict[str, str]
    since: str | None
    until: str | None


def trend(
    con: Connection,
    by: Sequence[str] = (),
    grain: str = "week",
    *,
    move: str = "securitizing",
    since: str | None = None,
    until: str | None = None,
    **filters: str | None,
) -> pa.Table:
    """Return the share of stories with a sentence that makes a move, over time.

    Args:
        con: an open reader or writer.
        by: dimensions to split by. Those of PARTS divide the stories; those of LABELS tell what is said, and a story may
            count under several values.
        grain: day, week (Monday) or month.
        move: securitizing, desecuritizing or neutral.
        since, until: first and last published day, ISO dates.
        filters: a dimension and the one value to keep, for example `target="chinese"`; those on what is said must hold
            of one sentence together.

    Returns:
        period, the dimensions, stories, total (all stories of those sources), share, low, high (95 % Wilson interval;
        Wilson 1927), articles (copies included), days_missing (days not well covered). Where no day of a period was
        covered, share, low and high are null: missing, not zero.

    Raises:
        Faults: unknown dimensions, values or dates, all at once.
    """
    question = _checked(con, by, grain, move, filters, since, until)
    return arrow(con, _SQL.format(**_pieces(question)), _parameters(question)).select(_order(by))


def _checked(
    con: Connection,
    by: Sequence[str],
    grain: str,
    move: str,
    filters: Mapping[str, str | None],
    since: str | None,
    until: str | None,
) -> _Question:
    given = {name: str(value) for name, value in filters.items() if value is not None}
    if "measure" in given:  # a Python truth value is welcome too
        given["measure"] = given["measure"].lower()
    faults = _faults(con, by, grain, move, given, {"since": since, "until": until})
    if faults:
        raise Faults("trend question", faults)
    parts = [name for name in by if name in PARTS]
    labels = [name for name in by if name in LABELS]
    return _Question(parts, labels, grain, move, given, since, until)


def _order(by: Sequence[str]) -> list[str]:
    return ["period", *by, "stories", "total", "share", "low", "high", "articles", "days_missing"]


def _pieces(question: _Question) -> dict[str, str]:
    """The parts of the statement. `whole` is a constant part, so that a question without parts needs no other form."""
    parts, labels = ["whole", *question.parts], question.labels
    names = [*parts, *labels]
    unnested = "marked"
    for name in labels:  # one at a time: several at once would be paired instead of crossed
        unnested = f"(select * replace (unnest({name}) as {name}) from {unnested})"
    known = " and ".join(f"{name} is not null" for name in labels)
    kept = f"(select * from {unnested} where {known})" if labels else unnested
    return {
        "grain": question.grain,
        "parts": ", ".join(["'*' as whole", *(f"{name}::varchar as {name}" for name in question.parts)]),
        "part_names": ", ".join(parts),
        "part_filter": "".join(
            f" and {name}::varchar = ${name}" for name in question.filters if name in PARTS
        ),
        "label_filter": "".join(
            f" and list_contains({LABELS[name]}, ${name})" for name in question.filters if name in LABELS
        ),
        "labels": "".join(f", {LABELS[name]} as {name}" for name in labels),
        "span_published": _span(question, "published_day"),
        "span_day": _span(question, "day"),
        "keys": ", ".join(["period", *names]),
        "unnested": kept,
        "label_lines": f"cross join (select distinct {', '.join(labels)} from hit)" if labels else "",
        "shown": "".join(f"lines.{name}, " for name in names if name != "whole"),
        "all_names": ", ".join(names),
        "ordered": "".join(f", lines.{name}" for name in names),
    }


def _span(question: _Question, column: str) -> str:
    since = f" and {column} >= $since::date" if question.since else ""
    return since + (f" and {column} <= $until::date" if question.until else "")


def _parameters(question: _Question) -> dict[str, str]:
    span = {"since": question.since, "until": question.until}
    return {"move": question.move, **question.filters, **{name: day for name, day in span.items() if day}}


def _faults(
    con: Connection,
    by: Sequence[str],
    grain: str,
    move: str,
    filters: Mapping[str, str],
    days: Mapping[str, str | None],
) -> list[str]:
    known = [*PARTS, *LABELS]
    faults = [
        f"by -> no dimension {name!r}; there are {', '.join(known)}" for name in by if name not in known
    ]
    faults += [
        f"by -> {name!r} given twice" for name in sorted({name for name in by if list(by).count(name) > 1})
    ]
    faults += [] if grain in GRAINS else [f"grain -> no grain {grain!r}; there are {', '.join(GRAINS)}"]
    faults += [] if move in MOVES else [f"move -> no move {move!r}; there are {', '.join(MOVES)}"]
    for name, value in filters.items():
        if name not in known:
            faults.append(f"{name} -> no such dimension; there are {', '.join(known)}")
        elif value not in _values(con, name):
            faults.append(
                f"{name} -> no value {value!r}; there are {', '.join(_values(con, name)) or 'none yet'}"
            )
    return faults + [
        f"{name} -> {day!r} is no ISO date" for name, day in days.items() if day and not _is_date(day)
    ]


def _values(con: Connection, name: str) -> list[str]:
    if name in _FIXED:
        return _FIXED[name]
    if name in _ENUMERATIONS:
        sql = f"select unnest(enum_range(null::{_ENUMERATIONS[name]}))::varchar"
    else:
        table, column = _TABLES[name]
        sql = f'select distinct "{column}" from "{table}" order by all'
    return [value for (value,) in ask(con, sql)]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
