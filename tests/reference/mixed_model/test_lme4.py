"""Slopes, outer level, Kenward-Roger, marginal means and persons' deviations against R. Tolerances:
``tests/reference/README.md``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mixed_model import (
    LinearMixedModel,
    ReferenceGrid,
    fit_linear_mixed_model,
    piecewise_linear_time,
    saturating_time,
)

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

HERE = Path(__file__).parent
GRID = ReferenceGrid((FactorLevel("Sex[Male]", "Sex", "Male"),), {"age:Sex[Male]": ("age", "Sex[Male]")})
LME4 = json.loads((HERE / "lme4.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    response: np.ndarray
    columns: np.ndarray
    terms: tuple[str, ...]
    subject: np.ndarray
    time: np.ndarray
    outer: np.ndarray | None = None

    def fit(self, **options: Any) -> LinearMixedModel:
        return fit_linear_mixed_model(
            self.response, self.columns, self.terms, self.subject, self.time, outer=self.outer, grid=GRID, **options
        )


def case(table: pd.DataFrame, response: str, subject: str, time: str, outer: str | None = None, **columns: Any) -> Case:
    matrix = np.column_stack([np.ones(len(table)), *(np.asarray(column, float) for column in columns.values())])
    return Case(
        table[response].to_numpy(float),
        matrix,
        ("Intercept", *columns),
        table[subject].to_numpy(),
        table[time].to_numpy(float),
        None if outer is None else table[outer].to_numpy(),
    )


def build_cases() -> dict[str, Case]:
    orthodont, irregular = pd.read_csv(HERE / "orthodont.csv"), pd.read_csv(HERE / "irregular.csv")
    nested, singular = pd.read_csv(HERE / "nested.csv"), pd.read_csv(HERE / "singular.csv")
    claus = pd.read_csv(HERE.parent / "reliable_change" / "claus_2020.csv")
    claus = claus[claus.groupby("id")["bdi"].transform("count") == 4]
    time, arm = irregular["time"].to_numpy(float), irregular["arm"]
    bend = piecewise_linear_time(time, [6]).columns[:, 2]
    level = saturating_time(time, 5).columns[:, 1]
    male = orthodont["Sex"] == "Male"
    return {
        "orthodont": case(
            orthodont,
            "distance",
            "Subject",
            "age",
            **{"age": orthodont["age"], "Sex[Male]": male, "age:Sex[Male]": orthodont["age"] * male},
        ),
        "irregular_piecewise": case(irregular, "score", "id", "time", a=time, b=bend, c=arm, d=time * arm),
        "irregular_saturating": case(irregular, "score", "id", "time", a=level, b=arm, c=level * arm),
        "nested": case(nested, "y", "id", "t", "unit", t=nested["t"], g=nested["g"], tg=nested["t"] * nested["g"]),
        "singular_perfect": case(singular, "perfect", "id", "t", t=singular["t"], x=singular["x"]),
        "singular_none": case(singular, "none", "id", "t", t=singular["t"], x=singular["x"]),
        "singular_outer": case(singular, "perfect", "id", "t", "unit", t=singular["t"], x=singular["x"]),
        "claus": case(claus, "bdi", "id", "time", t=claus["time"]),
    }


CASES = build_cases()
FITS = {
    "orthodont_intercept": ("orthodont", "intercept"),
    "orthodont_slope": ("orthodont", "slope"),
    "irregular_piecewise": ("irregular_piecewise", "slope"),
    "irregular_saturating": ("irregular_saturating", "slope"),
    "irregular_intercept": ("irregular_saturating", "intercept"),
    "nested_slope": ("nested", "slope"),
    "nested_intercept": ("nested", "intercept"),
    "singular_perfect": ("singular_perfect", "slope"),
    "singular_none": ("singular_none", "intercept"),
    "singular_outer": ("singular_outer", "intercept"),
    "claus_slope": ("claus", "slope"),
}


def check_terms(terms: tuple[TermEstimate, ...], expected: dict) -> None:
    assert len(terms) == len(expected)
    for term, by_r in zip(terms, expected.values(), strict=True):
        assert abs(term.estimate - by_r["Estimate"]) < 1e-5 * by_r["Std. Error"]
        assert term.std_error == pytest.approx(by_r["Std. Error"], rel=1e-4)
        assert term.df == pytest.approx(by_r["df"], rel=1e-3)
        assert term.p_value == pytest.approx(by_r["Pr(>|t|)"], rel=1e-3, abs=1e-15)


def check_variances(fit: LinearMixedModel, expected: list[dict], outer: str = "unit") -> None:
    for row in expected:
        if row["grp"] == "Residual":
            ours = fit.variance.residual
        elif row["grp"] == outer:
            ours = fit.variance.outer
        elif row["var2"] is not None:
            ours = fit.variance.covariance
        else:
            ours = fit.variance.intercept if row["var1"] == "(Intercept)" else fit.variance.slope
        assert ours == pytest.approx(row["vcov"], rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("name", FITS)
def test_reml_satterthwaite(name: str) -> None:
    data, random = FITS[name]
    fit, expected = CASES[data].fit(random=random), LME4[name]
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit.terms, expected["satterthwaite"])
    check_variances(fit, expected["varcomp"])
    assert fit.singular is expected["singular"]
    assert bool(fit.warnings) is expected["singular"]


@pytest.mark.parametrize("name", FITS)
def test_ml_satterthwaite(name: str) -> None:
    data, random = FITS[name]
    fit, expected = CASES[data].fit(random=random, reml=False), LME4[name]["ml"]
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit.terms, expected["satterthwaite"])
    check_variances(fit, expected["varcomp"])


@pytest.mark.parametrize("name", [name for name in FITS if "kenward_roger" in LME4[name]])
def test_kenward_roger(name: str) -> None:
    data, random = FITS[name]
    fit, expected = CASES[data].fit(random=random, df="kenward-roger"), LME4[name]
    check_terms(fit.terms, expected["kenward_roger"])
    adjusted = np.array(expected["vcov_adjusted"])
    size = np.sqrt(np.outer(np.diag(adjusted), np.diag(adjusted)))
    assert (np.abs(fit.covariance - adjusted) / size).max() < 1e-4


@pytest.mark.parametrize("name", FITS)
def test_deviations_of_persons_and_units(name: str) -> None:
    data, random = FITS[name]
    effects = CASES[data].fit(random=random).person_effects()
    for level, expected in LME4[name]["effects"].items():
        values, variances = np.array(expected["value"]), np.array(expected["variance"])
        if level == "unit":
            assert effects.outer_units.tolist() == expected["labels"]
            np.testing.assert_allclose(effects.outer, values[:, 0], rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(effects.outer_sd**2, variances, rtol=1e-4)
            continue
        place = [[str(label) for label in effects.subjects].index(label) for label in expected["labels"]]
        spread = 1e-5 * (np.abs(values).max(axis=0) + 1e-9)
        assert (np.abs(effects.intercept[place] - values[:, 0]) <= spread[0]).all()
        one = variances if variances.ndim == 1 else variances[:, 0, 0]
        np.testing.assert_allclose(effects.intercept_sd[place] ** 2, one, rtol=1e-4, atol=1e-12)
        if random == "slope":
            assert effects.slope is not None
            assert effects.slope_sd is not None
            assert effects.covariance is not None
            assert (np.abs(effects.slope[place] - values[:, 1]) <= spread[1]).all()
            np.testing.assert_allclose(effects.slope_sd[place] ** 2, variances[:, 1, 1], rtol=1e-4)
            np.testing.assert_allclose(effects.covariance[place], variances[:, 0, 1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["orthodont_intercept", "orthodont_slope"])
@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger"])
def test_marginal_means_as_emmeans(name: str, method: str) -> None:
    data, random = FITS[name]
    fit, expected = CASES[data].fit(random=random, df=method), LME4[name][f"emmeans_{method}"]
    for row in expected["means"]:
        at = {"age": row["age"], "Sex[Male]": float(row["Sex"] == "Male")}
        check_mean(fit.marginal_mean(at, "mean"), row["emmean"], row)
    for row in expected["differences"]:
        first, second = ({"age": row["age"], "Sex[Male]": male} for male in (0.0, 1.0))
        check_mean(fit.marginal_contrast(first, second, "difference"), row["estimate"], row)


@pytest.mark.parametrize("name", ["orthodont_intercept", "orthodont_slope"])
def test_marginal_mean_over_a_category_weighs_levels_alike(name: str) -> None:
    data, random = FITS[name]
    (row,) = LME4[name]["emmeans_overall"]
    check_mean(CASES[data].fit(random=random).marginal_mean({"age": 10}, "age 10"), row["emmean"], row)


def check_mean(ours: TermEstimate, value: float, by_r: dict) -> None:
    assert abs(ours.estimate - value) < 1e-5 * by_r["SE"]
    assert ours.std_error == pytest.approx(by_r["SE"], rel=1e-4)
    assert ours.df == pytest.approx(by_r["df"], rel=1e-3)


@pytest.mark.parametrize("key", ["ri_reml", "ri_ml", "ris_reml", "ris_ml"])
def test_sleepstudy(key: str) -> None:
    table = pd.read_csv(HERE / "sleepstudy.csv")
    expected = json.loads((HERE / "sleepstudy.json").read_text(encoding="utf-8"))[key]
    data = case(table, "Reaction", "Subject", "Days", Days=table["Days"])
    random, reml = "slope" if key.startswith("ris") else "intercept", key.endswith("reml")
    fit = data.fit(random=random, reml=reml)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit.terms, expected["coef_satterthwaite"])
    check_variances(fit, expected["varcomp"])
    if reml:
        adjusted = data.fit(random=random, df="kenward-roger")
        check_terms(adjusted.terms, expected["coef_kenward_roger"])
        np.testing.assert_allclose(adjusted.covariance, expected["vcovAdj_KR"], rtol=1e-4, atol=1e-5)
        effects = fit.person_effects()
        assert effects.subjects.tolist() == [int(subject) for subject in expected["ranef_subject"]]
        intercepts = [row["(Intercept)"] for row in expected["ranef"]]
        np.testing.assert_allclose(effects.intercept, intercepts, atol=1e-5)
        if random == "slope":
            np.testing.assert_allclose(effects.slope, [row["Days"] for row in expected["ranef"]], atol=1e-5)


@pytest.mark.parametrize(
    ("key", "block", "df"),
    [("lmm_ri", "coef", "satterthwaite"), ("lmm_ri", "kr", "kenward-roger"), ("lmm_ris", "coef", "satterthwaite")],
)
def test_trial_with_half_lost(key: str, block: str, df: str) -> None:
    table = pd.read_csv(HERE / "btheb.csv")
    table = table[table["bdi"].notna() & (table["time"] > 0)]
    start = pd.read_csv(HERE / "btheb.csv").query("time == 0").set_index("subject")["bdi"]
    data = case(
        table,
        "bdi",
        "subject",
        "time",
        baseline=table["subject"].map(start),
        time_=table["time"],
        treatment=table["treatment"] == "BtheB",
        drug=table["drug"] == "Yes",
        length=table["length"] == ">6m",
    )
    expected = json.loads((HERE / "btheb.json").read_text(encoding="utf-8"))[key]
    fit = data.fit(random="slope" if key == "lmm_ris" else "intercept", df=df)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    check_terms(fit.terms, expected[block])
    check_variances(fit, expected["varcomp"])
    assert not fit.singular


def test_change_of_a_person_by_their_slope() -> None:
    """R's clinicalsignificance, method HLM: deviation of slope over its conditional standard deviation. Its fit is by
    lme4's default stopping, which is why the agreement is to 1e-4 only."""
    expected = json.loads((HERE / "claus_hlm.json").read_text(encoding="utf-8"))
    effects = CASES["claus"].fit(random="slope").person_effects()
    assert effects.slope is not None
    assert effects.slope_sd is not None
    ours = dict(zip(effects.subjects.tolist(), (effects.slope / effects.slope_sd).tolist(), strict=True))
    assert len(expected) == len(ours) == 40
    for subject, value in expected.items():
        assert ours[int(subject)] == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("name", ["orthodont_slope", "irregular_saturating"])
def test_no_lower_than_statsmodels(name: str) -> None:
    """statsmodels stops early (variances to about 1e-3), so its likelihood must be a little lower, never higher."""
    data = CASES[FITS[name][0]]
    theirs = MixedLM(
        data.response, data.columns, groups=data.subject, exog_re=np.column_stack([np.ones(data.time.size), data.time])
    ).fit(reml=True, method=["lbfgs"])
    ours = data.fit(random="slope")
    assert theirs.llf <= ours.log_likelihood + 1e-7
    assert theirs.llf == pytest.approx(ours.log_likelihood, abs=1e-3)
    np.testing.assert_allclose(theirs.fe_params, ours.coefficients, rtol=1e-2)
