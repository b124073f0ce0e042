"""Few adopters: is it more than chance, when only a handful of places have started?

Question: could the effect seen come from which places happened to start when, or from how few there are?
Estimand: randomisation: the ``simple`` average of a roll-out's effects with places (clusters) counted alike, against nothing.
Wild bootstrap: one coefficient of a linear model with clustered rows.
Formula: randomisation inference deals the starts out anew among the places, all ways where these are few, else drawn; p is
the share of deals with an average at least as far from zero as the one seen. Its interval holds every constant effect
that the same test, with that effect taken out, doesn't refuse at 5 %. Wild cluster bootstrap: residuals of the model
without the coefficient (at the value tested) get a random sign per cluster; p is the share of |t| (by CR0) at least as
large; the interval holds the values not refused. All sign patterns where these are few, else drawn.
Assumptions: randomisation: who started when was as good as drawn by lot. Wild bootstrap: clusters are independent; with
under about 6 clusters p can't get small, whatever the effect.
Units: those of the outcome (points).
Missing data: randomisation uses, per comparison, the places seen in both periods; the bootstrap takes complete rows.
Errors: :class:`~outcomes.errors.EstimateError` where units of one place start at different times, there is nothing to deal
out, or a term isn't in the model, and all that the linear model and the roll-out raise.
Source: Fisher 1935, The design of experiments; MacKinnon & Webb 2020, doi:10.1016/j.jeconom.2020.04.024; Cameron, Gelbach
& Miller 2008, doi:10.1162/rest.90.3.414.
Checked: tests/reference/staggered_rollout (R: every deal and every sign pattern refitted, 1e-9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.analysis.cluster_robust import cluster_codes
from outcomes.analysis.linear_model import fit_linear_model, orthonormal_basis
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

LEVEL = 0.05
# a value refitted another way may differ in its last digits: what is equal on paper counts as equal
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class ResampledTest:
    """``estimate`` (points) with p value and interval from resampling; a limit is infinite where nothing is refused.

    ``samples``: deals or sign patterns; ``exact``: all of them were used, otherwise they were drawn. ``smallest_p``: the
    smallest p value that so few places allow.
    """

    term: str
    estimate: float
    p_value: float
    ci_low: float
    ci_high: float
    samples: int
    exact: bool
    smallest_p: float
    n_clusters: int


def randomisation_test(
    outcome: ArrayLike,
    cluster: Sequence[object],
    period: ArrayLike,
    first_treated: ArrayLike,
    *,
    generator: np.random.Generator,
    draws: int = 1999,
) -> ResampledTest:
    """Randomisation inference for a roll-out's average effect; rows are answers, starts belong to the ``cluster``."""
    means, periods, start = cluster_means(outcome, cluster, period, first_treated)
    observed = _average_effect(means, periods, start)
    if observed is None:
        raise EstimateError(Sentence("Nobody is left to compare those who started with, so there is nothing to test."))
    exposed = np.where(np.isnan(means), np.nan, (periods >= start[:, None]).astype(np.float64))
    exact = _count_deals(start) <= draws
    deals = _all_deals(start) if exact else (generator.permutation(start) for _ in range(draws))
    found = []
    for deal in deals:
        effect = _average_effect(means, periods, deal)
        # a constant effect of one on those who really started, as this deal would see it
        share = _average_effect(exposed, periods, deal)
        if effect is not None and share is not None:
            found.append((effect, share))
    effects, shares = np.array(found).T
    p_value = _p_function(effects, shares, observed, exact=exact)
    low, high = _interval(p_value, observed, float(np.abs(effects).max()) or 1.0)
    smallest = 1 / effects.size if exact else 1 / (effects.size + 1)
    return ResampledTest(
        "randomisation", observed, p_value(0.0), low, high, int(effects.size), exact, smallest, int(start.size)
    )


def wild_cluster_bootstrap(
    response: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    cluster: Sequence[object],
    term: str,
    *,
    generator: np.random.Generator,
    draws: int = 9999,
) -> ResampledTest:
    """Restricted wild cluster bootstrap of ``term`` with random signs per cluster."""
    if term not in terms:
        raise EstimateError(Sentence("The model has no term called %(term)s.", term=term))
    model = fit_linear_model(response, columns, terms, cluster=cluster, variance="CR0")
    y, matrix = np.asarray(response, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    codes = cluster_codes(cluster, np.arange(y.size))
    count = int(codes.max()) + 1
    exact = 2**count <= draws
    signs = (
        np.array(list(product((-1.0, 1.0), repeat=count))) if exact else generator.choice((-1.0, 1.0), (draws, count))
    )
    estimate = model.term(term).estimate
    std_error = model.term(term).std_error
    top, bottom = _bootstrap_parts(y, matrix, tuple(terms), list(terms).index(term), codes, signs)

    def p_value(value: float) -> float:
        seen = ((estimate - value) / std_error) ** 2
        far = (top[0] - value * top[1]) ** 2 >= seen * (1 - TIE) * ((bottom[0] - value * bottom[1]) ** 2).sum(axis=1)
        return _share(int(far.sum()), far.size, exact=exact)

    low, high = _interval(p_value, estimate, std_error)
    smallest = 2 / 2**count if exact else 1 / (draws + 1)
    return ResampledTest(term, estimate, p_value(0.0), low, high, signs.shape[0], exact, smallest, count)


def _bootstrap_parts(
    y: Vector, matrix: Matrix, terms: tuple[str, ...], index: int, codes: NDArray[np.int64], signs: Matrix
) -> tuple[tuple[Vector, Vector], tuple[Matrix, Matrix]]:
    """Per sign pattern the bootstrap's numerator and its clusters' scores, both at 0 and per unit of the tested value."""
    ones = np.ones(y.size)
    basis, _ = orthonormal_basis(matrix, ones, terms)
    rest = np.delete(matrix, index, axis=1)
    own = matrix[:, index]
    if rest.shape[1]:
        others, _ = orthonormal_basis(rest, ones, tuple(np.delete(np.asarray(terms), index)))
        own, left = own - others @ (others.T @ own), y - others @ (others.T @ y)
    else:
        left = y
    weight = own / float(own @ own)
    members = np.eye(int(codes.max()) + 1)[:, codes]
    tops, bottoms = [], []
    for residuals in (left, own):
        scores = members @ (weight * residuals)
        shared = (members @ (basis * weight[:, None])) @ (members @ (basis * residuals[:, None])).T
        tops.append(signs @ scores)
        bottoms.append(signs @ (np.diag(scores) - shared).T)
    return (tops[0], tops[1]), (bottoms[0], bottoms[1])


def _share(far: int, total: int, *, exact: bool) -> float:
    """p value: drawn samples count the one seen too, so that p is never zero."""
    return far / total if exact else (far + 1) / (total + 1)


def _p_function(effects: Vector, shares: Vector, observed: float, *, exact: bool) -> Callable[[float], float]:
    def p_value(value: float) -> float:
        seen = abs(observed - value)
        far = np.abs(effects - value * shares) >= seen * (1 - TIE) - TIE * abs(observed)
        return _share(int(far.sum()), far.size, exact=exact)

    return p_value


def _interval(p_value: Callable[[float], float], estimate: float, scale: float) -> tuple[float, float]:
    """Values on either side of the estimate at which the test first refuses; infinite where it never does."""
    limits = []
    for side in (-1.0, 1.0):
        inside, step = 0.0, scale
        while p_value(estimate + side * step) > LEVEL and step < 1e6 * scale:
            inside, step = step, 2 * step
        if step >= 1e6 * scale:
            limits.append(side * math.inf)
            continue
        for _ in range(60):
            middle = (inside + step) / 2
            if p_value(estimate + side * middle) > LEVEL:
                inside = middle
            else:
                step = middle
        limits.append(estimate + side * step)
    return limits[0], limits[1]


def cluster_means(
    outcome: ArrayLike, cluster: Sequence[object], period: ArrayLike, first_treated: ArrayLike
) -> tuple[Matrix, Vector, Vector]:
    """Mean outcome per place and period (NaN where nobody was seen), the periods, and the start per place."""
    y, when = np.asarray(outcome, dtype=np.float64), np.asarray(period, dtype=np.float64)
    start = np.asarray(first_treated, dtype=np.float64)
    if not y.size == len(cluster) == when.size == start.size or not y.size:
        raise EstimateError(
            Sentence("Outcome, unit, period, start, covariates and cluster must have one value for each row.")
        )
    if np.isinf(y).any() or not np.isfinite(when).all():
        raise EstimateError(
            Sentence(
                "A period must be a finite number; an outcome or a covariate finite, or empty where it isn't known."
            )
        )
    start = np.where(np.isnan(start) | (start == 0), np.inf, start)
    codes = cluster_codes(cluster, np.arange(y.size))
    periods, columns = np.unique(when, return_inverse=True)
    count = int(codes.max()) + 1
    starts = np.full(count, np.nan)
    starts[codes] = start
    if (starts[codes] != start).any():
        raise EstimateError(
            Sentence("Units of one place start at different times. Here a whole place must start at once.")
        )
    seen = ~np.isnan(y)
    cells = codes[seen] * periods.size + columns[seen]
    sums = np.bincount(cells, weights=y[seen], minlength=count * periods.size)
    sizes = np.bincount(cells, minlength=count * periods.size)
    means = np.divide(sums, sizes, out=np.full(sums.size, np.nan), where=sizes > 0).reshape(count, periods.size)
    starts = np.where(starts > periods[-1], np.inf, starts)
    kept = starts > periods[0]
    if not np.isfinite(starts[kept]).any():
        raise EstimateError(Sentence("No place starts after the first period, so there is nothing to test."))
    return means[kept], periods, starts[kept]


def _average_effect(means: Matrix, periods: Vector, start: Vector) -> float | None:
    """Average over groups and periods from the start on of the change less that of places not yet started."""
    total, weight = 0.0, 0.0
    for group in np.unique(start[np.isfinite(start)]):
        member = start == group
        base = int(np.searchsorted(periods, group)) - 1
        for column in range(base + 1, periods.size):
            change = means[:, column] - means[:, base]
            seen = ~np.isnan(change)
            first, second = member & seen, (start > periods[column]) & seen
            if not first.any() or not second.any():
                continue
            total += float(member.sum()) * float(change[first].mean() - change[second].mean())
            weight += float(member.sum())
    return total / weight if weight else None


def _count_deals(start: Vector) -> int:
    count = math.factorial(start.size)
    for size in np.unique(start, return_counts=True)[1].tolist():
        count //= math.factorial(size)
    return count


def _all_deals(start: Vector) -> Iterator[Vector]:
    """Every way to deal the starts out among the places."""
    values, sizes = np.unique(start, return_counts=True)

    def deal(free: tuple[int, ...], index: int, dealt: Vector) -> Iterator[Vector]:
        if index == values.size - 1:
            last = dealt.copy()
            last[list(free)] = values[index]
            yield last
            return
        for chosen in combinations(free, int(sizes[index])):
            taken = dealt.copy()
            taken[list(chosen)] = values[index]
            yield from deal(tuple(place for place in free if place not in chosen), index + 1, taken)

    yield from deal(tuple(range(start.size)), 0, np.empty(start.size))
