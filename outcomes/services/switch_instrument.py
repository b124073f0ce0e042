"""Switch a version of an instrument on or off. Off: nobody new is asked; whoever has begun can finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import ConflictError, NotFoundError, Sentence
from outcomes.services.install_instrument import may_be_active
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.submit_response import constraint_name
from outcomes.store import instruments

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime

RISK_NEEDS_PROTOCOL = "risk_needs_protocol"


def switch_instrument(runtime: Runtime, actor: Actor, version_id: UUID, *, active: bool) -> None:
    """Store whether the version is in use; the same again changes nothing.

    Raises ``ConflictError`` where its answers can tell of danger and nobody has decided what happens then, which the
    database refuses on its own, too; ``NotFoundError`` for no such version.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            version = instruments.find_version_by_id(session, version_id=version_id)
            if version is None:
                raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
            instrument = read_stored_instrument(session, version_id)
            if active and not may_be_active(session, instrument):
                raise protocol_missing()
            if version.active is not active:
                version.active = active
                session.flush()
            session.commit()
    except IntegrityError as error:
        if constraint_name(error) != RISK_NEEDS_PROTOCOL:
            raise
        raise protocol_missing() from error


def protocol_missing() -> ConflictError:
    """Why it can't be switched on, and what to do."""
    return ConflictError(
        Sentence(
            "An answer to this questionnaire can tell that somebody is in danger. Decide first what happens then, and who "
            "looks at it: make a protocol. After that it can be switched on."
        )
    )
