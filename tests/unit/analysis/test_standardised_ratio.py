from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.analysis.standardised_ratio import (
    RatioInterval,
    StandardisedRatio,
    mean_residuals,
    standardise_indirectly,
    standardised_ratio,
)
from outcomes.errors import EstimateError


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2000), st.floats(1e-3, 1e6), st.sampled_from(RatioInterval))
def test_interval_holds_the_ratio_and_scales(observed: int, expected: float, interval: RatioInterval) -> None:
    found = standardised_ratio(observed, expected, interval=interval)
    assert found.ci_low <= found.ratio <= found.ci_high
    assert found.ratio == observed / expected
    half = standardised_ratio(observed, expected / 2, interval=interval)
    assert half.ci_high == pytest.approx(2 * found.ci_high)


@given(st.integers(1, 500))
def test_mid_p_is_narrower_than_exact(observed: int) -> None:
    exact = standardised_ratio(observed, 1.0)
    middle = standardised_ratio(observed, 1.0, interval=RatioInterval.MID_P)
    assert exact.ci_low < middle.ci_low < observed < middle.ci_high < exact.ci_high
    assert exact.interval is RatioInterval.EXACT


def test_nobody_observed() -> None:
    found = standardised_ratio(0, 2.0)
    assert (found.ci_low, found.ratio) == (0.0, 0.0)
    assert found.ci_high == pytest.approx(-math.log(0.025) / 2)
    middle = standardised_ratio(0, 2.0, interval=RatioInterval.MID_P)
    assert middle.ci_high == pytest.approx(-math.log(0.05) / 2)


@pytest.mark.parametrize(("observed", "expected"), [(-1, 1.0), (1, 0.0), (1, -1.0), (1, math.inf), (1, math.nan)])
def test_impossible_numbers(observed: int, expected: float) -> None:
    with pytest.raises(EstimateError, match="above zero"):
        standardised_ratio(observed, expected)


def test_providers_by_name_and_small_ones_withheld() -> None:
    providers = ["west"] * 10 + ["east"] * 9 + ["north"] * 30
    outcomes, expected = np.tile([1.0, 0.0], 25)[:49], np.full(49, 0.25)
    found = standardise_indirectly(outcomes, expected, providers)
    assert [(result.provider, result.n) for result in found] == [("east", 9), ("north", 30), ("west", 10)]
    assert isinstance(found[0].result, Withheld)
    assert found[0].result.code is WithheldReason.TOO_FEW
    assert isinstance(found[2].result, StandardisedRatio)
    assert (found[2].result.observed, found[2].result.expected) == (5, 2.5)
    residuals = mean_residuals(outcomes, expected, providers)
    assert isinstance(residuals[0].result, Withheld)
    assert isinstance(residuals[2].result, TermEstimate)
    assert residuals[2].result.estimate == pytest.approx(0.25)
    assert residuals[2].result.term == "mean_residual"
    assert [(residual.provider, residual.n) for residual in residuals] == [("east", 9), ("north", 30), ("west", 10)]


def test_residuals_that_do_not_vary_are_no_estimate() -> None:
    found = mean_residuals([3.0] * 12, [2.0] * 12, ["a"] * 12)
    assert isinstance(found[0].result, Withheld)
    assert found[0].result.code is WithheldReason.NOT_POSSIBLE
    assert "same value" in str(found[0].result.sentence)


@pytest.mark.parametrize(
    ("outcomes", "expected", "providers", "words"),
    [
        ([], [], [], "needs an outcome"),
        ([1, 0], [0.5], ["a", "b"], "needs an outcome"),
        ([1, 0], [0.5, 0.5], ["a"], "needs an outcome"),
        ([1, math.nan], [0.5, 0.5], ["a", "b"], "isn't a finite number"),
        ([1, 0], [0.5, math.inf], ["a", "b"], "isn't a finite number"),
    ],
)
def test_what_cannot_be(outcomes, expected, providers, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        standardise_indirectly(outcomes, expected, providers)


def test_numbers_may_be_decimals_as_a_database_gives_them() -> None:
    providers = ["a"] * 10
    outcomes, expected = [Decimal(index % 2) for index in range(10)], [Decimal("0.25")] * 10
    plain = [float(outcome) for outcome in outcomes]
    assert standardise_indirectly(outcomes, expected, providers) == standardise_indirectly(
        plain, [0.25] * 10, providers
    )  # type: ignore[arg-type]
    assert mean_residuals(outcomes, expected, providers) == mean_residuals(plain, [0.25] * 10, providers)  # type: ignore[arg-type]


def test_one_person_is_too_few_but_no_fault() -> None:
    found = standardise_indirectly([1], [0.5], ["a"])
    assert (found[0].provider, found[0].n) == ("a", 1)
    assert isinstance(found[0].result, Withheld)


@pytest.mark.parametrize("wrong", [0.5, 2.0, -1.0])
def test_events_are_yes_or_no(wrong: float) -> None:
    outcomes = [1.0] * 11 + [wrong]
    with pytest.raises(EstimateError, match="row 12 is neither 0 nor 1"):
        standardise_indirectly(outcomes, [0.5] * 12, ["a"] * 12)
    with pytest.raises(EstimateError, match="whole number"):
        standardised_ratio(2.5, 1.0)  # type: ignore[arg-type]
