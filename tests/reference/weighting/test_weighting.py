"""Weighted and doubly robust comparisons against PSweight (its own precision, 1e-8), R (1e-9) and statsmodels."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.discrete_model import Logit
from statsmodels.regression.linear_model import OLS
from statsmodels.treatment.treatment_effects import TreatmentEffect

from outcomes.analysis.cluster_robust import cluster_codes
from outcomes.analysis.doubly_robust import compare_doubly_robust, estimate_aipw, estimate_g_computation
from outcomes.analysis.influence_by_cluster import EstimatingEquations, sum_by_cluster
from outcomes.analysis.propensity import fit_propensity_model
from outcomes.analysis.weighting import WeightedComparison, compare_weighted

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
RESPONSE = json.loads((HERE / "response_weights.json").read_text(encoding="utf-8"))
TABLE = pd.read_csv(HERE / "lalonde.csv")
NAMES = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
TERMS = ["Intercept", *NAMES]
MATRIX = np.column_stack([np.ones(len(TABLE)), TABLE[NAMES].to_numpy(float)])
OUTCOME, TREATED = TABLE["re78"].to_numpy(float), TABLE["treat"].to_numpy(float)
POPULATIONS = [("ate", "IPW", "ATE"), ("att", "treated", "ATT"), ("overlap", "overlap", "ATO")]


def test_propensity_as_glm() -> None:
    """Standard errors to 1e-8 only: glm keeps the weights of its last step but one."""
    model = fit_propensity_model(TREATED, MATRIX, TERMS)
    for term, expected in zip(model.terms, REFERENCE["ps_coef"].values(), strict=True):
        assert term.estimate == pytest.approx(expected["Estimate"], rel=1e-10)
        assert term.std_error == pytest.approx(expected["Std. Error"], rel=1e-8)
        assert term.p_value == pytest.approx(expected["Pr(>|z|)"], rel=1e-6)
    np.testing.assert_allclose(model.probabilities, TABLE["ps"], rtol=1e-9)


@pytest.mark.parametrize(("estimand", "key", "balance"), POPULATIONS)
def test_weighted(estimand: str, key: str, balance: str) -> None:
    found = compare_weighted(OUTCOME, TREATED, MATRIX, TERMS, estimand=estimand)
    by_psweight(found, REFERENCE["PSweight"][key])
    assert found.contrast.difference.estimate == pytest.approx(REFERENCE["hajek"][balance]["est"], rel=1e-10)
    expected = REFERENCE["balance"]
    for row in found.balance.rows:
        assert row.smd_after == pytest.approx(expected[balance][row.term], rel=1e-9, abs=1e-12)
        assert row.smd_before == pytest.approx(expected["unweighted_pooled"][row.term], rel=1e-10)
        assert row.smd_before_treated_sd == pytest.approx(expected["unweighted_treatedSD"][row.term], rel=1e-10)
    assert found.balance.effective_treated == pytest.approx(REFERENCE["ess"][balance]["treated"], rel=1e-10)
    assert found.balance.effective_control == pytest.approx(REFERENCE["ess"][balance]["control"], rel=1e-10)
    assert found.balance.publishable is (estimand != "ate")


@pytest.mark.parametrize(("estimand", "key", "balance"), POPULATIONS)
def test_augmented(estimand: str, key: str, balance: str) -> None:
    found = compare_doubly_robust(OUTCOME, TREATED, MATRIX, TERMS, estimand=estimand)
    by_psweight(found, REFERENCE["PSweight"][f"{key}_aug"])
    assert found.augmented
    assert found.balance.publishable


def by_psweight(found: WeightedComparison, expected: dict) -> None:
    assert found.contrast.difference.estimate == pytest.approx(expected["est"], rel=3e-8)
    assert found.contrast.difference.std_error == pytest.approx(expected["se"], rel=1e-8)
    assert found.contrast.mean_treated.estimate == pytest.approx(expected["muhat"]["1"], rel=1e-8)
    assert found.contrast.mean_control.estimate == pytest.approx(expected["muhat"]["0"], rel=1e-8)


def test_aipw() -> None:
    found = estimate_aipw(OUTCOME, TREATED, MATRIX, TERMS).difference
    assert found.estimate == pytest.approx(REFERENCE["aipw_ate"]["est"], rel=1e-10)
    assert found.std_error == pytest.approx(REFERENCE["aipw_ate"]["se_if"], rel=1e-10)
    treated = estimate_aipw(OUTCOME, TREATED, MATRIX, TERMS, estimand="att").difference
    assert treated.estimate == pytest.approx(REFERENCE["aipw_att"], rel=1e-10)


@pytest.mark.parametrize("estimand", ["ate", "att"])
def test_g_computation(estimand: str) -> None:
    found = estimate_g_computation(OUTCOME, TREATED, MATRIX, TERMS, estimand=estimand)
    assert found.difference.estimate == pytest.approx(REFERENCE["gcomp"][estimand.upper()], rel=1e-10)


def test_as_statsmodels() -> None:
    """Standard errors by GMM; its weighting iterates to about 1e-4 of the point estimate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Logit(TREATED, MATRIX).fit(disp=0)
        effect = TreatmentEffect(OLS(OUTCOME, MATRIX), TABLE["treat"].to_numpy(), results_select=model)
        for estimand, group in (("ate", "all"), ("att", 1)):
            by_regression = effect.ra(effect_group=group).results_gmm
            ours = estimate_g_computation(OUTCOME, TREATED, MATRIX, TERMS, estimand=estimand)
            assert ours.difference.std_error == pytest.approx(by_regression.bse[0], rel=1e-8)
            weighted = effect.ipw(effect_group=group).results_gmm
            theirs = compare_weighted(OUTCOME, TREATED, MATRIX, TERMS, estimand=estimand).contrast
            assert theirs.difference.std_error == pytest.approx(weighted.bse[0], rel=1e-4)


@pytest.mark.parametrize("estimand", ["ate", "att", "overlap"])
@pytest.mark.parametrize("augmented", [False, True])
def test_response_weights(estimand: str, augmented: bool) -> None:
    outcome = OUTCOME.copy()
    outcome[RESPONSE["gone"]] = np.nan
    ones = np.ones(outcome.size)
    answering = np.column_stack([ones, TREATED, TABLE["age"], TABLE["black"]])
    choices = {
        "estimand": estimand,
        "response_columns": answering,
        "response_terms": ["Intercept", "treat", "age", "black"],
    }
    if augmented:
        columns = np.column_stack([ones, TABLE[["age", "educ", "re74", "re75"]]])
        found = compare_doubly_robust(
            outcome, TREATED, MATRIX, TERMS, outcome_columns=columns, outcome_terms=list("abcde"), **choices
        )
    else:
        found = compare_weighted(outcome, TREATED, MATRIX, TERMS, **choices)
    expected = RESPONSE[f"{estimand}_augmented" if augmented else estimand]
    assert found.contrast.difference.estimate == pytest.approx(expected["est"], rel=1e-9)
    assert found.contrast.difference.std_error == pytest.approx(expected["se"], rel=1e-7)  # R's derivatives are numeric
    assert found.contrast.mean_treated.estimate == pytest.approx(expected["treated"], rel=1e-9)
    assert found.contrast.mean_control.estimate == pytest.approx(expected["control"], rel=1e-9)
    assert found.n_unanswered == len(RESPONSE["gone"])


FEW = json.loads((HERE / "few_clusters.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["logistic", "linear"])
def test_bias_reduction_as_clubsandwich(kind: str) -> None:
    """CR2 and Satterthwaite's df of plain regressions (clubSandwich; logistic: person by person in R), 1e-9."""
    pupils = pd.read_csv(HERE.parent / "cluster_robust" / "achievement.csv")
    columns = np.column_stack([np.ones(len(pupils)), pupils[["treated", "father_ed", "siblings"]].to_numpy(float)])
    response, expected = pupils["Bagrut_status"].to_numpy(float), FEW[kind]
    if kind == "logistic":
        model = fit_propensity_model(response, columns, expected["term"])
        predictor = columns @ [term.estimate for term in model.terms]
        spread = model.probabilities * (1 - model.probabilities)
    else:
        predictor = columns @ np.linalg.lstsq(columns, response, rcond=None)[0]
        spread = np.ones(len(pupils))

    def rows(deviation: np.ndarray) -> np.ndarray:
        moved = predictor + columns @ deviation
        fitted = 1 / (1 + np.exp(-moved)) if kind == "logistic" else moved
        return columns * (response - fitted)[:, None]

    equations = EstimatingEquations(rows, (columns * np.sqrt(spread)[:, None],), 4)
    summed = sum_by_cluster(equations, cluster_codes(pupils["school_id"].tolist(), np.arange(len(pupils))))
    for place in range(4):
        found = summed.uncertainty(np.eye(4)[place])
        assert found.std_error == pytest.approx(expected["std_error"][place], rel=1e-8 if kind == "logistic" else 1e-9)
        assert found.df == pytest.approx(expected["df"][place], rel=1e-7 if kind == "logistic" else 1e-9)
