from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.proportions import compare_shares, estimate_share, estimate_share_exactly
from outcomes.errors import EstimateError


@pytest.mark.parametrize(
    ("count", "total", "words"),
    [
        (0, 0, "Nobody"),
        (3, 2, "More people"),
        (-1, 5, "More people"),
        (2.5, 5, "whole"),
        (2, 5.5, "whole"),
        (math.nan, 5, "whole"),
        (2, math.inf, "whole"),
    ],
)
def test_impossible_counts(count: int, total: int, words: str) -> None:
    for estimate in (estimate_share, estimate_share_exactly):
        with pytest.raises(EstimateError, match=words):
            estimate(count, total)


def test_limits_at_the_ends_are_exact() -> None:
    for count, total in ((0, 7), (0, 49), (7, 7), (49, 49)):
        wilson, exact = estimate_share(count, total), estimate_share_exactly(count, total)
        assert (wilson.count, wilson.total) == (exact.count, exact.total) == (count, total)
        if count == 0:
            assert wilson.ci_low == exact.ci_low == 0.0
        else:
            assert wilson.ci_high == exact.ci_high == 1.0


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_interval_holds_the_share_and_mirrors(case: tuple[int, int]) -> None:
    count, total = case
    share, rest = estimate_share(count, total), estimate_share(total - count, total)
    assert 0.0 <= share.ci_low <= share.share <= share.ci_high <= 1.0
    assert share.ci_low == pytest.approx(1 - rest.ci_high, abs=1e-12)


def test_difference_turns_with_its_groups() -> None:
    first, second = estimate_share(20, 50), estimate_share(10, 40)
    there, back = compare_shares(first, second), compare_shares(second, first)
    assert there.ci_low == pytest.approx(-back.ci_high)
    assert there.ci_low < there.difference < there.ci_high
