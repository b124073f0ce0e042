"""How sure a coefficient or contrast of a model of planned occasions is: Satterthwaite, Kenward-Roger, normal.

Question: how far may an estimate be from the truth, given that the covariance was estimated too?
Formula: Phi = (X'V^-1X)^-1; variance of c'b is v = c' Phi c. Satterthwaite: df = 2 v^2 / (g'Ag), g the derivative of v in
the covariance's parameters (g_h = c' Phi X_h Phi c) and A the inverse of the observed information of the same (restricted)
likelihood. Kenward-Roger-linear: Phi is replaced in v by Phi + 2 Phi (sum A_gh (Q_gh - X_g Phi X_h)) Phi, Q_gh =
X'V^-1 V_g V^-1 V_h V^-1 X; for one contrast its df are Satterthwaite's. *Non-linear* Kenward-Roger also takes
1/4 sum A_gh X'V^-1 V_gh V^-1 X off Q, V_gh the second derivatives in the logs of the Cholesky factor's diagonal and
the elements of its unit lower triangle; it depends on that choice, the linear one doesn't.
Assumptions: those of the model. Units: working units of the likelihood.
Missing data: as the model. Errors: :class:`~outcomes.errors.EstimateError` where non-linear Kenward-Roger is asked of a
covariance that isn't unstructured.
Source: Fai & Cornelius 1996, doi:10.1080/00949659608811740; Kenward & Roger 1997, doi:10.2307/2533558; Kenward & Roger
2009, doi:10.1016/j.csda.2008.12.013.
Checked: tests/reference/mmrm (R's mmrm).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from outcomes.analysis.mmrm.covariance import CovarianceForm
from outcomes.analysis.mmrm.design import Matrix, Vector
from outcomes.analysis.mmrm.likelihood import mean_slopes
from outcomes.analysis.mmrm.working import WorkingSums, cross_product
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mmrm.optimise import Top


class DfMethod(StrEnum):
    """How variance and degrees of freedom are made."""

    SATTERTHWAITE = "satterthwaite"
    KENWARD_ROGER = "kenward-roger"
    KENWARD_ROGER_NONLINEAR = "kenward-roger-nonlinear"
    NORMAL = "normal"


class Uncertainty(Protocol):
    """Variance and degrees of freedom of contrasts: rows of ``weights`` (t x p) on the working coefficients."""

    @property
    def covariance(self) -> Matrix: ...

    @property
    def robust(self) -> bool:
        """True where it comes from how independent units differ: few of them give no interval."""
        ...

    def degrees_of_freedom(self, weights: Matrix) -> Vector | None:
        """Per contrast; None where the normal distribution is meant."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ModelUncertainty:
    """From the model itself. ``root``: L with Phi = L L'; ``parameters``: A; ``covariance``: Phi, adjusted where asked."""

    covariance: Matrix
    root: Matrix
    crossed: Matrix
    parameters: Matrix
    normal: bool

    @property
    def robust(self) -> bool:
        return False

    def degrees_of_freedom(self, weights: Matrix) -> Vector | None:
        if self.normal:
            return None
        turned = weights @ self.root
        variance = np.einsum("tp,tp->t", turned, turned)
        gradient = np.einsum("gtp,tp->tg", turned @ self.crossed, turned)
        spread = np.einsum("tg,gh,th->t", gradient, self.parameters, gradient)
        df: Vector = 2 * variance**2 / spread
        return df


def model_uncertainty(
    data: WorkingSums, top: Top, form: CovarianceForm, method: DfMethod, *, jointly: bool = False
) -> ModelUncertainty:
    """Uncertainty at the top of the likelihood, by ``method``; ``jointly``: see :func:`~outcomes.analysis.mmrm.fit_mmrm`."""
    parameters = np.linalg.inv(top.information)
    parameters = (parameters + parameters.T) / 2
    root = top.at.root
    covariance = root @ root.T
    if method in (DfMethod.KENWARD_ROGER, DfMethod.KENWARD_ROGER_NONLINEAR):
        blocks = _paired_slopes(top, parameters)
        if method is DfMethod.KENWARD_ROGER_NONLINEAR:
            if form is not CovarianceForm.UNSTRUCTURED:
                raise EstimateError(
                    Sentence(
                        "Non-linear Kenward-Roger is made for the unstructured covariance only. Ask for kenward-roger"
                        " instead."
                    )
                )
            blocks = blocks - 0.25 * top.at.inverses @ _bend_of_cholesky(top.at.sigma, parameters) @ top.at.inverses
        mixed = np.tensordot(parameters, top.crossed, 1)
        middle = root.T @ cross_product(data, blocks) @ root - np.einsum("gij,gjk->ik", top.crossed, mixed)
        adjusted = covariance + 2 * root @ middle @ root.T
        covariance = (adjusted + adjusted.T) / 2
    if jointly:
        lean = root @ mean_slopes(data, top.at, top.slopes)
        covariance = covariance + lean @ parameters @ lean.T
    return ModelUncertainty(covariance, root, top.crossed, parameters, method is DfMethod.NORMAL)


def _paired_slopes(top: Top, parameters: Matrix) -> Matrix:
    """P x K x K: sum over g and h of A_gh W V_g W V_h W."""
    mixed = np.tensordot(parameters, top.slopes, 1)
    inverses = top.at.inverses
    middle = np.einsum("gab,pbc,gcd->pad", top.slopes, inverses, mixed, optimize=True)
    product: Matrix = inverses @ middle @ inverses
    return product


def _bend_of_cholesky(sigma: Matrix, parameters: Matrix) -> Matrix:
    """K x K: the second derivatives of Sigma in its Cholesky parameters, summed with their covariance.

    ``parameters``: covariance of the lower triangle of Sigma, in the order of ``numpy.tril_indices``.
    """
    factor = np.linalg.cholesky(sigma)
    k = len(sigma)
    rows, columns = np.tril_indices(k)
    slopes = np.zeros((len(rows), k, k))  # of the factor: a log of the diagonal moves its whole row
    for number, (row, column) in enumerate(zip(rows, columns, strict=True)):
        slopes[number, row] = factor[row] if row == column else 0.0
        if row != column:
            slopes[number, row, column] = factor[row, row]
    moved = slopes @ factor.T
    jacobian = (moved + moved.swapaxes(1, 2))[:, rows, columns].T
    inner = np.linalg.solve(jacobian, np.linalg.solve(jacobian, parameters).T)
    second = np.zeros((k, k))  # the factor's own second derivatives, summed
    for number, (row, column) in enumerate(zip(rows, columns, strict=True)):
        of_row = int(np.flatnonzero((rows == row) & (columns == row))[0])
        if row == column:
            second[row] += inner[number, number] * factor[row]
        else:
            second[row, column] += 2 * inner[number, of_row] * factor[row, row]
    mixed = np.tensordot(inner, slopes, 1)
    bent = second @ factor.T + np.einsum("gab,gcb->ac", slopes, mixed)
    total: Matrix = bent + bent.T
    return total
