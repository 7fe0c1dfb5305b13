"""The report as Markdown: the same words, tables and figures as the page, for mail, wikis and diffs.

Crawled text is escaped so that it can neither become HTML nor a heading, a link or a table of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flows.report import episodes, marks, summary, tables
from flows.report.data import Episode, Report, Sentence, Story, Trend
from flows.report.phrases import Phrases
from flows.report.urls import safe_url

# `:` of an address and the point after `www` too: some readers make links of bare addresses
SPECIAL = re.compile(r"([\\`*_\[\]|~@$]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
LEADING = re.compile(r"^(\s*)([-+=#]|\d+(?=[.)](?:\s|$)))")
BREAKS = re.compile(r"\s*[\r\n]+\s*")


def escape(text: str) -> str:
    """Text that a Markdown reader shows as it is, on one line."""
    flat = BREAKS.sub(" ", text)
    quoted = SPECIAL.sub(r"\\\1", flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return LEADING.sub(_quote_leading, quoted)


def _quote_leading(found: re.Match[str]) -> str:
    mark = found[2]
    # a number that would open a list cannot be escaped itself: a space of no width before it does
    return f"{found[1]}\\{mark}" if not mark.isdigit() else f"{found[1]}\u200b{mark}"


def link(text: str, url: str | None) -> str:
    """A link where the address is a web address, else the text alone."""
    safe = safe_url(url) if url else None
    return f"[{escape(text)}](<{safe}>)" if safe else escape(text)


def table(of: tables.Table) -> list[str]:
    """A pipe table; numbers flush right."""
    rule = ["---:" if of.numeric(i) else "---" for i in range(len(of.keys))]
    rows = [[link(cell.text, cell.url) or " " for cell in row] for row in of.rows]
    return [_row(map(escape, of.head)), _row(rule), *map(_row, rows), ""]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def document(t: Phrases, report: Report) -> str:
    """The whole report."""
    lines = [
        f"# {escape(t('title', day=t.day(report.night)))}",
        "",
        f"{t('product')} · {t('kicker')}",
        "",
        *_summary(t, report),
        *_episodes(t, report),
        *_trends(t, report.trends),
        *_watch(t, report),
        *_health(t, report),
        *_edits(t, report),
        *_method(t, report),
        f"{t('time_note')} {escape(episodes.reading(t, report.reading))}",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _summary(t: Phrases, report: Report) -> list[str]:
    first, *rest = summary.happened(t, report)
    named = [
        f"{k}. **{escape(name)}** {escape(line)}"
        for k, (_, name, line) in enumerate(summary.strongest(t, report), start=1)
    ]
    facts = [f"- {escape(name)}: **{escape(value)}**" for value, name in summary.facts(t, report)]
    lines = [f"## {t('summary.title')}", "", f"**{escape(first)}**", "", *named]
    lines += ["", *_paragraphs(map(escape, rest)), f"### {t('summary.sure_title')}", ""]
    return [*lines, *_paragraphs(summary.sure(t, report)), *facts, ""]


def _paragraphs(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in (line, "")]


def _episodes(t: Phrases, report: Report) -> list[str]:
    lines = [f"## {t('episodes.title')}", ""]
    if not report.episodes:
        lines += [t("episodes.none", days=t.counted("day", report.episode_days)), ""]
    for of in report.episodes:
        lines += episode(t, of)
    if report.further:
        lines += [f"### {t('episodes.other_title')}", "", *table(tables.episodes(t, report.further))]
    return lines


def episode(t: Phrases, of: Episode) -> list[str]:
    """One episode with all its evidence, as lines; also what `baqylau explain` prints."""
    told = episodes.tell(t, of)
    dates = " · ".join(f"{name} {value}" for name, value in told.dates)
    badges = f"{t.term('severity', of.severity)}, {t.term('state', of.state)}"
    lines = [
        f"### {escape(told.heading)}",
        "",
        f"{escape(told.press)} · **{escape(badges)}**",
        "",
        escape(dates),
        "",
    ]
    lines += [_tile(tile) for tile in told.tiles]
    lines += ["", escape(told.whole), "", *_paragraphs(map(escape, told.notes))]
    lines += [f"#### {escape(told.series.caption)}", "", *table(told.series)]
    if told.first:
        lines += [f"#### {t('episodes.spread')}", "", escape(told.first), "", *table(told.publishers)]
    if of.stories:
        lines += [f"#### {t('episodes.stories_title')}", "", escape(told.shown), ""]
        lines += [line for story in of.stories for line in _story(t, story)]
    if of.coverage:
        lines += [
            f"#### {escape(told.coverage.caption)}",
            "",
            escape(told.coverage_note),
            "",
            *table(told.coverage),
        ]
    check = f"{escape(told.reading)} {t('episodes.provenance_command')} `{of.command}`"
    return [*lines, f"#### {t('episodes.provenance')}", "", check, ""]


def _tile(tile: episodes.Tile) -> str:
    note = f" ({escape(tile.note)})" if tile.note else ""
    return f"- {escape(tile.name)}: **{escape(tile.value)}**{note}"


def _story(t: Phrases, of: Story) -> list[str]:
    lines = [f"- {link(of.title, of.url)}", f"  {escape(episodes.story_line(t, of))}", ""]
    for line in of.sentences:
        chips = " · ".join(escape(chip.text) for chip in episodes.chips(t, line))
        lines += [f"  > {_marked(t, line)}", "  >", f"  > {chips}", ""]
    return lines


def _marked(t: Phrases, of: Sentence) -> str:
    """The sentence with its highlighted stretches in bold."""
    parts = []
    for piece in marks.pieces(t, of):
        core = piece.text.strip()
        if not piece.title or not core:
            parts.append(escape_inner(piece.text))
            continue
        before, after = piece.text.split(core, 1)
        parts.append(f"{before}**{escape_inner(core)}**{after}")
    return LEADING.sub(_quote_leading, "".join(parts))


def escape_inner(text: str) -> str:
    """`escape` for a piece in the middle of a line: what is special only at a line's start is left alone."""
    flat = BREAKS.sub(" ", text)
    return SPECIAL.sub(r"\\\1", flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _trends(t: Phrases, rows: Sequence[Trend]) -> list[str]:
    lines = [f"## {t('trends.title')}", "", t("trends.intro") if rows else t("trends.none"), ""]
    for kind in dict.fromkeys(row.kind for row in rows):
        title = t(f"trends.by_{kind}")
        members = [row for row in rows if row.kind == kind]
        lines += [f"### {title}", "", *table(tables.trends(t, title, kind, members))]
    return lines


def _watch(t: Phrases, report: Report) -> list[str]:
    lines = [f"## {t('watch.title')}", ""]
    if not report.watched:
        return [*lines, t("watch.none"), ""]
    return [*lines, escape(summary.watch_intro(t, report)), "", *table(tables.watched(t, report.watched))]


def _health(t: Phrases, report: Report) -> list[str]:
    lines = [f"## {t('health.title')}", ""]
    if not report.coverage:
        return [*lines, t("health.none"), ""]
    lines += table(tables.coverage(t, t("health.full_table"), report.coverage))
    lines += [f"### {t('health.calendar')}", "", t("health.calendar_intro"), ""]
    return [*lines, *table(tables.calendar(t, report.days, report.calendar))]


def _edits(t: Phrases, report: Report) -> list[str]:
    lines = [f"## {t('edits.title')}", ""]
    if not report.edits:
        return [*lines, t("edits.none"), ""]
    return [*lines, t("edits.intro"), "", *table(tables.edits(t, report.edits))]


def _method(t: Phrases, report: Report) -> list[str]:
    lines = [f"## {t('method.title')}", "", *_paragraphs(summary.method(t, report))]
    if report.errors:
        lines += [t("method.errors"), "", *table(tables.errors(t, report.errors))]
    else:
        lines += [t("method.errors_none"), ""]
    return [*lines, t("method.limits"), "", t("method.persons"), ""]
