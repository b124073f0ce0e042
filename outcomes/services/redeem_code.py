"""Somebody types a short code on a shared tablet: it opens their questions there, and nothing a second time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.services.give_code import code_hash, normal_code
from outcomes.services.limit_attempts import give_back_attempt, spend_attempt
from outcomes.services.open_link import Ticket, make_browser_key
from outcomes.store import asking
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime

KIND, EVERYWHERE = "tablet-code", "everywhere"
PLACE_LIMIT, PLACE_WINDOW = 30, timedelta(minutes=10)
ALL_LIMIT, ALL_WINDOW = 1000, timedelta(hours=1)
"""With a hundred codes in use, a thousand guesses find one of them with a chance of less than 1 to 1,000."""


def redeem_code(runtime: Runtime, text: str, *, place: str) -> Ticket:
    """The ticket of the link that a code stands for, as a new browser; the code is used up.

    ``place``: where it is typed (a network address), for counting the codes that open nothing; a whole waiting room may
    be one place. Raises ``AnswerError``, the same for a code that is unknown, used, expired or no code at all, and
    ``TooManyAttemptsError``.
    """
    spend_attempt(runtime, KIND, place, limit=PLACE_LIMIT, window=PLACE_WINDOW)
    spend_attempt(runtime, KIND, EVERYWHERE, limit=ALL_LIMIT, window=ALL_WINDOW)
    hashed, at = code_hash(runtime.vault, normal_code(text)), runtime.now()
    with runtime.database.transaction(Scope(key=hashed)) as session:
        link = asking.find_by_code(session, code_hash=hashed, at=at)
    if link is None:
        raise _refused()
    ticket = Ticket(link.organisation_id, link.id, make_browser_key())
    with runtime.database.transaction(ticket.scope) as session:
        if not asking.spend_code(session, link_id=link.id, code_hash=hashed):
            raise _refused()
        session.commit()
    for subject in (place, EVERYWHERE):
        give_back_attempt(runtime, KIND, subject)
    return ticket


def _refused() -> AnswerError:
    sentence = Sentence("This code doesn't open anything. Check each letter and digit, or ask for a new code.")
    return AnswerError(sentence, [Fault("code", sentence)])
