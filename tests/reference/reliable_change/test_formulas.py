"""Six formulas, slopes, cut-offs and categories against R's clinicalsignificance and lme4, per person and in counts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.clinical_significance import (
    ClinicalCategory,
    classify_by_cutoff,
    classify_by_important_difference,
    classify_by_percentage,
    combine,
    count_significance,
    judge_significance,
    judge_true_significance,
    true_cutoff,
)
from outcomes.analysis.plan import Direction
from outcomes.analysis.reliable_change import ChangeCategory, clinical_cutoffs
from outcomes.analysis.reliable_change_formulas import (
    ChangeNorms,
    ReliableChange,
    ReliableChangeFormula,
    judge_changes,
    judge_slopes,
    norms_from_scores,
    reliable_change_index,
)

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
NAMES = {
    "JT": ReliableChangeFormula.JACOBSON_TRUAX,
    "EN": ReliableChangeFormula.EDWARDS_NUNNALLY,
    "GLN": ReliableChangeFormula.GULLIKSEN_LORD_NOVICK,
    "HLL": ReliableChangeFormula.HSU_LINN_LORD,
    "NK": ReliableChangeFormula.NUNNALLY_KOTSCH,
    "HA": ReliableChangeFormula.HAGEMAN_ARRINDELL,
}
ORDINARY = {"ordinary_mean": 7.0, "ordinary_sd": 7.0}


@pytest.fixture(scope="module")
def claus() -> pd.DataFrame:
    table = pd.read_csv(HERE / "claus_2020.csv")
    wide = table[table["time"].isin([1, 4])].pivot(index="id", columns="time", values="bdi").dropna()
    return wide.join(table.drop_duplicates("id").set_index("id")["treatment"])


@pytest.fixture(scope="module")
def antidepressants() -> pd.DataFrame:
    table = pd.read_csv(HERE / "antidepressants.csv")
    return table.pivot(index="patient", columns="measurement", values="mom_di")


def norms_of(claus: pd.DataFrame) -> ChangeNorms:
    return norms_from_scores(claus[1].tolist(), claus[4].tolist(), reliability=0.80)


def change_of(claus: pd.DataFrame, name: str) -> ReliableChange:
    return judge_changes(
        [str(one) for one in claus.index],
        claus[1].tolist(),
        claus[4].tolist(),
        index=reliable_change_index(norms_of(claus), NAMES[name]),
        direction=Direction.LOWER,
    )


def counts_of(entry: dict) -> dict[str, int]:
    return {row["category"].lower(): row["n"] for row in entry["counts"]}


def category_of(row: dict) -> ChangeCategory:
    if row["improved"]:
        return ChangeCategory.BETTER
    return ChangeCategory.WORSE if row["deteriorated"] else ChangeCategory.UNCHANGED


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_person_by_every_formula(claus: pd.DataFrame, name: str) -> None:
    expected = REFERENCE[f"claus_bdi_distribution_{name}"]
    change = change_of(claus, name)
    assert [int(person.subject) for person in change.persons] == [row["id"] for row in expected["individual"]]
    for person, row in zip(change.persons, expected["individual"], strict=True):
        assert person.rci == pytest.approx(row["rci"], rel=1e-10, abs=1e-13)
        assert person.category is category_of(row)
    counts = counts_of(expected)
    assert change.count(ChangeCategory.BETTER) == counts["improved"]
    assert change.count(ChangeCategory.UNCHANGED) == counts["unchanged"]
    assert change.count(ChangeCategory.WORSE) == counts["deteriorated"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("JT", "s_diff"), ("GLN", "se_prediction"), ("HLL", "se_prediction"), ("EN", "se_measurement")],
)
def test_standard_error_of_the_index(claus: pd.DataFrame, name: str, key: str) -> None:
    index = reliable_change_index(norms_of(claus), NAMES[name])
    assert index.std_error == pytest.approx(REFERENCE[f"claus_bdi_distribution_{name}"]["rci"][key], rel=1e-10)


def test_reliability_of_the_differences(claus: pd.DataFrame) -> None:
    norms, expected = norms_of(claus), REFERENCE["claus_bdi_distribution_HA"]["rci"]
    index = reliable_change_index(norms, ReliableChangeFormula.HAGEMAN_ARRINDELL)
    assert index.reliability_of_change == pytest.approx(expected["r_dd"], rel=1e-10)
    assert norms.standard_error_of_measurement == pytest.approx(expected["se_measurement"], rel=1e-10)


@pytest.mark.parametrize("name", ["JT", "EN", "GLN", "HLL", "NK"])
def test_recovered_and_harmed(claus: pd.DataFrame, name: str) -> None:
    expected = REFERENCE[f"claus_bdi_combined_{name}"]
    norms = norms_of(claus)
    cutoff = clinical_cutoffs(distressed_mean=norms.mean_before, distressed_sd=norms.sd_before, **ORDINARY).c
    assert cutoff == pytest.approx(expected["cutoff"]["info"]["value"], rel=1e-10)
    counts = count_significance(judge_significance(change_of(claus, name), cutoff=cutoff, direction=Direction.LOWER))
    assert {str(category): n for category, n in counts.items() if category != "not_compared"} == counts_of(expected)


def test_recovered_by_the_true_cutoff(claus: pd.DataFrame) -> None:
    expected = REFERENCE["claus_bdi_combined_HA"]
    cutoff, info = true_cutoff(norms_of(claus), **ORDINARY), expected["cutoff"]["info"]
    assert cutoff.value == pytest.approx(info["value"], rel=1e-10)
    assert cutoff.reliability_distressed == info["reliability_clinical"]
    assert cutoff.reliability_ordinary == pytest.approx(info["reliability_functional"], rel=1e-10)
    assert cutoff.reliability_after == pytest.approx(expected["cutoff"]["reliability_post"], rel=1e-10)
    persons = judge_true_significance(change_of(claus, "HA"), cutoff=cutoff, direction=Direction.LOWER)
    counts = count_significance(persons)
    assert {str(category): n for category, n in counts.items() if category != "not_compared"} == counts_of(expected)


def test_recovered_by_treatment(claus: pd.DataFrame) -> None:
    cutoff = REFERENCE["claus_bdi_combined_JT"]["cutoff"]["info"]["value"]
    persons = judge_significance(change_of(claus, "JT"), cutoff=cutoff, direction=Direction.LOWER)
    for row in REFERENCE["claus_bdi_combined_JT_by_treatment"]["counts"]:
        members = claus.index[claus["treatment"] == row["group"]].astype(str)
        group = [person for person in persons if person.subject in set(members)]
        assert count_significance(group)[ClinicalCategory(row["category"].lower())] == row["n"]


@pytest.mark.parametrize("kind", ["a", "b", "c"])
def test_crossing_alone(claus: pd.DataFrame, kind: str) -> None:
    expected = REFERENCE[f"claus_bdi_statistical_{kind}"]
    cutoff = expected["cutoff"]["info"]["value"]
    found = [
        classify_by_cutoff(x, y, cutoff=cutoff, direction=Direction.LOWER)
        for x, y in zip(claus[1], claus[4], strict=True)
    ]
    counts = counts_of(expected)
    assert found.count(ChangeCategory.BETTER) == counts["improved"]
    assert found.count(ChangeCategory.UNCHANGED) == counts["unchanged"]
    assert found.count(ChangeCategory.WORSE) == counts["deteriorated"]


def test_slopes(claus: pd.DataFrame) -> None:
    expected = {row["id"]: row for row in REFERENCE["claus_hlm"]["out"]["individual"]}
    slopes = pd.read_csv(HERE / "hlm_slopes.csv", dtype={"id": str})
    found = judge_slopes(
        slopes["id"].tolist(),
        slopes["slope"].tolist(),
        slopes["sd"].tolist(),
        slopes["answers"].tolist(),
        direction=Direction.LOWER,
    )
    assert {person.subject for person in found.persons} == set(expected)
    for person in found.persons:
        # the two fits stopped within 5e-10 of each other
        assert person.rci == pytest.approx(expected[person.subject]["rci"], abs=2e-9)
        assert person.category is category_of(expected[person.subject])
    assert [found.count(one) for one in (ChangeCategory.BETTER, ChangeCategory.UNCHANGED, ChangeCategory.WORSE)] == [
        5,
        32,
        3,
    ]


def test_important_difference(antidepressants: pd.DataFrame) -> None:
    pre, post = antidepressants["Before"], antidepressants["After"]
    found = {
        subject: classify_by_important_difference(x, y, improvement=8, direction=Direction.LOWER)
        for subject, x, y in zip(antidepressants.index, pre, post, strict=True)
    }
    counts = counts_of(REFERENCE["antidep_anchor_mid8"])
    assert list(found.values()).count(ChangeCategory.BETTER) == counts["improved"] == 316
    assert list(found.values()).count(ChangeCategory.WORSE) == counts["deteriorated"] == 64
    combined = REFERENCE["antidep_combined_mid8"]
    for row in combined["individual"]:
        assert found[row["id"]] is category_of(row)
    cutoff = clinical_cutoffs(distressed_mean=pre.mean(), distressed_sd=pre.std(), **ORDINARY).c
    assert cutoff == pytest.approx(combined["cutoff"]["info"]["value"], rel=1e-10)
    both = [
        combine(found[subject], classify_by_cutoff(x, y, cutoff=cutoff, direction=Direction.LOWER))
        for subject, x, y in zip(antidepressants.index, pre, post, strict=True)
    ]
    for category, n in counts_of(combined).items():
        assert both.count(ClinicalCategory(category)) == n


def test_percentage(antidepressants: pd.DataFrame) -> None:
    found = [
        classify_by_percentage(x, y, improvement=0.5, direction=Direction.LOWER)
        for x, y in zip(antidepressants["Before"], antidepressants["After"], strict=True)
    ]
    counts = counts_of(REFERENCE["antidep_percentage50"])
    assert found.count(ChangeCategory.BETTER) == counts["improved"]
    assert found.count(ChangeCategory.UNCHANGED) == counts["unchanged"]
    assert found.count(ChangeCategory.WORSE) == counts["deteriorated"]
