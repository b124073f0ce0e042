"""The imputation model: mean and covariance of the scores over the occasions, in each arm, and what follows for the missing.

Question: given what a person answered, what score would be expected where they didn't, if they went on as their own arm,
or as the reference?
Formula: scores of all occasions follow a normal distribution with mean x'C and covariance Sigma (unstructured unless
another form is asked for), by REML (mmrm). Missing given observed: mean mu_M + S_MO S_OO^-1 (y_O - mu_O), covariance
S_MM - S_MO S_OO^-1 S_OM. Under jump to reference mu is the own arm's up to the last answer and the reference's after; copy
increments: own mean at the last answer plus the reference's change since; copy reference: the reference's throughout.
Where the arms have covariances of their own, T and R, one goes over into the other at the last answer: S_11 = T_11,
S_21 = R_21 R_11^-1 T_11, S_22 = R_22 - R_21 R_11^-1 (R_11 - T_11) R_11^-1 R_12.
Assumptions: as reference_imputation.py.
Units: points.
Missing data: a person without any answer has the mean of the strategy.
Errors: :class:`~outcomes.errors.EstimateError` where the model can't be fitted.
Source: Carpenter, Roger & Kenward 2013, doi:10.1080/10543406.2013.834911.
Checked: tests/reference/reference_imputation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mmrm import CovarianceForm, DfMethod, MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import INTERCEPT, LongitudinalSums, PatternSums, sum_patterns
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
ARM = "arm"


class ImputationStrategy(StrEnum):
    """How those with the intervention go on after their last answer. The comparison always goes on as itself."""

    MISSING_AT_RANDOM = "mar"
    JUMP_TO_REFERENCE = "j2r"
    COPY_INCREMENTS = "cir"
    COPY_REFERENCE = "cr"


@dataclass(frozen=True, slots=True, eq=False)
class TrialScores:
    """n people of two arms: ``scores`` n x K (points, NaN where missing), ``intervention`` true where not the comparison,
    ``covariates`` n x q numbers known of everybody. ``constant``: covariates with one coefficient for all occasions; the
    others have one per occasion."""

    scores: Matrix
    intervention: Flags
    covariates: Matrix
    occasions: tuple[str, ...]
    covariate_names: tuple[str, ...]
    constant: tuple[str, ...] = ()

    def take(self, people: NDArray[np.int64]) -> TrialScores:
        """The same for some of the people, in that order."""
        return replace(
            self,
            scores=self.scores[people],
            intervention=self.intervention[people],
            covariates=self.covariates[people],
        )

    def without(self, person: int) -> TrialScores:
        """The same without the person in row number ``person``."""
        return self.take(np.delete(np.arange(self.intervention.size), person))


@dataclass(frozen=True, slots=True, eq=False)
class ArmModel:
    """One arm's ``coefficients`` (K x (1 + q), points per unit) and ``sigma`` (K x K, points squared)."""

    coefficients: Matrix
    sigma: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class ImputationModel:
    """The two arms' models; with a pooled covariance both have the same ``sigma``."""

    intervention: ArmModel
    comparison: ArmModel


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """``means``: n x K, the scores with conditional means where missing. ``noise``: n x K, zero, or a draw of what they
    vary by given the observed."""

    means: Matrix
    noise: Matrix


def make_trial_scores(
    scores: Matrix,
    intervention: Sequence[bool] | Flags,
    covariates: Matrix | None,
    *,
    occasions: Sequence[str],
    covariate_names: Sequence[str] = (),
    constant: Sequence[str] = (),
) -> TrialScores:
    """Checked input; see :class:`TrialScores`."""
    y, arm = np.asarray(scores, dtype=np.float64), np.asarray(intervention, dtype=bool)
    x = np.zeros((len(y), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    if y.ndim != 2 or y.shape != (arm.size, len(occasions)) or x.shape != (arm.size, len(covariate_names)):
        raise EstimateError(
            Sentence("Scores, arms and background values must be of the same people, with a name for every column.")
        )
    if np.isinf(y).any():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    wrong = np.flatnonzero(~np.isfinite(x).all(axis=1))
    if wrong.size:
        raise EstimateError(
            Sentence(
                "Background values are missing in rows %(rows)s. They must be known of everybody, or be imputed first.",
                rows=", ".join(str(row + 1) for row in wrong[:20]),
            )
        )
    answered = np.asarray(np.isfinite(y).any(axis=1))
    if answered[arm].sum() < 2:
        raise EstimateError(
            Sentence("Fewer than two people with the intervention have a score. Both arms need answers.")
        )
    if answered[~arm].sum() < 2:
        raise EstimateError(Sentence("Fewer than two people of the comparison have a score. Both arms need answers."))
    unknown = [name for name in constant if name not in covariate_names]
    if unknown:
        raise EstimateError(Sentence("There is no background value called %(name)s.", name=", ".join(unknown)))
    return TrialScores(y, arm, x, tuple(occasions), tuple(covariate_names), tuple(constant))


def model_columns(trial: TrialScores) -> Matrix:
    """n x (2 + q): ones, the arm, the covariates."""
    return np.column_stack([np.ones(trial.intervention.size), trial.intervention, trial.covariates])


def sum_trial(trial: TrialScores) -> LongitudinalSums:
    """The trial's sums per pattern, over both arms."""
    return sum_patterns(
        trial.scores, model_columns(trial), occasions=trial.occasions, names=(INTERCEPT, ARM, *trial.covariate_names)
    )


def without_person(sums: LongitudinalSums, columns: Vector, scores: Vector) -> LongitudinalSums:
    """``sums`` without one of its people."""
    observed = tuple(int(number) for number in np.flatnonzero(~np.isnan(scores)))
    if not observed:
        return sums
    x, y = columns - sums.column_origins, scores[list(observed)] - sums.origin
    left = []
    for pattern in sums.patterns:
        if pattern.observed != observed:
            left.append(pattern)
        elif pattern.n > 1:
            less = (pattern.xx - np.outer(x, x), pattern.xy - np.outer(x, y), pattern.yy - np.outer(y, y))
            left.append(PatternSums(observed, pattern.n - 1, *less))
    return replace(sums, patterns=tuple(left))


def fit_imputation_model(sums: LongitudinalSums, constant: Sequence[str], form: CovarianceForm) -> ImputationModel:
    """One model of both arms: means per arm and occasion, one covariance."""
    crossed = tuple(name for name in sums.columns[1:] if name not in constant)
    model = _fit(sums, MmrmDesign("time", crossed=crossed, constant=tuple(constant)), form)
    shared = np.delete(model.coefficients, 1, axis=1)
    raised = shared.copy()
    raised[:, 0] += model.coefficients[:, 1]
    return ImputationModel(ArmModel(raised, model.sigma), ArmModel(shared, model.sigma))


def fit_arms_apart(trial: TrialScores, form: CovarianceForm) -> ImputationModel:
    """A model of its own for each arm: coefficients and covariance."""
    models = []
    for chosen in (trial.intervention, ~trial.intervention):
        part = trial.take(np.flatnonzero(chosen))
        columns = np.delete(model_columns(part), 1, axis=1)
        sums = sum_patterns(part.scores, columns, occasions=part.occasions, names=(INTERCEPT, *part.covariate_names))
        crossed = tuple(name for name in part.covariate_names if name not in part.constant)
        models.append(_fit(sums, MmrmDesign("time", crossed=crossed, constant=part.constant), form))
    return ImputationModel(*models)


def _fit(sums: LongitudinalSums, design: MmrmDesign, form: CovarianceForm) -> ArmModel:
    fit = fit_mmrm(sums, design, covariance=form, df=DfMethod.NORMAL)
    coefficients = np.zeros((len(sums.occasions), len(sums.columns)))
    for term, value in zip(fit.design_terms, fit.coefficients, strict=True):
        coefficients[:, term.column] += value * np.array(term.weights)
    return ArmModel(coefficients, fit.sigma)


def complete_scores(
    trial: TrialScores,
    model: ImputationModel,
    strategy: ImputationStrategy,
    generator: np.random.Generator | None = None,
) -> Completed:
    """Fill in every missing score by ``strategy``; with a ``generator``, also draw what they vary by."""
    columns = np.delete(model_columns(trial), 1, axis=1)
    reference = columns @ model.comparison.coefficients.T
    own = np.where(trial.intervention[:, None], columns @ model.intervention.coefficients.T, reference)
    observed = ~np.isnan(trial.scores)
    count = observed.shape[1]
    last = np.where(observed.any(axis=1), count - 1 - observed[:, ::-1].argmax(axis=1), -1)
    stopped = trial.intervention & (last < count - 1)  # who goes on by the strategy; a gap before is missing at random
    mu = np.where(stopped[:, None], _strategy_mean(strategy, own, reference, last), own)
    sigma = _covariances(strategy, trial.intervention, stopped, last, model)
    both = observed[:, :, None] & observed[:, None, :]
    blocks = np.where(both, sigma, 0.0) + np.eye(count) * ~observed[:, :, None]  # S_OO, and ones where not observed
    residuals = np.where(observed, trial.scores - mu, 0.0)
    weights = np.linalg.solve(blocks, residuals[:, :, None])
    means = np.where(observed, trial.scores, mu + (sigma @ weights)[:, :, 0])
    noise = np.zeros_like(means)
    if generator is not None:
        toward = np.where(observed[:, :, None], sigma, 0.0)
        left = sigma - toward.swapaxes(1, 2) @ np.linalg.solve(blocks, toward)
        missing = ~observed[:, :, None] & ~observed[:, None, :]
        factors = np.linalg.cholesky(np.where(missing, left, 0.0) + np.eye(count) * observed[:, :, None])
        draws = factors @ generator.standard_normal(means.shape)[:, :, None]
        noise = np.where(observed, 0.0, draws[:, :, 0])
    return Completed(means, noise)


def _strategy_mean(strategy: ImputationStrategy, own: Matrix, reference: Matrix, last: NDArray[np.int64]) -> Matrix:
    """Means of people whose last answer was at the occasion numbered ``last`` (-1: none)."""
    if strategy is ImputationStrategy.MISSING_AT_RANDOM:
        return own
    if strategy is ImputationStrategy.COPY_REFERENCE:
        return reference
    after = np.arange(own.shape[1]) > last[:, None]
    if strategy is ImputationStrategy.JUMP_TO_REFERENCE:
        return np.where(after, reference, own)
    people = np.arange(last.size)
    ahead = np.where(last >= 0, own[people, last] - reference[people, last], 0.0)
    return np.where(after, reference + ahead[:, None], own)


def _covariances(
    strategy: ImputationStrategy, intervention: Flags, stopped: Flags, last: NDArray[np.int64], model: ImputationModel
) -> Matrix:
    """The covariance to impute by: one for all where pooled, else people x K x K."""
    own, reference = model.intervention.sigma, model.comparison.sigma
    if own is reference:
        return own
    sigma = np.where(intervention[:, None, None], own, reference)
    if strategy is ImputationStrategy.COPY_REFERENCE:
        sigma[stopped] = reference
    elif strategy is not ImputationStrategy.MISSING_AT_RANDOM:
        joined = np.array([_joined_covariance(own, reference, place) for place in range(-1, len(own) - 1)])
        sigma[stopped] = joined[last[stopped] + 1]
    return sigma


def _joined_covariance(own: Matrix, reference: Matrix, last: int) -> Matrix:
    """The own arm's covariance up to the occasion numbered ``last``, carried on by the reference's regressions."""
    before, after = slice(0, last + 1), slice(last + 1, None)
    carried = np.linalg.solve(reference[before, before], reference[before, after]).T
    joined = reference.copy()
    joined[before, before] = own[before, before]
    joined[after, before] = carried @ own[before, before]
    joined[before, after] = joined[after, before].T
    joined[after, after] -= carried @ (reference[before, before] - own[before, before]) @ carried.T
    return joined
