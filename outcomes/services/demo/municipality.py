"""The rows of the demo municipality itself: units, providers, staff, instruments, interventions, plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.instruments import Instrument, Kind, shipped_instruments
from outcomes.models import (
    AnalysisPlan,
    AppUser,
    Intervention,
    InterventionTargetGroup,
    LegalBasis,
    MeasurementPlan,
    Organisation,
    PlanStep,
    Provider,
    TargetGroup,
    Unit,
)
from outcomes.services.demo import content, staff
from outcomes.services.demo.content import Offered
from outcomes.services.freeze_plan import describe_precision, make_definition
from outcomes.services.install_instrument import add_instrument
from outcomes.services.plan_occasions import Step
from outcomes.services.start_episode import read_steps
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

SCALE = "total"
"""Every main measure of the demo has one scale of this name."""


@dataclass(frozen=True, slots=True)
class Service:
    """An intervention as it is stored, with its measurement plan."""

    offered: Offered
    intervention_id: UUID
    plan_id: UUID
    target_group_id: UUID
    steps: tuple[Step, ...]


@dataclass
class Municipality:
    """The demo municipality while it is being made.

    ``rng`` decides who people are and how they fare; ``ids`` gives ids, from a generator of its own, so that a row more or
    less changes nobody's course.
    """

    id: UUID
    rng: Random
    ids: Random
    instruments: dict[UUID, Instrument] = field(default_factory=dict)
    versions: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    providers: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The municipality's own rows."""
        return Scope(self.id, actor="command:demo")

    def new_id(self) -> UUID:
        """The next id."""
        return draw_id(self.ids)


def draw_id(rng: Random) -> UUID:
    """A random id from ``rng``."""
    return UUID(int=rng.getrandbits(128), version=4)


def make_municipality(rng: Random) -> Municipality:
    """The demo municipality, of which nothing is stored yet."""
    return Municipality(draw_id(rng), rng, ids=Random(rng.getrandbits(64)))


def add_municipality(session: Session, place: Municipality, *, frozen_at: datetime) -> None:
    """Everything but people. The analysis plans are frozen at once, before there is anything to see."""
    session.add(
        Organisation(
            id=place.id,
            slug=content.SLUG,
            name=content.NAME,
            kind="municipality",
            contact=dict(staff.CONTACT),
            privacy=dict(staff.PRIVACY),
        )
    )
    session.flush()
    _add_places(session, place)
    add_instruments(session, place)
    for offered in content.OFFERED:
        add_service(session, place, offered, frozen_at)


def _add_places(session: Session, place: Municipality) -> None:
    for name, above in staff.UNITS:
        place.units[name] = place.new_id()
        session.add(
            Unit(
                id=place.units[name],
                organisation_id=place.id,
                name=name,
                parent_id=place.units[above] if above else None,
            )
        )
        session.flush()
    for offer in staff.OFFERS:
        place.providers[offer.name] = place.new_id()
        session.add(
            Provider(
                id=place.providers[offer.name],
                organisation_id=place.id,
                unit_id=place.units[offer.unit],
                name=offer.name,
                has_address=offer.has_address,
                capacity=offer.capacity,
            )
        )
    for colleague in staff.COLLEAGUES:
        place.users[colleague.email] = place.new_id()
        session.add(make_user(place.id, place.users[colleague.email], colleague, place.units.get(colleague.unit or "")))
    session.flush()


def make_user(organisation_id: UUID, user_id: UUID, colleague: staff.Colleague, unit_id: UUID | None = None) -> AppUser:
    """The account of a colleague."""
    return AppUser(
        id=user_id,
        organisation_id=organisation_id,
        unit_id=unit_id,
        email=colleague.email,
        name=colleague.name,
        title=colleague.title,
        role=colleague.role,
    )


def add_instruments(session: Session, place: Municipality) -> None:
    """The measures written for this project."""
    for instrument in shipped_instruments():
        if instrument.kind is Kind.MEASURE and instrument.own_authored:
            stored = add_instrument(session, place.scope, instrument)
            place.versions[instrument.key] = stored.id
            place.instruments[stored.id] = instrument


def add_service(session: Session, place: Municipality, offered: Offered, frozen_at: datetime) -> None:
    """An intervention with its measurement plan and its frozen analysis plan."""
    intervention, group_id = _add_intervention(session, place, offered)
    plan = MeasurementPlan(id=place.new_id(), organisation_id=place.id, intervention_id=intervention.id, version=1)
    session.add(plan)
    session.flush()
    session.add_all(
        PlanStep(
            id=place.new_id(),
            organisation_id=place.id,
            plan_id=plan.id,
            instrument_version_id=place.versions[step.instrument],
            code=step.code,
            kind="at" if step.months else "baseline",
            period=step.months or None,
            period_unit="months",
            opens_days_before=content.OPENS_BEFORE,
            due_days_after=content.DUE_AFTER,
            closes_days_after=content.CLOSES_AFTER,
        )
        for step in offered.steps
    )
    session.add(
        AnalysisPlan(
            id=place.new_id(),
            organisation_id=place.id,
            intervention_id=intervention.id,
            version=1,
            definition=make_definition(
                _analysis(place.instruments[place.versions[offered.measure]], offered),
                comparison=offered.comparison,
                characteristics=offered.characteristics,
                categories=offered.categories,
                data_source=content.DATA_SOURCE,
            ),
            frozen_at=frozen_at,
            frozen_by=staff.MANAGER.name,
        )
    )
    session.flush()
    place.services[offered.slug] = Service(offered, intervention.id, plan.id, group_id, read_steps(session, plan))


def _add_intervention(session: Session, place: Municipality, offered: Offered) -> tuple[Intervention, UUID]:
    """The intervention, and the id of the target group that it is for."""
    law, valid_from = offered.law
    basis = LegalBasis(
        id=place.new_id(),
        organisation_id=place.id,
        law=law,
        section=offered.section,
        title=dict(offered.section_title),
        valid_from=valid_from,
    )
    group = TargetGroup(
        id=place.new_id(),
        organisation_id=place.id,
        code=offered.group_code,
        title=dict(offered.group_title),
        valid_from=content.GROUPS_FROM,
    )
    session.add_all([basis, group])
    session.flush()
    intervention = Intervention(
        id=place.new_id(),
        organisation_id=place.id,
        slug=offered.slug,
        title=dict(offered.title),
        description=dict(offered.description),
        theory_of_change=dict(offered.theory_of_change),
        legal_basis_id=basis.id,
        planned_months=offered.planned_months,
        cost_per_month=offered.cost_per_month,
    )
    session.add(intervention)
    session.flush()
    session.add(
        InterventionTargetGroup(
            id=place.new_id(),
            organisation_id=place.id,
            intervention_id=intervention.id,
            target_group_id=group.id,
        )
    )
    return intervention, group.id


def _analysis(instrument: Instrument, offered: Offered) -> dict[str, Any]:
    """The analysis plan: what the intervention says, and of its measure what the instrument says."""
    scale = instrument.scale(SCALE)
    plan = {
        **offered.plan,
        "measure": {
            "instrument": instrument.key,
            "scale": scale.key,
            "direction": str(scale.direction),
            "minimum": scale.range[0],
            "maximum": scale.range[1],
        },
        "baseline": content.BASELINE,
        "follow_up": list(offered.follow_up),
        "primary_occasion": offered.follow_up[-1],
    }
    precision = describe_precision(instrument, scale)
    return {**plan, "measurement_error": precision} if precision else plan
