"""Write down where a citizen is reached, and read it to one who needs to know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.models.record import CONTACT_PAGE
from outcomes.services.contact import citizen_place, email_hash, normal_email, normal_phone, phone_hash
from outcomes.services.list_caseload import name_place, read_names
from outcomes.services.open_citizen import admit
from outcomes.store import citizens, contacts, messages, own_sign_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import CitizenIdentity
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.vault import Vault


@dataclass(frozen=True, slots=True)
class ContactView:
    """Where a citizen is reached; empty where that isn't known. ``stopped``: they don't want to be written to."""

    citizen_id: UUID
    name: str
    phone: str = field(repr=False)
    email: str = field(repr=False)
    stopped: bool


def read_contact_details(runtime: Runtime, actor: Actor, citizen_id: UUID) -> ContactView:
    """Phone and mail of a citizen, for one who needs to know them; logged. Raises ``NotFoundError`` for others."""
    with runtime.database.transaction(actor.scope) as session:
        admission = admit(session, actor, citizen_id, CONTACT_PAGE, runtime.today())
        identity = citizens.get_identity(session, citizen_id=citizen_id)
        citizen = citizens.get_citizen(session, citizen_id=citizen_id)
        name = read_names(session, runtime.vault, {citizen_id: admission.number})[citizen_id]
        stopped = citizen is not None and citizen.stopped_on is not None and citizen.stopped_on <= runtime.today()
        session.commit()
    phone, email = open_contact(runtime.vault, identity) if identity else ("", "")
    return ContactView(citizen_id, name, phone, email, stopped)


def set_contact(runtime: Runtime, actor: Actor, citizen_id: UUID, *, phone: str, email: str) -> None:
    """Store phone and mail of a citizen, sealed, each to be found by its keyed hash; empty takes one away.

    What was there may have been somebody else's: where it changes or is taken away, the codes, sessions and links that it
    let anybody in by end in the same transaction.

    Raises ``AnswerError`` with a fault each for ``phone`` and ``email`` as they can't be, ``ConflictError`` where one of
    them is another citizen's, and ``NotFoundError`` for whoever doesn't need to know the citizen.
    """
    phone, email = clean_contact(phone, email)
    try:
        with runtime.database.transaction(actor.scope) as session:
            admission = admit(session, actor, citizen_id, CONTACT_PAGE, runtime.today())
            identity = citizens.get_identity(session, citizen_id=citizen_id)
            if identity is None:
                place = name_place(citizen_id)
                identity = contacts.add_identity(
                    session,
                    organisation_id=actor.organisation_id,
                    citizen_id=citizen_id,
                    name_sealed=runtime.vault.encrypt(f"#{admission.number:04d}", place=place),
                )
            before = open_contact(runtime.vault, identity)
            seal_contact(runtime.vault, identity, phone=phone, email=email)
            gone = [
                channel
                for channel, old, new in zip(("sms", "mail"), before, (phone, email), strict=True)
                if old and old != new
            ]
            if gone:
                _shut_out(runtime, session, citizen_id, gone)
            session.commit()
    except IntegrityError as error:
        raise ConflictError(
            Sentence("Another person has this phone number or e-mail address. Each can belong to one person only.")
        ) from error


def _shut_out(runtime: Runtime, session: Session, citizen_id: UUID, channels: Sequence[str]) -> None:
    """End whatever the former phone or mail (``sms``, ``mail``) lets anybody in by."""
    at = runtime.now()
    own_sign_in.end_login_codes(session, citizen_id=citizen_id, at=at)
    own_sign_in.end_sessions(session, citizen_id=citizen_id, at=at)
    messages.revoke_sent_links(session, citizen_id=citizen_id, channels=channels, at=at)


def clean_contact(phone: str, email: str) -> tuple[str, str]:
    """Both as they are stored, empty where nothing was written. Raises ``AnswerError`` with every fault."""
    faults: list[Fault] = []
    cleaned: list[str] = []
    for text, normal in ((phone, normal_phone), (email, normal_email)):
        try:
            cleaned.append(normal(text) if text.strip() else "")
        except AnswerError as error:
            faults.extend(error.faults)
    if faults:
        raise AnswerError(Sentence("The contact was not saved."), faults)
    return cleaned[0], cleaned[1]


def seal_contact(vault: Vault, identity: CitizenIdentity, *, phone: str, email: str) -> None:
    """Put cleaned ``phone`` and ``email`` into an identity; what stays the same isn't sealed again."""
    if (phone, email) == open_contact(vault, identity):
        return
    citizen_id = identity.citizen_id
    identity.phone_sealed = vault.encrypt(phone, place=citizen_place("phone", citizen_id)) if phone else None
    identity.phone_hash = phone_hash(vault, phone) if phone else None
    identity.email_sealed = vault.encrypt(email, place=citizen_place("email", citizen_id)) if email else None
    identity.email_hash = email_hash(vault, email) if email else None


def open_contact(vault: Vault, identity: CitizenIdentity) -> tuple[str, str]:
    """Phone and mail of an identity; empty where there is none."""
    citizen_id = identity.citizen_id
    phone, email = identity.phone_sealed, identity.email_sealed
    return (
        vault.decrypt(phone, place=citizen_place("phone", citizen_id)) if phone else "",
        vault.decrypt(email, place=citizen_place("email", citizen_id)) if email else "",
    )
