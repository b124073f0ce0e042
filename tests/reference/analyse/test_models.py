"""Mixed model and MMRM by the command, against lme4, lmerTest, pbkrtest, mmrm and emmeans.

Tolerances: 1e-6 in log-likelihood, 1e-5 of a standard error in coefficients, 1e-4 relative in standard errors, 1e-3
relative in variances and degrees of freedom (mmrm stops before the optimum: ours may be higher in log-likelihood).
"""

from __future__ import annotations

from typing import Any

import pytest


def hold_against(found: Any, terms: dict[str, str], expected: dict[str, Any], df: str = "df") -> None:
    """Estimates against a table of coefficients of R; ``terms``: our term to R's."""
    ours = found.terms()
    assert set(ours) == set(terms)
    for term, name in terms.items():
        entry, row = ours[term], expected[name]
        assert entry["estimate"] == pytest.approx(row["Estimate"], abs=1e-5 * row["Std. Error"], rel=1e-9)
        assert entry["std_error"] == pytest.approx(row["Std. Error"], rel=1e-4)
        assert entry["df"] == pytest.approx(row[df], rel=1e-3)
        assert entry["p_value"] == pytest.approx(row["Pr(>|t|)"], rel=1e-2, abs=1e-9)
        assert entry["ci_low"] < entry["estimate"] < entry["ci_high"]


SLEEP = {"Intercept": "(Intercept)", "Days": "Days"}


@pytest.mark.parametrize(("random", "key"), [("intercept", "ri"), ("slope", "ris")])
@pytest.mark.parametrize("reml", [True, False])
def test_sleepstudy(run: Any, reference: Any, random: str, key: str, reml: bool) -> None:
    expected = reference("mixed_model/sleepstudy.json")[f"{key}_{'reml' if reml else 'ml'}"]
    found = run("mixed_model/sleepstudy.csv", "mixed-model", score="Reaction", subject="Subject", time="Days",
                option={"random": random, "reml": reml})  # fmt: skip
    hold_against(found, SLEEP, expected["coef_satterthwaite"])
    assert found["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-6)
    variances = {(row["var1"], row.get("var2")): row["vcov"] for row in expected["varcomp"]}
    assert found["variance"]["intercept"] == pytest.approx(variances["(Intercept)", None], rel=1e-3)
    assert found["variance"]["residual"] == pytest.approx(variances[None, None], rel=1e-3)
    if random == "slope":
        assert found["variance"]["slope"] == pytest.approx(variances["Days", None], rel=1e-3)
        covariance = variances["(Intercept)", "Days"]
        assert found["variance"]["intercept_slope_covariance"] == pytest.approx(covariance, rel=2e-3)
    assert (found["n_subjects"], found["n_observations"], found["completeness"]) == (18, 180, 1.0)
    assert found["design_label"] == "D0"


@pytest.mark.parametrize(("random", "key"), [("intercept", "ri_reml"), ("slope", "ris_reml")])
def test_sleepstudy_kenward_roger_and_people(run: Any, reference: Any, random: str, key: str) -> None:
    expected = reference("mixed_model/sleepstudy.json")[key]
    found = run("mixed_model/sleepstudy.csv", "mixed-model", score="Reaction", subject="Subject", time="Days",
                option={"random": random, "df": "kenward-roger", "individuals": True})  # fmt: skip
    hold_against(found, SLEEP, expected["coef_kenward_roger"])
    people = {person["subject"]: person for person in found["individuals"]}
    for subject, row in zip(expected["ranef_subject"], expected["ranef"], strict=True):
        assert people[subject]["intercept"] == pytest.approx(row["(Intercept)"], rel=1e-4, abs=1e-3)
        if random == "slope":
            assert people[subject]["slope"] == pytest.approx(row["Days"], rel=1e-4, abs=1e-3)


BTHEB = {
    "Intercept": "(Intercept)",
    "bdi.pre": "bdi.pre",
    "time": "time",
    "treatment[BtheB]": "treatmentBtheB",
    "drug[Yes]": "drugYes",
    "length[>6m]": "length>6m",
}
TRIAL = {"score": "bdi", "subject": "subject", "time": "time", "group": "treatment", "reference": "TAU",
         "baseline": "bdi.pre", "covariate": ["drug", "length"]}  # fmt: skip


@pytest.mark.parametrize(("df", "key"), [("satterthwaite", "coef"), ("kenward-roger", "kr")])
def test_btheb_mixed_model(run: Any, reference: Any, df: str, key: str) -> None:
    expected = reference("mixed_model/btheb.json")["lmm_ri"]
    found = run("federation/btheb.csv", "mixed-model", **TRIAL,
                option={"interaction": False, "df": df, "design": "randomised"})  # fmt: skip
    hold_against(found, BTHEB, expected[key])
    assert found["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-6)
    assert (found["n_subjects"], found["n_observations"], found["completeness"]) == (97, 280, 0.7)
    assert (found["design_label"], found["evidence_grade"]) == ("D4", "B")
    assert found["evidence_reasons"] == [
        "Only 52 of 100 answered at the main time (52 per cent; under 60 per cent is too few)."
    ]


def test_btheb_without_a_said_design_is_a_difference(run: Any) -> None:
    found = run("federation/btheb.csv", "mixed-model", **TRIAL)
    assert {"time:treatment[BtheB]", "treatment[BtheB]"} <= set(found.terms())
    assert (found["design_label"], found["evidence_grade"]) == ("D2", "D")
    assert "effect" not in str(found).casefold()


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_orthodont(run: Any, reference: Any, random: str, df: str) -> None:
    expected = reference("mixed_model/lme4.json")[f"orthodont_{random}"]
    found = run("mixed_model/orthodont.csv", "mixed-model", score="distance", subject="Subject", time="age", group="Sex",
                option={"random": random, "df": df})  # fmt: skip
    terms = {"Intercept": "(Intercept)", "age": "age", "Sex[Male]": "SexMale", "age:Sex[Male]": "age:SexMale"}
    hold_against(found, terms, expected[df.replace("-", "_")])
    assert found["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-6)
    means = {(entry["occasion"], entry["group"]): entry for entry in found["marginal_means"]}
    for row in expected[f"emmeans_{df}"]["means"]:
        mean = means[float(row["age"]), row["Sex"]]
        assert mean["estimate"] == pytest.approx(row["emmean"], rel=1e-6)
        assert mean["std_error"] == pytest.approx(row["SE"], rel=1e-4)
        assert mean["df"] == pytest.approx(row["df"], rel=1e-3)


def test_reference_turns_the_groups(run: Any) -> None:
    call = {"score": "distance", "subject": "Subject", "time": "age", "group": "Sex"}
    female = run("mixed_model/orthodont.csv", "mixed-model", **call).terms()
    male = run("mixed_model/orthodont.csv", "mixed-model", **call, reference="Male").terms()
    assert male["Sex[Female]"]["estimate"] == pytest.approx(-female["Sex[Male]"]["estimate"])
    assert male["age:Sex[Female]"]["std_error"] == pytest.approx(female["age:Sex[Male]"]["std_error"])


def test_irregular_times_that_level_off(run: Any, reference: Any) -> None:
    expected = reference("mixed_model/lme4.json")["irregular_saturating"]
    found = run("mixed_model/irregular.csv", "mixed-model", score="score", subject="id", time="time", group="arm",
                option={"random": "slope", "time_basis": "exponential", "tau": 5})  # fmt: skip
    names = list(expected["satterthwaite"])
    terms = {"Intercept": names[0], "1-exp(-time/5)": names[1], "arm[1]": names[2], "1-exp(-time/5):arm[1]": names[3]}
    hold_against(found, terms, expected["satterthwaite"])
    assert found["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-6)


def test_an_outer_level(run: Any, reference: Any) -> None:
    expected = reference("mixed_model/lme4.json")["nested_slope"]
    found = run("mixed_model/nested.csv", "mixed-model", score="y", subject="id", time="t", group="g", cluster="unit",
                option={"random": "slope", "df": "kenward-roger"})  # fmt: skip
    terms = {"Intercept": "(Intercept)", "t": "t", "g[1]": "g", "t:g[1]": "t:g"}
    hold_against(found, terms, expected["kenward_roger"])
    outer = next(row["vcov"] for row in expected["varcomp"] if row["grp"] == "unit")
    assert found["variance"]["cluster"] == pytest.approx(outer, rel=1e-3)
    assert found["n_clusters"] == 12


FEV = {"score": "FEV1", "subject": "USUBJID", "time": "AVISIT", "group": "ARMCD", "covariate": ["RACE", "SEX"]}
FEV_TERMS = {
    "Intercept": "(Intercept)",
    "RACE[Black or African American]": "RACEBlack or African American",
    "RACE[White]": "RACEWhite",
    "SEX[Male]": "SEXFemale",
    "ARMCD[TRT]": "ARMCDTRT",
    **{f"AVISIT[VIS{k}]": f"AVISITVIS{k}" for k in (2, 3, 4)},
    **{f"AVISIT[VIS{k}]:ARMCD[TRT]": f"ARMCDTRT:AVISITVIS{k}" for k in (2, 3, 4)},
}


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("Kenward-Roger-Linear", {"df": "kenward-roger"}),
        ("Kenward-Roger", {"df": "kenward-roger-nonlinear"}),
        ("Asymptotic", {}),
        ("Empirical", {"vcov": "cr0"}),
        ("Empirical-Bias-Reduced", {"vcov": "cr2"}),
        ("Empirical-Jackknife", {"vcov": "cr3"}),
        ("ML", {"reml": False}),
    ],
)
def test_fev(run: Any, reference: Any, key: str, option: dict[str, object]) -> None:
    expected = reference("mmrm/fev.json")[key]
    found = run("mmrm/fev.csv", "mmrm", **FEV, option=option)
    ours = found.terms()
    male = "SEXFemale" not in expected["coef"]  # which sex is R's base depends on how the factor was read
    for term, name in FEV_TERMS.items():
        entry = ours[term]
        if term == "SEX[Male]":
            row = expected["coef"]["SEXMale" if male else "SEXFemale"]
            assert abs(entry["estimate"]) == pytest.approx(abs(row["Estimate"]), abs=1e-5 * row["Std. Error"])
            continue
        if term == "Intercept" and not male:
            continue
        row = expected["coef"][name]
        assert entry["estimate"] == pytest.approx(row["Estimate"], abs=1e-5 * row["Std. Error"])
        assert entry["std_error"] == pytest.approx(row["Std. Error"], rel=1e-4)
        assert entry["df"] == pytest.approx(row["df"], rel=1e-3)
    assert found["log_likelihood"] >= expected["loglik"] - 1e-6
    assert found["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-5)
    assert (found["n_subjects"], found["n_observations"]) == (197, 537)
    if key != "ML":
        contrasts = {entry["occasion"]: entry for entry in found["contrasts"]}
        for row in expected["contrast_TRT_minus_PBO"]:
            contrast = contrasts[row["AVISIT"]]
            assert contrast["group"] == "TRT"
            assert contrast["estimate"] == pytest.approx(row["estimate"], abs=1e-5 * row["SE"])
            assert contrast["std_error"] == pytest.approx(row["SE"], rel=1e-4)
        for ours_row, theirs in zip(found["variance"]["covariance"], expected["Sigma"], strict=True):
            assert ours_row == pytest.approx(theirs, rel=1e-3)


@pytest.mark.parametrize(("df", "key"), [("satterthwaite", "mmrm_us"), ("kenward-roger", "mmrm_us_krlinear")])
def test_btheb_mmrm(run: Any, reference: Any, df: str, key: str) -> None:
    whole = reference("mmrm/btheb.json")
    found = run("federation/btheb.csv", "mmrm", **TRIAL, option={"df": df})
    ours = found.terms()
    for term, name in {**BTHEB, "time[3]": "tf3", "time[8]:treatment[BtheB]": "treatmentBtheB:tf8"}.items():
        if term == "time":
            continue
        row = whole[key]["coef"][name]
        assert ours[term]["estimate"] == pytest.approx(row["Estimate"], abs=1e-5 * row["Std. Error"])
        assert ours[term]["std_error"] == pytest.approx(row["Std. Error"], rel=1e-4)
        assert ours[term]["df"] == pytest.approx(row["df"], rel=1e-3)
    if df == "satterthwaite":
        means = {(entry["occasion"], entry["group"]): entry for entry in found["marginal_means"]}
        for row in whole[key]["emmeans"]:
            assert means[str(row["tf"]), row["treatment"]]["estimate"] == pytest.approx(row["emmean"], rel=1e-5)


def test_btheb_constrained_baseline_and_expected_course(run: Any, reference: Any) -> None:
    expected = reference("trajectory/reference.json")
    option = {"constrained_baseline": True, "individuals": True, "direction": "lower"}
    found = run("trajectory/btheb.csv", "mmrm", score="bdi", subject="subject", time="time", group="treatment",
                reference="TAU", option=option)  # fmt: skip
    ours = found.terms()
    for k in (2, 3, 5, 8):
        assert ours[f"time[{k}]"]["estimate"] == pytest.approx(expected["beta"][f"tf{k}"], rel=1e-5)
        assert ours[f"time[{k}]:treatment[BtheB]"]["estimate"] == pytest.approx(expected["beta"][f"x{k}"], rel=1e-4)
    assert "treatment[BtheB]" not in ours
    people = {(person["subject"], person["occasion"]): person for person in found["individuals"]}
    words = {"not_on_track": {"off_track", "watch"}, "on_track": {"on_track"}, "missing": {"not_answered"},
             "better_than_expected": {"better_than_expected"}}  # fmt: skip
    for row in expected["predictions"]:
        person = people[str(row["subject"]), str(row["time"])]
        assert person["expected"] == pytest.approx(row["expected"], rel=1e-4)
        assert person["sd"] == pytest.approx(row["sd"], rel=1e-4)
        assert person["status"] in words[row["signal"]]


def test_mmrm_by_cluster_and_other_forms(run: Any) -> None:
    call = {"score": "y", "subject": "id", "time": "t", "group": "g"}
    clustered = run("mixed_model/nested.csv", "mmrm", **call, cluster="unit")
    assert clustered.terms()["g[1]"]["df"] < 12
    for form in ("toeplitz", "compound-symmetry", "heterogeneous-compound-symmetry", "random-intercept"):
        assert run("mixed_model/nested.csv", "mmrm", **call, option={"covariance": form})["log_likelihood"] < -1000
