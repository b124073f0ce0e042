"""Unsubscribe: nothing more is sent, and the page says that it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.store import subscriptions

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime


def end_subscription(runtime: Runtime, actor: Actor, subscription_id: UUID) -> None:
    """End a subscription of the actor's organisation; one that has ended stays as it is.

    Raises ``NotFoundError`` where there is none.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = subscriptions.find_subscription(session, subscription_id=subscription_id, lock=True)
        if found is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        if found.next_on is not None:
            found.next_on, found.ended_reason = None, "unsubscribed"
            session.commit()
