"""One night: every stratum tested by two detectors, false discoveries controlled, severities given.

The rules are those of alerts.md 6.4. One family a night and detector, q split evenly over the detectors; a
stratum below the minimum count keeps its place in the family with p set to 1, which is still a valid p-value,
while leaving it out would select on the outcome. Benjamini and Hochberg (1995), JRSS B 57, over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.spikes import panel as panels
from models.spikes.arrays import Bools, Floats
from models.spikes.episodes import excluded_days
from models.spikes.folding import fold
from models.spikes.panel import Panel
from models.spikes.results import Tests
from models.spikes.short_history import ShortOptions
from models.spikes.strata import Alarm, Episode, Series, Stratum


@dataclass(frozen=True)
class NightOptions:
    """What counts as an alarm."""

    q: float = 0.05
    """false discovery rate of 'alert', over both detectors together."""
    q_high: float = 0.01
    min_count: int = 5
    """stories below which a stratum's p is set to 1."""
    watch_count: int = 3
    watch_p: float = 0.01
    ratio: float = 1.5
    """rate ratio below which a significant stratum stays on the dashboard."""
    high_ratio: float = 3.0
    explains: float = 0.6
    """share of a broader stratum's excess that a narrower one must carry to speak for it."""
    farrington_weeks: int = 78
    """weeks of history from which the trailing week is tested by Farrington's detector."""
    short: ShortOptions = field(default_factory=ShortOptions)


@dataclass(frozen=True)
class Night:
    """Everything one night's test found."""

    day: str
    alarms: list[Alarm]
    strata: tuple[Stratum, ...]
    day_tests: Tests
    week_tests: Tests
    tested: int
    """strata that at least one detector could test: the size of the family."""
    untestable: dict[str, int]
    """reason -> strata that neither detector could test."""


def night(
    series: Sequence[Series],
    day: str,
    options: NightOptions | None = None,
    *,
    previous: Sequence[Episode] = (),
    outlets: Mapping[Stratum, int] | None = None,
) -> list[Alarm]:
    """The alarms of one night, strongest first; see `examine`."""
    return examine(series, day, options, previous=previous, outlets=outlets).alarms


def examine(
    series: Sequence[Series],
    day: str,
    options: NightOptions | None = None,
    *,
    previous: Sequence[Episode] = (),
    outlets: Mapping[Stratum, int] | None = None,
) -> Night:
    """Test every series on `day`.

    Args:
        series: one per stratum; days after `day` are ignored.
        day: ISO date of the night.
        options: thresholds.
        previous: episodes known so far; their days leave the baselines of related strata (see
            `episodes.excluded_days`), so that a spike does not hide what follows it.
        outlets: outlets behind tonight's stories by stratum; ranks, never tests.
    """
    settings = options or NightOptions()
    panel = panels.build(series, day, [excluded_days(s.stratum, previous, day) for s in series])
    day_tests, week_tests = panels.run_detectors(panel, settings.short, settings.farrington_weeks)
    found = _judge(panel, day_tests, week_tests, settings)
    found += _amplified(panel, {alarm.stratum for alarm in found}, settings)
    folded = fold(found, settings.explains)
    alarms = sorted((_with_outlets(alarm, outlets) for alarm in folded), key=rank)
    either = day_tests.testable | week_tests.testable
    return Night(
        day,
        alarms,
        panel.strata,
        day_tests,
        week_tests,
        int(either.sum()),
        _count_reasons(day_tests, ~either),
    )


def rank(alarm: Alarm) -> tuple[int, int, int, float, str]:
    """Sort key: severity, headlines first, two outlets or more before one, larger ratio, name."""
    severity = {"high": 0, "alert": 1, "watch": 2}[alarm.severity]
    several = 0 if alarm.outlets is None or alarm.outlets >= 2 else 1
    ratio = alarm.rate_ratio if alarm.rate_ratio == alarm.rate_ratio else 0.0
    return severity, 0 if alarm.role == "headline" else 1, several, -ratio, str(alarm.stratum)


def _with_outlets(alarm: Alarm, outlets: Mapping[Stratum, int] | None) -> Alarm:
    return alarm if outlets is None else replace(alarm, outlets=outlets.get(alarm.stratum))


def _count_reasons(tests: Tests, where: Bools) -> dict[str, int]:
    reasons, counts = np.unique(tests.reason[where].astype(str), return_counts=True)
    return {str(reason): int(count) for reason, count in zip(reasons, counts, strict=True)}


def adjust(p: Floats, eligible: Bools, tested: Bools) -> Floats:
    """Benjamini-Hochberg q-values over the tested strata, p := 1 where not eligible; nan where not tested."""
    from scipy.stats import false_discovery_control

    q = np.full(len(p), np.nan)
    if tested.any():
        q[tested] = false_discovery_control(np.where(eligible, p, 1.0)[tested], method="bh")
    return q


@dataclass(frozen=True)
class _Verdict:
    q_day: Floats
    q_week: Floats
    alert_day: Bools
    alert_week: Bools
    alert: Bools
    high: Bools
    watch: Bools


def _verdict(day: Tests, week: Tests, fresh: Bools, ratio: Floats, options: NightOptions) -> _Verdict:
    """Severities of every stratum (alerts.md 6.4): q is halved over the two detectors."""
    counted = [np.nan_to_num(day.count), np.where(fresh, np.nan_to_num(week.count), 0.0)]
    p = [np.nan_to_num(day.p_value, nan=1.0), np.where(fresh, np.nan_to_num(week.p_value, nan=1.0), 1.0)]
    q = [adjust(p[i], counted[i] >= options.min_count, tests.testable) for i, tests in enumerate((day, week))]
    with np.errstate(invalid="ignore"):
        passed = [2.0 * value <= options.q for value in q]
        strong = (2.0 * q[0] <= options.q_high) | (2.0 * q[1] <= options.q_high)
    large = ratio >= options.ratio
    alert = (passed[0] | passed[1]) & large
    high = alert & strong & ((ratio >= options.high_ratio) | (passed[0] & passed[1]))
    seen = [(p[i] < options.watch_p) & (counted[i] >= options.watch_count) for i in range(2)]
    watch = seen[0] | seen[1] | passed[0] | passed[1]
    return _Verdict(q[0], q[1], passed[0], passed[1], alert, high, watch)


def _judge(panel: Panel, day: Tests, week: Tests, options: NightOptions) -> list[Alarm]:
    fresh = panels.fresh(panel, week)
    ratio, low, high = _ratios(day, week)
    verdict = _verdict(day, week, fresh, ratio, options)
    rows = np.flatnonzero(verdict.watch)
    upper = panels.upper_bounds(panel, rows, options.short)
    return [
        _alarm(panel, i, day, week, verdict, (ratio[i], low[i], high[i]), upper[j])
        for j, i in enumerate(rows.tolist())
    ]


def _ratios(day: Tests, week: Tests) -> tuple[Floats, Floats, Floats]:
    """Rate ratio y / mu with a 95 % interval, of whichever detector has the smaller p.

    The interval is exp(log(y / mu) +- 1.96 sqrt(phi / y + se^2)): delta method for a quasi-Poisson count over an
    estimated mean.
    """
    by_week = np.nan_to_num(week.p_value, nan=1.0) < np.nan_to_num(day.p_value, nan=1.0)
    y = np.where(by_week, week.count, day.count)
    mu = np.where(by_week, week.expected, day.expected)
    spread = np.where(by_week, week.phi, day.phi)
    se = np.nan_to_num(np.where(by_week, week.se, day.se), nan=1.4)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = y / mu
        half = np.minimum(1.96 * np.sqrt(spread / y + se**2), 50.0)
        return np.nan_to_num(ratio), ratio * np.exp(-half), ratio * np.exp(half)


def _alarm(
    panel: Panel,
    i: int,
    day: Tests,
    week: Tests,
    verdict: _Verdict,
    ratio: tuple[float, float, float],
    upper: float,
) -> Alarm:
    severity = "high" if verdict.high[i] else "alert" if verdict.alert[i] else "watch"
    names = ("day", "week")
    passed = (verdict.alert_day[i], verdict.alert_week[i])
    small = any(passed) and severity == "watch"
    return Alarm(
        day=panel.day,
        stratum=panel.strata[i],
        severity=severity,
        detectors=tuple(n for n, hit in zip(names, passed, strict=True) if hit) or _lower(day, week, i),
        count=int(np.nan_to_num(day.count[i])),
        copies=int(np.nan_to_num(panel.copies[i, 0])),
        total=int(np.nan_to_num(day.total[i])),
        expected=float(day.expected[i]),
        upper=float(upper),
        rate_ratio=float(ratio[0]),
        ratio_low=float(ratio[1]),
        ratio_high=float(ratio[2]),
        p_day=float(day.p_value[i]),
        q_day=float(verdict.q_day[i]),
        p_week=float(week.p_value[i]),
        q_week=float(verdict.q_week[i]),
        week_count=int(np.nan_to_num(week.count[i])),
        week_total=int(np.nan_to_num(week.total[i])),
        week_expected=float(week.expected[i]),
        phi=float(day.phi[i]),
        method=f"{day.method[i]}+{week.method[i]}",
        baseline_days=int(panel.block.baseline[i, 1:].sum()),
        tags=("small",) if small else (),
        headline=panel.strata[i],
    )


def _lower(day: Tests, week: Tests, i: int) -> tuple[str, ...]:
    p = [np.nan_to_num(day.p_value[i], nan=1.0), np.nan_to_num(week.p_value[i], nan=1.0)]
    return ("day",) if p[0] <= p[1] else ("week",)


def _amplified(panel: Panel, known: set[Stratum], options: NightOptions) -> list[Alarm]:
    """Strata where only the reprints alarm: the same tests on copies, kept on the dashboard with a tag.

    Copying is heavy-tailed, so only what would be 'high' is shown.
    """
    copies = panels.with_copies(panel)
    day, week = panels.run_detectors(copies, options.short, options.farrington_weeks)
    alarms = [alarm for alarm in _judge(copies, day, week, options) if alarm.severity == "high"]
    stories = np.nan_to_num(panel.block.counts[:, 0])
    place = {stratum: i for i, stratum in enumerate(panel.strata)}
    return [
        replace(alarm, severity="watch", tags=("amplified",), count=int(stories[place[alarm.stratum]]))
        for alarm in alarms
        if alarm.stratum not in known
    ]
