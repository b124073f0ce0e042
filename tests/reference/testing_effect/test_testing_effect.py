"""Those who had answered before against those who hadn't, as R's t.test has it, 1e-10."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.results import TermEstimate
from outcomes.analysis.testing_effect import find_testing_effect

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))


def test_welch() -> None:
    table = pd.read_csv(HERE / "scores.csv")
    found = find_testing_effect("six months", table["score"], (table["before"] == 1).tolist())
    difference = found.difference
    assert isinstance(difference, TermEstimate)
    assert difference.df is not None
    assert difference.p_value is not None
    ours = [difference.estimate, difference.std_error, difference.df, difference.ci_low, difference.ci_high]
    theirs = [REFERENCE["estimate"], REFERENCE["std_error"], REFERENCE["df"], *REFERENCE["ci"]]
    assert ours == pytest.approx(theirs, rel=1e-10)
    assert difference.p_value == pytest.approx(REFERENCE["p_value"], rel=1e-9)
    assert (found.n_before, found.n_first) == (55, 35)
