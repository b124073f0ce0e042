"""Cluster-robust uncertainty: standard errors that hold where people in one place resemble each other.

Question: how sure is a coefficient when answers come in clusters (schools, providers, municipalities)?
Estimand: the sampling variance of the coefficients of a linear model, whatever the correlation within a cluster.
Formula: V = M (sum over clusters j of X_j' W_j A_j e_j e_j' A_j' W_j X_j) M, M = (X' W X)^-1, e the residuals. A_j is 1
(CR0), sqrt(J / (J - 1)) (CR1), sqrt(J (N - 1) / ((J - 1)(N - p))) (CR1S), the symmetric inverse square root of
(I - H)_j (I - H)_j' (CR2, which makes V unbiased where errors are independent and alike) or (I - H_jj)^-1 (CR3, the
jackknife), H = X M X' W. CR2 has Satterthwaite degrees of freedom: with g_j the vector for which the variance of c'b is
sum_j (g_j' e)^2 and P_ij = g_i' g_j, df = (sum_j P_jj)^2 / sum_ij P_ij^2. The others have J - 1. Several contrasts
together are tested by the approximate Hotelling T^2 (HTZ): F = (d - q + 1) / (d q) * Q on q and d - q + 1 degrees of
freedom, d = q (q + 1) / (sum of the variances of the elements of the standardised covariance matrix).
Assumptions: clusters are independent of each other; errors independent and alike are the working model for A and df
only. Under 4 degrees of freedom the t approximation doesn't hold: no interval and no p value is given then.
Units: those of the coefficients.
Missing data: none may be missing here; the caller chooses the rows.
Errors: :class:`~outcomes.errors.EstimateError` under two clusters, where leaving one cluster out leaves a coefficient
unknown (CR3), and where a contrast has no variance.
Source: Bell & McCaffrey 2002, Survey Methodology 28(2); Pustejovsky & Tipton 2018, doi:10.1080/07350015.2016.1247004.
Checked: tests/reference/cluster_robust (clubSandwich: 14 schools, 51 states, weights, singletons; 1e-9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
ClusterKind = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]

FEW_CLUSTERS = 40
LEAST_DF = 4.0
# an eigenvalue of (I - H)_j under this is a direction that the model fits exactly (a cluster's own fixed effect)
FITTED_EXACTLY = 1e-10


@dataclass(frozen=True, slots=True)
class WaldTest:
    """Whether several contrasts are zero together: ``statistic`` against F on ``df_numerator`` and ``df_denominator``.

    ``test``: ``HTZ`` for CR2, ``F`` otherwise. ``p_value`` is None where the denominator has under 4 degrees of freedom
    after clustering.
    """

    test: str
    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ClusterScores:
    """What clustered uncertainty is made of, in a basis Z of the columns for which Z' W Z = I; rows sorted by cluster.

    ``adjusted`` is A_j' W_j Z_j, row for row; ``starts`` where each cluster begins; ``covariance`` that of Z's
    coefficients.
    """

    basis: Matrix
    weights: Vector
    adjusted: Matrix
    starts: NDArray[np.int64]
    covariance: Matrix

    @property
    def n_clusters(self) -> int:
        return int(self.starts.size)

    @property
    def unweighted(self) -> bool:
        return bool((self.weights == 1.0).all())

    def satterthwaite_df(self, contrast: Vector) -> float:
        """Degrees of freedom of one contrast of the basis's coefficients."""
        parts = self._parts(contrast[None, :])
        trace = float(self._trace(parts, 0, 0))
        if not trace > 0.0:
            raise EstimateError(_no_variance())
        return trace**2 / self._product(parts, (0, 0), (0, 0))

    def hotelling_df(self, contrasts: Matrix) -> float:
        """Degrees of freedom d of the approximate Hotelling T^2 of several contrasts (rows)."""
        count = contrasts.shape[0]
        parts = self._parts(contrasts)
        expected = np.array([[self._trace(parts, s, t) for t in range(count)] for s in range(count)])
        values, vectors = np.linalg.eigh(expected)
        if values[0] <= 1e-12 * values[-1]:
            raise EstimateError(_no_variance())
        standardised = self._parts((vectors / np.sqrt(values)) @ vectors.T @ contrasts)
        total = sum(
            self._product(standardised, (s, s), (t, t)) + self._product(standardised, (s, t), (t, s))
            for s in range(count)
            for t in range(count)
        )
        return float(count * (count + 1) / total)

    def _parts(self, contrasts: Matrix) -> tuple[Matrix, list[Matrix], Matrix]:
        """Rows v = A' W Z c per contrast, their cluster sums with Z and W Z, and the middle of P = D + L N L'."""
        rows = self.adjusted @ contrasts.T
        both, size = self.basis, self.basis.shape[1]
        middle = -np.eye(size)
        if not self.unweighted:
            # without weights W Z is Z and Z' Z = I, and the middle comes down to -I
            weighted = self.basis * self.weights[:, None]
            both = np.hstack([self.basis, weighted])
            middle = np.block([[weighted.T @ weighted, middle], [middle, np.zeros((size, size))]])
        sums = [np.add.reduceat(both * row[:, None], self.starts, axis=0) for row in rows.T]
        return rows, sums, middle

    def _diagonals(self, parts: tuple[Matrix, list[Matrix], Matrix], s: int, t: int) -> tuple[Vector, Vector]:
        """Diagonals of D and of L N L' for contrasts s and t."""
        rows, sums, middle = parts
        own = np.add.reduceat(rows[:, s] * rows[:, t], self.starts)
        return own, np.einsum("jk,jk->j", sums[s] @ middle, sums[t])

    def _trace(self, parts: tuple[Matrix, list[Matrix], Matrix], s: int, t: int) -> float:
        own, shared = self._diagonals(parts, s, t)
        return float(own.sum() + shared.sum())

    def _product(
        self, parts: tuple[Matrix, list[Matrix], Matrix], first: tuple[int, int], second: tuple[int, int]
    ) -> float:
        """Sum over clusters i, j of P_st,ij times P_uv,ij, without making the J x J matrices."""
        (s, t), (u, v) = first, second
        _, sums, middle = parts
        own, shared = self._diagonals(parts, s, t)
        other_own, other_shared = self._diagonals(parts, u, v)
        crossed = np.trace(middle @ (sums[s].T @ sums[u]) @ middle @ (sums[v].T @ sums[t]))
        return float(own @ other_own + own @ other_shared + other_own @ shared + crossed)


def cluster_codes(cluster: Sequence[object], rows: NDArray[np.intp]) -> NDArray[np.int64]:
    """A number per cluster for the ``rows`` that are used; an error where one of them has no cluster."""
    labels = ["" if label is None or label != label else str(label).strip() for label in cluster]  # noqa: PLR0124 - NaN
    if rows.size and len(labels) <= int(rows.max()):
        raise EstimateError(Sentence("Each row needs a cluster: there are not as many clusters as rows."))
    for row in rows:
        if not labels[row]:
            raise EstimateError(
                Sentence("Row %(row)s has no cluster. Fill it in, or leave the row out.", row=int(row) + 1)
            )
    return np.unique(np.asarray(labels)[rows], return_inverse=True)[1].astype(np.int64)


def cluster_scores(
    basis: Matrix, weights: Vector, residuals: Vector, codes: NDArray[np.int64], kind: ClusterKind
) -> ClusterScores:
    """Clustered covariance of the coefficients of ``basis`` (Z' W Z = I); ``codes`` from :func:`cluster_codes`."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1)).astype(np.int64)
    if starts.size < 2:
        raise EstimateError(Sentence("Uncertainty between clusters needs at least two of them."))
    basis, weights, residuals = basis[order], weights[order], residuals[order]
    if kind == "CR2":
        adjusted = _bias_reduced(basis, weights, starts)
    elif kind == "CR3":
        adjusted = _jackknifed(basis, weights, starts)
    else:
        adjusted = basis * weights[:, None] * math.sqrt(_correction(kind, starts.size, *basis.shape))
    sums = np.add.reduceat(adjusted * residuals[:, None], starts, axis=0)
    return ClusterScores(basis, weights, adjusted, starts, sums.T @ sums)


def hotelling_test(scores: ClusterScores, contrasts: Matrix, estimates: Vector) -> WaldTest:
    """Approximate Hotelling T^2 test (HTZ) that all ``contrasts`` (rows, of the basis's coefficients) are zero."""
    from scipy.special import fdtrc  # noqa: PLC0415 - scipy only where a number is worked out

    count = contrasts.shape[0]
    wald = quadratic_form(contrasts @ scores.covariance @ contrasts.T, estimates)
    df = scores.hotelling_df(contrasts)
    df_denominator = df - count + 1
    if df_denominator <= 0:
        raise EstimateError(
            Sentence(
                "%(n_clusters)s clusters are too few to test %(n_contrasts)s differences together. Test fewer at a"
                " time, or get answers from more clusters.",
                n_clusters=scores.n_clusters,
                n_contrasts=count,
            )
        )
    statistic = df_denominator / (df * count) * wald
    known = df_denominator >= LEAST_DF
    p_value = float(fdtrc(count, df_denominator, statistic)) if known else None
    return WaldTest("HTZ", statistic, float(count), df_denominator, p_value)


def quadratic_form(covariance: Matrix, estimates: Vector) -> float:
    """``estimates`` squared in units of their covariance; an error where some combination of them has no variance."""
    scale = np.sqrt(np.diag(covariance))
    if not (scale > 0).all():
        raise EstimateError(_no_variance())
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    if values[0] < 1e-10:
        raise EstimateError(
            Sentence(
                "These differences can't be tested together: they follow from each other, or there are fewer clusters"
                " than differences. Test fewer at a time."
            )
        )
    rotated = vectors.T @ (estimates / scale)
    return float(rotated @ (rotated / values))


def _no_variance() -> Sentence:
    return Sentence("What was asked for doesn't vary between clusters, so no uncertainty can be worked out.")


def _correction(kind: ClusterKind, n_clusters: int, n_rows: int, n_columns: int) -> float:
    if kind == "CR0":
        return 1.0
    if kind == "CR1":
        return n_clusters / (n_clusters - 1)
    return n_clusters * (n_rows - 1) / ((n_clusters - 1) * (n_rows - n_columns))


def _bias_reduced(basis: Matrix, weights: Vector, starts: NDArray[np.int64]) -> Matrix:
    """A_j' W_j Z_j of CR2. (I - H)_j (I - H)_j' is I plus a matrix in the span of Z_j and W_j Z_j: only that is turned."""
    weighted = basis * weights[:, None]
    squares = weighted.T @ weighted
    unweighted = bool((weights == 1.0).all())
    adjusted = np.empty_like(basis)
    ends = np.append(starts[1:], basis.shape[0])
    alone = starts[ends - starts == 1]
    own = basis[alone]
    spread = 1 - 2 * weights[alone] * (own**2).sum(axis=1) + np.einsum("ij,jk,ik->i", own, squares, own)
    adjusted[alone] = weighted[alone] * _inverse_root(spread)[:, None]
    for start, end in zip(starts, ends, strict=True):
        if end - start == 1:
            continue
        if unweighted:
            span, plain = np.linalg.qr(basis[start:end])
            change = -plain @ plain.T
        else:
            span, factor = np.linalg.qr(np.hstack([basis[start:end], weighted[start:end]]))
            plain, heavy = np.hsplit(factor, 2)
            change = plain @ squares @ plain.T - plain @ heavy.T - heavy @ plain.T
        values, vectors = np.linalg.eigh(change)
        directions = span @ vectors
        part = weighted[start:end]
        adjusted[start:end] = part + (directions * (_inverse_root(1 + values) - 1)) @ (directions.T @ part)
    return adjusted


def _inverse_root(values: Vector) -> Vector:
    """Inverse square roots; zero for directions that the model fits exactly (the Moore-Penrose inverse)."""
    fitted = values <= FITTED_EXACTLY
    return np.where(fitted, 0.0, 1 / np.sqrt(np.where(fitted, 1.0, values)))


def _jackknifed(basis: Matrix, weights: Vector, starts: NDArray[np.int64]) -> Matrix:
    """A_j' W_j Z_j of CR3: W_j Z_j (I - Z_j' W_j Z_j)^-1, by Woodbury."""
    weighted = basis * weights[:, None]
    adjusted = np.empty_like(basis)
    unit = np.eye(basis.shape[1])
    for start, end in zip(starts, np.append(starts[1:], basis.shape[0]), strict=True):
        part = weighted[start:end]
        left = unit - basis[start:end].T @ part
        values, vectors = np.linalg.eigh(left)
        if values[0] <= FITTED_EXACTLY:
            raise EstimateError(
                Sentence(
                    "The jackknife (CR3) leaves out one cluster at a time, but without one of them a column of the model"
                    " can't be estimated. Use CR2."
                )
            )
        adjusted[start:end] = part @ ((vectors / values) @ vectors.T)
    return adjusted
