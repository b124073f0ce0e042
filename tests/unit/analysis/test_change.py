from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.change import estimate_change, estimate_mean, small_sample_factor, standardised_mean_change
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.results import ChangeEstimate, TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError

BEFORE = [31.0, 24.0, 28.0, 19.0, 33.0, 25.0, 22.0, 30.0, 27.0, 26.0]
AFTER = [27.0, 25.0, 20.0, 15.0, 30.0, 21.0, 24.0, 22.0, 25.0, 19.0]


def change_of(before: list[Any], after: list[Any]) -> ChangeEstimate | Withheld:
    return estimate_change(before, after, occasion="m3", time=3.0, arm="usual")


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([], "at least two people"),
        ([1.0], "at least two people"),
        ([2.0, 2.0, 2.0], "same value"),
        ([1.0, math.nan], "finite"),
        ([1.0, math.inf], "finite"),
    ],
)
def test_no_mean_out_of_nothing(scores: list[float], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        estimate_mean(scores)


def test_two_people_are_enough_for_a_mean() -> None:
    mean = estimate_mean([1.0, 3.0])
    assert (mean.term, mean.estimate, mean.std_error, mean.df) == ("mean", 2.0, 1.0, 1.0)
    assert mean.ci_high == pytest.approx(2 + math.tan(0.475 * math.pi), rel=1e-10)  # t on one df is Cauchy
    assert mean.p_value == pytest.approx(1 - 2 * math.atan(2) / math.pi, rel=1e-10)
    assert estimate_mean([1.0, 3.0], "change").term == "change"


def test_scores_may_be_decimals_as_a_database_gives_them() -> None:
    before, after = [Decimal(str(score)) for score in BEFORE], [Decimal(str(score)) for score in AFTER]
    assert estimate_mean(before) == estimate_mean(BEFORE)  # type: ignore[arg-type]
    assert standardised_mean_change(before, after) == standardised_mean_change(BEFORE, AFTER)  # type: ignore[arg-type]
    assert change_of(before, after) == change_of(BEFORE, AFTER)


def test_factor_is_exact_where_the_approximation_is_not() -> None:
    assert small_sample_factor(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert small_sample_factor(28) == pytest.approx(1 - 3 / (4 * 28 - 1), abs=1e-3)
    with pytest.raises(EstimateError, match="at least three people"):
        small_sample_factor(1)


def test_no_change_in_standard_deviations_without_spread() -> None:
    rising = [float(value) for value in range(12)]
    for before, after in (([3.0] * 12, rising), (rising, [3.0] * 12)):
        with pytest.raises(EstimateError, match="can't be given in standard deviations"):
            standardised_mean_change(before, after)
    with pytest.raises(EstimateError, match="no uncertainty"):
        standardised_mean_change([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])


def test_smcr_by_hand() -> None:
    found = standardised_mean_change([1.0, 2.0, 3.0], [4.0, 4.0, 7.0])
    factor, correlation = 1 / math.sqrt(math.pi), math.sqrt(0.75)
    assert found.estimate == pytest.approx(3 * factor, rel=1e-12)
    variance = 2 * (1 - correlation) / 3 + (3 * factor) ** 2 / 6
    assert found.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert (found.term, found.df) == ("smcr", None)
    assert found.ci_low == pytest.approx(found.estimate - Z_95 * found.std_error, rel=1e-12)
    assert found.ci_high == pytest.approx(found.estimate + Z_95 * found.std_error, rel=1e-12)
    assert found.p_value == pytest.approx(math.erfc(found.estimate / found.std_error / math.sqrt(2)), rel=1e-12)


def test_smcr_of_a_spread_of_one_is_no_special_case() -> None:
    assert standardised_mean_change([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]).estimate == 0.0


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e9))
def test_change_moves_and_scales_with_the_scores(shift: float, scale: float) -> None:
    base = change_of(BEFORE, AFTER)
    moved = change_of([scale * score + shift for score in BEFORE], [scale * score + shift for score in AFTER])
    assert isinstance(base, ChangeEstimate)
    assert isinstance(moved, ChangeEstimate)
    assert moved.mean_change.estimate == pytest.approx(scale * base.mean_change.estimate, rel=1e-6)
    assert moved.mean_baseline == pytest.approx(scale * base.mean_baseline + shift, rel=1e-6, abs=1e-6)
    assert isinstance(base.standardised, TermEstimate)
    assert isinstance(moved.standardised, TermEstimate)
    assert moved.standardised.estimate == pytest.approx(base.standardised.estimate, rel=1e-6)


def test_withheld_under_ten() -> None:
    change = estimate_change([1.0] * 9, [2.0] * 9, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, Withheld)
    assert change.code is WithheldReason.TOO_FEW


def test_everything_is_where_it_belongs() -> None:
    change = change_of(BEFORE, AFTER)
    assert isinstance(change, ChangeEstimate)
    assert (change.occasion, change.time, change.arm, change.n) == ("m3", 3.0, "usual", 10)
    assert (change.mean_baseline, change.mean_score) == pytest.approx((26.5, 22.8))
    assert change.mean_change.term == "mean_change"
    assert change.mean_change.estimate == pytest.approx(-3.7)
    assert change.standardised == standardised_mean_change(BEFORE, AFTER)


def test_withheld_where_nobody_differs() -> None:
    change = estimate_change([1.0] * 12, [2.0] * 12, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, Withheld)
    assert change.code is WithheldReason.NOT_POSSIBLE
    assert "same value" in str(change.sentence)


def test_change_without_standardised_change() -> None:
    after = [float(value) for value in range(12)]
    change = estimate_change([3.0] * 12, after, occasion="m3", time=3.0, arm=None)
    assert isinstance(change, ChangeEstimate)
    assert change.mean_change.estimate == pytest.approx(2.5)
    assert isinstance(change.standardised, Withheld)
    assert change.standardised.code is WithheldReason.NOT_POSSIBLE
    assert "standard deviations" in str(change.standardised.sentence)
