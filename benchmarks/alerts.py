"""How well the alarms are calibrated: false alarm rates, power, false discoveries, and sixty simulated nights.

    python benchmarks/alerts.py [--replicates 400] [--seeds 6] [--only null,power,nights,press,noufaily]

Every figure is a share or a count of simulated days with a fixed seed, so two runs print the same (timings apart).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from models.spikes import Episode, Series, Stratum, episodes, examine, farrington, night
from models.spikes import simulate as sim
from models.spikes.arrays import Bools, Floats
from models.spikes.choice import Grid, detect
from models.spikes.short_history import Block, ShortOptions, daily, window

HISTORIES = (28, 56, 112, 365)
MEANS = (0.1, 0.3, 1.0, 3.0, 10.0, 40.0)
PHIS = (1.0, 2.0, 4.0)
VOLUMES = ("growth", "surge", "outage")
LEVELS = (0.01, 0.001)
GUARD = 8


def null_block(
    rng: np.random.Generator, rows: int, history: int, mean: float, phi: float, volume: str
) -> Block:
    """Days without any spike: weekly pattern, growth of 30 % a year, and a surge today or days not collected."""
    lags = np.arange(history + GUARD)
    weekday = rng.integers(0, 7, rows)
    calendar = (weekday[:, None] - lags) % 7
    volume_of_day = 40.0 * sim.WEEKDAY_VOLUME[calendar] * np.exp(-0.26 * lags / 365.0)
    if volume == "surge":
        volume_of_day[:, :2] *= 3.0
    totals = rng.poisson(volume_of_day).astype(float) + 1.0
    counts = sim.negative_binomial(rng, mean * totals / volume_of_day.mean(), phi)
    complete = np.ones(counts.shape, dtype=bool)
    if volume == "outage":
        complete[:, 3:] = rng.random((rows, len(lags) - 3)) > 0.1
    return Block(counts, totals, complete, complete.copy(), weekday, np.zeros(rows, dtype=np.int64))


def null_rates(replicates: int, seed: int = 1) -> None:
    """False alarm rate of both short-history detectors by cell, dispersion shared among siblings or not."""
    rng = np.random.default_rng(seed)
    options = replace(ShortOptions(), min_days=20, points=250)
    found: dict[tuple[str, str], list[tuple[tuple[float, ...], float, float, int]]] = {}
    for history in HISTORIES:
        for mean in MEANS:
            for phi in PHIS:
                for volume in VOLUMES:
                    block = null_block(rng, replicates, history, mean, phi, volume)
                    _collect(found, block, (history, mean, phi), options)
    print("\nNull days: share of p below the level (nominal .01 and .001)")
    print("detector dispersion    pooled .01  pooled .001   worst cell .01            worst cell .001")
    for (name, pool), cells in sorted(found.items()):
        merged = _merge(cells)
        rates = np.array([[low, tiny] for low, tiny in merged.values()])
        keys = list(merged)
        worst = [f"{rates[:, i].max():.4f} at {keys[int(rates[:, i].argmax())]}" for i in range(2)]
        print(
            f"{name:8} {pool:12} {rates[:, 0].mean():10.4f} {rates[:, 1].mean():12.5f}   {worst[0]:25} {worst[1]}"
        )


def _collect(found: dict, block: Block, cell: tuple[float, ...], options: ShortOptions) -> None:
    none = np.zeros(len(block.counts), dtype=bool)
    for pool, one in (("own", replace(block, group=None)), ("shared", block)):
        for name, detector in (("daily", daily), ("week", window)):
            p = detector(one, options, none).p_value
            p = p[np.isfinite(p)]
            if len(p):
                hits = [float((p <= level).sum()) for level in LEVELS]
                found.setdefault((name, pool), []).append((cell, hits[0], hits[1], len(p)))


def _merge(cells: list) -> dict[tuple[float, ...], tuple[float, float]]:
    """Cells of one history, mean and dispersion together, whatever the volume did."""
    sums: dict[tuple[float, ...], Floats] = {}
    for cell, low, tiny, size in cells:
        sums[cell] = sums.get(cell, np.zeros(3)) + np.array([low, tiny, size])
    return {cell: (float(s[0] / s[2]), float(s[1] / s[2])) for cell, s in sums.items()}


def power(replicates: int, seed: int = 2) -> None:
    """Share of three-day rises found within those days, against EARS C2 at the same empirical false alarm rate."""
    rng = np.random.default_rng(seed)
    print(
        "\nPower: rises of three days after 56 days, both detectors at an empirical false alarm rate of 1 %"
    )
    print("mean   phi  rate ratio   short   EARS C2")
    for mean in (1.0, 3.0, 10.0):
        for phi in (1.0, 2.0):
            plain = _three_days(rng, replicates, mean, phi, 1.0)
            cuts = [float(np.quantile(p[:, 0], 0.01)) for p in plain]
            for ratio in (2.0, 3.0, 5.0):
                risen = _three_days(rng, replicates, mean, phi, ratio)
                short, ears = ((p <= cut).any(axis=1).mean() for p, cut in zip(risen, cuts, strict=True))
                print(f"{mean:4.0f} {phi:5.0f} {ratio:8.0f} {short:11.2f} {ears:9.2f}")


def _three_days(
    rng: np.random.Generator, rows: int, mean: float, phi: float, ratio: float
) -> tuple[Floats, Floats]:
    days = 56 + 3 + 2
    weekday = rng.integers(0, 7, rows)
    calendar = (weekday[:, None] + np.arange(days)) % 7
    totals = rng.poisson(40.0 * sim.WEEKDAY_VOLUME[calendar]).astype(float) + 1.0
    lift = np.where(np.arange(days) >= days - 3, ratio, 1.0)
    counts = sim.negative_binomial(rng, mean * totals / totals.mean() * lift, phi)
    short, ears = np.empty((rows, 3)), np.empty((rows, 3))
    for j in range(3):
        at = days - 3 + j
        past = slice(at, None, -1)
        complete = np.ones((rows, at + 1), dtype=bool)
        block = Block(counts[:, past], totals[:, past], complete, complete, calendar[:, at])
        short[:, j] = daily(block, ShortOptions(points=200), np.zeros(rows, dtype=bool)).p_value
        for i in range(rows):
            grid = Grid(counts[i, : at + 1], None, None, 364)
            ears[i, j] = detect(grid, np.array([at]), "ears-c2").p_value[0]
    return short, ears


def night_family(
    rng: np.random.Generator, strata: int, days: int, raised: float
) -> tuple[list[Series], Bools]:
    """Independent strata, half at most .3 a day; a share of them three times as frequent on the last night."""
    means = np.where(
        np.arange(strata) % 2 == 0, rng.uniform(0.05, 0.3, strata), rng.uniform(0.5, 12.0, strata)
    )
    hot = rng.random(strata) < raised
    dates = tuple((date(2026, 1, 5) + timedelta(days=i)).isoformat() for i in range(days))
    calendar = np.arange(days) % 7
    out = []
    for i in range(strata):
        total = rng.poisson(60.0 * sim.WEEKDAY_VOLUME[calendar]).astype(float) + 1.0
        lift = np.where((np.arange(days) == days - 1) & hot[i], 3.0, 1.0)
        count = sim.negative_binomial(rng, means[i] * total / 60.0 * lift, float(rng.choice([1.0, 1.5, 2.0])))
        name = Stratum("kk", "state", f"target{i}")
        out.append(Series(name, dates, count, count, total, np.ones(days, dtype=bool)))
    return out, hot


def night_discoveries(number: int, seed: int = 3) -> None:
    """Realised false discovery rate, and the chance of any alarm on a night without spikes; 300 strata."""
    rng = np.random.default_rng(seed)
    proportions, false_a_night, quiet, found, planted = [], 0, 0, 0, 0
    for _ in range(number):
        series, hot = night_family(rng, 300, 112, 0.05)
        alarms = [a.stratum for a in night(series, series[0].days[-1]) if a.severity != "watch"]
        true = {s.stratum for s, h in zip(series, hot, strict=True) if h}
        wrong = sum(s not in true for s in alarms)
        proportions.append(wrong / max(len(alarms), 1))
        false_a_night += wrong
        found, planted = found + len(alarms) - wrong, planted + len(true)
        series, _ = night_family(rng, 300, 112, 0.0)
        quiet += any(a.severity != "watch" for a in night(series, series[0].days[-1]))
    print(f"\n300 strata, {number} nights with 5 % raised threefold and {number} without (q = .05)")
    print(
        f"realised FDR {np.mean(proportions):.3f}   false alarms a night {false_a_night / number:.2f}   ",
        end="",
    )
    print(
        f"raised strata found {found / max(planted, 1):.2f}   null nights with any alarm {quiet / number:.2f}"
    )


def press(seeds: int) -> None:
    """Sixty nights of a simulated press with one spike and five decoys, over several seeds."""
    target = Stratum("kk", "*", "chinese", "territory")
    delays: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    false, pieces, watch, spent, nights_run = 0, 0, 0, 0.0, 0
    for seed in range(seeds):
        series = sim.series(sim.Plan(), seed)
        days = series[0].days
        known: list[Episode] = []
        for day in days[28:]:
            begin = time.process_time()
            alarms = examine(series, day, previous=known).alarms
            spent, nights_run = spent + time.process_time() - begin, nights_run + 1
            known = episodes(alarms, known, day)
            watch += sum(a.severity == "watch" and a.role == "headline" for a in alarms)
        hits = [e for e in known if days[40] <= e.onset <= days[44] and e.stratum.related(target)]
        delays[str(min(days.index(e.onset) for e in hits) - 40) if hits else "missed"] += 1
        heads.update(str(e.stratum) for e in hits)
        false, pieces = false + len(known) - len(hits), pieces + len(hits)
    print(f"\nSimulated press, 60 nights, {seeds} seeds, {len(series)} strata")
    print(f"nights until the spike is an alert: {dict(sorted(delays.items()))}; headlines {dict(heads)}")
    print(f"episodes per found spike {pieces / max(seeds - delays['missed'], 1):.2f}; ", end="")
    print(f"false episodes per 60 nights {false / seeds:.2f}; watch lines a night {watch / nights_run:.2f}")
    print(f"{spent / nights_run:.2f} processor seconds a night")


THETA = (0.1, -2.0, 1.5, 0.5, 2.5, 3.75, 5.0)
BETA = (0.0025, 0.005, 0.003, 0.002, 0.001, 0.001, 0.0001)
GAMMA_1 = (0.6, 0.1, 0.2, 0.5, 1.0, 0.1, 0.05)
GAMMA_2 = (0.6, 0.3, -0.4, 0.5, 0.1, -0.1, 0.01)
PHI = (1.5, 2.0, 1.0, 5.0, 3.0, 1.1, 1.2)
WEEKS = 624


def noufaily_series(rng: np.random.Generator, i: int, trend: int, m: int) -> tuple[Floats, Floats]:
    """One series of Noufaily's design: weekly counts with four past outbreaks, and the current one apart."""
    t = np.arange(1, WEEKS + 1)
    eta = THETA[i] + trend * BETA[i] * t
    for j in range(1, m + 1):
        eta = eta + GAMMA_1[i] * np.cos(2 * np.pi * j * t / 52) + GAMMA_2[i] * np.sin(2 * np.pi * j * t / 52)
    mean = np.exp(eta)
    counts = sim.negative_binomial(rng, mean, PHI[i])
    for size in (2, 3, 5, 10):
        counts += outbreak(rng, mean, PHI[i], int(rng.integers(313, 576)), size)
    current = outbreak(rng, mean, PHI[i], int(rng.integers(576, 621)), int(rng.integers(1, 11)))
    return counts, current


def outbreak(rng: np.random.Generator, mean: Floats, phi: float, start: int, k: int) -> Floats:
    """Poisson(k sqrt(mu phi)) cases spread from week `start` by rounded-down lognormal(0, .5) delays."""
    cases = rng.poisson(k * np.sqrt(mean[start - 1] * phi))
    weeks = start - 1 + np.floor(rng.lognormal(0.0, 0.5, cases)).astype(int)
    return np.bincount(weeks[weeks < WEEKS], minlength=WEEKS).astype(float)


def noufaily(replicates: int, seed: int = 4) -> None:
    """False positive rate and power of Noufaily's settings on 42 scenarios, past outbreaks in the reference."""
    rng = np.random.default_rng(seed)
    false, weeks, hit, outbreaks = 0, 0, 0, 0
    at = np.arange(575, WEEKS)
    for i in range(7):
        for trend in (0, 1):
            for m in (0, 1, 2):
                for _ in range(replicates):
                    counts, current = noufaily_series(rng, i, trend, m)
                    false += int(farrington(counts, None, at).alarm.sum())
                    weeks += len(at)
                    during = np.flatnonzero(current)
                    if len(during):
                        span = np.arange(during[0], during[-1] + 1)
                        hit += bool(farrington(counts + current, None, span).alarm.any())
                    outbreaks += 1
    print(f"\nNoufaily's design, 42 scenarios x {replicates}, alpha .005: ", end="")
    print(f"FPR {false / weeks:.4f} (R: .0062 +- .0015)   POD {hit / outbreaks:.3f} (R: .43 +- .03)")


def main() -> None:
    """Print every table, or the ones asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--replicates", type=int, default=250, help="rows per cell of the null and power tables"
    )
    parser.add_argument("--seeds", type=int, default=3, help="simulated presses")
    parser.add_argument("--nights", type=int, default=30, help="nights of 300 strata")
    parser.add_argument("--noufaily", type=int, default=2, help="replicates of each of the 42 scenarios")
    parser.add_argument("--only", default="null,power,nights,press,noufaily")
    chosen = parser.parse_args()
    jobs = {
        "null": lambda: null_rates(chosen.replicates),
        "power": lambda: power(chosen.replicates),
        "nights": lambda: night_discoveries(chosen.nights),
        "press": lambda: press(chosen.seeds),
        "noufaily": lambda: noufaily(chosen.noufaily),
    }
    for name in chosen.only.split(","):
        jobs[name]()


if __name__ == "__main__":
    main()
