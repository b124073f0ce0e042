"""Who is told what, when the next mail goes, and why some aren't told any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.models.subscription import SCHEDULES
from outcomes.reports.parts import LocalText
from outcomes.services.subscription_rules import REASONS, SCHEDULE_NAMES, has_address, list_subjects
from outcomes.store import subscriptions

if TYPE_CHECKING:
    from sqlalchemy import Row

    from outcomes.models import AppUser, Subscription
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """One subscription. ``next_on`` None: it has ended, and ``ended`` says why."""

    subscription_id: UUID
    name: str
    own: bool
    subject: LocalText | Sentence
    schedule: Sentence
    next_on: date | None
    last_sent_on: date | None
    added_by: str
    ended: Sentence | None


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """The subscriptions of an organisation, and what there is to choose from: people as id and name, subjects and
    schedules as stored word and name. ``mail_set_up`` False: nothing goes until somebody sets it up."""

    running: tuple[SubscriptionRow, ...]
    ended: tuple[SubscriptionRow, ...]
    people: tuple[tuple[UUID, str], ...]
    subjects: tuple[tuple[str, LocalText | Sentence], ...]
    schedules: tuple[tuple[str, Sentence], ...]
    mail_set_up: bool


def list_subscriptions(runtime: Runtime, actor: Actor) -> SubscriptionPage:
    """Everything that the page of subscriptions shows; the actor stands first among those to choose from."""
    with runtime.database.transaction(actor.scope) as session:
        subjects = list_subjects(session)
        rows = [_describe(row, subjects, actor.user_id) for row in subscriptions.list_subscriptions(session)]
        managers = [each for each in subscriptions.list_managers(session, on=runtime.today()) if has_address(each)]
    people = sorted(((each.id, each.name) for each in managers), key=lambda each: each[0] != actor.user_id)
    return SubscriptionPage(
        running=tuple(row for row in rows if row.next_on is not None),
        ended=tuple(row for row in rows if row.next_on is None),
        people=tuple(people),
        subjects=tuple(subjects.items()),
        schedules=tuple((word, SCHEDULE_NAMES[word]) for word in SCHEDULES),
        mail_set_up=runtime.settings.sends_mail,
    )


def _describe(
    row: Row[Subscription, AppUser], subjects: dict[str, LocalText | Sentence], own_id: UUID
) -> SubscriptionRow:
    subscription, user = row
    return SubscriptionRow(
        subscription_id=subscription.id,
        name=user.name,
        own=user.id == own_id,
        subject=subjects.get(subscription.subject, Sentence("An intervention that is not there any more")),
        schedule=SCHEDULE_NAMES[subscription.schedule],
        next_on=subscription.next_on,
        last_sent_on=subscription.last_sent_on,
        added_by=subscription.added_by,
        ended=REASONS.get(subscription.ended_reason or "") if subscription.next_on is None else None,
    )
