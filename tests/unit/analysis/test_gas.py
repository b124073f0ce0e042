from __future__ import annotations

import pytest

from outcomes.analysis.gas import gas_change, gas_t_score, share_of_goals
from outcomes.errors import EstimateError


def test_goals_not_rated_are_left_out() -> None:
    with_gap = gas_t_score([1, None, 1], [2, 5, 2])
    assert with_gap == gas_t_score([1, 1], [2, 2])
    assert with_gap.n_goals == 2
    assert with_gap.share_attained == 1.0


@pytest.mark.parametrize(
    ("levels", "weights", "correlation", "words"),
    [
        ([], None, 0.3, "No goal is rated"),
        ([None], None, 0.3, "No goal is rated"),
        ([3], None, 0.3, "between -2 and"),
        ([1], [0.0], 0.3, "positive number"),
        ([1], [float("nan")], 0.3, "positive number"),
        ([1, 1], [1.0], 0.3, "as many weights as levels"),
        ([1], None, 1.5, "correlation between goals"),
        ([1], None, -0.1, "correlation between goals"),
    ],
)
def test_faults_are_named(levels, weights, correlation, words) -> None:
    with pytest.raises(EstimateError, match=words):
        gas_t_score(levels, weights, correlation=correlation)


def test_the_share_of_goals_counts_people_not_goals() -> None:
    """Ten people with three goals each that all go alike are ten observations, not thirty."""
    alike = share_of_goals([3, 0] * 5, [3] * 10)
    assert alike.estimate == 0.5
    assert alike.std_error == pytest.approx((0.25 / 9) ** 0.5)
    assert alike.df == 9
    assert (alike.term, alike.p_value) == ("share_attained", None)
    t975 = 2.2621571627409915  # on 9 degrees of freedom
    assert alike.ci_low == pytest.approx(0.5 - t975 * alike.std_error)
    assert alike.ci_high == pytest.approx(0.5 + t975 * alike.std_error)


@pytest.mark.parametrize(
    ("attained", "goals", "words"),
    [
        ([1, 1], [1, 1], "no uncertainty"),
        ([2], [1], "at least two people"),
        ([1, 0, 1], [1, 1], "at least two people"),
        ([1], [1, 1], "at least two people"),
        ([1, 0], [1, 0], "at least two people"),
        ([2, 0], [1, 1], "More goals"),
        ([-1, 0], [1, 1], "More goals"),
    ],
)
def test_no_share_out_of_nothing(attained: list[int], goals: list[int], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        share_of_goals(attained, goals)


def test_two_people_are_enough_and_the_limits_stay_shares() -> None:
    found = share_of_goals([1, 0], [1, 1])
    assert (found.estimate, found.df, found.ci_low, found.ci_high) == (0.5, 1.0, 0.0, 1.0)


def test_how_goals_hang_together_counts_at_its_ends_too() -> None:
    assert gas_t_score([1, 1], correlation=0.0).t_score == pytest.approx(50 + 10 * 2**0.5)
    assert gas_t_score([1, 1], correlation=1.0).t_score == pytest.approx(60)
    found = gas_change([-1, -1], [1, 1], correlation=1.0)
    assert (found.start.t_score, found.end.t_score) == pytest.approx((40, 60))
    assert gas_t_score([1, 1]).t_score == pytest.approx(50 + 20 / (0.7 * 2 + 0.3 * 4) ** 0.5)


def test_change_is_over_the_goals_rated_both_times() -> None:
    found = gas_change([-2, -1, None, 0], [1, 1, 2, None], [2, 1, 5, 5])
    assert found.start == gas_t_score([-2, -1], [2, 1])
    assert found.end == gas_t_score([1, 1], [2, 1])
    assert found.change == found.end.t_score - found.start.t_score
    assert (found.start.share_attained, found.end.share_attained) == (0.0, 1.0)
    assert gas_change([-1], [1], correlation=0.5).change == pytest.approx(20)


def test_change_needs_a_goal_rated_twice() -> None:
    with pytest.raises(EstimateError, match="both at the start and at the end"):
        gas_change([None, 1], [1, None])
    with pytest.raises(EstimateError, match="as many of each"):
        gas_change([1], [1, 1])
    with pytest.raises(EstimateError, match="between -2 and"):
        gas_change([1], [3])


def test_levels_at_their_ends() -> None:
    assert gas_t_score([2]).t_score == 70
    assert gas_t_score([-2]).t_score == 30
    for level in (2.1, -2.1):
        with pytest.raises(EstimateError):
            gas_t_score([level])


def test_no_interval_where_all_reached_the_same_share() -> None:
    with pytest.raises(EstimateError, match="no uncertainty"):
        share_of_goals([1, 2], [2, 4])
