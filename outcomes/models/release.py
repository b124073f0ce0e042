"""Releases: figures as they were published, which never change, and the ledger of who stands behind them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

RELEASE_KINDS = ("overview", "report", "targets", "supervision", "offers", "value", "requirements", "contract")


class Release(TenantRow, Base):
    """A published set of figures. Append-only: a correction is a new version with a reason.

    It has passed the control of small numbers and of differences to what was published before. ``for_authority``: the
    national authority reads it; nothing else of an organisation is ever read from outside.
    """

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "subject", "first_day", "last_day", "version",
                         name="uq_release_version", postgresql_nulls_not_distinct=True),
        one_of("kind", RELEASE_KINDS),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("version = 1 OR length(btrim(reason)) > 0", name="correction_has_reason"),
        CheckConstraint("octet_length(checksum) = 32", name="checksum_length"),
        Index("ix_release_for_authority", "for_authority", "kind"),
    )  # fmt: skip

    kind: Mapped[str]
    subject: Mapped[str]
    """What it is about: the organisation's slug, or an intervention's."""
    organisation_name: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    version: Mapped[int]
    content: Mapped[Json]
    checksum: Mapped[bytes]
    """SHA-256 of the heading (what, whose, when, which version and why) and the content in canonical JSON."""
    snapshot: Mapped[str]
    code_version: Mapped[str]
    for_authority: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str] = mapped_column(server_default="")
    published_by: Mapped[str]


class ReleaseLedger(TenantRow, Base):
    """Who stood behind a published population, as sealed marks that tell only whether two releases share a person.

    Never read from outside the organisation. Append-only.
    """

    __tablename__ = "release_ledger"
    __table_args__ = (
        refers_to("release"),
        UniqueConstraint("organisation_id", "release_id", "population"),
        CheckConstraint("cardinality(people) >= 0", name="people_listed"),
    )

    release_id: Mapped[UUID]
    population: Mapped[str]
    """Which cell: intervention, provider, target group, section, period, as one key."""
    people: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    """Per person an HMAC of their id and of what they contribute, sorted."""
