"""Standardised mean differences (1e-10 relative) and propensity (1e-8) against R, on LaLonde's data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.balance import compare_baseline
from outcomes.analysis.frame import read_frame
from outcomes.analysis.overlap import estimate_overlap, fit_propensity
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.results import COMPARISON, INTERVENTION

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))["unweighted_pooled"]
NUMBERS = ["age", "educ", "re74"]
CATEGORIES = ["black", "hispan", "married", "nodegree"]
PLAN = parse_analysis_plan(
    {
        "measure": {"instrument": "earnings", "scale": "re", "direction": "higher_is_better"},
        "design": "adjusted",
        "intervention": "training",
        "comparison": "none",
        "baseline": "1975",
        "baseline_term": "re75",
        "follow_up": ["1978"],
        "primary_occasion": "1978",
        "covariates": [{"name": name, "kind": "number"} for name in NUMBERS]
        + [{"name": name, "kind": "category", "reference": "0"} for name in CATEGORIES],
    }
)


def frame() -> pd.DataFrame:
    people = pd.read_csv(HERE / "lalonde.csv").reset_index(names="subject")
    people["arm"] = np.where(people["treat"] == 1, INTERVENTION, COMPARISON)
    before = people.assign(occasion="1975", time=0.0, score=people["re75"])
    after = people.assign(occasion="1978", time=36.0, score=people["re78"])
    return pd.concat([before, after]).assign(due=True)


def test_differences_as_r() -> None:
    data = read_frame(frame(), PLAN)
    table = compare_baseline(
        data, data.members(INTERVENTION), data.members(COMPARISON), "training", "none", adjusted=frozenset({"age"})
    )
    assert {row.name for row in table.rows} == set(EXPECTED)
    for row in table.rows:
        assert row.smd == pytest.approx(EXPECTED[row.name], rel=1e-10)
    assert table.largest_unadjusted == pytest.approx(EXPECTED["black"], rel=1e-10)


def test_propensity_as_r() -> None:
    people = pd.read_csv(HERE / "lalonde.csv")
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    columns = np.column_stack([np.ones(len(people)), people[names].to_numpy(float)])
    probability = fit_propensity(columns, people["treat"].to_numpy(float))
    np.testing.assert_allclose(probability, people["ps"], atol=1e-8)
    inside = people["ps"].between(0.05, 0.95).mean()
    assert estimate_overlap(read_frame(frame(), PLAN)) == pytest.approx(inside)
