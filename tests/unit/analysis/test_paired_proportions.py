from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.paired_proportions import compare_paired_shares
from outcomes.analysis.proportions import compare_shares, estimate_share, estimate_share_exactly
from outcomes.errors import EstimateError

counts = st.tuples(*[st.integers(0, 40)] * 4).filter(any)


@given(counts)
def test_turning_the_occasions_turns_the_difference(case: tuple[int, int, int, int]) -> None:
    both, first, second, neither = case
    there, back = (
        compare_paired_shares(both, first, second, neither),
        compare_paired_shares(both, second, first, neither),
    )
    assert there.difference == pytest.approx(-back.difference)
    assert there.ci_low == pytest.approx(-back.ci_high, abs=1e-12)
    assert there.p_exact == back.p_exact
    assert -1 - 1e-12 <= there.ci_low <= there.difference <= there.ci_high <= 1 + 1e-12
    assert 0 < there.p_mid <= there.p_exact <= 1


@given(counts)
def test_counting_the_others_mirrors(case: tuple[int, int, int, int]) -> None:
    both, first, second, neither = case
    there, back = (
        compare_paired_shares(both, first, second, neither),
        compare_paired_shares(neither, second, first, both),
    )
    assert there.ci_low == pytest.approx(-back.ci_high, abs=1e-12)
    assert there.ci_high == pytest.approx(-back.ci_low, abs=1e-12)
    assert there.correlation == pytest.approx(back.correlation)


def test_without_correlation_it_is_the_interval_of_two_groups() -> None:
    found = compare_paired_shares(12, 12, 8, 8)
    assert found.correlation == 0.0
    apart = compare_shares(estimate_share(24, 40), estimate_share(20, 40))
    assert (found.ci_low, found.ci_high) == pytest.approx((apart.ci_low, apart.ci_high))
    assert (found.first, found.second) == (estimate_share(24, 40), estimate_share(20, 40))


def test_correction_does_not_turn_the_sign() -> None:
    assert compare_paired_shares(11, 9, 9, 11).correlation == pytest.approx((40 - 20) / 400)
    assert compare_paired_shares(10, 10, 9, 10).correlation == 0.0  # 10 more, under half of 39
    assert compare_paired_shares(9, 11, 11, 9).correlation == pytest.approx(-40 / 400)
    assert compare_paired_shares(5, 3, 0, 0).correlation == 0.0


def test_mcnemar_by_hand() -> None:
    found = compare_paired_shares(3, 4, 1, 2)
    assert found.p_exact == pytest.approx(2 * 6 / 32)
    assert found.p_mid == pytest.approx(7 / 32)
    nobody = compare_paired_shares(3, 0, 0, 2)
    assert (nobody.p_exact, nobody.p_mid) == (1.0, 1.0)
    even = compare_paired_shares(3, 2, 2, 2)
    assert (even.p_exact, even.p_mid) == (1.0, pytest.approx(1 - 6 / 16))
    one_way = compare_paired_shares(3, 0, 3, 2)
    assert (one_way.p_exact, one_way.p_mid) == (pytest.approx(0.25), pytest.approx(0.125))


@pytest.mark.parametrize("case", [(-1, 2, 3, 4), (1, -1, 3, 4), (1, 2, -3, 4), (1, 2, 3, -1)])
def test_counts_below_zero(case: tuple[int, int, int, int]) -> None:
    with pytest.raises(EstimateError, match="below 0"):
        compare_paired_shares(*case)


def test_hardly_any_correlation_is_none_after_the_correction() -> None:
    assert compare_paired_shares(1, 0, 1, 2).correlation == 0.0  # e h - f g = 2, half of four people
    assert compare_paired_shares(1, 0, 0, 1).correlation == 0.0  # 1 of half two people


def test_one_more_on_one_side_is_no_evidence() -> None:
    found = compare_paired_shares(3, 2, 1, 2)
    assert (found.p_exact, found.p_mid) == (1.0, pytest.approx(1 - 3 / 8))


def test_nobody() -> None:
    with pytest.raises(EstimateError, match="at least one person"):
        compare_paired_shares(0, 0, 0, 0)


@given(st.integers(1, 300).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_exact_interval_mirrors_and_holds_the_share(case: tuple[int, int]) -> None:
    count, total = case
    share, rest = estimate_share_exactly(count, total), estimate_share_exactly(total - count, total)
    assert 0.0 <= share.ci_low <= share.share <= share.ci_high <= 1.0
    assert share.ci_low == pytest.approx(1 - rest.ci_high, abs=1e-12)


@pytest.mark.parametrize(("count", "total"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_counts_for_the_exact_interval(count: int, total: int) -> None:
    with pytest.raises(EstimateError):
        estimate_share_exactly(count, total)
