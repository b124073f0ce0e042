"""Stored results: what the overview says of an intervention, worked out once so that no page waits for an estimate."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, refers_to


class StoredResult(TenantRow, Base):
    """What the overview says of one intervention under one analysis plan, of everybody or of those who began in a period.

    Made anew from the rows at any time. It holds what a reader may see and nothing else: what the rules of small numbers
    withhold is not in it.
    """

    __tablename__ = "stored_result"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("analysis_plan", "plan_id"),
        UniqueConstraint(
            "organisation_id", "intervention_id", "plan_id", "population", "first_day", "last_day",
            name="uq_stored_result_period", postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="period_has_two_ends"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )  # fmt: skip

    intervention_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    population: Mapped[str] = mapped_column(server_default="")
    """Which of its people: ``provider=<id>``, ``target_group=<code>``; empty: all of them."""
    first_day: Mapped[date | None]
    """First day of the period of starts; NULL with ``last_day``: everybody who ever began."""
    last_day: Mapped[date | None]
    snapshot: Mapped[str]
    """Fingerprint of the data that it was made from, as the report has it."""
    code_version: Mapped[str]
    content: Mapped[Json]
    """The figures, and sentences as message and values: they are translated where they are read."""
    computed_at: Mapped[datetime]
    """When it was last worked out, or found to be as it was."""
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """The same moment by the database's clock, which stamps answers too: later answers aren't in it."""
