"""Subscribe a manager to a page: a mail with a link, by schedule. Whoever can't be told is refused, and nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.models import AppUser, Subscription
from outcomes.models.subscription import SCHEDULES
from outcomes.services.subscription_rules import list_subjects, next_day, why_not
from outcomes.store import subscriptions

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime

REFUSALS = {
    "left": Sentence("%(name)s has left and can't be told. Choose somebody who works here now."),
    "not_manager": Sentence("%(name)s can't open that page, because only managers can. Choose a manager."),
    "no_address": Sentence("%(name)s has no e-mail address here. Let an administrator write it down first."),
}


def add_subscription(
    runtime: Runtime, actor: Actor, *, user_id: UUID | None, subject: str, schedule: str
) -> Subscription:
    """Subscribe ``user_id`` (the actor themself or a named colleague); one that there is gets the new schedule.

    Raises ``AnswerError`` with every fault, each with its field.
    """
    with runtime.database.transaction(actor.scope) as session:
        faults = []
        user = subscriptions.find_user(session, user_id=user_id) if user_id else None
        refusal = _refusal(user, runtime.today())
        if refusal is not None:
            faults.append(Fault("user", refusal))
        if subject not in list_subjects(session):
            faults.append(Fault("subject", Sentence("Choose what the mail is to be about.")))
        if schedule not in SCHEDULES:
            faults.append(Fault("schedule", Sentence("Choose how often.")))
        if faults or user is None:
            raise AnswerError(Sentence("Nobody was subscribed."), faults)
        stored = _store(session, actor, user, subject)
        stored.schedule, stored.next_on = schedule, next_day(schedule, runtime.today())
        stored.ended_reason = None
        session.commit()
        return stored


def _refusal(user: AppUser | None, today: date) -> Sentence | None:
    if user is None:
        return Sentence("Choose who is to be told.")
    word = why_not(user, today)
    return Sentence(REFUSALS[word].message, name=user.name) if word else None


def _store(session: Session, actor: Actor, user: AppUser, subject: str) -> Subscription:
    found = subscriptions.find_of_user(session, user_id=user.id, subject=subject)
    if found is not None:
        found.added_by = actor.name
        return found
    made = Subscription(
        id=uuid4(), organisation_id=actor.organisation_id, user_id=user.id, subject=subject, schedule=SCHEDULES[0],
        added_by=actor.name,
    )  # fmt: skip
    session.add(made)
    return made
