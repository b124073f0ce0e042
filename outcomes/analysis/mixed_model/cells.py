"""Many small random-intercept models at once: one per intervention and municipality, say.

Question: how do scores move with time in each of thousands of cells, each on its own?
Formula: as the package's head for a random intercept per person, cell by cell; every step of every cell is taken in the
same array operation. The variance ratio is sought where the slope of the profiled likelihood changes sign, by Newton's
method held inside a bracket; zero is allowed. Degrees of freedom by Satterthwaite.
Assumptions: as one model's; cells share nothing, and a person counts in each cell where there are answers.
Units: points (squared for variances), per unit of each column.
Missing data: rows with missing values are left out by the caller.
Errors: :class:`~outcomes.errors.EstimateError` for values that aren't finite and lengths that differ; a cell that can't be
fitted is named with its reason in ``withheld`` and has no numbers.
Source: Laird & Ware 1982, doi:10.2307/2529876.
Checked: tests/unit/analysis/test_mixed_model_cells.py (each cell against the single fit, which is held against lme4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.cell_likelihood import CellProfiles, CellSums, best_ratios, profile_cells, sum_cells
from outcomes.analysis.mixed_model.rows import Codes, Matrix, Vector, number
from outcomes.errors import EstimateError, Sentence

Stack = NDArray[np.float64]
EXACT = 1e-12
LEAST_PERSONS = 5
"""Fewer persons in a cell than this give no model, whatever the columns."""

TOO_FEW = Sentence(
    "Too few people or answers for a model of their own. It needs more people with answers at two times."
)
NO_VARIATION = Sentence(
    "All scores are the same, or the model fits every one of them exactly. It needs scores that differ."
)
DEPENDENT = Sentence("The columns can't be told apart in these answers. It needs answers at more different times.")
UNSTABLE = Sentence("The model didn't find a stable answer. More answers per person would help.")


@dataclass(frozen=True, slots=True)
class WithheldCell:
    """A cell without numbers, and why."""

    label: Any
    sentence: Sentence


@dataclass(frozen=True, slots=True, eq=False)
class CellFits:
    """Fits of the cells that could be fitted, in sorted order of their ``labels``.

    ``estimates``, ``std_errors`` and ``df``: (cells, terms), points per unit of the column. ``variance_between`` and
    ``variance_within`` in points squared; ``singular``: nothing between persons. ``withheld``: the other cells.
    """

    labels: NDArray[Any]
    terms: tuple[str, ...]
    estimates: Matrix
    std_errors: Matrix
    df: Matrix
    variance_between: Vector
    variance_within: Vector
    log_likelihood: Vector
    singular: NDArray[np.bool_]
    n_subjects: Codes
    n_observations: Codes
    withheld: tuple[WithheldCell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CellScaling:
    """Per cell the way back: coefficients = ``offset`` + ``scale`` * ``back`` @ fitted ones; ``scale`` in points."""

    back: Stack
    offset: Matrix
    scale: Vector


@dataclass(frozen=True, slots=True, eq=False)
class CellNames:
    """All cells' ``labels``, the columns' ``terms``, which cells are ``chosen`` to be fitted, why others aren't
    (``reasons``), and ``persons`` per cell."""

    labels: NDArray[Any]
    terms: tuple[str, ...]
    chosen: Codes
    reasons: list[Sentence | None]
    persons: Codes


def fit_cells(
    response: Any, columns: Matrix, terms: tuple[str, ...], subject: Any, cell: Any, *, reml: bool = True
) -> CellFits:
    """A random-intercept model per ``cell``: fixed ``columns`` (rows x terms), labels of person and cell per row."""
    y, x = np.asarray(response, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    if x.shape != (y.size, len(terms)) or np.shape(subject) != y.shape or np.shape(cell) != y.shape or y.size == 0:
        raise EstimateError(
            Sentence("The model needs as many values in every column as there are answers, and a name for each column.")
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise EstimateError(Sentence("A value isn't a finite number. Correct it or leave it out."))
    cells, labels = number(cell)
    person, _ = number(subject)
    reasons: list[Sentence | None] = [None] * labels.size
    keep = np.ones(y.size, dtype=np.bool_)
    fits = np.ones(labels.size, dtype=np.bool_)

    def withhold(bad: NDArray[np.bool_], why: Sentence) -> None:
        for index in np.flatnonzero(bad & fits):
            reasons[index] = why
        fits[bad] = False
        keep[:] = fits[cells]

    everyone, persons_of = _persons(cells, person)
    several = np.bincount(persons_of, weights=np.bincount(everyone) > 1, minlength=labels.size)
    persons = np.bincount(persons_of, minlength=labels.size)
    least = max(LEAST_PERSONS, len(terms) + 2)
    withhold((persons < least) | (several < 1), TOO_FEW)
    back, dependent = _back(x, cells, labels.size)
    withhold(dependent, DEPENDENT)
    offset, left, scale = _residual(y, x, cells, back)
    withhold(scale <= EXACT * _largest(y, cells, labels.size), NO_VARIATION)
    chosen = np.flatnonzero(fits)
    place = np.cumsum(fits) - 1
    rows = np.flatnonzero(keep)
    if chosen.size == 0:
        return _nothing(labels, terms, reasons)
    scaling = CellScaling(back, offset, scale)
    at = place[cells[rows]]
    scaled = np.einsum("np,npq->nq", x[rows], back[cells[rows]])
    sums = sum_cells(np.column_stack([scaled, left[rows] / scale[cells[rows]]]), at, everyone[rows], chosen.size)
    ratio, settled = best_ratios(sums, reml=reml)
    return _finish(sums, ratio, settled, CellNames(labels, terms, chosen, reasons, persons), scaling, reml=reml)


def _persons(cells: Codes, person: Codes) -> tuple[Codes, Codes]:
    """Codes of person-in-cell per row; and each one's cell."""
    people = int(person.max()) + 1
    cell_of = np.zeros(people, dtype=np.int64)
    cell_of[person] = cells
    if (cell_of[person] == cells).all():  # nobody is in two cells: no sorting needed
        return person, cell_of
    distinct, codes = np.unique(cells * people + person, return_inverse=True)
    return codes.astype(np.int64), (distinct // people).astype(np.int64)


def _back(x: Matrix, cells: Codes, size: int) -> tuple[Stack, NDArray[np.bool_]]:
    """Per cell what makes its columns orthogonal with mean square one; and where they depend on each other."""
    p = x.shape[1]
    gram = np.empty((size, p, p))
    for first in range(p):
        for second in range(first + 1):
            total = np.bincount(cells, weights=x[:, first] * x[:, second], minlength=size)
            gram[:, first, second] = gram[:, second, first] = total
    length = np.sqrt(np.einsum("cpp->cp", gram))
    length[length == 0] = 1.0
    values, vectors = np.linalg.eigh(gram / (length[:, :, None] * length[:, None]))
    dependent = values[:, 0] < 1e-10
    root = np.sqrt(np.bincount(cells, minlength=size) / np.where(dependent[:, None], 1.0, values).T).T
    return vectors / length[:, :, None] * root[:, None], dependent


def _residual(y: Vector, x: Matrix, cells: Codes, back: Stack) -> tuple[Matrix, Vector, Vector]:
    """Least squares per cell (twice, for the digits), what it leaves, and the root mean square of that."""
    size, p = back.shape[:2]
    n = np.bincount(cells, minlength=size)
    offset, left = np.zeros((size, p)), y
    for _ in range(2):
        products = np.column_stack([np.bincount(cells, weights=column * left, minlength=size) for column in x.T])
        step = np.einsum("cpq,cq->cp", back, np.einsum("cpq,cp->cq", back, products) / n[:, None])
        offset = offset + step
        left = left - np.einsum("np,np->n", x, step[cells])
    return offset, left, np.sqrt(np.bincount(cells, weights=left**2, minlength=size) / n)


def _largest(y: Vector, cells: Codes, size: int) -> Vector:
    largest = np.zeros(size)
    np.maximum.at(largest, cells, np.abs(y))
    return np.maximum(largest, 1e-300)


def _finish(
    sums: CellSums,
    ratio: Vector,
    settled: NDArray[np.bool_],
    names: CellNames,
    scaling: CellScaling,
    *,
    reml: bool,
) -> CellFits:
    """Back to original units; cells that didn't settle are withheld."""
    profile = profile_cells(sums, ratio, reml=reml)
    settled = settled & (profile.residual > 1e-10)
    for index in names.chosen[~settled]:
        names.reasons[index] = UNSTABLE
    good = np.flatnonzero(settled)
    cells = names.chosen[good]
    back, scale = scaling.back[cells], scaling.scale[cells]
    unscaled, residual = profile.unscaled[good], profile.residual[good]
    size = sums.rows[good] - (len(names.terms) if reml else 0)
    variance = np.einsum("cpq,cqr,cpr->cp", back, unscaled, back)
    gradient = np.einsum("cpq,cqr,cpr->cp", back, unscaled @ profile.first[good] @ unscaled, back)
    singular = ratio[good] == 0.0
    df = _df(profile, good, variance, gradient, size, singular)
    log_likelihood = -0.5 * profile.deviance[good] - size * np.log(scale)
    if reml:
        log_likelihood += np.linalg.slogdet(back)[1]
    within = residual * scale**2
    return CellFits(
        labels=names.labels[cells],
        terms=names.terms,
        estimates=scaling.offset[cells] + scale[:, None] * np.einsum("cpq,cq->cp", back, profile.beta[good]),
        std_errors=scale[:, None] * np.sqrt(residual[:, None] * variance),
        df=df,
        variance_between=ratio[good] * within,
        variance_within=within,
        log_likelihood=log_likelihood,
        singular=singular,
        n_subjects=names.persons[cells].astype(np.int64),
        n_observations=sums.rows[good].astype(np.int64),
        withheld=_withheld(names.labels, names.reasons),
    )


def _df(
    profile: CellProfiles, good: Codes, variance: Matrix, gradient: Matrix, size: Vector, singular: NDArray[np.bool_]
) -> Matrix:
    """Satterthwaite: 2 v^2 / (g'Ag), with the observed curvature in ratio and residual variance."""
    residual, mixed = profile.residual[good], -profile.quadratic_slope[good] / profile.residual[good] ** 2
    own, last = profile.full_curvature[good], size / residual**2
    determinant = own * last - mixed**2
    determinant = np.where(singular, 1.0, determinant)
    by_ratio, by_residual = residual[:, None] * gradient, variance
    spread = last[:, None] * by_ratio**2 - 2 * mixed[:, None] * by_ratio * by_residual + own[:, None] * by_residual**2
    spread = np.where(singular[:, None], by_residual**2 / last[:, None], spread / determinant[:, None])
    df: Matrix = (residual[:, None] * variance) ** 2 / spread
    return df


def _withheld(labels: NDArray[Any], reasons: list[Sentence | None]) -> tuple[WithheldCell, ...]:
    return tuple(WithheldCell(label, why) for label, why in zip(labels.tolist(), reasons, strict=True) if why)


def _nothing(labels: NDArray[Any], terms: tuple[str, ...], reasons: list[Sentence | None]) -> CellFits:
    table, row, count = np.zeros((0, len(terms))), np.zeros(0), np.zeros(0, dtype=np.int64)
    return CellFits(
        labels[:0],
        terms,
        table,
        table,
        table,
        row,
        row,
        row,
        row.astype(np.bool_),
        count,
        count,
        _withheld(labels, reasons),
    )
