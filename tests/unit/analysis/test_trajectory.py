"""Expected trajectories against the conditional normal distribution by hand; bands and their coverage; the pages' numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outcomes.analysis.mmrm import MmrmFit, fit_mmrm
from outcomes.analysis.plan import Direction
from outcomes.analysis.trajectory import (
    Predictions,
    TrajectoryBand,
    calibrate_band,
    check_coverage,
    expected_range,
    judge_scores,
    predict_scores,
)
from outcomes.errors import EstimateError
from tests.unit.analysis.mmrm_people import DESIGN, people, sums_of


@pytest.fixture(scope="module")
def earlier() -> MmrmFit:
    return fit_mmrm(sums_of(*people(400, 4, seed=11)), DESIGN)


def fixed(z: list[list[float]], answered_before: list[list[int]] | None = None) -> tuple[Predictions, np.ndarray]:
    """Predictions of 0 with a standard deviation of 1, so that scores are their own z."""
    scores = np.array(z)
    before = np.cumsum(~np.isnan(scores), axis=1) - ~np.isnan(scores)
    earlier = before if answered_before is None else np.array(answered_before)
    return Predictions(np.zeros_like(scores), np.ones_like(scores), earlier.astype(np.int64)), scores


def test_as_the_conditional_normal_distribution(earlier: MmrmFit) -> None:
    scores, columns = people(50, 4, seed=12)
    predictions = predict_scores(earlier, scores, columns)
    coefficients = {term.term: term.estimate for term in earlier.terms}
    for i, (y, x) in enumerate(zip(scores, columns, strict=True)):
        for k in range(4):
            mean = []
            for occasion in range(4):
                own = coefficients["Intercept"] + coefficients["age"] * x[1] + coefficients["arm[new]"] * x[2]
                own += coefficients.get(f"time[{occasion}]", 0.0)
                mean.append(own + coefficients.get(f"time[{occasion}]:arm[new]", 0.0) * x[2])
            history = [h for h in range(k) if not np.isnan(y[h])]
            expected, variance = mean[k], earlier.sigma[k, k]
            if history:
                weights = np.linalg.inv(earlier.sigma[np.ix_(history, history)]) @ earlier.sigma[history, k]
                expected += weights @ (y[history] - np.array(mean)[history])
                variance -= weights @ earlier.sigma[history, k]
            assert predictions.expected[i, k] == pytest.approx(expected, rel=1e-11)
            assert predictions.sd[i, k] == pytest.approx(np.sqrt(variance), rel=1e-11)
            assert predictions.earlier[i, k] == len(history)


def test_the_order_of_people_does_not_matter_nor_do_later_answers(earlier: MmrmFit) -> None:
    scores, columns = people(30, 4, seed=13)
    whole = predict_scores(earlier, scores, columns)
    order = np.random.default_rng(0).permutation(30)
    shuffled = predict_scores(earlier, scores[order], columns[order])
    np.testing.assert_allclose(shuffled.expected, whole.expected[order], rtol=1e-13)
    cut = scores.copy()
    cut[:, 2:] = np.nan
    sofar = predict_scores(earlier, cut, columns)
    np.testing.assert_allclose(sofar.expected[:, :3], whole.expected[:, :3], rtol=1e-13)
    assert np.isnan(sofar.z(cut)[:, 2:]).all()


def test_nobody_to_predict_is_no_prediction(earlier: MmrmFit) -> None:
    assert predict_scores(earlier, np.empty((0, 4)), np.empty((0, 3))).expected.shape == (0, 4)


def test_rows_must_be_those_of_the_model(earlier: MmrmFit) -> None:
    scores, columns = people(5, 4)
    for wrong in ((scores[:, :3], columns), (scores, columns[:, :2]), (scores[:4], columns)):
        with pytest.raises(EstimateError, match="has 4 occasions and 3 columns"):
            predict_scores(earlier, *wrong)
    columns[0, 1] = np.nan
    with pytest.raises(EstimateError, match="isn't a finite number"):
        predict_scores(earlier, scores, columns)
    scores[0, 0] = np.inf
    with pytest.raises(EstimateError, match="isn't a finite number"):
        predict_scores(earlier, scores, np.ones_like(columns))


@pytest.mark.parametrize(("direction", "sign"), [(Direction.HIGHER, 1), (Direction.LOWER, -1)])
def test_signals_follow_the_direction(direction: Direction, sign: int) -> None:
    z = sign * np.array([[-1.29, np.nan, -1.29], [0.0, -1.28, 1.28], [1.29, -1.29, 1.29]])
    predictions, scores = fixed(z.tolist())
    found = [[status.value for status in row] for row in judge_scores(predictions, scores, direction)]
    assert found == [
        ["watch", "not_answered", "off_track"],
        ["on_track", "on_track", "on_track"],
        ["better_than_expected", "off_track", "better_than_expected"],
    ]


def test_a_band_of_its_own_moves_the_signals() -> None:
    predictions, scores = fixed([[0.0, -1.0], [0.0, 1.6]])
    band = TrajectoryBand(-0.9, 1.7, 100)
    found = judge_scores(predictions, scores, Direction.HIGHER, band)
    assert found[:, 1].tolist() == ["off_track", "on_track"]


def test_band_is_set_by_what_was_seen() -> None:
    z = np.linspace(-3, 7, 101)
    predictions, scores = fixed([[0.0, value] for value in z])
    band = calibrate_band(predictions, scores)
    assert (band.low, band.high, band.n) == (pytest.approx(-2.0), pytest.approx(6.0), 101)
    assert check_coverage(predictions, scores, band).within.count == 81
    at_least = calibrate_band(*fixed([[0.0, value] for value in z[:100]]))
    assert at_least.n == 100
    with pytest.raises(EstimateError, match="100 earlier scores or more, and there are 99"):
        calibrate_band(*fixed([[0.0, value] for value in z[:99]]))


@pytest.mark.parametrize(("within", "as_meant"), [(77, False), (78, True), (82, True), (83, False)])
def test_coverage_is_held_against_what_was_meant(within: int, as_meant: bool) -> None:
    predictions, scores = fixed([[0.0, 1.28]] * within + [[0.0, -1.29]] * (100 - within) + [[5.0, np.nan]])
    coverage = check_coverage(predictions, scores)
    assert (coverage.within.count, coverage.within.total, coverage.as_meant) == (within, 100, as_meant)
    assert coverage.within.ci_low < within / 100 < coverage.within.ci_high
    with pytest.raises(EstimateError, match="Nobody has a later score"):
        check_coverage(*fixed([[0.0, np.nan]]))


def test_range_stays_on_the_scale() -> None:
    predictions, _ = fixed([[0.0]])
    moved = dataclasses.replace(predictions, expected=np.array([[1.0]]))
    free = expected_range(moved, TrajectoryBand())
    assert (free.low[0, 0], free.high[0, 0]) == pytest.approx((1 - 1.2815515655446004, 1 + 1.2815515655446004))
    bounded = expected_range(moved, TrajectoryBand(), minimum=0.0, maximum=2.0)
    assert (bounded.low[0, 0], bounded.high[0, 0]) == (0.0, 2.0)
    spread = dataclasses.replace(predictions, expected=np.array([[50.0]]), sd=np.array([[4.0]]))
    wide = expected_range(spread, TrajectoryBand(-0.5, 2.0, 100))
    assert (wide.low[0, 0], wide.high[0, 0]) == (48.0, 58.0)
    above = expected_range(spread, TrajectoryBand(), minimum=60.0, maximum=100.0)
    assert (above.low[0, 0], above.high[0, 0]) == (60.0, 60.0)
    below = expected_range(spread, TrajectoryBand(), minimum=0.0, maximum=40.0)
    assert (below.low[0, 0], below.high[0, 0]) == (40.0, 40.0)


def test_a_score_on_the_band_s_edge_is_inside() -> None:
    predictions, scores = fixed([[0.0, -1.0], [0.0, 2.0]])
    band = TrajectoryBand(-1.0, 2.0, 100)
    assert judge_scores(predictions, scores, Direction.HIGHER, band)[:, 1].tolist() == ["on_track", "on_track"]
    assert check_coverage(predictions, scores, band).within.count == 2


def test_band_covers_later_people_as_meant() -> None:
    earlier = fit_mmrm(sums_of(*people(20_000, 4, seed=11)), DESIGN)
    scores, columns = people(2000, 4, seed=14)
    coverage = check_coverage(predict_scores(earlier, scores, columns), scores)
    assert coverage.as_meant
    assert coverage.within.share == pytest.approx(0.8, abs=0.02)
