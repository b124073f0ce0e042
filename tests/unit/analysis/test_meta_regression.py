from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.heterogeneity import TauSquaredMethod
from outcomes.analysis.meta_analysis import HartungKnapp
from outcomes.analysis.meta_regression import estimate_small_study_effect, fit_meta_regression
from outcomes.errors import EstimateError

ESTIMATES = [0.1, 0.9, -0.4, 1.6, 0.5, 0.2]
VARIANCES = [0.04, 0.09, 0.02, 0.16, 0.05, 0.01]
COLUMN = np.array([[1.0], [3.0], [0.0], [4.0], [2.5], [1.0]])


def test_scaling_a_column_scales_its_coefficient() -> None:
    first = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",))
    second = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN * 1e6 + 7e6, ("dose",))
    assert second.term("dose").estimate == pytest.approx(first.term("dose").estimate / 1e6, rel=1e-6)
    assert second.tau2 == pytest.approx(first.tau2, rel=1e-6, abs=1e-12)
    assert second.columns_test.statistic == pytest.approx(first.columns_test.statistic, rel=1e-6)
    with pytest.raises(KeyError, match="other"):
        first.term("other")


def test_one_column_is_tested_as_its_coefficient_is() -> None:
    found = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",), method=TauSquaredMethod.EQUAL_EFFECTS)
    assert found.columns_test.p_value == pytest.approx(found.term("dose").p_value, rel=1e-10)
    assert (found.columns_test.df, found.columns_test.df_residual) == (1, 4)
    plain = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",), hartung_knapp=HartungKnapp.OFF)
    assert plain.columns_test.p_value == pytest.approx(plain.term("dose").p_value, rel=1e-10)
    assert plain.columns_test.df_residual is None


def test_equal_effects_written_out() -> None:
    """Weighted least squares by hand: H^2 = Q / 4, I^2 = 100 (1 - 1 / H^2), never below zero."""
    x, w = np.column_stack([np.ones(6), COLUMN]), 1 / np.array(VARIANCES)
    for scale in (1.0, 100.0):
        gram = (x.T * (w / scale)) @ x
        beta = np.linalg.solve(gram, (x.T * (w / scale)) @ ESTIMATES)
        q = float(w / scale @ (np.array(ESTIMATES) - x @ beta) ** 2)
        variances = [scale * variance for variance in VARIANCES]
        found = fit_meta_regression(
            ESTIMATES,
            variances,
            COLUMN,
            ("dose",),
            method=TauSquaredMethod.EQUAL_EFFECTS,
            hartung_knapp=HartungKnapp.OFF,
        )
        assert [term.term for term in found.terms] == ["Intercept", "dose"]
        assert [term.estimate for term in found.terms] == pytest.approx(beta.tolist(), rel=1e-10)
        assert [term.std_error for term in found.terms] == pytest.approx(np.sqrt(np.diag(np.linalg.inv(gram))).tolist())
        assert (found.method, found.hartung_knapp) == (TauSquaredMethod.EQUAL_EFFECTS, HartungKnapp.OFF)
        assert (found.q, found.h2) == pytest.approx((q, q / 4), rel=1e-10)
        assert found.i2 == pytest.approx(max(0.0, 100 * (1 - 4 / q)), rel=1e-10)
        assert (found.q_df, found.columns_test.df, found.n_estimates) == (4, 1, 6)
    assert q < 4
    assert found.i2 == 0.0


def test_estimates_on_the_line_leave_nothing_over() -> None:
    """Q is 0, to the last digit or but for rounding: the share of spread between places is 0, and nothing divides by it."""
    for estimates in (np.zeros(6), 1 + 2 * COLUMN[:, 0]):
        found = fit_meta_regression(
            estimates.tolist(),
            VARIANCES,
            COLUMN,
            ("dose",),
            method=TauSquaredMethod.EQUAL_EFFECTS,
            hartung_knapp=HartungKnapp.OFF,
        )
        assert found.q == pytest.approx(0.0, abs=1e-20)
        assert (found.h2, found.i2) == (found.q / 4, 0.0)


def test_a_column_that_explains_nothing() -> None:
    found = fit_meta_regression([1.0, -1.0, 1.0, -1.0] * 2, [0.01] * 8, np.repeat([0.0, 1.0], 4)[:, None], ("half",))
    assert found.r2 == 0.0
    assert found.tau2 > 1.0


def test_a_column_of_any_size() -> None:
    first = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",))
    large = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN * 1e13, ("dose",))
    assert large.term("dose").estimate * 1e13 == pytest.approx(first.term("dose").estimate, rel=1e-8)


def test_small_study_effect_is_the_regression_on_the_standard_error() -> None:
    errors = np.sqrt(VARIANCES)[:, None]
    for method in (TauSquaredMethod.DERSIMONIAN_LAIRD, TauSquaredMethod.REML):
        found = estimate_small_study_effect(ESTIMATES, VARIANCES, method=method, hartung_knapp=HartungKnapp.STANDARD)
        assert found == fit_meta_regression(ESTIMATES, VARIANCES, errors, ("std_error",), method=method)
    assert estimate_small_study_effect(ESTIMATES, VARIANCES).hartung_knapp is HartungKnapp.OFF


def test_rows_are_named_as_they_are_called() -> None:
    names = ["Aarhus", "Vejle", "Ribe", "Skive", "Odder", "Ikast"]
    spoilt = [*VARIANCES[:2], -1.0, *VARIANCES[3:]]
    for fit in (
        lambda variances, column: fit_meta_regression(ESTIMATES, variances, column, ("dose",), names=names),
        lambda variances, _: estimate_small_study_effect(ESTIMATES, variances, names=names),
    ):
        with pytest.raises(EstimateError, match="rows Ribe aren't"):
            fit(spoilt, COLUMN)


def test_few_places_are_warned_of() -> None:
    warnings = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",)).warnings
    assert len(warnings) == 1
    assert "6 places for 1 columns; with fewer than 10 per column" in str(warnings[0])
    two = np.column_stack([COLUMN, COLUMN**2])
    assert "6 places for 2 columns" in str(fit_meta_regression(ESTIMATES, VARIANCES, two, ("a", "b")).warnings[0])
    generator = np.random.default_rng(1)
    many = generator.normal(size=19)
    column = np.arange(19.0)[:, None]
    assert len(fit_meta_regression(many.tolist(), [0.1] * 19, np.hstack([column, column**2]), ("a", "b")).warnings) == 1
    many = many[:10]
    assert fit_meta_regression(many.tolist(), [0.1] * 10, np.arange(10.0)[:, None], ("dose",)).warnings == ()
    assert len(fit_meta_regression(many[:9].tolist(), [0.1] * 9, np.arange(9.0)[:, None], ("dose",)).warnings) == 1


def test_no_share_explained_where_nothing_differs() -> None:
    found = fit_meta_regression([1.0, 1.1, 0.9, 1.05], [1.0] * 4, np.arange(4.0)[:, None], ("dose",))
    assert found.r2 is None
    assert found.tau2 == 0.0


def test_columns_that_cannot_be_used() -> None:
    same = np.ones((6, 1))
    with pytest.raises(EstimateError, match="told apart"):
        fit_meta_regression(ESTIMATES, VARIANCES, same, ("dose",))
    with pytest.raises(EstimateError, match="told apart"):
        fit_meta_regression(ESTIMATES, VARIANCES, np.zeros((6, 1)), ("dose",))
    with pytest.raises(EstimateError, match="told apart"):
        estimate_small_study_effect(ESTIMATES, [1.0] * 6)
    missing = COLUMN.copy()
    missing[3] = np.nan
    with pytest.raises(EstimateError, match="rows 4"):
        fit_meta_regression(ESTIMATES, VARIANCES, missing, ("dose",))
    with pytest.raises(EstimateError, match="value in each column"):
        fit_meta_regression(ESTIMATES, VARIANCES, COLUMN[:5], ("dose",))
    with pytest.raises(EstimateError, match="value in each column"):
        fit_meta_regression(ESTIMATES, VARIANCES, np.zeros((6, 0)), ())
    with pytest.raises(EstimateError, match="with 2 coefficients needs at least 3 estimates, and there are 2"):
        fit_meta_regression([1.0, 2.0], [1.0, 1.0], np.array([[0.0], [1.0]]), ("dose",))
