"""The record of changes, and what of the stored is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, func, select, text

from outcomes.models import AuditEntry, Response, StaffSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def used_versions(session: Session) -> set[UUID]:
    """Instrument versions that somebody has answered."""
    return set(session.scalars(select(Response.instrument_version_id).distinct()))


def last_sessions(session: Session) -> dict[UUID, datetime]:
    """When each member of staff last signed in."""
    rows = session.execute(
        select(StaffSession.user_id, func.max(StaffSession.created_at)).group_by(StaffSession.user_id)
    )
    return {user_id: at for user_id, at in rows if at is not None}


def count_entries(session: Session) -> int:
    """How many changes are recorded."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def last_entry(session: Session) -> AuditEntry | None:
    """The newest entry of the record, whose seal covers every entry before it; None where nothing is recorded."""
    return session.scalar(select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1))


def is_sealed(session: Session, *, entry_hash: bytes) -> bool:
    """Does an entry of the record carry this seal?"""
    return bool(session.scalar(select(select(AuditEntry.id).where(AuditEntry.entry_hash == entry_hash).exists())))


def list_audit_faults(session: Session) -> Sequence[Row[str, UUID, str]]:
    """Table, row and fault of whatever isn't as the record of the organisation in force last saw it."""
    return session.execute(text("SELECT table_name, row_id, fault FROM audit_faults() ORDER BY 1, 2, 3")).all()


def schema_version(session: Session) -> str | None:
    """The newest migration that the database has had."""
    version: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def actor_of(session: Session, *, table: str, row_id: UUID) -> str:
    """Who made a row, as the record has it."""
    return (
        session.scalar(
            select(AuditEntry.actor)
            .where(AuditEntry.table_name == table, AuditEntry.row_id == row_id)
            .order_by(AuditEntry.position)
            .limit(1)
        )
        or ""
    )
