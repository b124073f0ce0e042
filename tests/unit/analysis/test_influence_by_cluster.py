"""Bias-reduced uncertainty of weighted comparisons between few clusters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from outcomes.analysis import doubly_robust
from outcomes.analysis.cluster_robust import cluster_codes
from outcomes.analysis.comparison_equations import ArmOutcome, comparison_equations
from outcomes.analysis.doubly_robust import compare_doubly_robust
from outcomes.analysis.influence_by_cluster import EstimatingEquations, sum_by_cluster
from outcomes.analysis.linear_model import fit_linear_model
from outcomes.analysis.weighting import compare_weighted, hajek_mean, weighted_data
from outcomes.errors import EstimateError

TERMS = ["Intercept", "age", "before"]
METHODS = [compare_weighted, compare_doubly_robust]


def places(n: int = 200, count: int = 10, seed: int = 2, *, whole: bool = False) -> tuple[Any, ...]:
    """Outcome, arm, columns, place: people of one place resemble each other, in the outcome and in who gets it."""
    random = np.random.default_rng(seed)
    place = np.arange(n) % count
    level, leaning = random.normal(size=count), random.normal(0, 0.7, count)
    columns = np.column_stack([np.ones(n), random.normal(size=n) + 0.3 * level[place], random.normal(size=n)])
    by_chance = random.random(n) < 1 / (1 + np.exp(-0.5 * columns[:, 1] - leaning[place]))
    arm = (place % 2 == 0 if whole else by_chance).astype(float)
    outcome = 50 + columns @ [0.0, 3.0, 1.0] + 2 * arm + 2 * level[place] + random.normal(0, 3, n)
    return outcome, arm, columns, place.tolist()


@pytest.mark.parametrize("estimand", ["ate", "att", "overlap"])
@pytest.mark.parametrize("augmented", [False, True])
@pytest.mark.parametrize("answers", [False, True])
def test_equations_are_those_of_the_comparison(estimand: Any, augmented: bool, answers: bool) -> None:
    """They sum to zero at the estimates, and their influences are the ones that the comparison works out by itself."""
    outcome, arm, columns, place = places()
    outcome[::9] = math.nan
    response = np.column_stack([columns, arm]) if answers else None
    data = weighted_data(outcome, arm, columns, TERMS, estimand, response, [*TERMS, "arm"] if answers else (), place)
    first, second = hajek_mean(data, "treated", data.outcome), hajek_mean(data, "control", data.outcome)
    models = None
    if augmented:
        fits = [
            doubly_robust._outcome_model(data, arm, data.columns, data.terms)
            for arm in (data.treated, 1 - data.treated)
        ]
        first, second = (
            doubly_robust._augmented_mean(data, name, fit)
            for name, fit in zip(("treated", "control"), fits, strict=True)
        )
        models = ArmOutcome(fits[0].predictions, fits[0].basis), ArmOutcome(fits[1].predictions, fits[1].basis)
    found = comparison_equations(data, models)
    rows = found.equations.rows(np.zeros(found.equations.n_parameters, dtype=complex)).real
    assert np.abs(rows.sum(axis=0)).max() < 1e-9
    summed = sum_by_cluster(found.equations, cluster_codes(data.cluster, np.arange(len(data.outcome))))
    for contrast, influence in (
        (found.difference, first[1] - second[1]),
        (found.mean_treated, first[1]),
        (found.mean_control, second[1]),
    ):
        ours = rows @ np.linalg.solve(summed.total.T, contrast)
        np.testing.assert_allclose(ours, influence / len(data.outcome), rtol=1e-9, atol=1e-12)
    assert len(found.equations.errors) == 2 + answers + augmented


@pytest.mark.parametrize("compare", METHODS)
@pytest.mark.parametrize("estimand", ["ate", "att", "overlap"])
def test_units_order_and_names_do_not_matter(compare: Any, estimand: str) -> None:
    outcome, arm, columns, place = places()
    plain = compare(outcome, arm, columns, TERMS, estimand=estimand, cluster=place).contrast
    order = np.random.default_rng(1).permutation(outcome.size)
    named = [f"place {place[row]}" for row in order]
    turned = compare(outcome[order], arm[order], columns[order], TERMS, estimand=estimand, cluster=named).contrast
    scaled = compare(1e9 * outcome + 7, arm, columns * [1, 1e6, 1e-3], TERMS, estimand=estimand, cluster=place).contrast
    for name in ("difference", "mean_treated", "mean_control"):
        one, two, three = (getattr(found, name) for found in (plain, turned, scaled))
        assert (two.std_error, two.df) == pytest.approx((one.std_error, one.df), rel=1e-8)
        assert (three.std_error / 1e9, three.df) == pytest.approx((one.std_error, one.df), rel=1e-6)


def test_whole_places_without_background_are_near_the_linear_model() -> None:
    """With nothing to weigh by and whole places in an arm, the difference of means has the linear model's CR2, and a little
    more, since the arms' share is estimated too."""
    outcome, arm, _, place = places(whole=True)
    ones = np.ones((outcome.size, 1))
    found = compare_weighted(outcome, arm, ones, ["Intercept"], cluster=place).contrast.difference
    linear = fit_linear_model(outcome, np.column_stack([ones, arm]), ["Intercept", "arm"], cluster=place).term("arm")
    assert found.estimate == pytest.approx(linear.estimate, rel=1e-10)
    assert linear.std_error < found.std_error < 1.1 * linear.std_error
    assert linear.df is not None
    assert 0.9 * linear.df < found.df < linear.df


@pytest.mark.parametrize("compare", METHODS)
def test_forty_clusters_are_enough_for_the_plain_sandwich(compare: Any) -> None:
    outcome, arm, columns, _ = places(400)
    forty, fewer = ([row % count for row in range(400)] for count in (40, 39))
    assert compare(outcome, arm, columns, TERMS, cluster=forty).contrast.difference.df == 39
    reduced = compare(outcome, arm, columns, TERMS, cluster=fewer)
    assert reduced.contrast.difference.df < 38
    assert reduced.warnings == ()
    assert reduced.contrast.mean_treated.p_value is None


@pytest.mark.parametrize("compare", METHODS)
def test_no_interval_under_four_degrees_of_freedom(compare: Any) -> None:
    outcome, arm, columns, place = places(count=4)
    found = compare(outcome, arm, columns, TERMS, cluster=place)
    difference = found.contrast.difference
    assert difference.df < 4
    assert (difference.ci_low, difference.ci_high, difference.p_value) == (-math.inf, math.inf, None)
    assert "No interval is given for treated, treated[1], treated[0]" in str(found.warnings[-1])


@pytest.mark.parametrize("compare", METHODS)
def test_one_place_that_decides_alone_is_refused(compare: Any) -> None:
    outcome, _, columns, place = places()
    arm = (np.array(place) == 0).astype(float)
    with pytest.raises(EstimateError, match="One cluster alone decides"):
        compare(outcome, arm, columns, TERMS, cluster=place)


def test_what_does_not_vary_has_no_uncertainty() -> None:
    rows = np.zeros((6, 1))
    equations = EstimatingEquations(lambda deviation: rows - deviation[0], (rows,), 1)
    with pytest.raises(EstimateError, match="doesn't vary between clusters"):
        sum_by_cluster(equations, np.repeat([0, 1, 2], 2)).uncertainty(np.ones(1))
    with pytest.raises(EstimateError, match="at least two of them"):
        sum_by_cluster(equations, np.zeros(6, dtype=np.int64))


@pytest.mark.parametrize("compare", METHODS)
@pytest.mark.parametrize("whole", [False, True])
def test_intervals_hold_the_truth_as_often_as_they_say(compare: Any, whole: bool) -> None:
    """150 studies of ten places: 95 % within Monte Carlo error (2.5 x 1.8 points)."""
    held, plainly = 0, 0
    for seed in range(150):
        outcome, arm, columns, place = places(150, seed=seed, whole=whole)
        found = compare(outcome, arm, columns, TERMS, cluster=place).contrast.difference
        plain = compare(outcome, arm, columns, TERMS).contrast.difference
        held += found.ci_low <= 2 <= found.ci_high
        plainly += abs(plain.estimate - 2) <= student.ppf(0.975, 9) * plain.std_error
    assert 0.905 <= held / 150 <= 0.995
    if whole:
        assert plainly < held
