"""The composed estimate: what each design may say, what small numbers withhold, and what no design may claim."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis import sensitivity
from outcomes.analysis.effect import estimate_effect, judge_interval
from outcomes.analysis.effect_results import Progression, Verdict, primary_share
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade, FindingCode
from outcomes.analysis.frame import read_frame
from outcomes.analysis.plan import Direction
from outcomes.analysis.results import (
    INTERVENTION,
    ChangeEstimate,
    MixedModelFit,
    ModelledChange,
    Sensitivity,
    Share,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.errors import EstimateError, Sentence


@pytest.fixture(autouse=True)
def _no_imputing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imputing takes a second each time; test_sensitivity looks at it."""
    monkeypatch.setattr(sensitivity, "MOST_PLANNED_SCORES", 0)


def sentences(estimate) -> str:
    return " ".join([str(estimate.estimand), *(str(warning) for warning in estimate.warnings)])


def test_randomised_effect_is_found(study, make_plan) -> None:
    table, plan = study(120, effect=8.0), make_plan()
    estimate = estimate_effect(table, plan)
    assert isinstance(estimate.model, MixedModelFit)
    assert isinstance(estimate.effect, TermEstimate)
    assert estimate.effect.ci_low < 8.0 < estimate.effect.ci_high
    assert estimate.verdict is Verdict.BETTER
    assert estimate.label is DesignLabel.D4
    assert estimate.evidence.grade is EvidenceGrade.A
    assert estimate.method == "mixed-model"
    assert estimate.n_started == 120
    assert isinstance(estimate.sensitivity, Sensitivity)
    assert isinstance(estimate.progression, Progression)
    assert estimate.sensitivity == sensitivity.estimate_sensitivity(
        read_frame(table, plan),
        estimate.effect,
        estimate.attrition,
        compared=True,
        n=estimate.model.n_subjects,
        smallest_group=min(arm.n_started for arm in estimate.arms),
        smallest_detectable_change=15.0,
    )
    both = estimate.attrition.primary_share
    assert isinstance(both, Share)
    assert estimate.completeness == both.share
    assert primary_share(estimate.attrition, compared=False) == estimate.attrition.primary_by_arm[0] != both
    assert len(estimate.means) == 6
    assert len(estimate.changes) == 4


def test_degrees_of_freedom_are_the_plans(study, make_plan) -> None:
    table = study(90, effect=8.0, lost=0.3)
    models = [
        estimate_effect(table, make_plan(model={"df": df}), with_sensitivity=False).model
        for df in ("satterthwaite", "kenward-roger")
    ]
    satterthwaite, kenward_roger = models
    assert isinstance(satterthwaite, MixedModelFit)
    assert isinstance(kenward_roger, MixedModelFit)
    assert kenward_roger.log_likelihood == satterthwaite.log_likelihood
    assert kenward_roger.term("help[new]").estimate == satterthwaite.term("help[new]").estimate
    assert kenward_roger.term("help[new]").std_error > satterthwaite.term("help[new]").std_error


def test_direction_turns_the_verdict(study, make_plan) -> None:
    measure = {"instrument": "x", "scale": "y", "direction": "lower_is_better", "minimum": 0, "maximum": 100}
    assert estimate_effect(study(120, effect=8.0), make_plan(measure=measure)).verdict is Verdict.WORSE
    none = TermEstimate("x", 1.0, 1.0, 10.0, -1.0, 3.0, 0.3)
    assert judge_interval(none, Direction.LOWER) is Verdict.INCLUDES_NONE


def test_no_comparison_no_effect(study, make_plan) -> None:
    plan = make_plan(design="none", comparison=None)
    estimate = estimate_effect(study(80, one_arm=True), plan)
    assert isinstance(estimate.model, Withheld)
    assert isinstance(estimate.effect, Withheld)
    assert estimate.effect.code is WithheldReason.NOT_PLANNED
    assert isinstance(estimate.balance, Withheld)
    assert estimate.label is DesignLabel.D0
    assert estimate.evidence.grade is EvidenceGrade.C
    assert estimate.verdict is Verdict.BETTER
    assert estimate.method == "mmrm"
    assert isinstance(estimate.modelled_change, ModelledChange)
    assert estimate.modelled_change.n_subjects == estimate.n_behind == 80
    assert estimate.main_change == estimate.modelled_change.at("m6")
    assert "as if all had answered" in str(estimate.estimand)
    assert "effect" not in sentences(estimate)
    assert [row.arm for row in estimate.attrition.rows] == [INTERVENTION] * 3


def test_against_the_expected_course(study, make_plan) -> None:
    expected = {"points": 5.0, "source": "earlier people"}
    plan = make_plan(design="expected", comparison=None, expected_change=expected)
    estimate = estimate_effect(study(80, one_arm=True, drift=5.0), plan)
    primary = estimate.main_change
    assert isinstance(primary, TermEstimate)
    assert isinstance(estimate.effect, TermEstimate)
    assert isinstance(estimate.modelled_change, ModelledChange)
    assert primary == estimate.modelled_change.at("m6")
    assert isinstance(estimate.sensitivity, Sensitivity)
    assert estimate.effect.estimate == pytest.approx(primary.estimate - 5.0)
    assert estimate.effect.std_error == primary.std_error
    assert "as if all had answered" in str(estimate.estimand)
    assert estimate.label is DesignLabel.D1
    assert estimate.verdict is Verdict.INCLUDES_NONE
    assert "taken as known" in sentences(estimate)


def test_staggered_is_no_more_than_the_model_carries(study, make_plan) -> None:
    estimate = estimate_effect(study(120), make_plan(design="staggered"))
    assert estimate.label is DesignLabel.D2
    assert "effect, quasi-experimental" in sentences(estimate)
    assert FindingCode.PRE_TREND in [finding.code for finding in estimate.evidence.findings if finding.applies]


@pytest.mark.parametrize("n", [40, 58])
def test_ten_to_thirty_have_change_but_no_model(study, make_plan, n: int) -> None:
    estimate = estimate_effect(study(n, lost=0.0), make_plan())
    assert isinstance(estimate.effect, Withheld)
    assert estimate.effect.code is WithheldReason.TOO_FEW
    assert estimate.label is DesignLabel.D0
    assert all(isinstance(change.result, ChangeEstimate) for change in estimate.changes)
    assert FindingCode.NUMBER in [finding.code for finding in estimate.evidence.findings if finding.applies]


def test_under_ten_everything_is_withheld_with_a_reason(study, make_plan) -> None:
    estimate = estimate_effect(study(12, lost=0.0), make_plan())
    parts = [
        estimate.model,
        estimate.effect,
        estimate.progression,
        estimate.balance,
        *(change.result for change in estimate.changes),
        *(mean.mean for mean in estimate.means),
        *(distribution.result for distribution in estimate.distributions),
    ]
    assert all(isinstance(part, Withheld) for part in parts)
    assert all(isinstance(part.sentence, Sentence) for part in parts if isinstance(part, Withheld))
    assert estimate.verdict is Verdict.WITHHELD
    assert estimate.evidence.grade is EvidenceGrade.D


def test_model_that_the_data_cannot_carry_says_why(study, make_plan) -> None:
    table = study(80)
    table["place"] = table["arm"].map({"intervention": "town", "comparison": "country"})
    estimate = estimate_effect(table, make_plan())
    assert isinstance(estimate.effect, Withheld)
    assert estimate.effect.code is WithheldReason.NOT_POSSIBLE
    assert "place[country]" in str(estimate.effect.sentence)
    assert estimate.label is DesignLabel.D0


def test_all_missing_at_one_time(study, make_plan) -> None:
    table = study(120)
    table.loc[table["occasion"] == "m6", "score"] = np.nan
    estimate = estimate_effect(table, make_plan())
    assert isinstance(estimate.model, MixedModelFit)
    assert "time" not in [term.term for term in estimate.model.terms]
    assert estimate.completeness is None
    assert estimate.evidence.grade is not EvidenceGrade.A


def test_missing_background_is_told(study, make_plan) -> None:
    table = study(100, lost=0.0)
    table.loc[table["subject"].isin(["1", "2"]), "age"] = np.nan
    assert "fewer than 5" in sentences(estimate_effect(table, make_plan()))
    table.loc[table["subject"].isin([str(number) for number in range(8)]), "age"] = np.nan
    assert "8 people" in sentences(estimate_effect(table, make_plan()))


def test_what_else_to_beware_of(study, make_plan) -> None:
    table = study(80, lost=0.0)
    table.loc[(table["subject"] == "3") & (table["occasion"] == "m6"), "due"] = False
    plan = make_plan(
        selection={"population_mean": 80, "reliability": 0.5, "source": "x"},
        measurement_error={
            "kind": "own_baseline_sd",
            "reliability": 0.8,
            "source": "x",
            "assumed": True,
            "internal_consistency": True,
        },
    )
    text = sentences(estimate_effect(table, plan))
    for part in ("are left out", "an assumption", "probably too small", "own scores", "comes by itself"):
        assert part in text


def test_faulty_frame_is_an_error_and_not_a_result(study, make_plan) -> None:
    table = study(80)
    table.loc[0, "score"] = np.inf
    with pytest.raises(EstimateError):
        estimate_effect(table, make_plan())


def test_nothing_happens_and_people_start_low_never_makes_an_effect(study, make_plan) -> None:
    """Without a comparison selection alone makes everybody "better"; no seed, size or plan may call it effect."""
    for seed in range(6):
        table = study(60, seed=seed, drift=0.0, one_arm=True)
        start = table["occasion"] == "start"
        low = table.loc[start & (table["score"] < 50), "subject"]
        chosen = table[table["subject"].isin(low)]
        for extra in ({"design": "none"}, {"design": "expected", "expected_change": {"points": 0, "source": "x"}}):
            estimate = estimate_effect(chosen, make_plan(comparison=None, **extra))
            assert estimate.label <= DesignLabel.D1
            assert estimate.evidence.start is EvidenceGrade.C
            assert "effect" not in str(estimate.estimand)


def test_no_difference_is_called_one_about_one_time_in_twenty(study, make_plan) -> None:
    """Under no effect the interval excludes zero in 5 % of trials: 60 trials, at most 9 by chance (99.9 %)."""
    found = 0
    for seed in range(60):
        effect = estimate_effect(study(64, seed=100 + seed, lost=0.3), make_plan(), with_sensitivity=False).effect
        found += isinstance(effect, TermEstimate) and not effect.includes_zero
    assert found <= 9


def test_a_waiting_list_by_need_is_no_effect(study, make_plan) -> None:
    """Those worst off came first: an adjusted difference, and it says why."""
    table = study(160, seed=3)
    start = table[table["occasion"] == "start"].set_index("subject")["score"]
    first = set(start.nsmallest(80).index)
    table["arm"] = np.where(table["subject"].isin(first), INTERVENTION, "comparison")
    by_need = estimate_effect(table, make_plan(design="waiting_list"), with_sensitivity=False)
    assert by_need.label is DesignLabel.D2
    assert "gone by turn" in sentences(by_need)
    by_turn = estimate_effect(study(160, seed=3), make_plan(design="waiting_list"), with_sensitivity=False)
    assert by_turn.label is DesignLabel.D3
    assert "gone by turn" not in sentences(by_turn)


def test_without_a_model_the_intervention_s_own_change_leads(study, make_plan) -> None:
    estimate = estimate_effect(study(40, lost=0.0), make_plan(), with_sensitivity=False)
    assert isinstance(estimate.modelled_change, Withheld)
    found = {(change.occasion, change.arm): change.result for change in estimate.changes}
    leading = found["m6", INTERVENTION]
    assert isinstance(leading, ChangeEstimate)
    assert estimate.main_change == leading.mean_change
    assert isinstance(estimate.sensitivity, Withheld)
    assert estimate.sensitivity.code is WithheldReason.NOT_PLANNED


def test_too_few_with_everything_known_names_what_is_missing(study, make_plan) -> None:
    table = study(80, lost=0.0)
    table.loc[table["subject"].isin([str(number) for number in range(0, 30, 2)]), "age"] = np.nan
    estimate = estimate_effect(table, make_plan(), with_sensitivity=False)
    assert isinstance(estimate.model, Withheld)
    assert estimate.model == estimate.effect
    assert str(estimate.model.sentence).endswith("It is missing for too many: age.")
    assert isinstance(estimate.modelled_change, ModelledChange)


def test_against_the_expected_course_with_too_few(study, make_plan) -> None:
    plan = make_plan(design="expected", comparison=None, expected_change={"points": 5.0, "source": "earlier people"})
    estimate = estimate_effect(study(9, one_arm=True, lost=0.0), plan, with_sensitivity=False)
    codes = [
        part.code for part in (estimate.model, estimate.effect, estimate.modelled_change) if isinstance(part, Withheld)
    ]
    assert codes == [WithheldReason.NOT_PLANNED, WithheldReason.TOO_FEW, WithheldReason.TOO_FEW]
