"""Jacobson-Truax against the 1991 worked example and R's clinicalsignificance (1e-10 relative)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.plan import Direction, ErrorKind, MeasurementError
from outcomes.analysis.reliable_change import (
    ChangeCategory,
    change_threshold,
    classify_person,
    clinical_cutoffs,
    count_categories,
)

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))


def test_worked_example_of_1991() -> None:
    case = REFERENCE["jacobson_truax_1991_worked"]
    error = MeasurementError(ErrorKind.SD_RELIABILITY, "Jacobson & Truax 1991", sd=case["s1"], reliability=case["rxx"])
    threshold = change_threshold(error)
    person = classify_person(
        "1", "intervention", case["x1"], case["x2"], threshold=threshold, direction=Direction.HIGHER
    )
    assert threshold.s_diff == pytest.approx(case["Sdiff"], rel=1e-10)
    assert threshold.s_diff == pytest.approx(case["published"]["Sdiff"], abs=0.005)
    assert person.rci == pytest.approx(case["RC"], rel=1e-10)
    assert person.category is ChangeCategory.BETTER
    cutoffs = clinical_cutoffs(
        distressed_mean=case["M1"], distressed_sd=case["s1"], ordinary_mean=case["M0"], ordinary_sd=case["s0"]
    )
    assert (cutoffs.a, cutoffs.b, cutoffs.c) == (55, 45, 50)


def test_forty_patients_as_r() -> None:
    expected = REFERENCE["claus_bdi_distribution_JT"]
    table = pd.read_csv(HERE / "claus_2020.csv")
    wide = table[table["time"].isin([1, 4])].pivot(index="id", columns="time", values="bdi").dropna()
    error = MeasurementError(ErrorKind.OWN_BASELINE_SD, "own baseline", reliability=0.80)
    threshold = change_threshold(error, wide[1].tolist())
    assert threshold.s_diff == pytest.approx(expected["rci"]["s_diff"], rel=1e-10)
    persons = {
        row["id"]: classify_person(
            str(row["id"]),
            "intervention",
            wide.loc[row["id"], 1],
            wide.loc[row["id"], 4],
            threshold=threshold,
            direction=Direction.LOWER,
        )
        for row in expected["individual"]
    }
    for row in expected["individual"]:
        assert persons[row["id"]].rci == pytest.approx(row["rci"], rel=1e-10, abs=1e-14)
        assert (persons[row["id"]].category is ChangeCategory.BETTER) == row["improved"]
        assert (persons[row["id"]].category is ChangeCategory.WORSE) == row["deteriorated"]
    counts = count_categories(list(persons.values()))
    assert counts[ChangeCategory.BETTER] == 18
    assert counts[ChangeCategory.UNCHANGED] == 22


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_cutoffs_as_r(name: str) -> None:
    info = REFERENCE[f"claus_bdi_statistical_{name}"]["cutoff"]["info"]
    cutoffs = clinical_cutoffs(
        distressed_mean=info["m_clinical"],
        distressed_sd=info["sd_clinical"],
        ordinary_mean=info["m_functional"],
        ordinary_sd=info["sd_functional"],
    )
    expected = info["value"]
    if name == "b":  # the package takes the distressed SD where the 1991 paper takes the ordinary population's
        expected += 2 * (info["sd_functional"] - info["sd_clinical"])
    assert getattr(cutoffs, name) == pytest.approx(expected, rel=1e-10)
