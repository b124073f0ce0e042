"""Intraclass correlations, alpha, omega and retest error against R's psych, factanal and aov."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.multivariate.factor import Factor

from outcomes.analysis.internal_consistency import OmegaTotal, internal_consistency, omega_total
from outcomes.analysis.reliability import IccKind, intraclass_correlations, retest_error

HERE = Path(__file__).parent


def read(name: str) -> dict:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


REFERENCE = read("reference.json")


@pytest.mark.parametrize("expected", REFERENCE["ICC"], ids=lambda row: row["type"])
def test_table_of_shrout_and_fleiss(expected: dict) -> None:
    found = intraclass_correlations(pd.read_csv(HERE / "shrout_fleiss.csv").to_numpy())
    one = found.coefficient(IccKind(expected["type"]))
    assert (found.n_subjects, found.n_ratings, one.df1, one.df2) == (6, 4, expected["df1"], expected["df2"])
    for value, key in (
        (one.estimate, "ICC"),
        (one.f, "F"),
        (one.p_value, "p"),
        (one.ci_low, "lower bound"),
        (one.ci_high, "upper bound"),
    ):
        assert value == pytest.approx(expected[key], rel=1e-10)


def test_published_coefficients() -> None:
    found = intraclass_correlations(pd.read_csv(HERE / "shrout_fleiss.csv").to_numpy())
    assert [round(one.estimate, 2) for one in found.coefficients] == REFERENCE["published"]["ICC"]


def test_alpha_of_seven_questions() -> None:
    table, expected = pd.read_csv(HERE / "attitude.csv"), REFERENCE["alpha_attitude"]
    found = internal_consistency(table.to_numpy(), list(table.columns))
    assert found.alpha.estimate == pytest.approx(expected["raw"], rel=1e-10)
    assert found.standardised_alpha == pytest.approx(expected["std"], rel=1e-10)
    assert found.alpha.std_error == pytest.approx(expected["ase"], rel=1e-10)
    assert [found.alpha.ci_low, found.alpha.ci_high] == pytest.approx(expected["feldt"], rel=1e-10)
    assert [item.item for item in found.items] == list(table.columns)
    assert [item.alpha_without for item in found.items] == pytest.approx(expected["alpha_drop"], rel=1e-10)
    items = read("items.json")
    assert [item.item_rest for item in found.items] == pytest.approx(items["item_rest"], rel=1e-10)
    # factanal's own stopping leaves its loadings within 2e-8 of the optimum, where its slope is zero
    assert isinstance(found.omega_total, OmegaTotal)
    assert found.omega_total.omega == pytest.approx(items["factanal_attitude"]["omega"], rel=1e-6)
    assert found.omega_total.loadings == pytest.approx(items["factanal_attitude"]["loadings"], abs=1e-6)


def test_alpha_and_omega_of_2694_people() -> None:
    expected = REFERENCE["alpha_bfiN"]
    found = internal_consistency(pd.read_csv(HERE / "bfi_neuroticism.csv").to_numpy())
    assert found.n == expected["n"]
    assert found.alpha.estimate == pytest.approx(expected["raw"], rel=1e-10)
    assert found.standardised_alpha == pytest.approx(expected["std"], rel=1e-10)
    assert isinstance(found.omega_total, OmegaTotal)
    assert found.omega_total.omega == pytest.approx(REFERENCE["omega_total_bfiN"], rel=1e-6)


def test_omega_is_where_statsmodels_puts_it() -> None:
    correlation = pd.read_csv(HERE / "attitude.csv").corr().to_numpy()
    loadings = Factor(corr=correlation, n_factor=1, method="ml").fit(maxiter=500, tol=1e-10).loadings[:, 0]
    found = omega_total(correlation)
    assert isinstance(found, OmegaTotal)
    assert [abs(one) for one in loadings] == pytest.approx(found.loadings, abs=1e-4)


def test_retest_as_analysis_of_variance() -> None:
    table, expected = pd.read_csv(HERE / "retest.csv"), read("retest.json")
    found = retest_error(table["first"].tolist(), table["second"].tolist(), interval_days=14)
    assert found.standard_error_of_measurement == pytest.approx(expected["sem"], rel=1e-10)
    assert found.smallest_detectable_change == pytest.approx(expected["sdc"], rel=1e-10)
    assert found.agreement.estimate == pytest.approx(expected["icc2"], rel=1e-10)
    assert found.mean_shift == pytest.approx(expected["shift"], rel=1e-10)
    assert found.warnings == ()
