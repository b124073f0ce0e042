"""Subscriptions to reports, and batches of reports that are made one after the other and can be gone on with."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

SCHEDULES = ("weekly", "monthly", "quarterly", "yearly")
BATCH_STATES = ("waiting", "running", "done", "stopped")
ITEM_STATES = ("waiting", "done", "failed")


class Subscription(TenantRow, Base):
    """A member of staff is told when a page's new figures are there: by a link, never by the figures."""

    __tablename__ = "subscription"
    __table_args__ = (
        refers_to("app_user", "user_id"),
        one_of("schedule", SCHEDULES),
        UniqueConstraint("organisation_id", "user_id", "subject"),
        Index("ix_subscription_next_on", "organisation_id", "next_on"),
    )

    user_id: Mapped[UUID]
    subject: Mapped[str]
    """``overview`` or ``report:<slug of an intervention>``."""
    schedule: Mapped[str]
    next_on: Mapped[date | None]
    """None: ended."""
    last_sent_on: Mapped[date | None]
    added_by: Mapped[str]
    ended_reason: Mapped[str | None]


class ReportBatch(TenantRow, Base):
    """All reports of an organisation for a period, in the order of ``number``."""

    __tablename__ = "report_batch"
    __table_args__ = (one_of("state", BATCH_STATES), CheckConstraint("first_day <= last_day", name="days_in_order"))

    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    requested_by: Mapped[str]
    finished_at: Mapped[datetime | None]


class BatchItem(TenantRow, Base):
    """One report of a batch, as one file; what is done isn't made again."""

    __tablename__ = "batch_item"
    __table_args__ = (
        refers_to("report_batch", "batch_id"),
        UniqueConstraint("organisation_id", "batch_id", "number"),
        one_of("state", ITEM_STATES),
        CheckConstraint("(state = 'done') = (content IS NOT NULL)", name="done_has_content"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
    )

    batch_id: Mapped[UUID]
    number: Mapped[int]
    subject: Mapped[str]
    locale: Mapped[str]
    file_format: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    """How often it was begun: one that takes its worker along is given up."""
    error: Mapped[Json | None]
    """Why it failed, as message and values."""
    file_name: Mapped[str | None]
    content: Mapped[bytes | None]
