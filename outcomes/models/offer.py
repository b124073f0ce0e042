"""The register of offers (tilbud) as it was on each day, and how specialised an intervention is for a target group."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

OWNER_KINDS = ("municipal", "regional", "private", "self_governing")
SPECIALISATION_LEVELS = 3
"""0 general, 1 some, 2 specialised, 3 highly specialised."""


class ProviderRecord(TenantRow, Base):
    """What is known of a provider from a day on, until a later record takes its place. Append-only: the past stays."""

    __tablename__ = "provider_record"
    __table_args__ = (
        refers_to("provider"),
        UniqueConstraint("organisation_id", "provider_id", "valid_from"),
        one_of("owner_kind", OWNER_KINDS),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("staffing >= 0", name="staffing_not_negative"),
    )

    provider_id: Mapped[UUID]
    valid_from: Mapped[date]
    owner_kind: Mapped[str]
    owner: Mapped[str]
    has_address: Mapped[bool]
    capacity: Mapped[int | None]
    """Places (pladser); None: not known."""
    staffing: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    """Full-time posts (årsværk, normering); None: not known."""
    competences: Mapped[list[Json]] = mapped_column(server_default=text("'[]'"))
    """``[{"title": {"da", "en"}, "people": n}]``."""
    interventions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Slugs of the interventions that it delivers."""
    target_groups: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Codes of the target groups that it is for."""
    legal_sections: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Law and section as one text, ``Serviceloven § 107``."""
    agreements: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What it is part of: ``NATKO``, ``VISO``, ``rammeaftale``."""
    source: Mapped[str]
    recorded_by: Mapped[str]


class Specialisation(TenantRow, Base):
    """How specialised an intervention is for a target group from a day on, by criteria that are kept with it.

    ``provider_id`` None: the intervention as a whole. Append-only: a historic level survives every change.
    """

    __tablename__ = "specialisation"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("target_group"),
        refers_to("provider"),
        UniqueConstraint(
            "organisation_id", "intervention_id", "target_group_id", "provider_id", "valid_from",
            name="uq_specialisation_day", postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(f"level BETWEEN 0 AND {SPECIALISATION_LEVELS}", name="level_range"),
    )  # fmt: skip

    intervention_id: Mapped[UUID]
    target_group_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    level: Mapped[int]
    criteria_version: Mapped[str]
    criteria: Mapped[Json]
    """By criterion: whether it is met."""
    reason: Mapped[str] = mapped_column(server_default="")
    assessed_by: Mapped[str]
