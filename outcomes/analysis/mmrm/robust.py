"""Robust uncertainty for a model of planned occasions, by person or by cluster: CR0, CR2 (bias-reduced), CR3 (jackknife).

Question: how sure are the coefficients if the covariance between occasions is wrong, or people of one provider are alike?
Formula: with V = blocks L L' as fitted, x = L^-1 X, r = L^-1 (y - Xb), H = x Phi x' of one unit (person or cluster), the
covariance is Phi (sum x' A r r' A x) Phi with A = I (CR0), (I - H)^(-1/2) (CR2, pseudo-inverse where I - H is singular),
(I - H)^-1 (CR3). Degrees of freedom of c'b by Satterthwaite under the fitted model: (tr G)^2 / tr G^2,
G_ij = u_i' (I - H)_ij u_j, u = A x Phi c. By person the rows are needed; by cluster sums per cluster are enough, as A is I
plus something within the columns' space: (I - H)^(-1/2) = I + x R f(values) R' x', R = Phi^(1/2) times the eigenvectors of
Phi^(1/2)' x'x Phi^(1/2).
Assumptions: units are independent; a unit's residuals speak for its own covariance.
Units: working units of the likelihood; degrees of freedom are numbers. A cluster is never split over two people's worth of
sums. Under 4 degrees of freedom there is no interval and no p value: the limits are infinite, and the warnings name it.
Missing data: as the model.
Errors: :class:`~outcomes.errors.EstimateError` where rows or clusters aren't those of the fit, there are fewer than two
units, or CR3 meets a unit that settles a coefficient alone.
Source: Bell & McCaffrey 2002, Survey Methodology 28:169-181; Pustejovsky & Tipton 2018,
doi:10.1080/07350015.2016.1247004; Mancl & DeRouen 2001, doi:10.1111/j.0006-341X.2001.00126.x.
Checked: tests/reference/mmrm (R's mmrm by person; clusters by whole matrices in R).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mmrm.design import Matrix, Vector
from outcomes.analysis.mmrm.fit import MmrmFit, with_uncertainty
from outcomes.analysis.mmrm.likelihood import invert_blocks, residual_score
from outcomes.analysis.mmrm.working import cross_product, stack_part
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.pattern_sums import LongitudinalSums

WHOLLY_SETTLED = 1e-9  # an eigenvalue of I - H under this counts as zero


class RobustKind(StrEnum):
    """The adjustment of a unit's residuals."""

    CR0 = "CR0"
    CR2 = "CR2"
    CR3 = "CR3"


@dataclass(frozen=True, slots=True, eq=False)
class _PersonGroup:
    """People of one pattern, each n x k x p and times the root of Phi: ``design`` (x) and ``adjusted`` (A x)."""

    design: Matrix
    adjusted: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class RobustByPerson:
    """Robust uncertainty with people as units. ``covariance``: p x p, working; ``root``: L with Phi = L L'."""

    covariance: Matrix
    root: Matrix
    groups: tuple[_PersonGroup, ...]

    @property
    def robust(self) -> bool:
        return True

    def degrees_of_freedom(self, weights: Matrix) -> Vector:
        return np.array([self._of_one(row) for row in weights])

    def _of_one(self, weights: Vector) -> float:
        toward = self.root.T @ weights
        own, through = [], []
        for group in self.groups:
            u = group.adjusted @ toward
            own.append(np.einsum("ik,ik->i", u, u))
            through.append((u[:, None, :] @ group.design)[:, 0])
        return _satterthwaite(np.concatenate(own), np.concatenate(through))


@dataclass(frozen=True, slots=True, eq=False)
class RobustByCluster:
    """Robust uncertainty with clusters as units. ``products``: c x p x p, L' x'x L; ``adjust``: c x p x p, (A x = x (I +
    adjust)) in the same coordinates."""

    covariance: Matrix
    root: Matrix
    products: Matrix
    adjust: Matrix

    @property
    def robust(self) -> bool:
        return True

    def degrees_of_freedom(self, weights: Matrix) -> Vector:
        return np.array([self._of_one(row) for row in weights])

    def _of_one(self, weights: Vector) -> float:
        toward = self.root.T @ weights
        u = toward + self.adjust @ toward
        through = np.einsum("cpq,cq->cp", self.products, u)
        return _satterthwaite(np.einsum("cp,cp->c", u, through), through)


def _satterthwaite(own: Vector, through: Matrix) -> float:
    """(tr G)^2 / tr G^2 for G = diag(own) - through through'."""
    hidden = np.einsum("ip,ip->i", through, through)
    crossed = through.T @ through
    squares = float((own**2).sum() - 2 * (own * hidden).sum() + (crossed**2).sum())
    return float((own - hidden).sum()) ** 2 / squares


def robust_by_person(fit: MmrmFit, scores: Matrix, columns: Matrix, *, kind: RobustKind | str) -> MmrmFit:
    """The fit with uncertainty robust to a wrong covariance; ``scores`` and ``columns`` are the rows that were summed."""
    kind, data = _kind(kind), fit.working
    answered = ~np.isnan(scores)
    _check_people(fit, int(answered.any(axis=1).sum()), int(answered.sum()))
    x = (columns - data.column_origins) / data.size
    y = (scores - data.origin) / data.spread
    root, k, m = fit.top.at.root, data.n_occasions, data.size.size
    expand = data.expand.reshape(k, m, -1)
    fitted = x @ (data.expand @ fit.top.at.beta).reshape(k, m).T
    groups, total = [], np.zeros((data.n_terms, data.n_terms))
    for pattern in np.unique(answered[answered.any(axis=1)], axis=0):
        people = (answered == pattern).all(axis=1)
        half = np.linalg.inv(np.linalg.cholesky(fit.top.at.sigma[np.ix_(pattern, pattern)]))
        design = half @ (x[people] @ (expand[pattern] @ root)).swapaxes(0, 1)
        residual = (y[people] - fitted[people])[:, pattern] @ half.T
        adjusted = _adjustment(design, kind) @ design
        groups.append(_PersonGroup(design, adjusted))
        scores_of = (residual[:, None, :] @ adjusted)[:, 0]
        total += scores_of.T @ scores_of
    covariance = root @ total @ root.T
    return with_uncertainty(fit, RobustByPerson(covariance, root, tuple(groups)), kind.value)


def robust_by_cluster(
    fit: MmrmFit, parts: Sequence[LongitudinalSums], *, kind: RobustKind | str = RobustKind.CR2
) -> MmrmFit:
    """The fit with uncertainty by cluster; ``parts``: the sums of each cluster, together those that were fitted."""
    kind, at = _kind(kind), fit.top.at
    filled = [part for part in parts if part.patterns]
    _check_people(fit, sum(part.n_subjects for part in filled), sum(part.n_observations for part in filled))
    if len(filled) < 2:
        raise EstimateError(Sentence("Robust uncertainty by cluster needs people in two clusters or more."))
    crossed, residuals = [], []
    for part in filled:
        cluster = stack_part(part, fit.working)
        inverses, _ = invert_blocks(cluster, at.sigma)
        crossed.append(at.root.T @ cross_product(cluster, inverses) @ at.root)
        residuals.append(at.root.T @ residual_score(cluster, inverses, at.beta))
    products, found = np.array(crossed), np.array(residuals)
    values, vectors = np.linalg.eigh(products)
    inner = (vectors * _inner_factor(values, kind)[:, None, :]) @ vectors.swapaxes(1, 2)
    found = found + np.einsum("cpq,cq->cp", products @ inner, found)
    covariance = at.root @ (found.T @ found) @ at.root.T
    uncertainty = RobustByCluster(covariance, at.root, products, inner @ products)
    return with_uncertainty(fit, uncertainty, f"{kind.value}-cluster")


def _adjustment(half: Matrix, kind: RobustKind) -> Matrix:
    """A per unit (n x k x k), from ``half`` with H = half half'."""
    k = half.shape[1]
    if kind is RobustKind.CR0:
        return np.broadcast_to(np.eye(k), (len(half), k, k))
    values, vectors = np.linalg.eigh(np.eye(k) - half @ half.swapaxes(1, 2))
    settled = values < WHOLLY_SETTLED
    if kind is RobustKind.CR3:
        _refuse_settled(bool(settled.any()))
        powers = 1.0 / values
    else:
        powers = np.where(settled, 0.0, 1.0 / np.sqrt(np.where(settled, 1.0, values)))
    product: Matrix = (vectors * powers[:, None, :]) @ vectors.swapaxes(1, 2)
    return product


def _inner_factor(values: Matrix, kind: RobustKind) -> Matrix:
    """f with A = I + x R f R' x', from the eigenvalues of a cluster's H."""
    rest = 1.0 - values
    settled = rest < WHOLLY_SETTLED
    if kind is RobustKind.CR0:
        return np.zeros_like(values)
    if kind is RobustKind.CR3:
        _refuse_settled(bool(settled.any()))
        return 1.0 / rest
    root = np.sqrt(np.where(settled, 1.0, rest))
    return np.where(settled, -1.0, 1.0 / (root * (1.0 + root)))


def _refuse_settled(settled: bool) -> None:
    if settled:
        raise EstimateError(
            Sentence(
                "CR3 leaves one unit out at a time, and without one of them a coefficient can't be told. Use CR2, or bring in"
                " more people like those of that unit."
            )
        )


def _check_people(fit: MmrmFit, people: int, answers: int) -> None:
    if (people, answers) != (fit.n_subjects, fit.n_observations):
        raise EstimateError(
            Sentence(
                "Robust uncertainty needs the same people that the model was fitted to: it was %(fitted)s people with"
                " %(fitted_answers)s answers, and here are %(found)s with %(found_answers)s.",
                fitted=fit.n_subjects,
                fitted_answers=fit.n_observations,
                found=people,
                found_answers=answers,
            )
        )


def _kind(kind: RobustKind | str) -> RobustKind:
    try:
        return RobustKind(kind)
    except ValueError:
        raise EstimateError(
            Sentence(
                "There is no robust uncertainty called %(kind)s. Use one of: %(known)s.",
                kind=kind,
                known=", ".join(known.value for known in RobustKind),
            )
        ) from None
