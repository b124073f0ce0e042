"""The sentences of an estimate: what exactly was estimated, and what to beware of.

Words follow the design label (:mod:`outcomes.analysis.evidence`); nothing here says effect below D3.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Progression
from outcomes.analysis.evidence import LABEL_OF_DESIGN, MOST_UNLIKE, DesignLabel, allowed_word
from outcomes.analysis.plan import Design
from outcomes.analysis.results import Artefacts, MixedModelFit, ModelledChange, RegressionToMean, Withheld
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData

MOST_REGRESSION = 1 / 3


def describe_estimand(data: StudyData, label: DesignLabel, *, modelled: bool) -> Sentence:
    """Who, compared with whom, on what, when, and how stops and missing answers are counted."""
    plan = data.plan
    if label >= DesignLabel.D2:
        return Sentence(
            "The mean difference in score (%(scale)s) between people allocated to %(intervention)s and to"
            " %(comparison)s, over the follow-ups at %(months)s months, between people with the same starting score and"
            " background, as if all had answered; whoever stopped or changed help is counted where they began.",
            scale=plan.measure.scale,
            intervention=plan.intervention_label,
            comparison=plan.comparison_label or "",
            months=_months(data, plan.follow_up),
        )
    if label is DesignLabel.D1 and plan.expected_change is not None:
        if modelled:
            return Sentence(
                "The mean change in score (%(scale)s) from the start to %(months)s months among people in"
                " %(intervention)s, as if all had answered every time, minus the change expected beforehand (%(points)s"
                " points).",
                scale=plan.measure.scale,
                intervention=plan.intervention_label,
                months=_months(data, (plan.primary_occasion,)),
                points=plan.expected_change.points,
            )
        return Sentence(
            "The mean change in score (%(scale)s) from the start to %(months)s months among people in %(intervention)s"
            " who answered both times, minus the change expected beforehand (%(points)s points).",
            scale=plan.measure.scale,
            intervention=plan.intervention_label,
            months=_months(data, (plan.primary_occasion,)),
            points=plan.expected_change.points,
        )
    said = (
        Sentence(
            "The mean change in score (%(scale)s) from the start to %(months)s months among people in %(intervention)s, as"
            " if all had answered every time."
        )
        if modelled
        else Sentence(
            "The mean change in score (%(scale)s) from the start to %(months)s months among people in %(intervention)s who"
            " answered both times."
        )
    )
    return Sentence(
        said.message,
        scale=plan.measure.scale,
        intervention=plan.intervention_label,
        months=_months(data, (plan.primary_occasion,)),
    )


def collect_warnings(
    data: StudyData,
    label: DesignLabel,
    model: MixedModelFit | ModelledChange | Withheld,
    progression: Progression | Withheld,
    artefacts: Artefacts,
    *,
    unlike: bool,
) -> tuple[Sentence, ...]:
    """What a reader should know before using the numbers."""
    return (
        *_design_warnings(data, label, unlike=unlike),
        *(() if isinstance(model, Withheld) else model.warnings),
        *_missing_warnings(data, model),
        *_measure_warnings(progression, artefacts),
    )


def _design_warnings(data: StudyData, label: DesignLabel, *, unlike: bool) -> list[Sentence]:
    planned = LABEL_OF_DESIGN[data.plan.design]
    warnings = []
    if label < planned:
        warnings.append(
            Sentence(
                'The plan\'s design would allow the words "%(planned)s". What could be estimated allows "%(allowed)s".',
                planned=allowed_word(planned),
                allowed=allowed_word(label),
            )
        )
    if data.plan.design is Design.WAITING_LIST and label is DesignLabel.D2 and unlike:
        warnings.append(
            Sentence(
                "Those who waited were unlike the others at the start by more than %(limit)s standard deviations, so the"
                " waiting list can't have gone by turn alone.",
                limit=MOST_UNLIKE,
            )
        )
    if data.plan.design is Design.EXPECTED and label is DesignLabel.D1:
        warnings.append(
            Sentence("The expected change is taken as known: its own uncertainty isn't part of the interval.")
        )
    return warnings


def _missing_warnings(data: StudyData, model: MixedModelFit | ModelledChange | Withheld) -> list[Sentence]:
    warnings = []
    if isinstance(model, MixedModelFit) and model.n_incomplete:
        if model.n_incomplete < 5:
            warnings.append(
                Sentence(
                    "A few people (fewer than 5) are left out of the model: their starting score or background is"
                    " missing."
                )
            )
        else:
            warnings.append(
                Sentence(
                    "%(persons)s people are left out of the model: their starting score or background is missing.",
                    persons=model.n_incomplete,
                )
            )
    warnings += [
        Sentence("Nobody has the occasion %(occasion)s of the analysis plan planned yet.", occasion=code)
        for code, time in data.times.items()
        if math.isinf(time)
    ]
    if data.n_not_due:
        warnings.append(
            Sentence("Answers given at times when the person no longer was, or not yet was, to be asked are left out.")
        )
    return warnings


def _measure_warnings(progression: Progression | Withheld, artefacts: Artefacts) -> list[Sentence]:
    warnings = []
    if isinstance(progression, Progression):
        threshold = progression.threshold
        if threshold.assumed:
            warnings.append(
                Sentence(
                    "The measure's error is an assumption that no study stands behind. Read reliable change with care."
                )
            )
        if threshold.internal_consistency:
            warnings.append(
                Sentence(
                    "The measure's error comes from how its questions hang together, not from asking the same people"
                    " twice: it is probably too small."
                )
            )
        if threshold.sd_from_these_data:
            warnings.append(
                Sentence("The measure's error is worked out with the spread of these people's own scores at the start.")
            )
    regression = artefacts.regression_to_mean
    if isinstance(regression, RegressionToMean) and (regression.share_of_change or 0.0) > MOST_REGRESSION:
        warnings.append(
            Sentence(
                "People start when they are worst, and then part of the change comes by itself: about %(points)s"
                " points of it.",
                points=abs(regression.expected_change),
            )
        )
    return warnings


def _months(data: StudyData, occasions: tuple[str, ...]) -> str:
    times = (data.times[occasion] for occasion in occasions)
    return ", ".join("?" if math.isinf(time) else f"{time:g}" for time in times)
