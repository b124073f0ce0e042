"""Shares of persons with intervals: Wilson or Clopper-Pearson for one share, Newcombe for the difference of two.

Question: how large is a share, and how much does it differ between two groups, given how few or many were asked?
Formula: Wilson limits are the p with |x/n - p| = z * sqrt(p (1 - p) / n); Newcombe (method 10) for d = p1 - p2 is
d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2) with the Wilson limits l, u. Clopper-Pearson
limits are the p for which x or more, and x or fewer, have a probability of 2.5 %: never too narrow, often too wide.
Assumptions: persons are independent; the two groups are different persons.
Units: shares 0-1, differences -1 to 1.
Missing data: the caller decides the denominator and says so; none is dropped here.
Errors: :class:`~outcomes.errors.EstimateError` where there is nobody, more counted than asked, or a count
that isn't a whole number.
Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404; Newcombe 1998,
doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
Checked: tests/reference/proportions (prop.test, binom.test and Newcombe's published cases, 1e-10).
"""

from __future__ import annotations

import math

from outcomes.analysis.intervals import Z_95
from outcomes.analysis.results import Share, ShareDifference
from outcomes.errors import EstimateError, Sentence


def estimate_share(count: int, total: int, *, z: float = Z_95) -> Share:
    """``count`` of ``total`` persons with the Wilson interval."""
    _require_counts(count, total)
    share = count / total
    centre = count + z * z / 2
    spread = z * math.sqrt(count * (total - count) / total + z * z / 4)
    low = 0.0 if count == 0 else (centre - spread) / (total + z * z)
    high = 1.0 if count == total else (centre + spread) / (total + z * z)
    return Share(count, total, share, low, high)


def estimate_share_exactly(count: int, total: int) -> Share:
    """``count`` of ``total`` persons with the Clopper-Pearson interval in place of Wilson's."""
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy only where this interval is asked for

    _require_counts(count, total)
    low = 0.0 if count == 0 else float(betaincinv(count, total - count + 1, 0.025))
    high = 1.0 if count == total else float(betaincinv(count + 1, total - count, 0.975))
    return Share(count, total, count / total, low, high)


def compare_shares(first: Share, second: Share) -> ShareDifference:
    """Difference ``first`` minus ``second`` of two independent groups with Newcombe's interval."""
    difference = first.share - second.share
    below = math.hypot(first.share - first.ci_low, second.ci_high - second.share)
    above = math.hypot(first.ci_high - first.share, second.share - second.ci_low)
    return ShareDifference(difference, difference - below, difference + above)


def _require_counts(count: int, total: int) -> None:
    if not (float(count).is_integer() and float(total).is_integer()):
        raise EstimateError(
            Sentence("A share is of whole people: give whole numbers of those counted and those asked.")
        )
    if total <= 0:
        raise EstimateError(Sentence("Nobody was asked, so there is no share. It needs at least one person."))
    if not 0 <= count <= total:
        raise EstimateError(Sentence("More people are counted than were asked. Check the numbers."))
