"""Propensity: each person's chance of having been in the intervention, given what was known beforehand.

Question: how likely was each person to get the intervention, judging by the columns? The same model gives the chance of
answering, for response weights.
Estimand: P(treated = 1 | columns).
Formula: logit P = x'b, maximum likelihood by Newton steps with halving on an orthonormal basis of the columns; covariance
(X' W X)^-1, W = P (1 - P). Each person's influence on b, (mean of W x x')^-1 x (treated - P), is carried into whatever
is worked out from P, so that its standard error knows that P was estimated.
Assumptions: the logistic form; everything that decided both who got the intervention and how it went is in the columns.
Units: terms in log odds per unit of their column; probabilities 0-1.
Missing data: none may be missing here: the caller chooses the rows.
Errors: :class:`~outcomes.errors.EstimateError` where one arm is empty, columns follow from each other, or columns tell
wholly who is in which arm (they are named): then there is nobody to compare with.
Source: Rosenbaum & Rubin 1983, doi:10.1093/biomet/70.1.41; Albert & Anderson 1984, doi:10.1093/biomet/71.1.1 (separation).
Checked: tests/reference/weighting (R's glm on LaLonde's data, 1e-9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.linear_model import orthonormal_basis
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

MOST_STEPS = 60
# beyond this log odds a probability is 0 or 1 to eight digits: time to ask whether the columns separate the arms
SUSPICIOUS = 18.0


@dataclass(frozen=True, slots=True, eq=False)
class PropensityModel:
    """A fitted logistic model. ``terms``: log odds per unit of the column, with normal intervals.

    ``probabilities``: chance of 1 per row (0-1). ``log_likelihood``: of the fit.
    """

    terms: tuple[TermEstimate, ...]
    probabilities: Vector
    log_likelihood: float
    _basis: Matrix
    _influence: Matrix
    _predictor: Vector

    @property
    def basis(self) -> Matrix:
        """Columns that the model was fitted in, orthonormal over the rows."""
        return self._basis

    @property
    def linear_predictor(self) -> Vector:
        """Log odds per row."""
        return self._predictor

    def carried(self, slopes: Vector) -> Vector:
        """What each person's influence on the probabilities does to a mean of which ``slopes`` are the rows' derivatives
        by the linear predictor."""
        influence: Vector = self._influence @ (self._basis.T @ slopes / slopes.size)
        return influence


def fit_propensity_model(treated: ArrayLike, columns: ArrayLike, terms: Sequence[str]) -> PropensityModel:
    """Logistic regression of ``treated`` (0 or 1) on ``columns`` called ``terms``, the first being the intercept."""
    arm, matrix = checked_arms(treated, columns, terms)
    basis, to_basis = orthonormal_basis(matrix, np.ones(arm.size), tuple(terms))
    inner, converged = _newton(basis, arm)
    predictor = basis @ inner
    if not converged or float(np.abs(predictor).max()) > SUSPICIOUS:
        _refuse_separation(arm, matrix, tuple(terms))
        if not converged:
            raise EstimateError(
                Sentence(
                    "The chance of being in the intervention couldn't be estimated. Use fewer columns, or wait for more"
                    " people."
                )
            )
    probabilities = _logistic(predictor)
    covariance = np.linalg.inv((basis.T * (probabilities * (1 - probabilities))) @ basis)
    influence = (basis * (arm - probabilities)[:, None]) @ covariance * arm.size
    return PropensityModel(
        _terms(terms, to_basis @ inner, to_basis @ covariance @ to_basis.T),
        probabilities,
        _log_likelihood(predictor, arm),
        basis,
        influence,
        predictor,
    )


def checked_arms(treated: ArrayLike, columns: ArrayLike, terms: Sequence[str]) -> tuple[Vector, Matrix]:
    """Arms as 0 and 1 and a finite matrix of columns; an error where either can't be used."""
    arm, matrix = np.asarray(treated, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    if arm.ndim != 1 or matrix.ndim != 2 or matrix.shape != (arm.size, len(terms)):
        raise EstimateError(Sentence("Arms, columns and terms must belong to the same rows and columns."))
    for row in np.flatnonzero((arm != 0) & (arm != 1))[:1]:
        raise EstimateError(
            Sentence("Row %(row)s belongs to neither arm: it must be 1 (in it) or 0 (not in it).", row=int(row) + 1)
        )
    for row, column in np.argwhere(~np.isfinite(matrix))[:1]:
        raise EstimateError(
            Sentence(
                "%(column)s in row %(row)s isn't a finite number. Correct it, or leave the row out.",
                column=terms[column],
                row=int(row) + 1,
            )
        )
    if min(arm.sum(), arm.size - arm.sum()) == 0:
        raise EstimateError(
            Sentence("Nobody is in one of the two arms, so there is nothing to compare. It needs both.")
        )
    return arm, matrix


def _newton(basis: Matrix, arm: Vector) -> tuple[Vector, bool]:
    """Coefficients of the basis, and whether the steps came to rest."""
    inner = np.zeros(basis.shape[1])
    value = _log_likelihood(basis @ inner, arm)
    for _ in range(MOST_STEPS):
        probability = _logistic(basis @ inner)
        information = (basis.T * (probability * (1 - probability))) @ basis
        gradient = basis.T @ (arm - probability)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return inner, False
        size = 1.0
        while size > 1e-6 and not _log_likelihood(basis @ (inner + size * step), arm) >= value - 1e-9 * abs(value):
            size /= 2
        inner = inner + size * step
        value = _log_likelihood(basis @ inner, arm)
        if float(gradient @ step) < 1e-18 * (1 + abs(value)):
            return inner, True
    return inner, False


def _logistic(predictor: Vector) -> Vector:
    small = np.exp(-np.abs(predictor))
    return np.where(predictor >= 0, 1 / (1 + small), small / (1 + small))


def _log_likelihood(predictor: Vector, arm: Vector) -> float:
    return float((arm * predictor - np.logaddexp(0.0, predictor)).sum())


def _terms(names: Sequence[str], estimates: Vector, covariance: Matrix) -> tuple[TermEstimate, ...]:
    found = []
    for name, estimate, variance in zip(names, estimates.tolist(), np.diag(covariance).tolist(), strict=True):
        found.append(normal_estimate(name, estimate, math.sqrt(variance)))
    return tuple(found)


def _refuse_separation(arm: Vector, matrix: Matrix, terms: tuple[str, ...]) -> None:
    """Raise where a combination of columns has all of one arm on one side, naming its columns."""
    names = separating_columns(arm, matrix, terms)
    if names:
        raise EstimateError(
            Sentence(
                "%(columns)s tells wholly who is in which arm, at least for some people: nobody like them is in the other"
                " arm. Leave it out, join rare categories, or compare only people who could have been in either.",
                columns=", ".join(names),
            )
        )


def separating_columns(arm: Vector, matrix: Matrix, terms: tuple[str, ...]) -> list[str]:
    """Columns that together have all of those with 1 on one side of those with 0: then a logistic model has no maximum.

    Empty where there is a maximum, however large its coefficients.
    """
    return _separating_alone(arm, matrix, terms) or _separating_together(arm, matrix, terms)


def _separating_alone(arm: Vector, matrix: Matrix, terms: tuple[str, ...]) -> list[str]:
    names = []
    for term, column in zip(terms, matrix.T, strict=True):
        first, second = column[arm == 1], column[arm == 0]
        if np.ptp(column) > 0 and (first.min() >= second.max() or second.min() >= first.max()):
            names.append(term)
    return names


def _separating_together(arm: Vector, matrix: Matrix, terms: tuple[str, ...]) -> list[str]:
    """Columns of a direction d with x'd >= 0 in one arm and <= 0 in the other, found by a linear program."""
    from scipy.optimize import linprog  # noqa: PLC0415 - scipy only where it is needed

    scaled = matrix / np.abs(matrix).max(axis=0)
    signed = scaled * np.where(arm == 1, 1.0, -1.0)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(arm.size), bounds=(-1, 1), method="highs")
    if found.x is None or float(signed.sum(axis=0) @ found.x) < 1e-7 * arm.size:
        return []
    constant = np.ptp(matrix, axis=0) == 0
    return [
        term
        for term, share, fixed in zip(terms, found.x.tolist(), constant.tolist(), strict=True)
        if abs(share) > 1e-7 and not fixed
    ]
