"""Degrees of freedom by Satterthwaite for the random-intercept model, in closed form from sums per person.

With V = within * I + between * J per person, every matrix that the observed information needs is a I + b_i J on person
i's rows, and such matrices multiply as (a I + b J)(c I + d J) = ac I + (ad + bc + n bd) J. So no matrix larger than the
number of terms is ever made. Formula, source and checks: see :mod:`outcomes.analysis.mixed_model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.design_matrix import Vector

if TYPE_CHECKING:
    from outcomes.analysis.design_matrix import Matrix
    from outcomes.analysis.mixed_model import PersonSums, Profile


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """A block-diagonal matrix with blocks ``a`` I + ``b``[i] J of ``n``[i] rows."""

    a: float
    b: Vector
    n: Vector

    def __matmul__(self, other: Blocks) -> Blocks:
        joint = self.a * other.b + self.b * other.a + self.n * self.b * other.b
        return Blocks(self.a * other.a, joint, self.n)

    def trace(self) -> float:
        return float((self.n * (self.a + self.b)).sum())

    def between_columns(self, sums: PersonSums) -> Matrix:
        """X' M X."""
        product: Matrix = self.a * sums.xx + (sums.x.T * self.b) @ sums.x
        return product


def satterthwaite_df(sums: PersonSums, ratio: float, profile: Profile, back: Matrix, *, reml: bool) -> Vector:
    """Degrees of freedom of each original term; ``back`` takes the fitted coefficients to the original ones.

    With the variance between persons at zero only the residual variance is uncertain.
    """
    size = sums.n_rows - (sums.n_terms if reml else 0)
    if ratio == 0.0:
        return np.full(sums.n_terms, float(size))
    inverse = Blocks(1.0 / profile.within, -ratio / (1.0 + sums.n * ratio) / profile.within, sums.n)
    parts = (Blocks(1.0, np.zeros_like(sums.n), sums.n), Blocks(0.0, np.ones_like(sums.n), sums.n))
    covariance = profile.unscaled * profile.within
    information = _observed_information(sums, profile, inverse, parts, covariance, reml=reml)
    uncertainty = np.linalg.inv(information)
    slopes = [covariance @ (inverse @ part @ inverse).between_columns(sums) @ covariance for part in parts]
    gradient = np.array([np.einsum("ij,jk,ik->i", back, slope, back) for slope in slopes])
    variance = np.einsum("ij,jk,ik->i", back, covariance, back)
    df: Vector = 2.0 * variance**2 / np.einsum("ik,ij,jk->k", gradient, uncertainty, gradient)
    return df


def _observed_information(
    sums: PersonSums, profile: Profile, inverse: Blocks, parts: tuple[Blocks, Blocks], covariance: Matrix, *, reml: bool
) -> Matrix:
    """Minus the second derivatives of the log-likelihood in (within, between), coefficients profiled out."""
    information = np.empty((2, 2))
    for i, first in enumerate(parts):
        for j, second in enumerate(parts):
            left, right = inverse @ first @ inverse, inverse @ second @ inverse
            trace = (left @ second).trace()
            if reml:
                crossed = (left @ second @ inverse).between_columns(sums)
                x_left, x_right = left.between_columns(sums), right.between_columns(sums)
                trace += -2 * float(np.trace(covariance @ crossed))
                trace += float(np.trace(covariance @ x_left @ covariance @ x_right))
            through = _residual_quadratic(sums, profile, left @ second @ inverse)
            toward = _columns_by_residual(sums, profile, left) @ covariance
            through -= float(toward @ _columns_by_residual(sums, profile, right))
            information[i, j] = -0.5 * trace + through
    return information


def _residual_quadratic(sums: PersonSums, profile: Profile, blocks: Blocks) -> float:
    """r' M r with residuals r."""
    beta = profile.beta
    total = sums.yy - 2 * float(beta @ sums.xy) + float(beta @ sums.xx @ beta)
    residual = sums.y - sums.x @ beta
    return float(blocks.a * total + blocks.b @ residual**2)


def _columns_by_residual(sums: PersonSums, profile: Profile, blocks: Blocks) -> Vector:
    """X' M r with residuals r."""
    residual = sums.y - sums.x @ profile.beta
    product: Vector = blocks.a * (sums.xy - sums.xx @ profile.beta) + sums.x.T @ (blocks.b * residual)
    return product
