from __future__ import annotations

import pytest

from outcomes.analysis.plan import (
    AnalysisPlan,
    Design,
    Direction,
    ErrorKind,
    GoalKind,
    Selection,
    parse_analysis_plan,
)
from outcomes.errors import AnalysisPlanError


def places(error: AnalysisPlanError) -> set[str]:
    return {fault.place for fault in error.faults}


def test_reads_and_writes_back(mapping) -> None:
    plan = parse_analysis_plan(mapping(sensitivity=["without the baseline"], goal_kind="maintain"))
    assert plan.design is Design.RANDOMISED
    assert plan.measure.direction is Direction.HIGHER
    assert plan.effect_term == "help[new]"
    assert plan.occasions == ("start", "m3", "m6")
    assert parse_analysis_plan(plan.to_mapping()) == plan


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
def test_degrees_of_freedom_are_chosen_in_the_plan(mapping, df) -> None:
    plan = parse_analysis_plan(mapping(model={"df": df}))
    assert plan.df == df
    assert parse_analysis_plan(plan.to_mapping()) == plan


def test_whole_numbers_name_occasions(mapping) -> None:
    plan = parse_analysis_plan(mapping(baseline=0, follow_up=[3, 6], primary_occasion=6))
    assert plan.occasions == ("0", "3", "6")
    assert plan.primary_occasion == "6"


def test_every_fault_is_listed_with_its_place(mapping) -> None:
    broken = mapping(
        measure={"instrument": "", "direction": "up", "minimum": 10, "maximum": 0, "colour": "red"},
        design="guess",
        intervention=None,
        follow_up="m6",
        covariates=[{"name": "age", "kind": "number", "reference": "young"}, {"kind": "sort"}, "sex"],
        model={"random": "slope", "df": "z", "reml": "yes", "method": "magic"},
        measurement_error={"kind": "sd_reliability", "sd": -1, "reliability": 1.0},
        sensitivity=[""],
        surprise=1,
    )
    with pytest.raises(AnalysisPlanError) as caught:
        parse_analysis_plan(broken)
    assert places(caught.value) >= {
        "measure.instrument",
        "measure.scale",
        "measure.direction",
        "measure.maximum",
        "measure.colour",
        "design",
        "intervention",
        "follow_up",
        "covariates[0].reference",
        "covariates[1].name",
        "covariates[1].kind",
        "covariates[2]",
        "model.random",
        "model.df",
        "model.reml",
        "model.method",
        "measurement_error.sd",
        "measurement_error.reliability",
        "measurement_error.source",
        "sensitivity",
        "surprise",
    }


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"randomised_evidence": None}, "randomised_evidence"),
        ({"design": "expected"}, "expected_change"),
        ({"goal_kind": "limit_loss"}, "expected_change"),
        ({"primary_occasion": "m12"}, "primary_occasion"),
        ({"follow_up": ["m3", "m3", "m6"]}, "follow_up"),
        ({"comparison": None}, "comparison"),
        ({"comparison": "new"}, "comparison"),
        ({"arm": "time"}, "covariates"),
        ({"baseline": True}, "baseline"),
        ({"measurement_error": {"kind": "own_baseline_sd", "source": "x"}}, "measurement_error.reliability"),
        ({"selection": {"population_mean": "low", "reliability": 2, "source": "x"}}, "selection.population_mean"),
        ({"expected_change": {"source": "x"}}, "expected_change.points"),
        ({"model": {"df": "normal"}}, "model.df"),
        ({"model": {"df": "kenward-roger", "reml": False}}, "model.df"),
    ],
)
def test_what_does_not_fit_together(mapping, changes, place) -> None:
    with pytest.raises(AnalysisPlanError) as caught:
        parse_analysis_plan(mapping(**changes))
    assert place in places(caught.value)


def test_something_else_than_a_mapping() -> None:
    with pytest.raises(AnalysisPlanError):
        parse_analysis_plan(["a", "list"])  # type: ignore[arg-type]


def test_published_error_needs_no_reliability(mapping) -> None:
    plan: AnalysisPlan = parse_analysis_plan(mapping())
    assert plan.measurement_error is not None
    assert plan.measurement_error.kind is ErrorKind.SMALLEST_DETECTABLE_CHANGE
    assert plan.measurement_error.reliability is None


def test_every_part_is_read_as_it_was_written(mapping) -> None:
    whole = mapping(
        design="expected",
        comparison=None,
        randomised_evidence=None,
        expected_change={"points": -2.5, "source": "earlier people"},
        selection={"population_mean": 60.0, "reliability": 1.0, "source": "a norm study"},
        measurement_error={
            "kind": "sd_reliability",
            "source": "a study",
            "sd": 0.5,
            "reliability": 0.0,
            "assumed": True,
            "internal_consistency": True,
            "inclusive": False,
        },
        model={"method": "mixed-model", "random": "intercept", "reml": False, "df": "satterthwaite"},
        goal_kind="limit_loss",
        baseline_term="before",
        sensitivity=["without the oldest"],
        covariates=[
            {"name": "age", "kind": "number", "adjusted": True},
            {"name": "place", "kind": "category", "reference": "town", "adjusted": False},
        ],
    )
    plan = parse_analysis_plan(whole)
    assert plan.to_mapping() == whole
    assert parse_analysis_plan(plan.to_mapping()) == plan
    assert all(type(value) is str for value in (plan.to_mapping()["design"], plan.to_mapping()["goal_kind"]))
    assert type(plan.to_mapping()["measure"]["direction"]) is str  # type: ignore[index]
    assert (plan.selection, plan.comparison_label) == (Selection(60.0, 1.0, "a norm study"), None)


def test_what_one_gets_without_asking(mapping) -> None:
    short = mapping(arm=None, covariates=None, measurement_error=None)
    plan = parse_analysis_plan(short)
    assert (plan.arm_term, plan.baseline_term, plan.covariates, plan.sensitivity) == ("arm", "baseline", (), ())
    assert (plan.model, plan.random, plan.reml, plan.df) == ("mixed-model", "intercept", True, "satterthwaite")
    assert (plan.goal_kind, plan.expected_change, plan.selection) == (GoalKind.DEVELOP, None, None)
    assert plan.measurement_error is None


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"measurement_error": {"smallest_detectable_change": 0}}, ".smallest_detectable_change", "above 0."),
        ({"measurement_error": {"kind": "sd_reliability", "sd": 0, "reliability": 0.5}}, ".sd", "above 0."),
        ({"measurement_error": {"kind": "sd_reliability", "sd": 1, "reliability": 1}}, ".reliability", "under 1."),
        ({"measurement_error": {"kind": "sd_reliability", "sd": 1, "reliability": -0.1}}, ".reliability", "under 1."),
        ({"measurement_error": {"kind": "guess"}}, ".kind", "one of: own_baseline_sd, sd_reliability, smallest_det"),
        ({"selection": {"population_mean": 1, "reliability": 1.1}}, ".reliability", "between 0 and 1."),
        ({"selection": {"population_mean": 1}}, ".reliability", "missing"),
        ({"model": {"df": "normal"}}, ".df", "one of: kenward-roger, satterthwaite."),
        ({"model": {"reml": 1}}, ".reml", "true or false"),
        ({"measure": {"minimum": 5, "maximum": 5}}, ".maximum", "above the lowest"),
        ({"measure": {"minimum": True}}, ".minimum", "a number"),
    ],
)
def test_limits_and_places(mapping, changes, place: str, said: str) -> None:
    ((part, values),) = changes.items()
    full = {"instrument": "a", "scale": "b", "direction": "higher_is_better"} if part == "measure" else {"source": "x"}
    with pytest.raises(AnalysisPlanError) as caught:
        parse_analysis_plan(mapping(**{part: values if part == "model" else full | values}))
    assert {fault.place: said in str(fault.sentence) for fault in caught.value.faults}[part + place]


def test_small_numbers_are_numbers(mapping) -> None:
    plan = parse_analysis_plan(mapping(measurement_error={"kind": "smallest_detectable_change", "source": "x",
                                                          "smallest_detectable_change": 0.25}))  # fmt: skip
    assert plan.measurement_error is not None
    assert plan.measurement_error.smallest_detectable_change == 0.25
