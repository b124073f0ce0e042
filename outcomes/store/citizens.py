"""Citizens, who they are, who coordinates their case, and the log of who read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from outcomes.language import TIMEZONE
from outcomes.models import AccessEntry, AppUser, Citizen, CitizenIdentity, Coordinator, Episode, Provider
from outcomes.models.record import CASELOAD
from outcomes.store.own_page import find_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def get_citizen(session: Session, *, citizen_id: UUID) -> Citizen | None:
    """A citizen by id."""
    return session.scalar(select(Citizen).where(Citizen.id == citizen_id))


def get_identity(session: Session, *, citizen_id: UUID) -> CitizenIdentity | None:
    """Who a citizen is, sealed; None where nothing that identifies them was ever given."""
    return session.scalar(select(CitizenIdentity).where(CitizenIdentity.citizen_id == citizen_id))


def list_identities(session: Session, *, citizen_ids: Sequence[UUID]) -> Sequence[CitizenIdentity]:
    """The sealed identities of several citizens."""
    return session.scalars(
        select(CitizenIdentity).where(CitizenIdentity.citizen_id.in_(citizen_ids)).order_by(CitizenIdentity.citizen_id)
    ).all()


def next_number(session: Session) -> int:
    """The next running number of a citizen in the organisation in force."""
    return (session.scalar(select(func.max(Citizen.number))) or 0) + 1


def find_coordinator(session: Session, *, citizen_id: UUID) -> AppUser | None:
    """The one who coordinates the citizen's case, or is named to do so from a day that is still to come."""
    return session.scalar(
        select(AppUser)
        .join(Coordinator, Coordinator.user_id == AppUser.id)
        .where(Coordinator.citizen_id == citizen_id, Coordinator.to_date.is_(None))
    )


def list_helping_episodes(
    session: Session, *, citizen_id: UUID, user_id: UUID, unit_id: UUID | None, on: date
) -> tuple[UUID, ...] | None:
    """The episodes in which the user helps; None where they don't help the citizen.

    The coordinator of the case helps in every episode; a team only in those that it delivers itself and that haven't
    ended. Whoever is in no team helps by coordinating alone: a provider may have no team either.
    """
    episodes = _list_episodes(citizen_id)
    coordinates = select(Coordinator.id).where(
        Coordinator.citizen_id == citizen_id,
        Coordinator.user_id == user_id,
        Coordinator.from_date <= on,
        Coordinator.to_date.is_(None),
    )
    if session.scalar(select(coordinates.exists())):
        return tuple(session.scalars(episodes))
    if unit_id is None:
        return None
    own = episodes.join(Provider, Provider.id == Episode.provider_id).where(
        Provider.unit_id == unit_id, or_(Episode.ended_on.is_(None), Episode.ended_on > on)
    )
    return tuple(session.scalars(own)) or None


def list_readable_episodes(
    session: Session, *, citizen_id: UUID, user_id: UUID, helping: tuple[UUID, ...] | None, on: date
) -> tuple[UUID, ...] | None:
    """The episodes that the user may read; None where they may read nothing of the citizen.

    Those in which they help (``helping``), and every one for whoever the citizen has let read.
    """
    if find_share(session, citizen_id=citizen_id, user_id=user_id, on=on) is None:
        return helping
    return tuple(session.scalars(_list_episodes(citizen_id)))


def _list_episodes(citizen_id: UUID) -> Select[UUID]:
    return select(Episode.id).where(Episode.citizen_id == citizen_id).order_by(Episode.started_on, Episode.id)


def log_access(session: Session, *, organisation_id: UUID, user_id: UUID, citizen_id: UUID, purpose: str) -> None:
    """Write down that somebody reads a person, in the transaction that reads."""
    session.add(AccessEntry(organisation_id=organisation_id, user_id=user_id, citizen_id=citizen_id, purpose=purpose))
    session.flush()


def log_caseload(session: Session, *, organisation_id: UUID, user_id: UUID, citizen_ids: Sequence[UUID]) -> None:
    """Write down that somebody reads their list of people: once for each person and day in Denmark."""
    if not citizen_ids:
        return
    today = func.date_trunc("day", func.now(), str(TIMEZONE))
    written = select(AccessEntry.id).where(
        AccessEntry.citizen_id == Citizen.id,
        AccessEntry.user_id == user_id,
        AccessEntry.purpose == CASELOAD,
        AccessEntry.created_at >= today,
    )
    rows = select(
        literal(organisation_id), func.gen_random_uuid(), literal(user_id), Citizen.id, literal(CASELOAD)
    ).where(Citizen.id.in_(citizen_ids), ~written.exists())
    session.execute(
        insert(AccessEntry).from_select(["organisation_id", "id", "user_id", "citizen_id", "purpose"], rows)
    )


def list_from_source(session: Session, *, source: str) -> Sequence[Citizen]:
    """The citizens that came from another system, by their id there."""
    return session.scalars(select(Citizen).where(Citizen.source == source).order_by(Citizen.external_id)).all()


def list_by_cpr_hash(session: Session, *, hashes: Sequence[bytes]) -> dict[bytes, Citizen]:
    """Citizens by the keyed hash of their CPR number."""
    rows = session.execute(
        select(CitizenIdentity.cpr_hash, Citizen)
        .join(Citizen, Citizen.id == CitizenIdentity.citizen_id)
        .where(CitizenIdentity.cpr_hash.in_(hashes))
        .order_by(Citizen.number)
    ).all()
    return {cpr_hash: citizen for cpr_hash, citizen in rows if cpr_hash is not None}
