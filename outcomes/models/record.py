"""What is recorded about the records: imports, the audit of changes, and who read whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from outcomes.models.base import Base, TenantRow, one_of, refers_to

OPERATIONS = ("INSERT", "UPDATE", "DELETE")

# Why somebody read a person.
CASELOAD = "caseload"
CITIZEN_PAGE = "citizen page"
CONTACT_PAGE = "contact"
GOAL_RATING = "goal rating"
GOAL_RATED = "goal rated"
ASKING = "asking"
INTERVIEW = "interview"
PAPER_PRINTED = "paper printed"
PAPER_KEYED = "paper keyed"
RELATIONS = "relations"
SIGNAL_PAGE = "signal"
SIGNAL_HANDLED = "signal handled"
SHARED = "shared"
"""The citizen's page, by one whom the citizen let read it."""


class ImportBatch(TenantRow, Base):
    """One table taken in. The same content is taken in once."""

    __tablename__ = "import_batch"
    __table_args__ = (
        UniqueConstraint("organisation_id", "fingerprint"),
        CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint_length"),
    )

    file_name: Mapped[str]
    fingerprint: Mapped[bytes]
    n_rows: Mapped[int]
    n_citizens: Mapped[int]
    n_scores: Mapped[int]


class AuditEntry(Base):
    """One change to one row, written by trigger; append-only, each entry sealed with the one before it.

    Holds a hash of the row, not the row: the audit proves what was changed without becoming a second copy of it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        one_of("operation", OPERATIONS),
        UniqueConstraint("organisation_id", "position"),
        Index("ix_audit_entry_row", "organisation_id", "table_name", "row_id", "position"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    position: Mapped[int] = mapped_column(BigInteger)
    """1, 2, 3 … within the organisation: a missing number is a removed entry."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """Who acts, as the program says it (``user:<id>``, ``command:import``)."""
    database_user: Mapped[str]
    """Who was signed in to the database, as PostgreSQL knows it."""
    table_name: Mapped[str]
    row_id: Mapped[UUID]
    operation: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The columns that the row had then; those added later don't count in its hash."""
    row_hash: Mapped[bytes]
    previous_hash: Mapped[bytes]
    entry_hash: Mapped[bytes]


class AccessEntry(TenantRow, Base):
    """Somebody read a person's data: who, whom and what for, in the transaction that reads. Append-only."""

    __tablename__ = "access_entry"
    __table_args__ = (
        refers_to("app_user", "user_id"),
        refers_to("citizen"),
        Index("ix_access_entry_citizen", "organisation_id", "citizen_id", "created_at"),
    )

    user_id: Mapped[UUID]
    citizen_id: Mapped[UUID]
    purpose: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
