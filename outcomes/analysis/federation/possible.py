"""Sums that people can have: what a file of sums is held against before it is believed.

Question: could these numbers be sums over real people with scores on this scale?
Formula: n is a whole number above zero and equals the intercept's own sum; an indicator's sum and its sum of squares are
the same whole number of people, and two indicators share no more and no fewer than they can; the whole matrix of
cross-products of columns and scores has no negative eigenvalue (beyond rounding); the mean and mean square at every
occasion lie within what the scale's ends allow.
Assumptions: none. Sums that pass can still be invented: this finds damage and clumsy tampering, not a careful liar.
Units: those of the sums. Missing data: none; every number is there.
Errors: none raised; every fault is named with its place.
Source: a Gram matrix is positive semidefinite, Horn & Johnson 2012, theorem 7.2.7, doi:10.1017/CBO9781139020411.
Checked: tests/unit/analysis/test_federation_document.py (every single number of a file changed in turn).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.federation.aggregate import ColumnKind
from outcomes.errors import Fault, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.analysis.federation.aggregate import Column, Measure
    from outcomes.analysis.pattern_sums import LongitudinalSums, Matrix, PatternSums

ROUNDING = 1e-8
"""Part of a sum's own size that rounding may have cost."""


def impossible_places(sums: LongitudinalSums, columns: Sequence[Column], measure: Measure) -> Iterator[Fault]:
    """Every pattern whose sums no people can have, and why."""
    indicators = [place for place, column in enumerate(columns) if column.kind is ColumnKind.INDICATOR]
    low = None if measure.minimum is None else measure.minimum - sums.origin
    high = None if measure.maximum is None else measure.maximum - sums.origin
    for place, pattern in enumerate(sums.patterns):
        where = f"patterns[{place}]"
        if pattern.xx[0, 0] != pattern.n:
            yield Fault(f"{where}.xx", Sentence("The intercept's sum isn't the number of people."))
        elif not _are_counts(pattern, indicators):
            yield Fault(f"{where}.xx", Sentence("The sums of indicator columns aren't numbers of people."))
        elif not _is_gram(_whole(pattern)):
            yield Fault(
                where, Sentence("No people can have these sums of products: their matrix has a negative eigenvalue.")
            )
        elif not _within(pattern, low, high):
            yield Fault(f"{where}.yy", Sentence("No scores on this scale can have these sums."))


def _are_counts(pattern: PatternSums, indicators: Sequence[int]) -> bool:
    both = pattern.xx[np.ix_(list(indicators), list(indicators))]
    single = np.diag(both)
    least = np.maximum(0.0, single[:, None] + single[None, :] - pattern.n)
    most = np.minimum(single[:, None], single[None, :])
    whole = (both == np.rint(both)).all()
    return bool(whole and (both[0] == single).all() and (both >= least).all() and (both <= most).all())


def _whole(pattern: PatternSums) -> Matrix:
    """Cross-products of all columns and scores, one matrix."""
    return np.block([[pattern.xx, pattern.xy], [pattern.xy.T, pattern.yy]])


def _is_gram(matrix: Matrix) -> bool:
    """No negative eigenvalue beyond rounding, each row scaled to its own size."""
    size = np.diag(matrix).copy()
    if (size < 0).any():
        return False
    empty = size == 0
    if matrix[empty].any():
        return False
    scale = np.sqrt(np.where(empty, 1.0, size))
    scaled = matrix / scale[:, None] / scale[None, :]
    return bool(np.linalg.eigvalsh(scaled)[0] >= -ROUNDING * len(matrix))


def _within(pattern: PatternSums, low: float | None, high: float | None) -> bool:
    """Means between the ends, and squares that values between them can have: (y - low) (high - y) >= 0 for each."""
    total, squares, n = pattern.xy[0], np.diag(pattern.yy), pattern.n
    slack = ROUNDING * (np.abs(total) + np.sqrt(n * squares) + n)
    above = low is None or bool((total >= n * low - slack).all())
    below = high is None or bool((total <= n * high + slack).all())
    if low is None or high is None:
        return above and below
    spread = (low + high) * total - squares - n * low * high
    return above and below and bool((spread >= -ROUNDING * (squares + n * (low * low + high * high))).all())
