"""Those who are missing, in the report: the sentence beside the number, the table, and what is planned and made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from outcomes.analysis.evidence import DesignLabel
from outcomes.analysis.results import (
    Sensitivity,
    SensitivityCode,
    SensitivityScenario,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.effect_report import build_context, to_json
from outcomes.reports.effect_report.sensitivity import said_tipping
from outcomes.reports.effect_report.words import Words

if TYPE_CHECKING:
    from outcomes.reports.effect_report import EffectReportContext, ReportMaterial

CODE = SensitivityCode
NUMBER = TermEstimate("treatment[BtheB]", -8.0, 2.0, None, -12.0, -4.0, 0.0001)


def turning(material: ReportMaterial, delta: float | None, times: float | None = None, missing: float = 0.5) -> str:
    """The sentence where the interval leaves out zero, and reaches it at ``delta``."""
    none = Withheld(WithheldReason.NOT_POSSIBLE, Sentence("No delta turns the result."))
    scenarios = (
        SensitivityScenario(CODE.MAIN, NUMBER, 0.0, None, 97),
        SensitivityScenario(CODE.TIPPING_INTERVENTION, none if delta is None else NUMBER, delta, times, 97),
    )
    sensitivity = Sensitivity(scenarios, (missing, 0.4), None, ())
    words = Words(replace(material, estimate=replace(material.estimate, sensitivity=sensitivity)))
    with use_locale("en"):
        return str(said_tipping(words))


def json_of(material: ReportMaterial, **changes: Any) -> dict[str, Any]:
    estimate = replace(material.estimate, **changes)
    return to_json(build_context(replace(material, estimate=estimate)), "en")


def test_worse_and_better_follow_the_measures_direction(material: ReportMaterial) -> None:
    said = turning(material, 5.34)  # a lower score is better
    assert "after 8 months were at least 5.3 points worse off than people like them who answered" in said
    assert "what the measure can tell apart" not in said
    assert "at least 5.3 points better off" in turning(material, -5.34)
    assert "That is 0.5 times what the measure can tell apart in one person" in turning(material, 5.34, -0.49)


@pytest.mark.parametrize(
    ("delta", "stands"), [(63.0, False), (-63.0, False), (63.1, True), (-63.1, True), (None, True)]
)
def test_more_points_than_the_scale_has_turn_nothing(
    material: ReportMaterial, delta: float | None, stands: bool
) -> None:
    assert turning(material, delta).startswith("The result stands whatever became of") is stands


def test_a_scale_without_ends_has_no_such_limit(material: ReportMaterial) -> None:
    for end in ("minimum", "maximum"):
        measure = (
            replace(material.measure, minimum=None) if end == "minimum" else replace(material.measure, maximum=None)
        )
        open_ended = replace(material, measure=measure)
        assert "at least 500.0 points" in turning(open_ended, 500.0)


def test_where_nobody_of_the_intervention_is_missing_nothing_is_said(material: ReportMaterial) -> None:
    assert turning(material, 5.0, missing=0.0) == "None"


def test_the_trial_says_that_there_is_nothing_to_turn(context: EffectReportContext) -> None:
    assert "there is no result that those who are missing could turn" in str(context.section("effect").body[-1])
    rows = to_json(context, "en")["sensitivity"]
    assert isinstance(rows, list)
    assert isinstance(context.estimate.effect, TermEstimate)
    assert [row["code"] for row in rows] == [str(code) for code in CODE][:6]
    assert rows[0]["estimate"] == context.estimate.effect.estimate
    assert "holds zero already" in rows[2]["estimate"]["withheld"]
    assert (rows[0]["n"], rows[5]["n"]) == (97, 100)
    what_if = next(fact for fact in context.method.facts if fact.key == "what_if")
    said = [str(sentence) for sentence in what_if.sentences]
    assert len([text for text in said if "holds zero already" in text]) == 1
    assert any("leaving out each person in turn" in text for text in said)


def test_alone_the_change_has_its_own(alone_material: ReportMaterial) -> None:
    context = build_context(alone_material)
    assert context.estimate.label is DesignLabel.D0
    with use_locale("en"):
        said = str(context.section("effect").body[-1])
    found = context.estimate.sensitivity
    assert isinstance(found, Sensitivity)
    tipping = found.scenario(CODE.TIPPING_INTERVENTION)
    assert f"{tipping.delta:.1f} points worse off" in said
    assert f"{tipping.in_detectable_changes:.1f} times what the measure" in said
    rows = to_json(context, "en")["sensitivity"]
    assert isinstance(rows, list)
    assert rows[-1]["code"] == "response_weights"
    assert any("under 30 a result is uncertain" in str(warning) for warning in context.method.warnings)
    facts = next(fact for fact in context.method.facts if fact.key == "what_if")
    assert any("weighted" in str(sentence) for sentence in facts.sentences)


def test_what_is_withheld_says_why_everywhere(few_material: ReportMaterial) -> None:
    context = build_context(few_material)
    data: dict[str, Any] = to_json(context, "en")
    assert "30 people or more" in data["sensitivity"]["withheld"]
    assert "sensitivity" not in [table.key for table in context.tables]
    assert "30 people or more" in str(data["method_facts"]["what_if"])


def test_a_planned_analysis_that_is_made_is_no_departure(material: ReportMaterial) -> None:
    planned = ("delta-adjustment", "jump-to-reference", "response-weights", "without the oldest")
    data = json_of(material, plan=replace(material.estimate.plan, sensitivity=planned))
    facts = data["method_facts"]
    departures = str(facts["plan"])
    assert "points added to the scores" not in departures
    assert "as if they had never got the intervention isn't made" not in departures
    assert "those who answered weighted to stand for all isn't made" in departures  # two groups are compared
    assert "without the oldest isn't made" in departures
    assert "points added to the scores" in str(facts["sensitivity"])


def test_a_planned_analysis_without_its_number_is_a_departure(material: ReportMaterial) -> None:
    found = material.estimate.sensitivity
    assert isinstance(found, Sensitivity)
    why = Withheld(WithheldReason.NOT_POSSIBLE, Sentence("No delta turns the result."))
    scenarios = tuple(replace(each, estimate=why) for each in found.scenarios)
    plan = replace(material.estimate.plan, sensitivity=("delta-adjustment", "jump-to-reference"))
    for sensitivity, made in ((replace(found, scenarios=scenarios), True), (why, False)):
        departures = str(json_of(material, plan=plan, sensitivity=sensitivity)["method_facts"]["plan"])
        assert ("points added to the scores of those missing isn't made" in departures) is not made
        assert "as if they had never got the intervention isn't made" in departures


@pytest.mark.parametrize(("df", "word"), [("satterthwaite", "Satterthwaite"), ("kenward-roger", "Kenward-Roger")])
def test_the_method_names_the_plans_degrees_of_freedom(material: ReportMaterial, df: str, word: str) -> None:
    data = json_of(material, plan=replace(material.estimate.plan, df=df))
    assert f"degrees of freedom: {word}." in str(data["method_facts"]["model"])
