"""Internal consistency of a questionnaire: Cronbach's alpha, and McDonald's omega of one common factor.

Question: how closely do the questions of one scale hang together?
Formula: alpha = k / (k - 1) (1 - trace(C) / sum(C)), C the covariance of the k questions; standardised, the same of their
correlations. Feldt's interval: 1 - (1 - alpha) F(0.975; n - 1, (n - 1)(k - 1)) to the same with F(0.025). Its standard
error is sqrt(Q / n) with Q = 2 k^2 / ((k - 1)^2 s^3) (s (tr(C^2) + tr(C)^2) - 2 tr(C) 1'C^2 1), s = sum(C) (Duhachek).
Omega total = (sum l)^2 / ((sum l)^2 + sum(u)) with the loadings l and uniquenesses u = 1 - l^2 of one factor, fitted by
maximum likelihood to the correlations.
Assumptions: one thing is measured; alpha besides, that all questions measure it equally well. How questions hang together
isn't how stable a score is: an error of change worked out from alpha or omega is probably too small.
Units: coefficients up to 1, no unit.
Missing data: people who answered every question; a missing answer is an error, so that it is left out knowingly.
Errors: :class:`~outcomes.errors.EstimateError` under two questions or three people, where a question has no spread, the
questions' sum has none, or every question follows from the others (copies). Omega is withheld with a reason under three
questions and where one factor doesn't fit.
Source: Cronbach 1951, doi:10.1007/BF02310555; Feldt 1965, doi:10.1007/BF02289499; Duhachek & Iacobucci 2004,
doi:10.1037/0021-9010.89.5.792; McDonald 1999, Test Theory; Joereskog 1967, doi:10.1007/BF02289658.
Checked: tests/reference/reliability (R's psych, 1e-10; R's factanal, 1e-6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LEAST_UNIQUENESS = 0.005
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class ItemConsistency:
    """One question: correlation (-1 to 1) with the sum of the rest, and alpha of the scale without it.

    ``alpha_without``: None with two questions.
    """

    item: str
    item_rest: float
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class OmegaTotal:
    """``omega`` (0-1), and the ``loadings`` and log-likelihood ratio ``discrepancy`` of the one-factor fit behind it."""

    omega: float
    loadings: tuple[float, ...]
    discrepancy: float


@dataclass(frozen=True, slots=True)
class InternalConsistency:
    """``n`` people by ``k`` questions; ``alpha`` with Feldt's interval and Duhachek's standard error."""

    n: int
    k: int
    alpha: TermEstimate
    standardised_alpha: float
    omega_total: OmegaTotal | Withheld
    items: tuple[ItemConsistency, ...]
    warnings: tuple[Sentence, ...]


def internal_consistency(answers: npt.ArrayLike, items: Sequence[str] | None = None) -> InternalConsistency:
    """From ``answers``: people x questions, scored the same way round; ``items``: the questions' names."""
    table = np.asarray(answers, dtype=float)
    if table.ndim != 2 or table.shape[0] < 3 or table.shape[1] < 2:
        raise EstimateError(Sentence("Internal consistency needs at least three people and two questions."))
    if not np.isfinite(table).all():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    n, k = table.shape
    names = [str(number + 1) for number in range(k)] if items is None else list(items)
    if len(names) != k:
        raise EstimateError(Sentence("Each question needs one name: give as many names as questions."))
    covariance = np.cov(table, rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    if (spread <= 1e-13 * np.abs(table).max(axis=0)).any():
        raise EstimateError(
            Sentence("A question was answered alike by all, so it tells nothing. Leave the question out.")
        )
    correlation = covariance / np.outer(spread, spread)
    alpha = _estimate_alpha(covariance, n)
    rows = tuple(_item(name, position, covariance) for position, name in enumerate(names))
    reversed_items = [row.item for row in rows if row.item_rest < 0.0]
    warnings = tuple(
        Sentence("Question %(item)s runs against the others. Check that it is reversed where it should be.", item=item)
        for item in reversed_items
    )
    return InternalConsistency(n, k, alpha, _alpha(correlation), omega_total(correlation), rows, warnings)


def omega_total(correlation: npt.ArrayLike) -> OmegaTotal | Withheld:
    """Omega of one factor fitted to a correlation matrix by maximum likelihood; withheld where that can't be had."""
    R = np.asarray(correlation, dtype=float)
    if len(R) < 3:
        return _withheld(Sentence("One factor behind two questions can't be told apart. It needs three questions."))
    if np.linalg.eigvalsh(R)[0] <= 1e-10:
        return _withheld(Sentence("One question follows from the others, so no factor can be fitted. Leave it out."))
    found = _fit_one_factor(R)
    if found is None:
        return _withheld(
            Sentence(
                "One factor doesn't fit these questions, so omega isn't given. They may measure more than one thing."
            )
        )
    loadings, discrepancy = found
    common = float(loadings.sum()) ** 2
    unique = float((1.0 - loadings**2).sum())
    return OmegaTotal(common / (common + unique), tuple(float(one) for one in loadings), discrepancy)


def _withheld(sentence: Sentence) -> Withheld:
    return Withheld(WithheldReason.NOT_POSSIBLE, sentence)


def _alpha(covariance: npt.NDArray[np.float64]) -> float:
    k, total = len(covariance), float(covariance.sum())
    trace = float(np.trace(covariance))
    if total <= 1e-12 * trace:
        raise EstimateError(
            Sentence(
                "The questions cancel each other out, so their sum tells nothing. Reverse those that run the other way."
            )
        )
    return k / (k - 1) * (1.0 - trace / total)


def _estimate_alpha(C: npt.NDArray[np.float64], n: int) -> TermEstimate:
    from scipy.special import fdtri  # noqa: PLC0415 - scipy only where a number is worked out

    k, total, trace = len(C), float(C.sum()), float(np.trace(C))
    alpha, sums = _alpha(C), C.sum(axis=0)
    squares, product = float((C * C).sum()), float(sums @ sums)
    q = 2.0 * k**2 / ((k - 1) ** 2 * total**3) * (total * (squares + trace**2) - 2.0 * trace * product)
    if q <= 1e-12:
        raise EstimateError(
            Sentence(
                "Every question follows wholly from the others, as copies do, so no uncertainty can be worked out. Leave the"
                " copies out."
            )
        )
    df1, df2 = n - 1, (n - 1) * (k - 1)
    low, high = (1.0 - (1.0 - alpha) * float(fdtri(df1, df2, level)) for level in (0.975, 0.025))
    return TermEstimate("alpha", alpha, math.sqrt(q / n), None, low, high, None)


def _item(name: str, position: int, covariance: npt.NDArray[np.float64]) -> ItemConsistency:
    keep = np.arange(len(covariance)) != position
    rest = covariance[np.ix_(keep, keep)]
    spread = math.sqrt(float(covariance[position, position]) * max(0.0, float(rest.sum())))
    if spread == 0.0:
        raise EstimateError(
            Sentence(
                "The questions cancel each other out, so their sum tells nothing. Reverse those that run the other way."
            )
        )
    without = _alpha(rest) if len(rest) > 1 else None
    return ItemConsistency(name, float(covariance[position, keep].sum()) / spread, without)


def _fit_one_factor(R: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float] | None:
    """Loadings and discrepancy at the maximum of the likelihood, or None where it has none inside the limits.

    Only the uniquenesses are sought: given those, the best loadings are the first eigenvector of the scaled matrix.
    Their logarithms are moved by Newton steps with the squared-weights approximation of the curvature (Joereskog).
    """
    log_unique = np.log(1.0 / np.diag(np.linalg.inv(R)) * (1.0 - 0.5 / len(R)))
    value, gradient, curvature = _discrepancy(R, log_unique)
    for _ in range(MOST_STEPS):
        if float(np.abs(gradient).max()) <= 1e-10:
            break
        step = -np.linalg.solve(curvature, gradient)
        size = min(1.0, 1.0 / float(np.abs(step).max()))
        while size > 1e-8:
            trial = np.clip(log_unique + size * step, math.log(LEAST_UNIQUENESS / 10.0), 0.0)
            after = _discrepancy(R, trial)
            if after[0] <= value + 1e-15:
                break
            size /= 2.0
        log_unique, (value, gradient, curvature) = trial, after
    unique = np.exp(log_unique)
    if float(np.abs(gradient).max()) > 1e-7 or unique.min() < LEAST_UNIQUENESS:
        return None
    return _loadings(R, unique), value


def _loadings(R: npt.NDArray[np.float64], unique: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    scale = np.sqrt(unique)
    values, vectors = np.linalg.eigh(R / np.outer(scale, scale))
    loadings = scale * vectors[:, -1] * math.sqrt(max(0.0, float(values[-1]) - 1.0))
    return np.asarray(loadings * (1.0 if loadings.sum() >= 0.0 else -1.0))


def _discrepancy(
    R: npt.NDArray[np.float64], log_unique: npt.NDArray[np.float64]
) -> tuple[float, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """-2/n log likelihood ratio against any correlations, with slope and approximate curvature in log uniqueness."""
    scale = np.exp(log_unique / 2.0)
    values, vectors = np.linalg.eigh(R / np.outer(scale, scale))
    rest, weights = values[:-1], vectors[:, :-1]
    value = float((rest - np.log(rest) - 1.0).sum())
    gradient = (weights * weights) @ (1.0 - rest)
    curvature = (weights @ weights.T) ** 2
    return value, gradient, curvature
