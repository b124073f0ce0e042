"""A new record of an offer from a day on. What was recorded before stays: the register can be read as it was on any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.models import Provider, ProviderRecord
from outcomes.reports.parts import LocalText
from outcomes.services.offer_facts import FactReader
from outcomes.services.read_offers import read_names, require_provider
from outcomes.store import imports, offers, organisations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.services.offer_facts import OfferFacts
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Scope

FURTHEST = timedelta(days=3 * 366)
"""How far ahead a change may be recorded."""
ALREADY_SAID = Sentence("The register already says something else of this offer from this day. Choose another day.")


@dataclass(frozen=True, slots=True)
class OfferForm:
    """What the form starts from: text by field, and what may be chosen (value and label). ``provider_id`` None: new."""

    provider_id: UUID | None
    text: Mapping[str, str]
    interventions: tuple[tuple[str, LocalText], ...]
    target_groups: tuple[tuple[str, LocalText], ...]
    sections: tuple[str, ...]


def open_offer_form(runtime: Runtime, actor: Actor, provider_id: UUID | None = None) -> OfferForm:
    """The form of a new offer, or of an offer's next record with what the newest one says."""
    with runtime.database.transaction(actor.scope) as session:
        names = read_names(session)
        text = _text_of(session, provider_id) if provider_id else {}
        sections = {f"{basis.law} {basis.section}" for basis in offers.list_legal_bases(session)}
    return OfferForm(
        provider_id,
        {"valid_from": runtime.today().isoformat(), **text},
        tuple(sorted(names.interventions.items())),
        tuple(sorted(names.groups.items())),
        tuple(sorted(sections)),
    )


def _text_of(session: Session, provider_id: UUID) -> dict[str, str]:
    provider = require_provider(session, provider_id)
    text = {"name": provider.name, "tilbudsportal_id": provider.tilbudsportal_id or ""}
    records = offers.list_records_of(session, provider_id=provider_id)
    if not records:
        return text | {"has_address": "ja" if provider.has_address else "nej", "capacity": _number(provider.capacity)}
    newest = records[-1]
    competences = (
        f"{each['title'].get('da', '')}: {each['people']}" if each.get("people") else each["title"].get("da", "")
        for each in newest.competences
    )
    return text | {
        "owner_kind": newest.owner_kind,
        "owner": newest.owner,
        "has_address": "ja" if newest.has_address else "nej",
        "capacity": _number(newest.capacity),
        "staffing": _number(newest.staffing),
        "competences": "\n".join(competences),
        "interventions": "\n".join(newest.interventions),
        "target_groups": "\n".join(newest.target_groups),
        "legal_sections": "\n".join(newest.legal_sections),
        "agreements": "\n".join(newest.agreements),
    }


def _number(value: object) -> str:
    return "" if value is None else str(value).replace(".", ",")


def record_offer(runtime: Runtime, actor: Actor, written: Mapping[str, str], provider_id: UUID | None = None) -> UUID:
    """Store what is written, and give the offer's id; what says nothing new changes nothing.

    Raises ``AnswerError`` with every fault, and ``NotFoundError`` where the offer isn't the organisation's.
    """
    with runtime.database.transaction(actor.scope) as session:
        imports.lock_imports(session, slug=f"offers:{actor.organisation_id}")
        cells = dict(written)
        provider = require_provider(session, provider_id) if provider_id else None
        if provider is not None:
            cells |= {"name": provider.name, "tilbudsportal_id": provider.tilbudsportal_id or ""}
        faults: list[Fault] = []
        facts = FactReader(read_names(session)).read(cells, faults)
        if facts is not None:
            faults += check_day(facts, runtime.today())
            if provider is None and find_named(session, facts) is not None:
                faults.append(Fault("name", Sentence("There is an offer of this name, or with this id, already.")))
        if facts is None or faults:
            raise AnswerError(Sentence("Nothing was saved."), faults)
        provider = provider or add_provider(session, actor.scope, facts)
        records = offers.list_records_of(session, provider_id=provider.id)
        if add_record(session, actor.scope, provider, facts, records, by=actor.name) is None:
            raise AnswerError(Sentence("Nothing was saved."), [Fault("valid_from", ALREADY_SAID)])
        session.commit()
        return provider.id


def check_day(facts: OfferFacts, today: date) -> list[Fault]:
    """A day that is too far ahead is a slip of the pen."""
    if facts.valid_from <= today + FURTHEST:
        return []
    return [Fault("valid_from", Sentence("This day is more than three years ahead. Check the year."))]


def find_named(session: Session, facts: OfferFacts) -> Provider | None:
    """The offer that is meant: the one with the same id at Tilbudsportalen, else the one of the same name."""
    if facts.tilbudsportal_id:
        found = offers.find_by_portal_id(session, tilbudsportal_id=facts.tilbudsportal_id)
        if found is not None:
            return found
    return organisations.find_provider(session, name=facts.name)


def add_provider(session: Session, scope: Scope, facts: OfferFacts) -> Provider:
    """A new offer."""
    provider = Provider(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        name=facts.name,
        has_address=facts.has_address,
        capacity=facts.capacity,
        tilbudsportal_id=facts.tilbudsportal_id,
    )
    session.add(provider)
    session.flush()
    return provider


def add_record(
    session: Session, scope: Scope, provider: Provider, facts: OfferFacts, records: Sequence[ProviderRecord], *, by: str
) -> ProviderRecord | None:
    """The offer's record with these facts: one in force that says the same, or a new one.

    None where the register says something else from the very same day. ``records``: those there are, the oldest first.
    """
    in_force = next((record for record in reversed(records) if record.valid_from <= facts.valid_from), None)
    if in_force is not None and facts.says_the_same(in_force):
        return in_force
    if in_force is not None and in_force.valid_from == facts.valid_from:
        return None
    record = ProviderRecord(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        provider_id=provider.id,
        valid_from=facts.valid_from,
        source=facts.source,
        recorded_by=by,
        **facts.columns(),
    )
    session.add(record)
    session.flush()
    return record
