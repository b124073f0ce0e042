"""Run lengths by seeded simulation, in closed form where there is one, and at their edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.run_length import (
    RunLength,
    ewma_run_length,
    limit_for_run_length,
    normal_limit_for,
    residual_cusum_run_length,
    risk_adjusted_run_length,
    score_distribution,
    state_run_length,
)
from outcomes.errors import EstimateError

RISKS, WEIGHTS = np.array([0.05, 0.1, 0.3]), np.array([5.0, 3.0, 2.0])


def simulate(scores: np.ndarray, limit: float) -> np.ndarray:
    """Observations to the first signal of a CUSUM in each row of scores."""
    total, length = np.zeros(scores.shape[0]), np.full(scores.shape[0], scores.shape[1])
    for index in range(scores.shape[1]):
        total = np.maximum(0.0, total + scores[:, index])
        length = np.where((total >= limit) & (length == scores.shape[1]), index + 1, length)
    return length


@pytest.mark.parametrize("true_odds_ratio", [1.0, 2.0])
def test_risk_adjusted_run_length_by_simulation(true_odds_ratio: float) -> None:
    random = np.random.default_rng(12)
    risk = random.choice(RISKS, (2000, 1500), p=WEIGHTS / 10)
    event = true_odds_ratio * risk / (1 - risk + true_odds_ratio * risk)
    scores = np.where(random.random(risk.shape) < event, math.log(2), 0.0) - np.log1p(risk)
    lengths = simulate(scores, 2.0)
    stated = risk_adjusted_run_length(2.0, RISKS, WEIGHTS, odds_ratio=2.0, true_odds_ratio=true_odds_ratio)
    # Some rows outlast the simulation where nothing has changed: they make its mean a little short.
    beyond = (lengths == 1500).mean() * stated
    assert lengths.mean() == pytest.approx(stated, abs=4 * lengths.std() / math.sqrt(2000) + beyond)


def test_normal_run_lengths_by_simulation() -> None:
    random = np.random.default_rng(8)
    residuals = random.standard_normal((2500, 500))
    lengths = simulate(residuals - 0.5, 2.5)
    error = 4 * lengths.std() / math.sqrt(2500)
    assert lengths.mean() == pytest.approx(residual_cusum_run_length(2.5, 0.5), abs=error)
    value, lengths = np.zeros(2500), np.full(2500, 500)
    for index in range(500):
        value = 0.7 * value + 0.3 * residuals[:, index]
        outside = (np.abs(value) > 2.0 * math.sqrt(0.3 / 1.7)) & (lengths == 500)
        lengths = np.where(outside, index + 1, lengths)
    error = 4 * lengths.std() / math.sqrt(2500)
    assert lengths.mean() == pytest.approx(ewma_run_length(0.3, 2.0), abs=error)


def test_ewma_of_the_latest_alone_is_a_shewhart_chart() -> None:
    assert ewma_run_length(1.0, 3.0) == pytest.approx(1 / math.erfc(3 / math.sqrt(2)), rel=1e-9)
    moved = 0.5 * (math.erfc((3 - 1) / math.sqrt(2)) + math.erfc((3 + 1) / math.sqrt(2)))
    assert ewma_run_length(1.0, 3.0, shift=1.0) == pytest.approx(1 / moved, rel=1e-9)
    assert ewma_run_length(0.2, 2.5, shift=1.0) == pytest.approx(ewma_run_length(0.2, 2.5, shift=-1.0))


def test_one_event_is_a_signal_where_the_limit_is_low() -> None:
    # At risk 0.5 an event scores log(2 / 1.5): a limit below that signals at the first event.
    limit = 0.25
    assert math.log(2 / 1.5) > limit
    found = risk_adjusted_run_length(limit, np.array([0.5]), np.ones(1), odds_ratio=2.0)
    assert found == pytest.approx(2.0, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.001, 0.999), st.floats(0.01, 10)), min_size=1, max_size=6),
    st.sampled_from([0.5, 1.5, 2.0, 3.0]),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_scores_keep_their_mean_on_the_grid(mix: list[tuple[float, float]], odds: float, truth: float) -> None:
    risks, weights = (np.array(part) for part in zip(*mix, strict=True))
    steps, chances = score_distribution(risks, weights, odds_ratio=odds, true_odds_ratio=truth)
    event = truth * risks / (1 - risks + truth * risks)
    mean = np.average(event * math.log(odds) - np.log1p((odds - 1) * risks), weights=weights)
    assert chances.sum() == pytest.approx(1)
    assert chances.min() >= 0
    assert (steps * chances).sum() / 600 == pytest.approx(mean, abs=1e-12)
    assert np.array_equal(np.diff(steps), np.ones(steps.size - 1))


def test_weights_and_repeated_risks_are_the_same() -> None:
    once = risk_adjusted_run_length(2.0, RISKS, WEIGHTS, odds_ratio=2.0)
    repeated = np.repeat(RISKS, [5, 3, 2])
    assert risk_adjusted_run_length(2.0, repeated[::-1], np.ones(10), odds_ratio=2.0) == pytest.approx(once, rel=1e-10)


@pytest.mark.parametrize("odds_ratio", [2.0, 0.5])
def test_limit_has_the_run_length_and_no_lower_one_has(odds_ratio: float) -> None:
    limit = limit_for_run_length(1000, RISKS, WEIGHTS, odds_ratio=odds_ratio)
    assert risk_adjusted_run_length(limit, RISKS, WEIGHTS, odds_ratio=odds_ratio) >= 1000
    assert risk_adjusted_run_length(limit - 1 / 600, RISKS, WEIGHTS, odds_ratio=odds_ratio) < 1000


def test_normal_limits_have_the_run_length() -> None:
    limit = normal_limit_for(370.0, lambda height: residual_cusum_run_length(height, 0.5), 0.0)
    assert residual_cusum_run_length(limit, 0.5) == pytest.approx(370, rel=1e-7)


def test_what_a_run_length_says() -> None:
    found = state_run_length(1541.0, 200.0)
    assert found == RunLength(1541.0, 200.0)
    assert found.false_alarms_per_year == pytest.approx(200 / 1541)
    assert found.years_between == pytest.approx(7.705)
    assert "once in 1541 observations, that is once in 7.7 years" in str(found.sentence)
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(EstimateError, match="observations in a year"):
            state_run_length(100.0, wrong)


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf, 0.0004, 20.01])
def test_impossible_limits(limit: float) -> None:
    with pytest.raises(EstimateError, match="above zero and no more than 20"):
        risk_adjusted_run_length(limit, RISKS, WEIGHTS, odds_ratio=2.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: residual_cusum_run_length(0.0, 0.25), "numbers above zero"),
        (lambda: residual_cusum_run_length(4.0, 0.0), "numbers above zero"),
        (lambda: residual_cusum_run_length(math.nan, 0.25), "numbers above zero"),
        (lambda: residual_cusum_run_length(50.0, 1.0), "so rare"),
        (lambda: ewma_run_length(0.2, math.inf), "numbers above zero"),
        (lambda: ewma_run_length(0.0, 3.0), "above 0 and at most 1"),
        (lambda: ewma_run_length(1.01, 3.0), "above 0 and at most 1"),
        (lambda: ewma_run_length(0.2, 12.0), "so rare"),
        (lambda: normal_limit_for(1.0, lambda height: height, 0.0), "more than one observation"),
        (lambda: normal_limit_for(math.inf, lambda height: height, 0.0), "more than one observation"),
        (lambda: normal_limit_for(100.0, lambda height: height, 0.0), "so rare"),
        (lambda: limit_for_run_length(1.0, RISKS, WEIGHTS, odds_ratio=2.0), "more than one observation"),
        (lambda: limit_for_run_length(1e40, RISKS, WEIGHTS, odds_ratio=2.0), "so rare"),
    ],
)
def test_what_cannot_be(call, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        call()
