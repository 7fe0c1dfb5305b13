"""One episode in words: what the page and the Markdown file both print about it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.report import marks, tables
from flows.report.data import Episode, Reading, Sentence, SourceCoverage, Story, Strength
from flows.report.phrases import Phrases

SHA_SHOWN = 12
ABSORBED_SHOWN = 4


@dataclass(frozen=True)
class Tile:
    """One figure with its name and a note below it."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Chip:
    """One short fact about a sentence."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Told:
    """An episode in words and tables; `data` is what they were made from."""

    data: Episode
    heading: str
    press: str
    dates: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    whole: str
    notes: tuple[str, ...]
    chart_title: str
    series: tables.Table
    first: str
    publishers: tables.Table
    shown: str
    marks: tuple[tuple[str, str], ...]
    coverage: tables.Table
    coverage_note: str
    reading: str


def tell(t: Phrases, of: Episode) -> Told:
    """Everything an episode has to say."""
    heading, press = tables.heading(t, of.stratum), tables.press(t, of.stratum)
    caption = t("episodes.coverage", day=t.day(of.strength.day))
    sentences = [line for story in of.stories for line in story.sentences]
    return Told(
        data=of,
        heading=heading,
        press=press,
        dates=_dates(t, of),
        tiles=tiles(t, of.strength),
        whole=_whole(t, of),
        notes=_notes(t, of),
        chart_title=t("episodes.chart", heading=heading, press=press),
        series=tables.series(t, of.series),
        first=_first(t, of),
        publishers=tables.publishers(t, of.publishers),
        shown=t("episodes.stories_shown", shown=t.number(len(of.stories)), all=t.number(of.stories_count)),
        marks=tuple(marks.kinds_seen(t, sentences)),
        coverage=tables.coverage(t, caption, of.coverage),
        coverage_note=_coverage_note(t, of.coverage),
        reading=reading(t, of.reading),
    )


def _dates(t: Phrases, of: Episode) -> tuple[tuple[str, str], ...]:
    return (
        (t("episodes.onset"), t.day(of.onset)),
        (t("episodes.peak"), t.day(of.peak)),
        (t("episodes.end"), t.day(of.end)),
        (t("episodes.alarm_days"), t.number(len(of.alarm_days))),
    )


def tiles(t: Phrases, of: Strength) -> tuple[Tile, ...]:
    """The four figures that say how far the strongest night stood out."""
    when = "episodes.stories_week" if of.detector == "window7" else "episodes.stories"
    note_p = (
        t("episodes.p_note", q=t.p_value(of.q_value), tests=t.counted("test", of.tested))
        if of.q_value is not None
        else ""
    )
    interval = (
        t("episodes.ratio_note", interval=t.interval(of.ratio_low, of.ratio_high, 1))
        if of.ratio_low is not None
        else ""
    )
    return (
        Tile(
            t(when),
            t.number(of.count),
            t("episodes.stories_note", copies=t.number(of.copies), total=t.number(of.total)),
        ),
        Tile(
            t("episodes.expected"),
            t.rough(of.expected),
            t("episodes.expected_note", upper=t.number(of.upper)),
        ),
        Tile(t("episodes.ratio"), t.times(of.ratio), interval),
        Tile(t("episodes.p"), t.p_value(of.p_value), note_p),
    )


def _whole(t: Phrases, of: Episode) -> str:
    return t(
        "episodes.whole",
        stories=t.counted("story", of.stories_count),
        articles=t.counted("article", of.articles_count),
        editions=t.counted("edition", len(of.publishers)),
    )


def _notes(t: Phrases, of: Episode) -> tuple[str, ...]:
    notes = [t.term("tag", tag) for tag in of.tags]
    if of.absorbed:
        strata = "; ".join(tables.stratum(t, part) for part in of.absorbed[:ABSORBED_SHOWN])
        more = len(of.absorbed) - ABSORBED_SHOWN
        notes.append(t("episodes.absorbed", strata=strata))
        if more > 0:
            notes[-1] += " " + t("episodes.absorbed_more", n=t.number(more))
    return tuple(notes)


def _first(t: Phrases, of: Episode) -> str:
    if not of.publishers:
        return ""
    first = of.publishers[0]
    return t(
        "episodes.first",
        outlet=first.outlet,
        ownership=t.term("ownership", first.ownership),
        printed=t.moment(first.printed_at),
        seen=t.moment(first.first_seen_at),
    )


def _coverage_note(t: Phrases, rows: tuple[SourceCoverage, ...]) -> str:
    complete = sum(row.status == "complete" for row in rows)
    parts = [t("episodes.coverage_note", complete=t.number(complete), all=t.number(len(rows)))]
    for status in ("partial", "missing"):
        outlets = ", ".join(row.outlet for row in rows if row.status == status)
        if outlets:
            parts.append(t("episodes.coverage_broken", status=t(f"status_title.{status}"), outlets=outlets))
    return " ".join(parts)


def reading(t: Phrases, of: Reading | None) -> str:
    """Which model, codebook and lexicon, in one line."""
    if of is None:
        return t("episodes.provenance_none")
    versions = {"codebook": of.codebook_version, "lexicon": of.lexicon_version}
    return t("episodes.provenance_reading", model=of.model, sha=of.model_sha[:SHA_SHOWN], **versions)


def story_line(t: Phrases, of: Story) -> str:
    """Who printed a story, when it was seen, and how often it was printed."""
    line = t(
        "episodes.story_meta",
        outlet=of.outlet,
        moment=t.moment(of.first_seen_at),
        articles=t.counted("article", of.articles),
        editions=t.counted("edition", of.editions),
    )
    if of.published_at is None:
        return line
    return f"{line}, {t('episodes.published', moment=t.moment(of.published_at))}"


def chips(t: Phrases, of: Sentence) -> list[Chip]:
    """Probability, speaker, what is at stake, frames, targets, and whether a measure is demanded."""
    found = [Chip(t("episodes.probability", p=t.number(of.p_securitizing, 2)))]
    if of.is_title:
        found.append(Chip(t("episodes.in_title")))
    if of.targets:
        found.append(Chip(t("episodes.targets", targets=t.terms("target", of.targets))))
    if of.frames:
        found.append(Chip(t("episodes.frames", frames=t.terms("frame", of.frames))))
    if of.referents:
        found.append(Chip(t("episodes.referent", referents=t.terms("referent", of.referents))))
    if of.voice:
        found.append(Chip(t("episodes.voice", voice=t.term("voice", of.voice))))
    if of.measure:
        found.append(Chip(t("episodes.measure"), strong=True))
    return found
