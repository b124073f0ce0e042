"""Inference after imputing: analysis of covariance of completed scores, with the jackknife or with draws.

Question: how sure is a difference that was worked out from scores of which some were imputed?
Formula: the analysis's coefficient of the arm, and adjusted means at the covariates' means, are weighted sums of completed
scores. Jackknife: (n - 1) / n times the sum over people of squared differences of the result without them from the mean of
those results; normal interval. Draws: see multiple_imputation.py, variances by ordinary least squares, degrees of freedom
of the complete data n - p.
Assumptions: people are independent. The bootstrap of people within arms stands in for draws of the parameters.
Units: points. Missing data: completed by imputation_model.py before.
Errors: :class:`~outcomes.errors.EstimateError` where too many people, columns that can't be told apart, or a person without
whom the model can't be fitted.
Source: Wolbers et al. 2022, doi:10.1002/pst.2234; Little & Rubin 2019 (bootstrap in place of draws of parameters),
doi:10.1002/9781119482260.
Checked: tests/reference/reference_imputation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from outcomes.analysis.delta_adjustment import DeltaLine
from outcomes.analysis.imputation_model import (
    ImputationModel,
    ImputationStrategy,
    Matrix,
    TrialScores,
    Vector,
    complete_scores,
    fit_arms_apart,
    fit_imputation_model,
    model_columns,
    sum_trial,
    without_person,
)
from outcomes.analysis.meta_analysis import make_estimate
from outcomes.analysis.mmrm import CovarianceForm
from outcomes.analysis.multiple_imputation import pool_imputations
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

MOST_FOR_JACKKNIFE = 2000
MOST_ATTEMPTS = 10  # bootstrap samples that couldn't be fitted, before giving up
LEAST_CONDITION = 1e-10
TERMS = ("difference", "intervention", "comparison")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What is asked: the ``trial``, by each of ``strategies``, at occasion number ``place``, adjusted for the covariates
    numbered ``adjust_for``, with one covariance for both arms where ``pooled``, of the ``form``."""

    trial: TrialScores
    strategies: tuple[ImputationStrategy, ...]
    place: int
    adjust_for: tuple[int, ...]
    pooled: bool
    form: CovarianceForm

    def fit(self) -> ImputationModel:
        """The imputation model of the trial."""
        if self.pooled:
            return fit_imputation_model(sum_trial(self.trial), self.trial.constant, self.form)
        return fit_arms_apart(self.trial, self.form)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """By one ``strategy``: the difference and both adjusted means (points), and the difference as a function of deltas."""

    strategy: ImputationStrategy
    difference: TermEstimate
    intervention_mean: TermEstimate
    comparison_mean: TermEstimate
    line: DeltaLine


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The analysis of covariance of n people: ``columns`` (n x p), ``unscaled`` = (X'X)^-1, and ``targets`` (3 x p), which
    coefficients the difference and the two adjusted means are made of."""

    columns: Matrix
    unscaled: Matrix
    targets: Matrix

    def results(self, scores: Vector) -> Vector:
        """Difference and adjusted means."""
        found: Vector = self.targets @ (self.unscaled @ (self.columns.T @ scores))
        return found

    def variances(self, scores: Vector) -> Vector:
        """Their variances, by the residuals of ``scores``."""
        residuals = scores - self.columns @ (self.unscaled @ (self.columns.T @ scores))
        within = float(residuals @ residuals) / (scores.size - self.columns.shape[1])
        found: Vector = within * np.einsum("ij,jk,ik->i", self.targets, self.unscaled, self.targets)
        return found


def make_analysis(trial: TrialScores, adjust_for: tuple[int, ...]) -> Analysis:
    """The analysis of ``trial``'s people; refused where its columns can't be told apart."""
    columns = model_columns(trial)[:, [0, 1, *(2 + number for number in adjust_for)]]
    columns[:, 2:] -= columns[:, 2:].mean(axis=0)  # means of the arms are asked for at the covariates' means
    size = np.linalg.norm(columns, axis=0)
    scaled = columns / np.where(size > 0, size, 1.0)
    if len(columns) <= columns.shape[1] or np.linalg.eigvalsh(scaled.T @ scaled)[0] < LEAST_CONDITION:
        raise EstimateError(
            Sentence(
                "The arms and background values can't be told apart in the analysis: one follows from the others, or there"
                " are too few people. Adjust for fewer."
            )
        )
    targets = np.zeros((3, columns.shape[1]))
    targets[0, 1] = targets[1:, 0] = targets[1, 1] = 1.0
    return Analysis(columns, np.linalg.inv(scaled.T @ scaled) / np.outer(size, size), targets)


def compare_by_jackknife(comparison: Comparison) -> tuple[Compared, ...]:
    """Conditional means, and everything refitted without each person in turn."""
    n = comparison.trial.intervention.size
    if n > MOST_FOR_JACKKNIFE:
        raise EstimateError(
            Sentence(
                "The jackknife refits the model once per person, and there are %(people)s. Above %(most)s, ask for draws in"
                " its place.",
                people=n,
                most=MOST_FOR_JACKKNIFE,
            )
        )
    whole = _results(comparison, comparison.fit())
    without = _without_each(comparison)
    apart = without - without.mean(axis=0)
    covariances = (n - 1) / n * np.einsum("isa,isb->sab", apart, apart)
    return tuple(
        _compared(strategy, values, covariance)
        for strategy, values, covariance in zip(comparison.strategies, whole, covariances, strict=True)
    )


def _without_each(comparison: Comparison) -> Matrix:
    """People x strategies x 5: :func:`_results` without each person."""
    trial = comparison.trial
    sums, columns = sum_trial(trial), model_columns(trial)
    found = []
    for person in range(trial.intervention.size):
        left = replace(comparison, trial=trial.without(person))
        try:
            if comparison.pooled:
                reduced = without_person(sums, columns[person], trial.scores[person])
                model = fit_imputation_model(reduced, trial.constant, comparison.form)
            else:
                model = left.fit()
            found.append(_results(left, model))
        except EstimateError as error:
            raise EstimateError(
                Sentence(
                    "Without the person in row %(row)s the model can't be fitted, so the standard error can't be worked out:"
                    " %(reason)s",
                    row=person + 1,
                    reason=error.sentence,
                )
            ) from error
    return np.array(found)


def _results(comparison: Comparison, model: ImputationModel) -> Matrix:
    """Strategies x 5: difference, adjusted means, and the slopes of the difference in the two arms' deltas."""
    analysis = make_analysis(comparison.trial, comparison.adjust_for)
    slopes = _slopes(comparison, analysis)
    rows = []
    for strategy in comparison.strategies:
        completed = complete_scores(comparison.trial, model, strategy)
        rows.append(np.concatenate([analysis.results(completed.means[:, comparison.place]), slopes]))
    return np.array(rows)


def _slopes(comparison: Comparison, analysis: Analysis) -> Vector:
    trial = comparison.trial
    missing = np.isnan(trial.scores[:, comparison.place])
    own = analysis.results((missing & trial.intervention).astype(np.float64))[0]
    other = -analysis.results((missing & ~trial.intervention).astype(np.float64))[0]
    return np.array([own, other])


def _compared(strategy: ImputationStrategy, values: Vector, covariance: Matrix) -> Compared:
    errors = np.sqrt(np.diag(covariance)[:3])
    if not (errors > 0).all():
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    difference, intervention, other = (
        make_estimate(term, float(value), float(error), None)
        for term, value, error in zip(TERMS, values[:3], errors, strict=True)
    )
    of_line = [0, 3, 4]
    line = DeltaLine(float(values[0]), float(values[3]), float(values[4]), covariance[np.ix_(of_line, of_line)], None)
    return Compared(strategy, difference, intervention, other, line)


def compare_by_draws(comparison: Comparison, n_draws: int, generator: np.random.Generator) -> tuple[Compared, ...]:
    """Multiple imputation: parameters from bootstrap samples of people within arms, missing scores drawn, Rubin's rules."""
    analysis = make_analysis(comparison.trial, comparison.adjust_for)
    models = [_sample_model(comparison, generator) for _ in range(n_draws)]
    own, other = _slopes(comparison, analysis).tolist()
    df = float(len(analysis.columns) - analysis.columns.shape[1])
    compared = []
    for strategy in comparison.strategies:
        drawn = [complete_scores(comparison.trial, model, strategy, generator) for model in models]
        scores = [(draw.means + draw.noise)[:, comparison.place] for draw in drawn]
        pooled = pool_imputations(
            np.array([analysis.results(completed) for completed in scores]),
            np.array([analysis.variances(completed) for completed in scores]),
            TERMS,
            complete_df=df,
        )
        difference, intervention, reference = (term.estimate for term in pooled)
        covariance = np.zeros((3, 3))
        covariance[0, 0] = difference.std_error**2
        line = DeltaLine(difference.estimate, own, other, covariance, difference.df)
        compared.append(Compared(strategy, difference, intervention, reference, line))
    return tuple(compared)


def _sample_model(comparison: Comparison, generator: np.random.Generator) -> ImputationModel:
    """The model of a bootstrap sample; drawn anew where a sample can't be fitted, a few times."""
    trial = comparison.trial
    arms = [np.flatnonzero(trial.intervention), np.flatnonzero(~trial.intervention)]
    reason: EstimateError | None = None
    for _ in range(MOST_ATTEMPTS):
        sample = trial.take(np.concatenate([generator.choice(people, people.size) for people in arms]))
        try:
            return replace(comparison, trial=sample).fit()
        except EstimateError as error:
            reason = error
    raise EstimateError(
        Sentence("Samples of these people can't be fitted: %(reason)s", reason=reason.sentence if reason else "")
    ) from reason
