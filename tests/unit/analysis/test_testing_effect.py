"""Those who answer for the first time against those who have answered before."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.analysis.testing_effect import FINDING, find_testing_effect
from outcomes.errors import EstimateError


def answers(shift: float = 0.0, n: int = 40, first: int = 30) -> tuple[np.ndarray, list[bool]]:
    random = np.random.default_rng(3)
    before = [True] * n + [False] * first
    return random.normal(50, 8, n + first) + shift * np.array(before), before


def test_a_shift_is_named_and_none_is_not() -> None:
    found = find_testing_effect("three months", *answers(12.0))
    assert isinstance(found.difference, TermEstimate)
    assert (found.finding, found.occasion, found.n_before, found.n_first) == (FINDING, "three months", 40, 30)
    assert found.applies
    assert found.difference.estimate > 0
    assert "At three months people who had answered before score otherwise" in str(found.warnings[0])
    assert f"from {found.difference.ci_low:.3g} to {found.difference.ci_high:.3g} points" in str(found.warnings[0])
    assert found.difference.term == "answered before"
    plain = find_testing_effect("three months", *answers())
    assert (plain.applies, plain.warnings) == (False, ())


@given(st.permutations(range(70)), st.sampled_from([1e-6, 3.0, 1e9]), st.floats(-100, 100))
def test_order_units_and_zero_do_not_matter(order: list[int], scale: float, shift: float) -> None:
    scores, before = answers(4.0)
    one = find_testing_effect("x", scores, before).difference
    other = find_testing_effect("x", scale * (scores[order] + shift), [before[place] for place in order]).difference
    assert isinstance(one, TermEstimate)
    assert isinstance(other, TermEstimate)
    assert other.estimate == pytest.approx(scale * one.estimate, rel=1e-8)
    assert (other.std_error, other.df) == pytest.approx((scale * one.std_error, one.df), rel=1e-8)


def test_turning_the_groups_turns_the_sign() -> None:
    scores, before = answers(4.0)
    one = find_testing_effect("x", scores, before).difference
    other = find_testing_effect("x", scores, [not one for one in before]).difference
    assert isinstance(one, TermEstimate)
    assert isinstance(other, TermEstimate)
    assert other.estimate == -one.estimate


@pytest.mark.parametrize(("n", "first", "withheld"), [(9, 30, True), (30, 9, True), (10, 10, False), (0, 0, True)])
def test_small_groups_are_withheld(n: int, first: int, withheld: bool) -> None:
    found = find_testing_effect("x", *answers(20.0, n, first))
    assert isinstance(found.difference, Withheld) is withheld
    assert (found.finding, found.occasion) == (FINDING, "x")
    if isinstance(found.difference, Withheld):
        assert found.difference.code is WithheldReason.TOO_FEW
        assert (found.n_before, found.n_first, found.applies, found.warnings) == (None, None, False, ())


def test_one_group_may_be_all_alike() -> None:
    scores, before = answers(0.0, 10, 10)
    scores[:10] = 50.0
    found = find_testing_effect("x", scores, before).difference
    assert isinstance(found, TermEstimate)
    assert found.df == pytest.approx(9.0)


def test_what_counts_as_all_alike() -> None:
    """A standard error under 1e-13 of the largest score is rounding: scores of a million may differ by 1e-5, not by 1e-8."""
    alike = np.tile([0.0, 1.0], 10)
    before = [True] * 10 + [False] * 10
    found = find_testing_effect("x", 1e6 + 1e-5 * alike, before).difference
    assert isinstance(found, TermEstimate)
    assert found.std_error == pytest.approx(1e-5 * math.sqrt(2 * (10 / 36) / 10), rel=1e-3)
    for scores in (1e6 + 1e-10 * alike, np.r_[np.full(10, 1e7), np.full(10, 1.0) + 1e-8 * alike[:10]]):
        with pytest.raises(EstimateError, match="same value"):
            find_testing_effect("x", scores, before)


@pytest.mark.parametrize(
    ("scores", "before", "words"),
    [
        ([1.0, 2.0], [True], "whether the person had answered before"),
        ([[1.0, 2.0]], [True, False], "whether the person had answered before"),
        ([1.0, math.nan], [True, False], "finite"),
        ([1.0, math.inf], [True, False], "finite"),
        ([0.1] * 20, [True] * 10 + [False] * 10, "same value"),
        ([1e9] * 20, [True] * 10 + [False] * 10, "same value"),
    ],
)
def test_what_cannot_be(scores: list[float], before: list[bool], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        find_testing_effect("x", scores, before)
