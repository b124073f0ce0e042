"""The manager's overview: one finding per intervention, in the words its design allows; what needs attention first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.errors import AnalysisPlanError, EstimateError, NotFoundError, Sentence
from outcomes.language import TIMEZONE
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.build_report import build_report
from outcomes.services.freeze_plan import read_plan
from outcomes.store import interventions, organisations

if TYPE_CHECKING:
    from datetime import date

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.analysis.results import ChangeEstimate, TermEstimate
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

ATTENTION = {"worse": 0, "withheld": 1, "interval_includes_zero": 2, "better": 3}
LEAST_REACH = 0.25
"""Part of a measure's scale that a picture shows to either side of zero, at least."""


@dataclass(frozen=True, slots=True)
class SharesView:
    """Shares (0-1) of those whose time has come who are reliably better, the same, reliably worse.

    What is missing to 1 are those who didn't answer both times.
    """

    better: float
    same: float
    worse: float


@dataclass(frozen=True, slots=True)
class IntervalView:
    """The main number with its interval, in points.

    ``reach``: how far the picture goes to either side of zero, the same part of each measure's scale for all rows; None
    where the scale has no ends. ``unit``: what the number counts, which way is better, and how many people are behind it.
    """

    estimate: float
    low: float
    high: float
    reach: float | None
    unit: Sentence


@dataclass(frozen=True, slots=True)
class InterventionRow:
    """One intervention in the overview.

    ``total``: people in it whose time to answer has come (None: too few to say); ``answered``: those of them who answered
    both at the start and then (None: too few to say).
    """

    intervention_id: str
    name: LocalText
    finding: Sentence
    answered: int | None
    total: int | None
    shares: SharesView | None
    interval: IntervalView | None
    withheld: Sentence | None
    plan_status: Sentence
    attention: int
    scale: float = 0.0


def list_interventions(runtime: Runtime, scope: Scope, period: Period) -> tuple[InterventionRow, ...]:
    """Every intervention with a measurement, what needs attention first, never by size of effect."""
    with runtime.database.transaction(scope) as session:
        found = [(each.slug, local_text(each.title)) for each in interventions.list_interventions(session)]
    rows = [row for slug, name in found if (row := _row(runtime, scope, slug, name, period))]
    return tuple(sorted(_on_one_scale(rows), key=lambda row: (row.attention, row.intervention_id)))


def _on_one_scale(rows: list[InterventionRow]) -> list[InterventionRow]:
    """All intervals drawn in parts of their own measure's scale, with room for the widest."""
    parts = [
        abs(end) / row.scale
        for row in rows
        if row.interval and row.scale
        for end in (row.interval.low, row.interval.high)
    ]
    part = max([LEAST_REACH, *parts])
    return [
        replace(row, interval=replace(row.interval, reach=part * row.scale)) if row.interval and row.scale else row
        for row in rows
    ]


def _row(runtime: Runtime, scope: Scope, slug: str, name: LocalText, period: Period) -> InterventionRow | None:
    try:
        context = build_report(runtime, scope, intervention_slug=slug, period=period)
    except AnalysisPlanError as error:
        return _without_result(slug, name, error.sentence, Sentence("The analysis plan waits to be frozen."))
    except EstimateError as error:
        plan = read_plan(runtime, scope, slug)
        frozen_on = plan.frozen_at.astimezone(TIMEZONE).date() if plan.frozen_at else None
        return _without_result(slug, name, error.sentence, _plan_status(plan.version, frozen_on))
    except NotFoundError:
        return None
    estimate = context.estimate
    number = _main_number(estimate)
    measure = estimate.plan.measure
    bounded = measure.minimum is not None and measure.maximum is not None
    return InterventionRow(
        intervention_id=slug,
        name=name,
        finding=context.summary.finding,
        answered=_answered(estimate),
        total=_due(estimate),
        shares=_shares(estimate),
        interval=_interval(estimate, number) if number else None,
        withheld=None if number else context.summary.number,
        plan_status=_plan_status(context.trace.plan_version, context.trace.plan_frozen_on),
        attention=ATTENTION.get(str(estimate.verdict), 1),
        scale=(measure.maximum or 0) - (measure.minimum or 0) if bounded else 0,
    )


def _without_result(slug: str, name: LocalText, why: Sentence, plan_status: Sentence) -> InterventionRow:
    return InterventionRow(slug, name, Sentence("No result yet"), None, 0, None, None, why, plan_status, 1)


def _answered(estimate: EffectEstimate) -> int | None:
    """Those in the intervention with an answer at the start and at the primary occasion."""
    change = _primary_change(estimate)
    return change.n if change else None


def _due(estimate: EffectEstimate) -> int | None:
    """Those in the intervention whose time to answer at the primary occasion has come."""
    from outcomes.analysis.disclosure import may_show_cell  # noqa: PLC0415 - see STACK: heavy imports
    from outcomes.analysis.results import INTERVENTION  # noqa: PLC0415

    primary = estimate.plan.primary_occasion
    rows = (row for row in estimate.attrition.rows if row.occasion == primary and row.arm == INTERVENTION)
    due = next((row.due for row in rows), 0)
    return due if may_show_cell(due) or not due else None


def _primary_change(estimate: EffectEstimate) -> ChangeEstimate | None:
    from outcomes.analysis.results import INTERVENTION, ChangeEstimate  # noqa: PLC0415

    for change in estimate.changes:
        if change.occasion == estimate.plan.primary_occasion and change.arm == INTERVENTION:
            return change.result if isinstance(change.result, ChangeEstimate) else None
    return None


def _plan_status(version: int, frozen_on: date | None) -> Sentence:
    return Sentence("Analysis plan version %(version)s, frozen %(day)s.", version=version, day=frozen_on)


def _main_number(estimate: EffectEstimate) -> TermEstimate | None:
    """The number behind the finding: the effect, or the change where the design only shows change."""
    from outcomes.analysis.evidence import DesignLabel  # noqa: PLC0415
    from outcomes.analysis.results import TermEstimate  # noqa: PLC0415

    if isinstance(estimate.effect, TermEstimate):
        return estimate.effect
    change = estimate.main_change
    return change if estimate.label is DesignLabel.D0 and isinstance(change, TermEstimate) else None


def _interval(estimate: EffectEstimate, number: TermEstimate) -> IntervalView:
    lower_is_better = estimate.plan.measure.direction == "lower_is_better"
    values = {"n": estimate.n_behind}
    unit = (
        Sentence("points, lower is better, %(n)s people", **values)
        if lower_is_better
        else Sentence("points, higher is better, %(n)s people", **values)
    )
    return IntervalView(number.estimate, number.ci_low, number.ci_high, None, unit)


def _shares(estimate: EffectEstimate) -> SharesView | None:
    from outcomes.analysis.effect_results import Progression  # noqa: PLC0415
    from outcomes.analysis.results import Share  # noqa: PLC0415

    if not isinstance(estimate.progression, Progression):
        return None
    row = estimate.progression.rows[0]
    better, worse, unchanged = row.share_better, row.share_worse, row.unchanged.count
    if not isinstance(better, Share) or not isinstance(worse, Share) or unchanged is None:
        return None
    return SharesView(better.share, unchanged / better.total, worse.share)


def read_organisation_name(runtime: Runtime, scope: Scope) -> str:
    """Whose interventions these are."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    with runtime.database.transaction(scope) as session:
        return organisations.get_organisation(session, organisation_id=scope.organisation_id).name
