"""Cluster-robust uncertainty: against its own definition with full matrices, and every refusal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.cluster_robust import cluster_codes, quadratic_form
from outcomes.analysis.linear_model import fit_linear_model
from outcomes.errors import EstimateError

TERMS = ["Intercept", "x"]


def by_definition(
    y: np.ndarray, columns: np.ndarray, w: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, list[float]]:
    """CR2 standard errors and Satterthwaite df with matrices of all rows by all rows."""
    n, weighting = y.size, np.diag(w)
    inverse = np.linalg.inv(columns.T @ weighting @ columns)
    left = np.eye(n) - columns @ inverse @ columns.T @ weighting
    residuals = left @ y
    meat = np.zeros((columns.shape[1], columns.shape[1]))
    vectors = []
    for code in np.unique(codes):
        rows = codes == code
        values, turned = np.linalg.eigh(left[rows] @ left[rows].T)
        roots = np.array([value**-0.5 if value > 1e-10 else 0.0 for value in values])
        adjusted = inverse @ columns[rows].T @ weighting[np.ix_(rows, rows)] @ ((turned * roots) @ turned.T)
        meat += np.outer(adjusted @ residuals[rows], adjusted @ residuals[rows])
        vectors.append(adjusted @ left[rows])
    dfs = []
    for column in range(columns.shape[1]):
        rows_of = np.array([vector[column] for vector in vectors])
        products = rows_of @ rows_of.T
        dfs.append(float(np.trace(products) ** 2 / (products**2).sum()))
    return np.sqrt(np.diag(meat)), dfs


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_as_defined(seed: int, weighted: bool) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 7, 25)
    columns = np.column_stack([np.ones(25), random.normal(size=25)])
    y, w = random.normal(size=25), random.uniform(0.5, 3, 25) if weighted else np.ones(25)
    errors, dfs = by_definition(y, columns, w, codes)
    model = fit_linear_model(y, columns, TERMS, weights=w, cluster=codes.tolist())
    assert [term.std_error for term in model.terms] == pytest.approx(errors.tolist(), rel=1e-8)
    assert [term.df for term in model.terms] == pytest.approx(dfs, rel=1e-8)


def test_a_level_per_cluster_is_fitted_exactly_and_survives() -> None:
    """A column per cluster makes (I - H)_j singular: that direction has nothing to say, and drops out."""
    random = np.random.default_rng(2)
    codes = np.repeat(np.arange(8), 5)
    columns = np.column_stack([random.normal(size=40), np.eye(8)[codes]])
    y = random.normal(size=40)
    errors, dfs = by_definition(y, columns, np.ones(40), codes)
    model = fit_linear_model(y, columns, ["x", *map(str, range(8))], cluster=codes.tolist())
    assert model.terms[0].std_error == pytest.approx(errors[0], rel=1e-8)
    assert model.terms[0].df == pytest.approx(dfs[0], rel=1e-8)
    with pytest.raises(EstimateError, match="Use CR2"):
        fit_linear_model(y, columns, ["x", *map(str, range(8))], cluster=codes.tolist(), variance="CR3")


def test_balanced_mean_has_one_df_less_than_clusters() -> None:
    y = np.random.default_rng(4).normal(size=36)
    model = fit_linear_model(y, np.ones((36, 1)), ["Intercept"], cluster=[row % 9 for row in range(36)])
    means = y.reshape(4, 9).mean(axis=0)
    assert model.terms[0].df == pytest.approx(8.0)
    assert model.terms[0].std_error == pytest.approx(means.std(ddof=1) / 3)


def test_corrections() -> None:
    random = np.random.default_rng(1)
    y, columns = random.normal(size=20), np.column_stack([np.ones(20), random.normal(size=20)])
    cluster = [row % 5 for row in range(20)]
    errors = {
        kind: fit_linear_model(y, columns, TERMS, cluster=cluster, variance=kind).terms[1].std_error
        for kind in ("CR0", "CR1", "CR1S")
    }
    assert errors["CR1"] / errors["CR0"] == pytest.approx(math.sqrt(5 / 4))
    assert errors["CR1S"] / errors["CR0"] == pytest.approx(math.sqrt(5 * 19 / (4 * 18)))


def test_one_contrast_by_hotelling_is_satterthwaite() -> None:
    random = np.random.default_rng(8)
    y, columns = random.normal(size=48), np.column_stack([np.ones(48), random.normal(size=48)])
    model = fit_linear_model(y, columns, TERMS, cluster=[row % 12 for row in range(48)])
    test, term = model.wald_test([0, 1]), model.terms[1]
    assert test.test == "HTZ"
    assert test.statistic == pytest.approx((term.estimate / term.std_error) ** 2)
    assert test.df_denominator == pytest.approx(term.df)
    assert test.p_value == pytest.approx(term.p_value)


def test_few_clusters_for_a_joint_test() -> None:
    random = np.random.default_rng(8)
    y = random.normal(size=40)
    columns = np.column_stack([np.ones(40), random.normal(size=(40, 4))])
    terms = ["Intercept", *"abcd"]
    four = fit_linear_model(y, columns, terms, cluster=[row % 4 for row in range(40)])
    with pytest.raises(EstimateError, match="4 clusters are too few to test 4"):
        four.wald_test(np.eye(5)[1:])
    five = fit_linear_model(y, columns, terms, cluster=np.repeat(np.arange(5), (12, 12, 12, 2, 2)).tolist())
    with pytest.raises(EstimateError, match="5 clusters are too few to test 4 differences"):
        five.wald_test(np.eye(5)[1:])
    six = fit_linear_model(y, columns, terms, cluster=[row % 6 for row in range(40)])
    few = six.wald_test(np.eye(5)[1:3])
    assert few.df_denominator < 4
    assert few.p_value is None


def test_contrasts_that_follow_from_each_other() -> None:
    random = np.random.default_rng(8)
    y, columns = random.normal(size=48), np.column_stack([np.ones(48), random.normal(size=48)])
    model = fit_linear_model(y, columns, TERMS, cluster=[row % 12 for row in range(48)])
    with pytest.raises(EstimateError, match="follow from each other"):
        model.wald_test([[0, 1], [0, 2]])
    with pytest.raises(EstimateError, match="doesn't vary between clusters"):
        model.wald_test([[0, 0]])
    assert model._clusters is not None
    with pytest.raises(EstimateError, match="doesn't vary between clusters"):
        model._clusters.satterthwaite_df(np.zeros(2))
    with pytest.raises(EstimateError, match="doesn't vary between clusters"):
        model._clusters.hotelling_df(np.array([[1.0, 0.0], [1.0, 0.0]]))


def test_quadratic_form() -> None:
    assert quadratic_form(np.diag([4.0, 9.0]), np.array([2.0, 6.0])) == pytest.approx(1 + 4)


def test_clusters_must_be_known() -> None:
    assert cluster_codes(["b", " a", "b ", 3], np.arange(4)).tolist() == [2, 1, 2, 0]
    assert cluster_codes(["b", "", "c"], np.array([0, 2])).tolist() == [0, 1]
    for label in (None, "", "  ", math.nan):
        with pytest.raises(EstimateError, match="Row 2 has no cluster"):
            cluster_codes(["a", label, "b"], np.arange(3))
    with pytest.raises(EstimateError, match="not as many clusters as rows"):
        cluster_codes(["a", "b"], np.arange(3))
    with pytest.raises(EstimateError, match="at least two of them"):
        fit_linear_model([1.0, 2.0, 4.0], np.ones((3, 1)), ["Intercept"], cluster=["a", "a", "a"])
