"""Nights and episodes: what alarms, what folds into what, what closes, what does not mask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from models.spikes import (
    Alarm,
    NightOptions,
    Series,
    ShortOptions,
    Stratum,
    episodes,
    examine,
    excluded_days,
    night,
)
from models.spikes import simulate as sim
from models.spikes.family import adjust
from models.spikes.folding import fold, headline
from models.spikes.tables import series_from_table

FAST = NightOptions(short=ShortOptions(points=150))
LAND = Stratum("kk", "*", "chinese", "territory")


def alarm(text: str, day: str = "2026-04-11", count: int = 9, expected: float = 1.0, **changes) -> Alarm:
    stratum = Stratum.parse(text)
    base = Alarm(
        day=day, stratum=stratum, severity="alert", detectors=("day",), count=count, copies=count, total=40,
        expected=expected, upper=4.0, rate_ratio=count / expected, ratio_low=2.0, ratio_high=20.0, p_day=1e-6,
        q_day=1e-4, p_week=0.5, q_week=1.0, week_count=0, week_total=280, week_expected=5.0, phi=1.0,
        method="short-daily+short-week", baseline_days=38, headline=stratum,
    )  # fmt: skip
    return replace(base, **changes)


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


class TestStratum:
    @pytest.mark.parametrize(
        ("one", "other", "related", "contains"),
        [
            ("kk|*|*|*", "kk|*|chinese|territory", True, True),
            ("kk|*|chinese|territory", "kk|*|*|*", True, False),
            ("*|state|*|*", "kk|*|chinese|*", True, False),
            ("ru|*|*|*", "kk|*|*|*", False, False),
            ("kk|*|chinese|concession", "kk|*|chinese|territory", True, False),
            ("*|*|russian|*", "kk|*|chinese|territory", False, False),
        ],
    )
    def test_relations(self, one, other, related, contains):
        a, b = Stratum.parse(one), Stratum.parse(other)
        assert a.related(b) is related and b.related(a) is related
        assert a.contains(b) is contains

    def test_text_form(self):
        assert Stratum.parse(str(LAND)) == LAND
        assert LAND.depth == 3


class TestFolding:
    def test_narrowest_stratum_with_most_of_the_excess_leads(self):
        excess = {Stratum("*"): 8.0, Stratum("kk"): 8.0, Stratum("kk", "*", "chinese"): 7.0, LAND: 6.5}
        assert headline(excess) == LAND
        assert headline({**excess, LAND: 2.0}) == Stratum("kk", "*", "chinese")

    def test_overlapping_strata_are_one_group(self):
        names = ["kk|*|*|*", "kk|*|chinese|*", "kk|*|chinese|territory", "*|state|*|*", "kk|state|chinese|*"]
        counts = [10, 9, 9, 6, 5]
        got = fold([alarm(n, count=c) for n, c in zip(names, counts, strict=True)])
        assert {a.headline for a in got} == {LAND}
        roles = {str(a.stratum): a.role for a in got}
        assert roles["kk|*|chinese|territory"] == "headline"
        assert roles["kk|*|*|*"] == "parent"
        assert roles["*|state|*|*"] == "overlap"

    def test_two_causes_on_one_night_stay_two_groups(self):
        got = fold(
            [
                alarm("*|*|*|*", count=18, p_day=1e-9),
                alarm("kk|*|chinese|territory", count=9),
                alarm("ru|*|russian|burden", count=9, p_day=1e-5),
            ]
        )
        assert {str(a.headline) for a in got} == {"kk|*|chinese|territory", "ru|*|russian|burden"}

    def test_order_of_alarms_does_not_matter(self):
        alarms = [
            alarm(n, count=c) for n, c in (("kk|*|*|*", 9), ("kk|*|chinese|*", 8), ("*|*|chinese|*", 8))
        ]
        assert sorted(map(str, fold(alarms))) == sorted(map(str, fold(alarms[::-1])))


class TestEpisodes:
    def test_alarms_within_a_week_join_and_a_quiet_week_closes(self):
        first = "2026-04-11"
        known = episodes([alarm(str(LAND), first)], [], first)
        known = episodes([alarm(str(LAND), later(first, 3), count=15)], known, later(first, 3))
        assert len(known) == 1
        assert (known[0].onset, known[0].end, known[0].peak) == (first, later(first, 3), later(first, 3))
        assert known[0].state == "open" and known[0].peak_count == 15
        for quiet in range(1, 7):
            known = episodes([], known, later(first, 3 + quiet))
            assert known[0].state == "open"
        known = episodes([], known, later(first, 10))
        assert known[0].state == "closed"
        again = episodes([alarm(str(LAND), later(first, 30))], known, later(first, 30))
        assert len(again) == 2 and again[0].episode_id != again[1].episode_id

    def test_running_a_night_twice_changes_nothing(self):
        day = "2026-04-11"
        alarms = fold([alarm("kk|*|*|*", count=9), alarm(str(LAND), count=8)])
        once = episodes(alarms, [], day)
        assert episodes(alarms, once, day) == once

    def test_id_stays_when_the_headline_narrows(self):
        day = "2026-04-11"
        first = episodes([alarm("kk|*|*|*", day, count=8)], [], day)
        second = episodes([alarm(str(LAND), later(day, 1), count=14)], first, later(day, 1))
        assert len(second) == 1
        assert second[0].episode_id == first[0].episode_id
        assert second[0].stratum == LAND

    def test_watch_opens_nothing(self):
        assert episodes([alarm(str(LAND), severity="watch")], [], "2026-04-11") == []

    def test_unrelated_strata_are_two_episodes_unless_they_are_the_same_stories(self):
        alarms = [alarm("kk|*|chinese|*"), alarm("kk|*|migrants_general|*")]
        assert len(episodes(alarms, [], "2026-04-11")) == 2
        same = {alarms[0].stratum: {"a", "b", "c"}, alarms[1].stratum: {"b", "c"}}
        assert len(episodes(alarms, [], "2026-04-11", stories=same)) == 1

    @pytest.mark.parametrize(
        ("state", "days"), [("open", 28), ("closed", 28), ("confirmed", 40), ("dismissed", 0)]
    )
    def test_days_that_leave_the_baseline(self, state, days):
        episode = episodes([alarm(str(LAND))], [], "2026-04-11")[0]
        long = replace(episode, end=later(episode.onset, 39), state=state)
        away = excluded_days(Stratum("kk"), [long], "2026-07-01")
        assert len(away) == days
        assert not excluded_days(Stratum("ru"), [long], "2026-07-01")


class TestFamily:
    def test_small_counts_keep_their_place_in_the_family(self):
        p = np.array([0.001, 0.0001, 0.5, 0.5])
        everyone = np.ones(4, dtype=bool)
        q = adjust(p, np.array([True, False, True, True]), everyone)
        assert q[0] == pytest.approx(0.004)
        assert q[1] == 1.0
        assert np.isnan(adjust(p, everyone, np.array([True, True, True, False]))[3])


def steady(stratum: Stratum, days: int, mean: float, seed: int) -> Series:
    rng = np.random.default_rng(seed)
    count = rng.poisson(mean, days).astype(float)
    return Series(stratum, sim.nights(days), count, count * 2, np.full(days, 40.0), np.ones(days, dtype=bool))


class TestNight:
    def test_fewer_than_28_complete_days_are_not_testable(self):
        series = [steady(Stratum("kk"), 29, 2.0, 1)]
        series[0].count[-1] = 30
        found = examine(series, series[0].days[-1], FAST)
        assert found.alarms == [] and found.tested == 0
        assert sum(found.untestable.values()) == 1
        assert "fewer than 28" in next(iter(found.untestable))

    def test_a_dark_night_is_no_alarm_and_no_zero(self):
        series = steady(Stratum("kk"), 60, 3.0, 2)
        series.complete[-1] = False
        found = examine([series], series.days[-1], FAST)
        assert found.alarms == [] and found.tested == 0

    def test_only_reprints_alarm_as_amplified(self):
        family = [steady(Stratum("kk", "*", f"t{i}"), 60, 2.0, i) for i in range(20)]
        family[0].count[-1], family[0].copies[-1] = 2, 60
        got = [a for a in night(family, family[0].days[-1], FAST) if a.stratum == family[0].stratum]
        assert [(a.severity, a.tags) for a in got] == [("watch", ("amplified",))]

    def test_figures_of_an_alarm(self):
        family = [steady(Stratum("kk", "*", f"t{i}"), 60, 2.0, i) for i in range(20)]
        family[3].count[-1] = 16
        outlets = {family[3].stratum: 4}
        found = night(family, family[0].days[-1], FAST, outlets=outlets)
        top = found[0]
        assert (top.stratum, top.severity, top.count, top.outlets) == (family[3].stratum, "high", 16, 4)
        assert top.ratio_low < top.rate_ratio < top.ratio_high
        assert top.rate_ratio == pytest.approx(16 / top.expected)
        assert top.expected < top.upper < 16
        assert top.baseline_days == 59

    def test_nothing_to_test(self):
        assert night([], "2026-03-02") == []
        empty = Series(Stratum("kk"), (), *[np.empty(0)] * 3, np.empty(0, dtype=bool))
        assert list(examine([empty], "2026-03-02").untestable) == ["not testable: the day itself is missing"]

    def test_a_night_run_again_after_its_episodes_are_known_says_the_same(self):
        family = [steady(Stratum("kk", "*", f"t{i}"), 60, 2.0, i) for i in range(20)]
        family[3].count[-2:] = 16
        yesterday, day = family[0].days[-2:]
        known = episodes(night(family, yesterday, FAST), [], yesterday)
        alarms = night(family, day, FAST, previous=known)
        again = night(family, day, FAST, previous=episodes(alarms, known, day))
        assert again == alarms and alarms[0].stratum == family[3].stratum

    def test_days_after_the_night_are_not_looked_at(self):
        series = steady(Stratum("kk"), 61, 3.0, 4)
        series.count[-1] = 50
        assert night([series], series.days[-2], FAST) == []

    def test_series_of_a_table_in_any_order(self):
        import pyarrow as pa

        series = [steady(Stratum("kk"), 40, 3.0, 4), steady(LAND, 35, 1.0, 5)]
        rows = [
            dict(zip(("language", "ownership", "target", "frame"), s.stratum, strict=True))
            | {"day": d, "count": int(y), "copies": int(c), "total": 40, "complete": True}
            for s in series
            for d, y, c in zip(s.days, s.count, s.copies, strict=True)
        ]
        rng = np.random.default_rng(0)
        table = pa.Table.from_pylist([rows[i] for i in rng.permutation(len(rows))])
        got = {s.stratum: s for s in series_from_table(table)}
        for s in series:
            assert got[s.stratum].days == s.days
            assert got[s.stratum].count.tolist() == s.count.tolist()


@pytest.mark.parametrize("seed", [0, 3])
def test_sixty_nights_of_a_press_with_one_spike_and_five_decoys(seed):
    series = sim.series(sim.Plan(), seed)
    days, known = series[0].days, []
    for day in days[33:53]:
        known = episodes(night(series, day, FAST, previous=known), known, day)
    assert [e.stratum for e in known] == [LAND]
    spike = known[0]
    assert days.index(spike.onset) - 40 <= 2
    assert days.index(spike.end) <= 45
    assert (spike.state, spike.severity) == ("closed", "high")
    assert len(spike.members) >= 3


def test_a_night_without_the_spike_is_quiet():
    series = sim.series(sim.Plan(spikes=()), 1)
    for day in series[0].days[33:53:4]:
        assert [a for a in night(series, day, FAST) if a.severity != "watch"] == []
