"""What the likelihood needs of each person, made in one pass over the rows.

Question: which sums replace the rows of a linear mixed model, exactly?
Formula: with Z = [1] or [1, t] and columns T (fixed columns and response), a person's rows are replaced by A = Z'Z
(n, sum t, sum t^2), the person's own least-squares coefficients B of T on Z, and what Z leaves over, E = sum of squares
and products of T - Z B, summed over persons. Then for W = (I + Z G Z')^-1: T'WT = E + B'UB with U = (A^-1 + G)^-1: no
difference of large numbers is ever taken. Where citizens share design rows x_d, T holds the functions of time and the
response only, and X_i = T_i C_d: every sum is kept per distinct row d.
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
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.rows import Codes, Matrix, Rows, Vector, not_finite
from outcomes.errors import EstimateError, Sentence

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
    root = np.sqrt(rows.response.size)
    coefficients = basis.T @ rows.response
    left = rows.response - basis @ coefficients
    again = basis.T @ left
    left -= basis @ again
    inverse = np.linalg.inv(triangle) / size[:, None]
    scale = _response_scale(rows.response, left)
    scaling = Scaling(
        inverse @ (coefficients + again),
        scale,
        inverse * root,
        float(np.log(np.abs(np.diag(inverse))).sum() + len(terms) * np.log(root)),
        rows.time_centre,
        rows.time_scale,
    )
    values = [*(basis * root).T, left / scale]
    identity = np.eye(len(values) + (rows.outer is not None))[None]
    classes = np.zeros(rows.labels.size, dtype=np.int64)
    return _collect(rows, values, classes, identity, len(terms), scaling)


def statistics_of_design(rows: Rows, design: CitizenDesign, terms: tuple[str, ...]) -> PersonStatistics:
    """Statistics for citizens' rows times functions of time: as :func:`statistics_of_columns`, without making the rows."""
    functions = np.asarray(design.time_columns, dtype=np.float64)
    if not (np.isfinite(functions).all() and np.isfinite(design.values).all()):
        raise not_finite()
    n_classes, n_terms = design.values.shape
    n_functions = functions.shape[1]
    spread = np.zeros((n_classes, n_functions, n_terms))
    spread[:, design.function_of, np.arange(n_terms)] = design.values
    stacked = np.vstack([functions.T, rows.response - rows.response.mean()])
    by_class = _products_by(stacked, design.class_of, n_classes)
    gram = _in_terms(spread, by_class[:, :-1, :-1])
    size = np.sqrt(np.diag(gram))
    scaled_gram = gram / np.outer(np.where(size > 0, size, 1.0), np.where(size > 0, size, 1.0))
    triangle = _cholesky(scaled_gram, terms)
    inverse = np.linalg.inv(triangle) / size[:, None]
    # least squares twice: the second time on what the first left, which gives the digits back that the products lost
    offset = np.zeros(n_terms)
    left = rows.response
    for _ in range(2):
        by_time = np.vstack(
            [np.bincount(design.class_of, weights=column * left, minlength=n_classes) for column in functions.T]
        )
        step = inverse @ (inverse.T @ np.einsum("dkp,kd->p", spread, by_time))
        of_class = spread @ step
        offset = offset + step
        left = left - np.einsum("nk,nk->n", functions, of_class[design.class_of])
    scale = _response_scale(rows.response, left)
    root = np.sqrt(rows.response.size)
    back = inverse * root
    scaling = Scaling(offset, scale, back, float(np.log(np.diag(back)).sum()), rows.time_centre, rows.time_scale)
    extra = 1 + (rows.outer is not None)
    classes = np.zeros((n_classes, n_functions + extra, n_terms + extra))
    classes[:, :n_functions, :n_terms] = spread @ back
    for place in range(extra):
        classes[:, n_functions + place, n_terms + place] = 1.0
    class_of_person = np.zeros(rows.labels.size, dtype=np.int64)
    class_of_person[rows.person] = design.class_of
    if (class_of_person[rows.person] != design.class_of).any():
        raise EstimateError(
            Sentence(
                "A person has different background values at different times. Give such a column as one that varies."
            )
        )
    return _collect(rows, [*functions.T, left / scale], class_of_person, classes, n_terms, scaling)


def _collect(
    rows: Rows, values: list[Vector], class_of: Codes, classes: NDArray[np.float64], n_terms: int, scaling: Scaling
) -> PersonStatistics:
    """Each person's least squares on [1] or [1, t] for every column of ``values``, and what is left over."""
    person, persons = rows.person, rows.labels.size
    n = np.bincount(person, minlength=persons).astype(np.float64)
    slope = rows.time is not None
    centred, squares, means = _centred_time(rows, n)
    known = squares > EXACT * n  # those who answered at one time only have no slope of their own
    own = np.zeros((2 if slope else 1, classes.shape[1], persons))
    over = np.empty((len(values), rows.response.size))
    for place, value in enumerate(values):
        mean = np.bincount(person, weights=value, minlength=persons) / n
        over[place] = value - mean[person]
        own[0, place] = mean
        if slope:
            product = np.bincount(person, weights=over[place] * centred, minlength=persons)
            steepness = np.divide(product, squares, out=np.zeros(persons), where=known)
            over[place] -= steepness[person] * centred
            own[0, place] -= steepness * means
            own[1, place] = steepness
    if rows.outer is not None:
        own[0, -1] = 1.0
    rest = np.zeros((classes.shape[0], classes.shape[1], classes.shape[1]))
    rest[:, : len(values), : len(values)] = _products_by(over, class_of[person], classes.shape[0])
    outer_of = np.zeros(persons, dtype=np.int64)
    if rows.outer is not None:
        outer_of[person] = rows.outer
    key = outer_of * classes.shape[0] + class_of
    order = np.lexsort((n, key))
    groups, starts = np.unique(key[order], return_index=True)
    time_sum = n * means
    own = np.ascontiguousarray(own[:, :, order])
    runs, run_products = _runs(own, key[order], n[order], slope=slope)
    return PersonStatistics(
        n=n[order],
        time_sum=time_sum[order],
        time_square=(squares + means * time_sum)[order],
        determinant=np.where(known, n * squares, 0.0)[order],
        own=own,
        within=_in_terms(classes, rest),
        classes=classes,
        starts=np.append(starts, persons).astype(np.int64),
        group_class=(groups % classes.shape[0]).astype(np.int64),
        group_outer=(groups // classes.shape[0]).astype(np.int64),
        run_products=run_products,
        run_n=n[order][runs[:-1]],
        run_size=np.diff(runs).astype(np.float64),
        run_group=(np.searchsorted(starts, runs[:-1], side="right") - 1).astype(np.int64),
        order=order.astype(np.int64),
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


def _centred_time(rows: Rows, n: Vector) -> tuple[Vector, Vector, Vector]:
    """Time minus the person's own mean (per row); its sum of squares and that mean (per person)."""
    if rows.time is None:
        return np.zeros(0), np.zeros(n.size), np.zeros(n.size)
    means: Vector = np.bincount(rows.person, weights=rows.time, minlength=n.size) / n
    centred = rows.time - means[rows.person]
    squares: Vector = np.bincount(rows.person, weights=centred**2, minlength=n.size).astype(np.float64)
    return centred, squares, means


def _products_by(values: Matrix, group: Codes, groups: int) -> NDArray[np.float64]:
    """Sums of products of the rows of ``values`` per group: (groups, rows, rows)."""
    if groups == 1:
        whole: NDArray[np.float64] = (values @ values.T)[None]
        return whole
    size = values.shape[0]
    products = np.empty((groups, size, size))
    for first in range(size):
        for second in range(first + 1):
            total = np.bincount(group, weights=values[first] * values[second], minlength=groups)
            products[:, first, second] = products[:, second, first] = total
    return products


def _in_terms(classes: NDArray[np.float64], products: NDArray[np.float64]) -> Matrix:
    """Sum over classes of C' P C."""
    total: Matrix = (classes.transpose(0, 2, 1) @ products @ classes).sum(axis=0)
    return total


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


def _response_scale(response: Vector, left: Vector) -> float:
    if response.min() == response.max():
        raise EstimateError(
            Sentence("All scores are the same, so nothing can be compared. It needs scores that differ.")
        )
    scale = float(np.sqrt(np.mean(left**2)))
    if not scale > EXACT * float(np.abs(response).max()):
        raise EstimateError(Sentence("The model fits every score exactly, so no uncertainty can be worked out."))
    return scale
