"""Batches of reports: what was asked for, one row per file, and the files themselves until they are thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, text

from outcomes.models import BatchItem, ReportBatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

ITEM_FACTS = (
    BatchItem.number, BatchItem.subject, BatchItem.locale, BatchItem.file_format, BatchItem.state, BatchItem.error,
    BatchItem.file_name, func.octet_length(BatchItem.content).label("size"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files of a batch are done, failed and waiting."""

    done: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.failed + self.waiting


def list_batches(session: Session) -> Sequence[ReportBatch]:
    """Batches, newest first."""
    return session.scalars(select(ReportBatch).order_by(ReportBatch.created_at.desc(), ReportBatch.id)).all()


def find_batch(session: Session, *, batch_id: UUID, lock: bool = False) -> ReportBatch | None:
    """A batch by id."""
    query = select(ReportBatch).where(ReportBatch.id == batch_id)
    return session.scalar(query.with_for_update() if lock else query)


def find_unfinished(session: Session, *, first_day: date | None, last_day: date | None) -> ReportBatch | None:
    """The newest batch of exactly this period that isn't done; None where there is none."""
    return session.scalar(
        select(ReportBatch)
        .where(
            ReportBatch.first_day.is_not_distinct_from(first_day),
            ReportBatch.last_day.is_not_distinct_from(last_day),
            ReportBatch.state.in_(("waiting", "running")),
        )
        .order_by(ReportBatch.created_at.desc(), ReportBatch.id)
        .limit(1)
    )


def count_items(session: Session) -> dict[UUID, Counts]:
    """How far each batch is, by batch."""
    rows = session.execute(
        select(BatchItem.batch_id, BatchItem.state, func.count())
        .group_by(BatchItem.batch_id, BatchItem.state)
        .order_by(BatchItem.batch_id, BatchItem.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for batch_id, state, number in rows:
        found.setdefault(batch_id, {})[state] = number
    return {batch_id: Counts(**states) for batch_id, states in found.items()}


def list_items(session: Session, *, batch_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """What is known of each file of a batch, in order, without its content."""
    return session.execute(select(*ITEM_FACTS).where(BatchItem.batch_id == batch_id).order_by(BatchItem.number)).all()


def next_item(session: Session, *, batch_id: UUID) -> BatchItem | None:
    """The first file that waits to be made, of a batch that nobody has stopped."""
    return session.scalar(
        select(BatchItem)
        .join(ReportBatch, ReportBatch.id == BatchItem.batch_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.state == "waiting", ReportBatch.state != "stopped")
        .order_by(BatchItem.number)
        .limit(1)
    )


def find_item(session: Session, *, batch_id: UUID, number: int, lock: bool = False) -> BatchItem | None:
    """One file of a batch with its content."""
    query = select(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.number == number)
    return session.scalar(query.with_for_update() if lock else query)


def list_failed(session: Session, *, batch_id: UUID) -> Sequence[BatchItem]:
    """The files that couldn't be made, in order; locked until the transaction ends."""
    return session.scalars(
        select(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.state == "failed")
        .order_by(BatchItem.number)
        .with_for_update()
    ).all()


def hold_item(session: Session, *, item_id: UUID) -> bool:
    """Keep every other worker away from a file while this transaction is open; False where another one is at it."""
    return bool(
        session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"batch_item:{item_id}"}
        )
    )


def forget_batches(session: Session, *, before: datetime) -> None:
    """Throw away batches that were asked for before a moment, with their files."""
    old = select(ReportBatch.id).where(ReportBatch.created_at < before)
    session.execute(delete(BatchItem).where(BatchItem.batch_id.in_(old)).execution_options(synchronize_session=False))
    session.execute(
        delete(ReportBatch).where(ReportBatch.created_at < before).execution_options(synchronize_session=False)
    )
