"""What an imported table stands in: organisation, provider, intervention, plans. Found by name, or made from the mapping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from outcomes.errors import ConflictError, Fault, ImportFileError, Sentence
from outcomes.models import (
    AnalysisPlan,
    InstrumentVersion,
    Intervention,
    InterventionTargetGroup,
    LegalBasis,
    MeasurementPlan,
    Organisation,
    PlanStep,
    Provider,
    TargetGroup,
)
from outcomes.services.freeze_plan import describe_precision, make_definition
from outcomes.services.plan_occasions import Step
from outcomes.services.start_episode import read_steps
from outcomes.store import instruments, interventions, organisations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.store.database import Scope
    from outcomes.tables import TableMapping

KNOWN_FROM = date(1900, 1, 1)
"""Date of effect of a law or target group whose own date the mapping doesn't give."""


@dataclass(frozen=True, slots=True)
class ImportSetting:
    """Where the imported episodes go."""

    intervention: Intervention
    provider: Provider
    plan: MeasurementPlan
    steps: tuple[Step, ...]
    version: InstrumentVersion


def ensure_setting(
    session: Session, scope: Scope, mapping: TableMapping, version: InstrumentVersion, instrument: Instrument
) -> ImportSetting:
    """Everything the mapping names, made where it isn't there. Raises ``ImportFileError`` where a plan says otherwise."""
    provider = organisations.find_provider(session, name=mapping.provider.name)
    if provider is None:
        provider = Provider(id=uuid4(), organisation_id=scope.organisation_id, name=mapping.provider.name)
        session.add(provider)
    intervention = interventions.find_intervention(session, slug=mapping.intervention.slug)
    if intervention is None:
        intervention = _add_intervention(session, scope, mapping)
    plan = instruments.latest_plan(session, intervention_id=intervention.id)
    if plan is None:
        plan = _add_measurement_plan(session, scope, mapping, intervention.id, version.id)
    steps = read_steps(session, plan)
    _check_steps(steps, mapping, version.id)
    if mapping.analysis_plan and not interventions.latest_analysis_plan(session, intervention_id=intervention.id):
        session.add(
            AnalysisPlan(
                organisation_id=scope.organisation_id,
                intervention_id=intervention.id,
                version=1,
                definition=_define_plan(mapping, mapping.analysis_plan, instrument),
            )
        )
    return ImportSetting(intervention, provider, plan, steps, version)


def _define_plan(mapping: TableMapping, plan: dict[str, Any], instrument: Instrument) -> dict[str, Any]:
    """The mapping's plan with its words; what it doesn't say of the measurement error comes from the instrument."""
    error = plan.get("measurement_error") or describe_precision(instrument, instrument.scale(mapping.measure.scale))
    return make_definition(
        {**plan, "measurement_error": error} if error else plan,
        comparison=dict(mapping.comparison.name) if mapping.comparison else None,
        characteristics={each.key: dict(each.name) for each in mapping.background},
        categories={each.key: dict(each.categories) for each in mapping.background if each.categories},
        dates_known=mapping.start.known,
    )


def ensure_organisation(session: Session, organisation_id: UUID, mapping: TableMapping) -> None:
    """The organisation that the mapping names, made where it isn't there."""
    wanted = mapping.organisation
    found = organisations.find_organisation(session, slug=wanted.slug)
    if found is not None and found.id != organisation_id:
        raise ConflictError(Sentence("Another import made the same organisation just now. Run this one again."))
    if found is None:
        session.add(
            Organisation(
                id=organisation_id,
                slug=wanted.slug,
                name=wanted.name,
                kind=wanted.kind,
                municipality_code=wanted.municipality_code,
            )
        )
        session.flush()


def _add_intervention(session: Session, scope: Scope, mapping: TableMapping) -> Intervention:
    wanted = mapping.intervention
    basis = None
    if wanted.legal_basis:
        basis = LegalBasis(
            id=uuid4(),
            organisation_id=scope.organisation_id,
            law=wanted.legal_basis.law,
            section=wanted.legal_basis.section,
            title=dict(wanted.legal_basis.title or {}),
            valid_from=KNOWN_FROM,
        )
        session.add(basis)
        session.flush()
    intervention = Intervention(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        slug=wanted.slug,
        title=dict(wanted.name),
        description=dict(wanted.description or {}),
        legal_basis_id=basis.id if basis else None,
        planned_months=wanted.planned_months,
        cost_per_month=wanted.cost_per_month,
    )
    session.add(intervention)
    session.flush()
    if wanted.target_group:
        group = TargetGroup(
            id=uuid4(),
            organisation_id=scope.organisation_id,
            code=wanted.target_group.code,
            title=dict(wanted.target_group.name),
            valid_from=KNOWN_FROM,
        )
        session.add(group)
        session.flush()
        session.add(
            InterventionTargetGroup(
                organisation_id=scope.organisation_id, intervention_id=intervention.id, target_group_id=group.id
            )
        )
    return intervention


def _add_measurement_plan(
    session: Session, scope: Scope, mapping: TableMapping, intervention_id: UUID, version_id: UUID
) -> MeasurementPlan:
    plan = MeasurementPlan(
        id=uuid4(), organisation_id=scope.organisation_id, intervention_id=intervention_id, version=1
    )
    session.add(plan)
    session.flush()
    for occasion in mapping.occasions:
        window = mapping.window_of(occasion)
        session.add(
            PlanStep(
                organisation_id=scope.organisation_id,
                plan_id=plan.id,
                instrument_version_id=version_id,
                code=occasion.code,
                kind="baseline" if occasion.baseline else "at",
                period=None if occasion.baseline else occasion.months,
                period_unit="months",
                opens_days_before=window.opens_days_before,
                due_days_after=window.due_days_after,
                closes_days_after=window.closes_days_after,
            )
        )
    session.flush()
    return plan


def _check_steps(steps: tuple[Step, ...], mapping: TableMapping, version_id: UUID) -> None:
    known = {step.code: step for step in steps}
    faults = []
    for occasion in mapping.occasions:
        step = known.get(occasion.code)
        if step is None:
            sentence = Sentence(
                "The intervention's measurement plan has no such occasion. It has: %(codes)s.",
                codes=", ".join(sorted(known)),
            )
        elif step.instrument_version_id != version_id:
            sentence = Sentence("The intervention's measurement plan asks another instrument at this occasion.")
        elif (step.period or 0) != occasion.months or step.period_unit != "months":
            sentence = Sentence("The intervention's measurement plan has this occasion at another time.")
        else:
            continue
        faults.append(Fault(f"occasions.{occasion.code}", sentence))
    if faults:
        raise ImportFileError(Sentence("The mapping doesn't fit the measurement plan. Nothing was stored."), faults)
