"""CDC's EARS detectors C1, C2 and the documented C3 (Hutwagner et al. 2003; Fricker, Hegler, Dunfee 2008).

Kept for comparison: their seven-day standard deviation makes them false-alarm prone on small counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.spikes.arrays import Floats, Ints
from models.spikes.results import Tests, blank, exceedance, withhold

LAG_C2 = 2


@dataclass(frozen=True)
class EarsOptions:
    """Settings of all three."""

    alpha: float = 0.001
    """one-sided; 0.025 is usual for C3."""
    baseline: int = 7
    """points behind mean and standard deviation."""
    min_sigma: float = 0.0
    """lower limit of the standard deviation; 0.5 to 1 suits sparse counts."""


def ears_c1(counts: Floats, at: Ints | None = None, options: EarsOptions | None = None) -> Tests:
    """C1: (y - mean) / sd over the `baseline` points just before; counts (T,), nan = missing."""
    return _ears(np.asarray(counts, dtype=float), at, options or EarsOptions(), 0, "ears-c1")


def ears_c2(counts: Floats, at: Ints | None = None, options: EarsOptions | None = None) -> Tests:
    """C2: as C1 with the two points before the tested one left out of the baseline."""
    return _ears(np.asarray(counts, dtype=float), at, options or EarsOptions(), LAG_C2, "ears-c2")


def ears_c3(counts: Floats, at: Ints | None = None, options: EarsOptions | None = None) -> Tests:
    """C3 as documented: the sum of max(0, C2 - 1) over the tested point and the two before it, against z.

    The upper bound is the count at which that sum reaches z. Where the two earlier points alone pass z the alarm
    does not depend on the tested count: the bound is -1 and the reason says so.
    """
    from scipy import special

    settings = options or EarsOptions(alpha=0.025)
    y = np.asarray(counts, dtype=float)
    spots = np.arange(len(y)) if at is None else np.asarray(at, dtype=np.int64)
    mean, sd = _moments(y, settings, LAG_C2)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum((y - mean) / sd - 1.0, 0.0)
    excess = np.where(sd > 0, excess, np.nan)
    before = np.concatenate([[np.nan] * 2, excess[1:-1] + excess[:-2]])[: len(y)]
    z = -special.ndtri(settings.alpha)
    carried = before[spots] > z
    upper = np.where(carried, -1.0, (mean + sd * (1.0 + z - before))[spots])
    total = (before + excess)[spots]
    out = blank(y[spots], None, "ears-c3", "")
    text = out.reason.copy()
    text[carried] = "carried over: the two points before already pass the bound"
    out = replace(
        out,
        expected=mean[spots],
        upper=upper,
        p_value=special.ndtr(-total),
        score=exceedance(y[spots], mean[spots], upper),
        alarm=total > z,
        reason=text,
    )
    out = withhold(out, ~np.isfinite(y[spots]), "the point itself is missing")
    return withhold(
        out, ~np.isfinite(total), "baseline or one of the two points before lacks data or variation"
    )


def _moments(y: Floats, options: EarsOptions, lag: int) -> tuple[Floats, Floats]:
    """Mean and sd (n - 1) of the baseline before every point; nan where it is not complete."""
    size = options.baseline
    mean, sd = np.full(len(y), np.nan), np.full(len(y), np.nan)
    if len(y) > size + lag:
        windows = np.lib.stride_tricks.sliding_window_view(y[: len(y) - 1 - lag], size)
        mean[size + lag :] = windows.mean(axis=1)
        sd[size + lag :] = windows.std(axis=1, ddof=1)
    return mean, np.maximum(sd, options.min_sigma)


def _ears(y: Floats, at: Ints | None, options: EarsOptions, lag: int, name: str) -> Tests:
    from scipy import special

    spots = np.arange(len(y)) if at is None else np.asarray(at, dtype=np.int64)
    mean, sd = (part[spots] for part in _moments(y, options, lag))
    upper = mean - special.ndtri(options.alpha) * sd
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = (y[spots] - mean) / sd
    flat = np.where(y[spots] > mean, 0.0, 1.0)
    out = replace(
        blank(y[spots], None, name),
        expected=mean,
        upper=upper,
        p_value=np.where(sd > 0, special.ndtr(-standard), flat),
        score=exceedance(y[spots], mean, upper),
        alarm=y[spots] > upper,
    )
    text = out.reason.copy()
    text[sd == 0] = "no variation in the baseline: any rise counts"
    out = withhold(replace(out, reason=text), ~np.isfinite(y[spots]), "the point itself is missing")
    need = options.baseline + lag
    return withhold(out, ~np.isfinite(mean), f"baseline of {need} points before is not complete")
