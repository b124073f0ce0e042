"""Important change by predictive modelling against R's glm; standard errors against R's jackknife."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.important_change import minimal_important_change
from outcomes.analysis.plan import Direction

HERE = Path(__file__).parent


@pytest.mark.parametrize("direction", list(Direction))
def test_as_glm_and_jackknife(direction: Direction) -> None:
    table = pd.read_csv(HERE / "anchor.csv")
    expected = json.loads((HERE / "important_change.json").read_text(encoding="utf-8"))
    changes = [change * direction.sign for change in table["change"]]
    found = minimal_important_change(changes, [bool(one) for one in table["better"]], direction=direction)
    assert found.predicted.estimate == pytest.approx(expected["predicted"], rel=1e-9)
    assert found.adjusted.estimate == pytest.approx(expected["adjusted"], rel=1e-9)
    assert found.correlation == pytest.approx(expected["r"], rel=1e-10)
    assert found.sd_of_change == pytest.approx(expected["sd"], rel=1e-10)
    assert found.improved.share == expected["p"]
    # a jackknife and influence functions differ by terms of 1 / n, n = 250
    assert found.predicted.std_error == pytest.approx(expected["se_predicted"], rel=0.01)
    assert found.adjusted.std_error == pytest.approx(expected["se_adjusted"], rel=0.01)
