"""The likelihood of many cells' random-intercept models at once, and each cell's best variance ratio.

Question, formula, assumptions, units, errors and checks: :mod:`outcomes.analysis.mixed_model.cells`; the formulas are those
of :mod:`outcomes.analysis.mixed_model.likelihood` with one axis more, for the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.rows import Codes, Matrix, Vector, number

Stack = NDArray[np.float64]
GRID = (0.0, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e6)
MOST_STEPS = 200
SETTLED = 1e-12
"""Newton's decrement under which a cell's last step is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """Per cell: ``within`` (cells, terms + 1, terms + 1) and ``rows``; per run of persons of a cell with equally many
    answers ``n``: their ``products`` and how many they are (``size``), with the ``cell``; ``begins``: each cell's first
    run."""

    within: Stack
    rows: Vector
    products: Stack
    n: Vector
    size: Vector
    cell: Codes
    begins: Codes


@dataclass(frozen=True, slots=True, eq=False)
class CellProfiles:
    """Likelihood of every cell at its ratio: as :class:`likelihood.Profile`, one entry per cell."""

    deviance: Vector
    slope: Vector
    curvature: Vector
    beta: Matrix
    unscaled: Stack
    residual: Vector
    quadratic_slope: Vector
    full_curvature: Vector
    first: Stack


def sum_cells(values: Matrix, cells: Codes, person: Codes, size: int) -> CellSums:
    width = values.shape[1]
    person, _ = number(person)
    n = np.bincount(person).astype(np.float64)
    cell_of = np.zeros(n.size, dtype=np.int64)
    cell_of[person] = cells
    order = np.lexsort((n, cell_of))
    key = np.column_stack([cell_of[order], n[order]])
    runs = np.flatnonzero(np.append(True, (np.diff(key, axis=0) != 0).any(axis=1)))
    means = np.column_stack([np.bincount(person, weights=column) / n for column in values.T])
    over = values - means[person]
    sorted_means = means[order]
    within, products = np.empty((size, width, width)), np.empty((runs.size, width, width))
    for first in range(width):
        for second in range(first + 1):
            total = np.bincount(cells, weights=over[:, first] * over[:, second], minlength=size)
            within[:, first, second] = within[:, second, first] = total
            run = np.add.reduceat(sorted_means[:, first] * sorted_means[:, second], runs)
            products[:, first, second] = products[:, second, first] = run
    cell = cell_of[order][runs]
    return CellSums(
        within,
        np.bincount(cells, minlength=size).astype(np.float64),
        products,
        n[order][runs],
        np.diff(np.append(runs, n.size)).astype(np.float64),
        cell,
        np.searchsorted(cell, np.arange(size)).astype(np.int64),
    )


def profile_cells(sums: CellSums, ratio: Vector, *, reml: bool) -> CellProfiles:
    """The likelihood of all cells, each at its own ratio."""
    p = sums.within.shape[1] - 1
    u = sums.n / (1.0 + sums.n * ratio[sums.cell])

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        added: NDArray[np.float64] = np.add.reduceat(values, sums.begins, axis=0)
        return added

    crossed = sums.within + total(u[:, None, None] * sums.products)
    first = total((u**2)[:, None, None] * sums.products)
    second = 2 * total((u**3)[:, None, None] * sums.products)
    unscaled: Stack = np.linalg.inv(crossed[:, :p, :p]).astype(np.float64)
    beta = np.einsum("cpq,cq->cp", unscaled, crossed[:, :p, p])
    contrast = np.concatenate([-beta, np.ones((len(beta), 1))], axis=1)
    size = sums.rows - (p if reml else 0)
    residual = np.maximum(np.einsum("ci,cij,cj->c", contrast, crossed, contrast) / size, 1e-300)
    toward = np.einsum("cij,cj->ci", first, contrast)
    quadratic_slope = -np.einsum("ci,ci->c", toward, contrast)
    bend = np.einsum("ci,cij,cj->c", contrast, second, contrast)
    bend -= 2 * np.einsum("ci,cij,cj->c", toward[:, :p], unscaled, toward[:, :p])
    deviance = size * (np.log(2 * np.pi * residual) + 1) + total(sums.size * np.log1p(sums.n * ratio[sums.cell]))
    slope = total(sums.size * u) + quadratic_slope / residual
    full = bend / residual - total(sums.size * u**2)
    if reml:
        reduced = unscaled @ first[:, :p, :p]
        deviance += np.linalg.slogdet(crossed[:, :p, :p])[1]
        slope -= np.einsum("cii->c", reduced)
        full += np.einsum("cij,cji->c", unscaled, second[:, :p, :p]) - np.einsum("cij,cji->c", reduced, reduced)
    curvature = full - quadratic_slope**2 / (residual**2 * size)
    return CellProfiles(deviance, slope, curvature, beta, unscaled, residual, quadratic_slope, full, first[:, :p, :p])


def best_ratios(sums: CellSums, *, reml: bool) -> tuple[Vector, NDArray[np.bool_]]:
    """The best ratio of every cell, and whether it settled."""
    size = sums.rows.size
    grid = [profile_cells(sums, np.full(size, ratio), reml=reml) for ratio in GRID]
    best = np.argmin(np.stack([profile.deviance for profile in grid]), axis=0)
    slopes = np.stack([profile.slope for profile in grid])
    points = np.array(GRID)
    everybody = np.arange(size)
    at_zero = (best == 0) & (slopes[0] >= 0)
    lower = np.where(slopes[best, everybody] > 0, np.maximum(best - 1, 0), best)
    upper = np.minimum(lower + 1, len(GRID) - 1)
    low, high = points[lower], points[upper]
    bracketed = (slopes[lower, everybody] < 0) & (slopes[upper, everybody] > 0)
    ratio = np.where(at_zero, 0.0, 0.5 * (low + high))
    settled = at_zero.copy()
    for _ in range(MOST_STEPS):
        active = bracketed & ~settled & ~at_zero
        if not active.any():
            break
        profile = profile_cells(sums, ratio, reml=reml)
        high = np.where(profile.slope > 0, ratio, high)
        low = np.where(profile.slope > 0, low, ratio)
        curved = np.where(profile.curvature > 0, profile.curvature, np.inf)
        following = ratio - profile.slope / curved
        outside = ~((following > low) & (following < high))
        middle = np.where(low > 0, np.sqrt(low * high), 0.5 * high)
        step = np.where(outside, middle, following)
        done = (profile.curvature > 0) & (profile.slope**2 < SETTLED * profile.curvature)
        done |= high - low <= 4e-16 * high
        settled |= active & done
        # the last of Newton's steps is taken too, to the bracket's end where rounding has it beyond: a ratio on the grid
        step = np.where(done, np.clip(following, low, high), step)
        ratio = np.where(active, step, ratio)
    return ratio, settled
