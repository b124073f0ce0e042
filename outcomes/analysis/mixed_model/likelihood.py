"""Profiled likelihood of a mixed model with its slope and curvature, from the sums in :mod:`moments`.

Question: how likely are the data at given relative variances, coefficients and residual variance at their best?
Formula: b = (X'WX)^-1 X'Wy, Q = (y - Xb)'W(y - Xb), residual variance Q / m with m = N - p (REML) or N (ML);
deviance = -2 log L = m (log(2 pi Q / m) + 1) + log|V| + [REML] log|X'WX|. Its derivatives in the relative variances
follow from dW = -W V_a W.
Units: scaled response squared for the residual variance. Errors: EstimateError where every score is fitted exactly.
Source: Harville 1977, doi:10.2307/2286796; Bates et al. 2015, doi:10.18637/jss.v067.i01.
Checked: tests/unit/analysis/test_mixed_model_moments.py (derivatives against differences).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.moments import Moments, collect_moments
from outcomes.analysis.mixed_model.rows import Matrix, Vector
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.statistics import PersonStatistics

EXACT = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One point of the likelihood: ``deviance``; ``slope`` in the relative variances; ``beta``; ``unscaled`` (X'WX)^-1;
    ``residual`` variance; ``quadratic_slope``: derivatives of Q; and the sums it was made of."""

    moments: Moments
    reml: bool
    size: int
    deviance: float
    slope: Vector
    beta: Vector
    unscaled: Matrix
    residual: float
    quadratic_slope: Vector

    @property
    def gamma(self) -> Vector:
        return self.moments.gamma


def evaluate(
    statistics: PersonStatistics,
    gamma: Vector,
    determinant: float | None = None,
    *,
    reml: bool,
    second: bool = False,
) -> Profile:
    """The likelihood at relative variances ``gamma`` (with their ``determinant``, where it is known to more digits)."""
    moments = collect_moments(statistics, gamma, determinant, second=second)
    p = statistics.n_terms
    size = statistics.n_rows - (p if reml else 0)
    information = moments.crossed[:p, :p]
    sign, log_det = np.linalg.slogdet(information)
    if not (sign > 0 and math.isfinite(log_det)):
        raise EstimateError(
            Sentence(
                "The model's columns can't be told apart in these answers. Fewer columns or more people would help."
            )
        )
    unscaled: Matrix = np.linalg.inv(information).astype(np.float64)
    beta = unscaled @ moments.crossed[:p, p]
    contrast = np.append(-beta, 1.0)
    quadratic = float(contrast @ moments.crossed @ contrast)
    residual = quadratic / size
    if not residual > EXACT:
        raise EstimateError(Sentence("The model fits every score exactly, so no uncertainty can be worked out."))
    deviance = size * (math.log(2 * math.pi * residual) + 1) + moments.log_det + (float(log_det) if reml else 0.0)
    quadratic_slope = -np.einsum("i,aij,j->a", contrast, moments.first, contrast)
    slope = moments.traces + quadratic_slope / residual
    if reml:
        slope = slope - np.einsum("ij,aji->a", unscaled, moments.first[:, :p, :p])
    return Profile(moments, reml, size, deviance, slope, beta, unscaled, residual, quadratic_slope)


def expected_curvature(profile: Profile, n_rows: int) -> Matrix:
    """Expected second derivatives of the deviance in the relative variances, residual variance profiled out (ML's)."""
    moments = profile.moments
    curvature: Matrix = moments.trace_pairs - np.outer(moments.traces, moments.traces) / n_rows
    return curvature


@dataclass(frozen=True, slots=True, eq=False)
class VarianceInformation:
    """Expected information of the relative variances and (last) the residual variance: ``pairs`` without regard to the
    coefficients, ``information`` once they have taken their part (restricted likelihood; times half). ``firsts`` and
    ``seconds``: X'WV_iWX and X'WV_iWV_jWX."""

    pairs: Matrix
    information: Matrix
    firsts: NDArray[np.float64]
    seconds: NDArray[np.float64]


def variance_information(moments: Moments, unscaled: Matrix, n_rows: int) -> VarianceInformation:
    """The residual variance is one more parameter, by W = W V W with V = I + sum of gamma_a V_a: no further pass."""
    if moments.second is None:
        raise ValueError("second derivatives weren't asked for")
    p, k, gamma = len(unscaled), len(moments.first), moments.gamma
    first, second = moments.first[:, :p, :p], moments.second[:, :, :p, :p]
    traces, pairs = np.empty(k + 1), np.empty((k + 1, k + 1))
    firsts, seconds = np.empty((k + 1, p, p)), np.empty((k + 1, k + 1, p, p))
    traces[:k], pairs[:k, :k], firsts[:k], seconds[:k, :k] = moments.traces, moments.trace_pairs, first, second
    traces[k] = n_rows - gamma @ traces[:k]
    pairs[:k, k] = pairs[k, :k] = traces[:k] - pairs[:k, :k] @ gamma
    pairs[k, k] = traces[k] - pairs[k, :k] @ gamma
    firsts[k] = moments.crossed[:p, :p] - np.einsum("a,aij->ij", gamma, first)
    seconds[:k, k] = seconds[k, :k] = 2 * first - np.einsum("abij,b->aij", second, gamma)
    seconds[k, k] = 2 * firsts[k] - np.einsum("aij,a->ij", seconds[:k, k], gamma)
    through = unscaled @ firsts
    information = pairs - np.einsum("ij,abji->ab", unscaled, seconds) + np.einsum("aij,bji->ab", through, through)
    return VarianceInformation(pairs, information, firsts, seconds)


def observed_curvature(profile: Profile) -> Matrix:
    """Second derivatives of the deviance in the relative variances and (last) the residual variance."""
    moments, p = profile.moments, profile.beta.size
    first, unscaled, residual = moments.first, profile.unscaled, profile.residual
    second = moments.second
    if second is None:
        raise ValueError("second derivatives weren't asked for")
    contrast = np.append(-profile.beta, 1.0)
    toward = np.einsum("aij,j->ai", first, contrast)[:, :p]
    quadratic = np.einsum("i,abij,j->ab", contrast, second, contrast) - 2 * toward @ unscaled @ toward.T
    k = len(first)
    curvature = np.empty((k + 1, k + 1))
    curvature[:k, :k] = -moments.trace_pairs + quadratic / residual
    if profile.reml:
        reduced = unscaled @ first[:, :p, :p]
        curvature[:k, :k] += np.einsum("ij,abji->ab", unscaled, second[:, :, :p, :p])
        curvature[:k, :k] -= np.einsum("aij,bji->ab", reduced, reduced)
    curvature[:k, k] = curvature[k, :k] = -profile.quadratic_slope / residual**2
    curvature[k, k] = profile.size / residual**2
    return curvature


def profiled_curvature(profile: Profile) -> Matrix:
    """Observed second derivatives in the relative variances, residual variance profiled out."""
    whole = observed_curvature(profile)
    curvature: Matrix = whole[:-1, :-1] - np.outer(whole[:-1, -1], whole[:-1, -1]) / whole[-1, -1]
    return curvature
