"""Personal links of citizens, sign-in links and sessions of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.language import TIMEZONE
from outcomes.models import AppUser, PersonalLink, SignInLink, StaffSession
from outcomes.vault import token_hash

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_personal_link(session: Session, *, token: str, at: datetime) -> PersonalLink | None:
    """The live link with this token; the transaction's scope must hold the token's hash as key."""
    return session.scalar(
        select(PersonalLink).where(
            PersonalLink.token_hash == token_hash(token),
            PersonalLink.expires_at > at,
            PersonalLink.revoked_at.is_(None),
        )
    )


def get_live_link(session: Session, *, link_id: UUID, at: datetime) -> PersonalLink | None:
    """A link by id, where it may still be used."""
    return session.scalar(
        select(PersonalLink).where(
            PersonalLink.id == link_id, PersonalLink.expires_at > at, PersonalLink.revoked_at.is_(None)
        )
    )


def add_personal_link(
    session: Session,
    *,
    organisation_id: UUID,
    occasion_id: UUID,
    token: str,
    respondent_kind: str,
    expires_at: datetime,
    relation_id: UUID | None = None,
) -> PersonalLink:
    """Store a new link by the hash of its token."""
    link = PersonalLink(
        organisation_id=organisation_id,
        occasion_id=occasion_id,
        token_hash=token_hash(token),
        respondent_kind=respondent_kind,
        relation_id=relation_id,
        expires_at=expires_at,
    )
    session.add(link)
    return link


def find_sign_in_link(session: Session, *, token: str, at: datetime, lock: bool = False) -> SignInLink | None:
    """The sign-in link with this token, where it may still be used."""
    query = select(SignInLink).where(
        SignInLink.token_hash == token_hash(token),
        SignInLink.expires_at > at,
        SignInLink.reusable | SignInLink.used_at.is_(None),
    )
    return session.scalar(query.with_for_update() if lock else query)


def add_sign_in_link(
    session: Session, *, organisation_id: UUID, user_id: UUID, token: str, expires_at: datetime, reusable: bool
) -> SignInLink:
    """Store a new sign-in link by the hash of its token."""
    link = SignInLink(
        organisation_id=organisation_id,
        user_id=user_id,
        token_hash=token_hash(token),
        expires_at=expires_at,
        reusable=reusable,
    )
    session.add(link)
    return link


def find_staff_session(session: Session, *, token: str, at: datetime) -> StaffSession | None:
    """The session with this token, where it hasn't ended."""
    return session.scalar(
        select(StaffSession).where(
            StaffSession.token_hash == token_hash(token), StaffSession.expires_at > at, StaffSession.ended_at.is_(None)
        )
    )


def add_staff_session(
    session: Session, *, organisation_id: UUID, user_id: UUID, token: str, expires_at: datetime
) -> StaffSession:
    """Store a new session by the hash of its token."""
    staff_session = StaffSession(
        organisation_id=organisation_id, user_id=user_id, token_hash=token_hash(token), expires_at=expires_at
    )
    session.add(staff_session)
    return staff_session


def get_active_user(session: Session, *, user_id: UUID, on: datetime) -> AppUser | None:
    """A member of staff whose account hasn't ended, by the date in Denmark."""
    today = on.astimezone(TIMEZONE).date()
    return session.scalar(
        select(AppUser).where(AppUser.id == user_id, AppUser.ended_on.is_(None) | (AppUser.ended_on > today))
    )
