"""Staff sign in by a link, and stay signed in by a session that the server can end at any moment."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.errors import LinkError, NotFoundError, Sentence
from outcomes.services.runtime import Actor, Runtime
from outcomes.store import links, organisations
from outcomes.store.database import Scope
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.models import AppUser

LINK_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=10)
"""A working day; a session isn't prolonged."""


def issue_sign_in_link(
    runtime: Runtime,
    *,
    organisation_slug: str,
    email: str,
    lifetime: timedelta = LINK_LIFETIME,
    reusable: bool = False,
) -> str:
    """A token to sign in with. Raises ``NotFoundError`` for an unknown organisation or member of staff."""
    with runtime.database.transaction(Scope(slug=organisation_slug)) as session:
        organisation = organisations.find_organisation(session, slug=organisation_slug)
    if organisation is None:
        raise NotFoundError(Sentence("There is no organisation called %(name)s.", name=organisation_slug))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with runtime.database.transaction(Scope(organisation.id, actor="command:sign-in-link")) as session:
        user = organisations.find_user(session, email=email)
        if user is None:
            raise NotFoundError(
                Sentence("%(organisation)s has no member of staff with the address %(email)s.",
                         organisation=organisation_slug, email=email)
            )  # fmt: skip
        links.add_sign_in_link(
            session,
            organisation_id=organisation.id,
            user_id=user.id,
            token=token,
            expires_at=runtime.now() + lifetime,
            reusable=reusable,
        )
        session.commit()
    return token


def check_sign_in_link(runtime: Runtime, token: str) -> None:
    """Raises ``LinkError`` unless the token may be used. Uses nothing up: mail scanners follow links too."""
    with runtime.database.transaction(Scope(key=token_hash(token))) as session:
        if links.find_sign_in_link(session, token=token, at=runtime.now()) is None:
            raise _refused()


def sign_in(runtime: Runtime, token: str) -> str:
    """Exchange a sign-in link for a session; gives the session's token. Raises ``LinkError``."""
    with runtime.database.transaction(Scope(key=token_hash(token))) as session:
        found = links.find_sign_in_link(session, token=token, at=runtime.now())
        if found is None:
            raise _refused()
        scope = Scope(found.organisation_id, actor=f"user:{found.user_id}")
    session_token = secrets.token_urlsafe(2 * TOKEN_BYTES)
    with runtime.database.transaction(scope) as session:
        link = links.find_sign_in_link(session, token=token, at=runtime.now(), lock=True)
        if link is None or links.get_active_user(session, user_id=link.user_id, on=runtime.now()) is None:
            raise _refused()
        link.used_at = runtime.now()
        links.add_staff_session(
            session,
            organisation_id=link.organisation_id,
            user_id=link.user_id,
            token=session_token,
            expires_at=runtime.now() + SESSION_LIFETIME,
        )
        session.commit()
    return session_token


def find_actor(runtime: Runtime, session_token: str) -> Actor | None:
    """Who a session belongs to, or None where it has ended or the account has."""
    with runtime.database.transaction(Scope(key=token_hash(session_token))) as session:
        found = links.find_staff_session(session, token=session_token, at=runtime.now())
    if found is None:
        return None
    with runtime.database.transaction(Scope(found.organisation_id)) as session:
        user = links.get_active_user(session, user_id=found.user_id, on=runtime.now())
        return make_actor(user) if user else None


def sign_out(runtime: Runtime, actor: Actor, session_token: str) -> None:
    """End a session at once."""
    with runtime.database.transaction(actor.scope) as session:
        found = links.find_staff_session(session, token=session_token, at=runtime.now())
        if found is not None:
            found.ended_at = runtime.now()
            session.commit()


def make_actor(user: AppUser) -> Actor:
    """A member of staff as one who acts."""
    return Actor(user.id, user.organisation_id, user.name, user.role, user.locale, user.unit_id)


def organisation_actor(runtime: Runtime, slug: str, command: str) -> tuple[UUID, Scope]:
    """The organisation that a command on this machine works for, and the scope to do it in."""
    with runtime.database.transaction(Scope(slug=slug)) as session:
        organisation = organisations.find_organisation(session, slug=slug)
    if organisation is None:
        raise NotFoundError(Sentence("There is no organisation called %(name)s.", name=slug))
    return organisation.id, Scope(organisation.id, actor=f"command:{command}")


def _refused() -> LinkError:
    return LinkError(Sentence("This sign-in link can't be used. Ask your administrator for a new one."))
