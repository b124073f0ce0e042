"""An intervention's estimate by its frozen analysis plan: every method put together, each part a number or its reason.

Question: what became of those who got the intervention, is it because of it, and how sure are we?
Estimand: stated with the result in words (:attr:`EffectEstimate.estimand`): population, comparison, measure, times, and
that it is treatment as allocated, whatever was stopped or changed later.
Formula: see the parts (change, modelled_change, reliable_change, proportions, mixed_model, attrition, balance, artefacts,
overlap, sensitivity).
Assumptions: those of the parts; the design label and the evidence grade say how far they are met.
Units: points of the measure; shares 0-1; months. Differences are intervention minus comparison.
Missing data: the model of two arms uses everybody with a baseline and one later answer, the model of change everybody with
an answer; other parts give their n.
Errors: :class:`~outcomes.errors.EstimateError` only where the frame itself is wrong (every fault with row and column);
a part that can't be estimated, or may not be shown, is a Withheld with its reason and never an exception.
Source: ICH E9(R1) for the estimand's parts; METHODS.md for the rules of numbers.
Checked: tests/reference/mixed_model (the whole estimate of a published trial), tests/unit/analysis/test_effect.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.artefacts import describe_artefacts
from outcomes.analysis.attrition import describe_attrition
from outcomes.analysis.balance import compare_baseline
from outcomes.analysis.change import estimate_change, estimate_mean
from outcomes.analysis.design_matrix import build_model_data
from outcomes.analysis.disclosure import (
    MINIMUM_MODEL,
    may_show_estimate,
    may_show_model,
    too_few_for_estimate,
    too_few_for_model,
)
from outcomes.analysis.distribution import describe_distributions
from outcomes.analysis.effect_results import EffectEstimate, Progression, Verdict, main_change, primary_share
from outcomes.analysis.effect_words import collect_warnings, describe_estimand
from outcomes.analysis.evidence import MOST_UNLIKE, DesignLabel, judge_plan
from outcomes.analysis.findings import collect_findings
from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.mixed_model import fit_mixed_model
from outcomes.analysis.modelled_change import model_change
from outcomes.analysis.overlap import estimate_overlap
from outcomes.analysis.plan import AnalysisPlan, Design, Direction
from outcomes.analysis.progression import describe_progression
from outcomes.analysis.results import (
    COMPARISON,
    INTERVENTION,
    AttritionTable,
    BalanceTable,
    MixedModelFit,
    ModelledChange,
    OccasionChange,
    OccasionMean,
    Sensitivity,
    Share,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.analysis.sensitivity import estimate_sensitivity, too_few_for_sensitivity
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    import pandas as pd

VERSION = "3"


@dataclass(frozen=True, slots=True)
class MainFinding:
    """The model, the effect that it (or the expected course) gives, persons in the smallest group behind it, and where
    nobody is compared the modelled change."""

    model: MixedModelFit | Withheld
    effect: TermEstimate | Withheld
    smallest_group: int
    change: ModelledChange | Withheld


def estimate_effect(frame: pd.DataFrame, plan: AnalysisPlan, *, with_sensitivity: bool = True) -> EffectEstimate:
    """Everything that ``plan`` asks of ``frame`` (see :mod:`outcomes.analysis.frame` for its columns).

    ``with_sensitivity`` False leaves out what takes longest, for simulations that look at the main number alone.
    """
    data = read_frame(frame, plan)
    attrition, artefacts = describe_attrition(data), describe_artefacts(data)
    changes = _changes(data)
    main = _main_finding(data, changes)
    estimated = isinstance(main.effect, TermEstimate)
    balance = _balance(data, modelled=isinstance(main.model, MixedModelFit))
    unlike = isinstance(balance, BalanceTable) and balance.largest > MOST_UNLIKE
    label = judge_plan(plan, estimated=estimated, unlike_at_start=unlike).label
    findings = collect_findings(
        plan,
        label,
        attrition=attrition,
        balance=balance,
        artefacts=artefacts,
        overlap=estimate_overlap(data) if plan.design.has_comparison_arm else None,
        smallest_group=main.smallest_group,
        model=main.model,
    )
    compared = label >= DesignLabel.D2
    progression, individuals = describe_progression(data, compared=compared)
    share = primary_share(attrition, compared=compared)
    sensitivity = (
        _sensitivity(data, main, attrition, progression, compared=compared) if with_sensitivity else _not_asked_for()
    )
    return EffectEstimate(
        method=_method(main),
        version=VERSION,
        plan=plan,
        estimand=describe_estimand(data, label, modelled=isinstance(main.change, ModelledChange)),
        n_started=sum(size.n_started for size in data.arms),
        arms=data.arms,
        completeness=share.share if isinstance(share, Share) else None,
        attrition=attrition,
        means=_means(data),
        changes=changes,
        progression=progression,
        individuals=individuals,
        distributions=describe_distributions(data),
        model=main.model,
        modelled_change=main.change,
        effect=main.effect,
        verdict=_verdict(main.effect, main_change(main.change, changes, plan), plan),
        balance=balance,
        artefacts=artefacts,
        label=label,
        evidence=judge_plan(plan, findings, estimated=estimated, unlike_at_start=unlike).evidence,
        sensitivity=sensitivity,
        warnings=collect_warnings(data, label, _leading_model(main), progression, artefacts, unlike=unlike),
    )


def _changes(data: StudyData) -> tuple[OccasionChange, ...]:
    changes = []
    for occasion in data.plan.follow_up:
        for size in data.arms:
            before, after = data.pairs(occasion, size.arm)
            result = estimate_change(before, after, occasion=occasion, time=data.times[occasion], arm=size.arm)
            changes.append(OccasionChange(occasion, data.times[occasion], size.arm, result))
    return tuple(changes)


def _means(data: StudyData) -> tuple[OccasionMean, ...]:
    means = []
    for occasion in data.plan.occasions:
        for size in data.arms:
            scores = data.answered(occasion, size.arm).tolist()
            means.append(OccasionMean(occasion, data.times[occasion], size.arm, len(scores), _mean(scores)))
    return tuple(means)


def _mean(scores: list[float]) -> TermEstimate | Withheld:
    if not may_show_estimate(len(scores)):
        return too_few_for_estimate()
    try:
        return estimate_mean(scores)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)


def _leading_model(main: MainFinding) -> MixedModelFit | ModelledChange | Withheld:
    return main.change if isinstance(main.model, Withheld) else main.model


def _method(main: MainFinding) -> str:
    if isinstance(main.model, MixedModelFit):
        return "mixed-model"
    return "mmrm" if isinstance(main.change, ModelledChange) else "change"


def _main_finding(data: StudyData, changes: tuple[OccasionChange, ...]) -> MainFinding:
    plan = data.plan
    if plan.design.has_comparison_arm:
        return _modelled(data)
    change = _modelled_change(data)
    number = main_change(change, changes, plan)
    smallest = _smallest(data, change)
    unplanned = Withheld(
        WithheldReason.NOT_PLANNED,
        Sentence("The plan has nobody to compare with, so there is no effect to estimate. What is shown is change."),
    )
    if plan.design is Design.EXPECTED and plan.expected_change is not None:
        if isinstance(number, Withheld):
            return MainFinding(unplanned, number, smallest, change)
        return MainFinding(unplanned, _against_expected(number, plan.expected_change.points), smallest, change)
    return MainFinding(unplanned, unplanned, smallest, change)


def _modelled_change(data: StudyData) -> ModelledChange | Withheld:
    """The intervention arm's change by a model; withheld where too few answered at the main occasion for any number."""
    scores = data.scores.loc[data.members(INTERVENTION), list(data.plan.occasions)]
    found = model_change(scores.to_numpy(dtype=float), data.plan.occasions)
    if isinstance(found, ModelledChange):
        primary = found.at(data.plan.primary_occasion)
        return primary if isinstance(primary, Withheld) else found
    return found


def _smallest(data: StudyData, change: ModelledChange | Withheld) -> int:
    """Persons behind the change: those in the model, else those with both scores."""
    if isinstance(change, ModelledChange):
        return change.n_subjects
    return len(data.pairs(data.plan.primary_occasion, INTERVENTION)[0])


def _modelled(data: StudyData) -> MainFinding:
    """Two arms: the model's difference; where there can be none, the intervention's change."""

    def without(reason: Withheld, smallest: int) -> MainFinding:
        return MainFinding(reason, reason, smallest, _modelled_change(data))

    persons = data.scores[data.plan.baseline_occasion].notna() & data.scores[list(data.plan.follow_up)].notna().any(
        axis=1
    )
    smallest = min(int((persons & data.members(size.arm)).sum()) for size in data.arms)
    if not may_show_model(smallest):
        return without(too_few_for_model(), smallest)
    try:
        model_data = build_model_data(data)
        smallest = min(model_data.arm_sizes.values())
        if not may_show_model(smallest):
            return without(_lacks_covariates(data, persons), smallest)
        model = fit_mixed_model(model_data, reml=data.plan.reml, df=data.plan.df)
    except EstimateError as error:
        return without(Withheld(WithheldReason.NOT_POSSIBLE, error.sentence), smallest)
    compared = Withheld(
        WithheldReason.NOT_PLANNED, Sentence("Two groups are compared, so the main number is their difference.")
    )
    return MainFinding(model, model.term(data.plan.effect_term), smallest, compared)


def _lacks_covariates(data: StudyData, persons: pd.Series[bool]) -> Withheld:
    """Enough have answered, but too few of them have every covariate known: which ones are missing."""
    known = data.covariates.loc[persons].notna().all()
    names = [covariate.name for covariate in data.plan.adjusted_covariates if not known[covariate.name]]
    return Withheld(
        WithheldReason.NOT_POSSIBLE,
        Sentence(
            "A comparison takes at least %(minimum)s people with answers in each group about whom we also know what the plan"
            " adjusts for. It is missing for too many: %(covariates)s.",
            minimum=MINIMUM_MODEL,
            covariates=", ".join(names),
        ),
    )


def _against_expected(change: TermEstimate, expected: float) -> TermEstimate:
    """Change minus expected change; the expected change is taken as known."""
    points = change.estimate - expected
    if change.df is None:
        return normal_estimate("change_minus_expected", points, change.std_error)
    return t_estimate("change_minus_expected", points, change.std_error, change.df)


def _balance(data: StudyData, *, modelled: bool) -> BalanceTable | Withheld:
    """The arms at the start; nothing is adjusted for where there is no model."""
    if not data.plan.design.has_comparison_arm:
        return Withheld(WithheldReason.NOT_PLANNED, Sentence("The plan has nobody to compare with."))
    if not may_show_estimate(min(size.n_started for size in data.arms)):
        return too_few_for_estimate()
    names = {data.plan.baseline_term, *(covariate.name for covariate in data.plan.adjusted_covariates)}
    adjusted = frozenset(names if modelled else ())
    intervention, comparison = data.arms
    return compare_baseline(
        data,
        data.members(INTERVENTION),
        data.members(COMPARISON),
        intervention.label,
        comparison.label,
        adjusted=adjusted,
    )


def _sensitivity(
    data: StudyData,
    main: MainFinding,
    attrition: AttritionTable,
    progression: Progression | Withheld,
    *,
    compared: bool,
) -> Sensitivity | Withheld:
    """The main number under other assumptions about those missing; where nobody is compared it must come from a model."""
    detectable = progression.threshold.smallest_detectable_change if isinstance(progression, Progression) else None
    if compared and isinstance(main.model, MixedModelFit):
        return estimate_sensitivity(
            data,
            main.effect,
            attrition,
            compared=True,
            n=main.model.n_subjects,
            smallest_group=main.smallest_group,
            smallest_detectable_change=detectable,
        )
    change = main.change
    if isinstance(change, Withheld):
        return too_few_for_sensitivity() if change.code is WithheldReason.TOO_FEW else change
    against_expected = isinstance(main.effect, TermEstimate) and data.plan.expected_change is not None
    return estimate_sensitivity(
        data,
        main.effect if against_expected else change.at(data.plan.primary_occasion),
        attrition,
        compared=False,
        n=change.n_subjects,
        smallest_group=change.n_subjects,
        expected=data.plan.expected_change.points if against_expected and data.plan.expected_change else 0.0,
        smallest_detectable_change=detectable,
    )


def _not_asked_for() -> Withheld:
    return Withheld(WithheldReason.NOT_PLANNED, Sentence("Nobody asked what those who are missing could mean."))


def _verdict(effect: TermEstimate | Withheld, change: TermEstimate | Withheld, plan: AnalysisPlan) -> Verdict:
    """By the effect, else by the intervention arm's change at the primary occasion."""
    for number in (effect, change):
        if isinstance(number, TermEstimate):
            return judge_interval(number, plan.measure.direction)
    return Verdict.WITHHELD


def judge_interval(estimate: TermEstimate, direction: Direction) -> Verdict:
    """What an interval says: no difference can't be ruled out, or better, or worse by the measure's direction."""
    if estimate.includes_zero:
        return Verdict.INCLUDES_NONE
    return Verdict.BETTER if estimate.estimate * direction.sign > 0 else Verdict.WORSE
