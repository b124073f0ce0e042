"""Linear mixed model with a random intercept per person, baseline-adjusted, by restricted maximum likelihood.

Question: how do the scores after the start differ between those with the intervention and those with the comparison,
given where each person began?
Estimand: the coefficient of the arm: the mean difference in score over the follow-up occasions between two persons
alike in baseline score, time and covariates, had everybody answered (treatment as allocated, whatever happened later).
Formula: y_ij = x_ij'b + u_i + e_ij, u_i ~ N(0, between), e_ij ~ N(0, within). With ratio q = between / within, person
i's inverse covariance is (I - q / (1 + n_i q) J) / within; b and within are profiled out and
-2 logL = (N - p)(log(2 pi within) + 1) + sum log(1 + n_i q) + log|X'WX|, W at within = 1. Standard errors are those of
(X'V^-1X)^-1. Satterthwaite: df = 2 v^2 / (g'Ag), v = var(c'b), g its gradient in the two variances and A the inverse of
their observed information, all as closed sums over persons.
Assumptions: missing answers depend on what was seen (MAR); answers of one person are equally alike whatever the time
between them; normal errors.
Units: points; sign is that of the raw score (negative: lower in the intervention), whatever direction is better.
Missing data: every person with a baseline and one later answer counts; missing covariates leave a person out, counted.
Errors: :class:`~outcomes.errors.EstimateError` where there are too few persons or answers, no variation, columns that
can't be separated, or no convergence.
Source: Laird & Ware 1982, doi:10.2307/2529876; Satterthwaite 1946, doi:10.2307/3002019; Kuznetsova et al. 2017,
doi:10.18637/jss.v082.i13.
Checked: tests/reference/mixed_model (lme4 and lmerTest on a trial with half lost, and on sleepstudy).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.design_matrix import Matrix, ModelData, Vector
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.mixed_model_inference import satterthwaite_df
from outcomes.analysis.results import MixedModelFit, TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATIOS = (0.0, *(10.0**power for power in range(-6, 7)))


@dataclass(frozen=True, slots=True, eq=False)
class PersonSums:
    """Sums per person that the likelihood needs: ``n`` answers, columns' sums ``x`` (persons x terms), response sum
    ``y``; and the plain cross-products over all rows."""

    n: Vector
    x: Matrix
    y: Vector
    xx: Matrix
    xy: Vector
    yy: float
    n_rows: int

    @property
    def n_terms(self) -> int:
        return int(self.x.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The likelihood at one variance ratio: deviance (-2 logL), its slope in the ratio, coefficients, (X'WX)^-1 and the
    variance within a person (points squared)."""

    deviance: float
    slope: float
    beta: Vector
    unscaled: Matrix
    within: float


def fit_mixed_model(data: ModelData, *, reml: bool = True) -> MixedModelFit:
    """Fit the model to ``data``; see the module's head for method and errors."""
    _check_size(data)
    basis, triangle = np.linalg.qr(data.columns)  # orthonormal columns: the same fit, without loss of digits
    scale = float(np.std(data.response))
    if scale == 0.0:
        raise EstimateError(
            Sentence("All scores are the same, so nothing can be compared. It needs scores that differ.")
        )
    sums = person_sums(basis, (data.response - data.response.mean()) / scale, data.subject)
    separable = bool((sums.n > 1).any())
    ratio = _best_ratio(sums, _starting_ratio(data, reml=reml), reml=reml) if separable else 0.0
    profile = profile_at(sums, ratio, reml=reml)
    back = np.linalg.inv(triangle)
    beta = back @ (profile.beta * scale + basis.T @ np.full(len(basis), data.response.mean()))
    covariance = profile.within * scale**2 * (back @ profile.unscaled @ back.T)
    df = satterthwaite_df(sums, ratio, profile, back, reml=reml)
    log_likelihood = -0.5 * profile.deviance - (sums.n_rows - (sums.n_terms if reml else 0)) * math.log(scale)
    if reml:
        log_likelihood -= float(np.log(np.abs(np.diag(triangle))).sum())
    return MixedModelFit(
        formula=data.formula,
        terms=_terms(data.terms, beta, covariance, df),
        variance_between=ratio * profile.within * scale**2,
        variance_within=profile.within * scale**2,
        log_likelihood=log_likelihood,
        reml=reml,
        singular=ratio == 0.0,
        n_subjects=data.n_subjects,
        n_observations=sums.n_rows,
        n_incomplete=data.n_incomplete,
        warnings=_warnings(separable=separable, singular=ratio == 0.0),
    )


def person_sums(columns: Matrix, response: Vector, subject: NDArray[np.int64]) -> PersonSums:
    """Sums per person of columns and response; ``subject`` numbers the persons from 0."""
    persons = int(subject.max()) + 1
    x = np.column_stack([_sum_by(subject, column, persons) for column in columns.T])
    return PersonSums(
        _sum_by(subject, np.ones(response.size), persons),
        x,
        _sum_by(subject, response, persons),
        columns.T @ columns,
        columns.T @ response,
        float(response @ response),
        response.size,
    )


def _sum_by(subject: NDArray[np.int64], values: Vector, persons: int) -> Vector:
    return np.bincount(subject, weights=values, minlength=persons).astype(np.float64)


def profile_at(sums: PersonSums, ratio: float, *, reml: bool) -> Profile:
    """Deviance and what belongs to it at ``ratio`` = between / within."""
    shrink = ratio / (1.0 + sums.n * ratio)
    slope_weight = 1.0 / (1.0 + sums.n * ratio) ** 2
    information = sums.xx - (sums.x.T * shrink) @ sums.x
    unscaled: Matrix = np.linalg.inv(information).astype(np.float64)
    beta = unscaled @ (sums.xy - sums.x.T @ (shrink * sums.y))
    residual = sums.y - sums.x @ beta
    total = sums.yy - 2 * float(beta @ sums.xy) + float(beta @ sums.xx @ beta)
    weighted = total - float(shrink @ residual**2)
    size = sums.n_rows - (sums.n_terms if reml else 0)
    within = weighted / size
    if not within > 1e-14:
        raise EstimateError(Sentence("The model fits every score exactly, so no uncertainty can be worked out."))
    deviance = size * (math.log(2 * math.pi * within) + 1) + float(np.log1p(sums.n * ratio).sum())
    slope = float((sums.n / (1.0 + sums.n * ratio)).sum()) - float(slope_weight @ residual**2) / within
    if reml:
        deviance += float(np.linalg.slogdet(information)[1])
        slope -= float(np.einsum("ij,jk,ik,i->", sums.x, unscaled, sums.x, slope_weight))
    return Profile(deviance, slope, beta, unscaled, within)


def _best_ratio(sums: PersonSums, start: float | None, *, reml: bool) -> float:
    """The ratio with the lowest deviance: statsmodels and a coarse grid tell where about, the slope's root exactly."""
    from scipy.optimize import brentq  # noqa: PLC0415 - scipy only where a model is fitted

    grid = sorted({*RATIOS, start} if start is not None else set(RATIOS))
    best = min(range(len(grid)), key=lambda index: profile_at(sums, grid[index], reml=reml).deviance)
    if best == len(grid) - 1:
        raise EstimateError(
            Sentence("Each person's scores are all but the same at every time, so the model finds no answer.")
        )
    low, high = grid[max(best - 1, 0)], grid[best + 1]

    def slope(ratio: float) -> float:
        return profile_at(sums, ratio, reml=reml).slope

    if low == 0.0 and slope(0.0) >= 0.0 and best == 0:
        return 0.0
    if slope(low) >= 0.0 or slope(high) <= 0.0:
        raise EstimateError(Sentence("The model didn't find a stable answer. More answers per person would help."))
    return float(brentq(slope, low, high, xtol=1e-14, rtol=1e-13))


def _starting_ratio(data: ModelData, *, reml: bool) -> float | None:
    """The ratio where statsmodels' optimiser ends; None where it doesn't end (the grid then does its work alone)."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415 - costs over a second

    with warnings.catch_warnings():
        # what statsmodels warns of (boundary, no convergence) is judged by our own exact likelihood afterwards
        warnings.simplefilter("ignore")
        try:
            fit = MixedLM(data.response, data.columns, groups=data.subject).fit(reml=reml, method=["lbfgs"])
            ratio = float(fit.cov_re[0, 0] / fit.scale)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
            return None
    return ratio if math.isfinite(ratio) and RATIOS[1] < ratio < RATIOS[-1] else None


def _check_size(data: ModelData) -> None:
    if not (np.isfinite(data.response).all() and np.isfinite(data.columns).all()):
        raise EstimateError(Sentence("A value isn't a finite number. Correct it or leave it out."))
    if data.n_subjects <= len(data.terms) + 1 or data.response.size <= len(data.terms) + 1:
        raise EstimateError(
            Sentence(
                "The model estimates %(terms)s numbers from the answers of %(persons)s people: too few. More people,"
                " or fewer background values in the plan, would make it possible.",
                terms=len(data.terms) + 2,
                persons=data.n_subjects,
            )
        )


def _terms(names: tuple[str, ...], beta: Vector, covariance: Matrix, df: Vector) -> tuple[TermEstimate, ...]:
    return tuple(
        t_estimate(name, float(value), math.sqrt(variance), float(freedom))
        for name, value, variance, freedom in zip(names, beta, np.diag(covariance), df, strict=True)
    )


def _warnings(*, separable: bool, singular: bool) -> tuple[Sentence, ...]:
    if not separable:
        return (
            Sentence(
                "Everybody has one later answer only, so differences between people and within a person can't be told"
                " apart: the fit is an analysis of covariance."
            ),
        )
    if singular:
        return (
            Sentence(
                "The variation between people was estimated at zero: a person's answers were no more alike than those"
                " of different people."
            ),
        )
    return ()
