"""What every mapped class shares: names of constraints, the tenant's key, and references that can't cross tenants.

Every row carries its organisation, and the primary key begins with it: row-level security, distribution by tenant and
foreign keys all rest on the same column. Foreign keys name the organisation too, because PostgreSQL checks them past
row-level security: without it a row could refer to another tenant's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]


class Base(DeclarativeBase):
    """Root of the mapped classes."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {Json: JSONB, list[Json]: JSONB, datetime: DateTime(timezone=True)}  # noqa: RUF012


class TenantRow:
    """Columns of every table that belongs to an organisation."""

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def refers_to(table: str, column: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to a row of ``table`` in the same organisation, from ``column`` (default ``<table>_id``)."""
    return ForeignKeyConstraint(
        ["organisation_id", column or f"{table}_id"], [f"{table}.organisation_id", f"{table}.id"]
    )


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that ``column`` holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
