"""Value: imported prices, cases that are worked out from them, and outcome contracts with their payments."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, refers_to


class PriceSet(TenantRow, Base):
    """Prices of consequence areas per payer and year, as they were imported. Append-only."""

    __tablename__ = "price_set"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "price_year"),
        CheckConstraint("octet_length(checksum) = 32", name="checksum_length"),
    )

    name: Mapped[str]
    source: Mapped[str]
    price_year: Mapped[int]
    invented: Mapped[bool]
    """Made up for a demo: every page that uses it says so."""
    prices: Mapped[list[Json]]
    """``[{"area", "title": {..}, "payer", "year", "amount"}]``; whole øre per person and year, after refusion."""
    checksum: Mapped[bytes]
    """SHA-256 of the file."""
    imported_by: Mapped[str]


class ValueCase(TenantRow, Base):
    """What an intervention is assumed to cost and to save: the assumptions, never the result. Append-only by version."""

    __tablename__ = "value_case"
    __table_args__ = (
        refers_to("intervention"),
        refers_to("price_set"),
        UniqueConstraint("organisation_id", "intervention_id", "version"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    intervention_id: Mapped[UUID]
    price_set_id: Mapped[UUID]
    version: Mapped[int]
    assumptions: Mapped[Json]
    reason: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str]


class OutcomeContract(TenantRow, Base):
    """An agreement to pay by outcome: what triggers it, at what rate and to what cap, and who verifies. Append-only by
    version."""

    __tablename__ = "outcome_contract"
    __table_args__ = (
        refers_to("intervention"),
        UniqueConstraint("organisation_id", "code", "version"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name="code_readable"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("rate > 0 AND rate <= cap", name="rate_within_cap"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[Json]
    intervention_id: Mapped[UUID]
    payer: Mapped[str]
    payee: Mapped[str]
    verifier: Mapped[str]
    trigger: Mapped[Json]
    """``{"indicator", "threshold", "direction", "minimum_n"}``."""
    rate: Mapped[int] = mapped_column(BigInteger)
    """Øre for each citizen who counts."""
    cap: Mapped[int] = mapped_column(BigInteger)
    """Øre in all."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    decided_by: Mapped[str]


class ContractPayment(TenantRow, Base):
    """What a contract pays for a period, worked out from a frozen release, and who else verified it. Append-only."""

    __tablename__ = "contract_payment"
    __table_args__ = (
        refers_to("outcome_contract", "contract_id"),
        refers_to("release"),
        refers_to("app_user", "worked_out_by_id"),
        refers_to("app_user", "verified_by_id"),
        UniqueConstraint("organisation_id", "contract_id", "release_id"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("verified_by_id <> worked_out_by_id", name="verified_by_another"),
        CheckConstraint("(verified_by IS NULL) = (verified_by_id IS NULL)", name="verifier_named"),
    )

    contract_id: Mapped[UUID]
    release_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Øre."""
    working: Mapped[Json]
    """Every figure that the amount follows from."""
    worked_out_by_id: Mapped[UUID]
    verified_by: Mapped[str | None]
    """The name, as it was then. Written once."""
    verified_by_id: Mapped[UUID | None]
    code_version: Mapped[str] = mapped_column(server_default=text("''"))
