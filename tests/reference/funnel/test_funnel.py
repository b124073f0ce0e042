"""Funnel, case mix and ratios against R: closed forms 1e-10 relative, fitted models at the house's tolerances."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.case_mix import CaseMixKind, CaseMixModel, fit_case_mix
from outcomes.analysis.funnel import (
    Funnel,
    LimitKind,
    Transformation,
    funnel_means,
    funnel_ratios,
    funnel_shares,
)
from outcomes.analysis.over_dispersion import OutlierRule
from outcomes.analysis.standardised_ratio import (
    RatioInterval,
    mean_residuals,
    standardise_indirectly,
    standardised_ratio,
)

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
WRITTEN_OUT = json.loads((HERE / "funnel.json").read_text(encoding="utf-8"))
EXACTLY = 1e-10


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


UNITS = read("units.csv")
NAMES = [unit["unit"] for unit in UNITS]
OBSERVED = [int(unit["O"]) for unit in UNITS]
EXPECTED = [float(unit["E"]) for unit in UNITS]
PEOPLE = [int(unit["n"]) for unit in UNITS]
SURGERY = read("surgery.csv")
DIED = np.array([int(row["y"]) for row in SURGERY])
SCORE = np.array([float(row["Parsonnet"]) for row in SURGERY])
DATE = np.array([int(row["date"]) for row in SURGERY])
SURGEON = np.array([row["surgeon"] for row in SURGERY])


def in_order(funnel: Funnel, value: str) -> list[float]:
    by_name = {point.provider: point for point in funnel.points}
    return [getattr(by_name[name], value) for name in NAMES]


def limits_of(funnel: Funnel) -> np.ndarray:
    by_name = {point.provider: point.limit for point in funnel.points}
    return np.array(
        [[limit.low_998, limit.low_95, limit.high_95, limit.high_998] for limit in map(by_name.__getitem__, NAMES)]
    )


FUNNELS = {
    "CQC": funnel_ratios(NAMES, OBSERVED, EXPECTED, PEOPLE),
    "SHMI": funnel_ratios(
        NAMES, OBSERVED, EXPECTED, PEOPLE, transformation=Transformation.LOG, outliers=OutlierRule.TRUNCATE
    ),
    "PR": funnel_shares(NAMES, OBSERVED, PEOPLE),
}


@pytest.mark.parametrize("name", FUNNELS)
def test_over_dispersion_as_funnelplotr(name: str) -> None:
    expected, found = REFERENCE["overdispersion"][name], FUNNELS[name].over_dispersion
    assert in_order(FUNNELS[name], "score") == pytest.approx(expected["z"], rel=EXACTLY)
    assert found.phi == pytest.approx(expected["phi"], rel=EXACTLY)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=EXACTLY, abs=0)
    if "wz" in expected:
        assert found.n == expected["n"]
        assert [score is None for score in found.scores] == [score is None for score in expected["wz"]]
        used = [score for score in found.scores if score is not None]
        assert used == pytest.approx([score for score in expected["wz"] if score is not None], rel=EXACTLY)


def test_limits_by_chance_as_r() -> None:
    exact = limits_of(funnel_shares(NAMES, OBSERVED, PEOPLE, limits=LimitKind.EXACT))
    score = limits_of(funnel_shares(NAMES, OBSERVED, PEOPLE, limits=LimitKind.SCORE))
    for row, expected in enumerate(REFERENCE["unit_limits"]):
        assert exact[row, 1:3] == pytest.approx(expected["exact95"], rel=EXACTLY)
        assert score[row, 1:3] == pytest.approx(
            [expected["wilson95"][0]["lower"], expected["wilson95"][0]["upper"]], rel=EXACTLY
        )
    assert exact == pytest.approx(np.array(WRITTEN_OUT["exact_share"]), rel=EXACTLY)
    ratios = funnel_ratios(NAMES, OBSERVED, EXPECTED, PEOPLE, limits=LimitKind.EXACT)
    assert limits_of(ratios) == pytest.approx(np.array(WRITTEN_OUT["exact_ratio"]), rel=EXACTLY)


@pytest.mark.parametrize(("name", "key"), [("CQC", "ratios"), ("PR", "shares")])
def test_over_dispersed_limits_as_written_out(name: str, key: str) -> None:
    expected = WRITTEN_OUT[key]
    assert FUNNELS[name].limits is LimitKind.OVER_DISPERSED
    assert FUNNELS[name].over_dispersion.tau2 == pytest.approx(expected["tau2"], rel=EXACTLY)
    assert limits_of(FUNNELS[name]) == pytest.approx(np.array(expected["limits"]), rel=EXACTLY)


@pytest.mark.parametrize("kind", [LimitKind.OVER_DISPERSED, LimitKind.EXACT])
def test_means_as_written_out(kind: LimitKind) -> None:
    given = WRITTEN_OUT["means"]
    names = [f"{index:02}" for index in range(30)]
    funnel = funnel_means(names, given["means"], given["std_errors"], given["people"], limits=kind)
    assert funnel.target == pytest.approx(given["target"], rel=EXACTLY)
    assert funnel.over_dispersion.phi == pytest.approx(given["phi"], rel=EXACTLY)
    assert funnel.over_dispersion.tau2 == pytest.approx(given["tau2"], rel=EXACTLY)
    limits = [[p.limit.low_998, p.limit.low_95, p.limit.high_95, p.limit.high_998] for p in funnel.points]
    expected = given["limits"] if kind is LimitKind.OVER_DISPERSED else WRITTEN_OUT["means_plain"]["limits"]
    assert np.array(limits) == pytest.approx(np.array(expected), rel=EXACTLY)


@pytest.mark.parametrize("case", WRITTEN_OUT["counts"], ids=lambda case: str(case["observed"]))
@pytest.mark.parametrize("interval", RatioInterval)
def test_ratio_intervals_as_r(case: dict, interval: RatioInterval) -> None:
    found = standardised_ratio(case["observed"], 10.0, interval=interval)
    # R's uniroot stops at 1e-14 of the mean; the others are closed forms.
    assert [found.ci_low * 10, found.ci_high * 10] == pytest.approx(case[interval], rel=EXACTLY, abs=1e-13)


def test_byar_as_reference() -> None:
    for observed, expected, limits in zip(OBSERVED, EXPECTED, REFERENCE["byar"], strict=True):
        found = standardised_ratio(observed, expected, interval=RatioInterval.BYAR)
        # 1.959964 there for the normal quantile: see README. The full quantile is tested above.
        assert [found.ci_low, found.ci_high] == pytest.approx(limits, rel=2e-7)


def test_risk_model_and_units() -> None:
    early = DATE < 730
    model = fit_case_mix(DIED[early], SCORE[early, None], ["Parsonnet"], kind=CaseMixKind.YES_NO)
    assert [term.estimate for term in model.terms] == pytest.approx(list(REFERENCE["risk_model"].values()), rel=1e-9)
    risks = model.expected(SCORE[:, None])
    assert risks == pytest.approx(np.array([float(row["p"]) for row in SURGERY]), rel=1e-9)
    units = [f"S{surgeon}Y{date // 365}" for surgeon, date in zip(SURGEON, DATE, strict=True)]
    found = {result.provider: result for result in standardise_indirectly(DIED, risks, units)}
    for name, observed, expected, people in zip(NAMES, OBSERVED, EXPECTED, PEOPLE, strict=True):
        assert (found[name].n, found[name].result.observed) == (people, observed)
        assert found[name].result.expected == pytest.approx(expected, rel=1e-9)


def check_terms(model: CaseMixModel, expected: dict) -> None:
    errors = [term.std_error for term in model.terms]
    assert errors == pytest.approx(expected["std_error"], rel=1e-6)
    for term, estimate in zip(model.terms, expected["estimate"], strict=True):
        assert abs(term.estimate - estimate) < 1e-7 * term.std_error
    assert model.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-8)


def test_models_as_glm_and_lm() -> None:
    early = DATE < 730
    one = fit_case_mix(DIED[early], SCORE[early, None], ["Parsonnet"], kind=CaseMixKind.YES_NO)
    check_terms(one, WRITTEN_OUT["case_mix"]["yes_no"])
    assert one.n == WRITTEN_OUT["case_mix"]["yes_no"]["n"]
    columns = np.column_stack([SCORE, SURGEON == "1"])
    check_terms(
        fit_case_mix(DIED, columns, ["Parsonnet", "first"], kind=CaseMixKind.YES_NO), WRITTEN_OUT["case_mix"]["two"]
    )
    expected = WRITTEN_OUT["case_mix"]["score"]
    model = fit_case_mix(SCORE, np.column_stack([DIED, DATE / 365]), ["died", "year"], kind=CaseMixKind.SCORE)
    check_terms(model, expected)
    assert model.residual_sd == pytest.approx(expected["sigma"], rel=EXACTLY)
    assert [term.ci_low for term in model.terms] == pytest.approx(expected["ci_low"], rel=1e-9)
    assert model.terms[0].df == expected["df"]
    residuals = mean_residuals(SCORE, model.expected(np.column_stack([DIED, DATE / 365])), list(SURGEON))
    first = residuals[0]
    found = [first.result.estimate, first.result.ci_low, first.result.ci_high]
    assert found == pytest.approx([WRITTEN_OUT["residual"][key] for key in ("mean", "low", "high")], rel=1e-9)
    assert first.n == WRITTEN_OUT["residual"]["n"]
