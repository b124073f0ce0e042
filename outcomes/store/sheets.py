"""Paper forms on their way in: what was keyed of them, and which measurements a sheet can belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, delete, exists, func, or_, select

from outcomes.models import (
    Citizen,
    Coordinator,
    Episode,
    InstrumentVersion,
    KeyedSheet,
    Occasion,
    Provider,
    Response,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def list_keyings(
    session: Session, *, occasion_id: UUID, respondent_kind: str, relation_id: UUID | None
) -> Sequence[KeyedSheet]:
    """What was keyed of a respondent's sheet: nothing, the first keying, or both."""
    return session.scalars(
        select(KeyedSheet).where(_of(occasion_id, respondent_kind, relation_id)).order_by(KeyedSheet.keying)
    ).all()


def add_keying(session: Session, keying: KeyedSheet) -> None:
    """Keep one keying. Raises ``IntegrityError`` where this one is there already."""
    session.add(keying)
    session.flush()


def remove_keyings(session: Session, *, occasion_id: UUID, respondent_kind: str, relation_id: UUID | None) -> None:
    """Take away what was keyed of a sheet: its answers are a response, or were keyed for somebody else."""
    session.execute(delete(KeyedSheet).where(_of(occasion_id, respondent_kind, relation_id)))


def list_paper_occasions(
    session: Session, *, key: str, version: str, user_id: UUID, unit_id: UUID | None, on: date, closes_from: date
) -> Sequence[Row[Occasion, UUID, int]]:
    """Measurements of one questionnaire version that have opened and that a sheet can be keyed for: those of the people
    whose case the user coordinates or whom their team helps; with citizen and their number, by the day planned."""
    coordinates = exists().where(
        Coordinator.citizen_id == Episode.citizen_id, Coordinator.user_id == user_id, Coordinator.from_date <= on,
        Coordinator.to_date.is_(None),
    )  # fmt: skip
    helps = exists().where(
        Provider.id == Episode.provider_id, Provider.unit_id == unit_id, Provider.unit_id.is_not(None),
        or_(Episode.ended_on.is_(None), Episode.ended_on > on),
    )  # fmt: skip
    return session.execute(
        select(Occasion, Citizen.id, Citizen.number)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Citizen, Citizen.id == Episode.citizen_id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .where(
            InstrumentVersion.key == key,
            InstrumentVersion.version == version,
            Occasion.state == "planned",
            Occasion.opens_on <= on,
            Occasion.closes_on >= closes_from,
            or_(coordinates, helps),
        )
        .order_by(Occasion.planned_on, Occasion.id)
    ).all()


def list_answered(session: Session, *, occasion_ids: Sequence[UUID]) -> Sequence[Row[UUID, str, UUID | None]]:
    """Who has answered: occasion, kind of respondent, relation."""
    return session.execute(
        select(Response.occasion_id, Response.respondent_kind, Response.relation_id)
        .where(Response.occasion_id.in_(occasion_ids))
        .order_by(Response.occasion_id, Response.respondent_kind, Response.relation_id)
    ).all()


def list_keyed(session: Session, *, occasion_ids: Sequence[UUID]) -> Sequence[Row[UUID, str, UUID | None, int]]:
    """Whose sheets were keyed, and how many times: occasion, kind of respondent, relation, 1 or 2."""
    return session.execute(
        select(KeyedSheet.occasion_id, KeyedSheet.respondent_kind, KeyedSheet.relation_id, func.max(KeyedSheet.keying))
        .where(KeyedSheet.occasion_id.in_(occasion_ids))
        .group_by(KeyedSheet.occasion_id, KeyedSheet.respondent_kind, KeyedSheet.relation_id)
        .order_by(KeyedSheet.occasion_id, KeyedSheet.respondent_kind, KeyedSheet.relation_id)
    ).all()


def _of(occasion_id: UUID, respondent_kind: str, relation_id: UUID | None) -> ColumnElement[bool]:
    return (
        (KeyedSheet.occasion_id == occasion_id)
        & (KeyedSheet.respondent_kind == respondent_kind)
        & KeyedSheet.relation_id.is_not_distinct_from(relation_id)
    )
