"""Those who answer for a citizen beside them: parents, relatives, guardians."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.models import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_relations(session: Session, *, citizen_id: UUID) -> Sequence[Relation]:
    """Everybody who answers or has answered for a citizen, in the order in which they were written down."""
    return session.scalars(
        select(Relation)
        .where(Relation.citizen_id == citizen_id)
        .order_by(Relation.from_date, Relation.created_at, Relation.id)
    ).all()


def get_relation(session: Session, *, citizen_id: UUID, relation_id: UUID) -> Relation | None:
    """One of a citizen's relations, locked until the transaction ends; None where it isn't theirs."""
    return session.scalar(
        select(Relation).where(Relation.id == relation_id, Relation.citizen_id == citizen_id).with_for_update()
    )


def add_relation(
    session: Session,
    *,
    relation_id: UUID,
    organisation_id: UUID,
    citizen_id: UUID,
    kind: str,
    name_sealed: bytes,
    phone_sealed: bytes | None,
    email_sealed: bytes | None,
    locale: str | None,
    from_date: date,
) -> Relation:
    """Somebody who answers for a citizen from a day on."""
    relation = Relation(
        id=relation_id, organisation_id=organisation_id, citizen_id=citizen_id, kind=kind, name_sealed=name_sealed,
        phone_sealed=phone_sealed, email_sealed=email_sealed, locale=locale, from_date=from_date,
    )  # fmt: skip
    session.add(relation)
    session.flush()
    return relation
