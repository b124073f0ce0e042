"""Standard errors and degrees of freedom of any contrast of the fixed effects.

Question: how uncertain is an estimate, the variances being estimates too?
Formula: covariance of the coefficients C = (X'V^-1X)^-1. Satterthwaite: df = 2 v^2 / (g'Ag) with v = w'Cw, g its gradient
in the variance parameters and A the inverse of half the observed curvature of the deviance; a parameter at its bound is
known, not estimated (as lmerTest, whose Cholesky coordinates vanish there). Kenward-Roger: covariance C + 2 C (sum over i, j
of W_ij (Q_ij - P_i C P_j)) C with W from the expected information of all variance parameters, P_i = -X'V^-1V_iV^-1X and
Q_ij = X'V^-1V_iV^-1V_jV^-1X; for one contrast df = 2 / (sum of W_ij a_i a_j), a_i = w'CP_iCw / w'Cw.
What the residual variance adds to these sums follows from W = W V W, without another pass.
Units: scaled response; df are counts. Errors: EstimateError where a contrast is zero.
Source: Satterthwaite 1946, doi:10.2307/3002019; Kuznetsova et al. 2017, doi:10.18637/jss.v082.i13; Kenward & Roger 1997,
doi:10.2307/2533558; Halekoh & Hojsgaard 2014, doi:10.18637/jss.v059.i09.
Checked: tests/reference/mixed_model (lmerTest, pbkrtest).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.likelihood import observed_curvature, variance_information
from outcomes.analysis.mixed_model.rows import Matrix

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.optimise import Optimum
    from outcomes.analysis.mixed_model.rows import Vector


class DegreesOfFreedom(StrEnum):
    """How the degrees of freedom are found."""

    SATTERTHWAITE = "satterthwaite"
    KENWARD_ROGER = "kenward-roger"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """``covariance`` of the coefficients (adjusted where Kenward-Roger); ``plain``: unadjusted; ``gradients[i]`` of
    ``plain`` in variance parameter i, whose covariance is ``parameters``. Without parameters df are infinite."""

    covariance: Matrix
    plain: Matrix
    gradients: NDArray[np.float64]
    parameters: Matrix

    def variance(self, weights: Vector) -> float:
        return float(weights @ self.covariance @ weights)

    def df(self, weights: Vector) -> float | None:
        """Degrees of freedom of the contrast; None for the normal distribution."""
        if self.gradients.shape[0] == 0:
            return None
        gradient = np.einsum("i,aij,j->a", weights, self.gradients, weights)
        return float(2 * (weights @ self.plain @ weights) ** 2 / (gradient @ self.parameters @ gradient))


def uncertainty(optimum: Optimum, n_rows: int, method: DegreesOfFreedom) -> Uncertainty:
    """What :class:`Uncertainty` needs, by ``method``."""
    if method is DegreesOfFreedom.SATTERTHWAITE:
        return _satterthwaite(optimum)
    if method is DegreesOfFreedom.KENWARD_ROGER:
        return _kenward_roger(optimum, n_rows)
    plain = optimum.profile.residual * optimum.profile.unscaled
    return Uncertainty(plain, plain, np.zeros((0, *plain.shape)), np.zeros((0, 0)))


def _satterthwaite(optimum: Optimum) -> Uncertainty:
    profile = optimum.profile
    p, residual, unscaled = profile.beta.size, profile.residual, profile.unscaled
    jacobian = optimum.coordinates.jacobian(optimum.x)[:, optimum.free]
    bend = 2 * np.einsum("a,aij->ij", profile.slope, optimum.coordinates.forms)
    whole = np.zeros((jacobian.shape[0] + 1, jacobian.shape[1] + 1))
    whole[:-1, :-1], whole[-1, -1] = jacobian, 1.0
    curvature = whole.T @ observed_curvature(profile) @ whole
    curvature[:-1, :-1] += bend[np.ix_(optimum.free, optimum.free)]
    plain = residual * unscaled
    inner = residual * (unscaled @ profile.moments.first[:, :p, :p] @ unscaled)
    gradients = np.concatenate([np.einsum("ac,aij->cij", jacobian, inner), unscaled[None]])
    return Uncertainty(plain, plain, gradients, 2 * _inverse(curvature))


def _kenward_roger(optimum: Optimum, n_rows: int) -> Uncertainty:
    profile = optimum.profile
    residual, unscaled = profile.residual, profile.unscaled
    found = variance_information(profile.moments, unscaled, n_rows)
    firsts, seconds = found.firsts, found.seconds
    inverse = _inverse(found.information)
    middle = 0.5 * np.einsum("ab,abij->ij", inverse, seconds)
    middle -= np.einsum("ab,aij,jk,bkl->il", inverse, firsts, unscaled, firsts, optimize=True)
    adjusted = residual * (unscaled + 4 * unscaled @ middle @ unscaled)
    plain = residual * unscaled
    return Uncertainty(adjusted, plain, residual * (unscaled @ firsts @ unscaled), 2 * inverse)


def _inverse(matrix: Matrix) -> Matrix:
    """Inverse of a symmetric matrix, in which directions that nothing is known of are left out."""
    size = np.sqrt(np.maximum(np.abs(np.diag(matrix)), 1e-300))
    values, vectors = np.linalg.eigh(matrix / np.outer(size, size))
    known = values > 1e-10
    inverse: Matrix = (vectors[:, known] / values[known]) @ vectors[:, known].T / np.outer(size, size)
    return inverse
