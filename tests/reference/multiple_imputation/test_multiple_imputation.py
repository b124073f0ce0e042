"""Rubin's rules against mice's pool on 20 stored completed data sets (1e-10 relative)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.multiple_imputation import pool_imputations

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
TERMS = ("(Intercept)", "age", "bmi")


def fits() -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and variances of lm(chl ~ age + bmi) in each completed data set."""
    with (HERE / "imputed_long.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    estimates, variances = [], []
    for number in range(1, 21):
        part = [row for row in rows if row[".imp"] == str(number)]
        x = np.array([[1.0, float(row["age"]), float(row["bmi"])] for row in part])
        y = np.array([float(row["chl"]) for row in part])
        beta = np.linalg.solve(x.T @ x, x.T @ y)
        within = float(np.sum((y - x @ beta) ** 2)) / (len(y) - 3)
        estimates.append(beta)
        variances.append(within * np.diag(np.linalg.inv(x.T @ x)))
    return np.array(estimates), np.array(variances)


def test_pooled_as_mice() -> None:
    pooled = pool_imputations(*fits(), TERMS, complete_df=22)
    for found, expected, summary in zip(pooled, REFERENCE["pooled"], REFERENCE["summary"], strict=True):
        assert found.estimate.term == expected["term"]
        assert found.n_imputations == expected["m"]
        assert found.estimate.estimate == pytest.approx(expected["estimate"], rel=1e-10)
        assert found.within == pytest.approx(expected["ubar"], rel=1e-10)
        assert found.between == pytest.approx(expected["b"], rel=1e-10)
        assert found.total == pytest.approx(expected["t"], rel=1e-10)
        assert found.estimate.df == pytest.approx(expected["df"], rel=1e-10)
        assert found.relative_increase == pytest.approx(expected["riv"], rel=1e-10)
        assert found.missing_share == pytest.approx(expected["lambda"], rel=1e-10)
        assert found.missing_information == pytest.approx(expected["fmi"], rel=1e-10)
        assert found.estimate.std_error == pytest.approx(summary["std.error"], rel=1e-10)
        assert found.estimate.p_value == pytest.approx(summary["p.value"], rel=1e-10)
        assert found.estimate.ci_low == pytest.approx(summary["2.5 %"], rel=1e-10)
        assert found.estimate.ci_high == pytest.approx(summary["97.5 %"], rel=1e-10)


def test_one_quantity_from_stored_results() -> None:
    per_imputation, expected = REFERENCE["per_imputation"], REFERENCE["scalar_RR1987"][0]
    (found,) = pool_imputations(
        [[row[2]] for row in per_imputation["est"]],
        [[row[2]] for row in per_imputation["var"]],
        ("bmi",),
        complete_df=22,
    )
    assert found.estimate.estimate == pytest.approx(expected["qbar"], rel=1e-10)
    assert found.estimate.df == pytest.approx(expected["df"], rel=1e-10)
    assert found.missing_information == pytest.approx(expected["fmi"], rel=1e-10)
