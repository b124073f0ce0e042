"""Propensity: the fit's own equations, separation in its several shapes, and every refusal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis import propensity
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.propensity import checked_arms, fit_propensity_model
from outcomes.errors import EstimateError

TERMS = ["Intercept", "age", "place"]


def simulate(n: int = 80, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), random.normal(40, 12, n), random.integers(0, 2, n)])
    chance = 1 / (1 + np.exp(-(0.05 * (matrix[:, 1] - 40) + 0.5 * matrix[:, 2])))
    return (random.random(n) < chance).astype(float), matrix


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_scores_are_zero_at_the_fit(seed: int) -> None:
    treated, matrix = simulate(seed=seed)
    model = fit_propensity_model(treated, matrix, TERMS)
    assert np.abs(matrix.T @ (treated - model.probabilities)).max() < 1e-7
    expected = float(np.log(np.where(treated == 1, model.probabilities, 1 - model.probabilities)).sum())
    assert model.log_likelihood == pytest.approx(expected)


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-6, 1e9), st.floats(-100, 100))
def test_columns_on_another_scale_and_origin(factor: float, shift: float) -> None:
    treated, matrix = simulate()
    plain = fit_propensity_model(treated, matrix, TERMS)
    moved = matrix.copy()
    moved[:, 1] = factor * (moved[:, 1] + shift)
    other = fit_propensity_model(treated, moved, TERMS)
    np.testing.assert_allclose(other.probabilities, plain.probabilities, rtol=1e-7)
    assert other.terms[1].std_error * factor == pytest.approx(plain.terms[1].std_error, rel=1e-6)


def test_a_share_by_itself() -> None:
    treated = np.array([1.0] * 3 + [0.0] * 9)
    model = fit_propensity_model(treated, np.ones((12, 1)), ["Intercept"])
    assert model.terms[0].estimate == pytest.approx(math.log(3 / 9))
    assert model.terms[0].std_error == pytest.approx(math.sqrt(1 / 3 + 1 / 9))
    assert model.probabilities.tolist() == pytest.approx([0.25] * 12)
    # how a mean of the probabilities moves with each person: the share's own influence
    slopes = model.probabilities * (1 - model.probabilities)
    assert model.carried(slopes).tolist() == pytest.approx((treated - 0.25).tolist())


@pytest.mark.parametrize(
    ("column", "named"),
    [
        (lambda arm, x: arm, "wall"),
        (lambda arm, x: 1 - arm, "wall"),
        (lambda arm, x: arm * (x > 45), "wall"),
        (lambda arm, x: arm * 1e9 + x, "wall"),
        (lambda arm, x: (2 * arm - 1) * 25 + x, "age, wall"),
    ],
    ids=["is the arm", "is the other arm", "only among the treated", "by a limit", "with another column"],
)
def test_separation_names_the_columns(column: object, named: str) -> None:
    random = np.random.default_rng(6)
    arm = np.arange(60) % 2.0
    age = random.uniform(20, 80, 60)
    wall = column(arm, age)  # type: ignore[operator]
    matrix = np.column_stack([np.ones(60), age, wall])
    with pytest.raises(EstimateError, match=f"^{named} tells wholly who is in which arm"):
        fit_propensity_model(arm, matrix, ["Intercept", "age", "wall"])


def test_extreme_is_not_separated() -> None:
    """One person on the wrong side of a wall: probabilities near 0 and 1, but the fit exists."""
    x = np.concatenate([np.linspace(-60, -1, 60), np.linspace(1, 60, 60)])
    arm = (x > 0).astype(float)
    arm[58] = 1.0
    model = fit_propensity_model(arm, np.column_stack([np.ones(120), x]), ["Intercept", "x"])
    assert model.probabilities.min() < 1e-8
    assert np.abs((arm - model.probabilities) @ x) < 1e-6


def test_steps_that_do_not_come_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propensity, "MOST_STEPS", 1)
    with pytest.raises(EstimateError, match="couldn't be estimated"):
        fit_propensity_model(*simulate(), TERMS)


def test_refusals() -> None:
    treated, matrix = simulate()
    for pattern, arguments in (
        ("same rows and columns", (treated[:-1], matrix, TERMS)),
        ("same rows and columns", (treated, matrix, TERMS[:2])),
        ("Row 3 belongs to neither arm", (np.where(np.arange(80) == 2, 2.0, treated), matrix, TERMS)),
        ("Row 1 belongs to neither arm", (np.full(80, math.nan), matrix, TERMS)),
        ("Nobody is in one of the two arms", (np.ones(80), matrix, TERMS)),
        ("Nobody is in one of the two arms", (np.zeros(80), matrix, TERMS)),
        ("Nobody is in one of the two arms", ([], np.empty((0, 3)), TERMS)),
        ("place can't be told apart", (treated, np.column_stack([matrix[:, :2], 2 * matrix[:, 1]]), TERMS)),
    ):
        with pytest.raises(EstimateError, match=pattern):
            fit_propensity_model(*arguments)
    matrix[4, 1] = math.inf
    with pytest.raises(EstimateError, match="age in row 5 isn't a finite number"):
        checked_arms(treated, matrix, TERMS)


def test_normal_estimate() -> None:
    found = normal_estimate("x", 1.959963984540054, 1.0)
    assert (found.ci_low, found.ci_high, found.p_value) == pytest.approx((0.0, 3.919927969080108, 0.05), abs=1e-12)
    assert found.df is None
    for estimate, error in ((1.0, 0.0), (1.0, math.nan), (math.nan, 1.0), (1.0, math.inf)):
        with pytest.raises(EstimateError, match="same value"):
            normal_estimate("x", estimate, error)
