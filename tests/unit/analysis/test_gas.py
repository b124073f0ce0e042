from __future__ import annotations

import pytest

from outcomes.analysis.gas import gas_t_score, share_of_goals
from outcomes.errors import EstimateError


def test_goals_not_rated_are_left_out() -> None:
    with_gap = gas_t_score([1, None, 1], [2, 5, 2])
    assert with_gap == gas_t_score([1, 1], [2, 2])
    assert with_gap.n_goals == 2
    assert with_gap.share_attained == 1.0


@pytest.mark.parametrize(
    ("levels", "weights", "correlation"),
    [
        ([], None, 0.3),
        ([None], None, 0.3),
        ([3], None, 0.3),
        ([1], [0.0], 0.3),
        ([1], [float("nan")], 0.3),
        ([1, 1], [1.0], 0.3),
        ([1], None, 1.5),
    ],
)
def test_faults_are_named(levels, weights, correlation) -> None:
    with pytest.raises(EstimateError):
        gas_t_score(levels, weights, correlation=correlation)


def test_the_share_of_goals_counts_people_not_goals() -> None:
    """Ten people with three goals each that all go alike are ten observations, not thirty."""
    alike = share_of_goals([3, 0] * 5, [3] * 10)
    assert alike.estimate == 0.5
    assert alike.std_error == pytest.approx((0.25 / 9) ** 0.5)
    assert alike.df == 9
    with pytest.raises(EstimateError):
        share_of_goals([1, 1], [1, 1])
    with pytest.raises(EstimateError):
        share_of_goals([2], [1])
