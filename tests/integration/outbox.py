"""People who can be written to, and an instance that writes to real servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from outcomes.models import CitizenIdentity, Message, Relation
from outcomes.services.contact import relation_place
from outcomes.services.jobs import run_job
from outcomes.services.list_caseload import name_place
from outcomes.services.set_contact import clean_contact, seal_contact
from outcomes.store import citizens
from outcomes.store.contacts import add_identity
from outcomes.store.database import Scope
from tests.integration.builders import add_case, add_citizen, add_course, add_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.services.runtime import Runtime
    from tests.integration.builders import Case, Course, Tenant

PHONE, EMAIL = "+4521345678", "anna@example.dk"


def with_servers(runtime: Runtime, *, mail: str | None = None, sms: str | None = None, **more: Any) -> Runtime:
    """The same instance, handing its messages to these servers."""
    changes = {"mail_url": mail, "mail_from": "svar@nordby.example" if mail else None, "sms_url": sms, **more}
    return replace(runtime, settings=runtime.settings.model_copy(update=changes))


def reach(runtime: Runtime, tenant: Tenant, citizen_id: UUID, *, phone: str = "", email: str = "") -> None:
    """Write down where a citizen is reached."""
    phone, email = clean_contact(phone, email)
    with runtime.database.transaction(tenant.scope) as session:
        identity: CitizenIdentity | None = citizens.get_identity(session, citizen_id=citizen_id)
        identity = identity or add_identity(
            session, organisation_id=tenant.organisation_id, citizen_id=citizen_id,
            name_sealed=runtime.vault.encrypt("#1", place=name_place(citizen_id)),
        )  # fmt: skip
        seal_contact(runtime.vault, identity, phone=phone, email=email)
        session.commit()


def add_relation(
    runtime: Runtime, case: Case, *, kind: str = "parent", email: str = "mor@example.dk", locale: str | None = "da"
) -> UUID:
    """Somebody who answers for the citizen, with an address of their own."""
    relation_id = uuid4()
    seal = runtime.vault.encrypt
    with runtime.database.transaction(case.tenant.scope) as session:
        session.add(
            Relation(
                id=relation_id, organisation_id=case.tenant.organisation_id, citizen_id=case.citizen_id, kind=kind,
                name_sealed=seal("Mor", place=relation_place("name", relation_id)), locale=locale,
                email_sealed=seal(email, place=relation_place("email", relation_id)), from_date=date(2026, 1, 1),
            )
        )  # fmt: skip
        session.commit()
    return relation_id


def reachable_case(
    runtime: Runtime, *, email: str = EMAIL, phone: str = "", slug: str = "nordby", course: Course | None = None
) -> Case:
    """A citizen with an open occasion who can be written to."""
    course = course or add_course(runtime, add_tenant(runtime, slug))
    citizen_id = add_citizen(runtime, course.tenant)
    case = add_case(runtime, course, citizen_id=citizen_id, started_on=runtime.today())
    reach(runtime, course.tenant, citizen_id, phone=phone, email=email)
    return case


def outbox(runtime: Runtime, tenant: Tenant) -> Sequence[Message]:
    """Every message of the organisation, first written first."""
    with runtime.database.transaction(tenant.scope) as session:
        return session.scalars(select(Message).order_by(Message.created_at, Message.cause)).all()


def queued_jobs(runtime: Runtime) -> list[tuple[str, dict[str, str]]]:
    """Name and arguments of the jobs that wait."""
    with runtime.database.transaction(Scope()) as session:
        rows = session.execute(
            text("SELECT task_name, args FROM queue.procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        )
        return [(name, arguments) for name, arguments in rows]


def run_jobs(runtime: Runtime) -> None:
    """Run every job that waits, as a worker would, whatever the time is that it waits for."""
    waiting = queued_jobs(runtime)
    with runtime.database.transaction(Scope()) as session:
        session.execute(text("DELETE FROM queue.procrastinate_jobs"))
        session.commit()
    for name, arguments in waiting:
        run_job(runtime, name, arguments)
