"""A citizen with a phone and a mail of their own, and the codes that are sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import literal_column, select

from outcomes.models import CitizenIdentity, Message
from outcomes.services.contact import normal_email, normal_phone
from outcomes.services.queue_message import secret_place
from outcomes.services.request_code import request_code
from outcomes.services.set_contact import seal_contact
from outcomes.services.sign_in_citizen import SignedInCitizen, find_signed_in
from outcomes.services.use_code import use_code

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from tests.integration.builders import Case, Tenant

PHONE, EMAIL = "20 30 40 50", "karen@example.org"


def give_contact(runtime: Runtime, tenant: Tenant, citizen_id: UUID, *, phone: str = PHONE, email: str = EMAIL) -> None:
    """Store a phone and a mail that are only the citizen's."""
    with runtime.database.transaction(tenant.scope) as session:
        identity = session.scalars(select(CitizenIdentity).where(CitizenIdentity.citizen_id == citizen_id)).one()
        seal_contact(
            runtime.vault,
            identity,
            phone=normal_phone(phone) if phone else "",
            email=normal_email(email) if email else "",
        )
        session.commit()


def sent_codes(runtime: Runtime, tenant: Tenant) -> list[str]:
    """The codes in an organisation's outbox, oldest first."""
    return codes_of(runtime, tenant.scope)


def codes_of(runtime: Runtime, scope: Scope) -> list[str]:
    """The codes that wait in the outbox, oldest first, also where the clock stands still."""
    stored = literal_column("message.xmin::text::bigint")
    with runtime.database.transaction(scope) as session:
        rows = session.scalars(
            select(Message).where(Message.kind == "login_code").order_by(Message.created_at, stored)
        ).all()
        return [runtime.vault.decrypt(row.secret_sealed or b"", place=secret_place(row.id)) for row in rows]


def sign_in_with_code(runtime: Runtime, case: Case, address: str = PHONE) -> SignedInCitizen:
    """A citizen signed in by the code that was sent."""
    challenge = request_code(runtime, address, locale="da", place="here")
    (token,) = use_code(runtime, challenge, sent_codes(runtime, case.tenant)[-1], place="here")
    citizen = find_signed_in(runtime, token)
    assert citizen is not None
    return citizen
