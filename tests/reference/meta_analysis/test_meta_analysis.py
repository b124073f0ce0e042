"""Meta-analysis against metafor: closed forms 1e-10, roots 1e-8 relative."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.analysis.heterogeneity import TauSquaredMethod
from outcomes.analysis.meta_analysis import HartungKnapp, PooledEstimate, combine_estimates, leave_one_out
from outcomes.analysis.meta_regression import estimate_small_study_effect, fit_meta_regression
from outcomes.analysis.shrinkage import shrink_estimates

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
FURTHER = json.loads((HERE / "further.json").read_text(encoding="utf-8"))
ITERATED = {"REML", "ML", "PM", "EB"}
SETS = ["bcg_logRR", "normand_SMD", "normand_MD", "eight_schools"]
METHODS = ["EE", "DL", "PM", "REML", "ML", "HE", "HS", "SJ", "EB"]


def rows_of(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def estimates_of(name: str) -> tuple[list[float], list[float]]:
    rows = rows_of(name)
    return [float(row["yi"]) for row in rows], [float(row["vi"]) for row in rows]


@pytest.mark.parametrize("tested", ["", "_knha"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SETS)
def test_synthesis_as_metafor(name: str, method: str, tested: str) -> None:
    part = REFERENCE[name]
    expected = part.get(method + tested)
    if expected is None:
        assert method == "EE"
        return
    knapp = HartungKnapp.STANDARD if tested else HartungKnapp.OFF
    found = combine_estimates(part["yi"], part["vi"], method=TauSquaredMethod(method.lower()), hartung_knapp=knapp)
    close = {"rel": 1e-8 if method in ITERATED else 1e-10}
    assert found.pooled.estimate == pytest.approx(expected["b"], **close)
    assert found.pooled.std_error == pytest.approx(expected["se"], **close)
    assert [found.pooled.ci_low, found.pooled.ci_high] == pytest.approx(expected["ci"], **close)
    assert found.pooled.p_value == pytest.approx(expected["p"], **close)
    assert found.tau2 == pytest.approx(expected["tau2"], abs=1e-13, **close)
    assert found.i2 == pytest.approx(expected["I2"], abs=1e-11, **close)
    assert found.h2 == pytest.approx(expected["H2"], **close)
    assert found.q == pytest.approx(expected["Q"], rel=1e-10)
    assert found.q_p_value == pytest.approx(expected["Qp"], rel=1e-10)
    if method == "EE":
        assert (found.prediction_low, found.prediction_high, found.tau2_std_error) == (None, None, None)
    else:
        assert [found.prediction_low, found.prediction_high] == pytest.approx(expected["pi"], **close)
        assert found.tau2_std_error == pytest.approx(expected["se_tau2"], **close)


def assert_shrunken(found: Any, expected: dict[str, list[float]]) -> None:
    assert [place.estimate for place in found.places] == pytest.approx(expected["pred"], rel=1e-9)
    assert [place.std_error for place in found.places] == pytest.approx(expected["se"], rel=1e-9)
    assert [place.ci_low for place in found.places] == pytest.approx(expected["low"], rel=1e-9)
    assert [place.ci_high for place in found.places] == pytest.approx(expected["high"], rel=1e-9)


@pytest.mark.parametrize("name", ["bcg", "normand1999", "eight_schools"])
def test_the_rest_as_metafor(name: str) -> None:
    (estimates, variances), expected = estimates_of(name), FURTHER[name]
    found = combine_estimates(estimates, variances, hartung_knapp=HartungKnapp.OFF)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"]["REML"], abs=1e-9)
    ml = combine_estimates(estimates, variances, method=TauSquaredMethod.ML)
    assert ml.log_likelihood == pytest.approx(expected["log_likelihood"]["ML"], abs=1e-9)
    interval = [found.tau2, found.tau2_interval.low, found.tau2_interval.high]
    assert interval == pytest.approx(expected["tau2_interval"], rel=1e-8)
    assert found.weights == pytest.approx(expected["weights"], rel=1e-9)
    labels = [str(row) for row in range(len(estimates))]
    assert_shrunken(shrink_estimates(estimates, variances, labels), expected["blup"])
    knapp = shrink_estimates(estimates, variances, labels, hartung_knapp=HartungKnapp.STANDARD)
    assert_shrunken(knapp, expected["blup_knha"])


@pytest.mark.parametrize("name", ["bcg", "normand1999", "eight_schools"])
def test_leave_one_out_as_metafor(name: str) -> None:
    estimates, variances = estimates_of(name)
    without = leave_one_out(estimates, variances, hartung_knapp=HartungKnapp.OFF)
    for row, (left, expected) in enumerate(zip(without, FURTHER[name]["leave_one_out"], strict=True)):
        assert left.name == str(row + 1)
        assert isinstance(left.result, PooledEstimate)
        assert left.result.pooled.estimate == pytest.approx(expected["estimate"], rel=1e-8)
        assert left.result.pooled.std_error == pytest.approx(expected["se"], rel=1e-8)
        assert left.result.tau2 == pytest.approx(expected["tau2"], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", ["bcg", "normand1999", "eight_schools"])
@pytest.mark.parametrize("tested", ["z", "knha"])
def test_small_study_effect_as_metafor(name: str, tested: str) -> None:
    expected = FURTHER[name]["small_studies"][tested]
    knapp = HartungKnapp.STANDARD if tested == "knha" else HartungKnapp.OFF
    term = estimate_small_study_effect(*estimates_of(name), hartung_knapp=knapp).term("std_error")
    assert term.estimate == pytest.approx(expected["estimate"], rel=1e-7)
    assert term.std_error == pytest.approx(expected["se"], rel=1e-7)
    assert term.p_value == pytest.approx(expected["p"], rel=1e-7)


@pytest.mark.parametrize("case", sorted(FURTHER["regressions"]))
def test_regression_as_metafor(case: str) -> None:
    expected = FURTHER["regressions"][case]
    method, tested = case.split("_")
    columns = np.array([[float(row["ablat"]), float(row["year"])] for row in rows_of("bcg")])
    found = fit_meta_regression(
        *estimates_of("bcg"),
        columns,
        ("ablat", "year"),
        method=TauSquaredMethod(method.lower()),
        hartung_knapp=HartungKnapp.STANDARD if tested == "knha" else HartungKnapp.OFF,
    )
    assert [term.estimate for term in found.terms] == pytest.approx(expected["beta"], rel=1e-7)
    assert [term.std_error for term in found.terms] == pytest.approx(expected["se"], rel=1e-7)
    assert [term.p_value for term in found.terms] == pytest.approx(expected["p"], rel=1e-7)
    assert [term.ci_low for term in found.terms] == pytest.approx(expected["low"], rel=1e-7)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=1e-8)
    assert found.tau2_std_error == pytest.approx(expected["se_tau2"], rel=1e-8)
    assert found.i2 == pytest.approx(expected["i2"], rel=1e-8)
    assert found.h2 == pytest.approx(expected["h2"], rel=1e-8)
    assert found.r2 == pytest.approx(expected["r2"], rel=1e-8)
    assert found.q == pytest.approx(expected["qe"], rel=1e-9)
    assert found.q_p_value == pytest.approx(expected["qe_p"], rel=1e-8)
    assert found.columns_test.statistic == pytest.approx(expected["qm"], rel=1e-7)
    assert found.columns_test.p_value == pytest.approx(expected["qm_p"], rel=1e-7)
    assert found.columns_test.df_residual == (10 if tested == "knha" else None)
    if method in {"REML", "ML"}:
        assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-8)


def test_one_column_as_metafor() -> None:
    """reference.json stopped early at this one (1.4e-5 of a standard error off); further.json didn't."""
    stopped, expected = REFERENCE["bcg_metareg_ablat_knha"], FURTHER["ablat"]
    columns = np.array([[float(row["ablat"])] for row in rows_of("bcg")])
    found = fit_meta_regression(*estimates_of("bcg"), columns, ("ablat",))
    assert [term.estimate for term in found.terms] == pytest.approx(expected["beta"], rel=1e-8)
    assert [term.std_error for term in found.terms] == pytest.approx(expected["se"], rel=1e-8)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=1e-8)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-9)
    for term, label in zip(found.terms, ("intrcpt", "ablat"), strict=True):
        early = stopped["coef"][label]
        assert term.estimate == pytest.approx(early["estimate"], abs=2e-5 * early["se"])
        assert term.std_error == pytest.approx(early["se"], rel=1e-4)
        assert term.df == early["df"]
    assert found.tau2 == pytest.approx(stopped["tau2"], rel=1e-3)
    assert found.r2 == pytest.approx(stopped["R2"], rel=1e-3)
