"""What the report may not say: numbers of nobody, comparisons that weren't made, ends rounded onto zero, wrong headings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.plan import Design
from outcomes.analysis.results import TermEstimate
from outcomes.language import translate, use_locale
from outcomes.reports.effect_report import build_context, to_json
from outcomes.reports.effect_report.headline import said_interval, said_number
from outcomes.reports.effect_report.words import Words

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.reports.effect_report import ReportMaterial

HEADINGS = {
    "Change": "Ændring",
    "Due": "Skulle svare",
    "Answered": "Svaret",
    "Begun": "Begyndt",
    "People": "Personer",
    "Better": "Bedre",
    "Worse": "Dårligere",
    "Unchanged": "Uændret",
    "Time": "Tidspunkt",
    "Not answered": "Ikke svaret",
}


def with_frame(material: ReportMaterial, frame: pd.DataFrame, plan: AnalysisPlan) -> ReportMaterial:
    return replace(material, estimate=estimate_effect(frame.reset_index(drop=True), plan))


def first(frame: pd.DataFrame, each: int) -> pd.DataFrame:
    kept = [name for _arm, people in frame.groupby("arm") for name in people["subject"].unique()[:each]]
    return frame[frame["subject"].isin(kept)]


def test_danish_headings_are_those_of_a_report(material: ReportMaterial) -> None:
    """A button's word in the catalogue ("Ret", "Skal ske nu") must not become a heading."""
    found = {
        column.heading.message: column.heading for table in build_context(material).tables for column in table.columns
    }

    with use_locale("da"):
        for message, danish in HEADINGS.items():
            assert translate(found[message]) == danish


def test_a_comparison_that_was_not_made_is_not_shown(
    material: ReportMaterial, frame: pd.DataFrame, plan: AnalysisPlan
) -> None:
    context = build_context(with_frame(material, first(frame, 20), plan))
    data = to_json(context, "en")
    assert data["design_label"] == "D0"
    assert {row["arm"] for row in data["progression"]} == {"intervention"}  # type: ignore[attr-defined,index]
    text = str(data["summary"]) + str(data["sections"])
    assert "in the comparison group" not in text
    assert "nobody to compare with" not in text
    assert "The comparison couldn't be made" in text
    assert "the model" not in str(context.section("starting_point").finding)
    assert "planned comparison isn't made" in str(data["method_facts"])


def test_a_group_of_three_is_under_five_everywhere(
    material: ReportMaterial, frame: pd.DataFrame, plan: AnalysisPlan
) -> None:
    few = frame[frame["arm"] == "comparison"]["subject"].unique()[:3]
    context = build_context(
        with_frame(material, frame[(frame["arm"] == "intervention") | frame["subject"].isin(few)], plan)
    )
    data = to_json(context, "en")
    assert data["n_by_arm"] == {"intervention": 52, "comparison": {"withheld": "under 5"}}
    assert isinstance(data["n_started"], dict)
    rows = [row for row in data["attrition"] if row["arm"] == "comparison"]  # type: ignore[attr-defined,index]
    assert all(isinstance(row["begun"], dict) and isinstance(row["due"], dict) for row in rows)


def test_who_lacks_a_covariate_is_said_and_graded(
    material: ReportMaterial, frame: pd.DataFrame, plan: AnalysisPlan
) -> None:
    people = list(frame["subject"].unique())
    frame["drug"] = frame["drug"].where(~frame["subject"].isin(people[::5]))
    data = to_json(build_context(with_frame(material, frame, plan)), "en")
    assert data["evidence_grade"] == "C"
    assert any("are left out" in reason for reason in data["reasons"])  # type: ignore[attr-defined]
    assert data["effect"]["n"] == data["n_subjects"] < 97  # type: ignore[index,operator]
    frame["drug"] = frame["drug"].where(~frame["subject"].isin(people[::2]))
    few = to_json(build_context(with_frame(material, frame, plan)), "en")
    assert "antidepressant drug" in str(few["summary"])


@pytest.mark.parametrize(("low", "high"), [(0.0004, 0.9), (-0.9, -0.0004), (-0.9, 0.0004)])
def test_an_end_is_never_rounded_onto_zero(material: ReportMaterial, low: float, high: float) -> None:
    number = TermEstimate("x", (low + high) / 2, 0.2, 50.0, low, high, 0.05)
    words = Words(material)
    with use_locale("en"):
        said = str(said_interval(words, number))
    assert "0.0004" in said
    assert ("leaves out 0" in said) is (not number.includes_zero)
    with use_locale("en"):
        nothing = str(said_number(words, replace(number, estimate=0.0, ci_low=-0.5, ci_high=0.5)))
    assert "the same when rounded" in nothing
    assert "better" not in nothing


def test_nobody_at_the_main_time_yet_is_withheld_not_raised(
    material: ReportMaterial, frame: pd.DataFrame, plan: AnalysisPlan
) -> None:
    frame = frame[(frame["occasion"] != "8") & (frame["arm"] == "intervention")]
    plan = replace(plan, design=Design.NONE, comparison_label=None, randomised_evidence=None)
    estimate = estimate_effect(frame.reset_index(drop=True), plan)
    context = build_context(replace(material, comparison=None, estimate=estimate))
    data = to_json(context, "en")
    assert data["verdict"] == "withheld"
    assert "Nobody has come to the main time yet" in str(context.section("flow").finding)
    assert data["completeness"] is None
