"""The register of offers as it was on a day, with filters; and one offer with everything that was ever recorded of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.offers.regions import find_region
from outcomes.reports.offers.register import (
    AGREEMENTS,
    Names,
    OfferFilter,
    OfferNow,
    Register,
    build_register,
    owner_words,
)
from outcomes.reports.parts import LocalText, local_text
from outcomes.store import interventions, offers, organisations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import Organisation, Provider, ProviderRecord
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FILTERS = tuple(field.name for field in fields(OfferFilter))
"""What the register may be filtered by, as an address names it."""
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class RecordView:
    """What was recorded from a day on. ``in_force``: it is what holds today; ``changed``: fields that it changed."""

    valid_from: date
    in_force: bool
    owner_kind: Sentence
    owner: str
    has_address: bool
    places: int | None
    staffing: Decimal | None
    competences: tuple[tuple[LocalText, int | None], ...]
    interventions: tuple[LocalText | str, ...]
    target_groups: tuple[LocalText | str, ...]
    sections: tuple[str, ...]
    agreements: tuple[Sentence | str, ...]
    source: str
    recorded_by: str
    changed: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class OfferPage:
    """One offer: its name and unit, and its records, newest first."""

    provider_id: UUID
    name: str
    unit: str | None
    tilbudsportal_id: str | None
    has_address: bool
    records: tuple[RecordView, ...]


FIELDS = {
    "owner_kind": Sentence("Kind of owner"),
    "owner": Sentence("Owner"),
    "has_address": Sentence("Address"),
    "capacity": Sentence("Places"),
    "staffing": Sentence("Full-time posts"),
    "competences": Sentence("Competences"),
    "interventions": Sentence("Interventions"),
    "target_groups": Sentence("Target groups"),
    "legal_sections": Sentence("Legal sections"),
    "agreements": Sentence("Agreements"),
}
"""What may change from one record to the next, and what it is called."""


def read_offers(
    runtime: Runtime, scope: Scope, asked: Mapping[str, str] | None = None, *, day: date | None = None
) -> Register:
    """The offers that fit ``asked`` (by :data:`FILTERS`; else all), as they were on ``day`` (default today)."""
    on = day or runtime.today()
    chosen = OfferFilter(**{name: (asked or {}).get(name, "")[:LONGEST_VALUE] for name in FILTERS})
    with runtime.database.transaction(scope) as session:
        organisation = get_organisation(session, scope)
        return build_register(
            list_offers(session, on),
            chosen,
            read_names(session),
            organisation_name=organisation.name,
            region=region_name(organisation, on),
            day=on,
        )


def read_offer(runtime: Runtime, scope: Scope, provider_id: UUID) -> OfferPage:
    """One offer with its history. Raises ``NotFoundError`` where there is none, or it is another organisation's."""
    with runtime.database.transaction(scope) as session:
        provider = require_provider(session, provider_id)
        names = read_names(session)
        units = {row[0].id: row[1] for row in offers.list_providers(session)}
        records = offers.list_records_of(session, provider_id=provider.id)
        in_force = _in_force(records, runtime.today())
        return OfferPage(
            provider.id,
            provider.name,
            units.get(provider.id),
            provider.tilbudsportal_id,
            in_force.has_address if in_force else provider.has_address,
            tuple(
                _view(record, before, names, in_force=record is in_force)
                for before, record in reversed(list(zip([None, *records], records, strict=False)))
            ),
        )


def require_provider(session: Session, provider_id: UUID) -> Provider:
    """A provider of the organisation in force."""
    found = offers.find_provider(session, provider_id=provider_id)
    if found is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return found


def get_organisation(session: Session, scope: Scope) -> Organisation:
    """The organisation in force."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return organisations.get_organisation(session, organisation_id=scope.organisation_id)


def region_name(organisation: Organisation, day: date) -> str | None:
    """The region that the municipality lies in on a day."""
    region = find_region(organisation.municipality_code, day)
    return region.name if region else None


def read_names(session: Session) -> Names:
    """What interventions and target groups are called; of a group with several versions, the newest."""
    return Names(
        {each.slug: local_text(each.title) for each in interventions.list_interventions(session)},
        {each.code: local_text(each.title) for each in offers.list_target_groups(session)},
    )


def list_offers(session: Session, day: date) -> list[OfferNow]:
    """Every offer as it was on a day."""
    records: dict[UUID, list[ProviderRecord]] = {}
    for record in offers.list_records(session):
        records.setdefault(record.provider_id, []).append(record)
    return [
        _as_offer(provider, unit, _in_force(records.get(provider.id, []), day))
        for provider, unit in offers.list_providers(session)
    ]


def _in_force(records: Sequence[ProviderRecord], day: date) -> ProviderRecord | None:
    """The newest of those that have begun, of records by day."""
    return next((record for record in reversed(records) if record.valid_from <= day), None)


def _as_offer(provider: Provider, unit: str | None, record: ProviderRecord | None) -> OfferNow:
    if record is None:
        return OfferNow(provider.id, provider.name, unit, provider.has_address, capacity=provider.capacity)
    return OfferNow(
        provider.id,
        provider.name,
        unit,
        record.has_address,
        recorded=True,
        owner_kind=record.owner_kind,
        owner=record.owner,
        capacity=record.capacity,
        staffing=record.staffing,
        interventions=tuple(record.interventions),
        target_groups=tuple(record.target_groups),
        legal_sections=tuple(record.legal_sections),
        agreements=tuple(record.agreements),
        valid_from=record.valid_from,
    )


def _view(record: ProviderRecord, before: ProviderRecord | None, names: Names, *, in_force: bool) -> RecordView:
    return RecordView(
        valid_from=record.valid_from,
        in_force=in_force,
        owner_kind=owner_words(record.owner_kind),
        owner=record.owner,
        has_address=record.has_address,
        places=record.capacity,
        staffing=record.staffing,
        competences=tuple((local_text(each["title"]), each.get("people")) for each in record.competences),
        interventions=tuple(names.interventions.get(slug, slug) for slug in record.interventions),
        target_groups=tuple(names.groups.get(code, code) for code in record.target_groups),
        sections=tuple(record.legal_sections),
        agreements=tuple(AGREEMENTS.get(agreement, agreement) for agreement in record.agreements),
        source=record.source,
        recorded_by=record.recorded_by,
        changed=tuple(
            label
            for field, label in FIELDS.items()
            if before is not None and getattr(record, field) != getattr(before, field)
        ),
    )
