"""A citizen signed in to their own page: a session that the server can end at any moment, and that ends by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import OwnPageClosedError, Sentence
from outcomes.store import citizens, organisations, own_sign_in
from outcomes.store.database import Scope
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.services.runtime import Runtime

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=2)
PROLONG_AFTER = timedelta(minutes=5)
"""A session is prolonged at most this often: reading writes little."""


@dataclass(frozen=True, slots=True)
class SignedInCitizen:
    """Whoever is signed in to their own page, in one organisation."""

    organisation_id: UUID
    citizen_id: UUID
    token: str = field(repr=False)

    @property
    def scope(self) -> Scope:
        """The citizen's organisation; the audit names them by id."""
        return citizen_scope(self.organisation_id, self.citizen_id)


def citizen_scope(organisation_id: UUID, citizen_id: UUID) -> Scope:
    """The scope in which a citizen acts for themselves."""
    return Scope(organisation_id, actor=f"citizen:{citizen_id}")


def begin_session(runtime: Runtime, organisation_id: UUID, citizen_id: UUID, *, method: str) -> str:
    """A new session of a citizen who has shown who they are; gives its token."""
    with runtime.database.transaction(citizen_scope(organisation_id, citizen_id)) as session:
        token = secrets.token_urlsafe(2 * TOKEN_BYTES)
        at = runtime.now()
        own_sign_in.add_session(
            session, organisation_id=organisation_id, citizen_id=citizen_id, token=token, method=method, at=at,
            expires_at=at + IDLE,
        )  # fmt: skip
        session.commit()
        return token


def find_signed_in(runtime: Runtime, token: str) -> SignedInCitizen | None:
    """Whose session it is, or None where it has ended. Using a session prolongs it, up to two hours in all."""
    at = runtime.now()
    with runtime.database.transaction(Scope(key=token_hash(token))) as session:
        found = own_sign_in.find_session(session, token=token, at=at)
    if found is None:
        return None
    citizen = SignedInCitizen(found.organisation_id, found.citizen_id, token)
    until = min(at + IDLE, found.created_at + LONGEST)
    if until - found.expires_at >= PROLONG_AFTER:
        with runtime.database.transaction(citizen.scope) as session:
            live = own_sign_in.find_session(session, token=token, at=at)
            if live is None:  # it was ended in this very moment
                return None
            live.expires_at = until
            session.commit()
    return citizen


def read_own_language(runtime: Runtime, token: str) -> str | None:
    """The language that whoever has this session has chosen; None where they have chosen none, or the session has ended."""
    found = find_signed_in(runtime, token)
    if found is None:
        return None
    with runtime.database.transaction(found.scope) as session:
        citizen = citizens.get_citizen(session, citizen_id=found.citizen_id)
        return citizen.locale if citizen is not None else None


def sign_out_citizen(runtime: Runtime, tokens: Iterable[str]) -> None:
    """End the sessions of one browser at once."""
    for token in tokens:
        found = find_signed_in(runtime, token)
        if found is None:
            continue
        with runtime.database.transaction(found.scope) as session:
            live = own_sign_in.find_session(session, token=token, at=runtime.now())
            if live is not None:
                live.ended_at = runtime.now()
                session.commit()


def sign_out_everywhere(runtime: Runtime, citizen: SignedInCitizen) -> None:
    """End every session of the citizen in this organisation, also those of other browsers."""
    with runtime.database.transaction(citizen.scope) as session:
        own_sign_in.end_sessions(session, citizen_id=citizen.citizen_id, at=runtime.now())
        session.commit()


def list_own_organisations(runtime: Runtime, tokens: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Where the sessions of one browser lead: each token that still works, with its organisation's name, by name."""
    found = []
    for token in tokens:
        citizen = find_signed_in(runtime, token)
        if citizen is not None:
            with runtime.database.transaction(citizen.scope) as session:
                organisation = organisations.get_organisation(session, organisation_id=citizen.organisation_id)
                found.append((token, organisation.name))
    return tuple(sorted(found, key=lambda pair: pair[1]))


def own_page_closed() -> OwnPageClosedError:
    """Nobody is signed in here, or not any more."""
    return OwnPageClosedError(Sentence("Sign in to see your own page."))
