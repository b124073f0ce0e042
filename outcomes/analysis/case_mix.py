"""Case mix: what outcome would one expect of just these people, whoever helped them?

Question: what outcome do people with this background have on average, over all providers?
Estimand: expected outcome given covariates, among the people of all providers together.
Formula: yes/no: log odds = intercept + covariates (maximum likelihood by Newton steps); scores: least squares. The
provider is never a covariate. What a provider's people had is held against it in
:mod:`outcomes.analysis.standardised_ratio`.
Assumptions: covariates are known at the start and not made by the help; the model's form is near enough.
Units: log odds, or points, per unit of the covariate; probabilities 0-1.
Missing data: people without outcome or covariate are an error with their row; leave them out, and say how many.
Errors: :class:`~outcomes.errors.EstimateError` for columns that can't be told apart, outcomes that the columns foretell
wholly, and values that aren't numbers.
Source: Breslow & Day 1987, IARC Scientific Publications 82; Spiegelhalter 2005, doi:10.1002/sim.1970.
Checked: tests/reference/funnel (5,595 operations: R's glm and lm, 1e-9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.propensity import SUSPICIOUS, separating_columns
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MOST_STEPS = 50


class CaseMixKind(StrEnum):
    """What kind of outcome is expected."""

    YES_NO = "yes_no"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class CaseMixModel:
    """Expected outcome by covariates, fitted to ``n`` people of all providers.

    ``terms``: log odds per unit of the covariate (yes/no), or points per unit (scores). ``residual_sd`` in points, None
    for yes/no.
    """

    kind: CaseMixKind
    terms: tuple[TermEstimate, ...]
    log_likelihood: float
    residual_sd: float | None
    n: int

    def expected(self, covariates: Sequence[Sequence[float]] | Matrix) -> Vector:
        """Expected outcome of each person: a probability (yes/no), or points."""
        columns = _read_columns(covariates, len(self.terms) - 1)
        linear = columns @ np.array([term.estimate for term in self.terms])
        return _probability(linear) if self.kind is CaseMixKind.YES_NO else linear


def fit_case_mix(
    outcomes: Sequence[float] | Vector,
    covariates: Sequence[Sequence[float]] | Matrix,
    names: Sequence[str],
    *,
    kind: CaseMixKind,
) -> CaseMixModel:
    """Model of the expected outcome; ``covariates`` has a row per person and a column for each of ``names``."""
    columns = _read_columns(covariates, len(names))
    values = np.asarray(outcomes, dtype=float)
    terms = ("Intercept", *names)
    _check_rows(values, columns, kind)
    _check_columns(columns, terms)
    return _fit_yes_no(values, columns, terms) if kind is CaseMixKind.YES_NO else _fit_score(values, columns, terms)


def _fit_yes_no(values: Vector, columns: Matrix, terms: tuple[str, ...]) -> CaseMixModel:
    """Newton steps on standardised columns; where these separate the outcomes there is no maximum, and an error."""
    if values.min() == values.max():
        raise EstimateError(
            Sentence("Everybody has the same outcome, so nothing can be expected of anybody's background.")
        )
    standard, back = _standardise(columns)
    beta = np.zeros(columns.shape[1])
    share = float(values.mean())
    beta[0] = math.log(share / (1 - share))
    for _ in range(MOST_STEPS):
        probability = _probability(standard @ beta)
        information = (standard.T * (probability * (1 - probability))) @ standard
        if np.linalg.cond(information) > 1e14:
            break
        step = np.linalg.solve(information, standard.T @ (values - probability))
        beta += step * min(1.0, 5.0 / float(np.abs(step).max() or 1.0))
        if float(np.abs(step).max()) < 1e-11 * (1 + float(np.abs(beta).max())):
            linear = standard @ beta
            if float(np.abs(linear).max()) > SUSPICIOUS:
                _refuse_separation(values, columns, terms)
            covariance = back @ np.linalg.inv(information) @ back.T
            likelihood = float((values * linear - np.logaddexp(0.0, linear)).sum())
            estimates = _normal_terms(terms, back @ beta, np.sqrt(np.diag(covariance)))
            return CaseMixModel(CaseMixKind.YES_NO, estimates, likelihood, None, values.size)
    _refuse_separation(values, columns, terms)
    raise EstimateError(
        Sentence(
            "Expected values couldn't be worked out from this background. Use fewer columns, or wait for more people."
        )
    )


def _refuse_separation(values: Vector, columns: Matrix, terms: tuple[str, ...]) -> None:
    names = separating_columns(values, columns, terms)
    if names:
        raise EstimateError(
            Sentence(
                "Background foretells the outcome wholly for some people, so expected values can't be worked out. Leave out"
                " a column (one of %(columns)s), join its groups, or wait for more people.",
                columns=", ".join(names),
            )
        )


def _fit_score(values: Vector, columns: Matrix, terms: tuple[str, ...]) -> CaseMixModel:
    standard, back = _standardise(columns)
    beta = np.linalg.lstsq(standard, values, rcond=None)[0]
    residuals = values - standard @ beta
    df = values.size - columns.shape[1]
    total = float(residuals @ residuals)
    # What least squares leaves where the columns give the scores exactly is rounding, not spread.
    if df < 1 or not total > 1e-20 * max(float(values @ values), 1e-300):
        raise EstimateError(
            Sentence("The scores don't vary beyond what background says, so nothing can be compared. Add more people.")
        )
    sigma = math.sqrt(total / df)
    errors = sigma * np.sqrt(np.diag(back @ np.linalg.inv(standard.T @ standard) @ back.T))
    estimates = tuple(
        t_estimate(*row, float(df)) for row in zip(terms, (back @ beta).tolist(), errors.tolist(), strict=True)
    )
    likelihood = -values.size / 2 * (math.log(2 * math.pi * total / values.size) + 1)
    return CaseMixModel(CaseMixKind.SCORE, estimates, likelihood, sigma, values.size)


def _normal_terms(terms: tuple[str, ...], estimates: Vector, errors: Vector) -> tuple[TermEstimate, ...]:
    return tuple(
        normal_estimate(term, estimate, error)
        for term, estimate, error in zip(terms, estimates.tolist(), errors.tolist(), strict=True)
    )


def _standardise(columns: Matrix) -> tuple[Matrix, Matrix]:
    """Columns with mean 0 and standard deviation 1, and the matrix that takes their coefficients back."""
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    mean[0], spread[0] = 0.0, 1.0
    back = np.diag(1 / spread)
    back[0, 1:] = -mean[1:] / spread[1:]
    return (columns - mean) / spread, back


def _probability(linear: Vector) -> Vector:
    result: Vector = np.exp(-np.logaddexp(0.0, -linear))
    return result


def _read_columns(covariates: Sequence[Sequence[float]] | Matrix, number: int) -> Matrix:
    given = np.asarray(covariates, dtype=float)
    if given.ndim != 2 or given.shape[1] != number:
        raise EstimateError(
            Sentence("Background needs a row for each person and %(columns)s columns, as named.", columns=number)
        )
    return np.column_stack([np.ones(given.shape[0]), given])


def _check_rows(values: Vector, columns: Matrix, kind: CaseMixKind) -> None:
    if values.shape != (columns.shape[0],) or values.size == 0:
        raise EstimateError(Sentence("Every person needs both an outcome and background, and there must be somebody."))
    wrong = np.flatnonzero(~(np.isfinite(values) & np.isfinite(columns).all(axis=1)))
    if wrong.size:
        raise EstimateError(
            Sentence(
                "Row %(row)s lacks an outcome or background that is a number. Leave the person out, or fill it in.",
                row=int(wrong[0]) + 1,
            )
        )
    neither = np.flatnonzero((values != 0) & (values != 1))
    if kind is CaseMixKind.YES_NO and neither.size:
        raise EstimateError(Sentence("The outcome in row %(row)s is neither 0 nor 1.", row=int(neither[0]) + 1))


def _check_columns(columns: Matrix, terms: tuple[str, ...]) -> None:
    """Raise where a column is a combination of those before it, naming each."""
    scaled = columns / np.where(columns.any(axis=0), np.abs(columns).max(axis=0), 1.0)
    dependent = []
    for index in range(1, len(terms)):
        column, before = scaled[:, index], scaled[:, :index]
        rest = column - before @ np.linalg.lstsq(before, column, rcond=None)[0]
        if float(np.linalg.norm(rest)) <= 1e-9 * max(float(np.linalg.norm(column)), 1.0):
            dependent.append(terms[index])
    if dependent:
        raise EstimateError(
            Sentence(
                "%(columns)s can't be told apart from the rest of the background: all have the same value, or it follows"
                " from other columns. Leave it out.",
                columns=", ".join(dependent),
            )
        )
