"""Our random-intercept model against lme4 and lmerTest. Tolerances: ``tests/reference/README.md``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from outcomes.analysis.attrition import share_answered
from outcomes.analysis.design_matrix import ModelData, build_model_data
from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade, FindingCode, allowed_word
from outcomes.analysis.frame import read_frame
from outcomes.analysis.mixed_model import fit_mixed_model
from outcomes.analysis.plan import AnalysisPlan, parse_analysis_plan
from outcomes.analysis.results import COMPARISON, INTERVENTION, MixedModelFit, TermEstimate

HERE = Path(__file__).parent
R_TERMS = {
    "Intercept": "(Intercept)",
    "bdi.pre": "bdi.pre",
    "time": "time",
    "treatment[BtheB]": "treatmentBtheB",
    "drug[Yes]": "drugYes",
    "length[>6m]": "length>6m",
}


def reference(name: str) -> dict:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plan() -> AnalysisPlan:
    return parse_analysis_plan(
        {
            "measure": {
                "instrument": "bdi",
                "scale": "bdi",
                "direction": "lower_is_better",
                "minimum": 0,
                "maximum": 63,
            },
            "design": "randomised",
            "randomised_evidence": "Proudfoot et al. 2003: allocation by computer-made random numbers",
            "intervention": "BtheB",
            "comparison": "TAU",
            "arm": "treatment",
            "baseline": "0",
            "baseline_term": "bdi.pre",
            "follow_up": [2, 3, 5, 8],
            "primary_occasion": 8,
            "covariates": [
                {"name": "drug", "kind": "category", "reference": "No"},
                {"name": "length", "kind": "category", "reference": "<6m"},
            ],
            "measurement_error": {
                "kind": "own_baseline_sd",
                "reliability": 0.86,
                "internal_consistency": True,
                "source": "Beck, Steer & Garbin 1988, doi:10.1016/0272-7358(88)90050-5",
            },
        }
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    table = pd.read_csv(HERE / "btheb.csv", dtype={"subject": str}).rename(columns={"bdi": "score"})
    table["occasion"] = table["time"].astype(str)
    table["due"] = True
    table["arm"] = table["treatment"].map({"BtheB": INTERVENTION, "TAU": COMPARISON})
    return table


def check_terms(fit: MixedModelFit, expected: dict, names: dict[str, str]) -> None:
    assert [term.term for term in fit.terms] == list(names)
    for term in fit.terms:
        by_r = expected[names[term.term]]
        assert abs(term.estimate - by_r["Estimate"]) < 1e-5 * by_r["Std. Error"]
        assert term.std_error == pytest.approx(by_r["Std. Error"], rel=1e-4)
        assert term.df == pytest.approx(by_r["df"], rel=1e-3)
        assert term.p_value == pytest.approx(by_r["Pr(>|t|)"], rel=1e-3, abs=1e-15)


def check_variances(fit: MixedModelFit, expected: list[dict]) -> None:
    between, within = (row["vcov"] for row in expected)
    assert fit.variance_between == pytest.approx(between, rel=1e-3)
    assert fit.variance_within == pytest.approx(within, rel=1e-3)


def test_trial_as_lme4(frame: pd.DataFrame, plan: AnalysisPlan) -> None:
    fit = fit_mixed_model(build_model_data(read_frame(frame, plan)))
    expected = reference("btheb")["lmm_ri"]
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.log_likelihood == pytest.approx(-933.4513, abs=5e-5)
    check_terms(fit, expected["coef"], R_TERMS)
    check_variances(fit, expected["varcomp"])
    assert (fit.n_subjects, fit.n_observations, fit.n_incomplete) == (97, 280, 0)
    assert not fit.singular
    assert fit.warnings == ()
    assert fit.formula == "bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject)"


@pytest.mark.parametrize(("key", "reml"), [("ri_reml", True), ("ri_ml", False)])
def test_sleepstudy_as_lme4(key: str, reml: bool) -> None:
    table = pd.read_csv(HERE / "sleepstudy.csv")
    expected = reference("sleepstudy")[key]
    data = ModelData(
        response=table["Reaction"].to_numpy(float),
        columns=np.column_stack([np.ones(len(table)), table["Days"].to_numpy(float)]),
        terms=("Intercept", "Days"),
        subject=np.unique(table["Subject"].to_numpy(), return_inverse=True)[1],
        formula="Reaction ~ Days + (1 | Subject)",
        n_incomplete=0,
        arm_sizes={INTERVENTION: 18},
    )
    fit = fit_mixed_model(data, reml=reml)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit, expected["coef_satterthwaite"], {"Intercept": "(Intercept)", "Days": "Days"})
    check_variances(fit, expected["varcomp"])


def test_attrition_of_the_trial(frame: pd.DataFrame, plan: AnalysisPlan) -> None:
    data = read_frame(frame, plan)
    arms = {"BtheB": INTERVENTION, "TAU": COMPARISON}
    for row in reference("btheb")["attrition"]:
        assert share_answered(data, str(row["time"]), arms[row["treatment"]]) == (row["observed"], row["n"])


def test_whole_estimate_of_the_trial(frame: pd.DataFrame, plan: AnalysisPlan) -> None:
    estimate = estimate_effect(frame, plan)
    assert isinstance(estimate.effect, TermEstimate)
    assert estimate.effect.term == "treatment[BtheB]"
    assert estimate.effect.estimate == pytest.approx(-2.3151, abs=5e-5)
    assert estimate.effect.std_error == pytest.approx(1.7152, abs=5e-5)
    assert estimate.effect.df == pytest.approx(92.184, abs=5e-4)
    assert estimate.effect.includes_zero
    assert estimate.verdict is Verdict.INCLUDES_NONE
    assert estimate.label is DesignLabel.D4
    assert str(allowed_word(estimate.label)) == "effect, randomised"
    assert estimate.completeness == pytest.approx(0.52)
    applied = [finding.code for finding in estimate.evidence.findings if finding.applies]
    assert applied == [FindingCode.FOLLOW_UP]
    assert estimate.evidence.grade is EvidenceGrade.B
    assert "52 of 100" in str(estimate.evidence.reasons[0])
    flow = {(row.occasion, row.arm): (row.answered, row.due) for row in estimate.attrition.rows}
    assert flow["8", INTERVENTION] == (27, 52)
    assert flow["8", COMPARISON] == (25, 48)
    assert flow["8", None] == (52, 100)


def test_trial_does_not_depend_on_order_labels_or_scale(frame: pd.DataFrame, plan: AnalysisPlan) -> None:
    shuffled = frame.sample(frac=1.0, random_state=np.random.default_rng(3)).assign(
        subject=lambda table: "p" + table["subject"].str.zfill(4)
    )
    first = estimate_effect(frame, plan).effect
    second = estimate_effect(shuffled, plan).effect
    assert isinstance(first, TermEstimate)
    assert isinstance(second, TermEstimate)
    assert second.estimate == pytest.approx(first.estimate, rel=1e-9)
    assert second.std_error == pytest.approx(first.std_error, rel=1e-9)
    assert second.df == pytest.approx(first.df, rel=1e-7)


def test_agrees_with_statsmodels_likelihood(frame: pd.DataFrame, plan: AnalysisPlan) -> None:
    """statsmodels' own REML likelihood of the same data is no higher, and all but equal."""
    data = build_model_data(read_frame(frame, plan))
    theirs = MixedLM(data.response, data.columns, groups=data.subject).fit(reml=True, method=["lbfgs"])
    ours = fit_mixed_model(data)
    assert theirs.llf == pytest.approx(ours.log_likelihood, abs=1e-4)
    assert theirs.llf <= ours.log_likelihood + 1e-8
