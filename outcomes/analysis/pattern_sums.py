"""Sums per missingness pattern: all that a model of planned occasions needs of the people behind it.

Question: what must be kept of many people's scores, so that models of them can be fitted without the people?
Formula: person i has m columns x_i that don't change over time (the first is 1) and scores y_i at those of K planned
occasions that were answered. People with the same answered occasions form a pattern; per pattern the count n and the
cross-products sum x x', sum x y', sum y y' give a Gaussian likelihood exactly, whatever its mean (as long as that is
linear in x at each occasion) and whatever its covariance between occasions. Sums of two groups of people add up to the
sums of both: nothing is approximated.
Assumptions: none; these are sums. What they can't give is anything that depends on one person's scores in another way.
Units: scores in points about ``origin``; numbers about ``column_origins``. An origin near the data keeps digits, and is
undone exactly when two sums with different origins are added.
Missing data: NaN is "not answered"; a person without any answer adds nothing.
Errors: :class:`~outcomes.errors.EstimateError` where a value is infinite, a column value is missing, or two sums don't
describe the same occasions and columns.
Source: the sufficient statistics of the multivariate normal distribution under monotone or arbitrary missingness,
Little & Rubin 2019, chapter 7, doi:10.1002/9781119482260.
Checked: tests/unit/analysis/test_pattern_sums.py (against sums made person by person), tests/reference/mmrm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
INTERCEPT = "Intercept"
MAX_OCCASIONS = 60  # a pattern is numbered by the bits of a whole number


@dataclass(frozen=True, slots=True, eq=False)
class PatternSums:
    """The ``n`` people who answered at exactly the occasions ``observed`` (ascending numbers from 0, k of them).

    ``xx``: m x m, sum of x x'. ``xy``: m x k, sum of x y'. ``yy``: k x k, sum of y y' (points squared).
    """

    observed: tuple[int, ...]
    n: int
    xx: Matrix
    xy: Matrix
    yy: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class LongitudinalSums:
    """Every pattern once, in the order of ``observed``, with what the sums are of.

    ``occasions``: K labels in time order. ``columns``: m names, the first ``Intercept``. ``origin`` (points) was taken
    from every score, ``column_origins`` (m, the first 0) from every column.
    """

    occasions: tuple[str, ...]
    columns: tuple[str, ...]
    origin: float
    column_origins: Vector
    patterns: tuple[PatternSums, ...]

    @property
    def n_subjects(self) -> int:
        return sum(pattern.n for pattern in self.patterns)

    @property
    def n_observations(self) -> int:
        return sum(pattern.n * len(pattern.observed) for pattern in self.patterns)


def sum_patterns(
    scores: Matrix,
    columns: Matrix,
    *,
    occasions: Sequence[str],
    names: Sequence[str],
    origin: float | None = None,
    column_origins: Vector | None = None,
) -> LongitudinalSums:
    """Sums over people: ``scores`` n x K (points, NaN where not answered), ``columns`` n x m with ones first.

    Origins left out are the means of the data for numbers, and 0 for columns that hold nothing but 0 and 1.
    """
    _check_rows(scores, columns, occasions, names)
    answered = ~np.isnan(scores)
    if origin is None:
        origin = float(scores[answered].mean()) if answered.any() else 0.0
    if column_origins is None:
        column_origins = _usual_origins(columns)
    centred, shifted = scores - origin, columns - column_origins
    codes = answered @ (1 << np.arange(scores.shape[1], dtype=np.int64))
    order = np.argsort(codes, kind="stable")
    found, starts = np.unique(codes[order], return_index=True)
    patterns = []
    for code, people in zip(found, np.split(order, starts)[1:], strict=True):
        if code == 0:
            continue
        observed = _observed(int(code))
        x, y = shifted[people], centred[people][:, list(observed)]
        patterns.append(PatternSums(observed, people.size, x.T @ x, x.T @ y, y.T @ y))
    return LongitudinalSums(tuple(occasions), tuple(names), origin, column_origins, _in_order(patterns))


def sum_cells(
    rows: Matrix,
    cells: Iterable[tuple[tuple[int, ...], int, int, Vector, Matrix]],
    *,
    occasions: Sequence[str],
    names: Sequence[str],
    origin: float,
) -> LongitudinalSums:
    """Sums from groups of people alike in pattern and columns, as a database gives them by GROUP BY.

    ``rows``: the distinct rows of columns (r x m). Each of ``cells`` is (observed, number of the row, count, sums of scores
    (k), sums of products of scores (k x k)), both sums about ``origin``.
    """
    grouped: dict[tuple[int, ...], list[tuple[int, int, Vector, Matrix]]] = {}
    for observed, row, count, total, products in cells:
        grouped.setdefault(observed, []).append((row, count, total, products))
    patterns = []
    for observed, members in grouped.items():
        x = rows[[member[0] for member in members]]
        counts = np.array([member[1] for member in members], dtype=np.float64)
        totals = np.stack([member[2] for member in members])
        products = np.sum([member[3] for member in members], axis=0)
        patterns.append(PatternSums(observed, int(counts.sum()), (x.T * counts) @ x, x.T @ totals, products))
    return LongitudinalSums(tuple(occasions), tuple(names), origin, np.zeros(rows.shape[1]), _in_order(patterns))


def add_sums(parts: Iterable[LongitudinalSums]) -> LongitudinalSums:
    """The sums of all people of ``parts``, which must have the same occasions and columns; origins are the first's."""
    every = list(parts)
    if not every:
        raise EstimateError(Sentence("There is nothing to add: no sums were given."))
    first = every[0]
    grouped: dict[tuple[int, ...], PatternSums] = {}
    for part in every:
        if part.occasions != first.occasions or part.columns != first.columns:
            raise EstimateError(
                Sentence(
                    "Sums can be added only where they have the same occasions and the same columns. Make them anew with"
                    " the same plan."
                )
            )
        for pattern in move_origins(part, first.origin, first.column_origins).patterns:
            held = grouped.get(pattern.observed)
            grouped[pattern.observed] = pattern if held is None else _join(held, pattern)
    return replace(first, patterns=_in_order(grouped.values()))


def move_origins(sums: LongitudinalSums, origin: float, column_origins: Vector) -> LongitudinalSums:
    """The same sums about other origins (exact but for rounding)."""
    step, steps = origin - sums.origin, column_origins - sums.column_origins
    if step == 0.0 and not steps.any():
        return sums
    moved = tuple(_move(pattern, step, steps) for pattern in sums.patterns)
    return replace(sums, origin=origin, column_origins=column_origins, patterns=moved)


def _move(pattern: PatternSums, step: float, steps: Vector) -> PatternSums:
    """x becomes x - steps and y becomes y - step; the first column is 1, so its row of sums holds plain sums."""
    sum_x, n = pattern.xx[0], pattern.n
    xx = pattern.xx - np.outer(steps, sum_x) - np.outer(sum_x, steps) + n * np.outer(steps, steps)
    sum_y = pattern.xy[0]
    yy = pattern.yy - step * (sum_y[:, None] + sum_y[None, :]) + n * step**2
    xy = pattern.xy - np.outer(steps, sum_y) - step * (sum_x - n * steps)[:, None]
    return PatternSums(pattern.observed, n, xx, xy, yy)


def _join(one: PatternSums, other: PatternSums) -> PatternSums:
    return PatternSums(one.observed, one.n + other.n, one.xx + other.xx, one.xy + other.xy, one.yy + other.yy)


def _in_order(patterns: Iterable[PatternSums]) -> tuple[PatternSums, ...]:
    return tuple(sorted(patterns, key=lambda pattern: pattern.observed))


def _observed(code: int) -> tuple[int, ...]:
    return tuple(index for index in range(code.bit_length()) if code >> index & 1)


def _usual_origins(columns: Matrix) -> Vector:
    indicator = ((columns == 0.0) | (columns == 1.0)).all(axis=0)
    return np.where(indicator, 0.0, columns.mean(axis=0) if len(columns) else 0.0)


def _check_rows(scores: Matrix, columns: Matrix, occasions: Sequence[str], names: Sequence[str]) -> None:
    if scores.shape != (len(columns), len(occasions)) or columns.shape[1] != len(names):
        raise ValueError("scores are people x occasions, columns people x names")
    if len(occasions) > MAX_OCCASIONS:
        raise EstimateError(
            Sentence(
                "There are %(found)s different occasions; this model takes at most %(most)s. Use planned occasions, or the"
                " mixed model, which takes any times.",
                found=len(occasions),
                most=MAX_OCCASIONS,
            )
        )
    if np.isinf(scores).any() or not np.isfinite(columns).all():
        raise EstimateError(Sentence("A value isn't a finite number. Correct it or leave it out."))
    if not (columns[:, 0] == 1.0).all() or names[0] != INTERCEPT:
        raise ValueError("the first column is the intercept: all ones")
