"""Tries that are counted for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from outcomes.models import Attempt

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def lock_subject(session: Session, *, subject: bytes) -> None:
    """Nobody else counts tries of the same subject until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(subject[:8], signed=True))))


def count_attempts(session: Session, *, subject: bytes, since: datetime) -> int:
    """How often the subject was tried after a moment."""
    return session.scalar(select(func.count()).where(Attempt.subject == subject, Attempt.at > since)) or 0


def add_attempt(session: Session, *, subject: bytes, at: datetime) -> None:
    """Count one try."""
    session.add(Attempt(subject=subject, at=at))
    session.flush()


def remove_newest_attempt(session: Session, *, subject: bytes) -> None:
    """Take the newest try of the subject back. Whoever calls holds :func:`lock_subject`."""
    newest = select(func.max(Attempt.id)).where(Attempt.subject == subject).scalar_subquery()
    session.execute(delete(Attempt).where(Attempt.id == newest))
