"""The questionnaire that is asked, read from the database once per process: what is asked can't change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.instruments import Instrument, restore_instrument
from outcomes.store import instruments

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime

_PARSED: dict[UUID, Instrument] = {}


def read_asked_instrument(runtime: Runtime, ticket: Ticket, version_id: UUID) -> Instrument:
    """The questionnaire that a link asks, read once per process: its definition can't change."""
    cached = _PARSED.get(version_id)
    if cached is not None:
        return cached
    with runtime.database.transaction(ticket.scope) as session:
        return read_stored_instrument(session, version_id)


def read_stored_instrument(session: Session, version_id: UUID) -> Instrument:
    """The same in a transaction that is open."""
    cached = _PARSED.get(version_id)
    if cached is None:
        cached = _PARSED[version_id] = restore_instrument(
            instruments.get_version(session, version_id=version_id).definition
        )
    return cached


def known_instrument(version_id: UUID | None) -> Instrument | None:
    """An instrument that this process has read already, or None."""
    return _PARSED.get(version_id) if version_id is not None else None
