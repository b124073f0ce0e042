"""Negative controls: what they say of a comparison, and how often they are right."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from outcomes.analysis.negative_control import FINDING, compare_negative_control, judge_negative_control
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.weighting import compare_weighted
from outcomes.errors import EstimateError

NOTHING = TermEstimate("arm", 0.5, 1.0, None, -1.46, 2.4567, 0.6)


def test_nothing_found_says_how_far_it_reaches() -> None:
    found = judge_negative_control(" Height ", NOTHING)
    assert (found.finding, found.outcome, found.applies, found.largest) == (FINDING, "Height", False, 2.4567)
    assert found.difference is NOTHING
    assert str(found.reason) == (
        "Height, which the intervention can't have touched, doesn't clearly differ between the groups (from -1.46 to 2.46"
        " points). Differences within that interval aren't ruled out."
    )


@pytest.mark.parametrize(("low", "high"), [(0.1, 2.0), (-3.0, -0.2)])
def test_a_difference_where_there_can_be_none(low: float, high: float) -> None:
    found = judge_negative_control("Height", replace(NOTHING, ci_low=low, ci_high=high))
    assert found.applies
    assert found.largest == max(abs(low), abs(high))
    assert f"from {low} to {high} points" in str(found.reason)
    assert "can't be put down to the intervention" in str(found.reason)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 0.0)])
def test_an_interval_that_reaches_zero_finds_nothing(low: float, high: float) -> None:
    assert not judge_negative_control("Height", replace(NOTHING, ci_low=low, ci_high=high)).applies


@pytest.mark.parametrize(("low", "high"), [(-math.inf, math.inf), (-math.inf, -1.0), (1.0, math.inf)])
def test_without_an_interval_it_says_nothing(low: float, high: float) -> None:
    unknown = replace(NOTHING, ci_low=low, ci_high=high)
    found = judge_negative_control(" Height", unknown)
    assert (found.finding, found.outcome, found.difference) == (FINDING, "Height", unknown)
    assert (found.applies, found.largest) == (False, None)
    assert str(found.reason).startswith(
        "Height, which the intervention can't have touched, has no interval, so it says"
    )


@pytest.mark.parametrize("name", ["", "  "])
def test_it_has_a_name(name: str) -> None:
    with pytest.raises(EstimateError, match="needs a name"):
        judge_negative_control(name, NOTHING)


def test_what_nobody_measured_shows_in_the_control() -> None:
    """A burden that nobody measured decides who gets it: found in a score from before, which the weights don't see."""
    found = {0.0: 0, 1.0: 0}
    for strength in found:
        for seed in range(60):
            random = np.random.default_rng(seed)
            burden, age = random.normal(size=300), random.normal(size=300)
            arm = (random.random(300) < 1 / (1 + np.exp(-0.5 * age - strength * burden))).astype(float)
            control = 2 * age + 3 * burden + random.normal(size=300)
            columns = np.column_stack([np.ones(300), age])

            def compare(scores, arm=arm, columns=columns) -> TermEstimate:
                return compare_weighted(scores, arm, columns, ["Intercept", "age"]).contrast.difference

            found[strength] += compare_negative_control("Before", control, compare).applies
    assert found[0.0] <= 8  # 5 % of 60 and three standard errors
    assert found[1.0] >= 55
