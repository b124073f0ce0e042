"""Supervision (tilsyn): themes by date of effect, facts of providers that are entered once for all, and signals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

SUPERVISION_SIGNAL_STATES = ("open", "in_dialogue", "closed")


class ThemeSet(TenantRow, Base):
    """An authority's themes between two days (``valid_to`` excluded; None: until further notice).

    ``shared``: every organisation reads it; only an authority can say so.
    """

    __tablename__ = "theme_set"
    __table_args__ = (
        UniqueConstraint("organisation_id", "authority", "valid_from"),
        CheckConstraint("valid_from < valid_to", name="valid_in_order"),
    )

    authority: Mapped[str]
    """``socialtilsyn``, ``arbejdstilsyn``, ``styrelsen-for-patientsikkerhed``."""
    title: Mapped[Json]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    unverified: Mapped[str] = mapped_column(server_default="")
    """What of it nobody has checked against its source; empty: nothing."""
    themes: Mapped[list[Json]]
    """``[{"code", "title": {"da", "en"}, "data": [keys of the catalogue of evidence]}]``, in order."""
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    recorded_by: Mapped[str]


class ProviderFact(TenantRow, Base):
    """A datum of a provider that no answer gives: entered once, with its day and its source, for all authorities.

    Append-only: a later day's fact takes its place.
    """

    __tablename__ = "provider_fact"
    __table_args__ = (
        refers_to("provider"),
        UniqueConstraint("organisation_id", "provider_id", "datum", "as_of"),
    )

    provider_id: Mapped[UUID]
    datum: Mapped[str]
    """Key in the catalogue of evidence."""
    value: Mapped[Json]
    as_of: Mapped[date]
    source: Mapped[str]
    entered_by: Mapped[str]


class SupervisionLook(TenantRow, Base):
    """What was seen when the providers of one intervention were compared: made anew from the rows at any time.

    It holds what a reader may see: providers with fewer than 10 people are named in it without a number.
    """

    __tablename__ = "supervision_look"
    __table_args__ = (refers_to("intervention"), UniqueConstraint("organisation_id", "intervention_id", "until"))

    intervention_id: Mapped[UUID]
    until: Mapped[date]
    """Last day of the measurements that were looked at."""
    content: Mapped[Json]
    snapshot: Mapped[str]
    code_version: Mapped[str]
    computed_at: Mapped[datetime]


class SupervisionSignal(TenantRow, Base):
    """A statistical reason to talk with a provider: never about a person, and a question rather than a verdict."""

    __tablename__ = "supervision_signal"
    __table_args__ = (
        refers_to("provider"),
        refers_to("intervention"),
        one_of("state", SUPERVISION_SIGNAL_STATES),
        UniqueConstraint("organisation_id", "provider_id", "intervention_id", "method", "found_on"),
        Index("ix_supervision_signal_state", "organisation_id", "state"),
    )

    provider_id: Mapped[UUID]
    intervention_id: Mapped[UUID]
    method: Mapped[str]
    found_on: Mapped[date]
    content: Mapped[Json]
    """The reason as message and values, n, completeness, limits, and the rate of false alarms."""
    state: Mapped[str] = mapped_column(server_default="open")
    response: Mapped[str] = mapped_column(server_default="")
    """What the provider says, and what was agreed."""
    handled_by: Mapped[str | None]
    handled_at: Mapped[datetime | None]
