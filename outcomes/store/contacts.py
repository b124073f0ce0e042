"""Where citizens are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models import CitizenIdentity

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def add_identity(session: Session, *, organisation_id: UUID, citizen_id: UUID, name_sealed: bytes) -> CitizenIdentity:
    """An identity for a citizen who had none."""
    identity = CitizenIdentity(organisation_id=organisation_id, citizen_id=citizen_id, name_sealed=name_sealed)
    session.add(identity)
    return identity
