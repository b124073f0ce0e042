from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.response_weights import estimate_response_weights, estimate_weighted_change
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]


def study(n: int = 300, seed: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Change that hangs on the baseline, as answering does: those who answered changed more."""
    generator = np.random.default_rng(seed)
    baseline = generator.normal(0, 1, n)
    arm = generator.random(n) < 0.5
    change = 5 + 2 * baseline + 3 * arm + generator.normal(0, 1, n)
    change[generator.random(n) > 1 / (1 + np.exp(-baseline))] = np.nan
    return change, baseline[:, None], arm


def test_weights_stand_for_all() -> None:
    change, columns, arm = study()
    found = estimate_response_weights(~np.isnan(change), columns, intervention=arm)
    assert found.n_answered == int((~np.isnan(change)).sum())
    assert (found.weights[np.isnan(change)] == 0).all()
    assert found.weights.sum() == pytest.approx(found.n_answered, rel=0.05)
    assert found.effective_n < found.n_answered
    assert found.largest == found.weights.max()
    for one in (arm, ~arm):  # the logistic scores balance each arm exactly in count
        assert found.probabilities[one].mean() == pytest.approx((~np.isnan(change))[one].mean())


def test_weighting_takes_out_what_answering_hangs_on() -> None:
    change, columns, _ = study(20_000)
    plain, weighted = float(np.nanmean(change)), estimate_weighted_change(change, columns).overall
    assert weighted is not None
    assert abs(weighted.estimate - 6.5) < 4 * weighted.std_error < 0.2
    assert plain - 6.5 > 0.5


def test_order_scale_and_shift() -> None:
    change, columns, arm = study()
    first = estimate_weighted_change(change, columns, intervention=arm).difference
    order = np.random.default_rng(1).permutation(arm.size)
    mixed = estimate_weighted_change(change[order], columns[order], intervention=arm[order]).difference
    moved = estimate_weighted_change(1e9 * change, 1e6 + 1e3 * columns, intervention=arm).difference
    assert first is not None
    assert mixed is not None
    assert moved is not None
    assert mixed.estimate == pytest.approx(first.estimate, rel=1e-9)
    assert mixed.std_error == pytest.approx(first.std_error, rel=1e-9)
    assert moved.estimate == pytest.approx(1e9 * first.estimate, rel=1e-6)
    assert moved.std_error == pytest.approx(1e9 * first.std_error, rel=1e-6)


def test_columns_of_very_different_size() -> None:
    change, columns, _ = study()
    two = np.column_stack([columns, np.random.default_rng(5).normal(size=len(columns))])
    plain = estimate_weighted_change(change, two).overall
    sized = estimate_weighted_change(change, two * [1e-6, 1e6]).overall
    assert plain is not None
    assert sized is not None
    assert (sized.estimate, sized.std_error) == pytest.approx((plain.estimate, plain.std_error), rel=1e-8)


def test_where_all_answered_it_is_the_mean() -> None:
    _, columns, arm = study()
    change = np.random.default_rng(2).normal(3, 2, arm.size)
    found = estimate_weighted_change(change, columns)
    assert found.overall is not None
    assert found.overall.estimate == pytest.approx(change.mean())
    assert found.overall.std_error == pytest.approx(change.std() / np.sqrt(change.size))
    assert found.weights.effective_n == pytest.approx(change.size)
    assert found.weights.warnings == ()


def test_few_and_heavy_answers_are_warned_of() -> None:
    generator = np.random.default_rng(4)
    baseline = np.concatenate([generator.normal(0, 1, 40), generator.normal(4, 1, 200)])
    answered = np.concatenate([np.ones(38), np.zeros(2), np.zeros(198), np.ones(2)]).astype(bool)
    found = estimate_response_weights(answered, baseline[:, None])
    assert found.largest > 10
    first, second = map(str, found.warnings)
    assert f"stands for {found.largest:.1f} of" in first
    assert f"worth {found.effective_n:.1f} people; under 30 a" in second


def test_means_carry_their_arm_s_name() -> None:
    change, columns, arm = study()
    found = estimate_weighted_change(change, columns, intervention=arm)
    assert found.overall is None
    names = [term and term.term for term in (found.intervention, found.comparison, found.difference)]
    assert names == ["intervention", "comparison", "difference"]
    alone = estimate_weighted_change(change, columns)
    assert alone.overall is not None
    assert alone.overall.term == "change"
    assert (alone.intervention, alone.comparison, alone.difference) == (None, None, None)


def test_what_cannot_be_weighted() -> None:
    change, columns, arm = study(60)
    with pytest.raises(EstimateError, match="tells for certain"):
        estimate_response_weights(columns[:, 0] > 0, columns)
    everybody = np.arange(60) < 15  # of these all answered, of the others some: certain on one side only
    for answered in (everybody | ~np.isnan(change), ~everybody & ~np.isnan(change)):
        with pytest.raises(EstimateError, match="tells for certain"):
            estimate_response_weights(answered, everybody[:, None].astype(float))
    with pytest.raises(EstimateError, match="told apart"):
        estimate_weighted_change(change, np.column_stack([columns, 2 * columns + 1]))
    with pytest.raises(EstimateError, match="told apart"):
        estimate_weighted_change(change, np.ones((60, 1)))
    with pytest.raises(EstimateError, match="known of everybody"):
        estimate_weighted_change(change, np.where(columns > 1, np.nan, columns))
    with pytest.raises(EstimateError, match="finite"):
        estimate_weighted_change(np.where(np.isnan(change), np.inf, change), columns)
    with pytest.raises(EstimateError, match="same people"):
        estimate_weighted_change(change[:-1], columns)
    with pytest.raises(EstimateError, match="same people"):
        estimate_weighted_change(change, columns, intervention=arm[:-1])
    with pytest.raises(EstimateError, match="same people"):
        estimate_weighted_change([], np.zeros((0, 1)))
    with pytest.raises(EstimateError, match="Fewer than two"):
        estimate_weighted_change(np.where(arm, np.nan, change), columns, intervention=arm)
    with pytest.raises(EstimateError, match="same value"):
        estimate_weighted_change(np.where(np.isnan(change), np.nan, 2.0), columns)


def test_the_page_shows_what_comes_out() -> None:
    text = " ".join((ROOT / "docs" / "methods" / "response-weights.md").read_text(encoding="utf-8").split())
    with (ROOT / "tests" / "reference" / "reference_imputation" / "btheb.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    change = [float(row["bdi.8m"]) - float(row["bdi.pre"]) if row["bdi.8m"] else np.nan for row in rows]
    columns = np.array(
        [[float(row["bdi.pre"]), row["drug"] == "Yes", row["length"] == ">6m"] for row in rows], dtype=float
    )
    found = estimate_weighted_change(change, columns, intervention=[row["treatment"] == "BtheB" for row in rows])
    for term in (found.intervention, found.comparison, found.difference):
        assert term is not None
        assert f"{term.estimate:.2f} ({term.ci_low:.2f} to {term.ci_high:.2f})" in text
    assert re.search(
        rf"worth {found.weights.effective_n:.1f} people, the largest weight {found.weights.largest:.2f}", text
    )
