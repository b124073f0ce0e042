"""A family: an instrument that a child and those around them answer, a child with two parents, and their worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.services.relate_person import NewRelation, add_person
from outcomes.services.runtime import Actor
from tests.integration.builders import (
    Case,
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_staff,
    add_tenant,
    small_instrument,
)

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime


@dataclass(frozen=True)
class Family:
    """A child's case, the worker who coordinates it, and two parents by their relations."""

    case: Case
    worker: Actor
    mother_id: UUID
    father_id: UUID


def add_family(runtime: Runtime, slug: str = "nordby", **changes: Any) -> Family:
    """A family; ``changes``: to the top level of the small instrument."""
    tenant = add_tenant(runtime, slug)
    instrument = small_instrument(**{"respondents": ["citizen", "parent"], **changes})
    course = add_course(runtime, tenant, instrument=instrument)
    case = add_case(runtime, course, citizen_id=add_citizen(runtime, tenant, name="Barn Prøvesen"))
    worker = add_staff(runtime, tenant, email="worker@example.org")
    add_coordinator(runtime, worker, case.citizen_id)
    mother = NewRelation("parent", "Mor Prøvesen", phone="22334455", locale="uk")
    father = NewRelation("parent", "Far Prøvesen")
    return Family(
        case,
        worker,
        add_person(runtime, worker, case.citizen_id, mother),
        add_person(runtime, worker, case.citizen_id, father),
    )
