"""Who asks, for a page that knows no citizen yet: an organisation by its id, or by its short name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.services.read_contact import Contact, read_contact
from outcomes.store.database import Scope
from outcomes.store.organisations import find_organisation, find_own_organisation

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime

SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Sender:
    """An organisation as it is named to citizens; ``contact``: whom they can turn to, where it has said so."""

    organisation_name: str
    contact: Contact | None


def read_sender(runtime: Runtime, *, organisation_id: UUID | None, slug: str) -> Sender | None:
    """The organisation of the id, else of the short name; None where there is neither, or none of it."""
    if organisation_id is None and not SHORT_NAME.fullmatch(slug):
        return None
    scope = Scope(organisation_id) if organisation_id else Scope(slug=slug)
    with runtime.database.transaction(scope) as session:
        found = (
            find_own_organisation(session, organisation_id=organisation_id)
            if organisation_id
            else find_organisation(session, slug=slug)
        )
        return None if found is None else Sender(found.name, read_contact(found.contact))
