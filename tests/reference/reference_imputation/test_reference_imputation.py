"""Reference-based imputation against R: estimates 1e-5 of a standard error, standard errors 1e-4 relative."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.analysis.imputation_model import fit_imputation_model, make_trial_scores, sum_trial
from outcomes.analysis.mmrm import CovarianceForm
from outcomes.analysis.reference_imputation import ImputedDifference, estimate_imputed_differences

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
R_NAMES = {"mar": "MAR", "j2r": "JR", "cir": "CIR", "cr": "CR"}


def read(name: str) -> dict[str, Any]:
    """A trial's scores, arms and covariates, as the estimate takes them."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if name == "btheb":
        visits, arm = ("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"), [row["treatment"] == "BtheB" for row in rows]
        covariates = [[float(row["bdi.pre"]), row["drug"] == "Yes", row["length"] == ">6m"] for row in rows]
        names: tuple[str, ...] = ("bdi.pre", "drug", "length")
    else:
        visits, arm = ("VIS1", "VIS2", "VIS3", "VIS4"), [row["ARMCD"] == "TRT" for row in rows]
        covariates, names = [[float(row["FEV1_BL"])] for row in rows], ("FEV1_BL",)
    scores = np.array([[float(row[visit]) if row[visit] else np.nan for visit in visits] for row in rows])
    return {
        "scores": scores,
        "intervention": arm,
        "covariates": np.array(covariates, dtype=float),
        "occasions": visits,
        "covariate_names": names,
    }


@cache
def found(case: str) -> tuple[ImputedDifference, ...]:
    adjust_for = ("bdi.pre",) if case == "btheb_baseline_only" else None
    return estimate_imputed_differences(**read(case.split("_", maxsplit=1)[0]), adjust_for=adjust_for)


@pytest.mark.parametrize("case", ["btheb", "btheb_baseline_only", "fev"])
def test_strategies_as_r(case: str) -> None:
    for result in found(case):
        expected = REFERENCE[case]["strategies"][R_NAMES[result.strategy]]
        for label, estimate in (
            ("difference", result.difference),
            ("intervention", result.intervention_mean),
            ("comparison", result.comparison_mean),
        ):
            error = expected["se"][label]
            assert estimate.estimate == pytest.approx(expected["estimate"][label], abs=1e-5 * error)
            assert estimate.std_error == pytest.approx(error, rel=1e-4)


@pytest.mark.parametrize("case", ["btheb", "btheb_baseline_only", "fev"])
def test_deltas_as_r(case: str) -> None:
    slopes = REFERENCE[case]["slopes"]
    for result in found(case):
        assert result.line.intervention_slope == pytest.approx(slopes["T"], rel=1e-10)
        assert result.line.comparison_slope == pytest.approx(slopes["C"], rel=1e-10)
        for delta in REFERENCE[case]["strategies"][R_NAMES[result.strategy]]["deltas"]:
            moved = result.line.at(delta["intervention"], delta["comparison"])
            assert moved.estimate == pytest.approx(delta["estimate"], abs=1e-5 * delta["se"])
            assert moved.std_error == pytest.approx(delta["se"], rel=1e-4)


@pytest.mark.parametrize("case", ["btheb", "fev"])
def test_model_as_r(case: str) -> None:
    trial = read(case)
    sums = sum_trial(
        make_trial_scores(
            trial["scores"],
            trial["intervention"],
            trial["covariates"],
            occasions=trial["occasions"],
            covariate_names=trial["covariate_names"],
        )
    )
    model = fit_imputation_model(sums, (), CovarianceForm.UNSTRUCTURED)
    assert model.comparison.sigma == pytest.approx(np.array(REFERENCE[case]["sigma"]), rel=1e-5)
    by_column = np.array(REFERENCE[case]["coefficients"])
    assert model.comparison.coefficients[:, 1:] == pytest.approx(by_column[2:].T, rel=1e-5, abs=1e-7)
    arm = model.intervention.coefficients[:, 0] - model.comparison.coefficients[:, 0]
    assert arm == pytest.approx(by_column[1], rel=1e-5)
