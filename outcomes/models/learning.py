"""Learning: meetings of the team around an intervention, what they think and do, and drivers and barriers of a roll-out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

LEARNING_KINDS = ("hypothesis", "action", "question", "driver", "barrier")
LEARNING_STATES = ("open", "done", "dropped", "confirmed", "refuted")


class LearningMeeting(TenantRow, Base):
    """A meeting about one intervention; ``seen`` are the figures as they stood, so that the next one can compare."""

    __tablename__ = "learning_meeting"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("provider"),
        UniqueConstraint("organisation_id", "intervention_id", "provider_id", "held_on", name="uq_learning_meeting_day",
                         postgresql_nulls_not_distinct=True),
    )  # fmt: skip

    intervention_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    held_on: Mapped[date]
    seen: Mapped[Json]
    held_by: Mapped[str]


class LearningPoint(TenantRow, Base):
    """Something the team thinks, asks or does, in its own words; followed up at a later meeting."""

    __tablename__ = "learning_point"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("learning_meeting", "meeting_id"),
        refers_to("learning_meeting", "followed_up_at"),
        one_of("kind", LEARNING_KINDS),
        one_of("state", LEARNING_STATES),
        CheckConstraint("length(btrim(words)) > 0", name="words_given"),
        CheckConstraint("(state = 'open') = (followed_up_on IS NULL)", name="follow_up_has_day"),
        Index("ix_learning_point_intervention", "organisation_id", "intervention_id", "observed_on"),
    )

    intervention_id: Mapped[UUID]
    meeting_id: Mapped[UUID | None]
    """None: written down between meetings."""
    kind: Mapped[str]
    words: Mapped[str]
    observed_on: Mapped[date]
    due_on: Mapped[date | None]
    responsible: Mapped[str] = mapped_column(server_default="")
    """A function or a team, in own words."""
    state: Mapped[str] = mapped_column(server_default="open")
    outcome: Mapped[str] = mapped_column(server_default="")
    """What came of it."""
    followed_up_at: Mapped[UUID | None]
    followed_up_on: Mapped[date | None]
    entered_by: Mapped[str]
