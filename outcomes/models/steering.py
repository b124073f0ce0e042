"""What is steered by: outcome targets (måltal), and the register of process requirements (proceskrav) that they replace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

TARGET_LEVELS = ("national", "municipal", "provider")
TARGET_DIRECTIONS = ("at_least", "at_most")
REQUIREMENT_SOURCES = ("law", "agreement", "local_rule")
REQUIREMENT_STEPS = ("proposed", "heard", "retired", "kept", "reinstated")


class OutcomeTarget(TenantRow, Base):
    """A target: what is to be reached for whom, from when to when, and how few people are too few to say.

    Append-only: a change is a new version with the same code. National ones are set by an authority and read by all.
    """

    __tablename__ = "outcome_target"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("provider"),
        UniqueConstraint("organisation_id", "code", "version"),
        one_of("direction", TARGET_DIRECTIONS),
        one_of("level", TARGET_LEVELS),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name="code_readable"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("minimum_n >= 10", name="minimum_n_protects"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("level <> 'provider' OR provider_id IS NOT NULL", name="provider_named"),
    )

    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[Json]
    indicator: Mapped[str]
    """Key in the catalogue of indicators, all of them outcomes for citizens."""
    level: Mapped[str]
    intervention_id: Mapped[UUID | None]
    intervention_slug: Mapped[str | None]
    """For national targets, whose intervention is one of each municipality's own."""
    provider_id: Mapped[UUID | None]
    target_group: Mapped[str | None]
    """Code of the target group."""
    legal_section: Mapped[str | None]
    """Law and section as one text."""
    threshold: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    """In the indicator's own unit: a share 0-1, points, a standardised change."""
    direction: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    minimum_n: Mapped[int]
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it is so, or why it was changed."""
    ends: Mapped[bool] = mapped_column(server_default=text("false"))
    """This version ends the target: nothing is steered by it any more."""
    decided_by: Mapped[str]


class ProcessRequirement(TenantRow, Base):
    """A documentation duty: where it comes from, what it costs in time, and what could show the same instead."""

    __tablename__ = "process_requirement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        one_of("source_kind", REQUIREMENT_SOURCES),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name="code_readable"),
        CheckConstraint("minutes_per_month >= 0", name="minutes_not_negative"),
        CheckConstraint("NOT law_bound OR source_kind = 'law'", name="law_bound_by_law"),
    )

    code: Mapped[str]
    title: Mapped[Json]
    source_kind: Mapped[str]
    source: Mapped[str]
    """The law and section, or the agreement or rule, and its date."""
    law_bound: Mapped[bool]
    minutes_per_month: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    """Minutes per citizen and month."""
    minutes_source: Mapped[str]
    """How the minutes are known: counted, estimated, by whom."""
    interventions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Slugs of the interventions that it is a duty in; empty: all."""
    replaced_by: Mapped[str | None]
    """Key of the indicator or instrument that shows the same; None: nothing does."""
    replacement: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """In words: what shows it instead."""
    entered_by: Mapped[str]


class RequirementEvent(TenantRow, Base):
    """A step in the life of a requirement. Append-only; a trigger keeps what a law demands from being retired."""

    __tablename__ = "requirement_event"
    __table_args__ = (
        refers_to("process_requirement", "requirement_id"),
        one_of("step", REQUIREMENT_STEPS),
        Index("ix_requirement_event_requirement", "organisation_id", "requirement_id", "number"),
        UniqueConstraint("organisation_id", "requirement_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("length(btrim(reason)) > 0", name="reason_given"),
    )

    requirement_id: Mapped[UUID]
    number: Mapped[int]
    """1 is the first step."""
    step: Mapped[str]
    on_day: Mapped[date]
    """For retired, kept and reinstated: the day it takes effect."""
    reason: Mapped[str]
    """Why, or what those who were heard said; for reinstated: the law that brings it back."""
    by: Mapped[str]
