"""Who is to be asked, and who is to be reminded: occasions that are open, people who can be reached and want to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from outcomes.models import (
    Citizen,
    CitizenIdentity,
    Episode,
    InstrumentVersion,
    Message,
    Occasion,
    Relation,
    Response,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

DEFAULT_RESPONDENT = "citizen"


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Somebody to write to about an occasion: the citizen, or the one of ``relation_id``; the language they chose, how they
    can be reached, and how many reminders they got."""

    occasion_id: UUID
    citizen_id: UUID
    relation_id: UUID | None
    locale: str | None
    has_phone: bool
    has_email: bool
    reminders: int


def list_to_invite(session: Session, *, today: date, limit: int) -> list[ToAsk]:
    """Whose occasion has opened and who has neither answered it nor been written to, first opened first."""
    found: list[ToAsk] = []
    for query, who in _people(today):
        written = select(Message.id).where(_about(who)).exists()
        found.extend(_read(session, query.add_columns(literal(0)).where(~written), limit))
    return found[:limit]


def list_to_remind(
    session: Session, *, today: date, first_before: datetime, next_before: datetime, most: int, limit: int
) -> list[ToAsk]:
    """Whose occasion is due, who hasn't answered, and whose last message went long enough ago.

    Before ``first_before`` where it was the invitation, before ``next_before`` where it was a reminder; no more than
    ``most`` reminders in all.
    """
    found: list[ToAsk] = []
    for query, who in _people(today):
        reminders = func.count().filter(Message.kind == "reminder")
        told = (
            select(reminders)
            .where(_about(who))
            .having(
                func.bool_or(and_(Message.kind == "invitation", Message.state == "sent")),
                ~func.bool_or(Message.state == "queued"),
                reminders < most,
                or_(
                    and_(reminders == 0, func.max(Message.sent_at) < first_before),
                    func.max(Message.sent_at) < next_before,
                ),
            )
            .correlate(Occasion, Relation)
            .scalar_subquery()
        )
        due = query.add_columns(told.label("reminders")).where(Occasion.due_on <= today, told.is_not(None))
        found.extend(_read(session, due, limit))
    return found[:limit]


def _people(today: date) -> tuple[tuple[Select[*tuple[Any, ...]], ColumnElement[bool]], ...]:
    """Everybody who could be asked today: citizens themselves, and those who answer for them."""
    respondents = func.coalesce(
        InstrumentVersion.definition["respondents"], cast([DEFAULT_RESPONDENT], JSONB), type_=JSONB
    )
    open_now = (
        Occasion.state == "planned",
        InstrumentVersion.active,
        Occasion.opens_on <= today,
        Occasion.closes_on >= today,
        or_(Citizen.stopped_on.is_(None), Citizen.stopped_on > today),
        Episode.end_reason.is_distinct_from("died"),
    )
    citizens: Select[*tuple[Any, ...]] = (
        select(
            Occasion.id, Citizen.id, null(), Citizen.locale,
            CitizenIdentity.phone_sealed.is_not(None), CitizenIdentity.email_sealed.is_not(None),
        )
        .select_from(Occasion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Citizen, Citizen.id == Episode.citizen_id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .join(CitizenIdentity, CitizenIdentity.citizen_id == Citizen.id)
        .where(
            *open_now,
            respondents.has_key("citizen"),
            func.num_nonnulls(CitizenIdentity.phone_sealed, CitizenIdentity.email_sealed) > 0,
            ~_answered(Response.respondent_kind == "citizen"),
        )
        .order_by(Occasion.opens_on, Occasion.id)
    )  # fmt: skip
    relations: Select[*tuple[Any, ...]] = (
        select(
            Occasion.id, Citizen.id, Relation.id, Relation.locale,
            Relation.phone_sealed.is_not(None), Relation.email_sealed.is_not(None),
        )
        .select_from(Occasion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Citizen, Citizen.id == Episode.citizen_id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .join(Relation, Relation.citizen_id == Citizen.id)
        .where(
            *open_now,
            respondents.has_key(Relation.kind),
            Relation.from_date <= today,
            or_(Relation.ended_on.is_(None), Relation.ended_on > today),
            func.num_nonnulls(Relation.phone_sealed, Relation.email_sealed) > 0,
            ~_answered(Response.relation_id == Relation.id),
        )
        .order_by(Occasion.opens_on, Occasion.id, Relation.id)
    )  # fmt: skip
    return ((citizens, Message.relation_id.is_(None)), (relations, Message.relation_id == Relation.id))


def _about(who: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Message.occasion_id == Occasion.id, Message.kind.in_(("invitation", "reminder")), who)


def _answered(by: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Response.id).where(Response.occasion_id == Occasion.id, by).exists()


def _read(session: Session, query: Select[*tuple[Any, ...]], limit: int) -> Sequence[ToAsk]:
    return [ToAsk(*row) for row in session.execute(query.limit(limit))]
