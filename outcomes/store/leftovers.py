"""What has had its time and is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from outcomes.models import Attempt, Message, PersonalLink

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def forget_attempts(session: Session, *, before: datetime) -> None:
    """Remove attempts that were counted before a moment."""
    session.execute(delete(Attempt).where(Attempt.at < before))


def forget_codes(session: Session, *, before: datetime) -> None:
    """Take short codes that ended before a moment off their links; the links stay."""
    session.execute(
        update(PersonalLink)
        .where(PersonalLink.code_expires_at < before)
        .values(code_hash=None, code_expires_at=None)
        .execution_options(synchronize_session=False)
    )


def forget_secrets(session: Session, *, before: datetime) -> None:
    """Take one-time codes off messages that were written before a moment: they are worth nothing any more."""
    session.execute(
        update(Message)
        .where(Message.secret_sealed.is_not(None), Message.created_at < before, Message.kind == "login_code")
        .values(secret_sealed=None, state="cancelled", fault="too_late")
        .execution_options(synchronize_session=False)
    )
