"""Instruments with immutable versions, and the plans by which they are used."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

STEP_KINDS = ("baseline", "at", "every", "end", "after_end")
PERIOD_UNITS = ("weeks", "months")
AUDIO_TYPES = ("audio/ogg", "audio/mpeg", "audio/mp4")


class InstrumentVersion(TenantRow, Base):
    """One version of an instrument, whole, as data. A trigger refuses any change to what it says."""

    __tablename__ = "instrument_version"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key", "version"),
        CheckConstraint("octet_length(checksum) = 32", name="checksum_length"),
    )

    key: Mapped[str]
    version: Mapped[str]
    definition: Mapped[Json]
    checksum: Mapped[bytes]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class InstrumentAudio(TenantRow, Base):
    """One question of an instrument version read aloud in one language."""

    __tablename__ = "instrument_audio"
    __table_args__ = (
        refers_to("instrument_version"),
        UniqueConstraint("organisation_id", "instrument_version_id", "item", "locale", name="uq_instrument_audio_item"),
        one_of("media_type", AUDIO_TYPES),
        CheckConstraint("octet_length(content) BETWEEN 1 AND 2000000", name="content_size"),
    )

    instrument_version_id: Mapped[UUID]
    item: Mapped[str]
    locale: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]


class MeasurementPlan(TenantRow, Base):
    """Which instrument, for whom, when (måleplan)."""

    __tablename__ = "measurement_plan"
    __table_args__ = (
        refers_to("intervention"),
        UniqueConstraint("organisation_id", "intervention_id", "version"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    intervention_id: Mapped[UUID]
    version: Mapped[int]


class PlanStep(TenantRow, Base):
    """One line of a measurement plan: when, with which instrument, and the window around the day.

    ``baseline`` is the start; ``at`` is ``period`` after it; ``every`` repeats each ``period`` until the episode's
    planned end; ``end`` is the day it ends; ``after_end`` is ``period`` after that. The window is counted in days from
    the planned day: opens before it, due after it, closes no earlier than due.
    """

    __tablename__ = "plan_step"
    __table_args__ = (
        refers_to("measurement_plan", "plan_id"),
        refers_to("instrument_version"),
        UniqueConstraint("organisation_id", "plan_id", "code"),
        one_of("kind", STEP_KINDS),
        one_of("period_unit", PERIOD_UNITS),
        CheckConstraint("(kind IN ('baseline', 'end')) = (period IS NULL)", name="period_where_needed"),
        CheckConstraint("period > 0", name="period_positive"),
        CheckConstraint(
            "opens_days_before >= 0 AND due_days_after >= 0 AND closes_days_after >= due_days_after",
            name="window_in_order",
        ),
    )

    plan_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID]
    code: Mapped[str]
    kind: Mapped[str]
    period: Mapped[int | None]
    period_unit: Mapped[str] = mapped_column(server_default="months")
    opens_days_before: Mapped[int]
    due_days_after: Mapped[int]
    closes_days_after: Mapped[int]
