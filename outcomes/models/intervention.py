"""Interventions, who they are for, what law they rest on, and the plan by which their effect is judged."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, refers_to


class TargetGroup(TenantRow, Base):
    """A target group (målgruppe) of the versioned code list."""

    __tablename__ = "target_group"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code", "valid_from"),
        CheckConstraint("valid_to > valid_from", name="valid_in_order"),
    )

    code: Mapped[str]
    title: Mapped[Json]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class LegalBasis(TenantRow, Base):
    """A law and section, as versioned data: laws change, code need not."""

    __tablename__ = "legal_basis"
    __table_args__ = (
        UniqueConstraint("organisation_id", "law", "section", "valid_from"),
        CheckConstraint("valid_to > valid_from", name="valid_in_order"),
    )

    law: Mapped[str]
    section: Mapped[str]
    title: Mapped[Json]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Intervention(TenantRow, Base):
    """A named service (indsats)."""

    __tablename__ = "intervention"
    __table_args__ = (
        refers_to("legal_basis"),
        UniqueConstraint("organisation_id", "slug"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_readable"),
        CheckConstraint("planned_months > 0", name="planned_months_positive"),
        CheckConstraint("cost_per_month >= 0", name="cost_not_negative"),
    )

    slug: Mapped[str]
    title: Mapped[Json]
    description: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    theory_of_change: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    legal_basis_id: Mapped[UUID | None]
    planned_months: Mapped[int | None]
    cost_per_month: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """Kroner per citizen and month."""
    guideline_url: Mapped[str | None]


class InterventionTargetGroup(TenantRow, Base):
    """An intervention is meant for a target group."""

    __tablename__ = "intervention_target_group"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("target_group"),
        UniqueConstraint("organisation_id", "intervention_id", "target_group_id"),
    )

    intervention_id: Mapped[UUID]
    target_group_id: Mapped[UUID]


class AnalysisPlan(TenantRow, Base):
    """How an intervention's effect is estimated; versioned, and frozen before results are looked at.

    A trigger keeps ``definition`` as it is from the moment ``frozen_at`` is set, and no result can be marked as seen
    before that.
    """

    __tablename__ = "analysis_plan"
    __table_args__ = (
        refers_to("intervention"),
        UniqueConstraint("organisation_id", "intervention_id", "version"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint(
            "results_first_seen_at IS NULL OR (frozen_at IS NOT NULL AND results_first_seen_at >= frozen_at)",
            name="frozen_before_seen",
        ),
    )

    intervention_id: Mapped[UUID]
    version: Mapped[int]
    definition: Mapped[Json]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[str | None]
    results_first_seen_at: Mapped[datetime | None]
