"""Whom a message goes to and what it says, looked up at the very moment of sending: much may have changed since."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.language import TIMEZONE, supported_locale
from outcomes.reports.letters import write_letter
from outcomes.services.address_subscription import find_running, subscription_words
from outcomes.services.contact import citizen_place, relation_place
from outcomes.services.deliver import Letter
from outcomes.services.open_link import DAYS_AFTER_CLOSING
from outcomes.services.queue_message import secret_place
from outcomes.services.read_contact import Contact, read_contact
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, episodes, links, messages, organisations, signal_mail
from outcomes.vault import TOKEN_BYTES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Message, Occasion, Organisation
    from outcomes.services.runtime import Runtime

ASKING = ("invitation", "reminder")
CODE_LIFETIME = timedelta(minutes=10)
MINUTES_PER_QUESTION = 0.3


class Cancelled(Exception):  # noqa: N818 - says what happened to the message
    """The message is not to be sent any more. ``word``: why, in our own word."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address or a phone number, the language of whoever has it, and how they are asked."""

    to: str = field(repr=False)
    locale: str
    respondent_kind: str = "citizen"


def find_recipient(runtime: Runtime, session: Session, message: Message) -> Recipient:
    """Whom the message goes to now. Raises ``Cancelled``."""
    if message.user_id is not None:
        user = links.get_active_user(session, user_id=message.user_id, on=runtime.now())
        if user is None:
            raise Cancelled("account_ended")
        if message.kind == "subscription":
            _require_running_subscription(session, message)
        else:
            _require_open_signal(session, message)
        return Recipient(user.email, user.locale)
    if message.kind in ASKING:
        _require_open_occasion(runtime, session, message)
    elif runtime.now() >= message.created_at + CODE_LIFETIME:
        raise Cancelled("too_late")
    return _relation(runtime, session, message) if message.relation_id else _citizen(runtime, session, message)


def _citizen(runtime: Runtime, session: Session, message: Message) -> Recipient:
    if message.citizen_id is None:
        raise Cancelled("no_contact")
    citizen = citizens.get_citizen(session, citizen_id=message.citizen_id)
    identity = citizens.get_identity(session, citizen_id=message.citizen_id)
    if citizen is None or identity is None:
        raise Cancelled("no_contact")
    if message.kind in ASKING and citizen.stopped_on is not None and citizen.stopped_on <= runtime.today():
        raise Cancelled("stopped")
    what = "phone" if message.channel == "sms" else "email"
    sealed = identity.phone_sealed if message.channel == "sms" else identity.email_sealed
    if sealed is None:
        raise Cancelled("no_contact")
    # A code is read by whoever asked for it, in the language of the page that they asked on.
    locale = message.locale if message.kind == "login_code" else supported_locale(citizen.locale)
    return Recipient(runtime.vault.decrypt(sealed, place=citizen_place(what, citizen.id)), locale)


def _relation(runtime: Runtime, session: Session, message: Message) -> Recipient:
    relation = messages.find_relation(session, relation_id=message.relation_id) if message.relation_id else None
    citizen = citizens.get_citizen(session, citizen_id=message.citizen_id) if message.citizen_id else None
    today = runtime.today()
    if relation is None or (relation.ended_on is not None and relation.ended_on <= today):
        raise Cancelled("relation_ended")
    if citizen is None or (citizen.stopped_on is not None and citizen.stopped_on <= today):
        raise Cancelled("stopped")
    what = "phone" if message.channel == "sms" else "email"
    sealed = relation.phone_sealed if message.channel == "sms" else relation.email_sealed
    if sealed is None:
        raise Cancelled("no_contact")
    to = runtime.vault.decrypt(sealed, place=relation_place(what, relation.id))
    return Recipient(to, supported_locale(relation.locale), relation.kind)


def _require_open_occasion(runtime: Runtime, session: Session, message: Message) -> None:
    if message.occasion_id is None:
        raise Cancelled("withdrawn")
    occasion = episodes.get_occasion(session, occasion_id=message.occasion_id)
    if occasion.state != "planned":
        raise Cancelled(occasion.state)
    if occasion.closes_on < runtime.today():
        raise Cancelled("closed")
    if messages.is_answered(session, occasion_id=occasion.id, relation_id=message.relation_id):
        raise Cancelled("answered")
    if episodes.get_episode(session, episode_id=occasion.episode_id).end_reason == "died":
        raise Cancelled("withdrawn")


def _require_open_signal(session: Session, message: Message) -> None:
    signal = signal_mail.find_signal(session, signal_id=signal_of(message))
    if signal is None or signal.handled_at is not None:
        raise Cancelled("handled")


def _require_running_subscription(session: Session, message: Message) -> None:
    if find_running(session, message) is None:
        raise Cancelled("unsubscribed")


def signal_of(message: Message) -> UUID:
    """The signal that a message to staff is about: its cause is ``signal:<id>:<user>``."""
    return UUID(message.cause.split(":")[1])


def address_letter(runtime: Runtime, session: Session, message: Message, recipient: Recipient) -> Letter:
    """The letter, ready to go. Makes the personal link that it carries: the token is nowhere but in the letter."""
    organisation = organisations.get_organisation(session, organisation_id=message.organisation_id)
    values: dict[str, object]
    if message.kind in ASKING:
        audience, values = "citizen", _asking(runtime, session, message, recipient, organisation)
    elif message.kind == "login_code":
        code = runtime.vault.decrypt(message.secret_sealed or b"", place=secret_place(message.id))
        minutes = int(CODE_LIFETIME.total_seconds() // 60)
        audience, values = "citizen", {"organisation": organisation.name, "code": code, "minutes": minutes}
    elif message.kind == "subscription":
        audience, values = "staff", subscription_words(runtime, session, message)
    else:
        signal = signal_mail.find_signal(session, signal_id=signal_of(message))
        due_at = signal.due_at if signal else runtime.now()
        audience, values = "staff", {"due_at": due_at, "url": f"{runtime.settings.base_url}/log-ind"}
    mail = message.channel == "mail"
    name = f"{audience}/{message.kind}{'' if mail else '.sms'}.txt"
    written = write_letter(name, recipient.locale, has_subject=mail, **values)
    return Letter(
        message_id=message.id, channel=message.channel, to=recipient.to, sender=organisation.name,
        subject=written.subject, text=written.text, locale=recipient.locale,
    )  # fmt: skip


def _asking(
    runtime: Runtime, session: Session, message: Message, recipient: Recipient, organisation: Organisation
) -> dict[str, object]:
    if message.occasion_id is None:
        raise Cancelled("withdrawn")
    occasion = episodes.get_occasion(session, occasion_id=message.occasion_id)
    instrument = read_stored_instrument(session, occasion.instrument_version_id)
    contact: Contact | None = read_contact(organisation.contact)
    base = runtime.settings.base_url
    return {
        "organisation": organisation.name,
        "relation": message.relation_id is not None,
        "minutes": max(1, math.ceil(instrument.minutes or len(instrument.items) * MINUTES_PER_QUESTION)),
        "closes_on": occasion.closes_on,
        "url": f"{base}/b/{_new_link(session, message, occasion, recipient)}",
        "stop_url": f"{base}/min-side",
        "contact": contact,
    }


def _new_link(session: Session, message: Message, occasion: Occasion, recipient: Recipient) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    last_day = datetime.combine(occasion.closes_on + timedelta(days=DAYS_AFTER_CLOSING), time.max, TIMEZONE)
    link = links.add_personal_link(
        session,
        organisation_id=message.organisation_id,
        occasion_id=occasion.id,
        token=token,
        respondent_kind=recipient.respondent_kind,
        expires_at=last_day.astimezone(UTC),
    )
    link.relation_id = message.relation_id
    session.flush()
    message.link_id = link.id
    return token
