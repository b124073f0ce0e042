"""The chance of being better: without any assumption on the scale's distances or on how scores are spread.

Question: how likely is it that a person scores higher after than before, or that one from the first group scores higher
than one from the second?
Estimand: P(higher) + P(equal) / 2; one half where nothing differs.
Formula, same persons: p = (higher + equal / 2) / n; its interval holds every P with (p - P)^2 <= z^2 (P (1 - P) - e / 4) / n,
e the share of equals: Wilson's interval where nobody is equal. Two groups (Brunner and Munzel): each score has its share
of the other group that lies below it, equals half; s1^2 and s2^2 are the variances of these shares in the groups, the
standard error is sqrt(s1^2 / n1 + s2^2 / n2), t with Welch's degrees of freedom, limits kept within 0 to 1.
Assumptions: persons are independent. Nothing on distribution: for scales with many at an end (over 15 %), or ordinal levels.
Units: probability 0-1 that the *raw* score is higher; where lower is better, one minus it is the chance of being better.
Missing data: pairs only; in two groups whoever has a score.
Errors: :class:`~outcomes.errors.EstimateError` under two people (in a group), or where everything is equal or the groups
don't overlap at all, so that no uncertainty can be worked out.
Source: Acion et al. 2006, doi:10.1002/sim.2256; Brunner & Munzel 2000, doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-
BIMJ17>3.0.CO;2-U; Wilson 1927, doi:10.1080/01621459.1927.10502953.
Checked: tests/reference/proportions (prop.test where nobody is equal; Brunner and Munzel written out in R, and
statsmodels' rank_compare_2indep; 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.intervals import Z_95, t_estimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Superiority:
    """``probability`` (0-1) of a higher score, equals counted half, with 95 % interval.

    ``higher``, ``equal``, ``lower``: shares (0-1) of persons, or of all pairs of one from each group. ``n_first`` and
    ``n_second`` persons (the same where they were asked twice). ``p_value``: against one half.
    """

    probability: float
    ci_low: float
    ci_high: float
    higher: float
    equal: float
    lower: float
    n_first: int
    n_second: int
    p_value: float | None


def paired_superiority(before: Sequence[float], after: Sequence[float]) -> Superiority:
    """Chance that the same person scores higher in ``after`` than in ``before``."""
    pre, post = _finite(before), _finite(after)
    if pre.shape != post.shape:
        raise EstimateError(Sentence("Each person needs one score before and one after. Give as many of each."))
    n = int(pre.size)
    higher, lower = int((post > pre).sum()), int((post < pre).sum())
    equal = (n - higher - lower) / n
    if equal == 1.0:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    probability = (higher / n + (1.0 - lower / n)) / 2.0
    low, high = _score_limits(probability, equal, n)
    z = (higher - lower) / math.sqrt(higher + lower)
    p_value = math.erfc(abs(z) / math.sqrt(2.0))
    return Superiority(probability, low, high, higher / n, equal, lower / n, n, n, p_value)


def group_superiority(first: Sequence[float], second: Sequence[float]) -> Superiority:
    """Chance that one from ``first`` scores higher than one from ``second``, by Brunner and Munzel."""
    one, other = _finite(first), _finite(second)
    n, m = int(one.size), int(other.size)
    higher_of_one, equal_of_one = _placements(one, other)
    higher_of_other, equal_of_other = _placements(other, one)
    higher, equal = float(higher_of_one.mean()), float(equal_of_one.mean())
    variances = [
        float((higher_of_one + equal_of_one / 2.0).var(ddof=1)) / n,
        float((higher_of_other + equal_of_other / 2.0).var(ddof=1)) / m,
    ]
    variance = sum(variances)
    # shares that are all alike leave a rounding error behind
    if variance <= 1e-28:
        raise EstimateError(
            Sentence("The two groups don't overlap, or are all equal, so no uncertainty can be worked out from ranks.")
        )
    df = variance**2 / (variances[0] ** 2 / (n - 1) + variances[1] ** 2 / (m - 1))
    probability = higher + equal / 2.0
    # against one half: the estimate is moved there, and back for the limits
    found = t_estimate("superiority", probability - 0.5, math.sqrt(variance), df)
    low, high = max(0.0, found.ci_low + 0.5), min(1.0, found.ci_high + 0.5)
    lower = float(higher_of_other.mean())
    return Superiority(probability, low, high, higher, equal, lower, n, m, found.p_value)


def _placements(
    scores: npt.NDArray[np.float64], others: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """For each score, the share of ``others`` that lie below it, and the share that equal it."""
    order = np.sort(others)
    below, up_to = np.searchsorted(order, scores, side="left"), np.searchsorted(order, scores, side="right")
    return below / order.size, (up_to - below) / order.size


def _score_limits(probability: float, equal: float, n: int) -> tuple[float, float]:
    """The two P that stand exactly z standard errors (as they would be at P) from ``probability``."""
    z2 = Z_95**2 / n
    centre = probability + z2 / 2.0
    root = math.sqrt(max(0.0, centre**2 - (1.0 + z2) * (probability**2 + z2 * equal / 4.0)))
    # at 0 and 1 a rounding error would leave the estimate outside its own limits
    return min(probability, (centre - root) / (1.0 + z2)), max(probability, (centre + root) / (1.0 + z2))


def _finite(scores: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or values.size < 2:
        raise EstimateError(Sentence("The chance of a higher score needs scores of at least two people in each group."))
    if not np.isfinite(values).all():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    return values
