"""The main number under other assumptions about those missing: by hand, by its parts, and where it isn't given."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis import sensitivity as module
from outcomes.analysis.attrition import describe_attrition
from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.frame import read_frame
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.reference_imputation import ImputationStrategy, estimate_imputed_differences
from outcomes.analysis.response_weights import estimate_weighted_change
from outcomes.analysis.results import (
    AttritionTable,
    Sensitivity,
    SensitivityCode,
    Share,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.analysis.sensitivity import estimate_sensitivity, known_people

if TYPE_CHECKING:
    from outcomes.analysis.effect_results import EffectEstimate

ROOT = Path(__file__).parents[3]
CODE = SensitivityCode


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No imputing, which takes a second, where a test is about something else."""
    monkeypatch.setattr(module, "MOST_PLANNED_SCORES", 0)


def found(estimate: EffectEstimate) -> Sensitivity:
    assert isinstance(estimate.sensitivity, Sensitivity)
    return estimate.sensitivity


def value(sensitivity: Sensitivity, code: SensitivityCode) -> TermEstimate:
    estimate = sensitivity.scenario(code).estimate
    assert isinstance(estimate, TermEstimate)
    return estimate


def reason(sensitivity: Sensitivity | Withheld, code: SensitivityCode | None = None) -> Withheld:
    part = sensitivity.scenario(code).estimate if code and isinstance(sensitivity, Sensitivity) else sensitivity
    assert isinstance(part, Withheld)
    return part


def asked(study, plan, frame=None, *, number: TermEstimate | Withheld | None = None, **options):
    """The sensitivity of a number given by hand: 8 points, standard error 2, 60 degrees of freedom."""
    data = read_frame(study(80, effect=8.0, lost=0.2) if frame is None else frame, plan)
    options = {"compared": True, "n": 80, "smallest_group": 40, **options}
    given_number = t_estimate("help[new]", 8.0, 2.0, 60.0) if number is None else number
    return estimate_sensitivity(data, given_number, describe_attrition(data), **options), data


@pytest.mark.usefixtures("quick")
def test_the_line_and_its_tipping_points_by_hand(study, make_plan) -> None:
    sensitivity, data = asked(study, make_plan(), smallest_detectable_change=15.0)
    missing = [data.scores.loc[data.members(arm), "m6"].isna().mean() for arm in ("intervention", "comparison")]
    assert sensitivity.missing == pytest.approx(missing)
    assert [scenario.code for scenario in sensitivity.scenarios] == list(CODE)[:6]
    main = value(sensitivity, CODE.MAIN)
    assert (main.term, main.estimate, main.std_error) == ("help[new]", 8.0, 2.0)
    worse = value(sensitivity, CODE.DETECTABLE_WORSE)
    assert worse.estimate == pytest.approx(8.0 - 15.0 * missing[0], rel=1e-12)
    assert (worse.std_error, worse.df, worse.term) == (2.0, 60.0, "help[new]")
    assert sensitivity.scenario(CODE.DETECTABLE_WORSE).in_detectable_changes == -1.0
    margin = 2.000297821058262 * 2.0  # Student's t at 0.975 with 60 degrees of freedom
    alone = sensitivity.scenario(CODE.TIPPING_INTERVENTION)
    assert alone.delta == pytest.approx((margin - 8.0) / missing[0], rel=1e-9)
    assert alone.in_detectable_changes == pytest.approx(alone.delta / 15.0)
    both = sensitivity.scenario(CODE.TIPPING_BOTH)
    roots = [(limit - 8.0) / (missing[0] - missing[1]) for limit in (margin, -margin)]
    assert both.delta == pytest.approx(min(roots, key=abs), rel=1e-9)
    assert {scenario.n for scenario in sensitivity.scenarios[:4]} == {80}


@pytest.mark.usefixtures("quick")
def test_at_the_tipping_point_the_interval_touches_zero(study, make_plan) -> None:
    for points in (8.0, -8.0):
        sensitivity, _ = asked(study, make_plan(), number=t_estimate("help[new]", points, 2.0, 60.0))
        turned = value(sensitivity, CODE.TIPPING_INTERVENTION)
        assert (turned.ci_low if points > 0 else turned.ci_high) == 0.0
        assert turned.estimate * points > 0
        assert sensitivity.scenario(CODE.TIPPING_INTERVENTION).delta * points < 0
        assert sensitivity.scenario(CODE.TIPPING_INTERVENTION).in_detectable_changes is None
        with pytest.raises(KeyError, match="DETECTABLE_WORSE"):
            sensitivity.scenario(CODE.DETECTABLE_WORSE)  # the measure's error isn't known


@pytest.mark.usefixtures("quick")
def test_worse_follows_the_measures_direction(study, make_plan) -> None:
    measure = {"instrument": "x", "scale": "y", "direction": "lower_is_better", "minimum": 0, "maximum": 100}
    higher, _ = asked(study, make_plan(), smallest_detectable_change=15.0)
    lower, _ = asked(study, make_plan(measure=measure), smallest_detectable_change=15.0)
    assert higher.scenario(CODE.DETECTABLE_WORSE).delta == -15.0
    assert lower.scenario(CODE.DETECTABLE_WORSE).delta == 15.0


def test_the_imputed_differences_are_those_of_the_method(study, make_plan) -> None:
    sensitivity, data = asked(study, make_plan())
    person = data.covariates
    columns = np.column_stack([data.scores["start"], person["age"].astype(float), person["place"] == "country"])
    expected = estimate_imputed_differences(
        data.scores[["m3", "m6"]].to_numpy(),
        (data.arm == "intervention").tolist(),
        columns.astype(float),
        occasions=["m3", "m6"],
        covariate_names=["start", "age", "country"],
        strategies=(ImputationStrategy.MISSING_AT_RANDOM, ImputationStrategy.JUMP_TO_REFERENCE),
    )
    for code, each in zip((CODE.MISSING_AT_RANDOM, CODE.JUMP_TO_REFERENCE), expected, strict=True):
        got = value(sensitivity, code)
        assert got.estimate == pytest.approx(each.difference.estimate, rel=1e-9)
        assert got.std_error == pytest.approx(each.difference.std_error, rel=1e-9)


def test_a_primary_occasion_in_the_middle_is_the_one_that_is_compared(study, make_plan) -> None:
    """With everybody answering at 3 months nothing is imputed there: the difference is that of least squares."""
    table = study(64, effect=8.0, lost=0.2)
    full = study(64, effect=8.0, lost=0.0)
    table["score"] = table["score"].where(table["occasion"] == "m6", full["score"])
    number = t_estimate("help[new]", 8.0, 2.0, 60.0)
    data = read_frame(table, make_plan(primary_occasion="m3", covariates=[]))
    shares = tuple(Share(9, 10, 0.9, 0.0, 1.0) for _ in range(2))
    attrition = replace(describe_attrition(data), primary_by_arm=shares)
    got = estimate_sensitivity(data, number, attrition, compared=True, n=64, smallest_group=32)
    assert isinstance(got, Sensitivity)
    columns = np.column_stack([np.ones(64), data.arm == "intervention", data.scores["start"]]).astype(float)
    expected = np.linalg.lstsq(columns, data.scores["m3"].to_numpy(), rcond=None)[0][1]
    assert value(got, CODE.JUMP_TO_REFERENCE).estimate == pytest.approx(expected, rel=1e-10)
    assert "nothing was imputed" in str(got.warnings[0])


def test_one_arm_has_its_change_weighted_by_response(study, make_plan) -> None:
    plan = make_plan(design="none", comparison=None)
    table = study(80, one_arm=True, lost=0.2)
    estimate = estimate_effect(table, plan)
    sensitivity = found(estimate)
    data = read_frame(table, plan)
    columns = np.column_stack([data.scores["start"], data.covariates["age"], data.covariates["place"] == "country"])
    expected = estimate_weighted_change((data.scores["m6"] - data.scores["start"]).to_numpy(), columns.astype(float))
    assert expected.overall is not None
    got = value(sensitivity, CODE.RESPONSE_WEIGHTS)
    assert (got.estimate, got.std_error) == pytest.approx((expected.overall.estimate, expected.overall.std_error))
    assert value(sensitivity, CODE.MAIN) == estimate.main_change
    codes = [CODE.MAIN, CODE.DETECTABLE_WORSE, CODE.TIPPING_INTERVENTION, CODE.RESPONSE_WEIGHTS]
    assert [scenario.code for scenario in sensitivity.scenarios] == codes
    assert len(sensitivity.missing) == 1


def test_against_the_expected_course_everything_is_minus_what_was_expected(study, make_plan) -> None:
    table = study(80, one_arm=True, drift=9.0, lost=0.2)
    alone = found(estimate_effect(table, make_plan(design="none", comparison=None)))
    expected = {"points": 2.0, "source": "earlier people"}
    estimate = estimate_effect(table, make_plan(design="expected", comparison=None, expected_change=expected))
    against = found(estimate)
    assert value(against, CODE.MAIN) == estimate.effect
    for code in (CODE.MAIN, CODE.DETECTABLE_WORSE, CODE.RESPONSE_WEIGHTS):
        assert value(against, code).estimate == pytest.approx(value(alone, code).estimate - 2.0)
        assert value(against, code).std_error == pytest.approx(value(alone, code).std_error)
        assert value(against, code).term == "change_minus_expected"


def test_a_comparison_that_is_too_small_leaves_the_interventions_change(study, make_plan) -> None:
    table = study(120, lost=0.2)
    people = table.loc[table["arm"] == "comparison", "subject"].unique()[:20]
    table = table[(table["arm"] == "intervention") | table["subject"].isin(people)]
    sensitivity = found(estimate_effect(table, make_plan()))
    assert len(sensitivity.missing) == 1
    assert sensitivity.scenarios[-1].code is CODE.RESPONSE_WEIGHTS
    assert sensitivity.scenarios[-1].n == 60


@pytest.mark.usefixtures("quick")
def test_who_is_not_due_is_not_missing(study, make_plan) -> None:
    table = study(100, lost=0.2)
    people = table["subject"].unique()[:20]
    table.loc[table["subject"].isin(people) & (table["occasion"] == "m6"), ["due", "score"]] = [False, np.nan]
    assert known_people(read_frame(table, make_plan()), compared=True).n == 80
    sensitivity, _ = asked(study, make_plan(), table)
    asked_for = table[(table["occasion"] == "m6") & table["due"] & (table["arm"] == "intervention")]
    assert sensitivity.missing[0] == pytest.approx(asked_for["score"].isna().mean())


@pytest.mark.parametrize(("unknown", "n"), [(4, None), (5, 95)])
def test_few_who_lack_something_are_not_pointed_at(study, make_plan, unknown: int, n: int | None) -> None:
    table = study(100, lost=0.2)
    table.loc[table["subject"].isin([str(number) for number in range(unknown)]), "age"] = np.nan
    people = known_people(read_frame(table, make_plan()), compared=True)
    assert (len(people.baseline), people.n) == (100 - unknown, n)


def test_where_there_is_no_main_number_its_reason_is_given(study, make_plan) -> None:
    why = Withheld(WithheldReason.NOT_POSSIBLE, module.too_few_for_sensitivity().sentence)
    assert asked(study, make_plan(), number=why)[0] is why


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("smallest", "given_"), [(29, False), (30, True)])
def test_it_takes_thirty_in_the_smaller_group(study, make_plan, smallest: int, given_: bool) -> None:
    sensitivity, _ = asked(study, make_plan(), smallest_group=smallest)
    assert isinstance(sensitivity, Sensitivity) is given_
    if not given_:
        assert reason(sensitivity).code is WithheldReason.TOO_FEW
        assert "30 people or more" in str(reason(sensitivity).sentence)


def test_the_interventions_change_of_few_is_too_few(study, make_plan) -> None:
    estimate = estimate_effect(study(29, one_arm=True), make_plan(design="none", comparison=None))
    assert reason(estimate.sensitivity).code is WithheldReason.TOO_FEW


def test_a_change_that_no_model_settles_for_gives_its_own_reason(study, make_plan) -> None:
    table = study(60, one_arm=True, lost=0.0)
    table["score"] = 50.0
    estimate = estimate_effect(table, make_plan(design="none", comparison=None))
    assert reason(estimate.sensitivity).code is WithheldReason.NOT_POSSIBLE
    assert estimate.sensitivity == estimate.modelled_change


@pytest.mark.usefixtures("quick")
def test_shares_that_are_not_shown_are_not_used(study, make_plan) -> None:
    plan = make_plan()
    data = read_frame(study(80, lost=0.2), plan)
    table = describe_attrition(data)
    hidden = Withheld(WithheldReason.TOO_FEW, module.too_few_for_sensitivity().sentence)
    attrition = replace(table, primary_by_arm=(table.primary_by_arm[0], hidden))
    number = t_estimate("help[new]", 8.0, 2.0, 60.0)
    got = estimate_sensitivity(data, number, attrition, compared=True, n=80, smallest_group=40)
    assert got is hidden
    alone = estimate_sensitivity(data, number, attrition, compared=False, n=80, smallest_group=40)
    assert isinstance(alone, Sensitivity)


def test_where_nobody_is_missing_there_is_nobody_to_ask_about(study, make_plan) -> None:
    estimate = estimate_effect(study(80, lost=0.0), make_plan())
    assert reason(estimate.sensitivity).code is WithheldReason.NOT_POSSIBLE
    assert "Everybody who was due" in str(reason(estimate.sensitivity).sentence)


@pytest.mark.usefixtures("quick")
def test_only_the_comparisons_missing(study, make_plan) -> None:
    table = study(80, effect=8.0, lost=0.0)
    gone = table.loc[table["arm"] == "comparison", "subject"].unique()[:12]
    table.loc[table["subject"].isin(gone) & (table["occasion"] == "m6"), "score"] = np.nan
    sensitivity = found(estimate_effect(table, make_plan()))
    assert sensitivity.missing[0] == 0.0
    assert CODE.DETECTABLE_WORSE not in [scenario.code for scenario in sensitivity.scenarios]
    assert "No delta turns the result" in str(reason(sensitivity, CODE.TIPPING_INTERVENTION).sentence)
    assert sensitivity.scenario(CODE.TIPPING_BOTH).delta is not None


@pytest.mark.usefixtures("quick")
def test_a_result_that_is_none_cannot_turn(study, make_plan) -> None:
    sensitivity, _ = asked(study, make_plan(), number=t_estimate("help[new]", 1.0, 2.0, 60.0))
    for code in (CODE.TIPPING_INTERVENTION, CODE.TIPPING_BOTH):
        assert "holds zero already" in str(reason(sensitivity, code).sentence)
        assert sensitivity.scenario(code).delta is None


@pytest.mark.usefixtures("quick")
def test_a_number_without_uncertainty_is_refused_in_words(study, make_plan) -> None:
    broken = TermEstimate("help[new]", 8.0, 0.0, 60.0, 8.0, 8.0, 0.0)
    sensitivity, _ = asked(study, make_plan(), number=broken)
    assert "standard error above zero" in str(reason(sensitivity).sentence)


@pytest.mark.parametrize(("answered", "given_"), [(9, False), (10, True)])
def test_imputing_takes_ten_answers_at_the_main_time(study, make_plan, answered: int, given_: bool) -> None:
    table = study(80, lost=0.0)
    people = table.loc[table["arm"] == "comparison", "subject"].unique()[answered:]
    table.loc[table["subject"].isin(people) & (table["occasion"] == "m6"), "score"] = np.nan
    sensitivity, _ = asked(study, make_plan(), table)
    assert isinstance(sensitivity.scenario(CODE.JUMP_TO_REFERENCE).estimate, TermEstimate) is given_
    assert isinstance(sensitivity.scenario(CODE.MAIN).estimate, TermEstimate)


def test_imputing_takes_thirty_with_everything_known(study, make_plan) -> None:
    table = study(60, lost=0.1)
    table.loc[table["subject"] == "0", "age"] = np.nan
    sensitivity, _ = asked(study, make_plan(), table)
    assert reason(sensitivity, CODE.MISSING_AT_RANDOM).code is WithheldReason.TOO_FEW


def test_a_time_with_few_answers_is_left_out_of_imputing(study, make_plan) -> None:
    table = study(62, effect=8.0, lost=0.2)
    whole = table.copy()
    table.loc[table["occasion"] == "m3", "score"] = np.nan
    without, _ = asked(study, make_plan(), table)
    alone, _ = asked(study, make_plan(follow_up=["m6"]), whole)
    assert value(without, CODE.JUMP_TO_REFERENCE) == value(alone, CODE.JUMP_TO_REFERENCE)


def test_what_would_keep_a_report_waiting_is_left_out(study, make_plan, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_PLANNED_SCORES", 160)
    assert isinstance(asked(study, make_plan())[0].scenario(CODE.JUMP_TO_REFERENCE).estimate, TermEstimate)
    monkeypatch.setattr(module, "MOST_PLANNED_SCORES", 159)
    why = reason(asked(study, make_plan())[0], CODE.JUMP_TO_REFERENCE)
    assert "80 people would keep the report waiting" in str(why.sentence)


def test_what_cannot_be_imputed_or_weighted_says_why(study, make_plan) -> None:
    table = study(80, lost=0.2)
    table["copy"] = table["age"]
    covariates = [{"name": "age", "kind": "number"}, {"name": "copy", "kind": "number"}]
    sensitivity, _ = asked(study, make_plan(covariates=covariates), table)
    assert reason(sensitivity, CODE.MISSING_AT_RANDOM).code is WithheldReason.NOT_POSSIBLE
    alone, _ = asked(study, make_plan(covariates=covariates), table, compared=False)
    assert "can't be told apart" in str(reason(alone, CODE.RESPONSE_WEIGHTS).sentence)


@pytest.mark.parametrize(("answered", "given_"), [(9, False), (10, True)])
def test_weighting_takes_ten_answers(study, make_plan, answered: int, given_: bool) -> None:
    table = study(40, one_arm=True, lost=0.0)
    people = table["subject"].unique()[answered:]
    table.loc[table["subject"].isin(people) & (table["occasion"] == "m6"), "score"] = np.nan
    plan = make_plan(design="none", comparison=None)
    sensitivity, _ = asked(study, plan, table, compared=False, n=40)
    assert isinstance(sensitivity.scenario(CODE.RESPONSE_WEIGHTS).estimate, TermEstimate) is given_


def test_a_background_that_all_share_is_no_hindrance_to_weighting(study, make_plan) -> None:
    table = study(60, one_arm=True, lost=0.2)
    table["age"], table["place"] = 40.0, "town"
    sensitivity, _ = asked(study, make_plan(design="none", comparison=None), table, compared=False)
    assert isinstance(sensitivity.scenario(CODE.RESPONSE_WEIGHTS).estimate, TermEstimate)


def test_it_can_be_left_out(study, make_plan) -> None:
    estimate = estimate_effect(study(80, lost=0.2), make_plan(), with_sensitivity=False)
    assert reason(estimate.sensitivity).code is WithheldReason.NOT_PLANNED
    assert isinstance(estimate.effect, TermEstimate)


def test_warnings_of_the_parts_come_with_it(study, make_plan) -> None:
    sensitivity, _ = asked(study, make_plan(), study(80, lost=0.6))
    assert "made more by the model than by answers" in " ".join(str(warning) for warning in sensitivity.warnings)


SHARES = st.floats(0.0, 0.9)


@settings(deadline=None, max_examples=50)
@given(points=st.floats(-30, 30), error=st.floats(0.1, 5), own=SHARES, other=SHARES, detectable=st.floats(0.5, 40))
def test_the_line_goes_through_the_main_number_and_turns_there(
    points: float, error: float, own: float, other: float, detectable: float
) -> None:
    """For any number and shares: delta 0 is the main number, and what turns touches zero with the same error."""
    number = t_estimate("x", points, error, 40.0)
    data = read_frame(FRAME, PLAN)
    shares = tuple(Share(1, 10, 1 - share, 0.0, 1.0) for share in (own, other))
    attrition = AttritionTable((), shares[0], None, Withheld(WithheldReason.TOO_FEW, shared_sentence()), shares)
    got = estimate_sensitivity(
        data, number, attrition, compared=True, n=60, smallest_group=30, smallest_detectable_change=detectable
    )
    if not 1.0 - shares[0].share and not 1.0 - shares[1].share:
        assert isinstance(got, Withheld)
        return
    assert isinstance(got, Sensitivity)
    assert got.scenario(CODE.MAIN).estimate == number
    for code in (CODE.TIPPING_INTERVENTION, CODE.TIPPING_BOTH):
        scenario = got.scenario(code)
        if isinstance(scenario.estimate, TermEstimate):
            assert not number.includes_zero
            assert 0.0 in (scenario.estimate.ci_low, scenario.estimate.ci_high)
            assert scenario.estimate.std_error == pytest.approx(error)


def shared_sentence():
    return module.too_few_for_sensitivity().sentence


PLAN = parse_analysis_plan(
    {
        "measure": {"instrument": "x", "scale": "y", "direction": "higher_is_better"},
        "design": "adjusted",
        "intervention": "new",
        "comparison": "usual",
        "baseline": "0",
        "follow_up": ["1"],
        "primary_occasion": "1",
    }
)
FRAME = pd.DataFrame(  # too few for imputing, so that a property is quick
    {
        "subject": ["a", "a", "b", "b"],
        "occasion": ["0", "1", "0", "1"],
        "time": [0.0, 1.0, 0.0, 1.0],
        "score": [1.0, 2.0, 1.5, np.nan],
        "arm": ["intervention", "intervention", "comparison", "comparison"],
    }
)


def trial_plan(**changes: object):
    mapping = {
        "measure": {"instrument": "bdi", "scale": "total", "direction": "lower_is_better", "minimum": 0, "maximum": 63},
        "design": "randomised",
        "randomised_evidence": "Proudfoot et al. 2003",
        "intervention": "BtheB",
        "comparison": "TAU",
        "arm": "treatment",
        "baseline": "0",
        "baseline_term": "bdi.pre",
        "follow_up": ["2", "3", "5", "8"],
        "primary_occasion": "8",
        "covariates": [
            {"name": "drug", "kind": "category", "reference": "No"},
            {"name": "length", "kind": "category", "reference": "<6m"},
        ],
        "measurement_error": {"kind": "own_baseline_sd", "reliability": 0.86, "source": "Beck 1988"},
        **changes,
    }
    return parse_analysis_plan({key: part for key, part in mapping.items() if part is not None})


def trial_frame() -> pd.DataFrame:
    raw = pd.read_csv(ROOT / "docs" / "examples" / "btheb" / "long_with_baseline.csv", dtype={"subject": str})
    return pd.DataFrame(
        {
            "subject": raw["subject"],
            "occasion": raw["time"].astype(int).astype(str),
            "time": raw["time"].astype(float),
            "score": raw["bdi"].astype(float),
            "arm": raw["treatment"].map({"BtheB": "intervention", "TAU": "comparison"}),
            "drug": raw["drug"],
            "length": raw["length"],
        }
    )


def test_the_trials_own_numbers_are_those_of_the_reference_and_of_the_page() -> None:
    page = " ".join((ROOT / "docs" / "methods" / "sensitivity.md").read_text(encoding="utf-8").split())
    compared = found(estimate_effect(trial_frame(), trial_plan()))
    # R with nlme and optim, tests/reference/reference_imputation
    assert value(compared, CODE.MISSING_AT_RANDOM).estimate == pytest.approx(-1.455898, abs=5e-7)
    assert value(compared, CODE.JUMP_TO_REFERENCE).std_error == pytest.approx(1.108597, abs=5e-7)
    alone = found(estimate_effect(trial_frame(), trial_plan(design="none", comparison=None, randomised_evidence=None)))
    assert f"{alone.scenario(CODE.TIPPING_INTERVENTION).delta:.1f} points worse off than foreseen" in page
    changes = (compared.smallest_detectable_change, alone.smallest_detectable_change)
    assert "smallest detectable changes {:.2f} and {:.2f}".format(*changes) in page
    for name, sensitivity in (("compared", compared), ("alone", alone)):
        for scenario in sensitivity.scenarios:
            row = re.search(rf"\| {name} \| `{scenario.code}` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|", page)
            assert row is not None, (name, scenario.code)
            delta = "-" if scenario.delta is None else f"{scenario.delta:.2f}"
            number = scenario.estimate
            if isinstance(number, Withheld):
                assert row.groups() == (delta, "none", "none")
            else:
                interval = f"{number.ci_low:.2f} to {number.ci_high:.2f}"
                assert row.groups() == (delta, f"{number.estimate:.2f}", interval)
