"""How a citizen gets to their own page: who holds an address, the codes that were sent there, and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import or_, select, update

from outcomes.models import CitizenIdentity, CitizenSession, LoginCode
from outcomes.vault import token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_holders(session: Session, *, key: bytes) -> Sequence[CitizenIdentity]:
    """Whoever has this phone, mail or CPR number, in every organisation; the transaction's scope must hold the key."""
    held = or_(CitizenIdentity.cpr_hash == key, CitizenIdentity.phone_hash == key, CitizenIdentity.email_hash == key)
    return session.scalars(select(CitizenIdentity).where(held).order_by(CitizenIdentity.organisation_id)).all()


def add_login_code(
    session: Session, *, organisation_id: UUID, citizen_id: UUID, challenge: str, code_hash: bytes, expires_at: datetime
) -> LoginCode:
    """Store a code by its keyed hash, to be found by the challenge."""
    code = LoginCode(
        id=uuid4(),
        organisation_id=organisation_id,
        citizen_id=citizen_id,
        challenge_hash=token_hash(challenge),
        code_hash=code_hash,
        expires_at=expires_at,
    )
    session.add(code)
    session.flush()
    return code


def list_login_codes(session: Session, *, challenge: str) -> Sequence[LoginCode]:
    """The codes of a challenge, one for each organisation; the transaction's scope must hold the challenge's hash."""
    return session.scalars(
        select(LoginCode).where(LoginCode.challenge_hash == token_hash(challenge)).order_by(LoginCode.organisation_id)
    ).all()


def lock_login_code(session: Session, *, code_id: UUID, at: datetime) -> LoginCode | None:
    """A code that may still be used; nobody else tries it until this transaction ends."""
    return session.scalar(
        select(LoginCode)
        .where(LoginCode.id == code_id, LoginCode.used_at.is_(None), LoginCode.expires_at > at)
        .with_for_update()
    )


def end_login_codes(session: Session, *, citizen_id: UUID, at: datetime) -> None:
    """No code that was sent to a citizen is worth anything from here on."""
    session.execute(
        update(LoginCode)
        .where(LoginCode.citizen_id == citizen_id, LoginCode.used_at.is_(None), LoginCode.expires_at > at)
        .values(expires_at=at)
    )


def add_session(
    session: Session,
    *,
    organisation_id: UUID,
    citizen_id: UUID,
    token: str,
    method: str,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Store a citizen's session, begun ``at``, by the hash of its token."""
    session.add(
        CitizenSession(
            organisation_id=organisation_id,
            citizen_id=citizen_id,
            token_hash=token_hash(token),
            method=method,
            expires_at=expires_at,
            created_at=at,
        )
    )
    session.flush()


def find_session(session: Session, *, token: str, at: datetime) -> CitizenSession | None:
    """A citizen's session with this token, where it hasn't ended."""
    return session.scalar(
        select(CitizenSession).where(
            CitizenSession.token_hash == token_hash(token),
            CitizenSession.expires_at > at,
            CitizenSession.ended_at.is_(None),
        )
    )


def end_sessions(session: Session, *, citizen_id: UUID, at: datetime) -> None:
    """End every session of a citizen, also those in other browsers."""
    session.execute(
        update(CitizenSession)
        .where(CitizenSession.citizen_id == citizen_id, CitizenSession.ended_at.is_(None))
        .values(ended_at=at)
    )
