"""The numbers on the method's page are those that the code gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mixed_model import LinearMixedModel, ReferenceGrid, fit_linear_mixed_model

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "methods" / "mixed-model.md").read_text(encoding="utf-8")
DATA = ROOT / "tests" / "reference" / "mixed_model"


def check_rows(fit: LinearMixedModel) -> None:
    for term in fit.terms:
        assert term.df is not None
        assert term.p_value is not None
        p_value = "< 0.001" if term.p_value < 0.001 else f"{term.p_value:.3f}"
        row = (
            f"| {term.term} | {term.estimate:.3f} | {term.std_error:.3f} | {term.df:.1f} |"
            f" {term.ci_low:.3f} to {term.ci_high:.3f} | {p_value} |"
        )
        assert row in PAGE


def test_the_trial() -> None:
    table = pd.read_csv(DATA / "btheb.csv")
    start = table[table["time"] == 0].set_index("subject")["bdi"]
    table = table[(table["time"] > 0) & table["bdi"].notna()]
    columns = {
        "bdi.pre": table["subject"].map(start),
        "time": table["time"],
        "treatment[BtheB]": table["treatment"] == "BtheB",
        "drug[Yes]": table["drug"] == "Yes",
        "length[>6m]": table["length"] == ">6m",
    }
    matrix = np.column_stack([np.ones(len(table)), *(np.asarray(column, float) for column in columns.values())])
    fit = fit_linear_mixed_model(table["bdi"], matrix, ("Intercept", *columns), table["subject"])
    check_rows(fit)
    assert (
        f"{fit.n_subjects} people, {fit.n_observations} answers, variance between {fit.variance.intercept:.2f} and within"
        f" {fit.variance.residual:.2f}, log-likelihood {fit.log_likelihood:.4f}" in PAGE
    )


def test_growth_with_slopes() -> None:
    table = pd.read_csv(DATA / "orthodont.csv")
    age, male = table["age"].to_numpy(float), (table["Sex"] == "Male").to_numpy(float)
    fit = fit_linear_mixed_model(
        table["distance"],
        np.column_stack([np.ones(age.size), age, male, age * male]),
        ("Intercept", "age", "Sex[Male]", "age:Sex[Male]"),
        table["Subject"],
        age,
        random="slope",
        df="kenward-roger",
        grid=ReferenceGrid((FactorLevel("Sex[Male]", "Sex", "Male"),), {"age:Sex[Male]": ("age", "Sex[Male]")}),
    )
    check_rows(fit)
    variance = fit.variance
    assert (
        f"intercept {variance.intercept:.3f}, slope {variance.slope:.4f}, covariance {variance.covariance:.3f}, correlation"
        f" {variance.correlation:.3f}, residual {variance.residual:.3f}; log-likelihood {fit.log_likelihood:.4f}"
        in PAGE
    )
    ahead = fit.marginal_contrast({"age": 14, "Sex[Male]": 1}, {"age": 14, "Sex[Male]": 0}, "boys ahead")
    assert f"Boys at 14 are {ahead.estimate:.3f} mm ahead of girls ({ahead.ci_low:.3f} to {ahead.ci_high:.3f})" in PAGE
    found = fit.predict(["M01"], np.array([[1, 15, 1, 15]]), np.array([15.0]))
    assert f"predicted at {found.score[0]:.3f} mm at age 15" in PAGE
    assert f"between {found.low_80[0]:.3f} and {found.high_80[0]:.3f}" in PAGE
