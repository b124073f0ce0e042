"""Baseline-adjusted comparison against R's lm, emmeans, sandwich, clubSandwich and mvtnorm (1e-9 relative)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.ancova import Ancova, dunnett_p_values, fit_ancova

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

HERE = Path(__file__).parent
ANOREXIA = json.loads((HERE / "anorexia.json").read_text(encoding="utf-8"))
BTHEB = json.loads((HERE / "btheb.json").read_text(encoding="utf-8"))["ancova_8m_completers"]
MORE = json.loads((HERE / "more_cases.json").read_text(encoding="utf-8"))
NAMES = {"Intercept": "(Intercept)", "Prewt": "Prewt", "Treat[Cont]": "TreatCont", "Treat[FT]": "TreatFT"}


def anorexia(**choices: Any) -> Ancova:
    table = pd.read_csv(HERE / "anorexia.csv")
    return fit_ancova(
        table["Postwt"].tolist(),
        table["Prewt"].tolist(),
        table["Treat"].tolist(),
        names=("Postwt", "Prewt", "Treat"),
        **choices,
    )


def btheb(**choices: Any) -> Ancova:
    table = pd.read_csv(HERE / "btheb_wide.csv")
    return fit_ancova(
        table["bdi.8m"].tolist(),
        table["bdi.pre"].tolist(),
        table["treatment"].tolist(),
        reference="TAU",
        covariates={"drug": table["drug"].tolist(), "length": table["length"].tolist()},
        names=("bdi.8m", "bdi.pre", "treatment"),
        **choices,
    )


def check(term: TermEstimate, estimate: float, std_error: float, p_value: float | None = None) -> None:
    assert term.estimate == pytest.approx(estimate, rel=1e-9)
    assert term.std_error == pytest.approx(std_error, rel=1e-9)
    if p_value is not None:
        assert term.p_value == pytest.approx(p_value, rel=1e-9)


@pytest.mark.parametrize(("variance", "key"), [("classical", "ancova"), ("HC3", "ancova_HC3")])
def test_anorexia(variance: str, key: str) -> None:
    for term in anorexia(variance=variance).terms:
        expected = ANOREXIA[key][NAMES[term.term]]
        check(term, expected["Estimate"], expected["Std. Error"], expected["Pr(>|t|)"])
        assert term.df == 68


def test_hc3_is_what_one_gets() -> None:
    assert anorexia().terms == anorexia(variance="HC3").terms


def test_anorexia_hc2() -> None:
    for term in anorexia(variance="HC2").terms:
        assert term.std_error == pytest.approx(ANOREXIA["ancova_HC2_se"][NAMES[term.term]], rel=1e-10)


def test_anorexia_each_a_cluster() -> None:
    for term, expected in zip(anorexia(cluster=list(range(72))).terms, ANOREXIA["ancova_CR2_satt"], strict=True):
        check(term, expected["beta"], expected["SE"], expected["p_Satt"])
        assert term.df == pytest.approx(expected["df_Satt"], rel=1e-9)


def test_anorexia_in_nine_places() -> None:
    ancova = anorexia(reference="Cont", cluster=[row % 9 for row in range(72)])
    expected = MORE["anorexia_CR2"]
    for index, term in enumerate(ancova.terms):
        check(term, expected["estimate"][index], expected["std_error"][index], expected["p"][index])
        assert term.df == pytest.approx(expected["df"][index], rel=1e-9)
    mean, expected = ancova.adjusted_means[2], MORE["anorexia_CR2_mean_FT"]
    check(mean, expected["estimate"], expected["std_error"])
    assert (mean.df, mean.ci_low, mean.ci_high) == pytest.approx(
        (expected["df"], expected["low"], expected["high"]), rel=1e-9
    )


def test_adjusted_means_of_anorexia() -> None:
    for mean, expected in zip(anorexia(variance="classical").adjusted_means, ANOREXIA["emmeans"], strict=True):
        assert mean.term == f"Treat[{expected['Treat']}]"
        check(mean, expected["emmean"], expected["SE"])
        assert (mean.ci_low, mean.ci_high) == pytest.approx((expected["lower.CL"], expected["upper.CL"]), rel=1e-10)


def test_contrasts_of_anorexia() -> None:
    ancova = anorexia(variance="classical", reference="Cont")
    for contrast, expected in zip(ancova.contrasts, ANOREXIA["contrasts_vs_Cont"], strict=True):
        assert contrast.term.replace("Treat[", "").replace("]", "") == expected["contrast"]
        check(contrast, expected["estimate"], expected["SE"], expected["p.value"])


def test_simultaneous_p_values_of_anorexia() -> None:
    """Exact by emmeans' ``mvt`` (mean of 30 runs of mvtnorm, each to 1e-3 or so); ``dunnettx`` is an approximation."""
    found = dunnett_p_values(anorexia(variance="classical", reference="Cont"), np.random.default_rng(1))
    assert found == pytest.approx(MORE["anorexia_mvt"], rel=2e-3)
    assert found == pytest.approx([row["p.value"] for row in ANOREXIA["dunnett"]], rel=2e-2)


def test_interaction_of_anorexia() -> None:
    ancova = anorexia(variance="classical", interaction=True)
    expected = ANOREXIA["ancova_interaction_F"]
    assert ancova.interaction is not None
    assert ancova.interaction.statistic == pytest.approx(expected["F"], rel=1e-9)
    assert ancova.interaction.p_value == pytest.approx(expected["Pr(>F)"], rel=1e-9)
    assert (ancova.interaction.df_numerator, ancova.interaction.df_denominator) == (expected["Df"], expected["Res.Df"])
    assert ancova.model.residual_sum_of_squares == pytest.approx(expected["RSS"], rel=1e-10)


def test_btheb_completers() -> None:
    ancova = btheb(variance="classical")
    assert (ancova.n_subjects, ancova.n_incomplete) == (BTHEB["n"], 48)
    assert [term.term for term in ancova.terms] == [
        "Intercept",
        "bdi.pre",
        "treatment[BtheB]",
        "drug[Yes]",
        "length[>6m]",
    ]
    for term, expected in zip(ancova.terms, BTHEB["coef"].values(), strict=True):
        check(term, expected["Estimate"], expected["Std. Error"], expected["Pr(>|t|)"])


@pytest.mark.parametrize(
    ("key", "choices"),
    [("btheb_HC3", {}), ("btheb_interaction_HC2", {"interaction": True, "variance": "HC2"})],
)
def test_btheb_means(key: str, choices: dict[str, Any]) -> None:
    ancova, expected = btheb(**choices), MORE[key]
    for index, term in enumerate(ancova.terms):
        check(term, expected["estimate"][index], expected["std_error"][index])
    for index, mean in enumerate(ancova.adjusted_means):
        check(mean, expected["means"]["emmean"][index], expected["means"]["SE"][index])
        assert mean.ci_low == pytest.approx(expected["means"]["lower.CL"][index], rel=1e-9)
    (contrast,) = ancova.contrasts
    check(contrast, expected["contrasts"]["estimate"], expected["contrasts"]["SE"], expected["contrasts"]["p.value"])


@pytest.mark.parametrize("variance", ["classical", "HC0", "HC1", "HC2", "HC3"])
def test_btheb_weighted(variance: str) -> None:
    table = pd.read_csv(HERE / "btheb_wide.csv")
    number = table["bdi.8m"].notna().cumsum().to_numpy()
    ancova, expected = btheb(variance=variance, weights=(1.0 + number % 4).tolist()), MORE[f"btheb_weighted_{variance}"]
    for index, term in enumerate(ancova.terms):
        check(term, expected["estimate"][index], expected["std_error"][index])
