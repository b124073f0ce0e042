"""Our model of planned occasions against R's mmrm, emmeans, glmmTMB, nlme and lme4.

Tolerances: ``tests/reference/README.md``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mmrm import (
    MmrmDesign,
    MmrmFit,
    OccasionEstimate,
    fit_mmrm,
    group_contrasts,
    marginal_means,
    robust_by_cluster,
    robust_by_person,
)
from outcomes.analysis.pattern_sums import LongitudinalSums, sum_patterns

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

HERE = Path(__file__).parent
BTHEB_LEVELS = (
    FactorLevel("treatment[BtheB]", "treatment", "BtheB"),
    FactorLevel("drug[Yes]", "drug", "Yes"),
    FactorLevel("length[>6m]", "length", ">6m"),
)
FEV = MmrmDesign(
    "AVISIT",
    crossed=("ARMCD[TRT]",),
    constant=("RACE[Black or African American]", "RACE[White]", "SEX[Female]"),
    group="ARMCD",
    reference="PBO",
    levels=(
        FactorLevel("RACE[Black or African American]", "RACE", "Black or African American"),
        FactorLevel("RACE[White]", "RACE", "White"),
        FactorLevel("SEX[Female]", "SEX", "Female"),
        FactorLevel("ARMCD[TRT]", "ARMCD", "TRT"),
    ),
)
BTHEB = MmrmDesign(
    "tf",
    crossed=("treatment[BtheB]",),
    constant=("bdi.pre", "drug[Yes]", "length[>6m]"),
    group="treatment",
    reference="TAU",
    levels=BTHEB_LEVELS,
)


def reference(name: str) -> dict[str, Any]:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def indicator(values: pd.Series, level: str) -> np.ndarray:
    return (values == level).to_numpy(float)


def read_fev() -> tuple[np.ndarray, np.ndarray, list[str], list[str], list[str]]:
    """Scores, columns, occasions, names of columns, people."""
    table = pd.read_csv(HERE / "fev.csv")
    wide = table.pivot(index="USUBJID", columns="AVISIT", values="FEV1")
    person = table.drop_duplicates("USUBJID").set_index("USUBJID").loc[wide.index]
    columns = np.column_stack(
        [
            np.ones(len(wide)),
            indicator(person["RACE"], "Black or African American"),
            indicator(person["RACE"], "White"),
            indicator(person["SEX"], "Female"),
            indicator(person["ARMCD"], "TRT"),
        ]
    )
    names = ["Intercept", *FEV.constant, *FEV.crossed]
    return wide.to_numpy(), columns, list(wide.columns), names, list(wide.index)


def sum_fev() -> LongitudinalSums:
    scores, columns, occasions, names, _ = read_fev()
    return sum_patterns(scores, columns, occasions=occasions, names=names)


def sum_btheb(*, baseline_is_outcome: bool = False) -> LongitudinalSums:
    wide = pd.read_csv(HERE / "btheb.csv")
    later = wide[["bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"]].to_numpy(float)
    arm, ones = indicator(wide["treatment"], "BtheB"), np.ones(len(wide))
    if baseline_is_outcome:
        scores = np.column_stack([wide["bdi.pre"], later])
        names = ["Intercept", "treatment[BtheB]"]
        return sum_patterns(scores, np.column_stack([ones, arm]), occasions=["0", "2", "3", "5", "8"], names=names)
    drug, length = indicator(wide["drug"], "Yes"), indicator(wide["length"], ">6m")
    columns = np.column_stack([ones, wide["bdi.pre"], arm, drug, length])
    names = ["Intercept", "bdi.pre", "treatment[BtheB]", "drug[Yes]", "length[>6m]"]
    return sum_patterns(later, columns, occasions=["2", "3", "5", "8"], names=names)


def our_name(by_r: str) -> str:
    """``treatmentBtheB:tf3`` is ours as ``tf[3]:treatment[BtheB]``; ``x3`` is the same in R's constrained model."""
    levels = {
        "(Intercept)": "Intercept",
        "RACEBlack or African American": "RACE[Black or African American]",
        "RACEWhite": "RACE[White]",
        "SEXFemale": "SEX[Female]",
        "SexMale": "Sex[Male]",
        "ARMCDTRT": "ARMCD[TRT]",
        "treatmentBtheB": "treatment[BtheB]",
        "drugYes": "drug[Yes]",
        "length>6m": "length[>6m]",
    }
    for factor in ("AVISIT", "fage", "tf"):
        for level in ("VIS2", "VIS3", "VIS4", "2", "3", "5", "8", "10", "12", "14"):
            levels[f"{factor}{level}"] = f"{factor}[{level}]"
    if by_r.startswith("x"):
        return f"tf[{by_r[1:]}]:treatment[BtheB]"
    parts = [levels.get(part, part) for part in by_r.split(":")]
    return ":".join(sorted(parts, key=lambda part: not part.startswith(("AVISIT", "fage", "tf"))))


def check(found: TermEstimate, by_r: dict[str, float], estimate: str = "Estimate", error: str = "Std. Error") -> None:
    assert abs(found.estimate - by_r[estimate]) < 1e-5 * by_r[error]
    assert found.std_error == pytest.approx(by_r[error], rel=1e-4)
    assert found.df == pytest.approx(by_r["df"], rel=1e-3)


def check_terms(fit: MmrmFit, expected: dict[str, dict[str, float]]) -> None:
    assert {term.term for term in fit.terms} == {our_name(name) for name in expected}
    for name, by_r in expected.items():
        found = fit.term(our_name(name))
        check(found, by_r)
        assert found.p_value == pytest.approx(by_r["Pr(>|t|)"], rel=1e-3, abs=1e-15)


def check_cells(found: tuple[OccasionEstimate, ...], expected: list[dict[str, Any]], estimate: str) -> None:
    assert len(found) == len(expected)
    for cell, by_r in zip(found, expected, strict=True):
        assert cell.occasion == str(by_r.get("AVISIT", by_r.get("tf")))
        check(cell.estimate, by_r, estimate, "SE")
        if "lower.CL" in by_r:
            assert cell.group == by_r.get("ARMCD", by_r.get("treatment"))
            margin = 1e-4 * by_r["SE"]
            assert cell.estimate.ci_low == pytest.approx(by_r["lower.CL"], abs=margin)
            assert cell.estimate.ci_high == pytest.approx(by_r["upper.CL"], abs=margin)


@pytest.mark.parametrize(
    ("key", "df"),
    [
        ("Asymptotic", "satterthwaite"),
        ("Kenward-Roger-Linear", "kenward-roger"),
        ("Kenward-Roger", "kenward-roger-nonlinear"),
    ],
)
def test_fev_as_mmrm(key: str, df: str) -> None:
    expected, fit = reference("fev")[key], fit_mmrm(sum_fev(), FEV, df=df)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.log_likelihood >= expected["loglik"] - 1e-9
    np.testing.assert_allclose(fit.sigma, expected["Sigma"], rtol=1e-3)
    check_terms(fit, expected["coef"])
    check_cells(marginal_means(fit), expected["emmeans"], "emmean")
    check_cells(group_contrasts(fit), expected["contrast_TRT_minus_PBO"], "estimate")
    assert (fit.n_subjects, fit.n_observations, fit.n_parameters, fit.warnings) == (197, 537, 10, ())


def test_fev_by_maximum_likelihood() -> None:
    expected, fit = reference("fev")["ML"], fit_mmrm(sum_fev(), FEV, reml=False)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit, expected["coef"])


@pytest.mark.parametrize(
    ("key", "kind"), [("Empirical", "CR0"), ("Empirical-Bias-Reduced", "CR2"), ("Empirical-Jackknife", "CR3")]
)
def test_fev_robust_as_mmrm(key: str, kind: str) -> None:
    scores, columns, *_ = read_fev()
    expected, fit = reference("fev")[key], robust_by_person(fit_mmrm(sum_fev(), FEV), scores, columns, kind=kind)
    check_terms(fit, expected["coef"])
    check_cells(marginal_means(fit), expected["emmeans"], "emmean")
    check_cells(group_contrasts(fit), expected["contrast_TRT_minus_PBO"], "estimate")
    assert fit.method == kind


def test_btheb_as_mmrm() -> None:
    expected, sums = reference("btheb"), sum_btheb()
    fit = fit_mmrm(sums, BTHEB)
    assert fit.log_likelihood == pytest.approx(expected["mmrm_us"]["loglik"], abs=1e-6)
    np.testing.assert_allclose(fit.sigma, expected["mmrm_us"]["Sigma"], rtol=1e-3)
    check_terms(fit, expected["mmrm_us"]["coef"])
    check_cells(marginal_means(fit), expected["mmrm_us"]["emmeans"], "emmean")
    check_cells(group_contrasts(fit), expected["mmrm_us"]["contrasts_BtheB_minus_TAU"], "estimate")
    check_terms(fit_mmrm(sums, BTHEB, df="kenward-roger"), expected["mmrm_us_krlinear"]["coef"])
    assert (fit.n_subjects, fit.n_observations) == (97, 280)


def test_constrained_baseline_as_mmrm() -> None:
    expected = reference("btheb")["clda_us"]
    design = MmrmDesign(
        "tf", constrained=("treatment[BtheB]",), group="treatment", reference="TAU", levels=BTHEB_LEVELS[:1]
    )
    fit = fit_mmrm(sum_btheb(baseline_is_outcome=True), design)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    np.testing.assert_allclose(fit.sigma, expected["Sigma"], rtol=1e-3)
    check_terms(fit, expected["coef"])
    assert [cell.occasion for cell in group_contrasts(fit)] == ["2", "3", "5", "8"]


def fev_without_race() -> tuple[np.ndarray, np.ndarray, dict[str, Any], MmrmDesign]:
    scores, columns, occasions, names, _ = read_fev()
    kept = [0, 3, 4]
    labels = {"occasions": occasions, "names": [names[place] for place in kept]}
    return scores, columns[:, kept], labels, MmrmDesign("AVISIT", crossed=("ARMCD[TRT]",), constant=("SEX[Female]",))


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize(
    "form",
    ["unstructured", "heterogeneous-toeplitz", "heterogeneous-compound-symmetry", "compound-symmetry"],
)
def test_forms_as_glmmtmb_and_nlme(form: str, method: str) -> None:
    scores, columns, labels, design = fev_without_race()
    fit = fit_mmrm(sum_patterns(scores, columns, **labels), design, reml=method == "reml", covariance=form)
    check_other_program(fit, reference("forms")[method][form])
    assert fit.covariance == form


def check_other_program(fit: MmrmFit, expected: dict[str, Any]) -> None:
    """Estimates and standard errors; the other programs have no such degrees of freedom."""
    assert fit.log_likelihood == pytest.approx(expected.get("loglik_glmmTMB", expected["loglik"]), abs=1e-6)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.log_likelihood >= expected["loglik"] - 1e-7
    for name, value in expected["coef"].items():
        found = fit.term(our_name(name))
        assert abs(found.estimate - value) < 1e-5 * expected["se"][name]
        unbiased = np.sqrt(1 - len(fit.terms) / fit.n_observations) if is_ml_of_nlme(fit) else 1.0
        assert found.std_error == pytest.approx(expected["se"][name] * unbiased, rel=1e-4)
    if "sigma" in expected:
        np.testing.assert_allclose(fit.sigma, expected["sigma"], rtol=1e-3)


def is_ml_of_nlme(fit: MmrmFit) -> bool:
    """nlme multiplies the coefficients' variance by N / (N - p) under ML."""
    return not fit.reml and fit.covariance == "compound-symmetry"


def test_negative_covariance_as_nlme() -> None:
    table = pd.read_csv(HERE / "negative.csv")
    wide = table.pivot(index="id", columns="k", values="y")
    sums = sum_patterns(wide.to_numpy(), np.ones((40, 1)), occasions=["1", "2", "3"], names=["Intercept"])
    fit = fit_mmrm(sums, MmrmDesign("t"), covariance="compound-symmetry")
    expected = reference("forms")["negative"]
    renamed = {"(Intercept)": "Intercept", "t2": "t[2]", "t3": "t[3]"}
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    for name, ours in renamed.items():
        assert abs(fit.term(ours).estimate - expected["coef"][name]) < 1e-5 * expected["se"][name]
        assert fit.term(ours).std_error == pytest.approx(expected["se"][name], rel=1e-4)
    np.testing.assert_allclose(fit.sigma, expected["sigma"], rtol=1e-3)


def test_orthodont_as_nlme() -> None:
    table = pd.read_csv(HERE / "orthodont.csv")
    wide = table.pivot(index="Subject", columns="age", values="distance")
    sex = table.drop_duplicates("Subject").set_index("Subject").loc[wide.index, "Sex"]
    columns = np.column_stack([np.ones(len(wide)), indicator(sex, "Male")])
    sums = sum_patterns(wide.to_numpy(), columns, occasions=["8", "10", "12", "14"], names=["Intercept", "Sex[Male]"])
    fit = fit_mmrm(sums, MmrmDesign("fage", crossed=("Sex[Male]",)))
    check_other_program(fit, reference("forms")["orthodont"])
    assert fit.term("Sex[Male]").df == pytest.approx(25.0, rel=1e-6)  # complete data: people less groups


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_robust_by_cluster_as_whole_matrices(kind: str) -> None:
    scores, columns, labels, design = fev_without_race()
    people = read_fev()[-1]
    cluster = np.array([int(person.removeprefix("PT")) % 9 for person in people])
    fit = fit_mmrm(sum_patterns(scores, columns, **labels), design)
    parts = [sum_patterns(scores[cluster == number], columns[cluster == number], **labels) for number in range(9)]
    robust = robust_by_cluster(fit, parts, kind=kind)
    expected = reference("forms")["cluster"][kind]
    for name, error in expected["se"].items():
        assert robust.term(our_name(name)).std_error == pytest.approx(error, rel=1e-4)
        assert robust.term(our_name(name)).df == pytest.approx(expected["df"][name], rel=1e-3)
    assert robust.method == f"{kind}-cluster"


@pytest.mark.parametrize(
    ("key", "form", "reml"),
    [
        ("ri_reml", "random-intercept", True),
        ("ri_ml", "random-intercept", False),
        ("ris_reml", "random-slope", True),
        ("ris_ml", "random-slope", False),
    ],
)
def test_random_effects_at_planned_times_as_lme4(key: str, form: str, reml: bool) -> None:
    """The ten days of sleepstudy are planned occasions; time is a line."""
    wide = pd.read_csv(HERE / "sleepstudy.csv").pivot(index="Subject", columns="Days", values="Reaction")
    sums = sum_patterns(
        wide.to_numpy(), np.ones((len(wide), 1)), occasions=[str(day) for day in wide], names=["Intercept"]
    )
    expected, design = reference("sleepstudy")[key], MmrmDesign("Days", line=True)
    fit = fit_mmrm(sums, design, reml=reml, covariance=form)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    for term, by_r in zip(fit.terms, expected["coef_satterthwaite"].values(), strict=True):
        check(term, by_r)
    effects, by_r = fit.random_effects, [row["vcov"] for row in expected["varcomp"]]
    assert effects is not None
    found = [effects.intercept, effects.slope, effects.covariance, effects.within]
    assert [value for value in found if value is not None] == pytest.approx(by_r, rel=1e-3)
    if reml:
        adjusted = fit_mmrm(sums, design, covariance=form, df="kenward-roger")
        np.testing.assert_allclose(adjusted.coefficient_covariance, expected["vcovAdj_KR"], rtol=2e-4)
        for term, by_r in zip(adjusted.terms, expected["coef_kenward_roger"].values(), strict=True):
            check(term, by_r)
