"""Delta adjustment and tipping point: how much worse must the lost be, for the result to turn?

Question: the main analysis takes it that those who stopped answering go on like those alike who answered. If their scores
lie delta points away from that, what is the difference then, and at which delta is it no longer told from zero?
Estimand: the difference at one occasion between all who began, with delta_T points added for the lost with the intervention
and delta_C for the lost of the comparison.
Formula: theta(delta) = theta + s_T delta_T - s_C delta_C, exactly linear. Unadjusted, s_T and s_C are the shares missing in
each arm; after analysis of covariance on conditional-mean imputed scores they are the coefficient of the arm in that
analysis with "missing in this arm" (0 or 1) as the score, and so differ a little. Variance: g'Vg with g = (1, delta_T,
-delta_C), V the covariance of theta, s_T and s_C (from the jackknife; with shares alone theirs is zero, so the standard
error stays). Tipping point: (theta + c delta)^2 = quantile^2 g'Vg, a quadratic equation in delta, and its root nearest to
zero.
Assumptions: one delta per arm for everybody lost there; otherwise those of the estimate that it starts from.
Units: points; ``in_detectable_changes`` in units of the smallest detectable change of the measure.
Missing data: is what it is about.
Errors: :class:`~outcomes.errors.EstimateError` for shares outside 0-1, numbers that aren't finite, standard error zero.
Source: Carpenter & Kenward 2013, doi:10.1002/9781119942283; Ratitch et al. 2013, doi:10.1002/pst.1549; Wolbers et al.
2022 (conditional means and jackknife), doi:10.1002/pst.2234.
Checked: tests/reference/reference_imputation (deltas refitted in R); tests/unit/analysis/test_delta_adjustment.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.meta_analysis import make_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]


class DeltaScenario(StrEnum):
    """Whose missing scores are moved."""

    BOTH = "both"
    INTERVENTION = "intervention"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True, eq=False)
class DeltaLine:
    """A difference (points) as a function of both deltas: estimate + slope_T delta_T - slope_C delta_C.

    ``covariance``: 3 x 3, of estimate, slope_T and slope_C. ``df``: of the interval; None where normal.
    """

    estimate: float
    intervention_slope: float
    comparison_slope: float
    covariance: Matrix
    df: float | None

    def at(self, intervention_delta: float, comparison_delta: float) -> TermEstimate:
        """The difference with those deltas (points), its interval and p value."""
        if not (math.isfinite(intervention_delta) and math.isfinite(comparison_delta)):
            raise EstimateError(Sentence("A delta isn't a finite number of points."))
        weights = np.array([1.0, intervention_delta, -comparison_delta])
        value = float(weights @ [self.estimate, self.intervention_slope, self.comparison_slope])
        error = math.sqrt(float(weights @ self.covariance @ weights))
        return make_estimate("difference", value, error, self.df)


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """Where the 95 % interval of the difference first reaches zero.

    ``delta``: points added to the missing scores of ``scenario``; None where no delta does that, and ``sentence`` says why.
    ``in_detectable_changes``: the same in smallest detectable changes, where that is known.
    """

    scenario: DeltaScenario
    delta: float | None
    in_detectable_changes: float | None
    sentence: Sentence | None


@dataclass(frozen=True, slots=True)
class DeltaCell:
    """One cell of a grid: deltas (points) of both arms and the difference there."""

    intervention_delta: float
    comparison_delta: float
    difference: TermEstimate


def line_from_shares(difference: TermEstimate, *, intervention_missing: float, comparison_missing: float) -> DeltaLine:
    """The line of an unadjusted estimate from the shares (0-1) without a score at the occasion in each arm."""
    shares = (intervention_missing, comparison_missing)
    if not all(math.isfinite(share) and 0.0 <= share <= 1.0 for share in shares):
        raise EstimateError(Sentence("A share of missing scores must lie between 0 and 1."))
    if not (math.isfinite(difference.estimate) and math.isfinite(difference.std_error) and difference.std_error > 0):
        raise EstimateError(
            Sentence("A delta adjustment needs an estimate that is a finite number, with a standard error above zero.")
        )
    covariance = np.zeros((3, 3))
    covariance[0, 0] = difference.std_error**2
    return DeltaLine(difference.estimate, *shares, covariance, difference.df)


def find_tipping_point(
    line: DeltaLine, scenario: DeltaScenario = DeltaScenario.BOTH, *, smallest_detectable_change: float | None = None
) -> TippingPoint:
    """The delta nearest to zero at which the interval of ``line`` reaches zero."""
    if smallest_detectable_change is not None and not 0 < smallest_detectable_change < math.inf:
        raise EstimateError(Sentence("The smallest detectable change must be a number of points above zero."))
    direction = np.array([0.0, scenario is not DeltaScenario.COMPARISON, -(scenario is not DeltaScenario.INTERVENTION)])
    slope = float(direction @ [line.estimate, line.intervention_slope, line.comparison_slope])
    start = line.at(0.0, 0.0)
    if start.includes_zero:
        return TippingPoint(
            scenario, None, None, Sentence("The interval holds zero already, so there is no result that could turn.")
        )
    quantile = (start.ci_high - start.estimate) / start.std_error
    level, bend, square = (
        line.estimate**2 - quantile**2 * float(line.covariance[0, 0]),
        line.estimate * slope - quantile**2 * float(line.covariance[0] @ direction),
        slope**2 - quantile**2 * float(direction @ line.covariance @ direction),
    )
    roots = _roots(square, 2 * bend, level)
    if not roots:
        return TippingPoint(
            scenario,
            None,
            None,
            Sentence("No delta turns the result: what is missing weighs too little, or alike in both arms."),
        )
    delta = min(roots, key=abs)
    detectable = None if smallest_detectable_change is None else delta / smallest_detectable_change
    return TippingPoint(scenario, delta, detectable, None)


def delta_grid(
    line: DeltaLine, intervention_deltas: Sequence[float], comparison_deltas: Sequence[float]
) -> tuple[DeltaCell, ...]:
    """The difference at every pair of deltas, the intervention's changing slowest."""
    return tuple(
        DeltaCell(float(own), float(other), line.at(float(own), float(other)))
        for own in intervention_deltas
        for other in comparison_deltas
    )


def _roots(square: float, linear: float, constant: float) -> tuple[float, ...]:
    """Real roots of square x^2 + linear x + constant; ``constant`` isn't zero. In the form that loses no digits."""
    # at the delta where the estimate is zero the interval holds zero, so below zero there is rounding only
    discriminant = max(linear**2 - 4 * square * constant, 0.0)
    half = -0.5 * (linear + math.copysign(math.sqrt(discriminant), linear))
    if half == 0.0:
        return ()
    first = constant / half
    return (first,) if square == 0.0 else (first, half / square)
