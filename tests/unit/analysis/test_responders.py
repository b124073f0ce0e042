from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.clinical_significance import ClinicalCategory
from outcomes.analysis.plan import Direction
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.responders import compare_responders, responder_shares, standardised_rate
from outcomes.errors import EstimateError

CATEGORIES = [ChangeCategory.BETTER] * 6 + [ChangeCategory.WORSE] * 2 + [ChangeCategory.NOT_COMPARED] * 4
CATEGORIES += [ChangeCategory.UNCHANGED] * 8
SIGMA = 100 * np.array([[1.0, 0.7, 0.5], [0.7, 1.2, 0.7], [0.5, 0.7, 1.5]])


def test_the_lost_stay_in_the_denominator() -> None:
    found = responder_shares("help", CATEGORIES)
    assert (found.group, found.n_started, found.n_compared) == ("help", 20, 16)
    assert found.improved == estimate_share(6, 20)
    assert found.deteriorated == estimate_share(2, 20)
    assert found.recovered is None


def test_two_groups() -> None:
    clinical = [ClinicalCategory.RECOVERED] * 4 + [ClinicalCategory.UNCHANGED] * 16
    help_, usual = (
        responder_shares("help", CATEGORIES, clinical),
        responder_shares("usual", CATEGORIES[5:], clinical[3:18]),
    )
    found = compare_responders(help_, usual)
    assert found.improved == compare_shares(estimate_share(6, 20), estimate_share(1, 15))
    assert found.deteriorated == compare_shares(estimate_share(2, 20), estimate_share(2, 15))
    assert found.recovered == compare_shares(estimate_share(4, 20), estimate_share(1, 15))
    assert found.needed.number == pytest.approx(1 / found.improved.difference)
    assert compare_responders(help_, responder_shares("usual", CATEGORIES)).recovered is None
    assert compare_responders(responder_shares("help", CATEGORIES), usual).recovered is None


def test_as_many_of_both() -> None:
    with pytest.raises(EstimateError, match="as many of both"):
        responder_shares("help", CATEGORIES, [ClinicalCategory.RECOVERED])


def test_nobody_started() -> None:
    with pytest.raises(EstimateError, match="at least one person"):
        responder_shares("help", [])


def rate(scores: object, means: object, **options: object):
    given_options = {"threshold": 10.0, "direction": Direction.HIGHER} | options
    return standardised_rate(scores, means, SIGMA, **given_options)


def test_one_person_by_hand() -> None:
    """Nothing known: change 4 with variance 100 + 150 - 100; the start known at +10: expected change 4 - 5."""
    mean = [50.0, 52.0, 54.0]
    unknown = rate([[math.nan] * 3], [mean])
    assert unknown.improved == pytest.approx(0.5 * math.erfc(6 / math.sqrt(150) / math.sqrt(2)), rel=1e-12)
    assert unknown.deteriorated == pytest.approx(0.5 * math.erfc(14 / math.sqrt(150) / math.sqrt(2)), rel=1e-12)
    start = rate([[60.0, math.nan, math.nan]], [mean])
    assert start.improved == pytest.approx(0.5 * math.erfc(11 / math.sqrt(125) / math.sqrt(2)), rel=1e-12)
    assert (start.n_started, start.n_observed, start.threshold) == (1, 0, 10.0)


@pytest.mark.parametrize(
    ("change", "inclusive", "improved", "deteriorated"),
    [
        (10.0, False, 0, 0),
        (10.0, True, 1, 0),
        (10.1, False, 1, 0),
        (-10.0, False, 0, 0),
        (-10.0, True, 0, 1),
        (-10.1, False, 0, 1),
    ],
)
def test_who_answered_both_times_is_known(change: float, inclusive: bool, improved: int, deteriorated: int) -> None:
    scores, means = [[50.0, math.nan, 50.0 + change]], [[50.0, 52.0, 54.0]]
    found = rate(scores, means, inclusive=inclusive)
    assert (found.improved, found.deteriorated, found.n_observed) == (improved, deteriorated, 1)
    turned = rate(scores, means, inclusive=inclusive, direction=Direction.LOWER)
    assert (turned.improved, turned.deteriorated) == (deteriorated, improved)


def test_other_occasions_can_be_compared() -> None:
    scores = [[50.0, 70.0, math.nan], [50.0, 51.0, 90.0]]
    means = [[50.0, 52.0, 54.0]] * 2
    assert rate(scores, means, occasion=1).probabilities == (1.0, 0.0)
    assert rate(scores, means, baseline=1, occasion=2).n_observed == 1


@given(st.permutations(range(8)), st.sampled_from([1e-6, 1e9]), st.floats(-100, 100))
def test_order_and_units_do_not_matter(order: list[int], scale: float, shift: float) -> None:
    random = np.random.default_rng(4)
    means = np.tile([50.0, 52.0, 54.0], (8, 1))
    scores = means + random.multivariate_normal(np.zeros(3), SIGMA, 8)
    scores[random.random((8, 3)) < 0.4] = np.nan
    one = rate(scores, means)
    other = standardised_rate(
        scale * (scores[order] + shift),
        scale * (means[order] + shift),
        scale**2 * SIGMA,
        threshold=scale * 10.0,
        direction=Direction.HIGHER,
    )
    assert other.improved == pytest.approx(one.improved, abs=1e-6)
    assert other.probabilities == pytest.approx([one.probabilities[at] for at in order], abs=1e-6)


def test_drop_out_explained_by_answers_does_not_move_the_rate() -> None:
    """The less they gained by the middle the more are lost; the rate stays the truth within 4 Monte Carlo errors."""
    random = np.random.default_rng(8)
    n, mean = 20_000, np.array([50.0, 54.0, 58.0])
    scores = mean + random.multivariate_normal(np.zeros(3), SIGMA, n)
    truth = float((scores[:, 2] - scores[:, 0] > 10).mean())
    lost = random.random(n) < 1 / (1 + np.exp((scores[:, 1] - scores[:, 0]) / 5))
    scores[lost, 2] = np.nan
    left = scores[~lost]
    found = standardised_rate(scores, np.tile(mean, (n, 1)), SIGMA, threshold=10.0, direction=Direction.HIGHER)
    assert abs(found.improved - truth) < 4 * math.sqrt(truth * (1 - truth) / n)
    assert abs(float((left[:, 2] - left[:, 0] > 10).mean()) - truth) > 0.03


@pytest.mark.parametrize(
    ("scores", "means", "sigma", "options", "words"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0, 3.0]], SIGMA, {}, "one row per person"),
        ([[1.0, 2.0]], [[1.0, 2.0]], SIGMA, {}, "one row per person"),
        (np.zeros((0, 3)), np.zeros((0, 3)), SIGMA, {}, "one row per person"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], SIGMA, {}, "one row per person"),
        ([[1.0, 2.0, math.inf]], [[1.0, 2.0, 3.0]], SIGMA, {}, "finite"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, math.nan]], SIGMA, {}, "finite"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA * math.nan, {}, "finite"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], -SIGMA, {}, "covariance"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], np.ones((3, 3)) + np.triu(np.ones((3, 3))), {}, "covariance"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], np.zeros((3, 3)), {}, "covariance"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"threshold": 0.0}, "above 0"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"threshold": math.nan}, "above 0"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"occasion": 3}, "among those measured"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"baseline": -4}, "among those measured"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"occasion": 0}, "two different occasions"),
        ([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]], SIGMA, {"occasion": -3}, "two different occasions"),
    ],
)
def test_impossible_input(scores: object, means: object, sigma: np.ndarray, options: dict, words: str) -> None:
    given_options = {"threshold": 10.0, "direction": Direction.HIGHER} | options
    with pytest.raises(EstimateError, match=words):
        standardised_rate(scores, means, sigma, **given_options)
