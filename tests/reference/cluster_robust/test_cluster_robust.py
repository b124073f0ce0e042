"""Cluster-robust uncertainty against clubSandwich (1e-9 relative; closed forms agree to about 1e-12)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from outcomes.analysis.linear_model import LinearModel, fit_linear_model

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
MORE = json.loads((HERE / "more_cases.json").read_text(encoding="utf-8"))
SCHOOLS = pd.read_csv(HERE / "achievement.csv")
COLUMNS = ["treated2001", "treated", "y01", "father_ed", "mother_ed", "siblings", "immigrant"]
TERMS = ["Intercept", *COLUMNS]
KINDS = ["CR0", "CR1", "CR1S", "CR2", "CR3"]


def fit(table: pd.DataFrame, cluster: list, kind: str, weights: np.ndarray | None = None) -> LinearModel:
    matrix = np.column_stack([np.ones(len(table)), table[COLUMNS].to_numpy(float)])
    return fit_linear_model(
        table["Bagrut_status"].to_numpy(float), matrix, TERMS, cluster=cluster, variance=kind, weights=weights
    )


@pytest.mark.parametrize("kind", KINDS)
def test_schools(kind: str) -> None:
    model = fit(SCHOOLS, SCHOOLS["school_id"].tolist(), kind)
    assert model.n_clusters == REFERENCE["n_clusters"]
    for term, expected in zip(model.terms, REFERENCE["achievement"][kind], strict=True):
        assert term.estimate == pytest.approx(expected["beta"], rel=1e-9)
        assert term.std_error == pytest.approx(expected["SE"], rel=1e-10)
        df = expected.get("df_Satt", expected.get("df_t"))
        assert term.df == pytest.approx(df, rel=1e-9)
        if df >= 4:
            assert term.p_value == pytest.approx(expected.get("p_Satt", expected.get("p_t")), rel=1e-8)
        else:
            assert term.p_value is None


def test_intervals_of_schools() -> None:
    model = fit(SCHOOLS, SCHOOLS["school_id"].tolist(), "CR2")
    for term, expected in zip(model.terms, REFERENCE["achievement"]["CR2_ci"], strict=True):
        if expected["df"] < 4:
            assert (term.term, term.ci_low, term.ci_high) == ("immigrant", -math.inf, math.inf)
        else:
            assert [term.ci_low, term.ci_high] == pytest.approx([expected["CI_L"], expected["CI_U"]], rel=1e-9)
    assert ["immigrant" in str(warning) for warning in model.warnings] == [True]


def test_two_coefficients_together() -> None:
    test = fit(SCHOOLS, SCHOOLS["school_id"].tolist(), "CR2").wald_test(np.eye(8)[1:3])
    expected = REFERENCE["achievement"]["CR2_HTZ_2_3"]
    assert test.test == expected["test"]
    assert test.statistic == pytest.approx(expected["Fstat"], rel=1e-9)
    assert (test.df_numerator, test.df_denominator) == pytest.approx((2, expected["df_denom"]), rel=1e-9)
    assert test.p_value == pytest.approx(expected["p_val"], rel=1e-9)


@pytest.mark.parametrize(("kind", "key"), [("CR2", "mortality_CR2"), ("CR1", "mortality_CR1")])
def test_states_with_a_level_each(kind: str, key: str) -> None:
    table = pd.read_csv(HERE / "mortality.csv")
    states, years = (pd.get_dummies(table[name], dtype=float) for name in ("state", "year"))
    matrix = np.column_stack([table[["legal", "beertaxa"]], states, years.iloc[:, 1:]])
    terms = [
        "legal",
        "beertaxa",
        *(f"state[{name}]" for name in states),
        *(f"year[{name}]" for name in years.columns[1:]),
    ]
    model = fit_linear_model(table["mrate"], matrix, terms, cluster=table["state"].tolist(), variance=kind)
    for term, expected in zip(model.terms, REFERENCE[key], strict=False):
        assert term.estimate == pytest.approx(expected["beta"], rel=1e-9)
        assert term.std_error == pytest.approx(expected["SE"], rel=1e-10)
        assert term.df == pytest.approx(expected.get("df_Satt", expected.get("df_t")), rel=1e-9)
        assert term.p_value == pytest.approx(expected.get("p_Satt", expected.get("p_t")), rel=1e-9)


def more_case(name: str) -> tuple[pd.DataFrame, list, np.ndarray | None]:
    row = np.arange(1, len(SCHOOLS) + 1)
    weights = 0.5 + SCHOOLS["father_ed"].to_numpy(float) / 10 + row % 3
    mixed = np.where(row <= 25, 1000 + row, SCHOOLS["school_id"]).tolist()
    if name == "alone":
        small = SCHOOLS[row % 9 == 0]
        return small, list(range(len(small))), None
    cluster = mixed if "mixed" in name else SCHOOLS["school_id"].tolist()
    return SCHOOLS, cluster, weights if "weighted" in name else None


@pytest.mark.parametrize("name", ["weighted", "mixed", "weighted_mixed", "alone"])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_and_clusters_of_one(name: str, kind: str) -> None:
    table, cluster, weights = more_case(name)
    model, expected = fit(table, cluster, kind, weights), MORE[name][kind]
    assert [term.estimate for term in model.terms] == pytest.approx(expected["estimate"], rel=1e-9)
    assert [term.std_error for term in model.terms] == pytest.approx(expected["std_error"], rel=1e-9)
    assert model._clusters is not None
    satterthwaite = [model._clusters.satterthwaite_df(row) for row in model._to_basis]
    assert satterthwaite == pytest.approx(expected["df_satterthwaite"], rel=1e-8)


@pytest.mark.parametrize("name", ["weighted", "mixed", "weighted_mixed", "alone"])
def test_contrasts(name: str) -> None:
    model, expected = fit(*more_case(name)[:2], "CR2", more_case(name)[2]), MORE[name]
    combined = np.zeros((2, 8))
    combined[0, 4:6], combined[1, 1:3] = (1, -1), (1, 2)
    for key, rows in (("HTZ_1", np.eye(8)[[2]]), ("HTZ_3", np.eye(8)[[1, 2, 7]]), ("HTZ_combined", combined)):
        test = model.wald_test(rows)
        assert test.statistic == pytest.approx(expected[key]["Fstat"], rel=1e-8)
        assert test.df_denominator == pytest.approx(expected[key]["df_denom"], rel=1e-8)
        if test.df_denominator >= 4:
            assert test.p_value == pytest.approx(expected[key]["p_val"], rel=1e-8)
    single = model.estimate(combined[1], "both")
    assert single.estimate == pytest.approx(expected["combined"]["estimate"], rel=1e-9)
    assert single.std_error == pytest.approx(expected["combined"]["std_error"], rel=1e-9)
    assert single.df == pytest.approx(expected["combined"]["df"], rel=1e-8)


def test_as_statsmodels() -> None:
    """CR1S is statsmodels' corrected cluster covariance, CR3 its jackknife."""
    matrix = np.column_stack([np.ones(len(SCHOOLS)), SCHOOLS[COLUMNS].to_numpy(float)])
    groups = SCHOOLS["school_id"].to_numpy()
    theirs = OLS(SCHOOLS["Bagrut_status"].to_numpy(float), matrix).fit(cov_type="cluster", cov_kwds={"groups": groups})
    ours = fit(SCHOOLS, groups.tolist(), "CR1S")
    assert [term.std_error for term in ours.terms] == pytest.approx(theirs.bse.tolist(), rel=1e-9)
