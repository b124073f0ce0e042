"""A short code that opens one respondent's questions on a shared tablet: for a day, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import Sentence, UnavailableError
from outcomes.models.record import ASKING
from outcomes.services.give_link import add_link
from outcomes.services.open_asking import Respondent, find_asked
from outcomes.services.submit_response import constraint_name
from outcomes.store import asking
from outcomes.store.organisations import get_organisation
from outcomes.vault import TOKEN_BYTES

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime
    from outcomes.vault import Vault

ALPHABET = "CDFGHJKLMNPQRTVWXY34679"
"""No letter or digit that is taken for another one, and no vowels, so that no code is a word."""
LENGTH = 6
LIFETIME = timedelta(days=1)
TRIES = 5


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code to say or write down, whom it is for, and until when it works. It is shown once and stored as a hash.

    ``slug``: short name of the organisation, by which a tablet that nobody has used yet can say who asks.
    """

    code: str = field(repr=False)
    who: Respondent
    expires_at: datetime
    slug: str


def give_code(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, relation_id: UUID | None = None
) -> GivenCode:
    """A new code for the citizen, or for the one of ``relation_id``; earlier ones of theirs open nothing any more.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for somebody who isn't asked about this;
    ``ConflictError`` where nobody can be asked now.
    """
    for _ in range(TRIES):
        try:
            return _try_code(runtime, actor, citizen_id, occasion_id, relation_id)
        except IntegrityError as error:  # another live link has the code
            if constraint_name(error) != "uq_personal_link_code_hash":
                raise
    raise UnavailableError(Sentence("No code could be made just now. Try again."))


def _try_code(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, relation_id: UUID | None
) -> GivenCode:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, ASKING)
        who = asked.respondent(relation_id)
        asked.require_askable()
        asking.end_codes(session, occasion_id=occasion_id, respondent_kind=who.kind, relation_id=relation_id)
        link = add_link(session, asked, who, secrets.token_urlsafe(TOKEN_BYTES))
        link.code_hash, link.code_expires_at = code_hash(runtime.vault, code), runtime.now() + LIFETIME
        slug = get_organisation(session, organisation_id=actor.organisation_id).slug
        session.commit()
        return GivenCode(code, who, link.code_expires_at, slug)


def normal_code(text: str) -> str:
    """A code as it was given, however it was typed; empty where it can't be one."""
    code = "".join(letter for letter in text.upper() if letter not in " \t-\u00a0\u2010\u2011\u2013.")
    return code if len(code) == LENGTH and all(letter in ALPHABET for letter in code) else ""


def code_hash(vault: Vault, code: str) -> bytes:
    """What a code is stored as and found by."""
    return vault.lookup_hash(code, kind="tablet_code")
