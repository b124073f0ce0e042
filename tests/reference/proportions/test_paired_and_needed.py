"""Clopper-Pearson, Newcombe paired, McNemar, number needed, ranks and signs against R (1e-10 relative)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from statsmodels.stats.nonparametric import rank_compare_2indep

from outcomes.analysis.number_needed_to_treat import number_needed
from outcomes.analysis.paired_proportions import compare_paired_shares
from outcomes.analysis.proportions import compare_shares, estimate_share, estimate_share_exactly
from outcomes.analysis.superiority import group_superiority, paired_superiority

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
RANKS = json.loads((HERE / "paired_and_ranks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE["wilson"], ids=lambda case: f"{case['x']}/{case['n']}")
def test_clopper_pearson(case: dict) -> None:
    share = estimate_share_exactly(case["x"], case["n"])
    assert [share.ci_low, share.ci_high] == pytest.approx(case["clopper"], rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("case", REFERENCE["newcombe_paired"], ids=lambda case: f"{case['f']}-{case['g']}")
def test_newcombe_paired(case: dict) -> None:
    found = compare_paired_shares(case["e"], case["f"], case["g"], case["h"])
    expected = [case["d"], case["lo"], case["hi"]]
    assert [found.difference, found.ci_low, found.ci_high] == pytest.approx(expected, rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("case", RANKS["mcnemar"], ids=lambda case: f"{case['b']}-{case['c']}")
def test_mcnemar(case: dict) -> None:
    found = compare_paired_shares(4, case["b"], case["c"], 6)
    assert found.p_exact == pytest.approx(case["exact"], rel=1e-10)
    assert found.p_mid == pytest.approx(case["mid"], rel=1e-10)


@pytest.mark.parametrize("number", range(4))
def test_number_needed(number: int) -> None:
    case, expected = REFERENCE["newcombe_indep"][number], REFERENCE["nnt"][number]
    difference = compare_shares(estimate_share(case["a"], case["m"]), estimate_share(case["b"], case["n"]))
    needed = number_needed(difference)
    assert needed.number == pytest.approx(expected["nnt"], rel=1e-10)
    assert needed.benefit is not None
    assert needed.benefit.low == pytest.approx(expected["ci"][0], rel=1e-10)
    assert needed.benefit.high == (None if expected["ci"][1] is None else pytest.approx(expected["ci"][1], rel=1e-10))
    assert needed.disjoint is (expected["nntH"] is not None)
    if needed.harm is not None:
        assert needed.harm.low == pytest.approx(expected["nntH"], rel=1e-10)
        assert needed.harm.high is None


@pytest.mark.parametrize("case", RANKS["ranks"], ids=["pain", "decimals"])
def test_brunner_and_munzel(case: dict) -> None:
    found = group_superiority(case["x"], case["y"])
    assert found.probability == pytest.approx(case["p"], rel=1e-10)
    assert found.ci_low == pytest.approx(max(0, case["ci"][0]), rel=1e-10)
    assert found.ci_high == pytest.approx(min(1, case["ci"][1]), rel=1e-10)
    assert found.p_value == pytest.approx(case["p_value"], rel=1e-9)


@pytest.mark.parametrize("case", RANKS["signs"], ids=lambda case: f"{case['higher']}-{case['lower']}")
def test_pairs_without_equals_are_wilson(case: dict) -> None:
    before = [0.0] * (case["higher"] + case["lower"])
    after = [1.0] * case["higher"] + [-1.0] * case["lower"]
    found = paired_superiority(before, after)
    assert [found.ci_low, found.ci_high] == pytest.approx(case["ci"], rel=1e-10)
    assert found.p_value == pytest.approx(case["p"], rel=1e-9)


def test_brunner_and_munzel_as_statsmodels() -> None:
    first, second = RANKS["ranks"][0]["x"], RANKS["ranks"][0]["y"]
    expected = rank_compare_2indep(first, second)
    found = group_superiority(first, second)
    assert found.probability == pytest.approx(expected.prob1, rel=1e-12)
    assert [found.ci_low, found.ci_high] == pytest.approx(list(expected.conf_int()), rel=1e-12)
