"""SMCR, SMCRH, SMCC and the difference of two groups' changes against R's metafor (1e-10 relative)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from outcomes.analysis.standardised_change import (
    PairedSummary,
    change_by_known_sd,
    difference_by_pooled_sd,
    difference_of_smcr,
    smcc,
    smcr,
    smcr_heteroscedastic,
    summarise_pairs,
)

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

HERE = Path(__file__).parent
ARMS = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))["by_arm"]
MORRIS = json.loads((HERE / "morris_2008.json").read_text(encoding="utf-8"))
METHODS = {"SMCR": smcr, "SMCRH": smcr_heteroscedastic, "SMCC": smcc}
PRINTED = [0.77, 0.80, 1.20, 1.05, 0.44]  # Morris 2008, Table 1


def as_r(found: TermEstimate, expected: dict) -> None:
    assert found.estimate == pytest.approx(expected["yi"], rel=1e-10)
    assert found.std_error**2 == pytest.approx(expected["vi"], rel=1e-10)


def study(group: str, number: int) -> PairedSummary:
    row = MORRIS[group][number]
    return PairedSummary(row["ni"], row["m_pre"], row["m_post"], row["sd_pre"], row["sd_post"], row["ri"])


@pytest.mark.parametrize("arm", sorted(ARMS))
def test_from_scores_and_from_summaries(arm: str) -> None:
    table, expected = pd.read_csv(HERE / "anorexia.csv").query("Treat == @arm"), ARMS[arm]
    summary = summarise_pairs(table["Prewt"].tolist(), table["Postwt"].tolist())
    given = PairedSummary(*(expected[key] for key in ("n", "m_pre", "m_post", "sd_pre", "sd_post", "r")))
    for name, method in METHODS.items():
        as_r(method(summary), expected[name])
        as_r(method(given), expected[name])
    assert summary.correlation == pytest.approx(expected["r"], rel=1e-10)
    assert summary.variance_of_change == pytest.approx(expected["sd_diff"] ** 2, rel=1e-10)


@pytest.mark.parametrize("arm", sorted(ARMS))
def test_known_sd_is_the_t_test_in_other_units(arm: str) -> None:
    table, expected = pd.read_csv(HERE / "anorexia.csv").query("Treat == @arm"), ARMS[arm]
    found = change_by_known_sd(summarise_pairs(table["Prewt"].tolist(), table["Postwt"].tolist()), 5.0)
    assert [found.ci_low * 5, found.ci_high * 5] == pytest.approx(expected["ci"], rel=1e-10)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize("number", range(5))
def test_morris_2008(number: int) -> None:
    treatment, control = study("treatment", number), study("control", number)
    for name, method in METHODS.items():
        for group, summary in (("treatment", treatment), ("control", control)):
            as_r(method(summary), {key: MORRIS[f"{name}_{group}"][key][number] for key in ("yi", "vi")})
    as_r(difference_of_smcr(treatment, control), {key: MORRIS["difference"][key][number] for key in ("yi", "vi")})
    pooled = difference_by_pooled_sd(treatment, control)
    as_r(pooled, {key: MORRIS["pooled"][key][number] for key in ("yi", "vi")})
    assert pooled.estimate == pytest.approx(PRINTED[number], abs=0.0051)
