"""Price sets and the cases that are worked out from them: each change is a new row, and the newest version is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from outcomes.models import Episode, PriceSet, Provider, ValueCase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


def list_price_sets(session: Session) -> Sequence[PriceSet]:
    """The organisation's price sets, those of the newest prices first, by name."""
    return session.scalars(select(PriceSet).order_by(PriceSet.price_year.desc(), PriceSet.name, PriceSet.id)).all()


def find_price_set(session: Session, *, price_set_id: UUID) -> PriceSet | None:
    """A price set by id."""
    return session.scalar(select(PriceSet).where(PriceSet.id == price_set_id))


def find_named_price_set(session: Session, *, name: str, price_year: int) -> PriceSet | None:
    """The price set of this name and year."""
    return session.scalar(select(PriceSet).where(PriceSet.name == name, PriceSet.price_year == price_year))


def add_price_set(
    session: Session, *, organisation_id: UUID, name: str, source: str, price_year: int, invented: bool,
    prices: Sequence[Mapping[str, Any]], checksum: bytes, imported_by: str,
) -> PriceSet:  # fmt: skip
    """Store a price set. Raises ``IntegrityError`` where there is one of this name and year already."""
    stored = PriceSet(
        organisation_id=organisation_id,
        name=name,
        source=source,
        price_year=price_year,
        invented=invented,
        prices=[dict(price) for price in prices],
        checksum=checksum,
        imported_by=imported_by,
    )
    session.add(stored)
    session.flush()
    return stored


def list_cases(session: Session, *, intervention_id: UUID) -> Sequence[ValueCase]:
    """Every version of an intervention's case, newest first."""
    return session.scalars(
        select(ValueCase).where(ValueCase.intervention_id == intervention_id).order_by(ValueCase.version.desc())
    ).all()


def list_help_spans(session: Session, *, intervention_id: UUID) -> Sequence[Row[UUID, str | None, date, date | None]]:
    """Whom an intervention helps, at which provider, from when to when; by citizen and start. Person data."""
    return session.execute(
        select(Episode.citizen_id, Provider.name, Episode.started_on, Episode.ended_on)
        .outerjoin(Provider, Provider.id == Episode.provider_id)
        .where(Episode.intervention_id == intervention_id, Episode.comparison_status == "intervention")
        .order_by(Episode.citizen_id, Episode.started_on, Episode.id)
    ).all()


def add_case(
    session: Session, *, organisation_id: UUID, intervention_id: UUID, price_set_id: UUID, version: int,
    assumptions: Mapping[str, Any], reason: str, decided_by: str,
) -> ValueCase:  # fmt: skip
    """Put a case in force. Raises ``IntegrityError`` where there is one of this version already."""
    stored = ValueCase(
        organisation_id=organisation_id,
        intervention_id=intervention_id,
        price_set_id=price_set_id,
        version=version,
        assumptions=dict(assumptions),
        reason=reason,
        decided_by=decided_by,
    )
    session.add(stored)
    session.flush()
    return stored
