"""Signals as those who are to look see them: whose turn it is, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from outcomes.language import TIMEZONE
from outcomes.models import (
    AppUser,
    Citizen,
    Coordinator,
    Episode,
    InstrumentVersion,
    KeyedSheet,
    Occasion,
    Provider,
    Response,
    ResponseDraft,
    RiskProtocol,
    Score,
    Signal,
)
from outcomes.models.signal import SIGNALLED_ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


Owner = aliased(AppUser)
WORSENING = "reliable_worsening"


def list_open_signals(
    session: Session, *, user_id: UUID, unit_id: UUID | None, now: datetime
) -> Sequence[Row[Signal, int, UUID, str]]:
    """What nobody has handled and the user is to look at, soonest due first: signal, number of the citizen, instrument
    version, name of the owner or None."""
    return session.execute(
        _listed()
        .where(Signal.handled_at.is_(None), _concerns(user_id, unit_id, now))
        .order_by(Signal.due_at, Signal.raised_at, Signal.id)
    ).all()


def list_signals_of(
    session: Session, *, episode_ids: Sequence[UUID], handled_since: datetime
) -> Sequence[Row[Signal, int, UUID, str]]:
    """The signals of episodes that are open or were handled since a moment, soonest due first."""
    return session.execute(
        _listed()
        .where(Signal.episode_id.in_(episode_ids), or_(Signal.handled_at.is_(None), Signal.handled_at >= handled_since))
        .order_by(Signal.due_at, Signal.raised_at, Signal.id)
    ).all()


def find_listed(session: Session, *, signal_id: UUID) -> Row[Signal, int, UUID, str] | None:
    """One signal as in the lists, whoever it is for."""
    return session.execute(_listed().where(Signal.id == signal_id)).one_or_none()


def lock_signal(session: Session, *, signal_id: UUID) -> Signal | None:
    """A signal that nobody else changes until the transaction ends."""
    return session.scalar(select(Signal).where(Signal.id == signal_id).with_for_update())


def concerns(session: Session, *, signal_id: UUID, user_id: UUID, unit_id: UUID | None, now: datetime) -> bool:
    """Whether a signal is the user's to look at: as its owner, coordinator or duty person, or because nobody has."""
    asked = _listed().where(Signal.id == signal_id, _concerns(user_id, unit_id, now))
    return session.execute(asked).one_or_none() is not None


def _listed() -> Select[Signal, int, UUID, str]:
    return (
        select(Signal, Citizen.number, Occasion.instrument_version_id, Owner.name)
        .select_from(Signal)
        .join(Citizen, Citizen.id == Signal.citizen_id)
        .join(Occasion, Occasion.id == Signal.occasion_id)
        .join(Episode, Episode.id == Signal.episode_id)
        .outerjoin(Provider, Provider.id == Episode.provider_id)
        .outerjoin(RiskProtocol, RiskProtocol.id == Signal.protocol_id)
        .outerjoin(Owner, Owner.id == Signal.owner_id)
    )


def _concerns(user_id: UUID, unit_id: UUID | None, now: datetime) -> ColumnElement[bool]:
    """Its owner, whoever coordinates the case by now, the duty person; and the team, once it waits or has no owner."""
    today = now.astimezone(TIMEZONE).date()
    coordinates = (
        select(Coordinator.id)
        .where(
            Coordinator.citizen_id == Signal.citizen_id,
            Coordinator.user_id == user_id,
            Coordinator.from_date <= today,
            Coordinator.to_date.is_(None),
        )
        .exists()
    )
    waits = or_(Signal.due_at < now, Owner.id.is_(None), Owner.ended_on <= today)
    team = and_(Provider.unit_id == unit_id, waits) if unit_id is not None else false()
    return or_(Signal.owner_id == user_id, coordinates, RiskProtocol.duty_user_id == user_id, team)


def find_answers(session: Session, *, signal: Signal) -> Row[dict[str, object], datetime, bool] | None:
    """The answers that a signal comes from: as they were sent, else as they are kept so far, or stand on the paper form
    as it was typed in when the signal was raised; when; and whether sent."""
    sent = session.execute(
        select(Response.answers, Response.answered_at, true()).where(
            Response.occasion_id == signal.occasion_id,
            Response.respondent_kind == signal.respondent_kind,
            Response.relation_id.is_not_distinct_from(signal.relation_id),
        )
    ).one_or_none()
    if sent is not None:
        return sent
    if signal.from_paper:
        return session.execute(
            select(KeyedSheet.answers, KeyedSheet.created_at, false())
            .where(
                KeyedSheet.occasion_id == signal.occasion_id,
                KeyedSheet.respondent_kind == signal.respondent_kind,
                KeyedSheet.relation_id.is_not_distinct_from(signal.relation_id),
            )
            # A signal and the keying that raised it are of one transaction.
            .order_by((KeyedSheet.created_at == signal.created_at).desc(), KeyedSheet.keying)
        ).first()
    return session.execute(
        select(ResponseDraft.answers, ResponseDraft.updated_at, false()).where(
            ResponseDraft.occasion_id == signal.occasion_id,
            ResponseDraft.respondent_kind == signal.respondent_kind,
            ResponseDraft.relation_id.is_not_distinct_from(signal.relation_id),
        )
    ).one_or_none()


def find_response(session: Session, *, response_id: UUID) -> Row[Response, Occasion, UUID] | None:
    """A response with its occasion and the citizen."""
    return session.execute(
        select(Response, Occasion, Episode.citizen_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .where(Response.id == response_id)
    ).one_or_none()


def list_scores_before(
    session: Session, *, episode_id: UUID, key: str, respondent_kind: str, relation_id: UUID | None, until: datetime
) -> Sequence[Row[Score, UUID]]:
    """The scores of an episode on an instrument by one respondent, up to a moment, first answered first; with the
    instrument version."""
    return session.execute(
        select(Score, Response.instrument_version_id)
        .join(Response, Response.id == Score.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(InstrumentVersion, InstrumentVersion.id == Response.instrument_version_id)
        .where(
            Occasion.episode_id == episode_id,
            InstrumentVersion.key == key,
            Response.respondent_kind == respondent_kind,
            Response.relation_id.is_not_distinct_from(relation_id),
            Response.answered_at <= until,
            Score.value.is_not(None),
        )
        .order_by(Response.answered_at, Response.id, Score.scale)
    ).all()


def list_waiting_subjects(
    session: Session, *, episode_id: UUID, respondent_kind: str, relation_id: UUID | None
) -> frozenset[tuple[str, UUID]]:
    """Scale and instrument version of each worsening that nobody has handled yet, of one respondent in an episode."""
    rows = session.execute(
        select(Signal.subject, Occasion.instrument_version_id)
        .join(Occasion, Occasion.id == Signal.occasion_id)
        .where(
            Signal.episode_id == episode_id,
            Signal.kind == WORSENING,
            Signal.respondent_kind == respondent_kind,
            Signal.relation_id.is_not_distinct_from(relation_id),
            Signal.handled_at.is_(None),
        )
        .order_by(Signal.id)
    )
    return frozenset((row.subject, row.instrument_version_id) for row in rows)


def add_worsening(
    session: Session, *, signal_id: UUID, response: Response, occasion: Occasion, citizen_id: UUID, scale: str,
    at: datetime, due_at: datetime, owner_id: UUID | None,
) -> bool:  # fmt: skip
    """A worsening of one scale; False where this response has raised it already."""
    added = session.scalar(
        insert(Signal)
        .values(
            id=signal_id,
            organisation_id=response.organisation_id,
            citizen_id=citizen_id,
            episode_id=occasion.episode_id,
            occasion_id=occasion.id,
            respondent_kind=response.respondent_kind,
            relation_id=response.relation_id,
            kind=WORSENING,
            subject=scale,
            raised_at=at,
            due_at=due_at,
            owner_id=owner_id,
        )
        .on_conflict_do_nothing(
            index_elements=["organisation_id", "occasion_id", "respondent_kind", "relation_id", "kind", "subject"],
            index_where=text(SIGNALLED_ONCE),
        )
        .returning(Signal.id)
    )
    return added is not None
