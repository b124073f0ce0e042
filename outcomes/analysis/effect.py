"""An intervention's estimate by its frozen analysis plan: every method put together, each part a number or its reason.

Question: what became of those who got the intervention, is it because of it, and how sure are we?
Estimand: stated with the result in words (:attr:`EffectEstimate.estimand`): population, comparison, measure, times, and
that it is treatment as allocated, whatever was stopped or changed later.
Formula: see the parts (change, reliable_change, proportions, mixed_model, attrition, balance, artefacts, overlap).
Assumptions: those of the parts; the design label and the evidence grade say how far they are met.
Units: points of the measure; shares 0-1; months. Differences are intervention minus comparison.
Missing data: the model uses everybody with a baseline and one later answer; other parts give their n.
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
from outcomes.analysis.effect_results import EffectEstimate, Verdict, primary_share
from outcomes.analysis.effect_words import collect_warnings, describe_estimand
from outcomes.analysis.evidence import DesignLabel, design_label, grade_evidence
from outcomes.analysis.findings import collect_findings
from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.mixed_model import fit_mixed_model
from outcomes.analysis.overlap import estimate_overlap
from outcomes.analysis.plan import AnalysisPlan, Design, Direction
from outcomes.analysis.progression import describe_progression
from outcomes.analysis.results import (
    COMPARISON,
    INTERVENTION,
    BalanceTable,
    ChangeEstimate,
    MixedModelFit,
    OccasionChange,
    OccasionMean,
    Share,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    import pandas as pd

VERSION = "1"


@dataclass(frozen=True, slots=True)
class MainFinding:
    """The model, the effect that it (or the expected course) gives, and persons in the smallest group behind it."""

    model: MixedModelFit | Withheld
    effect: TermEstimate | Withheld
    smallest_group: int


def estimate_effect(frame: pd.DataFrame, plan: AnalysisPlan) -> EffectEstimate:
    """Everything that ``plan`` asks of ``frame`` (see :mod:`outcomes.analysis.frame` for its columns)."""
    data = read_frame(frame, plan)
    attrition, artefacts = describe_attrition(data), describe_artefacts(data)
    changes = _changes(data)
    main = _main_finding(data, changes)
    label = design_label(plan, estimated=isinstance(main.effect, TermEstimate))
    balance = _balance(data, modelled=isinstance(main.model, MixedModelFit))
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
    return EffectEstimate(
        method="mixed-model" if isinstance(main.model, MixedModelFit) else "change",
        version=VERSION,
        plan=plan,
        estimand=describe_estimand(data, label),
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
        effect=main.effect,
        verdict=_verdict(main.effect, changes, plan),
        balance=balance,
        artefacts=artefacts,
        label=label,
        evidence=grade_evidence(label, findings),
        warnings=collect_warnings(data, label, main.model, progression, artefacts),
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


def _main_finding(data: StudyData, changes: tuple[OccasionChange, ...]) -> MainFinding:
    plan = data.plan
    if plan.design.has_comparison_arm:
        return _modelled(data)
    unplanned = Withheld(
        WithheldReason.NOT_PLANNED,
        Sentence("The plan has nobody to compare with, so there is no effect to estimate. What is shown is change."),
    )
    pairs = len(data.pairs(plan.primary_occasion, INTERVENTION)[0])
    primary = next(change.result for change in changes if change.occasion == plan.primary_occasion)
    if plan.design is Design.EXPECTED and plan.expected_change is not None:
        if isinstance(primary, Withheld):
            return MainFinding(unplanned, primary, pairs)
        return MainFinding(unplanned, _against_expected(primary, plan.expected_change.points), pairs)
    return MainFinding(unplanned, unplanned, pairs)


def _modelled(data: StudyData) -> MainFinding:
    persons = data.scores[data.plan.baseline_occasion].notna() & data.scores[list(data.plan.follow_up)].notna().any(
        axis=1
    )
    smallest = min(int((persons & data.members(size.arm)).sum()) for size in data.arms)
    if not may_show_model(smallest):
        return MainFinding(too_few_for_model(), too_few_for_model(), smallest)
    try:
        model_data = build_model_data(data)
        smallest = min(model_data.arm_sizes.values())
        if not may_show_model(smallest):
            return MainFinding(_lacks_covariates(data, persons), _lacks_covariates(data, persons), smallest)
        model = fit_mixed_model(model_data, reml=data.plan.reml)
    except EstimateError as error:
        withheld = Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
        return MainFinding(withheld, withheld, smallest)
    return MainFinding(model, model.term(data.plan.effect_term), smallest)


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


def _against_expected(change: ChangeEstimate, expected: float) -> TermEstimate:
    """Mean change minus expected change; the expected change is taken as known."""
    mean = change.mean_change
    return t_estimate("change_minus_expected", mean.estimate - expected, mean.std_error, mean.df or float(change.n - 1))


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


def _verdict(effect: TermEstimate | Withheld, changes: tuple[OccasionChange, ...], plan: AnalysisPlan) -> Verdict:
    """By the effect, else by the intervention arm's change at the primary occasion."""
    if isinstance(effect, TermEstimate):
        return judge_interval(effect, plan.measure.direction)
    for change in changes:
        if change.occasion == plan.primary_occasion and change.arm == INTERVENTION:
            if isinstance(change.result, ChangeEstimate):
                return judge_interval(change.result.mean_change, plan.measure.direction)
            break
    return Verdict.WITHHELD


def judge_interval(estimate: TermEstimate, direction: Direction) -> Verdict:
    """What an interval says: no difference can't be ruled out, or better, or worse by the measure's direction."""
    if estimate.includes_zero:
        return Verdict.INCLUDES_NONE
    return Verdict.BETTER if estimate.estimate * direction.sign > 0 else Verdict.WORSE
