from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.analysis.cusum import (
    RESIDUAL_SIGNAL_WORDS,
    SIGNAL_WORDS,
    CusumDirection,
    residual_cusum,
    risk_adjusted_cusum,
    risk_scores,
)
from outcomes.analysis.ewma import ewma_chart
from outcomes.analysis.run_length import ewma_run_length, residual_cusum_run_length, risk_adjusted_run_length
from outcomes.errors import EstimateError

RANDOM = np.random.default_rng(3)
RISKS = RANDOM.choice([0.1, 0.2, 0.4], 150)
OUTCOMES = (RANDOM.random(150) < RISKS).astype(int)
RESIDUALS = RANDOM.standard_normal(100)


def test_scores_by_hand() -> None:
    assert risk_scores([1, 0], [0.5, 0.5], 2.0) == pytest.approx([math.log(4 / 3), math.log(2 / 3)])
    assert risk_scores([1, 0], [0.5, 0.5], 0.5) == pytest.approx([math.log(2 / 3), math.log(4 / 3)])


def test_mirrored_outcomes_swap_the_directions() -> None:
    there = risk_adjusted_cusum(OUTCOMES, RISKS, people_per_year=50, limit=2.0)
    back = risk_adjusted_cusum(1 - OUTCOMES, 1 - RISKS, people_per_year=50, limit=2.0)
    assert back.fewer.sums == pytest.approx(there.more.sums, abs=1e-12)
    assert back.fewer.run_length.observations == pytest.approx(there.more.run_length.observations, rel=1e-9)
    assert back.vlad == pytest.approx([-value for value in there.vlad])


def test_result_says_what_it_stands_on() -> None:
    chart = risk_adjusted_cusum(OUTCOMES, RISKS, people_per_year=50, limit=2.0)
    assert (chart.n, chart.observed, chart.odds_ratio) == (150, int(OUTCOMES.sum()), 2.0)
    assert chart.expected == pytest.approx(RISKS.sum())
    assert chart.vlad[-1] == pytest.approx(chart.expected - chart.observed)
    assert (chart.more.direction, chart.fewer.direction) == (CusumDirection.MORE, CusumDirection.FEWER)
    values, counts = np.unique(RISKS, return_counts=True)
    weights = counts.astype(float)
    expected = risk_adjusted_run_length(2.0, values, weights, odds_ratio=2.0)
    detection = risk_adjusted_run_length(2.0, values, weights, odds_ratio=0.5, true_odds_ratio=0.5)
    assert chart.more.run_length.observations == pytest.approx(expected)
    assert chart.fewer.detection == pytest.approx(detection)
    rates = [path.run_length.false_alarms_per_year for path in (chart.more, chart.fewer)]
    assert chart.false_alarms_per_year == pytest.approx(sum(rates))
    for path in (chart.more, chart.fewer):
        assert "a dialogue about why, not a verdict" in str(path.signal_sentence)
    assert set(SIGNAL_WORDS) == set(RESIDUAL_SIGNAL_WORDS) == set(CusumDirection)


def test_limit_from_run_length_and_the_mix_it_is_for() -> None:
    chart = risk_adjusted_cusum(OUTCOMES, RISKS, people_per_year=50, target_run_length=500)
    assert chart.more.run_length.observations >= 500
    assert chart.fewer.run_length.observations >= 500
    assert chart.more.limit != chart.fewer.limit
    other = risk_adjusted_cusum(OUTCOMES, RISKS, people_per_year=50, limit=2.0, risk_mix=[0.02] * 5)
    expected = risk_adjusted_run_length(2.0, np.array([0.02]), np.ones(1), odds_ratio=2.0)
    assert other.more.run_length.observations == pytest.approx(expected)


def test_signals_once_or_afresh() -> None:
    risks, outcomes = [0.5] * 12, [1] * 12
    step = math.log(4 / 3)
    stays = risk_adjusted_cusum(outcomes, risks, people_per_year=50, limit=3 * step - 1e-9)
    assert stays.more.signals == (2,)
    assert stays.more.sums[-1] == pytest.approx(12 * step)
    afresh = risk_adjusted_cusum(outcomes, risks, people_per_year=50, limit=3 * step - 1e-9, restart=True)
    assert afresh.more.signals == (2, 5, 8, 11)
    assert afresh.more.sums[3] == pytest.approx(step)
    assert afresh.fewer.signals == ()
    again = risk_adjusted_cusum([1, 1, 0, 1, 1], [0.5] * 5, people_per_year=50, limit=2 * step - 1e-9)
    assert again.more.signals == (1, 4)


def test_residual_cusum_both_ways() -> None:
    chart = residual_cusum(RESIDUALS, people_per_year=80, target_run_length=400)
    mirrored = residual_cusum(-RESIDUALS, people_per_year=80, limit=chart.more.limit)
    assert mirrored.fewer.sums == pytest.approx(chart.more.sums)
    assert chart.more.run_length.observations == pytest.approx(400, rel=1e-6)
    assert chart.more.detection == pytest.approx(residual_cusum_run_length(chart.more.limit, 0.25, shift=0.5))
    assert chart.false_alarms_per_year == pytest.approx(2 * 80 / 400, rel=1e-6)
    assert (chart.n, chart.reference_value, chart.warnings) == (100, 0.25, ())
    jump = residual_cusum([0.0, 0.0, 2.25, 2.25], people_per_year=80, limit=4.0, restart=True)
    assert jump.more.sums == (0.0, 0.0, 2.0, 4.0)
    assert jump.more.signals == (3,)
    assert "higher than expected" in str(jump.more.signal_sentence)


@pytest.mark.parametrize(("factor", "warned"), [(0.75, True), (0.85, False), (1.2, False), (1.3, True)])
def test_residuals_must_be_standardised(factor: float, warned: bool) -> None:
    series = factor * (RESIDUALS - RESIDUALS.mean()) / RESIDUALS.std(ddof=1)
    assert bool(residual_cusum(series, people_per_year=80, limit=5.0).warnings) is warned
    assert bool(ewma_chart(series, people_per_year=80, limit_in_deviations=2.8).warnings) is warned
    assert ewma_chart(series[:29], people_per_year=80, limit_in_deviations=2.8).warnings == ()


def test_ewma() -> None:
    chart = ewma_chart([1.0, 1.0, -3.0], people_per_year=80, weight=0.5, limit_in_deviations=1.2)
    assert chart.values == (0.5, 0.75, -1.125)
    assert chart.limit == pytest.approx(1.2 * math.sqrt(1 / 3))
    assert chart.signals == (1, 2) if chart.limit > 1.125 else (1,)
    assert chart.run_length.observations == pytest.approx(ewma_run_length(0.5, 1.2))
    assert chart.detection == pytest.approx(ewma_run_length(0.5, 1.2, shift=0.5))
    assert (chart.n, chart.weight, chart.limit_in_deviations) == (3, 0.5, 1.2)
    assert "not a verdict" in str(chart.signal_sentence)
    found = ewma_chart(RESIDUALS, people_per_year=80, target_run_length=500.0)
    assert found.run_length.observations == pytest.approx(500, rel=1e-6)
    assert found.weight == 0.2
    above = ewma_chart([9.0, 9.0, 0.0, -0.0, -9.0, -9.0], people_per_year=80, weight=1.0, limit_in_deviations=3.0)
    assert above.signals == (0, 4)
    assert above.values == (9.0, 9.0, 0.0, 0.0, -9.0, -9.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda **o: risk_adjusted_cusum([], [], **o), "nobody to draw"),
        (lambda **o: risk_adjusted_cusum([1], [0.5, 0.5], **o), "both an outcome and a risk"),
        (lambda **o: risk_adjusted_cusum([1, 2], [0.5, 0.5], **o), "outcome in row 2"),
        (lambda **o: risk_adjusted_cusum([1, math.nan], [0.5, 0.5], **o), "outcome in row 2"),
        (lambda **o: risk_adjusted_cusum([1, 0], [0.5, 1.0], **o), "risk in row 2"),
        (lambda **o: risk_adjusted_cusum([1, 0], [0.0, 0.5], **o), "risk in row 1"),
        (lambda **o: risk_adjusted_cusum([1, 0], [0.5, math.nan], **o), "risk in row 2"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], risk_mix=[1.5], **o), "risk in row 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], odds_ratio=1.0, **o), "a number above 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], odds_ratio=-2.0, **o), "a number above 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], odds_ratio=math.inf, **o), "a number above 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], odds_ratio=0.5, **o), "a number above 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], odds_ratio=math.nan, **o), "a number above 1"),
        (lambda **o: risk_adjusted_cusum([1], [0.5], target_run_length=100, **o), "Give either"),
        (lambda **o: residual_cusum([], **o), "nobody to draw"),
        (lambda **o: residual_cusum([1.0, math.inf], **o), "residual in row 2"),
        (lambda **o: residual_cusum([1.0], reference_value=0.0, **o), "above zero"),
        (lambda **o: ewma_chart([1.0], people_per_year=5), "Give either"),
        (lambda **o: ewma_chart([1.0], people_per_year=5, limit_in_deviations=3.0, target_run_length=5), "Give either"),
        (lambda **o: ewma_chart([1.0], people_per_year=5, limit_in_deviations=3.0, weight=0.0), "at most 1"),
        (lambda **o: ewma_chart([math.nan], people_per_year=5, limit_in_deviations=3.0), "residual in row 1"),
    ],
)
def test_what_cannot_be(call, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        call(people_per_year=50, limit=3.0)


def test_neither_limit_nor_run_length() -> None:
    with pytest.raises(EstimateError, match="Give either"):
        risk_adjusted_cusum([1], [0.5], people_per_year=50)


@pytest.mark.parametrize("odds_ratio", [1.0, 0.0, -2.0, math.inf, math.nan])
def test_scores_need_an_odds_ratio_to_look_for(odds_ratio: float) -> None:
    with pytest.raises(EstimateError, match="other than 1"):
        risk_scores([1], [0.5], odds_ratio)
