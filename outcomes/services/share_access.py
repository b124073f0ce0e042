"""A citizen lets one more worker read their page for a time, by a code that they hand over; and ends it at once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, NotFoundError, Sentence
from outcomes.services.limit_attempts import spend_attempt
from outcomes.store import own_page

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen
    from outcomes.vault import Vault

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like another: 0 and O, 1, I and L."""
LENGTH = 8
CODE_LIFETIME = timedelta(days=7)
LONGEST_DAYS = 90
TRIES_AN_HOUR = 10


def share_access(runtime: Runtime, citizen: SignedInCitizen, *, days: int | None) -> str:
    """A code of eight characters that lets one worker of the same organisation read for ``days``. Shown once.

    Raises ``AnswerError`` for days that aren't 1 to 90.
    """
    if days is None or not 1 <= days <= LONGEST_DAYS:
        wrong = Sentence("Write a number of days from 1 to %(most)s.", most=LONGEST_DAYS)
        raise AnswerError(Sentence("Nothing was shared."), [Fault("days", wrong)])
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    with runtime.database.transaction(citizen.scope) as session:
        own_page.add_share(
            session,
            organisation_id=citizen.organisation_id,
            citizen_id=citizen.citizen_id,
            code_hash=share_code_hash(runtime.vault, code),
            code_expires_at=runtime.now() + CODE_LIFETIME,
            days=days,
        )
        session.commit()
    return code


def stop_sharing(runtime: Runtime, citizen: SignedInCitizen, share_id: UUID) -> None:
    """End a share: the very next request of whoever read by it is refused. Raises ``NotFoundError`` for another's."""
    with runtime.database.transaction(citizen.scope) as session:
        share = own_page.get_share(session, share_id=share_id, citizen_id=citizen.citizen_id)
        if share is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        own_page.end_share(share, at=runtime.now())
        session.commit()


def redeem_share(runtime: Runtime, actor: Actor, code: str) -> UUID:
    """Use a citizen's code: the worker may read from now on, for the days that the citizen said. Gives the citizen's id.

    Raises ``AnswerError``, the same for a code that is unknown, used, ended, too old or another organisation's, and
    ``TooManyAttemptsError`` from the eleventh try in an hour on.
    """
    spend_attempt(runtime, "share_code", str(actor.user_id), limit=TRIES_AN_HOUR, window=timedelta(hours=1))
    with runtime.database.transaction(actor.scope) as session:
        share = own_page.lock_share(session, code_hash=share_code_hash(runtime.vault, code), at=runtime.now())
        if share is None:
            wrong = Sentence("This code does not open anything. Ask the citizen to look at it again, or for a new one.")
            raise AnswerError(Sentence("Nothing was opened."), [Fault("code", wrong)])
        share.user_id = actor.user_id
        share.until_date = runtime.today() + timedelta(days=share.days - 1)
        session.commit()
        return share.citizen_id


def share_code_hash(vault: Vault, code: str) -> bytes:
    """What is stored in a code's place. Capitals, spaces and hyphens make no difference."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return vault.lookup_hash(plain, kind="share_code")
