"""What a citizen decides and adds on their own page: corrections beside the original, and sharing for a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from outcomes.models.base import Base, TenantRow, refers_to


class Correction(TenantRow, Base):
    """What a citizen says is wrong in what is stored about them, in own words. Stands beside it; nothing is overwritten."""

    __tablename__ = "correction"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("response"),
        refers_to("goal"),
        UniqueConstraint("organisation_id", "submission_key"),
        CheckConstraint("length(btrim(words)) > 0", name="words_given"),
        CheckConstraint("num_nonnulls(response_id, goal_id) <= 1", name="one_subject"),
        Index("ix_correction_citizen", "organisation_id", "citizen_id", "at"),
    )

    citizen_id: Mapped[UUID]
    response_id: Mapped[UUID | None]
    goal_id: Mapped[UUID | None]
    words: Mapped[str]
    at: Mapped[datetime]
    submission_key: Mapped[UUID]


class AccessShare(TenantRow, Base):
    """A citizen lets one more member of staff read their page, for a time. Ended at once where the citizen says so."""

    __tablename__ = "access_share"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("app_user", "user_id"),
        UniqueConstraint("code_hash"),
        CheckConstraint("octet_length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint("days BETWEEN 1 AND 90", name="days_limited"),
        CheckConstraint("(user_id IS NULL) = (until_date IS NULL)", name="redeemed_has_end"),
        Index("ix_access_share_citizen", "organisation_id", "citizen_id"),
        Index("ix_access_share_user", "organisation_id", "user_id"),
    )

    citizen_id: Mapped[UUID]
    code_hash: Mapped[bytes]
    code_expires_at: Mapped[datetime]
    days: Mapped[int]
    user_id: Mapped[UUID | None]
    """Who used the code."""
    until_date: Mapped[date | None]
    """The last day of reading."""
    ended_at: Mapped[datetime | None]
