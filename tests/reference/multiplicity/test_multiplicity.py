"""Adjusted p values against R's p.adjust (1e-10 relative), statsmodels, and the worked example of 1995."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from statsmodels.stats.multitest import multipletests

from outcomes.analysis.multiplicity import MultiplicityRule, adjust_for_multiplicity

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
with (HERE / "p_values.csv").open(encoding="utf-8", newline="") as file:
    P_VALUES = [float(row["p"]) for row in csv.DictReader(file)]
NAMES = [f"test {number}" for number in range(len(P_VALUES))]
R_NAMES = {rule: rule.value for rule in MultiplicityRule} | {
    MultiplicityRule.BENJAMINI_HOCHBERG: "BH",
    MultiplicityRule.BENJAMINI_YEKUTIELI: "BY",
}
STATSMODELS = {
    MultiplicityRule.BONFERRONI: "bonferroni",
    MultiplicityRule.HOLM: "holm",
    MultiplicityRule.HOCHBERG: "simes-hochberg",
    MultiplicityRule.BENJAMINI_HOCHBERG: "fdr_bh",
    MultiplicityRule.BENJAMINI_YEKUTIELI: "fdr_by",
}


@pytest.mark.parametrize("rule", list(MultiplicityRule))
def test_as_r_and_statsmodels(rule: MultiplicityRule) -> None:
    found = [test.adjusted for test in adjust_for_multiplicity(P_VALUES, NAMES, rule=rule).tests]
    assert found == pytest.approx([row[R_NAMES[rule]] for row in REFERENCE["adjusted"]], rel=1e-10)
    assert found == pytest.approx(multipletests(P_VALUES, method=STATSMODELS[rule])[1], rel=1e-10)


def test_as_published() -> None:
    assert adjust_for_multiplicity(P_VALUES, NAMES).n_rejected == REFERENCE["BH_rejected_at_05"] == 4
