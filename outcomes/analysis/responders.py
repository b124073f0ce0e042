"""Responders: the share of all who started that became reliably better, recovered or became worse.

Question: of ten who begin, how many get better by more than error, and how many worse?
Estimand: shares of *all* who started; and, as a second number, the share that would be expected had everybody answered.
Formula: counts over starters with Wilson intervals; two groups by Newcombe's interval and number needed to treat.
Standardised rate: with y normal around the person's mean m and covariance V (from a mixed model for repeated measures),
the change y_k - y_0 given the scores that a person h gave is normal, mean c'(m + V_h V_hh^-1 (y_h - m_h)) and variance
c'(V - V_h V_hh^-1 V_h')c, c = 1 at the occasion and -1 at the baseline; the rate is the mean over starters of the
probability that the change is beyond the threshold. Whoever has both scores counts as 0 or 1.
Assumptions: the first rate counts the lost as not better, so it is a lower bound of what happened to them. The second
takes the model's means and covariance as known, scores as normal and missing answers as explained by those given (MAR).
No interval is given with it: the model's own uncertainty isn't in it.
Units: persons; shares 0-1; threshold in points.
Missing data: as above; nobody who started is left out.
Errors: :class:`~outcomes.errors.EstimateError` for shapes or numbers that aren't possible, or a covariance that isn't one.
Source: ICH E9(R1) for the estimand; Anderson 2003, An Introduction to Multivariate Statistical Analysis, 2.5.
Checked: tests/reference/responders (R: conditional normal written out); tests/unit/analysis/test_responders.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.clinical_significance import ClinicalCategory
from outcomes.analysis.number_needed_to_treat import NumberNeeded, number_needed
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.results import Share, ShareDifference
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from outcomes.analysis.plan import Direction


@dataclass(frozen=True, slots=True)
class ResponderShares:
    """One group: shares of all ``n_started``, of whom ``n_compared`` have both scores.

    ``recovered``: None where no cut-off is known. ``improved`` holds the recovered too, ``deteriorated`` the harmed too.
    """

    group: str
    n_started: int
    n_compared: int
    improved: Share
    deteriorated: Share
    recovered: Share | None


@dataclass(frozen=True, slots=True)
class ResponderComparison:
    """``first`` minus ``second`` group; ``needed``: number needed to treat for one more improved."""

    first: ResponderShares
    second: ResponderShares
    improved: ShareDifference
    deteriorated: ShareDifference
    recovered: ShareDifference | None
    needed: NumberNeeded


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """Share (0-1) of ``n_started`` expected beyond the threshold had all answered; ``n_observed`` have both scores.

    ``probabilities``: each person's probability (0-1), in the order given; ``threshold`` in points.
    """

    improved: float
    deteriorated: float
    n_started: int
    n_observed: int
    threshold: float
    probabilities: tuple[float, ...]


def responder_shares(
    group: str, changes: Sequence[ChangeCategory], significance: Sequence[ClinicalCategory] | None = None
) -> ResponderShares:
    """Shares of one group from each starter's category (in the same order, where both are given)."""
    if significance is not None and len(significance) != len(changes):
        raise EstimateError(Sentence("Each person needs one category of each kind. Give as many of both."))
    n = len(changes)
    compared = sum(change is not ChangeCategory.NOT_COMPARED for change in changes)
    recovered = None
    if significance is not None:
        recovered = estimate_share(sum(one is ClinicalCategory.RECOVERED for one in significance), n)
    improved = estimate_share(sum(change is ChangeCategory.BETTER for change in changes), n)
    worse = estimate_share(sum(change is ChangeCategory.WORSE for change in changes), n)
    return ResponderShares(group, n, compared, improved, worse, recovered)


def compare_responders(first: ResponderShares, second: ResponderShares) -> ResponderComparison:
    """Two groups' shares: differences with Newcombe's intervals, and the number needed to treat."""
    improved = compare_shares(first.improved, second.improved)
    recovered = None
    if first.recovered is not None and second.recovered is not None:
        recovered = compare_shares(first.recovered, second.recovered)
    deteriorated = compare_shares(first.deteriorated, second.deteriorated)
    return ResponderComparison(first, second, improved, deteriorated, recovered, number_needed(improved))


def standardised_rate(
    scores: npt.ArrayLike,
    means: npt.ArrayLike,
    covariance: npt.ArrayLike,
    *,
    threshold: float,
    direction: Direction,
    baseline: int = 0,
    occasion: int = -1,
    inclusive: bool = False,
) -> StandardisedRate:
    """Share expected to change by more than ``threshold`` points between two occasions, had all starters answered.

    ``scores``: persons x occasions, NaN where not answered; ``means``: the model's mean per person and occasion (same
    shape); ``covariance``: occasions x occasions, points squared; ``baseline``, ``occasion``: which columns are compared;
    ``inclusive``: a change of exactly the threshold counts.
    """
    import numpy as np  # noqa: PLC0415 - counting categories needs no numpy

    y, mu, sigma = (np.asarray(part, dtype=float) for part in (scores, means, covariance))
    first, last = _columns(y, mu, sigma, threshold, baseline, occasion)
    contrast = np.zeros(y.shape[1])
    contrast[first], contrast[last] = -1.0, 1.0
    change, spread = _conditional_change(y, mu, sigma, contrast)
    better = _beyond(change * direction.sign, spread, threshold, inclusive=inclusive)
    worse = _beyond(-change * direction.sign, spread, threshold, inclusive=inclusive)
    observed = int((np.isfinite(y[:, first]) & np.isfinite(y[:, last])).sum())
    probabilities = tuple(float(one) for one in better)
    n = len(probabilities)
    return StandardisedRate(float(better.mean()), float(worse.mean()), n, observed, threshold, probabilities)


def _columns(
    y: npt.NDArray[np.float64],
    mu: npt.NDArray[np.float64],
    sigma: npt.NDArray[np.float64],
    threshold: float,
    baseline: int,
    occasion: int,
) -> tuple[int, int]:
    import numpy as np  # noqa: PLC0415 - counting categories needs no numpy

    if y.ndim != 2 or y.shape != mu.shape or sigma.shape != (y.shape[1], y.shape[1]) or y.shape[0] == 0:
        raise EstimateError(
            Sentence(
                "Scores and expected scores need one row per person and one column per occasion, and as many of each."
            )
        )
    if np.isinf(y).any() or not (np.isfinite(mu).all() and np.isfinite(sigma).all()):
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    if not (math.isfinite(threshold) and threshold > 0.0):
        raise EstimateError(Sentence("The smallest detectable change must be above 0. Correct the analysis plan."))
    occasions = y.shape[1]
    if not (-occasions <= baseline < occasions and -occasions <= occasion < occasions):
        raise EstimateError(Sentence("The occasions compared must be among those measured. Correct the analysis plan."))
    first, last = baseline % occasions, occasion % occasions
    if first == last:
        raise EstimateError(Sentence("A change needs two different occasions. Correct the analysis plan."))
    if not np.allclose(sigma, sigma.T, rtol=1e-8, atol=0.0) or np.linalg.eigvalsh(sigma)[0] <= 0.0:
        raise EstimateError(
            Sentence("The covariance between occasions isn't one of a model that could be fitted. Fit the model again.")
        )
    return first, last


def _conditional_change(
    y: npt.NDArray[np.float64],
    mu: npt.NDArray[np.float64],
    sigma: npt.NDArray[np.float64],
    contrast: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard deviation of each person's change given what they answered; persons of a pattern together."""
    import numpy as np  # noqa: PLC0415 - counting categories needs no numpy

    change, spread = mu @ contrast, np.zeros(len(y))
    answered = np.isfinite(y)
    patterns, member = np.unique(answered, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows = member == number
        if not contrast[~pattern].any():
            change[rows] = y[np.ix_(rows, pattern)] @ contrast[pattern]
            continue
        weights = np.linalg.solve(sigma[np.ix_(pattern, pattern)], sigma[pattern] @ contrast)
        change[rows] += (y[np.ix_(rows, pattern)] - mu[np.ix_(rows, pattern)]) @ weights
        spread[rows] = math.sqrt(float(contrast @ sigma @ contrast - (contrast @ sigma[:, pattern]) @ weights))
    return change, spread


def _beyond(
    gain: npt.NDArray[np.float64], spread: npt.NDArray[np.float64], threshold: float, *, inclusive: bool
) -> npt.NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 - counting categories needs no numpy
    from scipy.special import ndtr  # noqa: PLC0415 - scipy only where a number is worked out

    slack = 1e-9 * threshold
    seen = gain >= threshold - slack if inclusive else gain > threshold + slack
    known = spread == 0.0
    scale = np.where(known, 1.0, spread)
    return np.where(known, seen.astype(float), ndtr((gain - threshold) / scale))
