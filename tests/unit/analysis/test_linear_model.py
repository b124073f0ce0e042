"""The linear model: properties that any data must show, and every refusal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.linear_model import LinearModel, fit_linear_model, orthonormal_basis
from outcomes.errors import EstimateError

TERMS = ["Intercept", "x", "z"]
KINDS = ["classical", "HC0", "HC1", "HC2", "HC3"]


def simulate(n: int = 40, seed: int = 3) -> tuple[np.ndarray, np.ndarray, list[str]]:
    random = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), random.normal(50, 10, n), (np.arange(n) % 3 == 0).astype(float)])
    y = matrix @ [2.0, 0.5, -1.0] + random.normal(0, 1 + matrix[:, 2], n)
    return y, matrix, [f"p{row % 10}" for row in range(n)]


def numbers(model: LinearModel) -> list[tuple[float, float, float]]:
    return [(term.estimate, term.std_error, term.df or 0.0) for term in model.terms]


def close(first: list[tuple[float, float, float]], second: list[tuple[float, float, float]], rel: float = 1e-8) -> None:
    for one, other in zip(first, second, strict=True):
        assert one == pytest.approx(other, rel=rel)


@pytest.mark.parametrize("kind", [*KINDS, "CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_order_of_rows_and_names_of_clusters_do_not_matter(kind: str) -> None:
    y, matrix, cluster = simulate()
    order = np.random.default_rng(9).permutation(y.size)
    places = cluster if kind.startswith("CR") else None
    renamed = [f"x{cluster[row]}" for row in order] if places else None
    first = fit_linear_model(y, matrix, TERMS, cluster=places, variance=kind)
    second = fit_linear_model(y[order], matrix[order], TERMS, cluster=renamed, variance=kind)
    close(numbers(first), numbers(second))


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-6, 1e9), st.floats(-1e6, 1e6), st.sampled_from([*KINDS, "CR2"]))
def test_scores_on_another_scale(factor: float, shift: float, kind: str) -> None:
    y, matrix, cluster = simulate()
    places = cluster if kind == "CR2" else None
    plain = fit_linear_model(y, matrix, TERMS, cluster=places, variance=kind)
    moved = fit_linear_model((y + shift) * factor, matrix, TERMS, cluster=places, variance=kind)
    for one, other in zip(plain.terms[1:], moved.terms[1:], strict=True):
        assert other.estimate == pytest.approx(one.estimate * factor, rel=1e-6)
        assert other.std_error == pytest.approx(one.std_error * factor, rel=1e-6)
        assert other.df == pytest.approx(one.df, rel=1e-8)


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-3, 1e9), st.sampled_from(["classical", "HC3", "CR2"]))
def test_only_proportions_of_weights_matter(factor: float, kind: str) -> None:
    y, matrix, cluster = simulate()
    weights = 1 + np.arange(y.size) % 4
    places = cluster if kind == "CR2" else None
    plain = fit_linear_model(y, matrix, TERMS, cluster=places, variance=kind, weights=weights)
    scaled = fit_linear_model(y, matrix, TERMS, cluster=places, variance=kind, weights=weights * factor)
    close(numbers(plain), numbers(scaled))
    assert scaled.residual_sum_of_squares == pytest.approx(plain.residual_sum_of_squares)


def test_columns_on_another_scale() -> None:
    y, matrix, cluster = simulate()
    plain = fit_linear_model(y, matrix, TERMS, cluster=cluster).terms[1]
    scaled = fit_linear_model(y, matrix * [1, 1e9, 1], TERMS, cluster=cluster).terms[1]
    assert scaled.estimate * 1e9 == pytest.approx(plain.estimate, rel=1e-8)
    assert (scaled.std_error * 1e9, scaled.df) == pytest.approx((plain.std_error, plain.df), rel=1e-8)


@pytest.mark.parametrize("kind", ["classical", "HC2", "CR2", "CR3"])
def test_rows_without_weight_do_not_count(kind: str) -> None:
    y, matrix, cluster = simulate()
    weights = np.where(np.arange(y.size) < 6, 0.0, 2.0)
    places = cluster if kind.startswith("CR") else None
    fewer = cluster[6:] if places else None
    with_them = fit_linear_model(y, matrix, TERMS, weights=weights, cluster=places, variance=kind)
    without = fit_linear_model(y[6:], matrix[6:], TERMS, cluster=fewer, variance=kind)
    close(numbers(with_them), numbers(without))
    assert (with_them.n_observations, with_them.residual_df) == (34, 31)


def test_clusters_of_one_are_hc2() -> None:
    y, matrix, _ = simulate()
    alone = fit_linear_model(y, matrix, TERMS, cluster=list(range(y.size)), variance="CR2")
    rows = fit_linear_model(y, matrix, TERMS, variance="HC2")
    assert [term.std_error for term in alone.terms] == pytest.approx([term.std_error for term in rows.terms], rel=1e-10)
    jackknifed = fit_linear_model(y, matrix, TERMS, cluster=list(range(y.size)), variance="CR3")
    rows = fit_linear_model(y, matrix, TERMS, variance="HC3")
    assert [term.std_error for term in jackknifed.terms] == pytest.approx(
        [term.std_error for term in rows.terms], rel=1e-10
    )


def test_what_one_gets_without_asking() -> None:
    y, matrix, cluster = simulate()
    assert fit_linear_model(y, matrix, TERMS).variance == "HC3"
    clustered = fit_linear_model(y, matrix, TERMS, cluster=cluster)
    assert (clustered.variance, clustered.n_clusters) == ("CR2", 10)


def test_a_mean_is_a_mean() -> None:
    y = np.array([1.0, 2.0, 4.0, 9.0])
    model = fit_linear_model(y, np.ones((4, 1)), ["Intercept"], variance="classical")
    assert model.terms[0].estimate == pytest.approx(4.0)
    assert model.terms[0].std_error == pytest.approx(y.std(ddof=1) / 2)
    assert model.residual_variance == pytest.approx(y.var(ddof=1))
    assert model.residual_sum_of_squares == pytest.approx(38.0)
    assert (model.residual_df, model.terms[0].df) == (3, 3.0)


def test_score_far_from_zero() -> None:
    y, matrix, _ = simulate()
    plain, far = (fit_linear_model(y + shift, matrix, TERMS).terms[2] for shift in (0.0, 1e9))
    assert (far.estimate, far.std_error) == pytest.approx((plain.estimate, plain.std_error), rel=1e-5)


def test_the_second_pass_keeps_a_slope_s_digits() -> None:
    """Whole numbers about a billion: the slope is known exactly. One pass alone is off by 2e-9 here, two by 2e-10."""
    days = np.arange(200.0)
    centred = days - days.mean()
    errors = []
    for seed in range(20):
        small = np.random.default_rng(seed).integers(0, 10, days.size).astype(float)
        model = fit_linear_model(1e9 + small, np.column_stack([np.ones(days.size), days]), ["Intercept", "day"])
        errors.append(model.term("day").estimate - float(small @ centred) / float(centred @ centred))
    assert float(np.sqrt(np.mean(np.square(errors)))) < 7e-10


def test_combinations() -> None:
    y, matrix, cluster = simulate()
    model = fit_linear_model(y, matrix, TERMS, cluster=cluster)
    assert model.estimate([0, 1, 0], "x") == model.term("x")
    twice = model.estimate([0, 2, 0], "twice")
    assert (twice.estimate, twice.df) == pytest.approx((2 * model.term("x").estimate, model.term("x").df))
    with pytest.raises(KeyError, match="'y'"):
        model.term("y")
    for weights in ([0, 1], [0, 1, math.nan], [[[0, 1, 0]]]):
        with pytest.raises(EstimateError, match="one finite weight"):
            model.estimate(weights, "wrong")
    with pytest.raises(EstimateError, match="nothing doesn't vary"):
        model.estimate([0, 0, 0], "nothing")


@pytest.mark.parametrize("kind", [*KINDS, "CR0", "CR1S"])
def test_one_contrast_together_is_its_t_test(kind: str) -> None:
    y, matrix, cluster = simulate()
    model = fit_linear_model(y, matrix, TERMS, cluster=cluster if kind.startswith("CR") else None, variance=kind)
    test = model.wald_test([0, 0, 1])
    term = model.terms[2]
    assert (test.test, test.df_numerator, test.df_denominator) == ("F", 1.0, term.df)
    assert test.statistic == pytest.approx((term.estimate / term.std_error) ** 2)
    assert test.p_value == pytest.approx(term.p_value)


def test_few_clusters() -> None:
    y, matrix, _ = simulate()
    cluster = [row % 4 for row in range(y.size)]
    model = fit_linear_model(y, matrix, TERMS, cluster=cluster, variance="CR1")
    assert {(term.ci_low, term.ci_high, term.p_value) for term in model.terms} == {(-math.inf, math.inf, None)}
    assert all(term.includes_zero for term in model.terms)
    assert model.terms[0].df == 3.0
    assert "With 4 clusters the uncertainty by CR1 isn't" in str(model.warnings[0])
    assert ["use CR2" in str(model.warnings[0]), "Intercept, x, z" in str(model.warnings[1])] == [True, True]
    assert model.wald_test([0, 0, 1]).p_value is None
    five = fit_linear_model(y, matrix, TERMS, cluster=[row % 5 for row in range(y.size)], variance="CR1")
    assert five.terms[0].df == 4.0
    assert math.isfinite(five.terms[0].ci_low)
    assert five.wald_test([0, 0, 1]).p_value == pytest.approx(five.terms[2].p_value)


@pytest.mark.parametrize(("count", "warned"), [(39, True), (40, False)])
def test_forty_clusters_are_enough(count: int, warned: bool) -> None:
    y, matrix, _ = simulate(120)
    model = fit_linear_model(y, matrix, TERMS, cluster=[row % count for row in range(120)], variance="CR1")
    assert bool(model.warnings) is warned


def refuse(pattern: str, **changes: Any) -> None:
    y, matrix, _ = simulate()
    arguments: dict[str, Any] = {"response": y, "columns": matrix, "terms": TERMS} | changes
    with pytest.raises(EstimateError, match=pattern):
        fit_linear_model(**arguments)


def test_refusals() -> None:
    y, matrix, cluster = simulate()
    refuse("no variance called HC9. Choose one of classical, HC0, HC1, HC2, HC3, CR0, CR1, CR1S", variance="HC9")
    refuse("HC3 takes rows as independent", variance="HC3", cluster=cluster)
    refuse("CR2 needs clusters", variance="CR2")
    refuse("same rows and columns", terms=["Intercept", "x"])
    refuse("same rows and columns", response=y[:-1])
    refuse("same rows and columns", weights=np.ones(3))
    refuse("same rows and columns", columns=matrix[:, 0])
    refuse("weight in row 2 is below zero", weights=np.where(np.arange(y.size) == 1, -1.0, 1.0))
    for bad in (math.nan, math.inf):
        refuse("score in row 3 isn't", response=np.where(np.arange(y.size) == 2, bad, y))
        refuse("weight in row 3 isn't", weights=np.where(np.arange(y.size) == 2, bad, 1.0))
        spoilt = matrix.copy()
        spoilt[4, 2] = bad
        refuse("z in row 5 isn't", columns=spoilt)
    refuse("more than 3 answers, and there are 3", response=y[:3], columns=matrix[:3])
    refuse("more than 3 answers, and there are 0", response=[], columns=np.empty((0, 3)))
    refuse("more than 3 answers, and there are 2", weights=(np.arange(y.size) < 2).astype(float))
    refuse("fits every score exactly", response=matrix @ [1.0, 2.0, 3.0])
    refuse("fits every score exactly", response=np.full(y.size, 7.0))
    refuse("fits every score exactly", response=np.zeros(y.size))
    lonely = matrix.copy()
    lonely[:, 2] = np.arange(y.size) == 6
    for kind in ("HC2", "HC3"):
        refuse("Row 7 alone decides", columns=lonely, variance=kind)
    weights = np.where(np.arange(y.size) < 3, 0.0, 1.0)
    refuse("Row 7 alone decides", columns=lonely, weights=weights)


@pytest.mark.parametrize("column", ["constant", "empty", "double", "sum"])
def test_columns_that_follow_from_others_are_named(column: str) -> None:
    y, matrix, _ = simulate()
    extra = {
        "constant": np.full(y.size, 3.0),
        "empty": np.zeros(y.size),
        "double": 2e9 * matrix[:, 1],
        "sum": matrix[:, 1] + matrix[:, 2],
    }[column]
    with pytest.raises(EstimateError, match=r"^extra can't be told apart"):
        fit_linear_model(y, np.column_stack([matrix, extra]), [*TERMS, "extra"])


def test_basis_is_orthonormal_in_the_weights() -> None:
    _, matrix, _ = simulate()
    weights = np.where(np.arange(40) < 2, 0.0, 1.0 + np.arange(40) % 3)
    basis, to_basis = orthonormal_basis(matrix, weights, tuple(TERMS))
    np.testing.assert_allclose(basis.T @ (weights[:, None] * basis), np.eye(3), atol=1e-12)
    np.testing.assert_allclose((matrix @ to_basis)[2:], basis[2:], atol=1e-10)
