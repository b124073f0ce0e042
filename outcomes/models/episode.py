"""Episodes (forløb), their occasions (måletidspunkter), and the citizen's own goals."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

COMPARISON_STATUSES = ("intervention", "waiting_list", "other")
END_REASONS = ("completed", "stopped_by_citizen", "moved", "died", "referred", "other")
OCCASION_STATES = ("planned", "declined", "withdrawn")
GOAL_KINDS = ("develop", "maintain", "limit_loss")
RATER_KINDS = ("citizen", "worker")
GOAL_LEVELS = 5


class Episode(TenantRow, Base):
    """A citizen in an intervention at a provider, from start to end."""

    __tablename__ = "episode"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("intervention"),
        refers_to("provider"),
        refers_to("target_group"),
        refers_to("measurement_plan", "plan_id"),
        UniqueConstraint("organisation_id", "citizen_id", "intervention_id", "started_on"),
        one_of("comparison_status", COMPARISON_STATUSES),
        one_of("end_reason", END_REASONS),
        CheckConstraint("ended_on >= started_on", name="dates_in_order"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        Index("ix_episode_intervention", "organisation_id", "intervention_id"),
    )

    citizen_id: Mapped[UUID]
    intervention_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    target_group_id: Mapped[UUID | None]
    """The target group that the citizen belongs to here; None: the intervention's, where it has only one."""
    plan_id: Mapped[UUID]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    comparison_status: Mapped[str] = mapped_column(server_default="intervention")
    arm: Mapped[str | None]
    """What the source calls the arm (``BtheB``, ``TAU``), where the episode is part of a comparison."""
    background: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """Facts known before the start that an analysis plan may adjust for."""


class Occasion(TenantRow, Base):
    """One planned measurement. Open, due, overdue and closed follow from the window; answered from the response."""

    __tablename__ = "occasion"
    __table_args__ = (
        refers_to("episode"),
        refers_to("plan_step", "step_id"),
        refers_to("instrument_version"),
        UniqueConstraint("organisation_id", "episode_id", "code"),
        one_of("state", OCCASION_STATES),
        CheckConstraint(
            "opens_on <= planned_on AND planned_on <= due_on AND due_on <= closes_on", name="window_in_order"
        ),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        Index("ix_occasion_due", "organisation_id", "due_on"),
    )

    episode_id: Mapped[UUID]
    step_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID]
    code: Mapped[str]
    sequence: Mapped[int]
    """0 is the baseline."""
    months: Mapped[float]
    """Planned time since the episode's start, in months."""
    planned_on: Mapped[date]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="planned")


class Goal(TenantRow, Base):
    """The citizen's goal in own words; a trigger keeps the words as they were first written."""

    __tablename__ = "goal"
    __table_args__ = (
        refers_to("episode"),
        one_of("kind", GOAL_KINDS),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint(f"cardinality(levels) = {GOAL_LEVELS}", name="five_levels"),
        CheckConstraint("length(btrim(own_words)) > 0", name="own_words_given"),
        CheckConstraint("baseline_level BETWEEN -2 AND 2", name="baseline_level_range"),
        Index("ix_goal_episode", "organisation_id", "episode_id"),
    )

    episode_id: Mapped[UUID]
    own_words: Mapped[str]
    kind: Mapped[str]
    weight: Mapped[int] = mapped_column(server_default="1")
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """What each attainment level -2..+2 looks like, in that order."""
    baseline_level: Mapped[int]
    set_on: Mapped[date]


class GoalRating(TenantRow, Base):
    """Where a goal stands, by whom, on a day. Ratings are added, never changed."""

    __tablename__ = "goal_rating"
    __table_args__ = (
        refers_to("goal"),
        refers_to("app_user", "user_id"),
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("rated_by", RATER_KINDS),
        CheckConstraint("level BETWEEN -2 AND 2", name="level_range"),
        Index("ix_goal_rating_goal", "organisation_id", "goal_id", "rated_on"),
    )

    goal_id: Mapped[UUID]
    level: Mapped[int]
    rated_on: Mapped[date]
    rated_by: Mapped[str]
    user_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(server_default="")
    """What the rater sees that shows it, in own words."""
    submission_key: Mapped[UUID]
