"""Chance of a change beyond the threshold, given a person's history, against the formula written out in R (1e-10)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.plan import Direction
from outcomes.analysis.responders import standardised_rate

HERE = Path(__file__).parent


def test_every_person_as_r() -> None:
    table = pd.read_csv(HERE / "scores.csv").to_numpy(dtype=float)
    expected = json.loads((HERE / "responders.json").read_text(encoding="utf-8"))
    found = standardised_rate(
        table[:, :4],
        table[:, 4:],
        np.array(expected["covariance"]),
        threshold=expected["threshold"],
        direction=Direction.HIGHER,
    )
    assert found.probabilities == pytest.approx(expected["probabilities"], rel=1e-10, abs=1e-14)
    assert found.improved == pytest.approx(expected["improved"], rel=1e-10)
    assert found.deteriorated == pytest.approx(expected["deteriorated"], rel=1e-10)
    assert (found.n_started, found.n_observed) == (80, expected["observed"])
