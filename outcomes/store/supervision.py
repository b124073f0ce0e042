"""Supervision: themes, facts of providers, what was seen when providers were compared, and signals about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from outcomes.models import (
    Episode,
    Intervention,
    LegalBasis,
    Provider,
    ProviderFact,
    ProviderRecord,
    SupervisionLook,
    SupervisionSignal,
    TargetGroup,
    ThemeSet,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models.base import Json


def list_providers(session: Session) -> Sequence[Provider]:
    """Every provider of the organisation, by name."""
    return session.scalars(select(Provider).order_by(Provider.name, Provider.id)).all()


def find_provider(session: Session, *, provider_id: UUID) -> Provider | None:
    """A provider by id."""
    return session.scalar(select(Provider).where(Provider.id == provider_id))


def find_record(session: Session, *, provider_id: UUID, on: date) -> ProviderRecord | None:
    """What the register says of a provider on a day."""
    return session.scalar(
        select(ProviderRecord)
        .where(ProviderRecord.provider_id == provider_id, ProviderRecord.valid_from <= on)
        .order_by(ProviderRecord.valid_from.desc())
        .limit(1)
    )


def list_delivered(session: Session, *, provider_id: UUID) -> Sequence[Row[Intervention, LegalBasis]]:
    """Interventions that somebody has begun at a provider, with the law that they rest on, by slug."""
    begun = select(Episode.id).where(Episode.provider_id == provider_id, Episode.intervention_id == Intervention.id)
    return session.execute(
        select(Intervention, LegalBasis)
        .outerjoin(LegalBasis, LegalBasis.id == Intervention.legal_basis_id)
        .where(begun.exists())
        .order_by(Intervention.slug)
    ).all()


def list_group_titles(session: Session, *, on: date) -> Sequence[Row[str, Json]]:
    """Code and title of the target groups that there are on a day, by code; the newest title counts."""
    return session.execute(
        select(TargetGroup.code, TargetGroup.title)
        .ext(distinct_on(TargetGroup.code))
        .where(TargetGroup.valid_from <= on)
        .order_by(TargetGroup.code, TargetGroup.valid_from.desc())
    ).all()


def list_theme_sets(session: Session) -> Sequence[ThemeSet]:
    """Every version that the organisation may read, its own and those shared, by authority and first day."""
    return session.scalars(
        select(ThemeSet).order_by(ThemeSet.authority, ThemeSet.valid_from, ThemeSet.shared, ThemeSet.id)
    ).all()


def add_theme_set(session: Session, *, organisation_id: UUID, **values: Any) -> None:
    """Store a version of an authority's themes."""
    session.add(ThemeSet(organisation_id=organisation_id, **values))
    session.flush()


def end_theme_set(session: Session, *, organisation_id: UUID, authority: str, valid_from: date, valid_to: date) -> None:
    """End the organisation's own version that began on a day and had no end."""
    found = session.scalars(
        select(ThemeSet)
        .where(
            ThemeSet.organisation_id == organisation_id,
            ThemeSet.authority == authority,
            ThemeSet.valid_from == valid_from,
            ThemeSet.valid_to.is_(None),
        )
        .with_for_update()
    ).one()
    found.valid_to = valid_to
    session.flush()


def list_facts(session: Session, *, provider_id: UUID, on: date) -> Sequence[ProviderFact]:
    """The newest fact of each datum of a provider as of a day, by datum."""
    return session.scalars(
        select(ProviderFact)
        .ext(distinct_on(ProviderFact.datum))
        .where(ProviderFact.provider_id == provider_id, ProviderFact.as_of <= on)
        .order_by(ProviderFact.datum, ProviderFact.as_of.desc(), ProviderFact.id)
    ).all()


def find_fact(session: Session, *, provider_id: UUID, datum: str, as_of: date) -> ProviderFact | None:
    """What was entered of a datum for a day."""
    return session.scalar(
        select(ProviderFact).where(
            ProviderFact.provider_id == provider_id, ProviderFact.datum == datum, ProviderFact.as_of == as_of
        )
    )


def add_fact(session: Session, *, organisation_id: UUID, **values: Any) -> None:
    """Enter a fact of a provider."""
    session.add(ProviderFact(organisation_id=organisation_id, **values))
    session.flush()


def put_look(session: Session, *, organisation_id: UUID, **values: Any) -> None:
    """Store what was seen of an intervention until a day, in place of what was seen of the same days before."""
    keys = {"organisation_id", "intervention_id", "until"}
    session.execute(
        insert(SupervisionLook)
        .values(organisation_id=organisation_id, **values)
        .on_conflict_do_update(
            index_elements=["organisation_id", "intervention_id", "until"],
            set_={name: value for name, value in values.items() if name not in keys},
        )
    )


def list_looks(session: Session) -> Sequence[Row[SupervisionLook, Intervention]]:
    """The newest look at each intervention, by slug."""
    newest = (
        select(SupervisionLook.id)
        .ext(distinct_on(SupervisionLook.intervention_id))
        .order_by(SupervisionLook.intervention_id, SupervisionLook.until.desc())
    )
    return session.execute(
        select(SupervisionLook, Intervention)
        .join(Intervention, Intervention.id == SupervisionLook.intervention_id)
        .where(SupervisionLook.id.in_(newest))
        .order_by(Intervention.slug)
    ).all()


def list_signals(
    session: Session, *, provider_id: UUID | None = None
) -> Sequence[Row[SupervisionSignal, Provider, Intervention]]:
    """Every signal, or those of one provider: by the provider's name, never by size; the newest of each first."""
    query = (
        select(SupervisionSignal, Provider, Intervention)
        .join(Provider, Provider.id == SupervisionSignal.provider_id)
        .join(Intervention, Intervention.id == SupervisionSignal.intervention_id)
        .order_by(Provider.name, Intervention.slug, SupervisionSignal.found_on.desc(), SupervisionSignal.method)
    )
    if provider_id is not None:
        query = query.where(SupervisionSignal.provider_id == provider_id)
    return session.execute(query).all()


def find_signal(session: Session, *, signal_id: UUID) -> Row[SupervisionSignal, Provider, Intervention] | None:
    """A signal by id, with its provider and intervention."""
    return session.execute(
        select(SupervisionSignal, Provider, Intervention)
        .join(Provider, Provider.id == SupervisionSignal.provider_id)
        .join(Intervention, Intervention.id == SupervisionSignal.intervention_id)
        .where(SupervisionSignal.id == signal_id)
    ).one_or_none()


def lock_signal(session: Session, *, signal_id: UUID) -> SupervisionSignal | None:
    """A signal, held until the transaction ends."""
    return session.scalar(select(SupervisionSignal).where(SupervisionSignal.id == signal_id).with_for_update())


def lock_alike(session: Session, *, signal: SupervisionSignal) -> Sequence[SupervisionSignal]:
    """The signals of the same provider and intervention that stand as this one does, it among them, by day and method."""
    return session.scalars(
        select(SupervisionSignal)
        .where(
            SupervisionSignal.provider_id == signal.provider_id,
            SupervisionSignal.intervention_id == signal.intervention_id,
            SupervisionSignal.state == signal.state,
            SupervisionSignal.response == signal.response,
        )
        .order_by(SupervisionSignal.found_on, SupervisionSignal.method, SupervisionSignal.id)
        .with_for_update()
    ).all()


def add_signal(session: Session, *, organisation_id: UUID, **values: Any) -> None:
    """Raise a signal about a provider."""
    session.add(SupervisionSignal(organisation_id=organisation_id, **values))
    session.flush()
