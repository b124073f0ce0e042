"""Who is told by mail that there is a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from outcomes.models import AppUser, RiskProtocol, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


def list_receivers(session: Session, *, signal_id: UUID) -> Sequence[Row[UUID, str]]:
    """Id and language of a signal's owner and of the duty person of its protocol; nobody where it is handled."""
    return session.execute(
        select(AppUser.id, AppUser.locale)
        .select_from(Signal)
        .outerjoin(RiskProtocol, RiskProtocol.id == Signal.protocol_id)
        .join(AppUser, or_(AppUser.id == Signal.owner_id, AppUser.id == RiskProtocol.duty_user_id))
        .where(Signal.id == signal_id, Signal.handled_at.is_(None))
        .distinct()
        .order_by(AppUser.id)
    ).all()


def find_signal(session: Session, *, signal_id: UUID) -> Signal | None:
    """A signal by id."""
    return session.scalar(select(Signal).where(Signal.id == signal_id))


def list_untold(session: Session, *, since: datetime, limit: int) -> Sequence[UUID]:
    """Signals raised since a moment that nobody has handled, oldest first."""
    return session.scalars(
        select(Signal.id)
        .where(Signal.raised_at >= since, Signal.handled_at.is_(None))
        .order_by(Signal.raised_at, Signal.id)
        .limit(limit)
    ).all()
