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
    with pytest.raises(KeyError):
        first.term("other")


def test_one_column_is_tested_as_its_coefficient_is() -> None:
    found = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",), method=TauSquaredMethod.EQUAL_EFFECTS)
    assert found.columns_test.p_value == pytest.approx(found.term("dose").p_value, rel=1e-10)
    assert found.columns_test.df_residual == 4
    plain = fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",), hartung_knapp=HartungKnapp.OFF)
    assert plain.columns_test.p_value == pytest.approx(plain.term("dose").p_value, rel=1e-10)
    assert plain.columns_test.df_residual is None


def test_few_places_are_warned_of() -> None:
    assert len(fit_meta_regression(ESTIMATES, VARIANCES, COLUMN, ("dose",)).warnings) == 1
    generator = np.random.default_rng(1)
    many = generator.normal(size=10)
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
    with pytest.raises(EstimateError, match="at least 3 estimates"):
        fit_meta_regression([1.0, 2.0], [1.0, 1.0], np.array([[0.0], [1.0]]), ("dose",))
