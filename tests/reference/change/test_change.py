"""Mean change and SMCR against R's t.test and metafor's escalc (1e-10 relative)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.change import estimate_change, standardised_mean_change
from outcomes.analysis.results import ChangeEstimate, TermEstimate

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))["by_arm"]


@pytest.mark.parametrize("arm", sorted(REFERENCE))
def test_change_as_r(arm: str) -> None:
    table = pd.read_csv(HERE / "anorexia.csv").query("Treat == @arm")
    expected = REFERENCE[arm]
    before, after = table["Prewt"].tolist(), table["Postwt"].tolist()
    change = estimate_change(before, after, occasion="post", time=3.0, arm=None)
    assert isinstance(change, ChangeEstimate)
    assert change.n == expected["n"]
    assert change.mean_baseline == pytest.approx(expected["m_pre"], rel=1e-12)
    assert [change.mean_change.ci_low, change.mean_change.ci_high] == pytest.approx(expected["ci"], rel=1e-10)
    assert change.mean_change.p_value == pytest.approx(expected["p"], rel=1e-9)
    assert isinstance(change.standardised, TermEstimate)
    assert change.standardised.estimate == pytest.approx(expected["SMCR"]["yi"], rel=1e-10)
    assert change.standardised.std_error**2 == pytest.approx(expected["SMCR"]["vi"], rel=1e-10)


def test_smcr_interval_is_normal() -> None:
    table = pd.read_csv(HERE / "anorexia.csv").query("Treat == 'FT'")
    smcr = standardised_mean_change(table["Prewt"].tolist(), table["Postwt"].tolist())
    assert smcr.df is None
    assert smcr.ci_high - smcr.estimate == pytest.approx(1.959963984540054 * smcr.std_error, rel=1e-12)
