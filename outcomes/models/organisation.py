"""Organisations (the tenants) and what they are made of: units, providers, and the staff who work there."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

ORGANISATION_KINDS = ("municipality", "private_provider", "research", "authority")
ROLES = ("worker", "manager", "administrator", "authority")


class Organisation(Base):
    """A municipality or a private provider: owns its data."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("slug"),
        one_of("kind", ORGANISATION_KINDS),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_readable"),
        CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name="municipality_code_official"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    municipality_code: Mapped[str | None]
    contact: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """Who a citizen can turn to: ``{"name", "phone", "hours": {"da", "en"}}``."""
    privacy: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """What a citizen is told of how answers are handled, by language: ``{"legal_basis": {"da", ..}, "kept_for": {"da",
    ..}, "adviser": {"name", "phone", "email"}}``."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Unit(TenantRow, Base):
    """A department or team; units form a tree."""

    __tablename__ = "unit"
    __table_args__ = (
        refers_to("unit", "parent_id"),
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    parent_id: Mapped[UUID | None]
    name: Mapped[str]


class Provider(TenantRow, Base):
    """An offer (tilbud) that delivers interventions; may have no address (matrikelløs)."""

    __tablename__ = "provider"
    __table_args__ = (
        refers_to("unit"),
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    unit_id: Mapped[UUID | None]
    name: Mapped[str]
    has_address: Mapped[bool] = mapped_column(server_default=text("true"))
    capacity: Mapped[int | None]
    """Places (pladser)."""
    tilbudsportal_id: Mapped[str | None]


class AppUser(TenantRow, Base):
    """A member of staff. ``ended_on`` closes the account at once."""

    __tablename__ = "app_user"
    __table_args__ = (
        refers_to("unit"),
        UniqueConstraint("organisation_id", "email"),
        one_of("role", ROLES),
        one_of("locale", ("da", "en")),
        Index("ix_app_user_unit", "organisation_id", "unit_id"),
    )

    unit_id: Mapped[UUID | None]
    email: Mapped[str]
    name: Mapped[str]
    title: Mapped[str | None]
    role: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="da")
    ended_on: Mapped[date | None]
