"""The numbers on the pages of the comparisons are what the code gives for the reference data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.analysis.ancova import dunnett_p_values, fit_ancova
from outcomes.analysis.doubly_robust import compare_doubly_robust, estimate_aipw, estimate_g_computation
from outcomes.analysis.e_value import difference_e_value, risk_ratio_e_value
from outcomes.analysis.few_adopters import randomisation_test
from outcomes.analysis.linear_model import fit_linear_model
from outcomes.analysis.staggered_rollout import estimate_staggered_rollout, two_way_fixed_effects
from outcomes.analysis.weighting import compare_weighted

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference"


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / "methods" / f"{name}.md").read_text(encoding="utf-8").split())


def interval(term: TermEstimate, digits: int = 2) -> str:
    return f"{term.estimate:.{digits}f} ({term.ci_low:.{digits}f} to {term.ci_high:.{digits}f})"


def test_cluster_robust() -> None:
    table, text = pd.read_csv(REFERENCE / "cluster_robust" / "achievement.csv"), page("cluster-robust")
    names = ["treated2001", "treated", "y01", "father_ed", "mother_ed", "siblings", "immigrant"]
    matrix = np.column_stack([np.ones(len(table)), table[names]])
    schools = table["school_id"].tolist()
    arguments = table["Bagrut_status"], matrix, ["Intercept", *names]
    model = fit_linear_model(*arguments, cluster=schools)
    assert f"{len(table):,} pupils of {model.n_clusters} schools" in text
    treated, immigrant = model.term("treated"), model.term("immigrant")
    error = f"standard error {treated.std_error:.4f}, {treated.df:.2f} degrees of freedom"
    assert f"{treated.estimate:.4f}, {error} ({treated.ci_low:.4f} to {treated.ci_high:.4f})" in text
    error = f"standard error {immigrant.std_error:.4f}, {immigrant.df:.2f} degrees of freedom, no interval"
    assert f"{immigrant.estimate:.4f}, {error}" in text
    plain = fit_linear_model(*arguments, cluster=schools, variance="CR1S").term("treated")
    assert f"{plain.std_error:.4f} on {plain.df:.0f} degrees" in text
    test = model.wald_test(np.eye(8)[1:3])
    assert f"F {test.statistic:.3f} on 2 and {test.df_denominator:.2f} degrees of freedom, p {test.p_value:.3f}" in text


def test_ancova() -> None:
    table, text = pd.read_csv(REFERENCE / "ancova" / "anorexia.csv"), page("ancova")
    columns = table["Postwt"].tolist(), table["Prewt"].tolist(), table["Treat"].tolist()
    ancova = fit_ancova(*columns, reference="Cont")
    assert f"adjusted mean, Cont {interval(ancova.adjusted_means[0])}" in text
    both = dunnett_p_values(ancova, np.random.default_rng(1))
    for arm, digits, joint in (("CBT", 3, both[0]), ("FT", 4, both[1])):
        contrast = ancova.contrast(arm)
        counted = f"with both comparisons counted {joint:.{digits}f}"
        assert f"{arm} - Cont {interval(contrast)}, p {contrast.p_value:.{digits}f}, {counted}" in text
    slopes = fit_ancova(*columns, reference="Cont", interaction=True).interaction
    assert slopes is not None
    assert (
        f"F {slopes.statistic:.2f} on 2 and {slopes.df_denominator:.0f} degrees of freedom, p {slopes.p_value:.3f}"
        in text
    )


def test_weighting_doubly_robust_and_e_value() -> None:
    table = pd.read_csv(REFERENCE / "weighting" / "lalonde.csv")
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    outcome, treated = table["re78"].to_numpy(float), table["treat"].to_numpy(float)
    arguments = outcome, treated, np.column_stack([np.ones(len(table)), table[names]]), ["Intercept", *names]
    text, robust = page("weighting"), page("doubly-robust")
    plain = outcome[treated == 1].mean() - outcome[treated == 0].mean()
    assert f"plain difference is {plain:.2f}." in text
    for estimand in ("overlap", "att", "ate"):
        found = compare_weighted(*arguments, estimand=estimand)
        difference, balance = found.contrast.difference, found.balance
        people = f"effective people {balance.effective_treated:.0f} and {balance.effective_control:.0f}"
        line = f"{estimand} {interval(difference)}, standard error {difference.std_error:.3f}, {people}, largest"
        assert f"{line} difference {balance.largest:.2f}{'' if balance.publishable else ': not to be shown'}" in text
        augmented = compare_doubly_robust(*arguments, estimand=estimand).contrast.difference
        assert f"{estimand}, augmented {interval(augmented)}, standard error {augmented.std_error:.3f}" in robust
    for name, method in (("AIPW", estimate_aipw), ("g-computation", estimate_g_computation)):
        difference = method(*arguments).difference
        assert f"ate, {name} {interval(difference)}, standard error {difference.std_error:.3f}" in robust
    published, ours = risk_ratio_e_value(3.9, 1.8, 8.7), difference_e_value(1.249, 0.753, 7.471)
    text = page("e-value")
    assert f"E-value {published.estimate:.2f}, and {published.interval:.2f} for the interval" in text
    shown = f"risk ratio {ours.risk_ratio:.2f}, E-value {ours.estimate:.2f}, and {ours.interval:.2f} for the interval"
    assert shown in text
    overlap = compare_doubly_robust(*arguments).contrast.difference
    assert f"{overlap.estimate:.3f}, {overlap.std_error:.3f}, {outcome.std(ddof=1):.3f}" in text


def test_staggered_rollout() -> None:
    table, text = pd.read_csv(REFERENCE / "staggered_rollout" / "mpdta.csv"), page("staggered-rollout")
    units = table["countyreal"].tolist()
    arguments = table["lemp"], units, table["year"], table["first.treat"]
    found = estimate_staggered_rollout(*arguments, covariates=table[["lpop"]], terms=["lpop"])
    assert f"simple {interval(found.simple, 4)}, standard error {found.simple.std_error:.4f}" in text
    assert "effect " + " ".join(f"{term.estimate:.4f}" for term in found.dynamic.estimates) in text
    assert "years since start " + " ".join(f"{position:.0f}" for position in found.dynamic.positions) in text
    band = found.band("dynamic", np.random.default_rng(2026))
    assert f"band {band.critical_value:.2f} standard errors ({band.draws} draws, seed 2026)" in text
    assert found.pre_trend is not None
    before = f"chi-squared {found.pre_trend.statistic:.2f} on {found.pre_trend.df}, p {found.pre_trend.p_value:.3f}"
    assert before in text
    two_way = two_way_fixed_effects(*arguments)
    assert f"two-way {two_way.coefficient.estimate:.4f}, {100 * two_way.negative_weight_share:.1f} % of" in text
    states = (table["countyreal"] // 1000).tolist()
    dealt = randomisation_test(
        table["lemp"], states, table["year"], table["first.treat"], generator=np.random.default_rng(2026)
    )
    assert f"among the {dealt.n_clusters} states anew, {dealt.samples} times" in text
    assert f"p {dealt.p_value:.2f} (average {dealt.estimate:.4f} with states alike" in text
    assert f"interval {dealt.ci_low:.3f} to {dealt.ci_high:.3f})" in text
