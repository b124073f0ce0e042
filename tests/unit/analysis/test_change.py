from __future__ import annotations

import math

import pytest

from outcomes.analysis.change import estimate_change, estimate_mean, small_sample_factor, standardised_mean_change
from outcomes.analysis.results import ChangeEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError


@pytest.mark.parametrize("scores", [[], [1.0], [2.0, 2.0, 2.0], [1.0, math.nan], [1.0, math.inf]])
def test_no_mean_out_of_nothing(scores: list[float]) -> None:
    with pytest.raises(EstimateError):
        estimate_mean(scores)


def test_factor_is_exact_where_the_approximation_is_not() -> None:
    assert small_sample_factor(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert small_sample_factor(28) == pytest.approx(1 - 3 / (4 * 28 - 1), abs=1e-3)
    with pytest.raises(EstimateError):
        small_sample_factor(1)


def test_no_change_in_standard_deviations_without_spread() -> None:
    with pytest.raises(EstimateError):
        standardised_mean_change([3.0] * 12, [float(value) for value in range(12)])
    with pytest.raises(EstimateError):
        standardised_mean_change([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])


def test_withheld_under_ten() -> None:
    change = estimate_change([1.0] * 9, [2.0] * 9, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, Withheld)
    assert change.code is WithheldReason.TOO_FEW


def test_withheld_where_nobody_differs() -> None:
    change = estimate_change([1.0] * 12, [2.0] * 12, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, Withheld)
    assert change.code is WithheldReason.NOT_POSSIBLE


def test_change_without_standardised_change() -> None:
    after = [float(value) for value in range(12)]
    change = estimate_change([3.0] * 12, after, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, ChangeEstimate)
    assert change.mean_change.estimate == pytest.approx(2.5)
    assert isinstance(change.standardised, Withheld)
