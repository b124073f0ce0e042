"""A job of every morning: tell those who subscribe that there are new figures, and end what can't go on.

A mail holds a link and no figure. Run again on the same day it sends nothing twice: the day is part of the message's cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from outcomes.services.queue_message import queue_message
from outcomes.services.sending_times import is_nightly
from outcomes.services.subscription_rules import list_subjects, next_day, why_not
from outcomes.store import stored_results, subscriptions
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.models import AppUser, Subscription
    from outcomes.services.runtime import Runtime

ACTOR = "job:subscriptions"
HOUR, MINUTE = 6, 20
KIND = "subscription"

log = structlog.get_logger("outcomes.subscriptions")


@dataclass(frozen=True, slots=True)
class Morning:
    """How it went: mails queued, subscriptions ended, organisations that failed."""

    queued: int
    ended: int
    failed: tuple[UUID, ...]


def send_subscriptions(runtime: Runtime, at: datetime) -> None:
    """Tell subscribers, at the one of the day's 24 calls that is at 06:20 in Denmark."""
    if is_nightly(at, hour=HOUR, minute=MINUTE):
        tell_subscribers(runtime)


def tell_subscribers(runtime: Runtime) -> Morning:
    """Queue what is due in every organisation, each in a transaction of its own; one's fault doesn't stop the others."""
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        organisation_ids = stored_results.list_organisation_ids(session)
    queued, ended, failed = 0, 0, []
    for organisation_id in organisation_ids:
        try:
            sent, over = _tell(runtime, organisation_id)
        except Exception as error:  # noqa: BLE001 - its text may hold data
            log.error("subscribers_not_told", organisation=str(organisation_id), kind=type(error).__name__)  # noqa: TRY400
            failed.append(organisation_id)
            continue
        queued, ended = queued + sent, ended + over
    log.info("subscribers_told", queued=queued, ended=ended, failed=len(failed))
    return Morning(queued, ended, tuple(failed))


def _tell(runtime: Runtime, organisation_id: UUID) -> tuple[int, int]:
    """Mails queued and subscriptions ended in one organisation. Whoever has left is found also where nothing is due."""
    today = runtime.today()
    with runtime.database.transaction(Scope(organisation_id, actor=ACTOR)) as session:
        subjects = set(list_subjects(session))
        ended = 0
        for subscription, user in subscriptions.list_running(session):
            word = why_not(user, today) or (None if subscription.subject in subjects else "no_report")
            if word is not None:
                subscription.next_on, subscription.ended_reason = None, word
                ended += 1
        session.flush()
        sent = 0
        if runtime.settings.sends_mail:  # else it stays due until somebody sets mail up
            for subscription, user in subscriptions.list_due(session, on=today):
                sent += _queue(runtime, session, subscription, user)
        session.commit()
    return sent, ended


def _queue(runtime: Runtime, session: Session, subscription: Subscription, user: AppUser) -> bool:
    """One mail, however many were missed; False where the same day's was queued before."""
    today = runtime.today()
    message_id = queue_message(
        runtime, session, organisation_id=subscription.organisation_id, kind=KIND, channel="mail",
        cause=f"{KIND}:{subscription.id}:{subscription.next_on}", locale=user.locale, user_id=user.id,
    )  # fmt: skip
    subscription.last_sent_on, subscription.next_on = today, next_day(subscription.schedule, today)
    return message_id is not None
