"""Bias-reduced uncertainty of an estimate from several estimating equations, where people come in few clusters.

Question: how sure is a weighted or doubly robust difference when people come in few places?
Estimand: the sampling variance of c't, t the solution of the sum over people of psi(t) = 0 (propensity, chance of an
answer, outcome models and means, stacked).
Formula: with G the derivative of the sum, negated, G_j and psi_j those of cluster j, and b = G'^-1 c: the variance is the
sum over clusters of (b' A_j psi_j)^2, A_j = (I - G_j G^-1)^(-1/2). As the solution follows every cluster, psi_j is about
(I - G_j G^-1) e_j - G_j G^-1 (the other clusters' errors); A_j gives back what this takes. For least squares and logistic
regression this is CR2 itself. Satterthwaite's df, under a working model of independent people (arm and answer with the
variances of their logistic models, outcomes with one residual variance, what only depends on people's columns by its own
cross-products): with F_j the working covariance of e_j, F their sum, b_j = A_j' b and k_j = G'^-1 G_j' b_j,
P_ij = [i = j] b_i' F_i b_i - b_i' F_i k_j - k_i' F_j b_j + k_i' F k_j, df = (sum of P_jj)^2 / sum over i, j of P_ij^2.
Assumptions: clusters are independent of each other; the equations are near enough straight between estimate and truth.
Units: those of the estimate.
Missing data: the equations' own affair.
Errors: :class:`~outcomes.errors.EstimateError` under two clusters, where one cluster alone decides part of the estimate,
and where nothing varies.
Source: Kauermann & Carroll 2001, doi:10.1198/016214501753382309; Bell & McCaffrey 2002, Survey Methodology 28(2);
Pustejovsky & Tipton 2018, doi:10.1080/07350015.2016.1247004.
Checked: tests/reference/weighting (clubSandwich's CR2 of a logistic regression and of least squares, 1e-9), and a
simulation in tests/unit/analysis/test_influence_by_cluster.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
ComplexVector = NDArray[np.complex128]
ComplexMatrix = NDArray[np.complex128]

# a step this small along the imaginary axis gives derivatives to the last digit: nothing is subtracted
STEP = 1e-30
# what of a direction is left to the other clusters: under this, one cluster decides it alone
DECIDED_ALONE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class EstimatingEquations:
    """Stacked equations of an estimate. ``rows``: people x equations where the parameters deviate so far from their
    estimates (no deviation: the columns sum to zero).

    ``errors``: for each independent source of chance, people x equations: its standard deviation under the working model
    times what it does to the person's equations. ``n_parameters``: as many as equations.
    """

    rows: Callable[[ComplexVector], ComplexMatrix]
    errors: tuple[Matrix, ...]
    n_parameters: int


@dataclass(frozen=True, slots=True)
class ContrastUncertainty:
    """``std_error`` in the unit of the contrast, with Satterthwaite's degrees of freedom ``df``."""

    std_error: float
    df: float


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredEquations:
    """Equations summed per cluster: ``scores`` clusters x equations; ``shares`` (G_j G^-1), ``roots`` (square root of what
    they leave) and ``working`` (F_j) a matrix per cluster; ``total`` (G) of all."""

    scores: Matrix
    shares: NDArray[np.float64]
    roots: NDArray[np.float64]
    working: NDArray[np.float64]
    total: Matrix

    def uncertainty(self, contrast: Vector) -> ContrastUncertainty:
        """Bias-reduced standard error and degrees of freedom of ``contrast`` of the parameters."""
        carried = np.linalg.solve(self.total.T, contrast)
        adjusted = np.linalg.solve(self.roots.transpose(0, 2, 1), carried[None, :, None])[:, :, 0]
        variance = float((np.einsum("jp,jp->j", adjusted, self.scores) ** 2).sum())
        moved = np.einsum("jqp,jq->jp", self.shares, adjusted)
        mixed = np.einsum("jpq,jq->jp", self.working, adjusted)
        crossed = mixed @ moved.T
        own = np.diag(np.einsum("jp,jp->j", mixed, adjusted))
        products = own - crossed - crossed.T + moved @ self.working.sum(axis=0) @ moved.T
        trace = float(np.trace(products))
        if not (variance > 0.0 and trace > 0.0):
            raise EstimateError(
                Sentence("What was asked for doesn't vary between clusters, so no uncertainty can be worked out.")
            )
        return ContrastUncertainty(math.sqrt(variance), trace**2 / float((products**2).sum()))


def sum_by_cluster(equations: EstimatingEquations, codes: NDArray[np.int64]) -> ClusteredEquations:
    """The equations, their slopes and their working covariance per cluster; ``codes`` from ``cluster_codes``."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    if starts.size < 2:
        raise EstimateError(Sentence("Uncertainty between clusters needs at least two of them."))
    size = equations.n_parameters
    here = np.zeros(size, dtype=np.complex128)
    slopes = np.empty((starts.size, size, size))
    for parameter in range(size):
        there = here.copy()
        there[parameter] = 1j * STEP
        change = equations.rows(there).imag / STEP
        slopes[:, :, parameter] = -np.add.reduceat(change[order], starts, axis=0)
    working = np.zeros_like(slopes)
    for error in equations.errors:
        for place, part in enumerate(np.split(error[order], starts[1:])):
            working[place] += part.T @ part
    total = slopes.sum(axis=0)
    shares = np.linalg.solve(total.T, slopes.transpose(0, 2, 1)).transpose(0, 2, 1)
    scores = np.add.reduceat(equations.rows(here).real[order], starts, axis=0)
    return ClusteredEquations(scores, shares, np.array([_root(share) for share in shares]), working, total)


def _root(share: Matrix) -> Matrix:
    """Principal square root of what a cluster's ``share`` leaves to the others."""
    from scipy.linalg import sqrtm  # noqa: PLC0415 - scipy only where a number is worked out

    rest = np.eye(len(share)) - share
    if float(np.linalg.eigvals(rest).real.min()) <= DECIDED_ALONE:
        raise EstimateError(
            Sentence(
                "One cluster alone decides part of this comparison, so no uncertainty can be worked out. It takes people from"
                " at least two clusters in each group, and columns that vary in more than one cluster."
            )
        )
    return np.asarray(sqrtm(rest)).real
