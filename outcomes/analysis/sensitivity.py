"""Sensitivity of an effect report's main number: what if those who are missing fared worse?

Question: the main number takes it that those who didn't answer go on like those alike who did. What is it if they don't,
and how far from that must they be for the result to turn?
Estimand: the main number's, with what a scenario says of those due at the primary occasion who didn't answer then.
Formula: two arms: estimate + s_T delta - s_C delta, s the share missing in each arm, for the intervention's alone and for
both (:mod:`outcomes.analysis.delta_adjustment`); and the difference at the primary occasion after imputing, by missing at
random and by jump to reference (:mod:`outcomes.analysis.reference_imputation`). One arm: change + s_T delta, and change by
response weights (:mod:`outcomes.analysis.response_weights`). Tipping point: the delta at which the interval reaches zero.
Assumptions: one delta for all who are missing. The main number of two arms is of all follow-ups together; the shares are
those of the primary occasion, where most are missing as a rule, so that the result turns at a smaller delta than if the
others were counted too. Imputing and weighting go by the scores and what the plan adjusts for.
Units: points; ``in_detectable_changes`` in smallest detectable changes of the measure. Delta is added to the raw score.
Missing data: is what it is about. Who lacks the score at the start or a covariate is in neither imputing nor weighting.
Errors: none raised; each number that can't be given is withheld with its reason. Imputing takes 30 people in each arm and 10
answers at the primary occasion, and is left out where its refits would keep a report waiting.
Source: Carpenter & Kenward 2013, doi:10.1002/9781119942283; European Medicines Agency 2010, EMA/CPMP/EWP/1776/99.
Checked: tests/reference/reference_imputation and response_weights (its parts, by R), tests/unit/analysis/test_sensitivity.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.design_matrix import Matrix, Vector, category_levels
from outcomes.analysis.disclosure import (
    MINIMUM_ESTIMATE,
    MINIMUM_MODEL,
    may_show_cell,
    may_show_estimate,
    may_show_model,
)
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.plan import CovariateKind
from outcomes.analysis.results import (
    INTERVENTION,
    Sensitivity,
    SensitivityCode,
    SensitivityScenario,
    Share,
    TermEstimate,
    Withheld,
    WithheldReason,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.delta_adjustment import DeltaLine, DeltaScenario
    from outcomes.analysis.frame import StudyData
    from outcomes.analysis.results import AttritionTable

MOST_PLANNED_SCORES = 1000  # people times occasions that the jackknife goes through in about a second


@dataclass(frozen=True, slots=True, eq=False)
class KnownPeople:
    """People due at the primary occasion whose start and covariates are known: ``columns`` (people x numbers, ``names``),
    ``baseline`` and ``follow_up`` (people x occasions) scores in points, and who of them is in the ``intervention``.

    ``n``: how many they are; None where that would point at fewer than 5 of whom something isn't known.
    """

    columns: Matrix
    names: tuple[str, ...]
    baseline: Vector
    follow_up: Matrix
    intervention: NDArray[np.bool_]
    n: int | None

    def answered(self, occasion: int, arm: bool) -> int:
        """How many of one arm answered at the follow-up numbered ``occasion``."""
        return int((~np.isnan(self.follow_up[self.intervention == arm, occasion])).sum())


def too_few_for_sensitivity() -> Withheld:
    """The reason where no model stands behind the main number, or too few answered to impute or weight."""
    return Withheld(
        WithheldReason.TOO_FEW,
        Sentence(
            "What those who are missing could mean is worked out where %(people)s people or more stand behind the number in"
            " each group, and %(answered)s answered at the main time.",
            people=MINIMUM_MODEL,
            answered=MINIMUM_ESTIMATE,
        ),
    )


def estimate_sensitivity(
    data: StudyData,
    number: TermEstimate | Withheld,
    attrition: AttritionTable,
    *,
    compared: bool,
    n: int,
    smallest_group: int,
    expected: float = 0.0,
    smallest_detectable_change: float | None = None,
) -> Sensitivity | Withheld:
    """What the main ``number`` becomes, on which ``n`` persons stand, ``smallest_group`` of them in the smaller group.

    ``compared``: it is a difference between two arms; else the intervention's change minus the change ``expected`` (points).
    ``smallest_detectable_change``: of the measure, in points, where its error is known.
    """
    if isinstance(number, Withheld):
        return number
    if not may_show_model(smallest_group):
        return too_few_for_sensitivity()
    shares = attrition.primary_by_arm if compared else attrition.primary_by_arm[:1]
    withheld = [share for share in shares if isinstance(share, Withheld)]
    if withheld:
        return withheld[0]
    missing = tuple(1.0 - share.share for share in shares if isinstance(share, Share))
    if not any(missing):
        return Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence("Everybody who was due at the main time answered, so there is nobody missing to ask about."),
        )
    try:
        shifted = _shifted(data, number, missing, n, smallest_detectable_change)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    people = known_people(data, compared=compared)
    filled, warnings = _imputed(data, people) if compared else _weighted(data, people, number.term, expected)
    return Sensitivity((*shifted, *filled), missing, smallest_detectable_change, warnings)


def _shifted(
    data: StudyData, number: TermEstimate, missing: tuple[float, ...], n: int, detectable: float | None
) -> tuple[SensitivityScenario, ...]:
    """The main number with points added to what is missing, and the tipping points."""
    from outcomes.analysis.delta_adjustment import DeltaScenario, line_from_shares  # noqa: PLC0415 - brings the models

    line = line_from_shares(
        number, intervention_missing=missing[0], comparison_missing=missing[1] if len(missing) > 1 else 0.0
    )
    found = [SensitivityScenario(SensitivityCode.MAIN, number, 0.0, None if detectable is None else 0.0, n)]
    if detectable is not None and missing[0]:
        delta = -data.plan.measure.direction.sign * detectable
        worse = replace(line.at(delta, 0.0), term=number.term)
        found.append(SensitivityScenario(SensitivityCode.DETECTABLE_WORSE, worse, delta, delta / detectable, n))
    scenarios = {SensitivityCode.TIPPING_INTERVENTION: DeltaScenario.INTERVENTION}
    if len(missing) > 1:
        scenarios[SensitivityCode.TIPPING_BOTH] = DeltaScenario.BOTH
    found += [_tipping(line, code, scenario, number.term, n, detectable) for code, scenario in scenarios.items()]
    return tuple(found)


def _tipping(
    line: DeltaLine, code: SensitivityCode, scenario: DeltaScenario, term: str, n: int, detectable: float | None
) -> SensitivityScenario:
    from outcomes.analysis.delta_adjustment import DeltaScenario, find_tipping_point  # noqa: PLC0415 - brings the models

    point = find_tipping_point(line, scenario, smallest_detectable_change=detectable)
    if point.delta is None:
        reason = point.sentence or Sentence("No delta turns the result.")
        return SensitivityScenario(code, Withheld(WithheldReason.NOT_POSSIBLE, reason), None, None, None)
    other = point.delta if scenario is DeltaScenario.BOTH else 0.0
    estimate = line.at(point.delta, other)
    at_zero = {"ci_low": 0.0} if estimate.estimate > 0 else {"ci_high": 0.0}  # what a root leaves of it is rounding
    return SensitivityScenario(
        code, replace(estimate, term=term, **at_zero), point.delta, point.in_detectable_changes, n
    )


def known_people(data: StudyData, *, compared: bool) -> KnownPeople:
    """Those whom imputing and weighting are about: everybody due at the primary occasion, or only the intervention's."""
    plan = data.plan
    person = data.covariates[[covariate.name for covariate in plan.adjusted_covariates]].copy()
    person.insert(0, plan.baseline_term, data.scores[plan.baseline_occasion])
    asked = data.due[plan.primary_occasion] & (data.members(None if compared else INTERVENTION))
    person = person[asked]
    known = person[person.notna().all(axis=1)]
    columns = {plan.baseline_term: known[plan.baseline_term].to_numpy(dtype=np.float64)}
    for covariate in plan.adjusted_covariates:
        values = known[covariate.name].to_numpy()
        if covariate.kind is CovariateKind.NUMBER:
            columns[covariate.name] = values.astype(np.float64)
        elif len(known):
            for level in category_levels(covariate, list(values))[1:]:
                columns[f"{covariate.name}[{level}]"] = (values == level).astype(np.float64)
    unknown = len(person) - len(known)
    return KnownPeople(
        np.column_stack(list(columns.values())),
        tuple(columns),
        columns[plan.baseline_term],
        data.scores.loc[known.index, list(plan.follow_up)].to_numpy(dtype=np.float64),
        np.asarray(data.arm.loc[known.index] == INTERVENTION),
        len(known) if not unknown or may_show_cell(unknown) else None,
    )


def _withheld(code: SensitivityCode, reason: Withheld) -> SensitivityScenario:
    return SensitivityScenario(code, reason, None, None, None)


def _imputed(data: StudyData, people: KnownPeople) -> tuple[tuple[SensitivityScenario, ...], tuple[Sentence, ...]]:
    """The difference at the primary occasion with what is missing imputed, by each strategy."""
    from outcomes.analysis.imputation_model import ImputationStrategy  # noqa: PLC0415 - brings the models
    from outcomes.analysis.reference_imputation import estimate_imputed_differences  # noqa: PLC0415 - brings the models

    codes = (SensitivityCode.MISSING_AT_RANDOM, SensitivityCode.JUMP_TO_REFERENCE)
    primary = data.plan.follow_up.index(data.plan.primary_occasion)
    kept = [place for place in range(len(data.plan.follow_up)) if _enough(people, place)]
    arms = (int(people.intervention.sum()), int((~people.intervention).sum()))
    reason = None
    if primary not in kept or not may_show_model(min(arms)):
        reason = too_few_for_sensitivity()
    elif len(people.baseline) * len(kept) > MOST_PLANNED_SCORES:
        reason = _too_many(len(people.baseline))
    if reason is not None:
        return tuple(_withheld(code, reason) for code in codes), ()
    try:
        found = estimate_imputed_differences(
            people.follow_up[:, kept],
            people.intervention.tolist(),
            people.columns,
            occasions=[data.plan.follow_up[place] for place in kept],
            covariate_names=people.names,
            strategies=(ImputationStrategy.MISSING_AT_RANDOM, ImputationStrategy.JUMP_TO_REFERENCE),
            occasion=data.plan.primary_occasion,
        )
    except EstimateError as error:
        reason = Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
        return tuple(_withheld(code, reason) for code in codes), ()
    scenarios = tuple(
        SensitivityScenario(code, each.difference, None, None, people.n)
        for code, each in zip(codes, found, strict=True)
    )
    return scenarios, found[0].warnings


def _enough(people: KnownPeople, place: int) -> bool:
    return all(may_show_estimate(people.answered(place, arm=arm)) for arm in (True, False))


def _too_many(people: int) -> Withheld:
    return Withheld(
        WithheldReason.NOT_POSSIBLE,
        Sentence(
            "Working missing scores out refits a model without each person in turn, which for %(people)s people would keep"
            " the report waiting. It can be made apart from the report.",
            people=people,
        ),
    )


def _weighted(
    data: StudyData, people: KnownPeople, term: str, expected: float
) -> tuple[tuple[SensitivityScenario, ...], tuple[Sentence, ...]]:
    """The intervention's change minus the change ``expected``, with those who answered standing for those alike."""
    from outcomes.analysis.response_weights import estimate_weighted_change  # noqa: PLC0415 - only where it is asked for

    code = SensitivityCode.RESPONSE_WEIGHTS
    primary = data.plan.follow_up.index(data.plan.primary_occasion)
    if not (may_show_model(len(people.baseline)) and may_show_estimate(people.answered(primary, arm=True))):
        return (_withheld(code, too_few_for_sensitivity()),), ()
    varying = np.ptp(people.columns, axis=0) > 0
    try:
        found = estimate_weighted_change(people.follow_up[:, primary] - people.baseline, people.columns[:, varying])
    except EstimateError as error:
        return (_withheld(code, Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)),), ()
    change = cast("TermEstimate", found.overall)  # there is one arm
    estimate = normal_estimate(term, change.estimate - expected, change.std_error)
    return (SensitivityScenario(code, estimate, None, None, people.n),), found.weights.warnings
