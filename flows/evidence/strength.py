"""How far a night stood out, and between which bounds the ratio to the usual may lie."""

from __future__ import annotations

import math

from flows.evidence.ask import Row, detector, iso
from flows.evidence.series import NOTHING, Expectation
from flows.report.data import Strength

Z95 = 1.959963984540054


def of_test(test: Row, tested: int, again: Expectation = NOTHING, copies: int | None = None) -> Strength:
    """One row of `alarm`; `again` is the same test run once more, for what the table does not hold.

    Args:
        test: the row.
        tested: tests made that night.
        again: expectation, bound and spread as computed anew.
        copies: stories with reprints counted over the same days as `count`, where the row holds the night's alone.
    """
    expected = again.expected if test["expected"] is None else test["expected"]
    low, high = ratio_interval(test["count"], expected, again.phi, again.se)
    return Strength(
        day=iso(test["night"]),
        detector=detector(test["detector"]),
        count=test["count"],
        copies=test["copies"] if copies is None else copies,
        total=test["total"],
        expected=expected,
        upper=again.upper if test["upper"] is None else test["upper"],
        ratio=test["count"] / expected if expected else None,
        ratio_low=low,
        ratio_high=high,
        p_value=test["p_value"],
        q_value=test["q_value"],
        tested=tested,
    )


def ratio_interval(
    count: int, expected: float | None, phi: float | None, se: float | None
) -> tuple[float | None, float | None]:
    """95 % interval of count / expected: exp(log(count / expected) +- 1.96 sqrt(phi / count + se^2)).

    The delta method for a quasi-Poisson count with dispersion `phi` over a mean whose logarithm has standard error
    `se` (McCullagh and Nelder 1989, section 6.2). None where the count is 0 or the baseline gives no dispersion.
    """
    if not expected or not count or phi is None or se is None:
        return None, None
    reach = math.exp(Z95 * math.sqrt(phi / count + se**2))
    return count / expected / reach, count / expected * reach


def share_interval(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """A share and its 95 % score interval (Wilson 1927, JASA 22, 209-212); None where n is 0."""
    if n == 0:
        return None, None, None
    share, z2 = hits / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return share, max(0.0, middle - half), min(1.0, middle + half)
