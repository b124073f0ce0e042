from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.errors import EstimateError


@pytest.mark.parametrize(("count", "total"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_counts(count: int, total: int) -> None:
    with pytest.raises(EstimateError):
        estimate_share(count, total)


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
