"""Doubly robust comparison: weights and an outcome model together, right if either of the two models is.

Question: how do those with the intervention do against people like them without it?
Estimand: difference in mean outcome for a stated population (see :mod:`outcomes.analysis.weighting`).
Formula: m1 and m0 are least-squares predictions of the outcome from the columns, fitted in each arm among those who answered.
Augmented weighting: the mean with the intervention is the Hajek mean of y - m1 among the treated plus the mean of m1 in
the population of the estimand (weights 1, e, or e (1 - e)); likewise without. Its standard error is the sandwich of the
propensity, the response model and both outcome models together. AIPW: the mean of m1 - m0 + z (y - m1) / e -
(1 - z)(y - m0) / (1 - e), or for the treated of [z (y - m0) - (1 - z) e / (1 - e) (y - m0)] / P(z = 1), with the standard
error of these very values (right where both models are). G-computation: the mean of m1 - m0, by the outcome models alone.
Assumptions: as the weighted comparison; one of the propensity and the outcome model may be wrong (not for g-computation).
Units: those of the outcome (points). The sign is that of the raw outcome.
Missing data: as in :mod:`outcomes.analysis.weighting`; AIPW and g-computation leave out people without the outcome.
Clusters: as in :mod:`outcomes.analysis.weighting`; under 40, with the outcome models among the equations that are reduced.
Errors: :class:`~outcomes.errors.EstimateError` where an arm has too few answers for the outcome model, and all that the
weighted comparison raises.
Source: Robins, Rotnitzky & Zhao 1994, doi:10.1080/01621459.1994.10476818; Mao, Li & Greene 2019,
doi:10.1177/0962280218781171 (augmented overlap weights).
Checked: tests/reference/weighting (PSweight, R, and statsmodels TreatmentEffect on LaLonde's data).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.analysis.comparison_equations import ArmOutcome, comparison_equations
from outcomes.analysis.linear_model import orthonormal_basis
from outcomes.analysis.propensity import checked_arms
from outcomes.analysis.weighting import (
    ArmContrast,
    Estimand,
    WeightedComparison,
    WeightedData,
    bias_reduced_contrast,
    comparison_result,
    few_clusters,
    hajek_mean,
    influence_contrast,
    weighted_data,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _OutcomeModel:
    """Predictions for everyone from one arm's least squares, and each person's influence on its coefficients."""

    predictions: Vector
    basis: Matrix
    influence: Matrix

    def carried(self, rows: Vector) -> Vector:
        """Influence on the mean of ``rows`` times the predictions."""
        influence: Vector = self.influence @ (self.basis.T @ rows / rows.size)
        return influence


def compare_doubly_robust(
    outcome: ArrayLike,
    treated: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    *,
    estimand: Estimand = "overlap",
    outcome_columns: ArrayLike | None = None,
    outcome_terms: Sequence[str] | None = None,
    response_columns: ArrayLike | None = None,
    response_terms: Sequence[str] = (),
    cluster: Sequence[object] | None = None,
    term: str = "treated",
) -> WeightedComparison:
    """Augmented weighted comparison; the outcome models use ``outcome_columns``, or the propensity's columns."""
    data = weighted_data(outcome, treated, columns, terms, estimand, response_columns, response_terms, cluster)
    names = tuple(terms if outcome_terms is None else outcome_terms)
    matrix = data.columns
    if outcome_columns is not None:
        matrix = np.asarray(outcome_columns, dtype=np.float64)
        if response_columns is None:
            matrix = matrix[~np.isnan(np.asarray(outcome, dtype=np.float64))]
    models = (
        _outcome_model(data, data.treated, matrix, names),
        _outcome_model(data, 1 - data.treated, matrix, names),
    )
    first = _augmented_mean(data, "treated", models[0])
    second = _augmented_mean(data, "control", models[1])
    contrast = influence_contrast(*first, *second, term, data.cluster)
    if few_clusters(data.cluster):
        outcomes = (
            ArmOutcome(models[0].predictions, models[0].basis),
            ArmOutcome(models[1].predictions, models[1].basis),
        )
        contrast = bias_reduced_contrast(contrast, comparison_equations(data, outcomes), data.cluster)
    return comparison_result(data, contrast, adjusted=frozenset(names))


def estimate_aipw(
    outcome: ArrayLike,
    treated: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    *,
    estimand: Literal["ate", "att"] = "ate",
    term: str = "treated",
) -> ArmContrast:
    """AIPW (inverse weights as they are, not normalised) with the standard error of its influence values."""
    if estimand not in ("ate", "att"):
        raise EstimateError(Sentence("AIPW is for everyone (ate) or for the treated (att). Choose one of them."))
    data = weighted_data(outcome, treated, columns, terms, estimand, None, (), None)
    z, y = data.treated, data.outcome
    control = _outcome_model(data, 1 - z, data.columns, data.terms).predictions
    if estimand == "att":
        share = float(z.mean())
        first, second = z * y / share, (z * control + data.control_weight * (y - control)) / share
        means = float(first.mean()), float(second.mean())
        # the share of the treated is estimated too: what each person does to it is taken out
        return influence_contrast(
            means[0], first - z * means[0] / share, means[1], second - z * means[1] / share, term, None, 1
        )
    intervention = _outcome_model(data, z, data.columns, data.terms).predictions
    first = intervention + data.treated_weight * (y - intervention)
    second = control + data.control_weight * (y - control)
    means = float(first.mean()), float(second.mean())
    return influence_contrast(means[0], first - means[0], means[1], second - means[1], term, None, 1)


def estimate_g_computation(
    outcome: ArrayLike,
    treated: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    *,
    estimand: Literal["ate", "att"] = "ate",
    term: str = "treated",
) -> ArmContrast:
    """Standardisation by the outcome models alone, with the sandwich of both; no propensity is used."""
    arm, matrix = checked_arms(treated, columns, terms)
    y = np.asarray(outcome, dtype=np.float64)
    kept = np.isfinite(y)
    arm, matrix, y = arm[kept], matrix[kept], y[kept]
    checked_arms(arm, matrix, terms)
    target = arm if estimand == "att" else np.ones_like(arm)
    parts: list[tuple[float, Vector]] = []
    for member in (arm, 1 - arm):
        model = _least_squares(y, member, matrix, tuple(terms))
        mean = float(np.average(model.predictions, weights=target))
        influence = (target * (model.predictions - mean) + model.carried(target)) / float(target.mean())
        parts.append((mean, influence))
    return influence_contrast(*parts[0], *parts[1], term, None)


def _augmented_mean(
    data: WeightedData, arm: Literal["treated", "control"], model: _OutcomeModel
) -> tuple[float, Vector]:
    weight = data.treated_weight if arm == "treated" else data.control_weight
    left, influence = hajek_mean(data, arm, data.answered * (data.outcome - model.predictions))
    influence = influence - model.carried(weight) / float(weight.mean())
    mean = float(np.average(model.predictions, weights=data.target))
    change = data.target * (model.predictions - mean) + data.carried("target", model.predictions - mean)
    return left + mean, influence + (change + model.carried(data.target)) / float(data.target.mean())


def _outcome_model(data: WeightedData, member: Vector, matrix: Matrix, names: tuple[str, ...]) -> _OutcomeModel:
    return _least_squares(data.outcome, member * data.answered, matrix, names)


def _least_squares(y: Vector, used: Vector, matrix: Matrix, names: tuple[str, ...]) -> _OutcomeModel:
    """Least squares among those ``used`` (1, else 0), predicted for everyone."""
    if matrix.shape != (y.size, len(names)) or not np.isfinite(matrix).all():
        raise EstimateError(Sentence("The outcome model's columns must be finite numbers, one row per person."))
    if used.sum() <= matrix.shape[1]:
        raise EstimateError(
            Sentence(
                "An arm has answers from %(count)s people, too few for an outcome model with %(columns)s columns. Use fewer"
                " columns, or wait for more answers.",
                count=int(used.sum()),
                columns=matrix.shape[1],
            )
        )
    _, to_basis = orthonormal_basis(matrix, used, names)
    basis = matrix @ to_basis
    predictions = basis @ (basis.T @ (used * y))
    influence = basis * (used * (y - predictions))[:, None] * y.size
    return _OutcomeModel(predictions, basis, influence)
