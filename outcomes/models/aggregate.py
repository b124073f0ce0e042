"""Stored aggregates: sums of scores of people alike, made from the rows so that nobody needs the rows for an estimate; and
what was sent of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Double, Text

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to
from outcomes.models.episode import COMPARISON_STATUSES


class ScoreAggregate(TenantRow, Base):
    """The ``n`` citizens of one intervention who began in one quarter with one comparison status, and who were due and
    have answered on one scale at the same occasions.

    Made anew from episodes, occasions, responses and scores at any time, and never shown as it is: few people may stand
    behind a row. Sums are of the scores themselves, not of differences from anything: sums of whole numbers are exact.
    """

    __tablename__ = "score_aggregate"
    __table_args__ = (
        refers_to("intervention"),
        UniqueConstraint(
            "organisation_id", "intervention_id", "instrument_key", "scale", "quarter", "comparison_status",
            "first_episode", "due", "answered", "version_ids",
            name="uq_score_aggregate_people",
        ),
        one_of("comparison_status", COMPARISON_STATUSES),
        CheckConstraint("n > 0", name="n_positive"),
        CheckConstraint(
            "extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)", name="quarter_begins"
        ),
        CheckConstraint("answered <@ due", name="answered_of_due"),
        CheckConstraint("cardinality(sums) = cardinality(answered)", name="one_sum_each"),
        CheckConstraint(
            "cardinality(products) = cardinality(answered) * (cardinality(answered) + 1) / 2", name="one_product_each_pair"
        ),
    )  # fmt: skip

    intervention_id: Mapped[UUID]
    instrument_key: Mapped[str]
    scale: Mapped[str]
    quarter: Mapped[date]
    """First day of the calendar quarter in which the episodes started."""
    comparison_status: Mapped[str]
    first_episode: Mapped[bool]
    """Is it these citizens' first episode in the intervention, whatever its status? Whoever is compared counts once."""
    due: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Codes of the occasions at which these people should have answered by now, in alphabetical order."""
    answered: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Those of them with a score, in the same order."""
    version_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The instrument versions that were answered."""
    n: Mapped[int]
    sums: Mapped[list[float]] = mapped_column(ARRAY(Double))
    """Sum of the scores at each answered occasion."""
    products: Mapped[list[float]] = mapped_column(ARRAY(Double))
    """Sum of the products of the scores at each two answered occasions: the lower triangle, row by row."""


class AggregateExport(TenantRow, Base):
    """A file of sums that was made for others: what it told, so that no later file tells of few people by its difference.

    Append-only.
    """

    __tablename__ = "aggregate_export"
    __table_args__ = (
        refers_to("intervention"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("least > 1", name="least_protects"),
        CheckConstraint("people > 0", name="people_positive"),
        CheckConstraint("octet_length(checksum) = 32", name="checksum_length"),
    )

    intervention_id: Mapped[UUID]
    instrument_key: Mapped[str]
    scale: Mapped[str]
    first_day: Mapped[date]
    """First day of the first quarter of starts."""
    last_day: Mapped[date]
    least: Mapped[int]
    people: Mapped[int]
    cells: Mapped[Json]
    """For each pattern and each occasion, in each arm: the number of people, and a seal of their sums."""
    checksum: Mapped[bytes]
    """SHA-256 of the whole file."""
    exported_by: Mapped[str]
