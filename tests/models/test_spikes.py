"""Detectors against statsmodels, against reference output of R's surveillance, and against simulated truth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.spikes import (
    ORIGINAL_1996,
    Block,
    EarsOptions,
    FarringtonOptions,
    ShortOptions,
    daily,
    ears_c1,
    ears_c2,
    ears_c3,
    farrington,
    glm,
    window,
)
from models.spikes import simulate as sim
from models.spikes.flexible import reference
from models.spikes.short_history import effective_df, shrink
from models.spikes.tails import averaged_bound, averaged_tail, draws, quantile, tail

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "alerts"
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason=f"no reference output at {REFERENCE}")


def load(name: str) -> dict:
    return json.loads((REFERENCE / name).read_text())


def batch(rows: int = 6, points: int = 60, seed: int = 0):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(points), np.linspace(-1, 0, points), rng.integers(0, 2, points)])
    totals = rng.integers(20, 60, (rows, points)).astype(float)
    counts = rng.poisson(totals * 0.08).astype(float)
    return design, counts, np.log(totals), rng.uniform(0.2, 1.5, (rows, points))


class TestRegression:
    def test_batch_equals_statsmodels(self):
        import statsmodels.api as sm

        design, counts, offset, weight = batch()
        weight[:, 7] = 0.0
        fitted = glm.fit(design, counts, offset, weight)
        for i in range(len(counts)):
            use = weight[i] > 0
            other = sm.GLM(
                counts[i][use],
                design[use],
                family=sm.families.Poisson(),
                offset=offset[i][use],
                var_weights=weight[i][use],
            ).fit(scale="X2", tol=1e-12)
            assert fitted.coef[i] == pytest.approx(other.params, rel=1e-6, abs=1e-8)
            assert fitted.phi[i] == pytest.approx(other.scale, rel=1e-6)
            row = np.array([1.0, 0.1, 1.0])
            _, unit = fitted.predict(row)
            assert unit[i] * np.sqrt(other.scale) == pytest.approx(
                np.sqrt(row @ other.cov_params() @ row), rel=1e-6
            )
            hat = other.get_influence().hat_matrix_diag
            assert fitted.hat[i][use] == pytest.approx(hat, rel=1e-6)

    def test_rows_do_not_touch_each_other(self):
        design, counts, offset, weight = batch(rows=5)
        alone = glm.fit(design, counts[2:3], offset[2:3], weight[2:3])
        together = glm.fit(design, counts, offset, weight)
        assert together.coef[2] == pytest.approx(alone.coef[0], abs=1e-12)

    def test_weights_shrink_outbreaks_and_sum_to_the_count(self):
        residuals = np.array([[0.0, 1.0, 3.0, 10.0, 5.0]])
        valid = np.array([[True, True, True, True, False]])
        weight = glm.reweight(residuals, valid, 2.58)
        assert weight.sum() == pytest.approx(4.0)
        assert weight[0, 4] == 0.0
        assert weight[0, 2] / weight[0, 0] == pytest.approx(3.0**-2)
        assert weight[0, 3] / weight[0, 0] == pytest.approx(0.01)

    def test_normal_scores_are_the_exact_tail(self):
        from scipy import stats

        design, counts, offset, weight = batch(rows=2)
        fitted = glm.fit(design, counts, offset, np.ones_like(weight))
        scores = glm.normal_scores(counts, fitted, counts > 4)
        phi = max(fitted.phi[0], 1.0 + 1e-9)
        j = int(np.flatnonzero(counts[0] > 4)[0])
        exact = stats.nbinom.sf(counts[0, j] - 1, fitted.mu[0, j] / (phi - 1), 1 / phi)
        assert stats.norm.sf(scores[0, j]) == pytest.approx(exact, rel=1e-5)


class TestTails:
    @pytest.mark.parametrize(("mu", "phi"), [(0.3, 1.0), (2.0, 1.0), (2.0, 1.7), (30.0, 4.0), (0.05, 2.0)])
    def test_tail_and_quantile_equal_scipy(self, mu, phi):
        from scipy import stats

        law = stats.poisson(mu) if phi == 1 else stats.nbinom(mu / (phi - 1), 1 / phi)
        counts = np.arange(0, 40, dtype=float)
        assert tail(counts, mu, phi) == pytest.approx(law.sf(counts - 1), rel=1e-9, abs=1e-300)
        for probability in (0.5, 0.95, 0.995, 0.999):
            assert quantile(probability, np.array([mu]), np.array([phi]))[0] == law.ppf(probability)

    @given(
        st.floats(-3, 4),
        st.floats(0.01, 1.5),
        st.floats(1, 5),
        st.integers(5, 200),
        st.sampled_from([0.01, 0.001]),
    )
    @settings(max_examples=25, deadline=None)
    def test_bound_is_where_the_averaged_tail_passes_alpha(self, eta, se, phi, df, alpha):
        mu, spread = draws(np.array([eta]), np.array([se]), np.array([phi]), np.array([float(df)]))
        bound = averaged_bound(alpha, mu, spread)
        assert averaged_tail(bound + 1, mu, spread)[0] <= alpha
        if bound[0] > 0:
            assert averaged_tail(bound, mu, spread)[0] > alpha * (1 - 1e-9)

    def test_uncertainty_makes_the_tail_heavier(self):
        sure = draws(np.zeros(1), np.full(1, 1e-6), np.full(1, 1.0), np.full(1, 1e6))
        unsure = draws(np.zeros(1), np.full(1, 0.5), np.full(1, 1.0), np.full(1, 10.0))
        assert averaged_tail(np.array([6.0]), *unsure)[0] > 5 * averaged_tail(np.array([6.0]), *sure)[0]


@needs_reference
class TestAgainstR:
    def test_reference_points_levels_residuals_and_weights(self):
        found = load("farrington_traces.json")
        for trace in found["traces"]:
            base = FarringtonOptions() if trace["method"] == "noufaily_nbPlugin" else ORIGINAL_1996
            lags, levels = reference(base, trace["b"], 52)
            assert (trace["k"] - lags).tolist() == trace["reference_index"]
            assert levels.tolist() == trace["seasgroup"]
            y = np.array(found["series"][trace["series"]]["observed"], dtype=float)
            y = y[trace["k"] - lags - 1][None]
            season = np.eye(levels.max())[levels - 1]
            design = np.column_stack([season, -lags / 52.0])
            zeros, ones = np.zeros(y.shape), np.ones(y.shape)
            first = glm.fit(design, y, zeros, ones)
            residuals = glm.anscombe(y, first)
            expected = trace["with_trend"]
            assert residuals[0] == pytest.approx(expected["anscombe"], rel=2e-4, abs=1e-4)
            weight = glm.reweight(residuals, ones.astype(bool), base.weights_threshold)
            assert weight[0] == pytest.approx(expected["weights"], rel=2e-4)
            second = glm.fit(design, y, zeros, weight)
            assert max(second.phi[0], 1.0) == pytest.approx(expected["phi1"], rel=2e-4)

    @pytest.mark.parametrize("offset", [False, True])
    def test_offset_bounds_and_alarms(self, offset):
        found = load("farrington_offset_reference.json")
        runs = [
            r for r in found["runs"] if r["method"].endswith("with_offset" if offset else "without_offset")
        ]
        assert len(runs) == 20
        for run in runs:
            series = found["series"][run["series"]]
            y = np.array(series["observed"], dtype=float).ravel()
            n = np.array(series["population"], dtype=float)
            got = farrington(
                y, n, np.array(run["t"]) - 1, options=FarringtonOptions(years_back=5, offset=offset)
            )
            assert got.upper.tolist() == run["upperbound"]
            assert got.alarm.astype(int).tolist() == run["alarm"]
            assert got.expected == pytest.approx(run["expected"], rel=2e-4)
            assert got.p_value == pytest.approx(run["pvalue"], abs=1e-4)
            assert np.isnan(got.total).all() != offset

    def test_simulated_bounds_of_all_thresholds(self):
        for series in load("noufaily_sim_series.json")["series"]:
            y, at = np.array(series["counts_with_past_outbreaks"], dtype=float), np.array(series["t"]) - 1
            known = series["noufaily"]
            plain = FarringtonOptions(years_back=5, package_se=True)
            got = farrington(y, None, at, options=plain)
            assert got.upper.tolist() == known["U_nbPlugin_0.005"]
            assert got.expected == pytest.approx(np.exp(known["eta"]), rel=2e-4, abs=1e-3)
            assert got.phi == pytest.approx(known["phi"], rel=5e-4)
            delta = farrington(y, None, at, options=replace(plain, threshold="delta")).upper
            sound = got.expected > 1e-4
            assert delta[sound] == pytest.approx(np.array(known["U_delta_0.005"])[sound], rel=5e-4)
            original = farrington(y, None, at, options=replace(ORIGINAL_1996, package_se=True))
            sound = original.expected > 1e-4
            bounds = np.array(series["original"]["U_delta_0.005"])[sound]
            assert original.upper[sound] == pytest.approx(bounds, rel=5e-4)

    @pytest.mark.parametrize("name", ["EARS_C1", "EARS_C2"])
    def test_ears(self, name):
        found, series = load("daily_reference.json"), load("daily_series.json")["series"]
        detector = {"EARS_C1": ears_c1, "EARS_C2": ears_c2}[name]
        for run in (r for r in found["runs"] if r["method"] == name):
            control = run["control"]
            options = EarsOptions(control["alpha"], control["baseline"], control["minSigma"])
            got = detector(
                np.array(series[run["series"]]["count"], dtype=float), np.array(run["t"]) - 1, options
            )
            known = [i for i, u in enumerate(run["upperbound"]) if u is not None]
            bounds = np.array([run["upperbound"][i] for i in known])
            assert got.upper[known] == pytest.approx(bounds, rel=1e-9, abs=1e-9)
            assert got.alarm[known].astype(int).tolist() == [run["alarm"][i] for i in known]


class TestFarrington:
    def test_blocks_are_equal_and_the_remainder_goes_first(self):
        lags, levels = reference(FarringtonOptions(half_window=2, guard=0), 2, 52)
        year = levels[:52].tolist()
        assert year[:5] == [10] * 5
        assert [year[5:].count(level) for level in range(1, 10)] == [6, 6, 5, 5, 5, 5, 5, 5, 5]
        assert lags[0] == 2 * 52 + 2

    def test_default_uses_the_years_there_are(self):
        y = np.random.default_rng(0).poisson(8.0, 60).astype(float)
        got = farrington(y, None, np.array([54, 55, 59]))
        assert got.testable.tolist() == [False, True, True]
        assert "history too short" in got.reason[0]

    @pytest.mark.parametrize(
        ("counts", "why"),
        [
            (np.zeros(320), "no event in the reference"),
            (np.full(320, np.nan), "itself is missing"),
            (np.arange(100.0), "history too short"),
        ],
    )
    def test_untestable_has_a_reason(self, counts, why):
        got = farrington(counts, None, np.array([len(counts) - 1]), options=FarringtonOptions(years_back=5))
        assert why in got.reason[0]
        assert not got.alarm[0]
        assert np.isnan(got.p_value[0])

    def test_missing_weeks_are_left_out_not_zero(self):
        rng = np.random.default_rng(3)
        y = rng.poisson(10.0, 320).astype(float)
        holes = y.copy()
        holes[rng.choice(280, 80, replace=False)] = np.nan
        full, holed = (farrington(v, None, np.array([319])) for v in (y, holes))
        assert holed.expected[0] == pytest.approx(full.expected[0], rel=0.15)

    def test_min_cases_holds_an_alarm_back_and_says_so(self):
        y = np.zeros(320)
        y[::9] = 1
        y[316:] = [0, 0, 0, 4]
        free = farrington(y, None, np.array([319]))
        held = farrington(y, None, np.array([319]), options=FarringtonOptions(min_cases=(5, 4)))
        assert free.alarm[0] and not held.alarm[0]
        assert "fewer than 5 cases" in held.reason[0]


def null_block(rows: int, days: int, mean: float, phi: float, seed: int = 5) -> Block:
    rng = np.random.default_rng(seed)
    weekday = rng.integers(0, 7, rows)
    totals = rng.poisson(40.0 * sim.WEEKDAY_VOLUME[(weekday[:, None] - np.arange(days)) % 7]) + 1.0
    counts = sim.negative_binomial(rng, mean * totals / 40.0, phi)
    complete = np.ones(counts.shape, dtype=bool)
    return Block(counts, totals, complete, complete.copy(), weekday)


class TestShortHistory:
    @pytest.mark.parametrize("detector", [daily, window])
    @pytest.mark.parametrize(("mean", "phi"), [(0.3, 2.0), (1.0, 1.0), (3.0, 2.0), (10.0, 1.0)])
    def test_false_alarms_on_null_days(self, detector, mean, phi):
        block = null_block(1500, 70, mean, phi)
        p = detector(block, ShortOptions(points=200), np.zeros(1500, dtype=bool)).p_value
        assert np.isfinite(p).all()
        assert (p <= 0.01).mean() <= 0.02
        assert (p <= 0.001).mean() <= 0.005

    def test_a_surge_of_volume_is_no_spike_and_a_spike_is(self):
        block = null_block(200, 70, 4.0, 1.0)
        rng = np.random.default_rng(1)
        surge = replace(block, counts=block.counts.copy(), totals=block.totals.copy())
        surge.counts[:, 0], surge.totals[:, 0] = (
            rng.poisson(0.1 * 3 * block.totals[:, 0]),
            3 * block.totals[:, 0],
        )
        spike = replace(surge, totals=block.totals)
        surge, spike = (daily(b, ShortOptions(points=100)) for b in (surge, spike))
        assert surge.alarm.mean() < 0.05
        assert spike.alarm.mean() > 0.4

    def test_alarm_and_bound_agree(self):
        got = daily(null_block(300, 60, 2.0, 2.0), ShortOptions(alpha=0.1, points=100))
        assert ((got.count > got.upper) == got.alarm).all()
        assert 0 < got.alarm.sum() < 60

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda b: b.complete.__setitem__((0, 0), False), "itself is missing"),
            (lambda b: b.totals.__setitem__((0, 0), 0.0), "no total"),
            (lambda b: b.baseline.__setitem__((0, slice(1, 40)), False), "fewer than 28"),
        ],
    )
    def test_untestable_has_a_reason(self, change, why):
        block = null_block(2, 60, 2.0, 1.0)
        change(block)
        for detector in (daily, window):
            got = detector(block, ShortOptions(points=50))
            assert why in got.reason[0]
            assert got.testable.tolist() == [False, True]

    def test_no_event_in_the_baseline_gives_a_prior_not_zero(self):
        block = null_block(3, 60, 0.0, 1.0)
        block.counts[:, 0] = [0, 2, 9]
        p = daily(block, ShortOptions()).p_value
        assert p[0] == 1.0
        assert 1e-6 < p[1] < 0.05
        assert p[2] < p[1]

    def test_days_of_earlier_alerts_do_not_mask(self):
        block = null_block(50, 60, 3.0, 1.0)
        block.counts[:, 12:17] = 20.0
        block.counts[:, 0] = 14.0
        masked = daily(block, ShortOptions(points=100)).p_value
        block.baseline[:, 12:17] = False
        freed = daily(block, ShortOptions(points=100)).p_value
        assert (freed < masked).all()

    def test_weekday_factor_needs_events_on_every_level(self):
        rng = np.random.default_rng(2)
        days = 7 * 20
        calendar = (2 - np.arange(days)) % 7
        counts = np.where(calendar == 2, 30, 4) * np.ones((1, days))
        counts = rng.poisson(counts).astype(float)
        complete = np.ones(counts.shape, dtype=bool)
        with_day = Block(counts, None, complete, complete, np.array([2]))
        assert daily(with_day, ShortOptions()).expected[0] == pytest.approx(30, rel=0.2)
        assert daily(replace(with_day, weekday=None), ShortOptions()).expected[0] < 12

    def test_siblings_share_dispersion(self):
        phi, df, mean = np.array([1.0, 4.0]), np.array([30.0, 30.0]), np.array([50.0, 50.0])
        alone, _ = shrink(phi, df, mean, None, 50.0)
        shared, more = shrink(phi, df, mean, np.zeros(2, dtype=np.int64), 50.0)
        assert alone.tolist() == [1.0, 4.0]
        assert 1.0 < shared[0] < shared[1] < 4.0
        assert (more > 50).all()

    def test_small_counts_are_worth_fewer_degrees_of_freedom(self):
        df = effective_df(np.full(3, 100.0), np.array([0.1, 1.0, 100.0]), np.ones(3))
        assert df[0] < df[1] < df[2] < 100.0


class TestEars:
    def test_c3_is_the_documented_sum(self):
        y = np.array([3, 5, 4, 6, 5, 4, 3, 5, 4, 6, 5, 4, 9, 11, 5], dtype=float)
        got = ears_c3(y, options=EarsOptions(alpha=0.025))
        c2 = [(y[i] - y[i - 9 : i - 2].mean()) / y[i - 9 : i - 2].std(ddof=1) for i in range(9, 15)]
        sums = [sum(max(0.0, c - 1) for c in c2[i - 2 : i + 1]) for i in range(2, 6)]
        z = 1.959963984540054
        assert got.alarm[11:].tolist() == [s > z for s in sums]
        assert got.alarm[13]
        at = np.flatnonzero(got.upper > 0)
        assert ((y[at] > got.upper[at]) == got.alarm[at]).all()

    def test_c3_reacts_to_the_count_of_the_day(self):
        y = np.tile([9.0, 10.0, 11.0], 6)
        y[-1] = 1000.0
        assert ears_c3(y).alarm[-1]

    def test_short_and_missing_baselines_are_untestable(self):
        y = np.array([1.0, 2.0, np.nan, 2.0, 1.0, 3.0, 2.0, 1.0, 2.0, 4.0, 2.0, 3.0])
        got = ears_c1(y)
        assert got.testable.tolist() == [False] * 10 + [True, True]
