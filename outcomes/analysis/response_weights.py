"""Response weights: those who answered, made to stand for all who began.

Question: had everybody answered, and if those alike in what was known at the start answer alike, how large is the change?
Estimand: mean change of all who began, per arm, and its difference between arms.
Formula: p = P(answered | what was known at the start) by logistic regression; weight (share answered in the arm) / p for
those who answered (stabilised: their mean is near 1); weighted mean sum w d / sum w. Variance from each person's influence,
with what estimating p takes out: psi = a (d - mean) / (p S) + H'I^-1 (a - p) x, S = mean of a / p, I = mean of
p (1 - p) x x', H = -mean of a (d - mean) (1 - p) / (p S) x; standard error sqrt(sum psi^2) / n; normal interval.
Assumptions: given what was known at the start, answering doesn't hang on the change; everybody had a chance to answer; the
logistic form is near enough.
Units: points; weights are pure numbers. Effective number of people: (sum w)^2 / sum w^2.
Missing data: is what it is about; what was known at the start must be known of everybody.
Errors: :class:`~outcomes.errors.EstimateError` where columns separate those who answered from the others or can't be told
apart, or fewer than two answered.
Source: Robins, Rotnitzky & Zhao 1995, doi:10.1080/01621459.1995.10476493; Lunceford & Davidian 2004 (the variance),
doi:10.1002/sim.1903; Seaman & White 2013, doi:10.1177/0962280210395740.
Checked: tests/reference/response_weights (R's glm; stacked estimating equations solved and differentiated there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.meta_analysis import make_estimate
from outcomes.analysis.overlap import fit_propensity
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
CERTAIN = 1e-7  # a probability nearer to 0 or 1 than this means that the columns separate
ROUNDING = 1e-13
LARGE_WEIGHT = 10.0
LEAST_EFFECTIVE = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class ResponseWeights:
    """Per person, in the order given: ``probabilities`` of having answered (0-1) and ``weights``, 0 for those who didn't.

    ``effective_n``: people that the weighted answers are worth; ``largest``: the largest weight.
    """

    probabilities: Vector
    weights: Vector
    n_answered: int
    effective_n: float
    largest: float
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WeightedChange:
    """Mean change (points): of all, or of each arm with the difference between them (None without arms)."""

    overall: TermEstimate | None
    intervention: TermEstimate | None
    comparison: TermEstimate | None
    difference: TermEstimate | None
    weights: ResponseWeights


def estimate_response_weights(
    answered: Sequence[bool] | Flags, columns: Matrix, *, intervention: Sequence[bool] | Flags | None = None
) -> ResponseWeights:
    """Weights from ``columns`` (people x numbers known at the start); the arm is added as a column where given."""
    flags, design, arms = _prepared(answered, columns, intervention)
    probabilities = _fit(flags, design)
    share = np.empty(flags.size)
    for arm in arms:
        share[arm] = flags[arm].mean()
    weights = np.where(flags, share / probabilities, 0.0)
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    largest = float(weights.max())
    return ResponseWeights(probabilities, weights, int(flags.sum()), effective, largest, _warnings(effective, largest))


def estimate_weighted_change(
    change: Sequence[float] | Vector, columns: Matrix, *, intervention: Sequence[bool] | Flags | None = None
) -> WeightedChange:
    """Weighted mean ``change`` (points; NaN where not answered) of all who began, or per arm."""
    values = np.asarray(change, dtype=np.float64)
    if np.isinf(values).any():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    flags, design, arms = _prepared(~np.isnan(values), columns, intervention)
    weights = estimate_response_weights(flags, columns, intervention=intervention)
    means, influences = [], []
    for arm in arms:
        mean, influence = _arm_mean(np.where(flags, values, 0.0), flags, design, weights.probabilities, arm)
        means.append(mean)
        influences.append(influence)
    if len(arms) == 1:
        return WeightedChange(_estimate("change", means[0], influences[0]), None, None, None, weights)
    return WeightedChange(
        None,
        _estimate("intervention", means[0], influences[0]),
        _estimate("comparison", means[1], influences[1]),
        _estimate("difference", means[0] - means[1], influences[0] - influences[1]),
        weights,
    )


def _prepared(
    answered: Sequence[bool] | Flags, columns: Matrix, intervention: Sequence[bool] | Flags | None
) -> tuple[Flags, Matrix, list[Flags]]:
    """Flags of answers, the design with intercept (and arm), and the arms as flags: one or two."""
    flags, x = np.asarray(answered, dtype=bool), np.asarray(columns, dtype=np.float64)
    if flags.ndim != 1 or x.ndim != 2 or len(x) != flags.size or flags.size == 0:
        raise EstimateError(Sentence("Answers and what was known at the start must be of the same people."))
    if not np.isfinite(x).all():
        raise EstimateError(
            Sentence(
                "What was known at the start must be known of everybody. Impute it first, or leave the column out."
            )
        )
    arms = [np.ones(flags.size, dtype=bool)]
    parts = [np.ones(flags.size), x]
    if intervention is not None:
        arm = np.asarray(intervention, dtype=bool)
        if arm.shape != flags.shape:
            raise EstimateError(Sentence("Answers and what was known at the start must be of the same people."))
        arms, parts = [arm, ~arm], [np.ones(flags.size), arm, x]
    if any(flags[arm].sum() < 2 for arm in arms):
        raise EstimateError(
            Sentence("Fewer than two people answered, so they can't stand for all. More answers are needed.")
        )
    return flags, np.column_stack(parts), arms


def _fit(flags: Flags, design: Matrix) -> Vector:
    if flags.all():
        return np.ones(flags.size)
    centred = design[:, 1:] - design[:, 1:].mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    if (size == 0).any() or np.linalg.cond(centred / np.where(size > 0, size, 1.0)) > 1e8:
        raise EstimateError(
            Sentence("What was known at the start can't be told apart: a column has one value, or follows from others.")
        )
    probabilities = fit_propensity(design, flags.astype(np.float64))
    if min(float(probabilities.min()), float(1 - probabilities.max())) < CERTAIN:
        raise EstimateError(
            Sentence(
                "What was known at the start tells for certain who answered, so nobody stands for the others. Use fewer"
                " or coarser columns."
            )
        )
    return probabilities


def _arm_mean(values: Vector, flags: Flags, design: Matrix, p: Vector, arm: Flags) -> tuple[float, Vector]:
    """Weighted mean in ``arm`` and each person's influence on it (mean over all n people)."""
    inverse = np.where(flags & arm, 1 / p, 0.0)
    mean = float(inverse @ values / inverse.sum())
    residual = inverse * (values - mean) / inverse.mean()
    information = (design.T * (p * (1 - p))) @ design / p.size
    if not information.any():  # everybody answered: nothing was estimated
        return mean, residual
    slope = -(residual * (1 - p)) @ design / p.size
    scores = design * (flags - p)[:, None]
    influence: Vector = residual + scores @ np.linalg.solve(information, slope)
    return mean, influence


def _estimate(term: str, value: float, influence: Vector) -> TermEstimate:
    error = float(np.sqrt(influence @ influence)) / influence.size
    if not error > ROUNDING * abs(value):
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    return make_estimate(term, value, error, None)


def _warnings(effective: float, largest: float) -> tuple[Sentence, ...]:
    found = []
    if largest > LARGE_WEIGHT:
        found.append(
            Sentence(
                "One person stands for %(weight)s of those like them: the result hangs on few people.",
                weight=round(largest, 1),
            )
        )
    if effective < LEAST_EFFECTIVE:
        found.append(
            Sentence(
                "The weighted answers are worth %(count)s people; under %(least)s a result is uncertain.",
                count=round(effective, 1),
                least=round(LEAST_EFFECTIVE),
            )
        )
    return tuple(found)
