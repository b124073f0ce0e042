from __future__ import annotations

import pytest

from outcomes.analysis.plan import AnalysisPlan, Design, Direction, ErrorKind, parse_analysis_plan
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
