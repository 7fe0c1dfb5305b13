"""The plain words at the top of a report: what happened tonight and how sure that is."""

from __future__ import annotations

from flows.report import tables
from flows.report.data import Episode, Report
from flows.report.phrases import Phrases

NAMED = 3


def happened(t: Phrases, report: Report) -> list[str]:
    """The night in a few sentences: the strongest episodes, or that there is none, and what was collected."""
    if not report.episodes and not report.false_alarms.tested:
        lines = [t("summary.untested"), t("summary.untested_how")]
    elif not report.episodes:
        tests = t.counted("test", report.false_alarms.tested)
        lines = [t("summary.none"), t("summary.none_how", tests=tests)]
    else:
        lines = [_some(t, report)]
    return [*lines, collected(t, report)]


def _some(t: Phrases, report: Report) -> str:
    listed = [*report.episodes, *report.further]
    return t(
        "summary.some",
        episodes=t.counted("episode", len(listed)),
        days=t.counted("day", report.episode_days),
        open=t.number(sum(row.state == "open" for row in listed)),
    )


def strongest(t: Phrases, report: Report) -> list[tuple[str, str, str]]:
    """For the strongest episodes: the anchor of the episode, what it is about, and what happened."""
    return [(of.episode_id, name(t, of), told(t, of)) for of in report.episodes[:NAMED]]


def name(t: Phrases, episode: Episode) -> str:
    """What an episode is about, and in which part of the press."""
    of = episode.stratum
    return t("summary.name", heading=tables.heading(t, of), press=tables.press(t, of))


def told(t: Phrases, episode: Episode) -> str:
    """What happened: how much above the usual, and who had it first."""
    of = episode.strength
    when = t("summary.when_week" if of.detector == "window7" else "summary.when_day", day=t.day(of.day))
    values = {"stories": t.counted("story", of.count), "when": when, "expected": t.rough(of.expected)}
    if of.expected is None:
        line = t("summary.line_bare", **values)
    elif of.ratio is None or of.ratio_low is None:
        line = t("summary.line_plain", **values)
    else:
        interval = t.interval(of.ratio_low, of.ratio_high, 1)
        line = t("summary.line", **values, ratio=t.times(of.ratio), interval=interval)
    return f"{line} {_spread(t, episode)}".strip()


def _spread(t: Phrases, episode: Episode) -> str:
    if not episode.publishers:
        return ""
    first = episode.publishers[0]
    where = {"outlet": first.outlet, "moment": t.moment(first.printed_at)}
    if len(episode.publishers) == 1:
        return t("summary.spread_one", **where)
    return t("summary.spread", **where, others=t.counted("more_edition", len(episode.publishers) - 1))


def collected(t: Phrases, report: Report) -> str:
    """How much of the press the night is about."""
    totals = report.totals
    if not report.coverage:
        return t("summary.coverage_none")
    editions = t.counted("edition", totals.editions)
    if totals.complete == totals.editions:
        return t("summary.coverage_all", editions=editions)
    counts = {name: t.number(getattr(totals, name)) for name in ("complete", "partial", "missing")}
    return t("summary.coverage_some", editions=editions, **counts)


def sure(t: Phrases, report: Report) -> list[str]:
    """How far chance and the classifier's error may explain what was found."""
    lines = [chance(t, report, "summary.sure_alert")] if report.false_alarms.tested else []
    if report.episodes:
        best = min(
            report.episodes, key=lambda row: 1.0 if row.strength.p_value is None else row.strength.p_value
        )
        p, q = best.strength.p_value, best.strength.q_value
        if p is not None and q is not None:
            lines.append(t("summary.sure_p", p=t.p_value(p), qv=t.p_value(q)))
    return [*lines, *_labels(t, report)]


def chance(t: Phrases, report: Report, key: str) -> str:
    """The nominal bound on false alerts, in words."""
    of = report.false_alarms
    bound = t.number(of.q * of.nights, 1)
    return t(
        key,
        tests=t.counted("test", of.tested),
        eligible=t.number(of.eligible),
        q=t.percent(of.q, 0),
        nights=bound,
        of=t.number(of.nights),
    )


def watch_intro(t: Phrases, report: Report) -> str:
    """What the watch list is, and how long it would be by chance."""
    of = report.false_alarms
    return t(
        "watch.intro",
        level=t.number(of.watch_level, 2),
        tests=t.counted("test", of.eligible),
        chance=t.number(of.watch_level * of.eligible, 1),
    )


def method(t: Phrases, report: Report) -> list[str]:
    """What the numbers mean, before the classifier's error."""
    return [
        t("method.unit"),
        t("method.stories"),
        t("method.expected", half=t.percent(report.false_alarms.q / 2)),
        t("method.missing"),
        chance(t, report, "method.false_alarms"),
    ]


def _labels(t: Phrases, report: Report) -> list[str]:
    known = [row for row in report.errors if row.sensitivity is not None and row.specificity is not None]
    if not known:
        return [t("summary.sure_unmeasured")]
    parts = [
        t(
            "summary.sure_language",
            language=t.term("language", row.language),
            sensitivity=t.percent(row.sensitivity, 0),
            specificity=t.percent(row.specificity, 0),
            n=t.counted("sentence", row.n),
        )
        for row in known
    ]
    return [t("summary.sure_labels", parts="; ".join(parts))]


def facts(t: Phrases, report: Report) -> list[tuple[str, str]]:
    """The night in numbers: (number, what it counts)."""
    totals = report.totals
    read = bool(report.coverage) and totals.complete + totals.partial > 0
    share = totals.securitizing_stories / totals.stories if totals.stories else None

    def n(value: int) -> str:
        return t.number(value if read or value else None)

    return [
        (t("facts.of", n=t.number(totals.complete), all=t.number(totals.editions)), t("facts.editions")),
        (n(totals.articles), t("facts.articles")),
        (n(totals.stories), t("facts.stories")),
        (n(totals.securitizing_stories), t("facts.securitizing_stories")),
        (t.percent(share), t("facts.share")),
        (n(totals.sentences), t("facts.sentences")),
        (n(totals.on_target), t("facts.on_target")),
        (n(totals.securitizing), t("facts.securitizing")),
    ]
