"""Who answers for the site: the organisation of whoever reads, else the one that runs the instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.store import organisations

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class Responsible:
    """A name and ways to reach it; each is None where nobody gave one."""

    name: str | None
    phone: str | None
    email: str | None


def read_responsible(runtime: Runtime, scope: Scope | None) -> Responsible:
    """Who answers for the site to somebody of ``scope``'s organisation, or to anybody."""
    settings = runtime.settings
    operator = Responsible(
        settings.operator_name or None, settings.operator_phone or None, settings.operator_email or None
    )
    if scope is None or scope.organisation_id is None:
        return operator
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
        contact = organisation.contact
        return Responsible(
            organisation.name, contact.get("phone") or operator.phone, contact.get("email") or operator.email
        )
