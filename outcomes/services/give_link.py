"""A link to one respondent's questions, that the worker passes on themself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from outcomes.language import TIMEZONE
from outcomes.models.record import ASKING
from outcomes.services.open_asking import Asked, Respondent, find_asked
from outcomes.services.open_link import DAYS_AFTER_CLOSING
from outcomes.store import links
from outcomes.vault import TOKEN_BYTES

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import PersonalLink
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A link to pass on, and whom it is for. It is shown once and stored as a hash."""

    url: str = field(repr=False)
    who: Respondent


def give_link(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, relation_id: UUID | None = None
) -> GivenLink:
    """A new personal link for the citizen, or for the one of ``relation_id``.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for somebody who isn't asked about this;
    ``ConflictError`` where nobody can be asked now.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, ASKING)
        who = asked.respondent(relation_id)
        asked.require_askable()
        add_link(session, asked, who, token)
        session.commit()
    return GivenLink(f"{runtime.settings.base_url}/b/{token}", who)


def add_link(session: Session, asked: Asked, who: Respondent, token: str) -> PersonalLink:
    """In the caller's transaction: a link of a respondent's to the occasion."""
    occasion = asked.occasion
    last_day = datetime.combine(occasion.closes_on + timedelta(days=DAYS_AFTER_CLOSING), time.max, TIMEZONE)
    link = links.add_personal_link(
        session,
        organisation_id=occasion.organisation_id,
        occasion_id=occasion.id,
        token=token,
        respondent_kind=who.kind,
        relation_id=who.relation_id,
        expires_at=last_day.astimezone(UTC),
    )
    session.flush()
    return link
