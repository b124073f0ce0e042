"""Two shares of the same persons: their difference with Newcombe's paired interval, and McNemar's test.

Question: did the share change from one occasion to another, when the same people answered both times?
Estimand: share at the first minus share at the second of two occasions (or answers), among those with both.
Formula: with e both times, f only the first, g only the second, h neither, n = e + f + g + h, p1 = (e + f) / n,
p2 = (e + g) / n and their Wilson limits l, u: the limits of Newcombe's method 10 are
d - sqrt((p1 - l1)^2 - 2 phi (p1 - l1)(u2 - p2) + (u2 - p2)^2) and
d + sqrt((p2 - l2)^2 - 2 phi (p2 - l2)(u1 - p1) + (u1 - p1)^2), phi = c / sqrt((e + f)(g + h)(e + g)(f + h)), where c is
e h - f g, less n / 2 (but not below 0) where that is positive; phi is 0 where a margin is empty.
McNemar: of the f + g who changed, is it a coin that decides which way? Exact two-sided binomial, and mid-P.
Assumptions: persons are independent.
Units: shares 0-1, difference -1 to 1; counts are persons.
Missing data: only persons with both answers.
Errors: :class:`~outcomes.errors.EstimateError` for a count below 0 or nobody.
Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C; McNemar 1947,
doi:10.1007/BF02295996; Fagerland, Lydersen & Laake 2013, doi:10.1186/1471-2288-13-91.
Checked: tests/reference/proportions (the formula written out in R, printed cases, binom.test; 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share
from outcomes.errors import EstimateError, Sentence


@dataclass(frozen=True, slots=True)
class PairedShares:
    """``first`` and ``second`` share of the same people, ``difference`` (-1 to 1) first minus second.

    ``correlation``: phi (-1 to 1) as the interval uses it. ``p_exact``, ``p_mid``: McNemar's test that nothing changed.
    """

    first: Share
    second: Share
    difference: float
    ci_low: float
    ci_high: float
    correlation: float
    p_exact: float
    p_mid: float


def compare_paired_shares(both: int, first_only: int, second_only: int, neither: int) -> PairedShares:
    """Counts of persons by whether they are counted at the first and at the second occasion."""
    if min(both, first_only, second_only, neither) < 0:
        raise EstimateError(Sentence("A number of people can't be below 0. Check the numbers."))
    n = both + first_only + second_only + neither
    first, second = estimate_share(both + first_only, n), estimate_share(both + second_only, n)
    phi = _corrected_correlation(both, first_only, second_only, neither)
    below = _distance(first.share - first.ci_low, second.ci_high - second.share, phi)
    above = _distance(second.share - second.ci_low, first.ci_high - first.share, phi)
    difference = (first_only - second_only) / n
    p_exact, p_mid = _mcnemar(first_only, second_only)
    return PairedShares(first, second, difference, difference - below, difference + above, phi, p_exact, p_mid)


def _corrected_correlation(e: int, f: int, g: int, h: int) -> float:
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    if margins == 0:
        return 0.0
    product = float(e * h - f * g)
    if product > 0:
        product = max(0.0, product - (e + f + g + h) / 2)
    return product / math.sqrt(margins)


def _distance(one: float, other: float, phi: float) -> float:
    # at phi = 1 a rounding error may stand below zero
    return math.sqrt(max(0.0, one * one - 2.0 * phi * one * other + other * other))


def _mcnemar(first_only: int, second_only: int) -> tuple[float, float]:
    changed, fewer = first_only + second_only, min(first_only, second_only)
    if changed == 0:
        return 1.0, 1.0
    from scipy.special import bdtr  # noqa: PLC0415 - scipy only where a number is worked out

    at_most = float(bdtr(fewer, changed, 0.5))
    exactly = at_most - (float(bdtr(fewer - 1, changed, 0.5)) if fewer else 0.0)
    if first_only == second_only:
        return 1.0, 1.0 - exactly
    # where one more is on the one side than on the other, twice the tail is one
    return min(1.0, 2.0 * at_most), 2.0 * at_most - exactly
