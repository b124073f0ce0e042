"""The sums over persons that likelihood, slopes and degrees of freedom are made of, at one set of relative variances.

Question: what are X'WX, X'Wy, log|V|, and their derivatives in the relative variances?
Formula: V = I + sum over a of g_a V_a (relative to the residual variance), W = V^-1. For a person's intercept and slope
V_a = Z E_a Z' with E_a the symmetric unit matrices for (intercept, covariance, slope). With U = (A^-1 + G)^-1 =
(A + |A| adj G) / (1 + tr(AG) + |A||G|) in closed form and h = U B: T'WT = E + B'h, T'WV_aWT = h'E_a h,
T'W(V_aWV_b + V_bWV_a)WT = h'(E_a U E_b + E_b U E_a)h, tr(WV_a) = tr(U E_a), tr(WV_aWV_b) = tr(U E_a U E_b).
One outer level (relative variance g_o) is one more Woodbury step per outer unit m, with w = T'W1 and s = 1'W1 there:
T'WT loses g_o / (1 + g_o s) w w', and so on for its derivatives.
Units: all relative to the residual variance, in the scaled response. Errors: none.
Source: Bates et al. 2015, doi:10.18637/jss.v067.i01; Harville 1977, doi:10.2307/2286796.
Checked: tests/unit/analysis/test_mixed_model_moments.py (against whole matrices).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.rows import Matrix, Vector

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.rows import Codes
    from outcomes.analysis.mixed_model.statistics import PersonStatistics

Stack = NDArray[np.float64]
UNITS = {
    1: np.ones((1, 1, 1)),
    2: np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]]),
}
"""E_a for an intercept alone, and for intercept, covariance and slope."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """``gamma``: relative variances (intercept; or intercept, covariance, slope; then the outer level); ``determinant`` of
    the 2 x 2 among them (0 without slopes). ``crossed``: T'WT for terms and response (last); ``first[a]``: T'WV_aWT;
    ``second[a, b]``: T'W(V_aWV_b + V_bWV_a)WT, None unless asked for; ``traces[a]``: tr(WV_a); ``trace_pairs[a, b]``:
    tr(WV_aWV_b), where there is an outer level without its share unless ``second`` was asked for; ``log_det``: log|V|.
    ``outer_crossed``: w per outer unit (units x terms and response) and ``outer_weight``: s per unit, both before the
    outer step."""

    gamma: Vector
    determinant: float
    crossed: Matrix
    first: Stack
    second: Stack | None
    traces: Vector
    trace_pairs: Matrix
    log_det: float
    outer_crossed: Matrix
    outer_weight: Vector


def weights(statistics: PersonStatistics, gamma: Vector, determinant: float) -> Stack:
    """U of each person: (1, persons), or (3, persons) for its entries 11, 12 and 22; and log|V| of each as last row.

    ``determinant``: that of G, given apart because the difference of its products has no digits near a singular G.
    """
    n = statistics.n
    if statistics.random_terms == 1:
        return np.stack([n / (1.0 + n * gamma[0]), np.log1p(n * gamma[0])])
    g11, g12, g22 = gamma[:3]
    bulk = n * g11 + 2 * statistics.time_sum * g12 + statistics.time_square * g22 + statistics.determinant * determinant
    np.maximum(bulk, 0.0, out=bulk)
    inverse = 1.0 / (1.0 + bulk)
    return np.stack(
        [
            (n + statistics.determinant * g22) * inverse,
            (statistics.time_sum - statistics.determinant * g12) * inverse,
            (statistics.time_square + statistics.determinant * g11) * inverse,
            np.log1p(bulk),
        ]
    )


def apply_weights(u: Stack, own: Stack) -> Stack:
    """h = U B, for every function at once."""
    if own.shape[0] == 1:
        return np.stack([own[0] * u[0]])
    return np.stack([u[0] * own[0] + u[1] * own[1], u[1] * own[0] + u[2] * own[1]])


def collect_moments(
    statistics: PersonStatistics, gamma: Vector, determinant: float | None = None, *, second: bool = False
) -> Moments:
    """All sums at ``gamma``; second derivatives only where asked for. ``determinant`` of G: worked out where not given."""
    if determinant is None:
        determinant = 0.0 if statistics.random_terms == 1 else max(float(gamma[0] * gamma[2] - gamma[1] ** 2), 0.0)
    if statistics.random_terms == 1:
        groups = _sums_of_intercepts(statistics, gamma, second=second)
        ratio = statistics.run_n / (1.0 + statistics.run_n * gamma[0])
        log_det = float(statistics.run_size @ np.log1p(statistics.run_n * gamma[0]))
        u, pairs = np.array([statistics.run_size @ ratio]), np.array([[statistics.run_size @ ratio**2]])
    else:
        by_person = weights(statistics, gamma, determinant)
        log_det = float(by_person[-1].sum())
        u, pairs = by_person[:-1].sum(axis=1), by_person[:-1] @ by_person[:-1].T
        groups = _sums_of_slopes(statistics, by_person[:-1], second=second)
    inner = _person_level(statistics, groups, (gamma, determinant), log_det, u, pairs)
    if statistics.outer_labels is None:
        return inner
    return _outer_level(statistics, groups, inner, float(gamma[-1]), len(UNITS[statistics.random_terms]))


def _sums_of_intercepts(statistics: PersonStatistics, gamma: Vector, *, second: bool) -> Stack:
    """As :func:`_sums_of_slopes` where persons with equally many answers weigh alike: from sums per run."""
    u = statistics.run_n / (1.0 + statistics.run_n * gamma[0])
    powers = [u, u**2, 2 * u**3] if second else [u, u**2]
    begins = np.flatnonzero(np.append(True, np.diff(statistics.run_group) != 0))
    weighted = np.stack([power[:, None, None] * statistics.run_products for power in powers])
    sums: Stack = np.add.reduceat(weighted, begins, axis=1)
    return sums


def _sums_of_slopes(statistics: PersonStatistics, u: Stack, *, second: bool) -> Stack:
    """Per group and in functions: B'h, then h'E_a h for each a, then (asked for) h'(E_a U E_b + E_b U E_a)h for a >= b."""
    h = apply_weights(u, statistics.own)
    q, size, _ = h.shape
    units, starts = UNITS[q], statistics.starts
    groups = starts.size - 1
    flat = h.reshape(q * size, -1)
    products = _products(statistics.own.reshape(q * size, -1), flat, starts).reshape(groups, q, size, q, size)
    crossed = products[:, 0, :, 0] + products[:, 1, :, 1]
    grams = _products(flat, flat, starts).reshape(groups, q, size, q, size)
    weighted = np.empty((groups, q, q, q, size, q, size)) if second else None
    if weighted is not None:
        for entry, (row, column) in enumerate(((0, 0), (0, 1), (1, 1))):
            middle = _products(flat * u[entry], flat, starts).reshape(groups, q, size, q, size)
            weighted[:, row, column] = weighted[:, column, row] = middle
    first = np.einsum("acd,gckdl->agkl", units, grams)
    parts = [crossed[None], first]
    if weighted is not None:
        pairs = np.einsum("ace,bfd,gefckdl->abgkl", units, units, weighted, optimize=True)
        pairs = pairs + pairs.transpose(0, 1, 2, 4, 3)
        lower = np.tril_indices(len(units))
        parts.append(0.5 * (pairs + pairs.transpose(1, 0, 2, 3, 4))[lower])
    return np.concatenate(parts)


def _products(left: Matrix, right: Matrix, starts: Codes) -> Stack:
    """Sums of products of rows per group of persons: (groups, rows of left, rows of right)."""
    groups = starts.size - 1
    sums = np.empty((groups, left.shape[0], right.shape[0]))
    if groups > 200 and right.shape[0] <= 16:  # many small groups: a call for each would cost more than its sums
        for place, row in enumerate(left):
            sums[:, place] = np.add.reduceat(row * right, starts[:-1], axis=1).T
        return sums
    for group, (start, stop) in enumerate(itertools.pairwise(starts)):
        sums[group] = left[:, start:stop] @ right[:, start:stop].T
    return sums


def _sum_over(values: Stack, label: Codes, size: int) -> Stack:
    """Sums along the second axis over entries with the same ``label``, each of which occurs: (first, size, ...)."""
    order = np.argsort(label, kind="stable")
    begins = np.searchsorted(label[order], np.arange(size))
    sums: Stack = np.add.reduceat(values[:, order], begins, axis=1)
    return sums


def _person_level(
    statistics: PersonStatistics, groups: Stack, at: tuple[Vector, float], log_det: float, u: Vector, pairs: Matrix
) -> Moments:
    """Sums over all groups, in terms, before any outer step. ``u``, ``pairs``: sums of the entries of U and of their
    products."""
    classes = statistics.classes
    seen, label = np.unique(statistics.group_class, return_inverse=True)
    classes = classes[seen]
    by_class = _sum_over(groups, label, seen.size)
    total = np.stack([(classes.transpose(0, 2, 1) @ part @ classes).sum(axis=0) for part in by_class])
    units = UNITS[statistics.random_terms]
    k = len(units)
    second = None
    if groups.shape[0] > 1 + k:
        second = np.empty((k, k, *total.shape[1:]))
        for place, (a, b) in enumerate(zip(*np.tril_indices(k), strict=True)):
            second[a, b] = second[b, a] = total[1 + k + place]
    index = np.array([[0]]) if k == 1 else np.array([[0, 1], [1, 2]])
    whole = pairs[index[:, :, None, None], index[None, None]]
    traces = np.einsum("ajk,kj->a", units, u[index])
    trace_pairs = np.einsum("ijkl,ajk,bli->ab", whole, units, units)
    return Moments(
        *at,
        statistics.within + total[0],
        total[1 : 1 + k],
        second,
        traces,
        trace_pairs,
        log_det,
        np.zeros((0, total.shape[1])),
        np.zeros(0),
    )


def _outer_level(statistics: PersonStatistics, groups: Stack, inner: Moments, ratio: float, k: int) -> Moments:
    """One more Woodbury step per outer unit. The constant stands last among functions and terms."""
    per_term = np.einsum("gkp,agk->agp", statistics.classes[statistics.group_class], groups[:, :, :, -1], optimize=True)
    units = _sum_over(per_term, statistics.group_outer, statistics.n_outer)
    w, u = units[0], units[1 : 1 + k]
    s, c = w[:, -1].copy(), u[:, :, -1].copy()
    kept = 1.0 / (1.0 + ratio * s)
    kappa = ratio * kept
    moved = u - kappa[:, None] * c[:, :, None] * w  # X'W(outer) V_a W(person) 1
    crossed = inner.crossed - (w.T * kappa) @ w
    first = np.empty((k + 1, *crossed.shape))
    for row in range(k):
        mixed = (u[row].T * kappa) @ w
        first[row] = inner.first[row] - mixed - mixed.T + (w.T * (kappa**2 * c[row])) @ w
    first[k] = (w.T * kept**2) @ w
    traces = np.append(inner.traces - c @ kappa, (s * kept).sum())
    trace_pairs = np.empty((k + 1, k + 1))
    trace_pairs[k, k] = ((s * kept) ** 2).sum()
    trace_pairs[:k, k] = trace_pairs[k, :k] = c @ kept**2
    log_det = inner.log_det + float(np.log1p(ratio * s).sum())
    trace_pairs[:k, :k] = inner.trace_pairs
    second = None
    if inner.second is not None:
        second = np.empty((k + 1, k + 1, *crossed.shape))
        v = units[1 + k :]
        for place, (a, b) in enumerate(zip(*np.tril_indices(k), strict=True)):
            one = (v[place].T * kappa) @ w
            both = (moved[a].T * kappa) @ moved[b]
            block = inner.second[a, b] - one - one.T + (w.T * (kappa**2 * v[place][:, -1])) @ w - both - both.T
            second[a, b] = second[b, a] = block
            trace_pairs[a, b] -= v[place][:, -1] @ kappa - (c[a] * c[b]) @ kappa**2
            trace_pairs[b, a] = trace_pairs[a, b]
        for row in range(k):
            cross = (moved[row].T * kept**2) @ w
            second[row, k] = second[k, row] = cross + cross.T
        second[k, k] = 2 * (w.T * (s * kept**3)) @ w
    last = slice(None, -1)
    return Moments(
        inner.gamma,
        inner.determinant,
        crossed[last, last],
        first[:, last, last],
        None if second is None else second[:, :, last, last],
        traces,
        trace_pairs,
        log_det,
        w[:, last],
        s,
    )
