"""Put a message into the outbox, in the transaction that causes it. A job sends it after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.services.jobs import defer_job
from outcomes.store import messages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime


def queue_message(
    runtime: Runtime,
    session: Session,
    *,
    organisation_id: UUID,
    kind: str,
    channel: str,
    cause: str,
    locale: str,
    citizen_id: UUID | None = None,
    relation_id: UUID | None = None,
    user_id: UUID | None = None,
    occasion_id: UUID | None = None,
    secret: str | None = None,
    send_after: datetime | None = None,
) -> UUID | None:
    """The new message's id; ``None`` where the same ``cause`` made one by this channel before.

    ``kind``: ``invitation``, ``reminder``, ``login_code`` or ``signal``; ``channel``: ``mail`` or ``sms``. To the citizen,
    to the one of ``relation_id``, or to a member of staff: whoever it is is looked up when it is sent. ``cause`` is made
    of ids (``login_code:<id>``). ``secret``: a one-time code, sealed until the message went. ``send_after``: not before
    then; default at once.
    """
    message_id = uuid4()
    added = messages.add_message(
        session,
        message_id=message_id,
        organisation_id=organisation_id,
        kind=kind,
        channel=channel,
        cause=cause,
        locale=locale,
        created_at=runtime.now(),
        send_after=send_after or runtime.now(),
        citizen_id=citizen_id,
        relation_id=relation_id,
        user_id=user_id,
        occasion_id=occasion_id,
        secret_sealed=runtime.vault.encrypt(secret, place=secret_place(message_id)) if secret else None,
    )
    if not added:
        return None
    defer_job(session, "send_message", at=send_after, organisation_id=organisation_id, message_id=message_id)
    return message_id


def secret_place(message_id: UUID) -> str:
    """Where a message's one-time code is sealed for."""
    return f"message.secret:{message_id}"
