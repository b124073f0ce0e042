"""A citizen's way in: make a personal link, and exchange its token for a ticket. Reading a link changes no row."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import LinkError, Sentence
from outcomes.language import TIMEZONE
from outcomes.store import links
from outcomes.store.database import Scope
from outcomes.store.episodes import get_occasion
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime

DAYS_AFTER_CLOSING = 14
"""A link still opens this long after the occasion closes: an answer in those days is taken, and marked late."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser keeps (signed) instead of the token: which link of which organisation, and a key of its own.

    The key tells this browser from others that open the same link: each sees only the answers that it gave itself.
    Without a key it sees none.
    """

    organisation_id: UUID
    link_id: UUID
    browser_key: str = field(default="", repr=False)

    @property
    def scope(self) -> Scope:
        """The organisation of the link; the audit names the link, not a person."""
        return Scope(self.organisation_id, actor=f"link:{self.link_id}")

    @property
    def browser_hash(self) -> str:
        """What is stored beside an answer to know its browser by; empty for a browser without a key."""
        return token_hash(self.browser_key).hex() if self.browser_key else ""


def make_browser_key() -> str:
    """A new key for a browser, that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_refused() -> LinkError:
    """The one answer for a link that is unknown, expired, revoked or damaged, or asks what was declined."""
    return LinkError(Sentence("This link does not open anything. Ask the one who sent it for a new one."))


def issue_link(runtime: Runtime, scope: Scope, *, occasion_id: UUID, respondent_kind: str = "citizen") -> str:
    """A new token for an occasion; only its hash is stored."""
    if scope.organisation_id is None:
        raise ValueError("a link belongs to an organisation")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with runtime.database.transaction(scope) as session:
        occasion = get_occasion(session, occasion_id=occasion_id)
        last_day = datetime.combine(occasion.closes_on + timedelta(days=DAYS_AFTER_CLOSING), time.max, TIMEZONE)
        links.add_personal_link(
            session,
            organisation_id=scope.organisation_id,
            occasion_id=occasion_id,
            token=token,
            respondent_kind=respondent_kind,
            expires_at=last_day.astimezone(UTC),
        )
        session.commit()
    return token


def open_link(runtime: Runtime, token: str) -> Ticket:
    """What a live token stands for, as a new browser. Raises ``LinkError``, the same for every other token."""
    with runtime.database.transaction(Scope(key=token_hash(token))) as session:
        link = links.find_personal_link(session, token=token, at=runtime.now())
        if link is None:
            raise link_refused()
        return Ticket(link.organisation_id, link.id, make_browser_key())
