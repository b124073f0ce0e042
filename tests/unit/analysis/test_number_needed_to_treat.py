from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.number_needed_to_treat import NumberRange, number_needed
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.results import ShareDifference
from outcomes.errors import EstimateError


def test_benefit() -> None:
    found = number_needed(ShareDifference(0.25, 0.125, 0.5))
    assert (found.number, found.harms, found.harm) == (4.0, False, None)
    assert found.benefit == NumberRange(2.0, 8.0)
    assert not found.disjoint
    assert str(found.sentence) == "From 2 to 8 people for one more to benefit."


def test_harm_is_its_mirror() -> None:
    found = number_needed(ShareDifference(-0.25, -0.5, -0.125))
    assert (found.number, found.harms, found.benefit) == (4.0, True, None)
    assert found.harm == NumberRange(2.0, 8.0)
    assert str(found.sentence) == "From 2 to 8 people for one more to be harmed."


def test_two_parts_where_zero_is_possible() -> None:
    found = number_needed(ShareDifference(0.09, -0.04, 0.19))
    assert found.disjoint
    assert found.benefit == NumberRange(pytest.approx(1 / 0.19), None)
    assert found.harm == NumberRange(pytest.approx(25.0), None)
    assert str(found.sentence) == (
        "The difference may go either way: from 6 people to infinitely many for one more to benefit, and from 25 to"
        " infinitely many for one more to be harmed."
    )


def test_limits_at_zero() -> None:
    touching = number_needed(ShareDifference(0.1, 0.0, 0.25))
    assert (touching.benefit, touching.harm) == (NumberRange(4.0, None), None)
    assert str(touching.sentence) == "From 4 people to infinitely many for one more to benefit."
    below = number_needed(ShareDifference(-0.1, -0.25, 0.0))
    assert (below.benefit, below.harm) == (None, NumberRange(4.0, None))
    assert str(below.sentence) == "From 4 people to infinitely many for one more to be harmed."


def test_no_difference() -> None:
    found = number_needed(ShareDifference(0.0, -0.5, 0.5))
    assert found.number is None
    assert not found.harms
    assert found.disjoint
    nothing = number_needed(ShareDifference(0.0, 0.0, 0.0))
    assert (nothing.benefit, nothing.harm, nothing.disjoint) == (None, None, False)
    assert "no difference" in str(nothing.sentence)


def test_a_limit_may_pass_one_by_a_rounding_error() -> None:
    assert number_needed(ShareDifference(-0.5, -1.0 - 1e-10, 0.5)).harm == NumberRange(pytest.approx(1.0), None)
    assert number_needed(ShareDifference(0.5, -0.5, 1.0 + 1e-10)).benefit == NumberRange(pytest.approx(1.0), None)


@given(st.tuples(*[st.integers(1, 40)] * 2), st.tuples(*[st.floats(0, 1)] * 2))
def test_number_lies_in_its_part(sizes: tuple[int, int], shares: tuple[float, float]) -> None:
    first, second = (estimate_share(round(size * share), size) for size, share in zip(sizes, shares, strict=True))
    found = number_needed(compare_shares(first, second))
    if found.number is None:
        return
    part = found.harm if found.harms else found.benefit
    assert part is not None
    assert part.low <= found.number * (1 + 1e-12)
    assert part.high is None or found.number <= part.high * (1 + 1e-12)


@pytest.mark.parametrize(
    "case", [(0.5, 0.6, 0.7), (0.5, 0.3, 0.4), (0.5, 0.3, 1.1), (-0.5, -1.1, 0.0), (float("nan"), 0.1, 0.2)]
)
def test_impossible_differences(case: tuple[float, float, float]) -> None:
    with pytest.raises(EstimateError, match="within its limits"):
        number_needed(ShareDifference(*case))
