"""Functions of time for the fixed part of a mixed model: a straight line, a line with bends, an early rise that levels off.

Question: how does the mean score move with time?
Formula: linear: 1, t. Piecewise linear with knots k1 < k2 ...: 1, t, max(t - k1, 0), max(t - k2, 0) ..., so that each
further coefficient is a change of slope at its knot. Saturating: 1, 1 - exp(-t / tau), whose coefficient is the whole
change in the long run; the share exp(-1) of it is left at t = tau.
Assumptions: knots and tau are chosen beforehand, not from these data.
Units: t, knots and tau in the same unit of time; coefficients in points (per unit of time for the lines).
Missing data: none; an unknown time is an error.
Errors: :class:`~outcomes.errors.EstimateError` for a time that isn't a number, knots out of order or outside the times
seen, tau not above zero.
Source: Fitzmaurice, Laird & Ware 2011, doi:10.1002/9781119513469, ch. 6.
Checked: tests/reference/mixed_model (irregular times against lme4 with the same columns).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TimeBasis:
    """Columns (rows x functions) of time with their names; the first is the constant."""

    columns: Matrix
    names: tuple[str, ...]


def linear_time(time: Vector, name: str = "time") -> TimeBasis:
    """A straight line."""
    time = _finite(time)
    return TimeBasis(np.column_stack([np.ones(time.size), time]), ("Intercept", name))


def piecewise_linear_time(time: Vector, knots: Sequence[float], name: str = "time") -> TimeBasis:
    """A line that bends at each of ``knots``."""
    time = _finite(time)
    inside = all(time.min() < knot < time.max() for knot in knots)
    if not knots or list(knots) != sorted(set(knots)) or not inside:
        raise EstimateError(
            Sentence("Knots must be given in rising order, each between the first and the last time in the data.")
        )
    bends = [np.maximum(time - knot, 0.0) for knot in knots]
    names = tuple(f"{name}>{knot:g}" for knot in knots)
    return TimeBasis(np.column_stack([np.ones(time.size), time, *bends]), ("Intercept", name, *names))


def saturating_time(time: Vector, tau: float, name: str = "time") -> TimeBasis:
    """A rise (or fall) that levels off: 1 - exp(-t / ``tau``)."""
    time = _finite(time)
    if not (np.isfinite(tau) and tau > 0):
        raise EstimateError(Sentence("The time over which a change levels off must be a number above 0."))
    if time.min() < 0:
        raise EstimateError(Sentence("A change that levels off needs times from 0 on. Count time from the start."))
    return TimeBasis(
        np.column_stack([np.ones(time.size), -np.expm1(-time / tau)]), ("Intercept", f"1-exp(-{name}/{tau:g})")
    )


def _finite(time: Vector) -> Vector:
    time = np.asarray(time, dtype=np.float64)
    if time.size == 0 or not np.isfinite(time).all():
        raise EstimateError(Sentence("Every answer needs its time as a number. Correct it or leave the row out."))
    return time
