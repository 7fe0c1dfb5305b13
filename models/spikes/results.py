"""What a detector answers for each point it was asked about."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from models.spikes.arrays import Bools, Floats

NOT_TESTABLE = "not testable: "


@dataclass(frozen=True)
class Tests:
    """M tested points, one entry each. Where `reason` starts with 'not testable' the figures are nan, alarm False."""

    count: Floats
    """observed count (a trailing sum where the detector tests sums); nan = missing."""
    total: Floats
    """denominator (stories of the group); nan where no offset is used."""
    expected: Floats
    """expected count under the baseline."""
    upper: Floats
    """largest count that is no alarm."""
    p_value: Floats
    """P(Y >= count) under the baseline."""
    score: Floats
    """(count - expected) / (upper - expected)."""
    alarm: Bools
    phi: Floats
    """dispersion in force."""
    se: Floats
    """standard error of log(expected)."""
    method: NDArray[np.object_]
    reason: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.count)

    @property
    def testable(self) -> Bools:
        """True where a p-value was computed."""
        return np.array([not str(r).startswith(NOT_TESTABLE) for r in self.reason], dtype=bool)


def blank(count: Floats, total: Floats | None, method: str, reason: str = "") -> Tests:
    """Tests that say nothing yet: figures nan, no alarm, one method and one reason."""
    size = len(count)
    empty = np.full(size, np.nan)
    return Tests(
        count=np.asarray(count, dtype=float),
        total=empty.copy() if total is None else np.asarray(total, dtype=float),
        expected=empty.copy(),
        upper=empty.copy(),
        p_value=empty.copy(),
        score=empty.copy(),
        alarm=np.zeros(size, dtype=bool),
        phi=empty.copy(),
        se=empty.copy(),
        method=np.array([method] * size, dtype=object),
        reason=np.array([reason] * size, dtype=object),
    )


def exceedance(count: Floats, expected: Floats, upper: Floats) -> Floats:
    """(count - expected) / (upper - expected); above 1 means alarm. nan where the bound does not exceed the mean."""
    width = upper - expected
    return np.divide(count - expected, width, out=np.full(len(count), np.nan), where=width > 0)


def withhold(tests: Tests, where: Bools, reason: str) -> Tests:
    """Mark points not testable, unless an earlier reason already did."""
    rows = where & tests.testable
    figures = ("expected", "upper", "p_value", "score", "phi", "se")
    changed = {name: np.where(rows, np.nan, getattr(tests, name)) for name in figures}
    text = tests.reason.copy()
    text[rows] = NOT_TESTABLE + reason
    return replace(tests, **changed, alarm=tests.alarm & ~rows, reason=text)


def select(tests: Tests, rows: NDArray[np.intp] | Bools) -> Tests:
    """The named rows only."""
    return Tests(**{f.name: getattr(tests, f.name)[rows] for f in fields(Tests)})


def scatter(whole: Tests, rows: NDArray[np.intp], part: Tests) -> Tests:
    """`whole` with `part` laid over its rows."""
    merged = {}
    for field in fields(Tests):
        column = getattr(whole, field.name).copy()
        column[rows] = getattr(part, field.name)
        merged[field.name] = column
    return Tests(**merged)
