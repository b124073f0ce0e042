"""Change, ANCOVA, cluster-robust, weighted and staggered comparisons by the command, against R (closed forms 1e-9)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

EXACT = 1e-9


def hold(entry: dict[str, Any], estimate: float, std_error: float, *, rel: float = EXACT) -> None:
    assert entry["estimate"] == pytest.approx(estimate, rel=rel, abs=1e-12)
    assert entry["std_error"] == pytest.approx(std_error, rel=rel)


def test_change_of_three_arms(run: Any, reference: Any) -> None:
    found = run(
        "change/anorexia.csv", "change", score="Postwt", baseline="Prewt", group="Treat", reference="Cont"
    ).terms()
    for arm, row in reference("change/reference.json")["by_arm"].items():
        change = found[f"mean_change:Treat[{arm}]"]
        assert change["estimate"] == pytest.approx(row["m_post"] - row["m_pre"], rel=EXACT)
        assert [change["ci_low"], change["ci_high"]] == pytest.approx(row["ci"], rel=EXACT)
        assert change["p_value"] == pytest.approx(row["p"], rel=1e-8)
        assert change["n"] == row["n"]
        hold(found[f"smcr:Treat[{arm}]"], row["SMCR"]["yi"], row["SMCR"]["vi"] ** 0.5)
        hold(found[f"smcc:Treat[{arm}]"], row["SMCC"]["yi"], row["SMCC"]["vi"] ** 0.5)


def test_change_without_groups_has_plain_terms(run: Any) -> None:
    wide = run("change/anorexia.csv", "change", score="Postwt", baseline="Prewt")
    assert set(wide.terms()) == {"mean_change", "smcr", "smcc"}
    long = run("mixed_model/btheb.csv", "change", score="bdi", subject="subject", time="time")
    assert set(long.terms()) == {f"{name}[{k}]" for name in ("mean_change", "smcr", "smcc") for k in (2, 3, 5, 8)}
    assert long["completeness"] == pytest.approx(380 / 500)


def test_morris_from_summaries(run: Any, reference: Any, tmp_path: Path) -> None:
    expected = reference("change/morris_2008.json")
    table = tmp_path / "morris.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["study", "arm", *expected["treatment"][0]])
        for arm in ("treatment", "control"):
            writer.writerows([study, arm, *row.values()] for study, row in enumerate(expected[arm], 1))
    columns = {"mean_before": "m_pre", "mean_after": "m_post", "sd_before": "sd_pre", "sd_after": "sd_post",
               "n": "ni", "correlation": "ri"}  # fmt: skip
    found = run(table, "change", subject="study", group="arm", reference="control", option=columns).terms()
    for place in range(5):
        for arm in ("treatment", "control"):
            for measure in ("SMCR", "SMCC"):
                row = expected[f"{measure}_{arm}"]
                hold(found[f"{measure.lower()}[{place + 1}]:arm[{arm}]"], row["yi"][place], row["vi"][place] ** 0.5)
        for term, row in (("smcr_difference", expected["difference"]), ("d_ppc2", expected["pooled"])):
            hold(found[f"{term}[{place + 1}]:arm[treatment]"], row["yi"][place], row["vi"][place] ** 0.5)


ANOREXIA = {"score": "Postwt", "baseline": "Prewt", "group": "Treat"}


@pytest.mark.parametrize(("vcov", "key"), [("hc3", "ancova_HC3"), ("classical", "ancova"), (None, "ancova_HC3")])
def test_ancova(run: Any, reference: Any, vcov: str | None, key: str) -> None:
    expected = reference("ancova/anorexia.json")
    found = run("ancova/anorexia.csv", "ancova", **ANOREXIA, option={"vcov": vcov} if vcov else {})
    names = {"Intercept": "(Intercept)", "Prewt": "Prewt", "Treat[Cont]": "TreatCont", "Treat[FT]": "TreatFT"}
    terms = found.terms()
    assert set(terms) == set(names)
    for term, name in names.items():
        hold(terms[term], expected[key][name]["Estimate"], expected[key][name]["Std. Error"])
    if vcov == "classical":
        means = {entry["group"]: entry for entry in found["adjusted_means"]}
        for row in expected["emmeans"]:
            hold(means[row["Treat"]], row["emmean"], row["SE"])


def test_ancova_contrasts_dunnett_and_interaction(run: Any, reference: Any) -> None:
    expected = reference("ancova/anorexia.json")
    found = run("ancova/anorexia.csv", "ancova", **ANOREXIA, reference="Cont",
                option={"vcov": "classical", "dunnett": True, "seed": 4})  # fmt: skip
    contrasts = {entry["term"]: entry for entry in found["contrasts"]}
    exact = reference("ancova/more_cases.json")["anorexia_mvt"]  # emmeans' own p values are an approximation
    for row, dunnett in zip(expected["contrasts_vs_Cont"], exact, strict=True):
        term = f"Treat[{row['contrast'].split(' ')[0]}] - Treat[Cont]"
        hold(contrasts[term], row["estimate"], row["SE"])
        assert found["dunnett_p_values"][term] == pytest.approx(dunnett, abs=5e-5)
    crossed = run("ancova/anorexia.csv", "ancova", **ANOREXIA, option={"vcov": "classical", "interaction": True})
    test = crossed["interaction_test"]
    assert test["statistic"] == pytest.approx(expected["ancova_interaction_F"]["F"], rel=EXACT)
    assert test["p_value"] == pytest.approx(expected["ancova_interaction_F"]["Pr(>F)"], rel=1e-8)


SCHOOLS = {
    "score": "Bagrut_status",
    "covariate": ["treated2001", "treated", "y01", "father_ed", "mother_ed", "siblings", "immigrant"],
    "cluster": "school_id",
}


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_schools(run: Any, reference: Any, kind: str) -> None:
    found = run("cluster_robust/achievement.csv", "ancova", **SCHOOLS, option={"vcov": kind.lower()})
    terms = found.terms()
    for row in reference("cluster_robust/reference.json")["achievement"][kind]:
        entry = terms[row["Coef"].replace("(Intercept)", "Intercept")]
        hold(entry, row["beta"], row["SE"], rel=1e-8)
        if kind == "CR2" and row["df_Satt"] >= 4:
            assert entry["df"] == pytest.approx(row["df_Satt"], rel=1e-6)
            assert entry["p_value"] == pytest.approx(row["p_Satt"], rel=1e-6)
    assert any("CR2" in warning for warning in found["warnings"]) == (kind != "CR2")


def test_schools_by_group_and_together(run: Any, reference: Any) -> None:
    others = [name for name in SCHOOLS["covariate"] if name != "treated2001"]
    found = run("cluster_robust/achievement.csv", "ancova", score="Bagrut_status", group="treated2001", covariate=others,
                cluster="school_id", option={"joint_test": "treated2001[1];treated"})  # fmt: skip
    expected = reference("cluster_robust/reference.json")["achievement"]
    row = next(row for row in expected["CR2"] if row["Coef"] == "treated2001")
    hold(found.terms()["treated2001[1]"], row["beta"], row["SE"], rel=1e-8)
    test = expected["CR2_HTZ_2_3"]
    assert found["joint_test"]["statistic"] == pytest.approx(test["Fstat"], rel=1e-7)
    assert found["joint_test"]["df_denominator"] == pytest.approx(test["df_denom"], rel=1e-6)
    assert found["joint_test"]["p_value"] == pytest.approx(test["p_val"], rel=1e-6)


@pytest.mark.parametrize(("vcov", "key"), [("cr2", "mortality_CR2"), ("cr1", "mortality_CR1")])
def test_states_with_fixed_parts(run: Any, reference: Any, vcov: str, key: str) -> None:
    found = run("cluster_robust/mortality.csv", "ancova", score="mrate", cluster="state", option={"vcov": vcov},
                covariate=["legal", "beertaxa", "state:categorical", "year:categorical"])  # fmt: skip
    for row in reference("cluster_robust/reference.json")[key]:
        hold(found.terms()[row["Coef"]], row["beta"], row["SE"], rel=1e-7)
        assert found.terms()[row["Coef"]]["df"] == pytest.approx(row.get("df_Satt", row.get("df_t")), rel=1e-5)


BACKGROUND = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
NAMES = {"ate": ("IPW", "ATE"), "att": ("treated", "ATT"), "overlap": ("overlap", "ATO")}


@pytest.mark.parametrize("doubly_robust", [False, True])
@pytest.mark.parametrize("estimand", ["ate", "att", "overlap"])
def test_weighted(run: Any, reference: Any, estimand: str, doubly_robust: bool) -> None:
    expected = reference("weighting/reference.json")
    found = run("weighting/lalonde.csv", "weighted", score="re78", group="treat", covariate=BACKGROUND,
                option={"estimand": estimand, "doubly_robust": doubly_robust})  # fmt: skip
    name, short = NAMES[estimand]
    row = expected["PSweight"][f"{name}_aug" if doubly_robust else name]
    hold(found.terms()["treat[1]"], row["est"], row["se"], rel=5e-7)
    assert found.terms()["mean:treat[1]"]["estimate"] == pytest.approx(row["muhat"]["1"], rel=1e-7)
    assert found["effective_sample_size"] == pytest.approx(expected["ess"][short], rel=1e-7)
    for balance in found["balance"]:
        assert balance["smd_after"] == pytest.approx(expected["balance"][short][balance["term"]], abs=1e-7)
    for term in found["propensity"]:
        coefficient = expected["ps_coef"][term["term"].replace("Intercept", "(Intercept)")]
        hold(term, coefficient["Estimate"], coefficient["Std. Error"], rel=1e-6)
    assert found["design_label"] == "D2"
    assert "effect" not in " ".join(found["warnings"])


@pytest.mark.parametrize(("estimand", "key"), [("ate", "aipw_ate"), ("att", "aipw_att")])
def test_aipw_and_standardisation(run: Any, reference: Any, estimand: str, key: str) -> None:
    expected = reference("weighting/reference.json")
    call = {"score": "re78", "group": "treat", "covariate": BACKGROUND}
    aipw = run("weighting/lalonde.csv", "weighted", **call, option={"estimand": estimand, "estimator": "aipw"}).terms()
    row = expected[key]
    assert aipw["treat[1]"]["estimate"] == pytest.approx(row["est"] if isinstance(row, dict) else row, rel=1e-8)
    if isinstance(row, dict):
        assert aipw["treat[1]"]["std_error"] == pytest.approx(row["se_if"], rel=1e-8)
    plain = run(
        "weighting/lalonde.csv", "weighted", **call, option={"estimand": estimand, "estimator": "g-computation"}
    )
    assert plain.terms()["treat[1]"]["estimate"] == pytest.approx(expected["gcomp"][estimand.upper()], rel=1e-8)


@pytest.mark.parametrize(
    ("key", "option", "covariates"),
    [
        ("dr_lpop_notyet", {}, ["lpop"]),
        ("dr_lpop_never", {"comparison": "never-treated"}, ["lpop"]),
        ("reg_lpop_never", {"comparison": "never-treated", "method": "regression"}, ["lpop"]),
        ("uncond_never", {"comparison": "never-treated"}, []),
        ("uncond_notyet", {"comparison": "not-yet-treated"}, []),
    ],
)
def test_roll_out(run: Any, reference: Any, key: str, option: dict[str, str], covariates: list[str]) -> None:
    expected = reference("staggered_rollout/reference.json")[key]
    found = run("staggered_rollout/mpdta.csv", "did", score="lemp", subject="countyreal", time="year",
                covariate=covariates, option={"first_treated": "first.treat", **option})  # fmt: skip
    terms = found.terms()
    for row in expected["att_gt"]:
        hold(terms[f"att[{row['g']},{row['t']}]"], row["att"], row["se"], rel=1e-8)
    hold(terms["simple"], expected["simple"]["est"], expected["simple"]["se"], rel=1e-8)
    hold(terms["dynamic_overall"], expected["dynamic_overall"]["est"], expected["dynamic_overall"]["se"], rel=1e-8)
    for row in expected["dynamic"]:
        hold(terms[f"dynamic[{row['e']}]"], row["est"], row["se"], rel=1e-8)
    for row in expected["group"]:
        hold(terms[f"group[{row['g']}]"], row["est"], row["se"], rel=1e-8)
    assert (found["design_label"], found["n_subjects"], found["n_observations"]) == ("D3", 500, 2500)
    assert found["pre_trend"]["df"] == 5


def test_roll_out_by_group_column_with_band_and_two_way(run: Any, reference: Any) -> None:
    found = run("staggered_rollout/mpdta.csv", "did", score="lemp", subject="countyreal", time="year", group="first.treat",
                option={"band": True, "two_way": True, "seed": 3})  # fmt: skip
    expected = reference("staggered_rollout/reference.json")["twfe"]
    hold(found["two_way"], expected["est"], expected["se_cluster_HC0"], rel=1e-6)
    assert found["dynamic_band"]["critical_value"] > 1.96


@pytest.mark.parametrize(("case", "strategies"), [("fev", ["mar", "jtr", "cir", "cr"])])
def test_what_if_the_missing_were_worse(
    run: Any, reference: Any, tmp_path: Path, case: str, strategies: list[str]
) -> None:
    source = Path(__file__).parent.parent / "reference_imputation" / f"{case}.csv"
    table = tmp_path / "long.csv"
    with source.open(newline="") as file, table.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["who", "arm", "before", "visit", "score"])
        for row in csv.DictReader(file):
            for k in range(1, 5):
                writer.writerow([row["USUBJID"], row["ARMCD"], row["FEV1_BL"], f"VIS{k}", row[f"VIS{k}"]])
    found = run(table, "tipping-point", score="score", subject="who", time="visit", group="arm", baseline="before",
                option={"reference_based": "all", "delta_intervention": 2, "sdc": 5})  # fmt: skip
    terms, names = found.terms(), {"mar": "MAR", "jtr": "JR", "cir": "CIR", "cr": "CR"}
    for strategy in strategies:
        expected = reference("reference_imputation/reference.json")[case]["strategies"][names[strategy]]
        se = expected["se"]["difference"]
        entry = terms[f"difference[{strategy}]"]
        assert entry["estimate"] == pytest.approx(expected["estimate"]["difference"], abs=1e-5 * se)
        assert entry["std_error"] == pytest.approx(se, rel=1e-4)
        moved, delta = terms[f"difference[{strategy}]:delta"], expected["deltas"][0]
        assert moved["estimate"] == pytest.approx(delta["estimate"], abs=1e-5 * se)
        assert moved["std_error"] == pytest.approx(delta["se"], rel=1e-4)
        tip = terms[f"tipping_point[{strategy},intervention]"]
        assert tip["estimate"] < 0
        assert tip["in_detectable_changes"] == pytest.approx(tip["estimate"] / 5)
