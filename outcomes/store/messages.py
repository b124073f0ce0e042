"""Messages on their way out, and whom they go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from outcomes.models import Message, PersonalLink, Relation, Response

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

FIRST, AGAIN = ON_ITS_WAY = ("handing_over", "handing_over_again")
"""The fault of a message while it is handed to the other server: stays where nobody came back to say how it went."""


def add_message(
    session: Session,
    *,
    message_id: UUID,
    organisation_id: UUID,
    kind: str,
    channel: str,
    cause: str,
    locale: str,
    created_at: datetime,
    send_after: datetime,
    citizen_id: UUID | None,
    relation_id: UUID | None,
    user_id: UUID | None,
    occasion_id: UUID | None,
    secret_sealed: bytes | None,
) -> bool:
    """Queue a message; False where the same cause made one by this channel before, which then stands."""
    added = session.scalar(
        insert(Message)
        .values(
            id=message_id, organisation_id=organisation_id, kind=kind, channel=channel, cause=cause, locale=locale,
            created_at=created_at, send_after=send_after, citizen_id=citizen_id, relation_id=relation_id, user_id=user_id,
            occasion_id=occasion_id, secret_sealed=secret_sealed,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "cause", "channel"])
        .returning(Message.id)
    )  # fmt: skip
    return added is not None


def find_message(session: Session, *, message_id: UUID, lock: bool = False) -> Message | None:
    """A message by id, locked until the transaction ends where asked."""
    query = select(Message).where(Message.id == message_id)
    return session.scalar(query.with_for_update() if lock else query)


def hold_message(session: Session, *, message_id: UUID) -> bool:
    """Keep every other worker away from a message while this transaction is open; False where another one is at it."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
                               {"name": f"message:{message_id}"}))  # fmt: skip


def list_waiting(session: Session, *, before: datetime, channels: Sequence[str], limit: int) -> Sequence[UUID]:
    """Ids of messages that should have gone before a moment, oldest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.state == "queued", Message.send_after < before, Message.channel.in_(channels))
        .order_by(Message.send_after, Message.id)
        .limit(limit)
    ).all()


def count_gone(
    session: Session,
    *,
    kinds: Sequence[str],
    since: datetime,
    but: UUID,
    citizen_id: UUID | None = None,
    relation_id: UUID | None = None,
) -> int:
    """How many messages of ``kinds`` went since a moment or are being handed over, besides ``but``.

    With ``citizen_id``: those to this citizen themself, or to the one of ``relation_id``.
    """
    query = select(func.count()).where(
        Message.kind.in_(kinds),
        Message.id != but,
        or_(Message.sent_at >= since, and_(Message.state == "queued", Message.fault.in_(ON_ITS_WAY))),
    )
    if citizen_id is not None:
        query = query.where(Message.citizen_id == citizen_id, Message.relation_id.is_not_distinct_from(relation_id))
    return session.scalar(query) or 0


def count_by_state(session: Session) -> dict[tuple[str, str], int]:
    """How many messages there are by channel and state."""
    rows = session.execute(
        select(Message.channel, Message.state, func.count())
        .group_by(Message.channel, Message.state)
        .order_by(Message.channel, Message.state)
    )
    return {(channel, state): number for channel, state, number in rows}


def find_relation(session: Session, *, relation_id: UUID) -> Relation | None:
    """Somebody who answers for a citizen, by id."""
    return session.scalar(select(Relation).where(Relation.id == relation_id))


def is_answered(session: Session, *, occasion_id: UUID, relation_id: UUID | None) -> bool:
    """Whether the citizen has answered an occasion themself, or the one of ``relation_id`` has."""
    own = Response.respondent_kind == "citizen" if relation_id is None else Response.relation_id == relation_id
    return bool(session.scalar(select(select(Response.id).where(Response.occasion_id == occasion_id, own).exists())))


def revoke_sent_links(session: Session, *, citizen_id: UUID, channels: Sequence[str], at: datetime) -> None:
    """Let nobody in any more by the links that went to a citizen themself by these channels."""
    sent = select(Message.link_id).where(
        Message.citizen_id == citizen_id, Message.relation_id.is_(None), Message.channel.in_(channels)
    )
    session.execute(
        update(PersonalLink)
        .where(PersonalLink.id.in_(sent), PersonalLink.revoked_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )


def find_link(session: Session, *, link_id: UUID) -> PersonalLink | None:
    """A personal link by id, whatever its state."""
    return session.scalar(select(PersonalLink).where(PersonalLink.id == link_id))
