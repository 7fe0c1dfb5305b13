"""The report as one HTML file that loads nothing: style inside, charts as SVG inside, no script.

Every text passes through Jinja's escaping; the page's own policy refuses whatever would load or run regardless.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, fields
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from flows.report import drawings, episodes, marks, summary, tables
from flows.report.data import Episode, Report, Sentence
from flows.report.phrases import FOLDER, Phrases
from flows.report.urls import safe_url

SECTIONS = ("episodes", "trends", "watch", "health", "edits", "method")
STRONG = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class EpisodePage(episodes.Told):
    """An episode in words with its two charts."""

    chart: Markup
    spread: Markup
    unseen: str
    """How many editions the second chart leaves to its table; empty if none."""


def html(t: Phrases, report: Report) -> str:
    """The whole page. The same report gives the same bytes."""
    environment = _environment(t)
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = environment.get_template("report.html")
    own = Markup(style)  # noqa: S704  our own file
    return page.render(**_head(t, report), **_body(t, report), style=own, style_hash=digest)


def _environment(t: Phrases) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(
        safe_url=safe_url,
        segments=_segments,
        chips=lambda sentence, phrases: episodes.chips(phrases, sentence),
        story_line=lambda story, phrases: episodes.story_line(phrases, story),
        strong=strong,
    )
    # macros imported without context see globals only, and all of them speak one language
    environment.globals["t"] = t
    return environment


def _segments(sentence: Sentence, t: Phrases) -> list[tuple[str, str, str]]:
    return [(piece.text, piece.kind, piece.title) for piece in marks.pieces(t, sentence)]


def strong(text: str) -> Markup:
    """Escaped text in which `**words**` of our own catalogue are set in bold."""
    return Markup(STRONG.sub(r"<strong>\1</strong>", str(escape(text))))  # noqa: S704  escaped first


def _head(t: Phrases, report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "title": t("title", day=t.day(report.night)),
        "contents": [(name, t(f"{name}.title")) for name in SECTIONS],
        "happened": summary.happened(t, report),
        "strongest": summary.strongest(t, report),
        "sure": summary.sure(t, report),
        "facts": summary.facts(t, report),
        "method": summary.method(t, report),
        "reading": episodes.reading(t, report.reading),
    }


def _body(t: Phrases, report: Report) -> dict[str, Any]:
    trouble = [row for row in report.coverage if row.status != "complete"]
    return {
        "episodes": [_episode(t, of) for of in report.episodes],
        "further": tables.episodes(t, report.further),
        "trends": drawings.trends(t, report.trends),
        "watched": tables.watched(t, report.watched),
        "watch_intro": summary.watch_intro(t, report),
        "trouble": tables.coverage(t, t("health.trouble"), trouble),
        "coverage": tables.coverage(t, t("health.full_table"), report.coverage),
        "calendar": drawings.calendar(t, report.days, report.calendar),
        "calendar_table": tables.calendar(t, report.days, report.calendar),
        "edits": tables.edits(t, report.edits),
        "errors": tables.errors(t, report.errors),
    }


def _episode(t: Phrases, of: Episode) -> EpisodePage:
    told = episodes.tell(t, of)
    words = {field.name: getattr(told, field.name) for field in fields(told)}
    spread = drawings.spread(t, of) if of.publishers else Markup("")
    more = len(of.publishers) - drawings.LANES_SHOWN
    unseen = t("episodes.lanes_more", editions=t.counted("more_edition", more)) if more > 0 else ""
    return EpisodePage(**words, chart=drawings.series(t, of), spread=spread, unseen=unseen)
