"""What the likelihood needs of each person, made in one pass over the rows.

Question: which sums replace the rows of a linear mixed model, exactly?
Formula: with Z = [1] or [1, t] and columns T (fixed columns and response), a person's rows are replaced by A = Z'Z
(n, sum t, sum t^2), the person's own least-squares coefficients B of T on Z, and what Z leaves over, E = sum of squares
and products of T - Z B, summed over persons. Then for W = (I + Z G Z')^-1: T'WT = E + B'UB with U = (A^-1 + G)^-1: no
difference of large numbers is ever taken. Where citizens share design rows x_d, T holds the functions of time and the
response only, and X_i = T_i C_d: every sum is kept per distinct row d.
Sums of products over rows are sums of both parts, so that least squares need no other pass (:mod:`person_tables`).
Before that, t is centred and scaled by its standard deviation, the response is replaced by its least-squares residual
divided by its root mean square, and columns are made orthonormal; the likelihood is the same, and
:class:`Scaling` takes results back.
Assumptions: rows of one person are together in one outer unit. Units: see each class.
Missing data: rows with a missing response are left out by the caller.
Errors: :class:`~outcomes.errors.EstimateError` for values that aren't finite, no rows, columns that can't be told apart,
scores without variation, a person whose background values change.
Source: Laird & Ware 1982, doi:10.2307/2529876; Bates et al. 2015, doi:10.18637/jss.v067.i01.
Checked: tests/unit/analysis/test_mixed_model_statistics.py (against whole matrices).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.person_tables import OwnLines, lay_tables, sorted_places, split_lines
from outcomes.analysis.mixed_model.rows import Codes, Matrix, Rows, Vector, not_finite
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

DEPENDENT = 1e-9
EXACT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class CitizenDesign:
    """Fixed columns made of functions of time and citizens' rows: column j is ``values[class, j]`` times function
    ``function_of[j]`` of ``time_columns`` (rows of the data x functions; the first function is the constant).

    ``class_of``: the class (distinct citizen row) of each row of the data.
    """

    time_columns: Matrix
    values: Matrix
    function_of: Codes
    class_of: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """The way back from fitted to original numbers: response = columns @ ``offset`` + ``response_scale`` * fitted
    response; original coefficients = ``offset`` + ``response_scale`` * ``back`` @ fitted coefficients; fitted time =
    (time - ``time_centre``) / ``time_scale``. ``log_back``: log determinant of ``back``."""

    offset: Vector
    response_scale: float
    back: Matrix
    log_back: float
    time_centre: float
    time_scale: float


@dataclass(frozen=True, slots=True, eq=False)
class PersonStatistics:
    """Persons as arrays, sorted so that those of one group (outer unit x class) stand together.

    ``n``, ``time_sum``, ``time_square``, ``determinant`` (n * centred sum of squares of time) per person; ``own``: (1 or 2,
    functions, persons) least-squares coefficients on [1] or [1, t]; ``within``: E, in terms (with response, and the
    constant where there is an outer level, last). ``classes``: (classes, functions, terms). ``starts``: where each group
    begins, with its class and outer unit. Without slopes persons of a group with equally many answers (a run) weigh alike,
    so that their sum of products ``run_products`` (runs, functions, functions) is all that is needed of them; ``run_n``,
    ``run_size`` persons, ``run_group``. ``order``: the person's place among the sorted ``labels``.
    """

    n: Vector
    time_sum: Vector
    time_square: Vector
    determinant: Vector
    own: NDArray[np.float64]
    within: Matrix
    classes: NDArray[np.float64]
    starts: Codes
    group_class: Codes
    group_outer: Codes
    run_products: NDArray[np.float64]
    run_n: Vector
    run_size: Vector
    run_group: Codes
    order: Codes
    labels: NDArray[Any]
    outer_labels: NDArray[Any] | None
    n_rows: int
    n_terms: int
    scaling: Scaling

    @property
    def n_persons(self) -> int:
        return int(self.n.size)

    @property
    def random_terms(self) -> int:
        """1: an intercept per person; 2: intercept and slope."""
        return int(self.own.shape[0])

    @property
    def n_outer(self) -> int:
        return 0 if self.outer_labels is None else int(self.outer_labels.size)


def statistics_of_columns(rows: Rows, columns: Matrix, terms: tuple[str, ...]) -> PersonStatistics:
    """Statistics for any fixed ``columns`` (rows x terms), time-varying ones too."""
    columns = np.asarray(columns, dtype=np.float64)
    if not np.isfinite(columns).all():
        raise not_finite()
    size = np.linalg.norm(columns, axis=0)
    # columns of one length first: the check for dependence is then the same in any unit
    basis, triangle = np.linalg.qr(columns / np.where(size > 0, size, 1.0))
    _check_separable(np.abs(np.diag(triangle)), terms, DEPENDENT)
    _check_scores_differ(rows.response)
    root = np.sqrt(rows.response.size)
    coefficients = basis.T @ rows.response
    left = rows.response - basis @ coefficients
    again = basis.T @ left
    left -= basis @ again
    inverse = np.linalg.inv(triangle) / size[:, None]
    scale = _response_scale(rows.response, float(np.mean(left**2)))
    scaling = Scaling(
        inverse @ (coefficients + again),
        scale,
        inverse * root,
        float(np.log(np.abs(np.diag(inverse))).sum() + len(terms) * np.log(root)),
        rows.time_centre,
        rows.time_scale,
    )
    lines = split_lines(rows, lay_tables(rows.person, rows.labels.size), [*(basis * root).T, left / scale])
    rest = np.zeros((1, len(lines.mean), len(lines.mean)))
    rest[np.ix_([0], lines.varying, lines.varying)] = lines.over @ lines.over.T
    identity = np.eye(len(lines.mean) + (rows.outer is not None))[None]
    classes = np.zeros(rows.labels.size, dtype=np.int64)
    return _collect(rows, lines, rest, classes, identity, len(terms), scaling)


def statistics_of_design(rows: Rows, design: CitizenDesign, terms: tuple[str, ...]) -> PersonStatistics:
    """Statistics for citizens' rows times functions of time: as :func:`statistics_of_columns`, without making the rows."""
    functions = np.asarray(design.time_columns, dtype=np.float64)
    if not (np.isfinite(functions).all() and np.isfinite(design.values).all()):
        raise not_finite()
    n_classes, n_terms = design.values.shape
    n_functions = functions.shape[1]
    spread = np.zeros((n_classes, n_functions, n_terms))
    spread[:, design.function_of, np.arange(n_terms)] = design.values
    _check_scores_differ(rows.response)
    tables = lay_tables(rows.person, rows.labels.size)
    class_of = _class_of_persons(rows, design.class_of)[tables.person]
    lines = split_lines(rows, tables, [*functions.T, rows.response])
    offset, inverse, within, left_square = _regress(lines, class_of, spread, terms)
    scale = _response_scale(rows.response, left_square / rows.response.size)
    lines.divide(n_functions, scale)
    within[:, -1] /= scale
    within[:, :, -1] /= scale
    root = np.sqrt(rows.response.size)
    back = inverse * root
    scaling = Scaling(offset, scale, back, float(np.log(np.diag(back)).sum()), rows.time_centre, rows.time_scale)
    extra = 1 + (rows.outer is not None)
    classes = np.zeros((n_classes, n_functions + extra, n_terms + extra))
    classes[:, :n_functions, :n_terms] = spread @ back
    for place in range(extra):
        classes[:, n_functions + place, n_terms + place] = 1.0
    return _collect(rows, lines, within, class_of, classes, n_terms, scaling)


def _regress(
    lines: OwnLines, class_of: Codes, spread: NDArray[np.float64], terms: tuple[str, ...]
) -> tuple[Vector, Matrix, NDArray[np.float64], float]:
    """Least squares of the response, the last of ``lines``, which becomes its residual: the coefficients, what makes the
    columns orthonormal, sums of products within persons (classes x columns x columns), and the residual sum of squares."""
    n_classes, last, n_terms = spread.shape
    within = np.zeros((n_classes, last + 1, last + 1))
    between = np.zeros_like(within)
    _add_products(lines, class_of, itertools.combinations_with_replacement(range(last), 2), within, between)
    inverse = _inverse_triangle(_in_terms(spread, (within + between)[:, :-1, :-1]), terms)
    offset = np.zeros(n_terms)
    # twice: the second time on what the first left, which gives the digits back that the products lost
    for _ in range(2):
        _add_products(lines, class_of, [(place, last) for place in range(last)], within, between)
        by_time = (within + between)[:, -1, :-1]
        step = inverse @ (inverse.T @ np.einsum("dkp,dk->p", spread, by_time))
        offset = offset + step
        lines.subtract(last, (spread @ step).T[:, class_of])
    _add_products(lines, class_of, [(place, last) for place in range(last + 1)], within, between)
    return offset, inverse, within, float((within + between)[:, -1, -1].sum())


def column_means(statistics: PersonStatistics, design: CitizenDesign) -> Vector:
    """Mean over rows of each column of ``design``, from the sums of its functions per person."""
    size = design.time_columns.shape[1]
    sums = statistics.own[0, :size] * statistics.n
    if statistics.random_terms > 1:
        sums += statistics.own[1, :size] * statistics.time_sum
    groups = np.add.reduceat(sums, statistics.starts[:-1], axis=1) / statistics.n_rows
    by_class = np.zeros((size, len(design.values)))
    np.add.at(by_class.T, statistics.group_class, groups.T)
    means: Vector = np.einsum("dp,pd->p", design.values, by_class[design.function_of])
    return means


def _class_of_persons(rows: Rows, class_of: Codes) -> Codes:
    """The class of each person, who must have the same one in every row."""
    of_person = np.zeros(rows.labels.size, dtype=np.int64)
    of_person[rows.person] = class_of
    if (of_person[rows.person] != class_of).any():
        raise EstimateError(
            Sentence(
                "A person has different background values at different times. Give such a column as one that varies."
            )
        )
    return of_person


def _add_products(
    lines: OwnLines,
    class_of: Codes,
    pairs: Iterable[tuple[int, int]],
    within: NDArray[np.float64],
    between: NDArray[np.float64],
) -> None:
    """Sums of products per class of ``pairs`` of columns, into ``within`` and ``between`` (classes x columns x columns)."""
    classes = within.shape[0]
    for first, second in pairs:
        total = np.bincount(class_of, weights=lines.between(first, second), minlength=classes)
        between[:, first, second] = between[:, second, first] = total
        left = lines.within(first, second)
        if left is not None:
            total = np.bincount(class_of, weights=left, minlength=classes)
            within[:, first, second] = within[:, second, first] = total


def _collect(
    rows: Rows,
    lines: OwnLines,
    within: NDArray[np.float64],
    class_of: Codes,
    classes: NDArray[np.float64],
    n_terms: int,
    scaling: Scaling,
) -> PersonStatistics:
    """What was made of each person, sorted by group. ``within``: sums of products of what is left over, per class;
    ``class_of``: each person's class, persons as in the tables."""
    tables, n = lines.tables, lines.tables.n
    columns, persons = lines.mean.shape
    own = np.zeros((1 if lines.steepness is None else 2, classes.shape[1], persons))
    own[0, :columns] = lines.mean
    if lines.steepness is not None:
        own[0, :columns] -= lines.steepness * lines.time_mean
        own[1, :columns] = lines.steepness
    key = class_of
    if rows.outer is not None:
        own[0, -1] = 1.0
        outer_of = np.zeros(persons, dtype=np.int64)
        outer_of[rows.person] = rows.outer
        key = outer_of[tables.person] * classes.shape[0] + class_of
    order = sorted_places(key)  # those alike in it stay sorted by their number of answers
    key, n = key[order], n[order]
    starts = np.flatnonzero(np.append(True, np.diff(key) != 0))
    groups = key[starts]
    time_mean, squares = lines.time_mean[order], lines.squares[order]
    own = np.ascontiguousarray(own[:, :, order])
    runs, run_products = _runs(own, key, n, slope=lines.steepness is not None)
    rest = np.zeros((classes.shape[0], classes.shape[1], classes.shape[1]))
    rest[:, :columns, :columns] = within
    return PersonStatistics(
        n=n,
        time_sum=n * time_mean,
        time_square=squares + n * time_mean**2,
        determinant=n * squares,
        own=own,
        within=_in_terms(classes, rest),
        classes=classes,
        starts=np.append(starts, persons).astype(np.int64),
        group_class=(groups % classes.shape[0]).astype(np.int64),
        group_outer=(groups // classes.shape[0]).astype(np.int64),
        run_products=run_products,
        run_n=n[runs[:-1]],
        run_size=np.diff(runs).astype(np.float64),
        run_group=(np.searchsorted(starts, runs[:-1], side="right") - 1).astype(np.int64),
        order=tables.person[order],
        labels=rows.labels,
        outer_labels=rows.outer_labels,
        n_rows=int(rows.response.size),
        n_terms=n_terms,
        scaling=scaling,
    )


def _runs(own: NDArray[np.float64], key: Codes, n: Vector, *, slope: bool) -> tuple[Codes, NDArray[np.float64]]:
    """Where runs of persons alike in group and number of answers begin (and the end), and each run's sums of products."""
    if slope:
        return np.zeros(1, dtype=np.int64), np.zeros((0, 0, 0))
    begins = np.flatnonzero(np.append(True, (np.diff(key) != 0) | (np.diff(n) != 0)))
    runs = np.append(begins, n.size).astype(np.int64)
    one = own[0]
    return runs, np.stack([one[:, start:stop] @ one[:, start:stop].T for start, stop in itertools.pairwise(runs)])


def _in_terms(classes: NDArray[np.float64], products: NDArray[np.float64]) -> Matrix:
    """Sum over classes of C' P C."""
    size = classes.shape[2]
    total: Matrix = classes.reshape(-1, size).T @ (products @ classes).reshape(-1, size)
    return total


def _inverse_triangle(gram: Matrix, terms: tuple[str, ...]) -> Matrix:
    """R^-1 with R'R = ``gram``, an upper triangle."""
    size = np.sqrt(np.diag(gram))
    whole = np.where(size > 0, size, 1.0)
    inverse: Matrix = np.linalg.inv(_cholesky(gram / np.outer(whole, whole), terms)) / size[:, None]
    return inverse


def _cholesky(gram: Matrix, terms: tuple[str, ...]) -> Matrix:
    """Upper triangle R with R'R = ``gram``, whose diagonal is one; dependent columns are named."""
    size = gram.shape[0]
    triangle = np.zeros((size, size))
    pivots = np.zeros(size)
    for place in range(size):
        above = triangle[:place, place]
        pivot = gram[place, place] - above @ above
        pivots[place] = np.sqrt(max(pivot, 0.0))
        triangle[place, place] = max(pivots[place], DEPENDENT)
        rest = gram[place, place + 1 :] - above @ triangle[:place, place + 1 :]
        triangle[place, place + 1 :] = rest / triangle[place, place]
        if pivots[place] < 1e-6:
            triangle[place, place + 1 :] = 0.0
    _check_separable(pivots, terms, 1e-6)
    return triangle


def _check_separable(pivots: Vector, terms: tuple[str, ...], limit: float) -> None:
    dependent = [term for term, pivot in zip(terms, pivots, strict=True) if pivot < limit]
    if dependent:
        raise EstimateError(
            Sentence(
                "In these answers %(columns)s can't be told apart from the rest of the model: all have the same value, or it"
                " follows from other columns. Leave it out, or wait for more answers.",
                columns=", ".join(dependent),
            )
        )


def _check_scores_differ(response: Vector) -> None:
    if response.min() == response.max():
        raise EstimateError(
            Sentence("All scores are the same, so nothing can be compared. It needs scores that differ.")
        )


def _response_scale(response: Vector, left_square: float) -> float:
    """Root of ``left_square``, the mean square of what the columns leave."""
    scale = math.sqrt(left_square)
    if not scale > EXACT * float(np.abs(response).max()):
        raise EstimateError(Sentence("The model fits every score exactly, so no uncertainty can be worked out."))
    return scale
