"""Signals about a person to those who help them, and the protocols that say what a risk answer sets going."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to
from outcomes.models.response import RESPONDENT_KINDS

SIGNAL_KINDS = ("risk_answer", "wants_contact", "reliable_worsening")
SIGNALLED_ONCE = "handled_at IS NULL OR kind <> 'risk_answer'"
"""Which signals there is one of for the same subject. A risk answer that is given again after somebody has handled the
first one is a new reason to look; a score that is worse, and a wish to talk, are told once."""


class RiskProtocol(TenantRow, Base):
    """What happens when an answer to an instrument calls for it. The newest version is in force; none is changed."""

    __tablename__ = "risk_protocol"
    __table_args__ = (
        refers_to("app_user", "duty_user_id"),
        UniqueConstraint("organisation_id", "instrument_key", "version"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("act_within_hours BETWEEN 1 AND 336", name="act_within_two_weeks"),
        CheckConstraint("jsonb_array_length(help_lines) > 0", name="help_lines_given"),
    )

    instrument_key: Mapped[str]
    version: Mapped[int]
    help_lines: Mapped[list[Json]] = mapped_column(JSONB)
    """Whom the citizen can call at once: ``{"name": {"da", ..}, "phone", "hours": {"da", ..}}`` each."""
    words: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """What the citizen is told beside the help lines, by language; empty for the product's own words."""
    act_within_hours: Mapped[int]
    duty_user_id: Mapped[UUID | None]
    """Who gets the signal where the citizen has no coordinator, and beside the coordinator."""
    decided_by: Mapped[str]


class Signal(TenantRow, Base):
    """A reason to look at a person's answers, who is to look and until when. About help, never about a worker."""

    __tablename__ = "signal"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("episode"),
        refers_to("occasion"),
        refers_to("relation"),
        refers_to("risk_protocol", "protocol_id"),
        refers_to("app_user", "owner_id"),
        refers_to("app_user", "handled_by"),
        one_of("kind", SIGNAL_KINDS),
        one_of("respondent_kind", RESPONDENT_KINDS),
        CheckConstraint("(handled_at IS NULL) = (handled_by IS NULL)", name="handled_by_somebody"),
        Index(
            "uq_signal_once",
            "organisation_id",
            "occasion_id",
            "respondent_kind",
            "relation_id",
            "kind",
            "subject",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(SIGNALLED_ONCE),
        ),
        Index("ix_signal_owner", "organisation_id", "owner_id", "handled_at"),
        Index("ix_signal_citizen", "organisation_id", "citizen_id"),
    )

    citizen_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    occasion_id: Mapped[UUID]
    respondent_kind: Mapped[str]
    relation_id: Mapped[UUID | None]
    kind: Mapped[str]
    subject: Mapped[str]
    """What it is about: the item's id for a risk answer, the scale's key for a worsening, empty for a wish to talk."""
    from_paper: Mapped[bool] = mapped_column(server_default=false())
    """Whether the answer stands on a paper form, and was typed in by somebody else."""
    protocol_id: Mapped[UUID | None]
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    owner_id: Mapped[UUID | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None]
    handling: Mapped[str] = mapped_column(server_default="")
    """What was done, in the worker's words."""
