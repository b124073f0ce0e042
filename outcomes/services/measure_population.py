"""What is known of everybody in an intervention, or of a part of them: worked out from the rows, or read as it is stored.

Figures are aggregates that may be shown as they stand: what the rules of small numbers hide isn't in them, also where only
another number on the same page would give it away.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from outcomes.errors import EstimateError, NotFoundError, Sentence
from outcomes.reports.stored_population import read_stored_figures
from outcomes.services.freeze_plan import find_plan, require_frozen
from outcomes.services.gather_outcomes import Period
from outcomes.store import interventions, stored_results

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.analysis.population import Population, PopulationFigures
    from outcomes.analysis.results import Withheld
    from outcomes.models import AnalysisPlan as StoredPlan
    from outcomes.models import Intervention
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.gather_population import People
    from outcomes.services.runtime import Runtime
    from outcomes.store.stored_results import Span

PartEstimates = dict[tuple["AnalysisPlan", bytes], "EffectEstimate | Withheld"]
"""Estimates of parts, by their plan and the fingerprint of their people's records."""


def measure_population(
    runtime: Runtime, session: Session, population: Population, period: Period | None = None
) -> PopulationFigures:
    """The figures of a population that began in ``period`` (None: whenever), from today's rows.

    Raises ``NotFoundError`` where there is no such intervention or nobody of the population began, ``AnalysisPlanError``
    where the plan isn't frozen, and ``EstimateError`` where the scores aren't on one scale.
    """
    return measure_populations(runtime, session, [population], period)[0]


def measure_populations(
    runtime: Runtime, session: Session, populations: Sequence[Population], period: Period | None = None
) -> tuple[PopulationFigures, ...]:
    """The same for several of one intervention: its rows are read, and everybody is estimated, once."""
    from outcomes.services.gather_material import gather_material, gather_plan_outcomes  # noqa: PLC0415 - heavy
    from outcomes.services.gather_population import gather_people  # noqa: PLC0415

    intervention, stored = find_plan(session, populations[0].intervention)
    require_frozen(stored, intervention.slug)
    asked = [_settle(session, intervention, each) for each in populations]
    found = gather_plan_outcomes(runtime, session, intervention, stored, period)
    if not found.data.records:
        raise _nobody(intervention.slug)
    people = gather_people(session, intervention, found, runtime.today(), also=asked)
    material = gather_material(runtime, session, intervention, stored, found, with_sensitivity=False)
    figures = describe_people(people, found, material.estimate, keys={each.key for each in asked})
    absent = next((each for each in asked if each.key not in figures), None)
    if absent is not None:
        raise _nobody(intervention.slug)
    return tuple(replace(figures[each.key], population=whole) for each, whole in zip(asked, populations, strict=True))


def describe_people(
    people: People, found: PlanOutcomes, estimate: EffectEstimate, *, keys: Collection[str] | None = None,
    made: PartEstimates | None = None,
) -> Mapping[str, PopulationFigures]:  # fmt: skip
    """The figures of every population of ``people`` that anybody is in (of those with ``keys``), by its key.

    ``estimate``: everybody's. A part is judged by its change alone, also where it happens to hold everybody. ``made``: what
    was estimated before for whoever calls, and what is now: a provider's people are often the same in several periods.
    """
    made = {} if made is None else made
    from outcomes.analysis.plan import Design  # noqa: PLC0415 - heavy
    from outcomes.analysis.population_figures import Known, describe_population  # noqa: PLC0415
    from outcomes.services.gather_population import count_populations  # noqa: PLC0415

    counts, hidden = count_populations(people, found, estimate.individuals)
    days = (found.period.from_date, found.period.to_date)
    figures = {}
    for key, members in people.parts.items():
        if not members or key in people.unasked or (keys is not None and key not in keys):
            continue
        whole = people.populations[key].is_everybody
        if members == people.everybody and found.plan.design is Design.NONE:
            whole = True  # estimated already, and compared with nobody
        own = estimate if whole else _estimate_part(found, members, estimate, made)
        known = Known(own, counts[key], hidden[key])
        figures[key] = describe_population(people.populations[key], days, found.plan, known, found.data.snapshot)
    return figures


def read_population(
    _runtime: Runtime, session: Session, population: Population, period: Period | None = None
) -> PopulationFigures | None:
    """The same figures as they were last stored; None where they aren't, whether nobody began or nobody has looked yet.

    A few queries, whatever the number of citizens. Raises ``NotFoundError`` where there is no such intervention.
    """
    intervention, stored = find_plan(session, population.intervention)
    asked = _settle(session, intervention, population)
    span = stored_results.list_spans(session).get(intervention.id)
    days = None if period is None or holds_everybody(stored, span, period) else (period.from_date, period.to_date)
    result = stored_results.find_result(session, plan_id=stored.id, population=asked.key, days=days)
    figures = read_stored_figures(result.content) if result else None
    return replace(figures, population=population) if figures else None


def holds_everybody(plan: StoredPlan, span: Span | None, period: Period) -> bool:
    """Does the period hold every start, or does nobody know the dates?"""
    if span is None or not plan.definition.get("dates_known", True):
        return True
    return period.from_date <= span.first_day and span.last_day <= period.to_date


def people_behind(
    session: Session, population: Population, period: Period | None, plan: AnalysisPlan
) -> frozenset[UUID]:
    """The citizens whose data are behind a population's figures, those whom they are compared with among them.

    For the ledger of what was published; never shown. Empty where nobody began.
    """
    from datetime import date  # noqa: PLC0415

    from outcomes.services.gather_outcomes import gather_outcomes  # noqa: PLC0415
    from outcomes.services.gather_population import place_people  # noqa: PLC0415

    intervention = _find(session, population.intervention)
    asked = _settle(session, intervention, population)
    data = gather_outcomes(session, intervention, plan, period or Period(date.min, date.max), date.max)
    placed = place_people(session, intervention, data.people)
    if asked.is_everybody:
        return frozenset(each.citizen_id for each in placed.values())
    return frozenset(
        each.citizen_id
        for each in placed.values()
        if each.in_intervention
        and asked.provider_id in {None, each.provider_id}
        and asked.target_group in {None, each.target_group}
    )


def _estimate_part(
    found: PlanOutcomes, members: frozenset[str], whole: EffectEstimate, made: PartEstimates
) -> EffectEstimate | Withheld:
    """The estimate of exactly these people's records under the plan of a part, unless it is made already."""
    from outcomes.analysis.effect_results import Progression  # noqa: PLC0415 - heavy
    from outcomes.analysis.population_figures import plan_of_part  # noqa: PLC0415

    threshold = whole.progression.threshold if isinstance(whole.progression, Progression) else None
    plan = plan_of_part(found.plan, threshold)
    records = [each for each in found.data.records if each["subject"] in members]
    key = plan, hashlib.sha256(json.dumps(records, sort_keys=True, default=str).encode()).digest()
    if key not in made:
        made[key] = _estimate_records(records, plan)
    return made[key]


def _estimate_records(records: Sequence[Mapping[str, Any]], plan: AnalysisPlan) -> EffectEstimate | Withheld:
    import pandas as pd  # noqa: PLC0415 - 1.6 s that no citizen's page waits for

    from outcomes.analysis.effect import estimate_effect  # noqa: PLC0415
    from outcomes.analysis.results import Withheld, WithheldReason  # noqa: PLC0415

    try:
        return estimate_effect(pd.DataFrame.from_records(records), plan, with_sensitivity=False)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)


def _find(session: Session, slug: str) -> Intervention:
    intervention = interventions.find_intervention(session, slug=slug)
    if intervention is None:
        raise NotFoundError(Sentence("There is no intervention called %(name)s here.", name=slug))
    return intervention


def _settle(session: Session, intervention: Intervention, population: Population) -> Population:
    """The population without its law and section, which are the intervention's own.

    Raises ``NotFoundError`` where the intervention rests on another one.
    """
    if population.legal_section is None:
        return population
    basis = interventions.find_legal_basis(session, legal_basis_id=intervention.legal_basis_id)
    if basis is None or f"{basis.law} {basis.section}" != population.legal_section:
        raise _nobody(intervention.slug)
    return replace(population, legal_section=None)


def _nobody(slug: str) -> NotFoundError:
    return NotFoundError(Sentence("Nobody has begun %(name)s yet.", name=slug))
