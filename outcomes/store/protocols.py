"""Risk protocols: what happens when an answer to an instrument calls for it. The newest of each instrument is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from outcomes.models import AppUser, RiskProtocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_protocols(session: Session, *, key: str) -> Sequence[RiskProtocol]:
    """Every protocol that an instrument has had, newest first."""
    return session.scalars(
        select(RiskProtocol).where(RiskProtocol.instrument_key == key).order_by(RiskProtocol.version.desc())
    ).all()


def list_guarded_keys(session: Session) -> frozenset[str]:
    """The instruments that have a protocol."""
    return frozenset(session.scalars(select(RiskProtocol.instrument_key).distinct()))


def add_protocol(
    session: Session, *, organisation_id: UUID, key: str, version: int, help_lines: Sequence[Mapping[str, Any]],
    words: Mapping[str, str], act_within_hours: int, duty_user_id: UUID | None, decided_by: str,
) -> RiskProtocol:  # fmt: skip
    """Put a protocol in force. Raises ``IntegrityError`` where there is one of this version already."""
    protocol = RiskProtocol(
        organisation_id=organisation_id,
        instrument_key=key,
        version=version,
        help_lines=[dict(line) for line in help_lines],
        words=dict(words),
        act_within_hours=act_within_hours,
        duty_user_id=duty_user_id,
        decided_by=decided_by,
    )
    session.add(protocol)
    session.flush()
    return protocol


def list_workers(session: Session, *, on: date) -> Sequence[AppUser]:
    """The workers who have an account on a day, by name."""
    return session.scalars(
        select(AppUser)
        .where(AppUser.role == "worker", (AppUser.ended_on.is_(None)) | (AppUser.ended_on > on))
        .order_by(AppUser.name, AppUser.id)
    ).all()
