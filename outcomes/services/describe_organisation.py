"""What citizens are told of the organisation: whom to turn to, on what legal basis it asks, how long answers are kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import CITIZEN_LOCALES
from outcomes.services.decide_protocol import LONGEST, LONGEST_WORDS, plain_words
from outcomes.store import organisations

if TYPE_CHECKING:
    from outcomes.models import Organisation
    from outcomes.services.runtime import Actor, Runtime

ONE_LINE = ("name", "phone", "email", "adviser_name", "adviser_phone", "adviser_email")
BY_LANGUAGE = ("hours", "legal_basis", "kept_for")


@dataclass(frozen=True, slots=True)
class OrganisationText:
    """What is said: ``lines`` are the one-line fields of :data:`ONE_LINE`, ``texts`` those of :data:`BY_LANGUAGE`."""

    lines: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """The organisation's own name, what is said now, and a digest of it that a form carries."""

    organisation_name: str
    text: OrganisationText
    seen: str


def read_organisation(runtime: Runtime, actor: Actor) -> OrganisationPage:
    """What is said now."""
    with runtime.database.transaction(actor.scope) as session:
        found = organisations.get_organisation(session, organisation_id=actor.organisation_id)
        return OrganisationPage(found.name, _as_text(found), _digest(found))


def describe_organisation(runtime: Runtime, actor: Actor, written: OrganisationText, *, seen: str) -> None:
    """Store what is said from now on; the same again changes nothing.

    ``seen``: the digest that the form showed. Raises ``AnswerError`` with every fault, ``ConflictError`` where somebody
    else changed it meanwhile.
    """
    contact, privacy = _clean(written)
    with runtime.database.transaction(actor.scope) as session:
        found = organisations.get_organisation(session, organisation_id=actor.organisation_id, lock=True)
        if (found.contact, found.privacy) == (contact, privacy):
            return
        if _digest(found) != seen:
            raise ConflictError(
                Sentence(
                    "Somebody else has changed this meanwhile. What you wrote is here: press Save once more to keep it."
                )
            )
        found.contact, found.privacy = contact, privacy
        session.commit()


def _clean(written: OrganisationText) -> tuple[dict[str, Any], dict[str, Any]]:
    lines = {name: plain_words(written.lines.get(name, ""))[:LONGEST].replace("\n", " ") for name in ONE_LINE}
    texts = {
        name: {
            code: text
            for code in CITIZEN_LOCALES
            if (text := plain_words(written.texts.get(name, {}).get(code, ""))[:LONGEST_WORDS])
        }
        for name in BY_LANGUAGE
    }
    faults = []
    if not lines["name"]:
        faults.append(Fault("name", Sentence("Write whom citizens can turn to.")))
    if not (lines["phone"] or lines["email"]):
        faults.append(Fault("phone", Sentence("Write a phone number or an e-mail address.")))
    faults += [
        Fault(name, Sentence("Write the whole address, for example anna@example.dk."))
        for name in ("email", "adviser_email")
        if lines[name] and not _is_address(lines[name])
    ]
    if faults:
        raise AnswerError(Sentence("Nothing was saved."), faults)
    contact: dict[str, Any] = {name: lines[name] for name in ("name", "phone", "email") if lines[name]}
    if texts["hours"]:
        contact["hours"] = texts["hours"]
    adviser = {name: lines[f"adviser_{name}"] for name in ("name", "phone", "email") if lines[f"adviser_{name}"]}
    privacy: dict[str, Any] = {name: texts[name] for name in ("legal_basis", "kept_for") if texts[name]}
    if adviser:
        privacy["adviser"] = adviser
    return contact, privacy


def _is_address(text: str) -> bool:
    before, _, after = text.partition("@")
    return bool(before) and "." in after and " " not in text


def _as_text(organisation: Organisation) -> OrganisationText:
    contact, privacy = organisation.contact, organisation.privacy
    adviser = privacy.get("adviser") or {}
    lines = {name: str(contact.get(name) or "") for name in ("name", "phone", "email")}
    lines |= {f"adviser_{name}": str(adviser.get(name) or "") for name in ("name", "phone", "email")}
    texts = {"hours": contact.get("hours"), **{name: privacy.get(name) for name in ("legal_basis", "kept_for")}}
    return OrganisationText(lines, {name: dict(text or {}) for name, text in texts.items()})


def _digest(organisation: Organisation) -> str:
    said = json.dumps([organisation.contact, organisation.privacy], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
