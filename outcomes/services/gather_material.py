"""Everything that goes into an effect report, gathered in one transaction."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.plan import AnalysisPlan, Design, parse_analysis_plan
from outcomes.errors import EstimateError, NotFoundError, Sentence
from outcomes.language import LOCALES, TIMEZONE, translate, use_locale
from outcomes.reports.effect_report import PlanMaterial, ReportMaterial
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.gather_goals import gather_goals
from outcomes.services.gather_measure import find_measure
from outcomes.services.gather_outcomes import OutcomeData, Period, gather_outcomes
from outcomes.services.runtime import Runtime, code_version
from outcomes.store import interventions, organisations

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.models import AnalysisPlan as StoredPlan
    from outcomes.models import Intervention, Organisation

ESTIMATES_KEPT = 64

_estimates: OrderedDict[tuple[UUID, str], EffectEstimate] = OrderedDict()
_estimates_lock = Lock()


@dataclass(frozen=True, slots=True)
class PlanOutcomes:
    """An intervention's outcome data as its plan looks at them. ``dated`` False: nobody knows the dates."""

    plan: AnalysisPlan
    dated: bool
    period: Period
    data: OutcomeData


def gather_plan_outcomes(
    runtime: Runtime, session: Session, intervention: Intervention, stored: StoredPlan, period: Period | None
) -> PlanOutcomes:
    """The data of one report, with their snapshot. Where nobody knows the dates, no period is asked about.

    Raises ``NotFoundError`` where nobody has begun the intervention.
    """
    plan = parse_analysis_plan(stored.definition["analysis"])
    dated = bool(stored.definition.get("dates_known", True))
    period = _period(session, intervention, period if dated else None)
    return PlanOutcomes(plan, dated, period, gather_outcomes(session, intervention, plan, period, runtime.today()))


def gather_material(
    runtime: Runtime,
    session: Session,
    intervention: Intervention,
    stored: StoredPlan,
    found: PlanOutcomes,
    *,
    with_sensitivity: bool = True,
) -> ReportMaterial:
    """The material of one report from its data.

    Raises ``EstimateError`` where nobody has begun in the period or where it holds scores that aren't on one scale. Where
    nobody knows the dates, no period is shown. ``with_sensitivity`` False: for readers of the main number alone.
    """
    words, dated, period, data = stored.definition["words"], found.dated, found.period, found.data
    if not data.records:
        raise _nobody(period)
    plan = found.plan
    followed, departures = _follow_plan(plan, data)
    organisation = organisations.get_organisation(session, organisation_id=intervention.organisation_id)
    basis = interventions.find_legal_basis(session, legal_basis_id=intervention.legal_basis_id)
    groups = interventions.list_target_groups(session, intervention_id=intervention.id)
    frozen_on = stored.frozen_at.astimezone(TIMEZONE).date() if stored.frozen_at else None
    return ReportMaterial(
        organisation=organisation.name,
        intervention=local_text(intervention.title),
        description=_text(intervention.description),
        legal_basis=local_text(f"{basis.law} {basis.section}") if basis else None,
        planned_months=intervention.planned_months,
        cost_per_month=float(intervention.cost_per_month) if intervention.cost_per_month is not None else None,
        comparison=_text(words.get("comparison")),
        providers=tuple(interventions.list_providers(session, intervention_id=intervention.id)),
        target_groups=tuple(local_text(group.title) for group in groups),
        period_from=period.from_date if dated else None,
        period_to=period.to_date if dated else None,
        measure=find_measure(session, plan, data.versions),
        plan=PlanMaterial(stored.version, frozen_on, departures=departures),
        estimate=_estimate(stored.id, data, followed, with_sensitivity=with_sensitivity),
        goals=gather_goals(session, intervention, period),
        snapshot=data.snapshot,
        code_version=code_version(),
        reproduce=_command(organisation, intervention, period if dated else None),
        generated_at=runtime.now(),
        is_demo=runtime.settings.demo,
        characteristics=tuple((key, local_text(text)) for key, text in words["characteristics"].items()),
        category_words=tuple(
            (key, tuple((value, local_text(text)) for value, text in values.items()))
            for key, values in words.get("categories", {}).items()
        ),
        data_source=_text(words.get("data_source")),
    )


def _period(session: Session, intervention: Intervention, period: Period | None) -> Period:
    """The period asked for, else the whole quarters from the first start to the last."""
    first, last = interventions.episode_span(session, intervention_id=intervention.id)
    if first is None or last is None:
        raise NotFoundError(Sentence("Nobody has begun %(name)s yet.", name=intervention.slug))
    return period or Period(first, last).in_whole_quarters()


def _nobody(period: Period) -> EstimateError:
    return EstimateError(
        Sentence(
            "Nobody began between %(first)s and %(last)s. Choose a longer period.",
            first=period.from_date,
            last=period.to_date,
        )
    )


def _follow_plan(plan: AnalysisPlan, data: OutcomeData) -> tuple[AnalysisPlan, tuple[LocalText, ...]]:
    """The plan as far as the data bear it: a waiting list is one only where everybody compared with was on it."""
    if plan.design is not Design.WAITING_LIST or data.comparison_statuses <= {"waiting_list"}:
        return plan, ()
    reason = Sentence(
        "The plan compares with a waiting list, but not everybody in the comparison was on it. The difference is therefore"
        " not called an effect."
    )
    return replace(plan, design=Design.ADJUSTED), (_in_every_language(reason),)


def _in_every_language(sentence: Sentence) -> LocalText:
    texts = {}
    for locale in LOCALES:
        with use_locale(locale):
            texts[locale] = translate(sentence)
    return local_text(texts)


def _text(stored: dict[str, str] | None) -> LocalText | None:
    return local_text(stored) if stored else None


def _command(organisation: Organisation, intervention: Intervention, period: Period | None) -> str:
    days = f" --from {period.from_date} --to {period.to_date}" if period else ""
    return f"outcomes report --organisation {organisation.slug} --intervention {intervention.slug}{days} --format json"


def _estimate(plan_id: UUID, data: OutcomeData, plan: AnalysisPlan, *, with_sensitivity: bool) -> EffectEstimate:
    """The estimate of exactly these data under this plan; kept where it is whole, since neither can change."""
    key = (plan_id, data.snapshot)
    with _estimates_lock:
        if key in _estimates:
            _estimates.move_to_end(key)
            return _estimates[key]
    if not with_sensitivity:
        return estimate_effect(data.frame, plan, with_sensitivity=False)
    estimate = estimate_effect(data.frame, plan)
    with _estimates_lock:
        _estimates[key] = estimate
        while len(_estimates) > ESTIMATES_KEPT:
            _estimates.popitem(last=False)
    return estimate
