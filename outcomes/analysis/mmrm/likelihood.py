"""The Gaussian likelihood of scores at planned occasions, from sums per missingness pattern.

Question: how likely are all the scores under a covariance between occasions, and which way does it rise?
Formula: with W_p the inverse of the covariance of pattern p's occasions set into K x K zeros,
X'V^-1X = E' (sum_p W_p (x) Sxx_p) E, b = (X'V^-1X)^-1 X'V^-1y, S_p = sum of r r', T_p[a, b] = trace of
C_a (X'V^-1X)^-1 C_b' Sxx_p, M_p = W_p (S_p + T_p) W_p (T_p = 0 for maximum likelihood) and
-2 log L = (N - p) log 2 pi + sum n_p log|Sigma_pp| + log|X'V^-1X| + sum trace(W_p S_p) (REML; ML has N log 2 pi and no
log|X'V^-1X|). Score in Sigma: -1/2 sum (n_p W_p - M_p). Minus the second derivative in directions A and B:
sum -1/2 n_p tr(W A W B) + tr(A W B M) - F_A' (X'V^-1X)^-1 F_B - 1/2 tr(Phi X_A Phi X_B), with F_A = X'V^-1 A V^-1 r and
X_A = X'V^-1 A V^-1 X (the last term for REML only). Cost: patterns x K^3 and columns^2, whatever the number of people.
Assumptions: normal scores, people independent.
Units: working units (scores about their origin over their spread, columns over their size), so that no scale is special.
Missing data: by the patterns; right if missing at random.
Errors: :class:`numpy.linalg.LinAlgError` where a covariance isn't positive definite; callers make sentences of it.
Source: Jennrich & Schluchter 1986, doi:10.2307/2530695; Harville 1977, doi:10.1080/01621459.1977.10480998.
Checked: tests/unit/analysis/test_mmrm_likelihood.py (person by person, and differences), tests/reference/mmrm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from outcomes.analysis.mmrm.design import Matrix, Vector
from outcomes.analysis.mmrm.working import WorkingSums, cross_product

LOG_2_PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The likelihood at one covariance ``sigma`` (working units), coefficients ``beta`` profiled out.

    ``root``: lower Cholesky factor L of Phi = (X'V^-1X)^-1, so that Phi = L L'. ``inverses``: W_p. ``middle``: M_p.
    ``residual_xr``: P x m x K, sums of x r'.
    """

    sigma: Matrix
    log_likelihood: float
    beta: Vector
    root: Matrix
    inverses: Matrix
    middle: Matrix
    residual_xr: Matrix


def invert_blocks(data: WorkingSums, sigma: Matrix) -> tuple[Matrix, float]:
    """W_p per pattern, and the sum of n_p log|Sigma_pp|; LinAlgError where ``sigma`` isn't positive definite."""
    np.linalg.cholesky(sigma)
    both = data.answered[:, :, None] * data.answered[:, None, :]
    blocks = sigma * both + np.eye(data.n_occasions) * (1.0 - data.answered)[:, :, None]
    factors = np.linalg.cholesky(blocks)
    log_determinant = 2 * float(data.n @ np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1))
    inverses = np.linalg.inv(blocks) * both
    return (inverses + inverses.swapaxes(1, 2)) / 2, log_determinant


def evaluate(data: WorkingSums, sigma: Matrix, *, reml: bool) -> Evaluation:
    """The likelihood and what its derivatives are made of, at one covariance."""
    k, m = data.n_occasions, data.xx.shape[1]
    inverses, log_determinant = invert_blocks(data, sigma)
    factor = np.linalg.cholesky(cross_product(data, inverses))
    half = np.linalg.inv(factor)
    root = half.T
    right = data.expand.T @ np.einsum("pab,pcb->ac", inverses, data.xy).reshape(k * m)
    beta = root @ (half @ right)
    weights = (data.expand @ beta).reshape(k, m)
    explained = weights @ data.xy
    fitted = weights @ data.xx
    products = data.yy - explained - explained.swapaxes(1, 2) + fitted @ weights.T
    quadratic = float(np.einsum("pab,pab->", inverses, products))
    free = data.n_rows - (data.n_terms if reml else 0)
    total = free * LOG_2_PI + log_determinant + quadratic
    if reml:
        total += 2 * float(np.log(np.diag(factor)).sum())
        products = products + _uncertainty_of_means(data, root)
    middle = inverses @ products @ inverses
    return Evaluation(sigma, -0.5 * total, beta, root, inverses, middle, data.xy - fitted.swapaxes(1, 2))


def residual_score(data: WorkingSums, inverses: Matrix, beta: Vector) -> Vector:
    """X'V^-1 r (p) of the people in ``data`` at the coefficients ``beta``."""
    k, m = data.n_occasions, data.xx.shape[1]
    weights = (data.expand @ beta).reshape(k, m)
    residual = data.xy - (weights @ data.xx).swapaxes(1, 2)
    product: Vector = data.expand.T @ np.einsum("pab,pcb->ac", inverses, residual).reshape(k * m)
    return product


def _uncertainty_of_means(data: WorkingSums, root: Matrix) -> Matrix:
    """T_p: what estimating the coefficients takes from the residuals' products."""
    k, m = data.n_occasions, data.xx.shape[1]
    half = data.expand @ root
    between = (half @ half.T).reshape(k, m, k, m).swapaxes(1, 2).reshape(k * k, m * m)
    return (between @ data.xx.reshape(-1, m * m).T).T.reshape(-1, k, k)


def score(data: WorkingSums, at: Evaluation) -> Matrix:
    """K x K: derivative of the log-likelihood in each element of Sigma, taken one by one."""
    gradient: Matrix = -0.5 * np.einsum("p,pab->ab", data.n, at.inverses) + 0.5 * at.middle.sum(axis=0)
    return gradient


def expected_information(data: WorkingSums, at: Evaluation, slopes: Matrix) -> Matrix:
    """Fisher's information of ML in parameters with dSigma = ``slopes`` (q x K x K): 1/2 sum n_p tr(W A W B)."""
    return 0.5 * _contract(_paired(at.inverses * data.n[:, None, None], at.inverses), slopes)


def observed_information(
    data: WorkingSums, at: Evaluation, slopes: Matrix, *, reml: bool, crossed: Matrix | None
) -> Matrix:
    """Minus the second derivative in parameters with dSigma = ``slopes``, where Sigma is linear in them.

    ``crossed``: L'X_gL per parameter, from :func:`crossed_slopes`; None leaves its term out (small where people are many).
    """
    total = _contract(
        _paired(at.inverses, at.middle) - 0.5 * _paired(at.inverses * data.n[:, None, None], at.inverses), slopes
    )
    toward = mean_slopes(data, at, slopes)
    total = total - toward.T @ toward
    if reml and crossed is not None:
        flat = crossed.reshape(len(slopes), -1)
        total = total - 0.5 * flat @ flat.T
    result: Matrix = (total + total.T) / 2
    return result


def mean_slopes(data: WorkingSums, at: Evaluation, slopes: Matrix) -> Matrix:
    """p x q: L' X'V^-1 (dSigma) V^-1 r for each parameter: how far the coefficients lean on the covariance.

    Zero where every pattern has the same means, as with every answer given.
    """
    k = data.n_occasions
    through = at.residual_xr @ at.inverses
    pairs = at.inverses.reshape(-1, k * k).T @ through.reshape(len(data.n), -1)
    arranged = pairs.reshape(k, k, -1, k).transpose(0, 2, 1, 3).reshape(-1, k * k)
    toward: Matrix = at.root.T @ (data.expand.T @ arranged) @ slopes.reshape(-1, k * k).T
    return toward


def crossed_slopes(data: WorkingSums, at: Evaluation, slopes: Matrix) -> Matrix:
    """q x p x p: L' X'V^-1 (dSigma) V^-1 X L for each parameter, L L' being the coefficients' covariance."""
    blocks = at.inverses[None] @ slopes[:, None] @ at.inverses[None]
    product: Matrix = at.root.T @ cross_product(data, blocks) @ at.root
    return product


def _paired(first: Matrix, second: Matrix) -> Matrix:
    """K x K x K x K, element (i, j, k, l) = sum_p first[j, k] second[l, i]: tr(A first B second) in elements of A and B."""
    k = first.shape[1]
    pairs = first.reshape(-1, k * k).T @ second.reshape(-1, k * k)
    return pairs.reshape(k, k, k, k).transpose(3, 0, 1, 2)


def _contract(paired: Matrix, slopes: Matrix) -> Matrix:
    """The symmetric q x q form of ``paired`` in the directions ``slopes``."""
    size = paired.shape[0] ** 2
    flat = slopes.reshape(-1, size)
    product: Matrix = flat @ paired.reshape(size, size) @ flat.T
    return (product + product.T) / 2
