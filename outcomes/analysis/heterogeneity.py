"""Heterogeneity: how much do true effects differ between the places that gave estimates?

Question: of the spread between several estimates of the same thing, how much is more than chance in each?
Estimand: tau^2, the variance of the true effects around what the columns say of them (around one mean where there is
only an intercept).
Formula: y_i = x_i'b + u_i + e_i, u_i ~ N(0, tau^2), e_i ~ N(0, v_i) with v_i known; weights w = 1 / (v + tau^2),
P = W - W X (X'WX)^-1 X'W, Q = y'Py. REML: root of y'PPy = tr P; ML: root of y'PPy = sum w; Paule-Mandel and empirical
Bayes: root of Q = k - p; DerSimonian-Laird: (Q - (k - p)) / tr P at tau^2 = 0; Hunter-Schmidt: (Q - k) / sum w at 0;
Hedges: from the unweighted residuals; Sidik-Jonkman: Q at tau_0^2 = variance of y, times tau_0^2 / (k - p). Below zero is
zero. Q-profile interval: the tau^2 at which Q equals the 97.5th and the 2.5th percentile of chi-square on k - p.
Assumptions: estimates are independent, normal, and their variances known without error.
Units: tau^2 in squared units of the estimates.
Missing data: none allowed; an estimate that isn't there isn't in the synthesis.
Errors: :class:`~outcomes.errors.EstimateError` where a row's estimate or variance can't be used, where there are no more
estimates than columns, or where columns can't be told apart.
Source: Viechtbauer 2005, doi:10.3102/10769986030003261; Viechtbauer 2007, doi:10.1002/sim.2514; Paule & Mandel 1982,
doi:10.6028/jres.087.022; DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2.
Checked: tests/reference/meta_analysis (metafor; closed forms 1e-10, roots 1e-8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
POINTS_PER_DECADE = 6  # of the search for the highest likelihood, which can have more than one peak


class TauSquaredMethod(StrEnum):
    """How tau^2 is estimated. REML is the one to use; the others are there to compare with what others have used."""

    EQUAL_EFFECTS = "ee"
    REML = "reml"
    ML = "ml"
    PAULE_MANDEL = "pm"
    DERSIMONIAN_LAIRD = "dl"
    EMPIRICAL_BAYES = "eb"
    HUNTER_SCHMIDT = "hs"
    HEDGES = "he"
    SIDIK_JONKMAN = "sj"


@dataclass(frozen=True, slots=True)
class TauSquared:
    """``value``: tau^2 in squared units of the estimates; ``std_error`` of it, None where it was set to zero."""

    value: float
    std_error: float | None


@dataclass(frozen=True, slots=True)
class TauSquaredInterval:
    """95 % Q-profile interval of tau^2. ``empty``: even tau^2 = 0 would make the estimates spread more than they do."""

    low: float
    high: float
    empty: bool


@dataclass(frozen=True, slots=True, eq=False)
class StudyEstimates:
    """What is combined: k ``estimates`` with their sampling ``variances``, k x p ``columns`` (an intercept first), and
    the rows' ``names``."""

    estimates: Vector
    variances: Vector
    columns: Matrix
    names: tuple[str, ...]

    @property
    def df(self) -> int:
        """k - p: estimates less columns."""
        return int(self.columns.shape[0] - self.columns.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class WeightedFit:
    """The fit at one tau^2: ``weights``, coefficients ``beta``, ``unscaled`` = (X'WX)^-1, ``residuals`` and ``q``."""

    studies: StudyEstimates
    weights: Vector
    beta: Vector
    unscaled: Matrix
    residuals: Vector
    q: float

    def trace(self, diagonal: Vector) -> float:
        """tr(P D) for the diagonal of D."""
        return float(self.weights @ diagonal) - float(np.sum(self.unscaled * self._moment(self.weights**2 * diagonal)))

    def trace_of_two(self, first: Vector, second: Vector) -> float:
        """tr(P D P E) for the diagonals of D and E."""
        w, x = self.weights, self.studies.columns
        crossed = float(np.sum(self.unscaled * self._moment(w**3 * first * second)))
        a = self.unscaled @ ((x.T * (w**2 * first)) @ x)
        b = self.unscaled @ ((x.T * (w**2 * second)) @ x)
        return float(w**2 @ (first * second)) - 2 * crossed + float(np.sum(a * b.T))

    def _moment(self, diagonal: Vector) -> Matrix:
        x = self.studies.columns
        moment: Matrix = (x.T * diagonal) @ x
        return moment


def make_study_estimates(
    estimates: Sequence[float] | Vector,
    variances: Sequence[float] | Vector,
    names: Sequence[str] | None = None,
    columns: Matrix | None = None,
) -> StudyEstimates:
    """Checked input; rows are named by ``names``, or by their number from 1. ``columns`` None: an intercept alone."""
    y, v = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape or (names is not None and len(names) != y.size):
        raise EstimateError(
            Sentence("Each estimate needs its variance and its name: the columns have different lengths.")
        )
    labels = tuple(names) if names is not None else tuple(str(row + 1) for row in range(y.size))
    x = np.ones((y.size, 1)) if columns is None else np.asarray(columns, dtype=np.float64)
    wrong = _names_of(~np.isfinite(y), labels)
    if wrong:
        raise EstimateError(
            Sentence("The estimates in rows %(rows)s aren't finite numbers. Correct or leave out the rows.", rows=wrong)
        )
    wrong = _names_of(~(np.isfinite(v) & (v > 0)), labels)
    if wrong:
        raise EstimateError(
            Sentence(
                "The variances in rows %(rows)s aren't numbers above zero. Correct or leave out the rows.", rows=wrong
            )
        )
    _check_columns(x, labels)
    return StudyEstimates(y, v, x, labels)


def _check_columns(x: Matrix, names: tuple[str, ...]) -> None:
    """Refuse columns of the wrong length, with holes, too many, or that follow from each other."""
    if x.ndim != 2 or x.shape[0] != len(names):
        raise EstimateError(Sentence("Each estimate needs a value in each column of the model."))
    wrong = _names_of(~np.isfinite(x).all(axis=1), names)
    if wrong:
        raise EstimateError(
            Sentence(
                "The columns of the model lack finite numbers in rows %(rows)s. Correct or leave out the rows.",
                rows=wrong,
            )
        )
    if x.shape[0] <= x.shape[1]:
        raise EstimateError(
            Sentence(
                "A synthesis with %(columns)s coefficients needs at least %(needed)s estimates, and there are %(count)s.",
                columns=x.shape[1],
                needed=x.shape[1] + 1,
                count=x.shape[0],
            )
        )
    length = np.linalg.norm(x, axis=0)
    if (length == 0).any() or np.linalg.cond(x / length) > 1e10:
        raise EstimateError(
            Sentence("The columns of the model can't be told apart: one follows from the others. Leave one out.")
        )


def _names_of(wrong: NDArray[np.bool_] | np.bool_, names: tuple[str, ...]) -> str:
    return ", ".join(names[row] for row in np.flatnonzero(wrong))


def weighted_fit(studies: StudyEstimates, tau2: float, *, sampling: Vector | None = None) -> WeightedFit:
    """Weighted least squares with weights 1 / (v + tau^2); ``sampling`` stands in for v where given."""
    y, x = studies.estimates, studies.columns
    w = 1.0 / ((studies.variances if sampling is None else sampling) + tau2)
    root = np.sqrt(w)
    basis, triangle = np.linalg.qr(x * root[:, None])
    inverse = np.linalg.inv(triangle)
    beta = inverse @ (basis.T @ (y * root))
    residuals = y - x @ beta
    return WeightedFit(studies, w, beta, inverse @ inverse.T, residuals, float(w @ residuals**2))


def log_likelihood(studies: StudyEstimates, tau2: float, *, restricted: bool) -> float:
    """Log-likelihood at ``tau2``, with b at its best; ``restricted`` as metafor gives it (with |X'X|)."""
    fit = weighted_fit(studies, tau2)
    k, p = studies.columns.shape
    free = k - p if restricted else k
    value: float = 0.5 * float(np.log(fit.weights).sum()) - 0.5 * fit.q - 0.5 * free * math.log(2 * math.pi)
    if restricted:
        gram = studies.columns.T @ studies.columns
        value += 0.5 * float(np.linalg.slogdet(gram)[1] + np.linalg.slogdet(fit.unscaled)[1])
    return value


def estimate_tau_squared(studies: StudyEstimates, method: TauSquaredMethod) -> TauSquared:
    """tau^2 by ``method``, with its large-sample standard error; never below zero."""
    if method is TauSquaredMethod.EQUAL_EFFECTS:
        return TauSquared(0.0, None)
    if method in {TauSquaredMethod.REML, TauSquaredMethod.ML}:
        restricted = method is TauSquaredMethod.REML
        value = _most_likely(studies, restricted=restricted)
        fit, ones = weighted_fit(studies, value), np.ones(studies.estimates.size)
        information = fit.trace_of_two(ones, ones) if restricted else float(fit.weights @ fit.weights)
        return TauSquared(value, math.sqrt(2 / information))
    if method in {TauSquaredMethod.PAULE_MANDEL, TauSquaredMethod.EMPIRICAL_BAYES}:
        value = _root_of_q(studies, float(studies.df))
        weight = float(weighted_fit(studies, value).weights.sum())
        return TauSquared(value, math.sqrt(2 / studies.df) * studies.estimates.size / weight)
    return _from_moments(studies, method)


def _from_moments(studies: StudyEstimates, method: TauSquaredMethod) -> TauSquared:
    """The estimators in closed form: each solves one quadratic form in the estimates for tau^2."""
    k, df = studies.estimates.size, studies.df
    fit = weighted_fit(studies, 0.0)
    if method is TauSquaredMethod.DERSIMONIAN_LAIRD:
        trace = fit.trace(np.ones(k))
        return _moment_estimate((fit.q - df) / trace, trace, fit)
    if method is TauSquaredMethod.HUNTER_SCHMIDT:
        weight = float(fit.weights.sum())
        return _moment_estimate((fit.q - k) / weight, weight, fit)
    if method is TauSquaredMethod.HEDGES:
        fit = weighted_fit(studies, 0.0, sampling=np.ones(k))
        return _moment_estimate((fit.q - fit.trace(studies.variances)) / df, float(df), fit)
    start = float(studies.estimates.var())
    if start == 0.0:
        return TauSquared(0.0, 0.0)
    fit = weighted_fit(studies, start)
    return _moment_estimate(start * fit.q / df, df / start, fit)


def _moment_estimate(value: float, divisor: float, fit: WeightedFit) -> TauSquared:
    """``value`` with the standard error of the quadratic form that it was solved from, divided by ``divisor``."""
    value = max(value, 0.0)
    v, ones = fit.studies.variances, np.ones_like(fit.weights)
    own, crossed, between = fit.trace_of_two(v, v), fit.trace_of_two(v, ones), fit.trace_of_two(ones, ones)
    return TauSquared(value, math.sqrt(2 * own + 4 * value * crossed + 2 * value**2 * between) / divisor)


def _most_likely(studies: StudyEstimates, *, restricted: bool) -> float:
    """The tau^2 of highest likelihood over a grid, then the exact root of the slope beside it; 0 at the boundary."""

    def slope(tau2: float) -> float:
        fit = weighted_fit(studies, tau2)
        expected = fit.trace(np.ones_like(fit.weights)) if restricted else float(fit.weights.sum())
        return float(fit.weights**2 @ fit.residuals**2) - expected

    grid = _search_grid(studies, slope)
    best = max(range(len(grid)), key=lambda index: log_likelihood(studies, grid[index], restricted=restricted))
    if slope(grid[best]) > 0.0:  # the last point's slope is negative, so there is a next one
        return _root(slope, grid[best], grid[best + 1])
    # between neighbours of the grid the likelihood can't turn twice: it is smooth in the logarithm of tau^2
    return _root(slope, grid[best - 1], grid[best]) if best > 0 else 0.0


def _search_grid(studies: StudyEstimates, slope: Callable[[float], float]) -> list[float]:
    """0 and points evenly spaced in logarithm, from far below the least variance to where the slope is negative."""
    lowest = float(studies.variances.min()) * 1e-4
    highest = max(float(studies.estimates.var()), lowest) * 10
    while slope(highest) >= 0.0:
        highest *= 10
    points = max(int(POINTS_PER_DECADE * math.log10(highest / lowest)), POINTS_PER_DECADE) + 1
    return [0.0, *np.geomspace(lowest, highest, points).tolist()]


def _root_of_q(studies: StudyEstimates, target: float) -> float:
    """The tau^2 at which Q falls to ``target``; 0 where it is there already."""

    def excess(tau2: float) -> float:
        return weighted_fit(studies, tau2).q - target

    if excess(0.0) <= 0.0:
        return 0.0
    highest = max(float(studies.estimates.var()), float(studies.variances.min()))
    while excess(highest) > 0.0:
        highest *= 10
    return _root(excess, 0.0, highest)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415 - scipy only where a number is worked out

    return float(brentq(function, low, high, xtol=1e-14 * high, rtol=1e-14, maxiter=500))


def profile_interval(studies: StudyEstimates) -> TauSquaredInterval:
    """95 % Q-profile interval of tau^2."""
    from scipy.special import chdtri  # noqa: PLC0415 - scipy only where a number is worked out

    upper_quantile, lower_quantile = float(chdtri(studies.df, 0.025)), float(chdtri(studies.df, 0.975))
    empty = weighted_fit(studies, 0.0).q < lower_quantile
    return TauSquaredInterval(_root_of_q(studies, upper_quantile), _root_of_q(studies, lower_quantile), empty)
