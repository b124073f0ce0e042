"""One person, shares, measures and places by the command, against published numbers and R (1e-10 for closed forms)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

EXACT = 1e-10
FORMULAS = ("JT", "GLN", "HLL", "EN", "NK", "HA")
WORDS = {"Recovered": "recovered", "Improved": "improved", "Unchanged": "unchanged", "Deteriorated": "deteriorated",
         "Harmed": "harmed"}  # fmt: skip
CLAUS = {"score": "bdi", "subject": "id", "time": "time"}
NORMS = {"m_functional": 7, "sd_functional": 7, "cutoff": "c"}


def hold_counts(terms: dict[str, Any], rows: list[dict[str, Any]], ending: str = "") -> None:
    for row in rows:
        assert terms[f"{WORDS[row['category']]}{ending}"]["n"] == row["n"]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("combined", [False, True])
def test_reliable_change_in_six_formulas(run: Any, reference: Any, formula: str, combined: bool) -> None:
    kind = "combined" if combined else "distribution"
    expected = reference("reliable_change/reference.json")[f"claus_bdi_{kind}_{formula}"]
    option = {"pre": 1, "post": 4, "reliability": 0.8, "formula": formula.lower(), "direction": "lower"}
    option["individuals"] = True
    found = run(
        "reliable_change/claus_2020.csv", "reliable-change", **CLAUS, option=option | (NORMS if combined else {})
    )
    hold_counts(found.terms(), expected["counts"])
    people = {person["subject"]: person for person in found["individuals"]}
    for row in expected["individual"]:
        assert people[str(row["id"])]["rci"] == pytest.approx(row["rci"], rel=EXACT)
        category = people[str(row["id"])]["category"]
        assert (category in {"improved", "recovered"}) == row["improved"]
        assert (category in {"deteriorated", "harmed"}) == row["deteriorated"]
    assert (found["n_subjects"], found["n_started"]) == (40, 43)
    if formula == "JT":
        assert found["variance"]["s_diff"] == pytest.approx(expected["rci"]["s_diff"], rel=EXACT)
    if combined:
        assert found["variance"]["cutoff"] == pytest.approx(expected["cutoff"]["info"]["value"], rel=EXACT)


@pytest.mark.parametrize("cutoff", ["a", "b", "c"])
def test_cut_off_alone(run: Any, reference: Any, cutoff: str) -> None:
    expected = reference("reliable_change/reference.json")[f"claus_bdi_statistical_{cutoff}"]
    value = expected["cutoff"]["info"]["value"]
    # for b the package goes two spreads of the distressed from the ordinary mean; the paper, and we, two of the ordinary
    norms = {"cutoff_value": value} if cutoff == "b" else {**NORMS, "cutoff": cutoff}
    found = run("reliable_change/claus_2020.csv", "reliable-change", **CLAUS,
                option={"pre": 1, "post": 4, "direction": "lower", **norms})  # fmt: skip
    hold_counts(found.terms(), expected["counts"])
    assert found["variance"]["cutoff"] == pytest.approx(value, rel=EXACT)


def test_by_treatment_within_groups(run: Any, reference: Any) -> None:
    expected = reference("reliable_change/reference.json")["claus_bdi_combined_JT_by_treatment"]
    found = run("reliable_change/claus_2020.csv", "reliable-change", **CLAUS, group="treatment",
                option={"pre": 1, "post": 4, "reliability": 0.8, "direction": "lower", **NORMS}).terms()  # fmt: skip
    for row in expected["counts"]:
        assert found[f"{WORDS[row['category']]}:treatment[{row['group']}]"]["n"] == row["n"]


def test_slopes(run: Any, reference: Any) -> None:
    expected = reference("reliable_change/reference.json")["claus_hlm"]["out"]
    found = run("reliable_change/claus_2020.csv", "reliable-change", **CLAUS,
                option={"formula": "hlm", "direction": "lower", "individuals": True})  # fmt: skip
    hold_counts(found.terms(), expected["counts"])
    people = {person["subject"]: person for person in found["individuals"]}
    for row in expected["individual"]:
        assert people[row["id"]]["rci"] == pytest.approx(row["rci"], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("antidep_anchor_mid8", {"mid_improvement": 8}),
        ("antidep_combined_mid8", {"mid_improvement": 8, **NORMS}),
        ("antidep_percentage50", {"percent": 50}),
    ],
)
def test_important_and_percentage(run: Any, reference: Any, key: str, option: dict[str, object]) -> None:
    found = run("reliable_change/antidepressants.csv", "reliable-change", score="mom_di", subject="patient",
                time="measurement", option={"pre": "Before", "direction": "lower", **option})  # fmt: skip
    hold_counts(found.terms(), reference("reliable_change/reference.json")[key]["counts"])


def yes_no(path: Path, groups: dict[str, tuple[int, int]]) -> Path:
    """Counts as a table of people."""
    rows = [f"{name};{int(place < count)}" for name, (count, total) in groups.items() for place in range(total)]
    path.write_text("\n".join(["arm;well", *rows]))
    return path


@pytest.mark.parametrize("method", ["proportions", "responders"])
def test_newcombe_and_numbers_needed(run: Any, reference: Any, tmp_path: Path, method: str) -> None:
    expected = reference("proportions/reference.json")
    for place, case in enumerate(expected["newcombe_indep"]):
        table = yes_no(tmp_path / f"{place}.csv", {"A": (case["a"], case["m"]), "B": (case["b"], case["n"])})
        found = run(table, method, score="well", group="arm", reference="B").terms()
        entry = found["difference:arm[A]"]
        assert [entry["estimate"], entry["ci_low"], entry["ci_high"]] == pytest.approx(
            [case["d"], case["lo"], case["hi"]], rel=EXACT, abs=1e-14
        )
        if place < len(expected["nnt"]):
            needed, row = found["number_needed:arm[A]"], expected["nnt"][place]
            assert needed["estimate"] == pytest.approx(row["nnt"], rel=EXACT)
            assert needed["benefit"]["low"] == pytest.approx(row["ci"][0], rel=EXACT)
            if row["nntH"] is not None:
                assert needed["disjoint"]
                assert needed["harm"]["low"] == pytest.approx(row["nntH"], rel=EXACT)


def test_wilson_and_clopper_pearson(run: Any, reference: Any, tmp_path: Path) -> None:
    for place, case in enumerate(reference("proportions/reference.json")["wilson"]):
        table = tmp_path / f"{place}.csv"
        table.write_text(f"events,people\n{case['x']},{case['n']}\n")
        for interval, key in (("wilson", "wilson"), ("clopper-pearson", "clopper")):
            found = run(table, "proportions", option={"events": "events", "total": "people", "interval": interval})
            share = found.terms()["share"]
            assert [share["ci_low"], share["ci_high"]] == pytest.approx(case[key], rel=EXACT, abs=1e-14)


def test_newcombe_paired(run: Any, reference: Any, tmp_path: Path) -> None:
    for place, case in enumerate(reference("proportions/reference.json")["newcombe_paired"]):
        pairs = [(1, 1)] * case["e"] + [(1, 0)] * case["f"] + [(0, 1)] * case["g"] + [(0, 0)] * case["h"]
        table = tmp_path / f"{place}.csv"
        rows = [f"p{who},{time},{value}" for who, pair in enumerate(pairs) for time, value in enumerate(pair)]
        table.write_text("\n".join(["who,time,well", *rows]))
        entry = run(table, "proportions", score="well", subject="who", time="time").terms()["difference[1]-[0]"]
        # the paper has the first minus the second; we tell the later minus the earlier
        assert [-entry["estimate"], -entry["ci_high"], -entry["ci_low"]] == pytest.approx(
            [case["d"], case["lo"], case["hi"]], rel=EXACT, abs=1e-14
        )


def levels(case: dict[str, Any]) -> list[int]:
    """One goal stands there as a number of its own."""
    return case["x"] if isinstance(case["x"], list) else [case["x"]]


def test_goal_attainment(run: Any, reference: Any, tmp_path: Path) -> None:
    cases = reference("gas/reference.json")["gas"]
    table = tmp_path / "goals.csv"
    rows = [
        f"case{place},{level},{weight}"
        for place, case in enumerate(cases)
        for level, weight in zip(levels(case), case.get("w") or [1] * len(levels(case)), strict=True)
    ]
    table.write_text("\n".join(["who,level,weight", *rows]))
    found = run(table, "gas", score="level", subject="who", weight="weight", option={"individuals": True})
    people = {person["subject"]: person["t_score"] for person in found["individuals"]}
    for place, case in enumerate(cases):
        assert people[f"case{place}"] == pytest.approx(case["T"], rel=EXACT)


def test_reliability(run: Any, reference: Any) -> None:
    expected = reference("reliability/reference.json")
    found = run("reliability/shrout_fleiss.csv", "reliability", score=["V1", "V2", "V3", "V4"], option={"kind": "icc"})
    terms = found.terms()
    assert len(terms) == 6
    for row in expected["ICC"]:
        entry = terms[row["type"]]
        assert entry["estimate"] == pytest.approx(row["ICC"], rel=EXACT)
        assert [entry["ci_low"], entry["ci_high"]] == pytest.approx([row["lower bound"], row["upper bound"]], rel=1e-8)
        assert entry["p_value"] == pytest.approx(row["p"], rel=1e-8)
    items = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    attitude = run("reliability/attitude.csv", "reliability", score=items, option={"kind": "alpha"})
    alpha, row = attitude.terms()["alpha"], expected["alpha_attitude"]
    assert alpha["estimate"] == pytest.approx(row["raw"], rel=EXACT)
    assert [alpha["ci_low"], alpha["ci_high"]] == pytest.approx(row["feldt"], rel=1e-8)
    assert [item["alpha_without"] for item in attitude["items"]] == pytest.approx(row["alpha_drop"], rel=EXACT)
    omega = run("reliability/bfi_neuroticism.csv", "reliability", score=["N1", "N2", "N3", "N4", "N5"])
    assert omega.terms()["omega_total"]["estimate"] == pytest.approx(expected["omega_total_bfiN"], rel=1e-4)
    assert omega.terms()["alpha"]["estimate"] == pytest.approx(expected["alpha_bfiN"]["raw"], rel=EXACT)


META = {"bcg": ("bcg_logRR", "variance", "vi"), "normand1999": ("normand_SMD", "variance", "vi"),
        "eight_schools": ("eight_schools", "std_error", "sei")}  # fmt: skip


@pytest.mark.parametrize("table", META)
@pytest.mark.parametrize("method", ["EE", "DL", "PM", "REML", "ML", "HE", "HS", "SJ", "EB"])
@pytest.mark.parametrize("hartung_knapp", [False, True])
def test_synthesis(run: Any, reference: Any, table: str, method: str, hartung_knapp: bool) -> None:
    key, spread, column = META[table]
    expected = reference("meta_analysis/reference.json")[key]
    row = expected.get(f"{method}_knha" if hartung_knapp else method)
    if row is None:
        return  # equal effects have no such interval there
    option = {"estimate": "yi", spread: column, "method": method.lower(), "hartung_knapp": hartung_knapp}
    found = run(f"meta_analysis/{table}.csv", "meta", option=option)
    pooled = found["pooled"]
    assert pooled == found.terms()["pooled"]
    assert pooled["estimate"] == pytest.approx(row["b"], rel=1e-7)
    assert pooled["std_error"] == pytest.approx(row["se"], rel=1e-7)
    assert [pooled["ci_low"], pooled["ci_high"]] == pytest.approx(row["ci"], rel=1e-7)
    assert found["variance"]["tau2"] == pytest.approx(row["tau2"], rel=1e-7, abs=1e-9)
    assert found["variance"]["i2"] == pytest.approx(row["I2"], rel=1e-6, abs=1e-6)
    if method != "EE":
        assert [found["prediction_low"], found["prediction_high"]] == pytest.approx(row["pi"], rel=1e-7)
    low, high = expected["REML_tau2_CI_Qprofile"][1:]
    assert found["variance"]["tau2_ci_low"] == pytest.approx(low, rel=1e-3, abs=1e-6)
    if high == 100:  # where R stopped looking
        assert found["variance"]["tau2_ci_high"] > high
    else:
        assert found["variance"]["tau2_ci_high"] == pytest.approx(high, rel=1e-3)


def test_synthesis_with_a_covariate_and_place_by_place(run: Any, reference: Any) -> None:
    whole = reference("meta_analysis/reference.json")
    option = {"estimate": "yi", "variance": "vi"}
    regression = run("meta_analysis/bcg.csv", "meta", covariate="ablat", option=option)
    expected = reference("meta_analysis/further.json")["ablat"]
    terms = [regression.terms()[name] for name in ("Intercept", "ablat")]
    assert [term["estimate"] for term in terms] == pytest.approx(expected["beta"], rel=1e-8)
    assert [term["std_error"] for term in terms] == pytest.approx(expected["se"], rel=1e-8)
    assert regression["variance"]["tau2"] == pytest.approx(expected["tau2"], rel=1e-8)
    found = run("meta_analysis/bcg.csv", "meta", subject="trial",
                option={**option, "hartung_knapp": False, "individuals": True, "leave_one_out": True})  # fmt: skip
    assert [place["estimate"] for place in found["individuals"]] == pytest.approx(
        whole["bcg_logRR"]["blup"]["pred"], rel=2e-6
    )
    left = [entry["estimate"] for entry in found["leave_one_out"]]
    assert left == pytest.approx(whole["bcg_logRR"]["leave1out"]["est"], rel=1e-6)


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("CQC", {"expected": "E"}),
        ("SHMI", {"expected": "E", "outliers": "truncate", "transformation": "log"}),
        ("PR", {}),
    ],
)
def test_funnel(run: Any, reference: Any, key: str, option: dict[str, str]) -> None:
    expected = reference("funnel/reference.json")["overdispersion"][key]
    found = run("funnel/units.csv", "funnel", subject="unit", option={"observed": "O", "total": "n", **option})
    assert found["variance"]["phi"] == pytest.approx(expected["phi"], rel=1e-9)
    assert found["variance"]["tau2"] == pytest.approx(expected["tau2"], rel=1e-9, abs=1e-12)
    assert [entry["term"] for entry in found["estimates"]][:2] == ["unit[S1Y0]", "unit[S1Y1]"]
    assert found["design_label"] is None


def test_funnel_from_people(run: Any, reference: Any) -> None:
    found = run("funnel/surgery.csv", "funnel", score="y", cluster="surgeon", option={"expected": "p"})
    assert len(found["estimates"]) + found["n_not_drawn"] == 7
    assert found["variance"]["target"] == 1.0


def test_cusum(run: Any, reference: Any) -> None:
    expected = reference("cusum/reference.json")["cusum"]
    found = run("cusum/surgeon2_first400.csv", "cusum", score="y",
                option={"probability": "p", "odds_ratio": 2, "limit": 4.5, "per_year": 200, "individuals": True})  # fmt: skip
    assert found["more"]["scores"] == pytest.approx(expected["W_det"], rel=EXACT, abs=1e-14)
    assert found["more"]["sums"] == pytest.approx(expected["S_det"], rel=EXACT, abs=1e-13)
    assert found["fewer"]["scores"] == pytest.approx(expected["W_imp"], rel=EXACT, abs=1e-14)
    assert found["fewer"]["sums"] == pytest.approx(expected["S_imp"], rel=EXACT, abs=1e-13)
    assert found["vlad"] == pytest.approx(expected["VLAD"], rel=EXACT, abs=1e-13)
    assert len(found["individuals"]) == 400


def test_cusum_by_a_risk_model(run: Any, reference: Any, tmp_path: Path) -> None:
    expected = reference("funnel/reference.json")["risk_model"]
    lines = (Path(__file__).parent.parent / "funnel" / "surgery.csv").read_text().splitlines()
    early = tmp_path / "early.csv"  # the first two years, as the risk model was made
    early.write_text("\n".join([lines[0], *(line for line in lines[1:] if int(line.split(",")[0]) < 730)]))
    found = run(early, "cusum", score="y", covariate="Parsonnet", time="date",
                option={"arl0": 2000, "per_year": 800}).terms()  # fmt: skip
    assert found["risk_model:Parsonnet"]["estimate"] == pytest.approx(expected["Parsonnet"], rel=1e-8)
    assert found["risk_model:Intercept"]["estimate"] == pytest.approx(expected["(Intercept)"], rel=1e-8)
    assert found["run_length:more"]["estimate"] == pytest.approx(2000, rel=0.02)
