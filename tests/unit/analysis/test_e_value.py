"""E-value: the worked example of 2017, symmetry, and every refusal."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.e_value import difference_e_value, risk_ratio_e_value
from outcomes.errors import EstimateError


def test_as_published() -> None:
    """VanderWeele & Ding 2017: RR 3.9 (1.8 to 8.7) has E-values 7.26 and 3.00; RR 0.80 (0.71 to 0.91): 1.81 and 1.43."""
    found = risk_ratio_e_value(3.9, 1.8, 8.7)
    assert (round(found.estimate, 2), round(found.interval, 2), found.approximate) == (7.26, 3.0, False)
    protective = risk_ratio_e_value(0.80, 0.71, 0.91)
    assert (round(protective.estimate, 2), round(protective.interval, 2)) == (1.81, 1.43)


@given(st.floats(1.0, 1e6))
def test_a_ratio_and_its_inverse_need_the_same(ratio: float) -> None:
    up, down = risk_ratio_e_value(ratio, ratio, ratio), risk_ratio_e_value(1 / ratio, 1 / ratio, 1 / ratio)
    assert up.estimate == pytest.approx(down.estimate, rel=1e-6)
    assert up.estimate >= ratio


def test_no_difference_needs_nothing() -> None:
    found = risk_ratio_e_value(1.0, 0.8, 1.2)
    assert (found.estimate, found.interval) == (1.0, 1.0)
    assert risk_ratio_e_value(1.5, 1.0, 2.0).interval == 1.0
    assert risk_ratio_e_value(0.7, 0.5, 1.0).interval == 1.0
    assert risk_ratio_e_value(1.5, 1.01, 2.0).interval == pytest.approx(1.01 + math.sqrt(1.01 * 0.01))


def test_of_a_difference() -> None:
    found = difference_e_value(5.0, 1.0, 10.0)
    assert found.risk_ratio == pytest.approx(math.exp(0.455))
    assert (found.ci_low, found.ci_high) == pytest.approx((math.exp(0.455 - 0.178), math.exp(0.455 + 0.178)))
    assert found.interval == pytest.approx(found.ci_low + math.sqrt(found.ci_low * (found.ci_low - 1)))
    assert found.approximate
    turned = difference_e_value(-5.0, 1.0, 10.0)
    assert (turned.estimate, turned.interval) == pytest.approx((found.estimate, found.interval))


@pytest.mark.parametrize(
    "numbers",
    [(2.0, 2.5, 3.0), (2.0, 1.0, 1.5), (0.0, 0.0, 1.0), (-1.0, -2.0, 1.0), (2.0, 1.0, math.inf), (math.nan,) * 3],
)
def test_ratios_that_cannot_be(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(EstimateError, match="lies within its interval"):
        risk_ratio_e_value(*numbers)


@pytest.mark.parametrize(
    "numbers", [(1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (math.nan, 1.0, 1.0), (1.0, math.inf, 1.0), (1.0, 1.0, math.inf)]
)
def test_differences_that_cannot_be(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(EstimateError, match="above zero"):
        difference_e_value(*numbers)


def test_of_a_difference_with_every_number_its_own() -> None:
    """d = 0.5 with standard error 0.3: ln RR = 0.455 -/+ 1.78 * 0.3, and the interval holds no difference."""
    found = difference_e_value(10.0, 6.0, 20.0)
    assert (found.ci_low, found.ci_high) == pytest.approx((math.exp(0.455 - 0.534), math.exp(0.455 + 0.534)), rel=1e-12)
    assert found.interval == 1.0


def test_infinite_against_infinite_is_refused() -> None:
    """Two infinities may cancel on paper; each alone is refused, whatever its sign."""
    for numbers in ((-math.inf, 1.0, 1.0), (-math.inf, 1.0, math.inf), (math.inf, math.inf, 1.0)):
        with pytest.raises(EstimateError, match="above zero"):
            difference_e_value(*numbers)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_difference_off_the_scale(sign: int) -> None:
    """exp(700) is about the largest number a computer holds; the far limit of the interval has to fit too."""
    for difference, std_error in ((1000.0, 1.0), (760.0, 10.0)):
        with pytest.raises(EstimateError, match="too many standard deviations"):
            difference_e_value(sign * difference, std_error, 1.0)
    assert math.isfinite(difference_e_value(sign * 740.0, 10.0, 1.0).estimate)
