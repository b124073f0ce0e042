from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.analysis.artefacts import expected_regression, expected_regression_beyond
from outcomes.errors import EstimateError


def test_half_of_everybody() -> None:
    """Chosen below the mean: their mean is SD phi(0) / 0.5 below it, and (1 - r) of that comes back."""
    found = expected_regression_beyond(50.0, 10.0, 0.6, limit=50.0, above=False)
    assert found == pytest.approx(0.4 * 10 * 2 / math.sqrt(2 * math.pi), rel=1e-12)
    assert expected_regression_beyond(50.0, 10.0, 0.6, limit=50.0, above=True) == pytest.approx(-found, rel=1e-12)


def test_agrees_with_the_form_for_a_known_start() -> None:
    start = 50 - 10 * math.exp(-0.5) / math.sqrt(2 * math.pi) / (0.5 * math.erfc(1 / math.sqrt(2)))
    found = expected_regression_beyond(50.0, 10.0, 0.7, limit=40.0, above=False)
    assert found == pytest.approx(expected_regression(50.0, start, 0.7), rel=1e-12)


def test_far_limits_stay_finite() -> None:
    """Beyond 40 standard deviations the chosen stand at the limit itself."""
    found = expected_regression_beyond(0.0, 1.0, 0.5, limit=-40.0, above=False)
    assert found == pytest.approx(0.5 * (40 + 1 / 40), rel=1e-4)
    assert expected_regression_beyond(0.0, 1.0, 0.5, limit=40.0, above=False) == pytest.approx(0.0, abs=1e-300)


def test_simulated_selection() -> None:
    random = np.random.default_rng(7)
    true = random.normal(50, 10 * math.sqrt(0.6), 200_000)
    first, second = (true + random.normal(0, 10 * math.sqrt(0.4), true.size) for _ in range(2))
    chosen = first > 60
    seen = float((second - first)[chosen].mean())
    error = float((second - first)[chosen].std()) / math.sqrt(int(chosen.sum()))
    assert abs(seen - expected_regression_beyond(50, 10, 0.6, limit=60, above=True)) < 4 * error


@pytest.mark.parametrize(
    ("mean", "sd", "reliability", "limit"),
    [
        (50, 0, 0.5, 40),
        (50, -1, 0.5, 40),
        (math.nan, 10, 0.5, 40),
        (50, math.inf, 0.5, 40),
        (50, 10, 0.5, math.inf),
        (50, 10, 1.1, 40),
        (50, 10, -0.1, 40),
        (50, 10, math.nan, 40),
    ],
)
def test_impossible_numbers(mean: float, sd: float, reliability: float, limit: float) -> None:
    with pytest.raises(EstimateError, match="Regression to the mean needs"):
        expected_regression_beyond(mean, sd, reliability, limit=limit, above=True)
