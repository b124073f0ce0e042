"""Invite whoever is to be asked now, and remind those who haven't answered: in their own language, in the daytime, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import supported_locale
from outcomes.services.queue_message import queue_message
from outcomes.services.sending_times import next_sending_time, start_of_day
from outcomes.store import invitations, stored_results
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.invitations import ToAsk

ACTOR = "job:send_invitations"
AT_ONCE = 500
"""As many for one organisation each time; the rest wait for the next."""
IN_ONE_TRANSACTION = 20
"""Small, so that nobody who sends answers meanwhile waits for it."""
MOST_REMINDERS = 2
AFTER_INVITATION, AFTER_REMINDER = 3, 7
"""Nobody is reminded before this many days have begun after the day of the message before."""


def send_invitations(runtime: Runtime, at: datetime | None = None) -> None:
    """Put invitations and reminders that are called for into the outbox, for every organisation.

    Does nothing outside the hours in which messages may go. Run twice, or thirty times at once, it writes to nobody twice:
    an occasion, a step and a person make one message.
    """
    del at
    if next_sending_time(runtime.now()) > runtime.now():
        return
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        organisation_ids = stored_results.list_organisation_ids(session)
    for organisation_id in organisation_ids:
        _send_for(runtime, organisation_id)


def _send_for(runtime: Runtime, organisation_id: UUID) -> None:
    scope, now = Scope(organisation_id, actor=ACTOR), runtime.now()
    with runtime.database.transaction(scope) as session:
        new = invitations.list_to_invite(session, today=runtime.today(), limit=AT_ONCE)
        again = invitations.list_to_remind(
            session, today=runtime.today(), first_before=start_of_day(now, days_ago=AFTER_INVITATION - 1),
            next_before=start_of_day(now, days_ago=AFTER_REMINDER - 1), most=MOST_REMINDERS, limit=AT_ONCE,
        )  # fmt: skip
    steps = [*((each, "invitation") for each in new), *((each, "reminder") for each in again)]
    for start in range(0, len(steps), IN_ONE_TRANSACTION):
        with runtime.database.transaction(scope) as session:
            for each, kind in steps[start : start + IN_ONE_TRANSACTION]:
                queue_message(
                    runtime, session, organisation_id=organisation_id, kind=kind, channel=_channel(runtime, each),
                    cause=_cause(each, kind), locale=supported_locale(each.locale), citizen_id=each.citizen_id,
                    relation_id=each.relation_id, occasion_id=each.occasion_id,
                )  # fmt: skip
            session.commit()


def _cause(each: ToAsk, kind: str) -> str:
    who = each.relation_id or "citizen"
    return f"{kind}:{each.occasion_id}:{who}" + (f":{each.reminders + 1}" if kind == "reminder" else "")


def _channel(runtime: Runtime, each: ToAsk) -> str:
    """SMS to a phone where we send any, else mail."""
    if each.has_phone and (runtime.settings.sends_sms or not each.has_email):
        return "sms"
    return "mail"
