"""Weighted and doubly robust comparisons: properties, coverage in a small simulation, and every refusal."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.doubly_robust import compare_doubly_robust, estimate_aipw, estimate_g_computation
from outcomes.analysis.propensity import fit_propensity_model
from outcomes.analysis.weighted_balance import effective_size, summarise_overlap, weighted_balance
from outcomes.analysis.weighting import WeightedComparison, compare_weighted
from outcomes.errors import EstimateError

TERMS = ["Intercept", "age", "before"]
POPULATIONS = ["ate", "att", "overlap"]
METHODS = [compare_weighted, compare_doubly_robust]


def simulate(n: int = 200, seed: int = 2, effect: float = 3.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), random.normal(size=n), random.normal(size=n)])
    treated = (random.random(n) < 1 / (1 + np.exp(-0.6 * matrix[:, 1] + 0.4 * matrix[:, 2]))).astype(float)
    outcome = 50 + matrix @ [0.0, 4.0, 2.0] + effect * treated + random.normal(0, 3, n)
    return outcome, treated, matrix


def pair(found: WeightedComparison) -> tuple[float, float]:
    return found.contrast.difference.estimate, found.contrast.difference.std_error


@pytest.mark.parametrize("compare", METHODS)
@pytest.mark.parametrize("estimand", POPULATIONS)
def test_order_and_scale_do_not_matter(compare: Any, estimand: str) -> None:
    outcome, treated, matrix = simulate()
    plain = compare(outcome, treated, matrix, TERMS, estimand=estimand)
    order = np.random.default_rng(1).permutation(outcome.size)
    assert pair(compare(outcome[order], treated[order], matrix[order], TERMS, estimand=estimand)) == pytest.approx(
        pair(plain), rel=1e-8
    )
    scaled = compare(1e9 * outcome + 7, treated, matrix * [1, 1e6, 1e-3], TERMS, estimand=estimand)
    assert pair(scaled) == pytest.approx([1e9 * value for value in pair(plain)], rel=1e-6)


@pytest.mark.parametrize("compare", METHODS)
@pytest.mark.parametrize("estimand", POPULATIONS)
def test_arms_the_other_way_round(compare: Any, estimand: str) -> None:
    outcome, treated, matrix = simulate()
    if estimand == "att":
        return
    plain, turned = (compare(outcome, arm, matrix, TERMS, estimand=estimand) for arm in (treated, 1 - treated))
    assert pair(turned) == pytest.approx((-pair(plain)[0], pair(plain)[1]), rel=1e-8)
    assert turned.balance.effective_control == pytest.approx(plain.balance.effective_treated)


def test_overlap_weights_balance_exactly() -> None:
    outcome, treated, matrix = simulate()
    found = compare_weighted(outcome, treated, matrix, TERMS)
    assert found.estimand == "overlap"
    assert found.balance.largest < 1e-9
    assert found.balance.publishable
    assert [row.term for row in found.balance.rows] == ["age", "before"]


@pytest.mark.parametrize("estimand", POPULATIONS)
def test_overlap_and_balance_are_those_of_its_own_weights(estimand: Any) -> None:
    outcome, treated, matrix = simulate()
    found = compare_weighted(outcome, treated, matrix, TERMS, estimand=estimand)
    e = fit_propensity_model(treated, matrix, TERMS).probabilities
    weights = {
        "ate": np.where(treated == 1, 1 / e, 1 / (1 - e)),
        "att": np.where(treated == 1, 1.0, e / (1 - e)),
        "overlap": np.where(treated == 1, 1 - e, e),
    }[estimand]
    summary = summarise_overlap(treated, e, weights)
    assert found.overlap.largest_weight_share == pytest.approx(summary.largest_weight_share, rel=1e-9)
    assert replace(found.overlap, largest_weight_share=0.0) == replace(summary, largest_weight_share=0.0)
    expected = weighted_balance(treated, weights, matrix, TERMS)
    for row, other in zip(found.balance.rows, expected.rows, strict=True):
        assert row.term == other.term
        assert (row.mean_treated, row.smd_before) == pytest.approx((other.mean_treated, other.smd_before), rel=1e-9)
        assert row.smd_after == pytest.approx(other.smd_after, rel=1e-6, abs=1e-9)


def test_without_columns_it_is_the_difference_of_means() -> None:
    outcome, treated, _ = simulate()
    ones = np.ones((outcome.size, 1))
    first, second = outcome[treated == 1], outcome[treated == 0]
    error = math.sqrt(first.var() / first.size + second.var() / second.size)
    for estimand in POPULATIONS:
        for compare in METHODS:
            found = compare(outcome, treated, ones, ["Intercept"], estimand=estimand)
            assert pair(found) == pytest.approx((first.mean() - second.mean(), error), rel=1e-9)
            assert found.contrast.mean_treated.estimate == pytest.approx(first.mean())
            assert (found.contrast.mean_treated.term, found.contrast.mean_treated.p_value) == ("treated[1]", None)
            assert found.contrast.mean_control.std_error == pytest.approx(second.std() / math.sqrt(second.size))
    found = estimate_g_computation(outcome, treated, ones, ["Intercept"])
    assert (found.difference.estimate, found.difference.std_error) == pytest.approx(
        pair(found_weighted(outcome, treated))
    )


def found_weighted(outcome: np.ndarray, treated: np.ndarray) -> WeightedComparison:
    return compare_weighted(outcome, treated, np.ones((outcome.size, 1)), ["Intercept"])


@pytest.mark.parametrize("wrong", ["propensity", "outcome"])
def test_right_if_either_model_is(wrong: str) -> None:
    """With one model left without its columns the doubly robust estimate still finds the effect of 3."""
    outcome, treated, matrix = simulate(20_000, seed=5)
    bare = np.ones((outcome.size, 1))
    if wrong == "outcome":
        found = compare_doubly_robust(
            outcome, treated, matrix, TERMS, estimand="ate", outcome_columns=bare, outcome_terms=["Intercept"]
        )
    else:
        found = compare_doubly_robust(
            outcome, treated, bare, ["Intercept"], estimand="ate", outcome_columns=matrix, outcome_terms=TERMS
        )
    # Monte Carlo: one data set; within 3.5 of its own standard errors
    assert abs(found.contrast.difference.estimate - 3.0) < 3.5 * found.contrast.difference.std_error
    naive = outcome[treated == 1].mean() - outcome[treated == 0].mean()
    assert abs(naive - 3.0) > 0.5


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Coverage of 95 % intervals over 80 seeded data sets; Monte Carlo error 2.4 points, so 88 % is the floor."""
    hits = dict.fromkeys(("weighted", "robust"), 0)
    for seed in range(80):
        outcome, treated, matrix = simulate(120, seed=seed)
        for name, compare in zip(hits, METHODS, strict=True):
            difference = compare(outcome, treated, matrix, TERMS).contrast.difference
            hits[name] += difference.ci_low <= 3.0 <= difference.ci_high
    assert min(hits.values()) >= 71


def test_missing_outcomes_left_out_or_weighted_for() -> None:
    outcome, treated, matrix = simulate()
    outcome[:20] = math.nan
    found = compare_weighted(outcome, treated, matrix, TERMS)
    assert (found.n_left_out, found.n_unanswered, found.n_treated + found.n_control) == (20, 0, 180)
    assert str(found.warnings[0]).startswith("20 people without the outcome")
    assert pair(found) == pair(compare_weighted(outcome[20:], treated[20:], matrix[20:], TERMS))
    robust = compare_doubly_robust(
        outcome, treated, matrix, TERMS, outcome_columns=matrix[:, :2], outcome_terms=TERMS[:2]
    )
    assert pair(robust) == pair(
        compare_doubly_robust(
            outcome[20:], treated[20:], matrix[20:], TERMS, outcome_columns=matrix[20:, :2], outcome_terms=TERMS[:2]
        )
    )
    weighed = compare_weighted(outcome, treated, matrix, TERMS, response_columns=matrix, response_terms=TERMS)
    assert (weighed.n_left_out, weighed.n_unanswered, weighed.warnings) == (0, 20, ())
    assert [term.term for term in weighed.response] == TERMS
    all_answered = compare_weighted(*simulate(), TERMS, response_columns=matrix, response_terms=TERMS)
    assert all_answered.response == ()
    assert pair(all_answered) == pair(compare_weighted(*simulate(), TERMS))


def test_clusters() -> None:
    outcome, treated, matrix = simulate()
    plain = compare_weighted(outcome, treated, matrix, TERMS)
    alone = compare_weighted(outcome, treated, matrix, TERMS, cluster=list(range(200)))
    assert alone.contrast.difference.df == 199
    assert pair(alone)[1] == pytest.approx(pair(plain)[1] * math.sqrt(200 / 199))
    assert alone.warnings == ()
    outcome[0] = math.nan
    few = compare_doubly_robust(outcome, treated, matrix, TERMS, cluster=[row % 4 for row in range(200)])
    assert (few.contrast.difference.ci_low, few.contrast.difference.p_value) == (-math.inf, None)
    assert [str(warning)[:7] for warning in few.warnings] == ["1 peopl", "No inte"]
    some = compare_weighted(outcome[1:], treated[1:], matrix[1:], TERMS, cluster=[row % 8 for row in range(199)])
    assert some.contrast.difference.df is not None
    assert 4 < some.contrast.difference.df < 7
    assert math.isfinite(some.contrast.difference.ci_low)
    with pytest.raises(EstimateError, match="at least two of them"):
        compare_weighted(outcome, treated, matrix, TERMS, cluster=["one"] * 200)


def test_publishing_rule() -> None:
    outcome, treated, matrix = simulate(60, seed=4)
    small = compare_weighted(outcome, treated, matrix, TERMS)
    assert "fewer than 30" in str(small.balance.reasons[0])
    wide = compare_weighted(*simulate(120, seed=8), TERMS, estimand="ate")
    unlike = [row.term for row in wide.balance.rows if abs(row.smd_after) >= 0.1]
    assert wide.balance.publishable is not bool(unlike)
    adjusted = compare_doubly_robust(*simulate(120, seed=8), TERMS, estimand="ate")
    assert all(row.adjusted_for for row in adjusted.balance.rows)
    assert adjusted.augmented
    assert not wide.augmented


def test_balance_of_known_columns() -> None:
    treated = np.array([1.0, 1, 1, 0, 0, 0])
    weights = np.array([1.0, 1, 2, 3, 1, 1])
    columns = np.column_stack([np.ones(6), [1.0, 2, 3, 2, 3, 7], treated, [0.0, 1, 2, 5, 5, 5]])
    table = weighted_balance(treated, weights, columns, ["Intercept", "x", "arm", "y"], adjusted=frozenset({"x"}))
    x, arm, y = table.rows
    pooled = math.sqrt((1 + 7) / 2)
    assert (x.mean_treated, x.mean_control) == pytest.approx((9 / 4, 16 / 5))
    assert (x.smd_before, x.smd_after) == pytest.approx((-2 / pooled, (9 / 4 - 16 / 5) / pooled))
    assert x.smd_before_treated_sd == pytest.approx(-2.0)
    first = (1.5625 + 0.0625 + 2 * 0.5625) / (4 - 6 / 4)
    second = (3 * 1.44 + 0.04 + 14.44) / (5 - 11 / 5)
    assert x.variance_ratio == pytest.approx(first / second)
    assert (x.adjusted_for, arm.adjusted_for) == (True, False)
    assert (arm.smd_before, arm.smd_before_treated_sd, arm.variance_ratio) == (2.0, None, None)
    assert (y.variance_ratio, y.smd_before_treated_sd) == (None, -4.0)
    assert table.effective_treated == pytest.approx(16 / 6)
    assert table.largest == pytest.approx(max(abs(row.smd_after) for row in table.rows))
    assert "arm, y" in str(table.reasons[0])
    assert "effective 2 people" in str(table.reasons[1])


def test_nearly_alike_is_not_alike_enough() -> None:
    treated = np.repeat([1.0, 0.0], 100)
    base = np.tile([-1.0, 1.0], 100)
    spread = math.sqrt(100 / 99)
    for shift, publishable in ((0.0999, True), (0.1001, False)):
        table = weighted_balance(treated, np.ones(200), (base + shift * spread * treated)[:, None], ["x"])
        assert table.publishable is publishable
    few = weighted_balance(
        treated, np.where(np.arange(200) < 71, 0.0, 1.0), base[:, None] * 0 + treated[:, None], ["x"]
    )
    assert "29" in str(few.reasons[1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_effective_size_is_at_most_the_size(weights: list[float]) -> None:
    size = effective_size(np.array(weights))
    assert 1 - 1e-9 <= size <= len(weights) + 1e-9


def test_overlap() -> None:
    treated = np.array([1.0, 1, 0, 0, 0])
    found = summarise_overlap(treated, np.array([0.5, 0.96, 0.04, 0.5, 0.6]), np.array([1.0, 3, 1, 1, 2]))
    assert found.share_moderate == pytest.approx(0.6)
    assert found.share_common == pytest.approx(0.6)
    assert (found.treated_range, found.control_range) == ((0.5, 0.96), (0.04, 0.6))
    assert found.largest_weight_share == pytest.approx(0.75)
    edges = summarise_overlap(treated, np.array([0.05, 0.95, 0.05, 0.95, 0.5]), np.ones(5))
    assert (edges.share_moderate, edges.share_common) == (1.0, 1.0)


def test_aipw_and_augmented_agree_where_weights_are_alike() -> None:
    outcome, treated, matrix = simulate(2000, seed=9)
    robust = compare_doubly_robust(outcome, treated, matrix, TERMS, estimand="ate").contrast.difference
    plain = estimate_aipw(outcome, treated, matrix, TERMS, term="effect").difference
    assert plain.term == "effect"
    assert plain.estimate == pytest.approx(robust.estimate, abs=0.1 * robust.std_error)
    assert plain.std_error == pytest.approx(robust.std_error, rel=0.05)
    treated_only = estimate_aipw(outcome, treated, matrix, TERMS, estimand="att")
    assert treated_only.mean_treated.estimate == pytest.approx(outcome[treated == 1].mean())
    assert treated_only.difference.estimate == pytest.approx(
        treated_only.mean_treated.estimate - treated_only.mean_control.estimate
    )


def test_refusals() -> None:
    outcome, treated, matrix = simulate(40, seed=3)
    with pytest.raises(EstimateError, match=r"no population called atc\. Choose one of ate, att, overlap"):
        compare_weighted(outcome, treated, matrix, TERMS, estimand="atc")  # type: ignore[arg-type]
    with pytest.raises(EstimateError, match="AIPW is for everyone"):
        estimate_aipw(outcome, treated, matrix, TERMS, estimand="overlap")  # type: ignore[arg-type]
    with pytest.raises(EstimateError, match="finite outcome or an empty one"):
        compare_weighted(np.where(np.arange(40) == 1, math.inf, outcome), treated, matrix, TERMS)
    with pytest.raises(EstimateError, match="finite outcome or an empty one"):
        compare_weighted(outcome[:-1], treated, matrix, TERMS)
    with pytest.raises(EstimateError, match="Nobody is in one of the two arms"):
        compare_weighted(np.where(treated == 1, math.nan, outcome), treated, matrix, TERMS)
    with pytest.raises(EstimateError, match="treated tells wholly"):
        compare_weighted(
            np.where(treated == 1, math.nan, outcome),
            treated,
            matrix,
            TERMS,
            response_columns=np.column_stack([np.ones(40), treated]),
            response_terms=["Intercept", "treated"],
        )
    with pytest.raises(EstimateError, match="Nobody in one of the two arms has an outcome"):
        compare_weighted(
            np.where(treated == 1, math.nan, outcome),
            treated,
            matrix,
            TERMS,
            response_columns=np.ones((40, 1)),
            response_terms=["Intercept"],
        )
    with pytest.raises(EstimateError, match="All have the same value"):
        compare_weighted(np.full(40, 5.0), treated, np.ones((40, 1)), ["Intercept"])
    many = np.column_stack([matrix, np.random.default_rng(1).normal(size=(40, 20))])
    names = [str(number) for number in range(23)]
    with pytest.raises(EstimateError, match="too few for an outcome model with 23 columns"):
        compare_doubly_robust(outcome, treated, matrix, TERMS, outcome_columns=many, outcome_terms=names)
    for wrong in (matrix[:, :1], np.where(matrix > 1, math.nan, matrix)):
        with pytest.raises(EstimateError, match="must be finite numbers, one row per person"):
            compare_doubly_robust(outcome, treated, matrix, TERMS, outcome_columns=wrong, outcome_terms=TERMS)
