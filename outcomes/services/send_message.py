"""A job: send one message of the outbox, once.

Before the message is handed over, the row says so, and that is committed; afterwards it says how it went. Whoever comes
back to a row that says "handing over" knows that nobody can tell whether it went, and tries once more, never twice: the
same Message-ID lets the receiver's program see that it is the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from outcomes.services.address_letter import ASKING, CODE_LIFETIME, Cancelled, address_letter, find_recipient
from outcomes.services.deliver import NotDelivered, Unconfirmed, deliver
from outcomes.services.jobs import defer_job
from outcomes.services.sending_times import (
    TRIES,
    next_morning,
    next_sending_time,
    retry_wait,
    start_of_day,
)
from outcomes.store import messages
from outcomes.store.database import Scope
from outcomes.store.messages import AGAIN, FIRST

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Message
    from outcomes.services.deliver import Letter
    from outcomes.services.runtime import Runtime

ACTOR = "job:send_message"
UNCONFIRMED = "unconfirmed"
CODES_PER_HOUR = 5

log = structlog.get_logger("outcomes.messages")


def send_message(runtime: Runtime, *, organisation_id: UUID, message_id: UUID) -> None:
    """Send a message that is due; leave alone one that went, isn't due yet, or that another worker is at."""
    scope = Scope(organisation_id, actor=ACTOR)
    with runtime.database.transaction(scope) as guard:
        if not messages.hold_message(guard, message_id=message_id):
            return
        letter = _take(runtime, scope, message_id)
        if letter is None:
            return
        try:
            deliver(runtime.settings, letter, runtime.now())
        except NotDelivered as fault:
            _put_back(runtime, scope, message_id, fault.word, final=fault.final)
        except Unconfirmed:
            _put_back(runtime, scope, message_id, UNCONFIRMED, final=False)
        else:
            _mark_sent(runtime, scope, message_id)


def _take(runtime: Runtime, scope: Scope, message_id: UUID) -> Letter | None:
    """The letter to hand over now, and the row says that it is; None where there is nothing to do now."""
    with runtime.database.transaction(scope) as session:
        message = messages.find_message(session, message_id=message_id, lock=True)
        if message is None or message.state != "queued" or message.send_after > runtime.now():
            return None
        settings = runtime.settings
        if not (settings.sends_mail if message.channel == "mail" else settings.sends_sms):
            return None  # it waits until somebody sets it up
        letter = None
        try:
            if message.fault == AGAIN:
                _close(runtime, session, message, "failed", UNCONFIRMED)
            else:
                recipient = find_recipient(runtime, session, message)
                if _begin(runtime, session, message):
                    letter = address_letter(runtime, session, message, recipient)
        except Cancelled as reason:
            _close(runtime, session, message, "cancelled", reason.word)
        session.commit()
        return letter


def _begin(runtime: Runtime, session: Session, message: Message) -> bool:
    """Mark a message as being handed over; False where it has to wait, for the day or for others before it."""
    now = runtime.now()
    if message.kind in ASKING and (later := next_sending_time(now)) > now:
        _wait(session, message, later)
        return False
    before = message.fault
    if message.link_id is not None and before not in (FIRST, UNCONFIRMED):
        _revoke(runtime, session, message)  # it surely never left
    message.fault = AGAIN if before in (FIRST, UNCONFIRMED) else FIRST
    # From here on the record of changes keeps every other message of the organisation waiting: what is counted stays true.
    session.flush()
    if _is_enough(runtime, session, message):
        if message.kind == "login_code":
            raise Cancelled("too_many")
        message.fault = before
        _wait(session, message, next_morning(now))
        return False
    message.tries += 1
    return True


def _is_enough(runtime: Runtime, session: Session, message: Message) -> bool:
    """Whether as many messages went as may, to the one who gets it or from the organisation."""
    if message.kind == "login_code":
        since = runtime.now() - timedelta(hours=1)
        sent = messages.count_gone(
            session, kinds=(message.kind,), since=since, but=message.id, citizen_id=message.citizen_id
        )
        everybody = messages.count_gone(
            session, kinds=(message.kind,), since=start_of_day(runtime.now()), but=message.id
        )
        return sent >= CODES_PER_HOUR or everybody >= runtime.settings.messages_per_day
    if message.kind not in ASKING:
        return False
    today = start_of_day(runtime.now())
    own = messages.count_gone(
        session, kinds=ASKING, since=today, but=message.id, citizen_id=message.citizen_id,
        relation_id=message.relation_id,
    )  # fmt: skip
    everybody = messages.count_gone(session, kinds=ASKING, since=today, but=message.id)
    return own > 0 or everybody >= runtime.settings.messages_per_day


def _put_back(runtime: Runtime, scope: Scope, message_id: UUID, word: str, *, final: bool) -> None:
    """Say why a message didn't go, and when it is tried again, or that it isn't."""
    with runtime.database.transaction(scope) as session:
        message = messages.find_message(session, message_id=message_id, lock=True)
        if message is None or message.state != "queued":
            return
        doubtful = message.fault == AGAIN
        message.fault = UNCONFIRMED if doubtful else word
        at = runtime.now() + retry_wait(message.kind, message.tries)
        too_late = message.kind == "login_code" and at > message.created_at + CODE_LIFETIME
        if final or too_late or message.tries >= TRIES or (doubtful and word == UNCONFIRMED):
            _close(runtime, session, message, "failed", message.fault)
        else:
            _wait(session, message, at)
        session.commit()
        log.warning("message_not_sent", kind=message.fault, count=message.tries)


def _mark_sent(runtime: Runtime, scope: Scope, message_id: UUID) -> None:
    with runtime.database.transaction(scope) as session:
        message = messages.find_message(session, message_id=message_id, lock=True)
        if message is None:
            return
        message.sent_at = runtime.now()
        _close(runtime, session, message, "sent", "")
        session.commit()


def _close(runtime: Runtime, session: Session, message: Message, state: str, word: str) -> None:
    """Nothing more is done with a message: its code goes, and its link where that surely never left."""
    if state != "sent" and word != UNCONFIRMED and message.fault not in (FIRST, AGAIN, UNCONFIRMED):
        _revoke(runtime, session, message)
    message.state, message.fault, message.secret_sealed = state, word, None


def _revoke(runtime: Runtime, session: Session, message: Message) -> None:
    link = messages.find_link(session, link_id=message.link_id) if message.link_id else None
    if link is not None and link.revoked_at is None:
        link.revoked_at = runtime.now()


def _wait(session: Session, message: Message, at: datetime) -> None:
    message.send_after = at
    defer_job(session, "send_message", at=at, organisation_id=message.organisation_id, message_id=message.id)
