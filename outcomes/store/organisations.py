"""Organisations, their providers and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.models import AppUser, Organisation, Provider

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_organisation(session: Session, *, slug: str) -> Organisation | None:
    """The organisation of this name; the transaction's scope must hold the slug, or be the organisation's own."""
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def find_own_organisation(session: Session, *, organisation_id: UUID) -> Organisation | None:
    """The organisation in force; None where there is none of this id."""
    return session.scalar(select(Organisation).where(Organisation.id == organisation_id))


def get_organisation(session: Session, *, organisation_id: UUID, lock: bool = False) -> Organisation:
    """The organisation in force, locked until the transaction ends where asked."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    return session.scalars(query.with_for_update() if lock else query).one()


def list_users(session: Session) -> Sequence[AppUser]:
    """Staff, in the order of their e-mail addresses."""
    return session.scalars(select(AppUser).order_by(AppUser.email)).all()


def list_user_names(session: Session, *, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of members of staff by id, also of those whose account has ended."""
    rows = session.execute(select(AppUser.id, AppUser.name).where(AppUser.id.in_(user_ids)).order_by(AppUser.id))
    return {row.id: row.name for row in rows}


def find_user(session: Session, *, email: str) -> AppUser | None:
    """A member of staff by e-mail address."""
    return session.scalar(select(AppUser).where(AppUser.email == email))


def find_provider(session: Session, *, name: str) -> Provider | None:
    """A provider by name."""
    return session.scalar(select(Provider).where(Provider.name == name))
