"""A worker hands over the device in their hands: their own session ends, and the questions open for somebody else."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from outcomes.models.record import ASKING
from outcomes.services.give_link import add_link
from outcomes.services.open_asking import find_asked
from outcomes.services.open_link import Ticket, make_browser_key
from outcomes.store import links
from outcomes.vault import TOKEN_BYTES

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime


def hand_over(
    runtime: Runtime, actor: Actor, session_token: str, citizen_id: UUID, occasion_id: UUID, *,
    relation_id: UUID | None = None,
) -> Ticket:  # fmt: skip
    """The ticket to one respondent's questions; the worker's own session ends in the same transaction.

    Raises ``NotFoundError`` and ``ConflictError`` as :func:`outcomes.services.give_code.give_code`; then it goes on.
    """
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, ASKING)
        who = asked.respondent(relation_id)
        asked.require_askable()
        link = add_link(session, asked, who, secrets.token_urlsafe(TOKEN_BYTES))
        signed_in = links.find_staff_session(session, token=session_token, at=runtime.now())
        if signed_in is not None:
            signed_in.ended_at = runtime.now()
        session.commit()
        return Ticket(actor.organisation_id, link.id, make_browser_key())
