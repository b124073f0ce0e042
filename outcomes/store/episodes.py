"""Episodes and their occasions, seen one by one and as a caseload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Row, and_, func, select

from outcomes.models import (
    AccessEntry,
    Citizen,
    Coordinator,
    Episode,
    InstrumentVersion,
    Intervention,
    Occasion,
    Provider,
    Response,
    ResponseDraft,
    Score,
)
from outcomes.models.record import CITIZEN_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def get_episode(session: Session, *, episode_id: UUID) -> Episode:
    """An episode by id."""
    return session.scalars(select(Episode).where(Episode.id == episode_id)).one()


def get_occasion(session: Session, *, occasion_id: UUID) -> Occasion:
    """An occasion by id."""
    return session.scalars(select(Occasion).where(Occasion.id == occasion_id)).one()


def list_episodes(session: Session, *, episode_ids: Sequence[UUID]) -> Sequence[Row[Episode, Intervention]]:
    """Episodes with their interventions, newest first."""
    return session.execute(
        select(Episode, Intervention)
        .join(Intervention, Intervention.id == Episode.intervention_id)
        .where(Episode.id.in_(episode_ids))
        .order_by(Episode.started_on.desc(), Episode.id)
    ).all()


def list_occasions(
    session: Session, *, episode_ids: Sequence[UUID]
) -> Sequence[Row[Occasion, InstrumentVersion, Response, ResponseDraft]]:
    """The occasions of episodes in order of time, each with its instrument, and the citizen's own response or draft."""
    return session.execute(
        select(Occasion, InstrumentVersion, Response, ResponseDraft)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(
            ResponseDraft, and_(ResponseDraft.occasion_id == Occasion.id, ResponseDraft.respondent_kind == "citizen")
        )
        .where(Occasion.episode_id.in_(episode_ids))
        .order_by(Occasion.planned_on, Occasion.sequence, Occasion.id)
    ).all()


def next_planned_on(session: Session, *, episode_id: UUID, after: date) -> date | None:
    """The day of the next occasion of an episode after ``after``."""
    return session.scalar(
        select(func.min(Occasion.planned_on)).where(
            Occasion.episode_id == episode_id, Occasion.planned_on > after, Occasion.state == "planned"
        )
    )


def _coordinated(user_id: UUID, on: date) -> ColumnElement[bool]:
    """The citizens whose case the user coordinates on a day, in a query that has joined the coordinator."""
    return and_(Coordinator.user_id == user_id, Coordinator.from_date <= on, Coordinator.to_date.is_(None))


def list_caseload(session: Session, *, user_id: UUID, on: date) -> Sequence[Row[UUID, int]]:
    """Id and number of every citizen whose case the user coordinates."""
    return session.execute(
        select(Citizen.id, Citizen.number)
        .join(Coordinator, Coordinator.citizen_id == Citizen.id)
        .where(_coordinated(user_id, on))
        .order_by(Citizen.number)
    ).all()


def list_waiting_occasions(
    session: Session, *, user_id: UUID, opens_before: date, closes_from: date
) -> Sequence[Row[UUID, Occasion, bool]]:
    """Unanswered occasions of the user's citizens whose windows touch the span: citizen, occasion, begun.

    What counts is the citizen's own answer: a parent's or a worker's doesn't stand in for it.
    """
    return session.execute(
        select(Episode.citizen_id, Occasion, ResponseDraft.id.is_not(None))
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Coordinator, Coordinator.citizen_id == Episode.citizen_id)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(
            ResponseDraft, and_(ResponseDraft.occasion_id == Occasion.id, ResponseDraft.respondent_kind == "citizen")
        )
        .where(
            _coordinated(user_id, closes_from),
            Response.id.is_(None),
            Occasion.state == "planned",
            Occasion.opens_on <= opens_before,
            Occasion.closes_on >= closes_from,
        )
        .order_by(Occasion.due_on, Occasion.id)
    ).all()


def list_new_answers(session: Session, *, user_id: UUID, today: date, since: datetime) -> Sequence[Row[UUID, Response]]:
    """What the user's citizens sent after the user last opened their page; after ``since`` where they never did."""
    last_opened = (
        select(func.max(AccessEntry.at))
        .where(
            AccessEntry.citizen_id == Episode.citizen_id,
            AccessEntry.user_id == user_id,
            AccessEntry.purpose == CITIZEN_PAGE,
        )
        .scalar_subquery()
    )
    return session.execute(
        select(Episode.citizen_id, Response)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Coordinator, Coordinator.citizen_id == Episode.citizen_id)
        .where(
            _coordinated(user_id, today),
            Response.respondent_kind == "citizen",
            Response.mode != "imported",
            Response.answered_at > func.coalesce(last_opened, since),
        )
        .order_by(Response.answered_at.desc())
    ).all()


def provider_name(session: Session, *, provider_id: UUID | None) -> str:
    """Name of the provider of an episode; empty where it has none."""
    return session.scalar(select(Provider.name).where(Provider.id == provider_id)) or ""


def list_scores_by_response(session: Session, *, episode_ids: Sequence[UUID]) -> dict[UUID, list[Score]]:
    """The scores of episodes by response."""
    found: dict[UUID, list[Score]] = {}
    rows = session.scalars(
        select(Score)
        .join(Response, Response.id == Score.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Occasion.episode_id.in_(episode_ids))
        .order_by(Score.response_id, Score.scale)
    )
    for score in rows:
        found.setdefault(score.response_id, []).append(score)
    return found
