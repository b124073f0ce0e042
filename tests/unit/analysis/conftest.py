"""Simulated studies: a plan and a tidy frame with known truth, by a seeded generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.plan import AnalysisPlan, parse_analysis_plan
from outcomes.analysis.results import COMPARISON, INTERVENTION

Study = Callable[..., pd.DataFrame]
PlanMaker = Callable[..., AnalysisPlan]


def plan_mapping(**changes: Any) -> dict[str, Any]:
    """A plan that is right as it stands; ``changes`` replace its parts (None takes a part out)."""
    mapping: dict[str, Any] = {
        "measure": {
            "instrument": "wellbeing",
            "scale": "total",
            "direction": "higher_is_better",
            "minimum": 0,
            "maximum": 100,
        },
        "design": "randomised",
        "randomised_evidence": "sealed envelopes, protocol of 2025",
        "intervention": "new",
        "comparison": "usual",
        "arm": "help",
        "baseline": "start",
        "follow_up": ["m3", "m6"],
        "primary_occasion": "m6",
        "covariates": [{"name": "age", "kind": "number"}, {"name": "place", "kind": "category", "reference": "town"}],
        "measurement_error": {
            "kind": "smallest_detectable_change",
            "smallest_detectable_change": 15,
            "source": "a study",
        },
    }
    mapping.update(changes)
    return {key: value for key, value in mapping.items() if value is not None}


def simulate_study(
    n: int = 80, *, seed: int = 1, effect: float = 0.0, drift: float = 5.0, lost: float = 0.1, one_arm: bool = False
) -> pd.DataFrame:
    """``n`` persons, half in each arm (or all in one), measured at 0, 3 and 6 months on a scale of 0 to 100."""
    random = np.random.default_rng(seed)
    person = random.normal(50, 10, n)
    arm = np.where((np.arange(n) % 2 == 0) | one_arm, INTERVENTION, COMPARISON)
    rows = []
    for occasion, time in (("start", 0.0), ("m3", 3.0), ("m6", 6.0)):
        mean = person + (drift + effect * (arm == INTERVENTION)) * (time > 0)
        score = np.clip(mean + random.normal(0, 5, n), 0, 100)
        if time:
            score = np.where(random.random(n) < lost, np.nan, score)
        rows.append(
            pd.DataFrame({"subject": np.arange(n).astype(str), "occasion": occasion, "time": time, "score": score})
        )
    table = pd.concat(rows, ignore_index=True)
    table["due"] = True
    table["arm"] = np.tile(arm, 3)
    table["age"] = np.tile(random.integers(18, 80, n).astype(float), 3)
    table["place"] = np.tile(np.where(random.random(n) < 0.5, "town", "country"), 3)
    return table


@pytest.fixture
def study() -> Study:
    return simulate_study


@pytest.fixture
def make_plan() -> PlanMaker:
    return lambda **changes: parse_analysis_plan(plan_mapping(**changes))


@pytest.fixture
def mapping() -> Callable[..., dict[str, Any]]:
    return plan_mapping
