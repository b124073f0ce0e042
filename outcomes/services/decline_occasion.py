"""Somebody doesn't want to answer this time. It has no consequence, and nobody asks why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.services.open_link import use_link
from outcomes.services.save_answers import check_not_sent
from outcomes.store import answering

if TYPE_CHECKING:
    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime


def decline_occasion(runtime: Runtime, ticket: Ticket) -> None:
    """The citizen's own link: the occasion is declined, for everybody who is asked on it. A relation's: only they are not
    asked any more, and the citizen still is.

    Raises ``ConflictError`` where the answers were sent already, ``LinkError`` where the link opens nothing (any more).
    """
    at = runtime.now()
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        opened = use_link(transaction, ticket, at, lock=True)
        check_not_sent(opened)
        if opened.relation_id is None and opened.respondent_kind == "citizen":
            answering.decline_occasion(
                transaction, organisation_id=opened.organisation_id, occasion_id=opened.occasion_id
            )
        else:
            answering.revoke_links(transaction, respondent=opened.respondent, at=at)
        transaction.commit()
