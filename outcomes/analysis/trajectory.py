"""Expected trajectory: what scores like this person's usually become, and whether this person is on the way there.

Question: given the answers so far, what is the next score expected to be, and is the one seen within what is usual?
Estimand: the distribution of a person's score at an occasion among earlier people with the same columns and answers before.
Formula: with mean m and covariance S of a fitted model of planned occasions, H the occasions answered before k:
expected = m_k + S_kH S_HH^-1 (y_H - m_H), variance = S_kk - S_kH S_HH^-1 S_Hk. The band holds 80 %: expected plus the band's
two quantiles times the standard deviation; the quantiles are the normal ones (-1.28, 1.28) or, since scores have ends and
tails, those seen among earlier people. Outside on the worse side: *off track* once there are two answers or more (this one
counted), *watch* at the first; outside on the other side: *better than expected*; else *on track*.
Assumptions: **the model was fitted to other people, earlier**: to predict those it was fitted to flatters the band.
Missing answers depend on what was seen. A signal is a reason to talk, not a verdict: by construction one in ten of those who
fare as usual stand below the band.
Units: points; z in standard deviations of the prediction, positive for a higher score whatever direction is better.
Missing data: any answers before will do; without any, the expected score is the mean. NaN is "not answered".
Errors: :class:`~outcomes.errors.EstimateError` where rows don't fit the model, or too few scores are there to set or check
a band.
Source: Lambert et al. 2001, doi:10.1080/713664065 (expected recovery and signals); the conditional normal distribution;
Wilson 1927, doi:10.1080/01621459.1927.10502953 for the coverage's interval.
Checked: tests/reference/trajectory (R's mmrm), tests/unit/analysis/test_trajectory.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mmrm.fit import MmrmFit
    from outcomes.analysis.plan import Direction

Matrix = NDArray[np.float64]
Z_90 = 1.2815515655446004
BAND_SHARE = 0.8
LEAST_ANSWERS = 2
LEAST_CALIBRATION = 100
COVERAGE_LOW, COVERAGE_HIGH = 0.78, 0.82


class TrajectoryStatus(StrEnum):
    """Where a score stands against its band."""

    OFF_TRACK = "off_track"
    WATCH = "watch"
    ON_TRACK = "on_track"
    BETTER = "better_than_expected"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class TrajectoryBand:
    """The 80 % band in standard deviations of the prediction, from ``low`` to ``high``.

    ``n``: scores of earlier people that it was set by; None for the normal distribution's.
    """

    low: float = -Z_90
    high: float = Z_90
    n: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Per person and occasion (n x K): the score ``expected`` from the answers before it, and its ``sd`` (points).

    ``earlier``: how many answers there were before (0: the model's mean alone).
    """

    expected: Matrix
    sd: Matrix
    earlier: NDArray[np.int64]

    def z(self, scores: Matrix) -> Matrix:
        """How far each score is from the one expected, in standard deviations; NaN where not answered."""
        distance: Matrix = (scores - self.expected) / self.sd
        return distance


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedRange:
    """Per person and occasion (n x K): the band's limits (points)."""

    low: Matrix
    high: Matrix


@dataclass(frozen=True, slots=True)
class BandCoverage:
    """Share of later scores within the band, with its Wilson interval.

    ``as_meant``: the share is from 78 to 82 %, which is what an 80 % band should hold.
    """

    within: Share
    as_meant: bool


def predict_scores(fit: MmrmFit, scores: Matrix, columns: Matrix) -> Predictions:
    """The score expected at every occasion from the answers before it, for people with ``scores`` (n x K, NaN where not
    answered) and ``columns`` (n x m, as they were summed for the model)."""
    _check_rows(fit, scores, columns)
    per_column = np.zeros((len(fit.columns), len(fit.occasions)))
    for term, coefficient in zip(fit.design_terms, fit.coefficients, strict=True):
        per_column[term.column] += coefficient * np.array(term.weights)
    mean = columns @ per_column
    answered = ~np.isnan(scores)
    surprise = np.where(answered, scores - mean, 0.0)
    expected, sd = mean.copy(), np.broadcast_to(np.sqrt(np.diag(fit.sigma)), mean.shape).copy()
    earlier = np.cumsum(answered, axis=1) - answered
    codes = answered @ (1 << np.arange(scores.shape[1], dtype=np.int64))
    for occasion in range(1, scores.shape[1]):
        before = codes & ((1 << occasion) - 1)
        order = np.argsort(before, kind="stable")
        found, starts = np.unique(before[order], return_index=True)
        for code, people in zip(found, np.split(order, starts)[1:], strict=True):
            history = np.flatnonzero(code >> np.arange(occasion) & 1)
            if history.size:
                weights = np.linalg.solve(fit.sigma[np.ix_(history, history)], fit.sigma[history, occasion])
                expected[people, occasion] += surprise[np.ix_(people, history)] @ weights
                left = fit.sigma[occasion, occasion] - fit.sigma[occasion, history] @ weights
                sd[people, occasion] = np.sqrt(left)
    return Predictions(expected, sd, earlier.astype(np.int64))


def calibrate_band(predictions: Predictions, scores: Matrix) -> TrajectoryBand:
    """The band that held 80 % of earlier people's scores that had an answer before them: 10 % on either side outside."""
    z = _judged(predictions, scores)
    if z.size < LEAST_CALIBRATION:
        raise EstimateError(
            Sentence(
                "A band is set by %(least)s earlier scores or more, and there are %(found)s. Use the normal band until there"
                " are enough.",
                least=LEAST_CALIBRATION,
                found=z.size,
            )
        )
    low, high = np.quantile(z, [(1 - BAND_SHARE) / 2, (1 + BAND_SHARE) / 2])
    return TrajectoryBand(float(low), float(high), int(z.size))


def expected_range(
    predictions: Predictions, band: TrajectoryBand, *, minimum: float | None = None, maximum: float | None = None
) -> ExpectedRange:
    """The band in points, kept within the ends of the scale where they are given."""
    low, high = (predictions.expected + limit * predictions.sd for limit in (band.low, band.high))
    return ExpectedRange(np.clip(low, minimum, maximum), np.clip(high, minimum, maximum))


def judge_scores(
    predictions: Predictions, scores: Matrix, direction: Direction, band: TrajectoryBand | None = None
) -> NDArray[np.object_]:
    """A :class:`TrajectoryStatus` per person and occasion (n x K)."""
    band = band or TrajectoryBand()
    z = predictions.z(scores)
    higher, lower = z > band.high, z < band.low
    worse, better = (lower, higher) if direction.sign > 0 else (higher, lower)
    known = predictions.earlier + 1 >= LEAST_ANSWERS
    places = np.select([np.isnan(z), worse & known, worse, better], [4, 0, 1, 3], 2)
    result: NDArray[np.object_] = np.array(list(TrajectoryStatus), dtype=object)[places]
    return result


def check_coverage(predictions: Predictions, scores: Matrix, band: TrajectoryBand | None = None) -> BandCoverage:
    """How many later scores with an answer before them the band held."""
    band = band or TrajectoryBand()
    z = _judged(predictions, scores)
    if z.size == 0:
        raise EstimateError(
            Sentence("Nobody has a later score to check the band by. Wait until some have answered twice.")
        )
    share = estimate_share(int(((z >= band.low) & (z <= band.high)).sum()), int(z.size))
    return BandCoverage(share, COVERAGE_LOW <= share.share <= COVERAGE_HIGH)


def _judged(predictions: Predictions, scores: Matrix) -> NDArray[np.float64]:
    """z of every score that had an answer before it."""
    z: NDArray[np.float64] = predictions.z(scores)[(predictions.earlier > 0) & ~np.isnan(scores)]
    return z


def _check_rows(fit: MmrmFit, scores: Matrix, columns: Matrix) -> None:
    if scores.shape != (len(columns), len(fit.occasions)) or columns.shape[1] != len(fit.columns):
        raise EstimateError(
            Sentence(
                "The model has %(occasions)s occasions and %(columns)s columns; the rows have others. Make them as they were"
                " made for the model.",
                occasions=len(fit.occasions),
                columns=len(fit.columns),
            )
        )
    if np.isinf(scores).any() or not np.isfinite(columns).all():
        raise EstimateError(Sentence("A value isn't a finite number. Correct it or leave it out."))
