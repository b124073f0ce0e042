"""Checks of a study by its own data: control outcomes, and whether answering itself changes answers.

Question: do the groups differ where they can't, and do people answer otherwise for having answered before?
Rules: a number that the plan looks at and doesn't adjust for was known before the start, so the intervention can't have
touched it: it is a control outcome, compared like the main one at the end (ANCOVA: score at the start and the adjusted
covariates). The testing effect is looked at where 10 people or more answered the primary occasion as their first.
Assumptions, units, missing data: :mod:`outcomes.analysis.negative_control`, :mod:`outcomes.analysis.testing_effect`.
Errors: none raised; what can't be compared is left out.
Checked: tests/unit/analysis/test_study_checks.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.ancova import fit_ancova
from outcomes.analysis.disclosure import may_show_model
from outcomes.analysis.negative_control import NegativeControl, judge_negative_control
from outcomes.analysis.plan import CovariateKind
from outcomes.analysis.results import COMPARISON, INTERVENTION, TermEstimate
from outcomes.analysis.testing_effect import TestingEffect, find_testing_effect
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData
    from outcomes.analysis.plan import Covariate


@dataclass(frozen=True, slots=True)
class StudyChecks:
    """Control outcomes by the plan's order; ``testing``: None where too few answered for the first time."""

    controls: tuple[NegativeControl, ...]
    testing: TestingEffect | None


def check_study(data: StudyData, *, compared: bool) -> StudyChecks:
    """What the data can say of themselves; control outcomes only where two groups are ``compared``."""
    loose = [each for each in data.plan.covariates if not each.adjusted and each.kind is CovariateKind.NUMBER]
    controls = [_control(data, covariate) for covariate in loose] if compared else []
    return StudyChecks(tuple(control for control in controls if control is not None), _testing(data))


def _control(data: StudyData, covariate: Covariate) -> NegativeControl | None:
    baseline = data.scores[data.plan.baseline_occasion]
    known = baseline.notna() & data.covariates[covariate.name].notna()
    arms = data.arm[known]
    if not all(may_show_model(int((arms == arm).sum())) for arm in (INTERVENTION, COMPARISON)):
        return None
    adjusted = {each.name: data.covariates.loc[known, each.name].tolist() for each in data.plan.adjusted_covariates}
    try:
        fit = fit_ancova(
            data.covariates.loc[known, covariate.name].astype(float).tolist(),
            baseline[known].tolist(),
            arms.tolist(),
            reference=COMPARISON,
            covariates=adjusted,
        )
        return judge_negative_control(covariate.name, fit.contrast(INTERVENTION))
    except EstimateError:
        return None


def _testing(data: StudyData) -> TestingEffect | None:
    primary = data.plan.primary_occasion
    answered = data.answered(primary, INTERVENTION)
    before = list(data.plan.occasions)[: list(data.plan.occasions).index(primary)]
    again = data.scores.loc[answered.index, before].notna().any(axis=1)
    try:
        found = find_testing_effect(primary, answered.to_numpy(dtype=float), again.tolist())
    except EstimateError:
        return None
    return found if isinstance(found.difference, TermEstimate) else None
