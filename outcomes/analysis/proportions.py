"""Shares of persons with intervals: Wilson for one share, Newcombe for the difference of two.

Question: how large is a share, and how much does it differ between two groups, given how few or many were asked?
Formula: Wilson limits are the p with |x/n - p| = z * sqrt(p (1 - p) / n); Newcombe (method 10) for d = p1 - p2 is
d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2) with the Wilson limits l, u.
Assumptions: persons are independent; the two groups are different persons.
Units: shares 0-1, differences -1 to 1.
Missing data: the caller decides the denominator and says so; none is dropped here.
Errors: :class:`~outcomes.errors.EstimateError` where there is nobody, or more counted than asked.
Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Newcombe 1998,
doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
Checked: tests/reference/proportions (prop.test and Newcombe's published cases, 1e-10).
"""

from __future__ import annotations

import math

from outcomes.analysis.results import Share, ShareDifference
from outcomes.errors import EstimateError, Sentence

Z_95 = 1.959963984540054


def estimate_share(count: int, total: int, *, z: float = Z_95) -> Share:
    """``count`` of ``total`` persons with the Wilson interval."""
    if total <= 0:
        raise EstimateError(Sentence("Nobody was asked, so there is no share. It needs at least one person."))
    if not 0 <= count <= total:
        raise EstimateError(Sentence("More people are counted than were asked. Check the numbers."))
    share = count / total
    centre = count + z * z / 2
    spread = z * math.sqrt(count * (total - count) / total + z * z / 4)
    low = 0.0 if count == 0 else (centre - spread) / (total + z * z)
    high = 1.0 if count == total else (centre + spread) / (total + z * z)
    return Share(count, total, share, low, high)


def compare_shares(first: Share, second: Share) -> ShareDifference:
    """Difference ``first`` minus ``second`` of two independent groups with Newcombe's interval."""
    difference = first.share - second.share
    below = math.hypot(first.share - first.ci_low, second.ci_high - second.share)
    above = math.hypot(first.ci_high - first.share, second.share - second.ci_low)
    return ShareDifference(difference, difference - below, difference + above)
