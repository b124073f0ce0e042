"""Forms of the covariance between occasions: unstructured, heterogeneous Toeplitz, compound symmetry, random effects.

Question: how much do scores vary at each occasion, and how alike are two scores of one person?
Formula: *unstructured*: every variance and covariance its own. *heterogeneous Toeplitz*: a standard deviation per occasion,
a correlation per number of occasions between (whatever the time between). *heterogeneous compound symmetry*: a standard
deviation per occasion, one correlation. *compound symmetry*: one variance, one covariance (which may be negative). *random
intercept* and *random slope*: Z D Z' + s^2 I, Z = 1, or 1 and the time of each occasion.
Assumptions: those of the form; the unstructured makes none.
Units: working units of the likelihood (scores over their spread).
Missing data: a form can be fitted where the answers can tell its parameters apart, see ``lacking``.
Errors: none raised here.
Source: Wolfinger 1996, doi:10.2307/1400366 (heterogeneous forms); Laird & Ware 1982, doi:10.2307/2529876.
Checked: tests/reference/mmrm (nlme, glmmTMB and lme4), tests/unit/analysis/test_mmrm_likelihood.py (differences).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from outcomes.analysis.mmrm.design import Matrix, Vector


class CovarianceForm(StrEnum):
    """The forms by name."""

    UNSTRUCTURED = "unstructured"
    TOEPLITZ = "heterogeneous-toeplitz"
    HETEROGENEOUS = "heterogeneous-compound-symmetry"
    COMPOUND_SYMMETRY = "compound-symmetry"
    RANDOM_INTERCEPT = "random-intercept"
    RANDOM_SLOPE = "random-slope"


FALL_BACK = (CovarianceForm.UNSTRUCTURED, CovarianceForm.TOEPLITZ, CovarianceForm.HETEROGENEOUS)


class Covariance(ABC):
    """A covariance of K occasions as a function of parameters."""

    @abstractmethod
    def start(self, moments: Matrix) -> Vector:
        """Parameters near a positive definite matrix of moments."""

    @abstractmethod
    def sigma(self, theta: Vector) -> Matrix:
        """The covariance; whether it is positive definite is the likelihood's to find out."""

    @abstractmethod
    def slopes(self, theta: Vector) -> Matrix:
        """q x K x K: its derivative in each parameter."""

    @abstractmethod
    def bend(self, theta: Vector, weights: Matrix) -> Matrix:
        """q x q: its second derivatives, summed over elements with ``weights`` (K x K)."""

    @abstractmethod
    def lacking(self, pairs: Matrix) -> tuple[int, int] | None:
        """Two occasions that too few people have both of (``pairs``: people per pair), or None."""

    def allows(self, theta: Vector) -> bool:  # noqa: ARG002 - forms with bounds of their own look at it
        """False outside the form's own bounds."""
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Linear(Covariance):
    """A sum of fixed matrices ``basis`` (q x K x K) times parameters.

    ``effects``: where given, the first parameters are the lower triangle of the covariance of that many random effects,
    which must be positive definite.
    """

    basis: Matrix
    effects: int = 0
    every_pair: bool = False

    def start(self, moments: Matrix) -> Vector:
        flat = self.basis.reshape(len(self.basis), -1).T
        theta: Vector = np.asarray(np.linalg.lstsq(flat, moments.ravel(), rcond=None)[0], dtype=np.float64)
        if not self.allows(theta) or np.linalg.eigvalsh(self.sigma(theta))[0] <= 0:
            plain = np.eye(len(moments)) * (float(np.trace(moments)) / len(moments))
            toward: Vector = np.asarray(np.linalg.lstsq(flat, plain.ravel(), rcond=None)[0], dtype=np.float64)
            if self.effects:  # half of the variance to the first random effect, a little to the others
                toward[0] += float(np.trace(plain)) / len(plain)
                toward[_diagonal(self.effects)] = np.maximum(toward[_diagonal(self.effects)], 1e-3)
            theta = toward
        return theta

    def sigma(self, theta: Vector) -> Matrix:
        return np.tensordot(theta, self.basis, 1)

    def slopes(self, theta: Vector) -> Matrix:  # noqa: ARG002 - the same everywhere
        return self.basis

    def bend(self, theta: Vector, weights: Matrix) -> Matrix:  # noqa: ARG002 - none
        return np.zeros((len(theta), len(theta)))

    def lacking(self, pairs: Matrix) -> tuple[int, int] | None:
        return _first_below(pairs, 2) if self.every_pair else _none_at_all(pairs)

    def allows(self, theta: Vector) -> bool:
        if not self.effects:
            return True
        between = np.zeros((self.effects, self.effects))
        rows, columns = np.tril_indices(self.effects)
        between[rows, columns] = between[columns, rows] = theta[: len(rows)]
        return bool(np.linalg.eigvalsh(between)[0] > 0) and bool(theta[-1] > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Heterogeneous(Covariance):
    """A standard deviation per occasion (its log first among the parameters) and correlations by class of pair.

    ``kind``: K x K whole numbers, the class of each pair; 0 on the diagonal, where the correlation is 1.
    """

    kind: Matrix

    @property
    def n_kinds(self) -> int:
        return int(self.kind.max())

    def start(self, moments: Matrix) -> Vector:
        sd = np.sqrt(np.diag(moments))
        correlation = moments / np.outer(sd, sd)
        means = np.array([correlation[self.kind == kind].mean() for kind in range(1, self.n_kinds + 1)])
        theta = np.concatenate([np.log(sd), means])
        while np.linalg.eigvalsh(self.sigma(theta))[0] <= 1e-3 * float(sd.min()) ** 2:
            theta[len(sd) :] *= 0.8
        return theta

    def _parts(self, theta: Vector) -> tuple[Matrix, Matrix]:
        """Products of standard deviations, and the correlation matrix."""
        k = len(self.kind)
        sd = np.exp(theta[:k])
        return np.outer(sd, sd), np.concatenate([[1.0], theta[k:]])[self.kind.astype(int)]

    def sigma(self, theta: Vector) -> Matrix:
        products, correlation = self._parts(theta)
        return products * correlation

    def slopes(self, theta: Vector) -> Matrix:
        products, correlation = self._parts(theta)
        of_sd = self._touches() * (products * correlation)
        of_kind = np.array([products * (self.kind == kind) for kind in range(1, self.n_kinds + 1)])
        return np.concatenate([of_sd, of_kind.reshape(-1, *products.shape)])

    def bend(self, theta: Vector, weights: Matrix) -> Matrix:
        touches, slopes, k = self._touches(), self.slopes(theta), len(self.kind)
        result = np.zeros((len(theta), len(theta)))
        result[:k] = np.einsum("iab,jab,ab->ij", touches, slopes, weights)
        result[:, :k] = result[:k].T
        return result

    def _touches(self) -> Matrix:
        """k, a, b: how many of a and b are k."""
        eye = np.eye(len(self.kind))
        return eye[:, :, None] + eye[:, None, :]

    def lacking(self, pairs: Matrix) -> tuple[int, int] | None:
        for kind in range(1, self.n_kinds + 1):
            if pairs[self.kind == kind].max() < 2:
                first, second = np.argwhere(self.kind == kind)[0]
                return int(first), int(second)
        return None


def make_covariance(form: CovarianceForm, times: Vector) -> Covariance:
    """The form for occasions at ``times`` (only the random slope looks at them; any unit)."""
    k = len(times)
    ones = np.ones((k, k))
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    match form:
        case CovarianceForm.UNSTRUCTURED:
            rows, columns = np.tril_indices(k)
            basis = np.zeros((len(rows), k, k))
            basis[np.arange(len(rows)), rows, columns] = basis[np.arange(len(rows)), columns, rows] = 1.0
            return Linear(basis, every_pair=True)
        case CovarianceForm.TOEPLITZ:
            return Heterogeneous(apart.astype(float))
        case CovarianceForm.HETEROGENEOUS:
            return Heterogeneous((apart > 0).astype(float))
        case CovarianceForm.COMPOUND_SYMMETRY:
            return Linear(np.stack([ones, np.eye(k)]) if k > 1 else ones[None])
        case CovarianceForm.RANDOM_INTERCEPT:
            return Linear(np.stack([ones, np.eye(k)]), effects=1)
        case CovarianceForm.RANDOM_SLOPE:
            both = np.add.outer(times, times)
            return Linear(np.stack([ones, both, np.outer(times, times), np.eye(k)]), effects=2)


def _diagonal(effects: int) -> list[int]:
    rows, columns = np.tril_indices(effects)
    return [int(place) for place in np.flatnonzero(rows == columns)]


def _first_below(pairs: Matrix, least: int) -> tuple[int, int] | None:
    below = np.argwhere(pairs < least)
    return (int(below[0][0]), int(below[0][1])) if len(below) else None


def _none_at_all(pairs: Matrix) -> tuple[int, int] | None:
    k = len(pairs)
    if k > 1 and pairs[~np.eye(k, dtype=bool)].max() < 2:
        return 0, 1
    return None
