"""Response weights against R's glm and stacked estimating equations (probabilities 1e-9, means 1e-9, errors 1e-7)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.response_weights import estimate_weighted_change

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
with (HERE.parent / "reference_imputation" / "btheb.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
CHANGE = [float(row["bdi.8m"]) - float(row["bdi.pre"]) if row["bdi.8m"] else np.nan for row in ROWS]
ARM = [row["treatment"] == "BtheB" for row in ROWS]
COLUMNS = np.array([[float(row["bdi.pre"]), row["drug"] == "Yes", row["length"] == ">6m"] for row in ROWS], dtype=float)


def test_arms_as_r() -> None:
    found, expected = estimate_weighted_change(CHANGE, COLUMNS, intervention=ARM), REFERENCE["arms"]
    assert found.weights.probabilities == pytest.approx(expected["probabilities"], rel=1e-9)
    assert found.intervention is not None
    assert found.comparison is not None
    assert found.difference is not None
    for estimate, mean, error in zip(
        (found.intervention, found.comparison), expected["means"], expected["se"], strict=True
    ):
        assert estimate.estimate == pytest.approx(mean, rel=1e-9)
        assert estimate.std_error == pytest.approx(error, rel=1e-7)
    assert found.difference.estimate == pytest.approx(expected["difference"], rel=1e-9)
    assert found.difference.std_error == pytest.approx(expected["difference_se"], rel=1e-7)
    assert found.overall is None


def test_all_as_r() -> None:
    found, expected = estimate_weighted_change(CHANGE, COLUMNS), REFERENCE["all"]
    assert found.overall is not None
    assert found.overall.estimate == pytest.approx(expected["difference"], rel=1e-9)
    assert found.overall.std_error == pytest.approx(expected["difference_se"], rel=1e-7)
    assert found.difference is None
