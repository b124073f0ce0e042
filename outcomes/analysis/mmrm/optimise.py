"""Finding the covariance that makes the scores most likely.

Question: at which covariance does the (restricted) likelihood have its top?
Formula: from pairwise moments, Newton's steps on the parameters of the covariance's form with the observed second
derivative, or with Fisher's expected one where the observed isn't positive definite; steps are halved until the covariance
is positive definite and the likelihood has risen. Where no step helps an unstructured covariance, one EM step does (Sigma -
Sigma (sum n_p W_p - M_p) Sigma / n: it stays positive definite and never lowers the likelihood). It ends where the score's
length in the metric of the information (how many standard errors the parameters are from the top) is under 1e-9; a small
rise of the likelihood is never taken for the end.
Assumptions: the top is inside the form's bounds. Units: working units.
Missing data: see the likelihood. Errors: :class:`NoTop` with a reason, which the caller makes a fall-back or an error of.
Source: Jennrich & Schluchter 1986, doi:10.2307/2530695; Lindstrom & Bates 1988, doi:10.1080/01621459.1988.10478693.
Checked: tests/reference/mmrm; tests/unit/analysis/test_mmrm.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mmrm.design import Matrix, Vector
from outcomes.analysis.mmrm.likelihood import (
    Evaluation,
    crossed_slopes,
    evaluate,
    expected_information,
    observed_information,
    score,
)
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mmrm.covariance import Covariance
    from outcomes.analysis.mmrm.working import WorkingSums

MOST_STEPS = 200
MOST_HALVINGS = 40
AT_THE_TOP = 1e-9
NEAR_THE_TOP = 1e-3  # from here rounding hides what a step adds to the likelihood
ROUNDING = 1e-6  # where steps no longer bring the score down, this near is the top
LEAST_SHARE = 1e-8  # least eigenvalue of the correlation matrix: under it, scores are copies of each other
NO_VARIANCE = 1e-12  # of the largest variance; rounding leaves no less
EXACT_COST = 2e7  # parameters * terms^3 above which steps leave out the dearest part of the second derivative


class NoTop(Exception):  # noqa: N818 - not an error yet: the caller may have another form to try
    """No covariance of this form could be settled; ``reason`` is a part of a sentence."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class Top:
    """Where the likelihood is highest: parameters, the evaluation there, and what inference needs of it.

    ``crossed``: q x p x p, L' X_g L. ``information``: q x q, observed. ``distance``: standard errors from the top.
    """

    theta: Vector
    at: Evaluation
    slopes: Matrix
    crossed: Matrix
    information: Matrix
    distance: float
    steps: int


def find_top(data: WorkingSums, form: Covariance, *, reml: bool) -> Top:
    """Newton's steps until the score is gone."""
    theta = form.start(_moments(data))
    at = _evaluate(data, form, theta, reml=reml)
    if at is None:
        raise NoTop(Sentence("no stable answer was found"))
    exact = len(theta) * data.n_terms**3 < EXACT_COST
    last = np.inf
    for taken in range(MOST_STEPS):
        gradient, information = _derivatives(data, form, theta, at, reml=reml, exact=exact)
        step, distance = _newton_step(data, form, theta, at, gradient, information)
        if distance < AT_THE_TOP or (distance < ROUNDING and distance > last / 4):
            return _settle(data, form, theta, at, distance, taken, reml=reml)
        found = _climb(data, form, theta, at, step, near=distance < NEAR_THE_TOP and distance < last, reml=reml)
        if found is None:
            raise NoTop(Sentence("no stable answer was found"))
        theta, at = found
        last = distance
    raise NoTop(Sentence("no stable answer was found"))


def _moments(data: WorkingSums) -> Matrix:
    """Variances and covariances of the residuals of a fit that takes every answer alone, pulled in to be definite."""
    plain = evaluate(data, np.eye(data.n_occasions), reml=False)
    together = (data.answered.T * data.n) @ data.answered
    products = plain.middle.sum(axis=0)  # with Sigma = I these are the residuals' products
    moments = products / np.maximum(together, 1.0)
    largest = float(np.diag(moments).max())
    if float(np.diag(moments).min()) <= NO_VARIANCE * largest:
        raise NoTop(Sentence("at one occasion the scores don't differ from what the columns say"))
    variances = np.maximum(np.diag(moments), 1e-6 * largest)
    np.fill_diagonal(moments, variances)
    scale = np.sqrt(np.outer(variances, variances))
    correlation = np.clip(moments / scale, -0.95, 0.95)
    np.fill_diagonal(correlation, 1.0)
    while np.linalg.eigvalsh(correlation)[0] < 0.02:
        correlation = 0.9 * correlation + 0.1 * np.eye(len(correlation))
    return np.asarray(correlation * scale, dtype=np.float64)


def _evaluate(data: WorkingSums, form: Covariance, theta: Vector, *, reml: bool) -> Evaluation | None:
    """The likelihood at ``theta``; None where there is no such covariance or it is all but singular."""
    if not (np.abs(theta) < 50).all() or not form.allows(theta):
        return None
    sigma = form.sigma(theta)
    variances = np.diag(sigma)
    if variances.min() <= 0 or np.linalg.eigvalsh(sigma / np.sqrt(np.outer(variances, variances)))[0] < LEAST_SHARE:
        return None
    try:
        return evaluate(data, sigma, reml=reml)
    except np.linalg.LinAlgError:
        return None


def _derivatives(
    data: WorkingSums, form: Covariance, theta: Vector, at: Evaluation, *, reml: bool, exact: bool
) -> tuple[Vector, Matrix]:
    slopes, rise = form.slopes(theta), score(data, at)
    crossed = crossed_slopes(data, at, slopes) if exact and reml else None
    information = observed_information(data, at, slopes, reml=reml, crossed=crossed) - form.bend(theta, rise)
    gradient: Vector = np.tensordot(slopes, rise, 2)
    return gradient, information


def _newton_step(
    data: WorkingSums, form: Covariance, theta: Vector, at: Evaluation, gradient: Vector, information: Matrix
) -> tuple[Vector, float]:
    """The step, and the score's length; by Fisher's information where the observed isn't positive definite."""
    step = _solve_definite(information, gradient)
    if step is None:
        step = _solve_definite(expected_information(data, at, form.slopes(theta)), gradient)
    if step is None:
        raise NoTop(Sentence("the answers can't tell its variances and covariances apart"))
    return step, math.sqrt(max(float(gradient @ step), 0.0))


def _solve_definite(matrix: Matrix, right: Vector) -> Vector | None:
    """The solution where ``matrix`` is safely positive definite, or None."""
    diagonal = np.diag(matrix)
    if not np.isfinite(matrix).all() or diagonal.min() <= 0:
        return None
    scale = np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if values[0] < 1e-12 * values[-1]:
        return None
    solution: Vector = (vectors @ ((vectors.T @ (right / scale)) / values)) / scale
    return solution


def _climb(
    data: WorkingSums, form: Covariance, theta: Vector, at: Evaluation, step: Vector, *, near: bool, reml: bool
) -> tuple[Vector, Evaluation] | None:
    """The step, halved until the covariance exists and the likelihood has risen; an EM step where none does."""
    share = 1.0
    for _ in range(MOST_HALVINGS):
        tried = theta + share * step
        there = _evaluate(data, form, tried, reml=reml)
        if there is not None and (near or there.log_likelihood > at.log_likelihood):
            return tried, there
        share /= 2
    return _em_step(data, form, at, reml=reml)


def _em_step(data: WorkingSums, form: Covariance, at: Evaluation, *, reml: bool) -> tuple[Vector, Evaluation] | None:
    moved = at.sigma + at.sigma @ (2 * score(data, at) / data.n.sum()) @ at.sigma
    if float(np.diag(moved).min()) <= 0:
        return None
    theta = form.start((moved + moved.T) / 2)
    there = _evaluate(data, form, theta, reml=reml)
    if there is None or there.log_likelihood <= at.log_likelihood:
        return None
    return theta, there


def _settle(
    data: WorkingSums, form: Covariance, theta: Vector, at: Evaluation, distance: float, steps: int, *, reml: bool
) -> Top:
    """The top with its exact observed information, which must be positive definite."""
    slopes = form.slopes(theta)
    crossed = crossed_slopes(data, at, slopes)
    information = observed_information(data, at, slopes, reml=reml, crossed=crossed)
    information = information - form.bend(theta, score(data, at))
    if _solve_definite(information, np.zeros(len(theta))) is None:
        raise NoTop(Sentence("the answers can't tell its variances and covariances apart"))
    return Top(theta, at, slopes, crossed, information, distance, steps)
