"""The smallest change that people themselves call an improvement, from an anchor question.

Question: from how many points on do people say that things have become better?
Estimand: the change (points) at which the odds of an anchor improvement are what they are in the whole group.
Formula: logistic regression of the anchor (better or not) on change, log odds = b0 + b1 x; MIC_predicted = (log odds(p) -
b0) / b1, p the share better. Corrected for that share (Terluin 2017): MIC_adjusted = MIC_predicted - (0.090 + 0.103 r) SD
log odds(p), r the correlation of anchor and change, SD the standard deviation of changes. Standard errors by influence
functions of p, b0, b1, r and SD together, persons as units; normal intervals.
Assumptions: the anchor asks about the same thing as the scale (r of 0.3 or more, else a warning); the log odds are a
straight line; the correction was made for normal changes and shares better near 20 to 80 %.
Units: points of the raw change, positive the way that is better (its size is given; direction is the measure's).
Missing data: persons with both change and anchor.
Errors: :class:`~outcomes.errors.EstimateError` where all or nobody became better, where change tells nothing of the anchor
or points the wrong way, or where a limit of change divides the two perfectly.
Source: Terluin et al. 2015, doi:10.1016/j.jclinepi.2015.03.015; Terluin et al. 2017, doi:10.1016/j.jclinepi.2016.12.015.
Checked: tests/reference/important_change (R's glm: MIC 1e-8; standard errors by R's jackknife).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.intervals import Z_95
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share, TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from outcomes.analysis.plan import Direction

LEAST_ANCHOR_CORRELATION = 0.3
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class ImportantChange:
    """Minimal important change in points: ``predicted`` and ``adjusted`` for the share improved by the anchor.

    ``correlation`` -1 to 1 of anchor and change; ``sd_of_change`` points. ``group_level_only``: the adjusted value is
    under the smallest detectable change, so it can't be seen in one person (None where that change isn't known).
    """

    n: int
    improved: Share
    predicted: TermEstimate
    adjusted: TermEstimate
    correlation: float
    sd_of_change: float
    group_level_only: bool | None
    warnings: tuple[Sentence, ...]


def minimal_important_change(
    changes: Sequence[float],
    improved: Sequence[bool],
    *,
    direction: Direction,
    smallest_detectable_change: float | None = None,
) -> ImportantChange:
    """From each person's raw change (points) and whether they say that it became better."""
    gain, anchor = np.asarray(changes, dtype=float) * direction.sign, np.asarray(improved, dtype=float)
    share = _require_both(gain, anchor)
    n, mean, sd = gain.size, float(gain.mean()), float(gain.std(ddof=1))
    intercept, slope, influence = _fit_logistic((gain - mean) / sd, anchor)
    log_odds = math.log(share / (1.0 - share))
    standardised = (log_odds - intercept) / slope
    correlation = float(np.corrcoef(gain, anchor)[0, 1])
    factor = 0.090 + 0.103 * correlation

    # how much one person more moves each part
    z, a = (gain - mean) / sd, (anchor - share) / math.sqrt(share * (1.0 - share))
    of_log_odds = (anchor - share) / (share * (1.0 - share))
    of_sd = sd * (z * z - 1.0) / 2.0
    of_correlation = z * a - correlation * (z * z + a * a) / 2.0
    of_standardised = (of_log_odds - influence[:, 0] - standardised * influence[:, 1]) / slope
    of_predicted = sd * of_standardised
    of_adjusted = of_predicted - (
        0.103 * of_correlation * sd * log_odds + factor * of_sd * log_odds + factor * sd * of_log_odds
    )
    predicted = mean + sd * standardised
    terms = (
        _estimate("mic_predicted", predicted, of_predicted),
        _estimate("mic_adjusted", predicted - factor * sd * log_odds, of_adjusted),
    )
    group_only, warnings = _judge(terms[1].estimate, correlation, smallest_detectable_change)
    return ImportantChange(n, estimate_share(int(anchor.sum()), n), *terms, correlation, sd, group_only, warnings)


def _require_both(gain: npt.NDArray[np.float64], anchor: npt.NDArray[np.float64]) -> float:
    """The share improved, where there is something to estimate from."""
    if gain.ndim != 1 or gain.shape != anchor.shape or gain.size < 3:
        raise EstimateError(
            Sentence("An important change needs the change and the anchor answer of at least three people.")
        )
    if not (np.isfinite(gain).all() and np.isin(anchor, (0.0, 1.0)).all()):
        raise EstimateError(Sentence("A change must be a number, and an anchor answer yes or no. Correct the data."))
    share = float(anchor.mean())
    if share in {0.0, 1.0}:
        raise EstimateError(
            Sentence("All answered the anchor alike, so no important change can be worked out. It needs both answers.")
        )
    worse, better = gain[anchor == 0.0], gain[anchor == 1.0]
    if worse.max() <= better.min() or better.max() <= worse.min():
        raise EstimateError(
            Sentence(
                "Change divides the two anchor answers perfectly, so the model has no solution. It needs more people."
            )
        )
    if better.mean() <= worse.mean():
        raise EstimateError(
            Sentence("Those who say that it became better have not changed for the better. Check anchor and direction.")
        )
    return share


def _fit_logistic(
    z: npt.NDArray[np.float64], anchor: npt.NDArray[np.float64]
) -> tuple[float, float, npt.NDArray[np.float64]]:
    """Intercept and slope of the log odds by Newton's steps, and each person's influence on the two."""
    design: npt.NDArray[np.float64] = np.column_stack([np.ones_like(z), z])
    beta: npt.NDArray[np.float64] = np.zeros(2)
    for _ in range(MOST_STEPS):
        fitted = 1.0 / (1.0 + np.exp(-(design @ beta)))
        residual = anchor - fitted
        information = (design * (fitted * (1.0 - fitted))[:, None]).T @ design
        step = np.linalg.solve(information, design.T @ residual)
        beta = beta + step
        if float(np.abs(step).max()) <= 1e-12 * max(1.0, float(np.abs(beta).max())):
            influence = np.asarray(
                np.linalg.solve(information / z.size, (design * residual[:, None]).T).T, dtype=np.float64
            )
            return float(beta[0]), float(beta[1]), influence
    raise EstimateError(
        Sentence(
            "The model of the anchor answers didn't settle. It needs more people, of both answers, at like changes."
        )
    )


def _estimate(term: str, estimate: float, influence: npt.NDArray[np.float64]) -> TermEstimate:
    std_error = float(influence.std(ddof=1)) / math.sqrt(influence.size)
    margin = Z_95 * std_error
    return TermEstimate(term, estimate, std_error, None, estimate - margin, estimate + margin, None)


def _judge(
    adjusted: float, correlation: float, smallest_detectable_change: float | None
) -> tuple[bool | None, tuple[Sentence, ...]]:
    warnings = []
    if correlation < LEAST_ANCHOR_CORRELATION:
        warnings.append(
            Sentence(
                "Anchor and change hang together only weakly, so the important change says less than its interval suggests."
            )
        )
    if smallest_detectable_change is None:
        return None, tuple(warnings)
    group_only = adjusted < smallest_detectable_change
    if group_only:
        warnings.append(
            Sentence(
                "The important change is smaller than what can be told from error in one person, so it may be used about"
                " groups only."
            )
        )
    return group_only, tuple(warnings)
