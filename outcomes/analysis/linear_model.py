"""Linear model on a matrix of named columns, with the uncertainty that fits how the rows came about.

Question: how does the mean of a score go with the columns?
Estimand: coefficients of the best linear prediction of the score (weighted where weights are given).
Formula: b = (X' W X)^-1 X' W y by an orthogonal factorisation. Covariance: classical s^2 (X' W X)^-1; HC0 to HC3 (HC1 times
n / (n - p); HC2 and HC3 with residuals divided by the square root of 1 - h, and by 1 - h, h the leverage); CR0 to CR3
by cluster (:mod:`outcomes.analysis.cluster_robust`). t on n - p degrees of freedom; on J - 1 for CR0, CR1, CR1S and
CR3; Satterthwaite's for CR2, which is what clustered rows get unless another is asked for. F test of several contrasts,
HTZ for CR2.
Assumptions: rows are independent (clusters are, where given); classical also: the same spread everywhere.
Units: points per unit of the column. Weights have no unit: only their proportions matter.
Missing data: none may be missing here: the caller chooses the rows.
Errors: :class:`~outcomes.errors.EstimateError` for values that aren't finite, columns that follow from each other (they
are named), no rows to spare, a fit without residuals, a row that alone decides a coefficient (HC2, HC3).
No interval: clustered, under 4 degrees of freedom the limits are infinite and the p value is None, with a warning.
Source: MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7; Long & Ervin 2000, doi:10.1080/00031305.2000.10474549.
Checked: tests/reference/ancova (R's lm, sandwich) and tests/reference/cluster_robust (clubSandwich), 1e-9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.analysis.cluster_robust import (
    FEW_CLUSTERS,
    LEAST_DF,
    ClusterKind,
    ClusterScores,
    WaldTest,
    cluster_codes,
    cluster_scores,
    hotelling_test,
    quadratic_form,
)
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence


Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Rows = NDArray[np.intp]
RowKind = Literal["classical", "HC0", "HC1", "HC2", "HC3"]
VarianceKind = Literal["classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2", "CR3"]


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A fitted linear model. ``terms``: coefficients in points per unit of their column, in the order of the columns.

    ``covariance``: of the coefficients, by ``variance``. ``residual_variance``: points squared, on ``residual_df``.
    ``residual_sum_of_squares``: weighted where weights were given, these scaled to a mean of one; rows with weight
    zero don't count. ``n_clusters``: None where rows stand alone.
    """

    terms: tuple[TermEstimate, ...]
    coefficients: Vector
    covariance: Matrix
    variance: VarianceKind
    residual_df: int
    residual_variance: float
    residual_sum_of_squares: float
    n_observations: int
    n_clusters: int | None
    warnings: tuple[Sentence, ...]
    _to_basis: Matrix  # Z = X @ _to_basis, Z' W Z = I
    _clusters: ClusterScores | None

    def term(self, name: str) -> TermEstimate:
        """The estimate of the term called ``name``; KeyError where the model has none."""
        for term in self.terms:
            if term.term == name:
                return term
        raise KeyError(name)

    def estimate(self, weights: ArrayLike, term: str) -> TermEstimate:
        """The combination ``weights`` of the coefficients, called ``term``, with its uncertainty."""
        contrast = self._contrasts(weights)[0]
        variance = float(contrast @ self.covariance @ contrast)
        scale = float(np.abs(contrast) @ np.sqrt(np.diag(self.covariance)))
        if not variance > (1e-14 * scale) ** 2:
            raise EstimateError(
                Sentence(
                    "%(term)s doesn't vary in these data, so no uncertainty can be worked out. It needs people who"
                    " differ.",
                    term=term,
                )
            )
        df = self.degrees_of_freedom(contrast)
        found = t_estimate(term, float(contrast @ self.coefficients), math.sqrt(variance), df)
        if self._clusters is not None and df < LEAST_DF:
            return replace(found, ci_low=-math.inf, ci_high=math.inf, p_value=None)
        return found

    def degrees_of_freedom(self, weights: ArrayLike) -> float:
        """Degrees of freedom of a combination of the coefficients."""
        if self._clusters is None:
            return float(self.residual_df)
        if self.variance != "CR2":
            return float(self._clusters.n_clusters - 1)
        return self._clusters.satterthwaite_df(self._to_basis.T @ self._contrasts(weights)[0])

    def wald_test(self, contrasts: ArrayLike) -> WaldTest:
        """Whether all ``contrasts`` (one per row) are zero together: F test, HTZ where the variance is CR2."""
        from scipy.special import fdtrc  # noqa: PLC0415 - scipy only where a number is worked out

        rows = self._contrasts(contrasts)
        estimates = rows @ self.coefficients
        if self._clusters is not None and self.variance == "CR2":
            return hotelling_test(self._clusters, rows @ self._to_basis, estimates)
        statistic = quadratic_form(rows @ self.covariance @ rows.T, estimates) / rows.shape[0]
        df = float(self.residual_df if self._clusters is None else self._clusters.n_clusters - 1)
        known = self._clusters is None or df >= LEAST_DF
        p_value = float(fdtrc(rows.shape[0], df, statistic)) if known else None
        return WaldTest("F", statistic, float(rows.shape[0]), df, p_value)

    def _contrasts(self, weights: ArrayLike) -> Matrix:
        rows = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        if rows.ndim != 2 or rows.shape[1] != self.coefficients.size or not np.isfinite(rows).all():
            raise EstimateError(Sentence("A combination of coefficients needs one finite weight for each of them."))
        return rows


def fit_linear_model(
    response: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    *,
    weights: ArrayLike | None = None,
    cluster: Sequence[object] | None = None,
    variance: VarianceKind | None = None,
) -> LinearModel:
    """Fit ``response`` (points) on ``columns`` called ``terms``; HC3 by default, CR2 where ``cluster`` is given."""
    kind = _variance_kind(variance, clustered=cluster is not None)
    y, matrix, weight, rows = _checked(response, columns, terms, weights)
    basis, to_basis = orthonormal_basis(matrix, weight, tuple(terms))
    inner = basis.T @ (weight * y)
    # a second pass takes out what rounding left in the first: scores far from zero lose no digits
    residuals = y - basis @ inner
    correction = basis.T @ (weight * residuals)
    residuals = residuals - basis @ correction
    n_rows, n_columns = matrix.shape
    squares = float(weight @ residuals**2)
    if squares <= n_rows * (1e-13 * float(np.abs(y).max())) ** 2:
        raise EstimateError(
            Sentence("The model fits every score exactly, so no uncertainty can be worked out. It needs more people.")
        )
    clusters = None
    residual_variance = squares / (n_rows - n_columns)
    if cluster is not None:
        codes = cluster_codes(cluster, rows)
        clusters = cluster_scores(basis, weight, residuals, codes, cast("ClusterKind", kind))
        covariance = clusters.covariance
    else:
        covariance = _row_covariance(basis, weight, residuals, rows, cast("RowKind", kind))
    model = LinearModel(
        (),
        to_basis @ (inner + correction),
        to_basis @ covariance @ to_basis.T,
        kind,
        n_rows - n_columns,
        residual_variance,
        squares,
        n_rows,
        None if clusters is None else clusters.n_clusters,
        (),
        to_basis,
        clusters,
    )
    found = tuple(model.estimate(row, term) for row, term in zip(np.eye(n_columns), terms, strict=True))
    return replace(model, terms=found, warnings=_warnings(model, found))


def orthonormal_basis(matrix: Matrix, weights: Vector, terms: tuple[str, ...]) -> tuple[Matrix, Matrix]:
    """Z and T with Z = X T and Z' W Z = I; an error naming the columns that follow from those before them."""
    roots = np.sqrt(weights)
    scale = np.sqrt((matrix**2).T @ weights)
    dependent = [term for term, size in zip(terms, scale, strict=True) if not size > 0]
    if not dependent:
        q, r = np.linalg.qr(matrix / scale * roots[:, None])
        dependent = [term for term, size in zip(terms, np.abs(np.diag(r)), strict=True) if size < 1e-9]
    if dependent:
        raise EstimateError(
            Sentence(
                "%(columns)s can't be told apart from the rest of the model: all have the same value, or it follows"
                " from other columns. Leave it out, or get answers from people who differ in it.",
                columns=", ".join(dependent),
            )
        )
    basis = np.divide(q, roots[:, None], out=np.zeros_like(q), where=roots[:, None] > 0)
    return basis, np.linalg.inv(r) / scale[:, None]


def _variance_kind(variance: VarianceKind | None, *, clustered: bool) -> VarianceKind:
    kind = variance or ("CR2" if clustered else "HC3")
    if kind not in get_args(VarianceKind):
        raise EstimateError(
            Sentence(
                "There is no variance called %(name)s. Choose one of %(known)s.",
                name=kind,
                known=", ".join(get_args(VarianceKind)),
            )
        )
    if clustered and kind in get_args(RowKind):
        raise EstimateError(
            Sentence("%(name)s takes rows as independent. Where there are clusters, choose CR2.", name=kind)
        )
    if not clustered and kind not in get_args(RowKind):
        raise EstimateError(Sentence("%(name)s needs clusters. Say which column holds them.", name=kind))
    return kind


def _checked(
    response: ArrayLike, columns: ArrayLike, terms: Sequence[str], weights: ArrayLike | None
) -> tuple[Vector, Matrix, Vector, Rows]:
    """Response, columns and weights (mean one) of the rows with a weight, and which rows these are."""
    y, matrix = np.asarray(response, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    weight = np.ones(y.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if y.ndim != 1 or matrix.ndim != 2 or matrix.shape != (y.size, len(terms)) or weight.shape != y.shape:
        raise EstimateError(Sentence("Scores, columns, terms and weights must belong to the same rows and columns."))
    for name, values in (
        ("score", y[:, None]),
        ("weight", weight[:, None]),
        *zip(terms, matrix.T[:, :, None], strict=True),
    ):
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if bad.size:
            raise EstimateError(
                Sentence(
                    "%(column)s in row %(row)s isn't a finite number. Correct it, or leave the row out.",
                    column=name,
                    row=int(bad[0]) + 1,
                )
            )
    if (weight < 0).any():
        raise EstimateError(
            Sentence("The weight in row %(row)s is below zero. Correct it.", row=int(np.argmax(weight < 0)) + 1)
        )
    rows = np.flatnonzero(weight > 0)
    if rows.size <= matrix.shape[1]:
        raise EstimateError(
            Sentence(
                "A model with %(n_columns)s columns needs more than %(n_columns)s answers, and there are %(n_rows)s.",
                n_columns=matrix.shape[1],
                n_rows=rows.size,
            )
        )
    return y[rows], matrix[rows], weight[rows] / float(weight[rows].mean()), rows


def _row_covariance(basis: Matrix, weights: Vector, residuals: Vector, rows: Rows, kind: RowKind) -> Matrix:
    n_rows, n_columns = basis.shape
    if kind == "classical":
        alike: Matrix = float(weights @ residuals**2) / (n_rows - n_columns) * np.eye(n_columns)
        return alike
    score = weights * residuals
    if kind in ("HC2", "HC3"):
        left = 1 - weights * (basis**2).sum(axis=1)
        if left.min() < 1e-10:
            raise EstimateError(
                Sentence(
                    "Row %(row)s alone decides one of the coefficients, so its uncertainty can't be worked out. Leave out"
                    " the column that only this row has.",
                    row=int(rows[left.argmin()]) + 1,
                )
            )
        score = score / (np.sqrt(left) if kind == "HC2" else left)
    meat: Matrix = (basis * score[:, None]).T @ (basis * score[:, None])
    return meat * (n_rows / (n_rows - n_columns)) if kind == "HC1" else meat


def _warnings(model: LinearModel, found: tuple[TermEstimate, ...]) -> tuple[Sentence, ...]:
    warnings = []
    if model.n_clusters is not None and model.n_clusters < FEW_CLUSTERS and model.variance != "CR2":
        warnings.append(
            Sentence(
                "With %(n_clusters)s clusters the uncertainty by %(name)s isn't to be trusted: under %(least)s use CR2.",
                n_clusters=model.n_clusters,
                name=model.variance,
                least=FEW_CLUSTERS,
            )
        )
    without = [term.term for term in found if math.isinf(term.ci_low)]
    if without:
        warnings.append(
            Sentence(
                "No interval is given for %(terms)s: what the clusters tell of it has under %(least)s degrees of freedom."
                " Answers from more clusters would help.",
                terms=", ".join(without),
                least=int(LEAST_DF),
            )
        )
    return tuple(warnings)
