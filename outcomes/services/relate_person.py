"""A worker writes down who is asked about a citizen beside them, and takes somebody off again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, Fault, NotFoundError, Sentence
from outcomes.instruments.answers import FORBIDDEN_CHARACTERS
from outcomes.language import CITIZEN_LOCALES
from outcomes.models.citizen import RELATION_KINDS
from outcomes.models.record import RELATIONS
from outcomes.services.contact import relation_place
from outcomes.services.list_caseload import read_names
from outcomes.services.open_asking import is_live, read_relation_name
from outcomes.services.open_citizen import admit
from outcomes.services.set_contact import clean_contact
from outcomes.store import relations
from outcomes.tables.danish_dates import read_date

if TYPE_CHECKING:
    from outcomes.models import Relation
    from outcomes.services.runtime import Actor, Runtime

LONGEST_NAME = 120
KINDS = RELATION_KINDS


@dataclass(frozen=True, slots=True)
class RelationView:
    """Somebody beside the citizen; ``live``: they are asked. Phone and mail are empty where they aren't known."""

    relation_id: UUID
    kind: str
    name: str
    phone: str = field(repr=False)
    email: str = field(repr=False)
    locale: str | None
    from_date: date
    ended_on: date | None
    live: bool


@dataclass(frozen=True, slots=True)
class RelationsView:
    """Everybody who is or was asked about a citizen beside them."""

    citizen_id: UUID
    name: str
    people: tuple[RelationView, ...]


@dataclass(frozen=True, slots=True)
class NewRelation:
    """Somebody to be asked, as it was typed; ``from_date``: the day in words or digits, empty for today.

    ``locale`` is empty where nobody knows their language yet.
    """

    kind: str
    name: str = field(repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    locale: str = ""
    from_date: str = ""


def list_people(runtime: Runtime, actor: Actor, citizen_id: UUID) -> RelationsView:
    """Who is asked about a citizen beside them, and who was; logged. Raises ``NotFoundError`` for others."""
    with runtime.database.transaction(actor.scope) as session:
        admission = admit(session, actor, citizen_id, RELATIONS, runtime.today())
        name = read_names(session, runtime.vault, {citizen_id: admission.number})[citizen_id]
        found = relations.list_relations(session, citizen_id=citizen_id)
        session.commit()
    return RelationsView(citizen_id, name, tuple(_view(runtime, relation) for relation in found))


def add_person(runtime: Runtime, actor: Actor, citizen_id: UUID, new: NewRelation) -> UUID:
    """Store somebody who is asked from a day on, name and contact sealed; gives the relation's id.

    Raises ``AnswerError`` with a fault for each of ``kind``, ``name``, ``phone``, ``email``, ``locale`` and ``from_date``
    that can't be, and ``NotFoundError`` for whoever doesn't need to know the citizen.
    """
    name, phone, email, from_date = _clean(new, runtime.today())
    relation_id, vault = uuid4(), runtime.vault
    with runtime.database.transaction(actor.scope) as session:
        admit(session, actor, citizen_id, RELATIONS, runtime.today())
        relations.add_relation(
            session,
            relation_id=relation_id,
            organisation_id=actor.organisation_id,
            citizen_id=citizen_id,
            kind=new.kind,
            name_sealed=vault.encrypt(name, place=relation_place("name", relation_id)),
            phone_sealed=vault.encrypt(phone, place=relation_place("phone", relation_id)) if phone else None,
            email_sealed=vault.encrypt(email, place=relation_place("email", relation_id)) if email else None,
            locale=new.locale or None,
            from_date=from_date,
        )
        session.commit()
    return relation_id


def end_person(runtime: Runtime, actor: Actor, citizen_id: UUID, relation_id: UUID) -> None:
    """From now on somebody isn't asked any more: their links open nothing. What they have answered stays.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for a relation that isn't the citizen's.
    """
    today = runtime.today()
    with runtime.database.transaction(actor.scope) as session:
        admit(session, actor, citizen_id, RELATIONS, today)
        relation = relations.get_relation(session, citizen_id=citizen_id, relation_id=relation_id)
        if relation is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        if relation.ended_on is None or relation.ended_on > today:
            relation.ended_on = max(today, relation.from_date)
        session.commit()


def _clean(new: NewRelation, today: date) -> tuple[str, str, str, date]:
    """Name, phone, mail and first day as they are stored. Raises ``AnswerError`` with every fault."""
    name = " ".join(FORBIDDEN_CHARACTERS.sub("", new.name).split())
    faults = []
    if new.kind not in RELATION_KINDS:
        faults.append(Fault("kind-parent", Sentence("Choose what they are to the citizen.")))
    if not name:
        faults.append(Fault("name", Sentence("Write their name.")))
    elif len(name) > LONGEST_NAME:
        faults.append(Fault("name", Sentence("Write at most %(length)s characters.", length=LONGEST_NAME)))
    if new.locale and new.locale not in CITIZEN_LOCALES:
        faults.append(Fault("locale", Sentence("Choose the language that they are asked in.")))
    from_date = read_date(new.from_date) if new.from_date.strip() else today
    if from_date is None:
        faults.append(Fault("from_date", Sentence("Write the day like this: 24-12-2026.")))
    phone = email = ""
    try:
        phone, email = clean_contact(new.phone, new.email)
    except AnswerError as error:
        faults.extend(error.faults)
    if faults or from_date is None:
        raise AnswerError(Sentence("Nobody was added."), faults)
    return name, phone, email, from_date


def _view(runtime: Runtime, relation: Relation) -> RelationView:
    return RelationView(
        relation.id,
        relation.kind,
        read_relation_name(runtime, relation),
        _open(runtime, relation, "phone", relation.phone_sealed),
        _open(runtime, relation, "email", relation.email_sealed),
        relation.locale,
        relation.from_date,
        relation.ended_on,
        is_live(relation, runtime.today()),
    )


def _open(runtime: Runtime, relation: Relation, what: str, sealed: bytes | None) -> str:
    return runtime.vault.decrypt(sealed, place=relation_place(what, relation.id)) if sealed else ""
