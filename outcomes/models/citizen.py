"""Citizens: the person, kept apart from what identifies them, who coordinates their case, and who answers for them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from outcomes.language import CITIZEN_LOCALES
from outcomes.models.base import Base, TenantRow, one_of, refers_to

RELATION_KINDS = ("parent", "relative", "guardian")


class Citizen(TenantRow, Base):
    """A person as data: no name, no CPR number. ``number`` is a running number to speak of them by."""

    __tablename__ = "citizen"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("organisation_id", "source", "external_id"),
        CheckConstraint("(source IS NULL) = (external_id IS NULL)", name="external_id_has_source"),
        CheckConstraint("number > 0", name="number_positive"),
        one_of("locale", CITIZEN_LOCALES),
    )

    number: Mapped[int]
    locale: Mapped[str | None]
    """The language they chose; None where they have chosen none: pages are then in the browser's, messages in Danish."""
    birth_year: Mapped[int | None]
    source: Mapped[str | None]
    """The system an imported person came from; with ``external_id`` it tells the same person again."""
    external_id: Mapped[str | None]
    stopped_on: Mapped[date | None]
    """The day from which the person doesn't want to be asked any more; nothing is sent from then on."""


class CitizenIdentity(TenantRow, Base):
    """Who the person is and where they are reached, encrypted. CPR number, phone and mail are found by keyed hash."""

    __tablename__ = "citizen_identity"
    __table_args__ = (
        refers_to("citizen"),
        UniqueConstraint("organisation_id", "citizen_id"),
        UniqueConstraint("organisation_id", "cpr_hash"),
        CheckConstraint("(cpr_sealed IS NULL) = (cpr_hash IS NULL)", name="cpr_sealed_with_hash"),
        CheckConstraint("octet_length(cpr_hash) = 32", name="cpr_hash_length"),
        UniqueConstraint("organisation_id", "phone_hash"),
        UniqueConstraint("organisation_id", "email_hash"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_hash IS NULL)", name="phone_sealed_with_hash"),
        CheckConstraint("(email_sealed IS NULL) = (email_hash IS NULL)", name="email_sealed_with_hash"),
        CheckConstraint("octet_length(phone_hash) = 32", name="phone_hash_length"),
        CheckConstraint("octet_length(email_hash) = 32", name="email_hash_length"),
    )

    citizen_id: Mapped[UUID]
    name_sealed: Mapped[bytes]
    cpr_sealed: Mapped[bytes | None]
    cpr_hash: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[bytes | None]
    """One person each: whoever has this phone can sign in as them, so a shared phone isn't stored here."""
    email_sealed: Mapped[bytes | None]
    email_hash: Mapped[bytes | None]


class Relation(TenantRow, Base):
    """Somebody who answers for a citizen beside them: a parent, a relative, a guardian. Ends with the relation."""

    __tablename__ = "relation"
    __table_args__ = (
        refers_to("citizen"),
        one_of("kind", RELATION_KINDS),
        one_of("locale", CITIZEN_LOCALES),
        CheckConstraint("ended_on >= from_date", name="dates_in_order"),
        Index("ix_relation_citizen", "organisation_id", "citizen_id"),
    )

    citizen_id: Mapped[UUID]
    kind: Mapped[str]
    name_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    locale: Mapped[str | None]
    """As the citizen's."""
    from_date: Mapped[date]
    ended_on: Mapped[date | None]


class Coordinator(TenantRow, Base):
    """Who coordinates a citizen's case (tovholder), and when. Exactly one at a time."""

    __tablename__ = "coordinator"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("app_user", "user_id"),
        CheckConstraint("to_date >= from_date", name="dates_in_order"),
        Index(
            "uq_coordinator_one_active",
            "organisation_id",
            "citizen_id",
            unique=True,
            postgresql_where=text("to_date IS NULL"),
        ),
        Index("ix_coordinator_user", "organisation_id", "user_id"),
    )

    citizen_id: Mapped[UUID]
    user_id: Mapped[UUID]
    from_date: Mapped[date]
    to_date: Mapped[date | None]
