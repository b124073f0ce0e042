"""What the mail of a subscription says: which page has new figures and where it is. Never a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.services.subscription_rules import OVERVIEW, list_subjects, subject_path
from outcomes.store import subscriptions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Message, Subscription
    from outcomes.services.runtime import Runtime


def find_running(session: Session, message: Message) -> Subscription | None:
    """The subscription that a message is of (its cause is ``subscription:<id>:<day>``); None where it has ended."""
    found = subscriptions.find_subscription(session, subscription_id=UUID(message.cause.split(":")[1]))
    return found if found is not None and found.next_on is not None else None


def subscription_words(runtime: Runtime, session: Session, message: Message) -> dict[str, object]:
    """The variables of the mail's template."""
    found = subscriptions.find_subscription(session, subscription_id=UUID(message.cause.split(":")[1]))
    subject = found.subject if found else OVERVIEW
    base = runtime.settings.base_url
    return {
        "intervention": None if subject == OVERVIEW else list_subjects(session).get(subject),
        "added_by": found.added_by if found else "",
        "url": f"{base}{subject_path(subject)}",
        "stop_url": f"{base}/abonnementer",
    }
