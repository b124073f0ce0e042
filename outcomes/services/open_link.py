"""A citizen's way in: make a personal link, and exchange its token for a ticket. Reading a link changes no row."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import DeclinedError, LinkError, Sentence
from outcomes.language import TIMEZONE
from outcomes.store import answering, links
from outcomes.store.database import Scope
from outcomes.store.episodes import get_occasion
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Statements

DAYS_AFTER_CLOSING = 14
"""A link still opens this long after the occasion closes: an answer in those days is taken, and marked late."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser keeps (signed) instead of the token: which link of which organisation, and a key of its own.

    The key tells this browser from others that open the same link: each sees only the answers that it gave itself.
    Without a key it sees none. ``version_id``: the questionnaire that the link asks, where the browser knows it already;
    whoever writes answers makes sure of it.
    """

    organisation_id: UUID
    link_id: UUID
    browser_key: str = field(default="", repr=False)
    version_id: UUID | None = None

    @property
    def scope(self) -> Scope:
        """The organisation of the link; the audit names the link, not a person."""
        return Scope(self.organisation_id, actor=f"link:{self.link_id}")

    @property
    def browser_hash(self) -> str:
        """What is stored beside an answer to know its browser by; empty for a browser without a key."""
        return token_hash(self.browser_key).hex() if self.browser_key else ""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A live link inside a transaction: its occasion, whoever answers, and what they have answered so far.

    ``draft`` and ``answered_by`` are as they are stored; ``draft`` is None where nothing is kept, and ``locale`` where
    whoever answers has chosen no language.
    """

    organisation_id: UUID
    occasion_id: UUID
    respondent_kind: str
    relation_id: UUID | None
    episode_id: UUID
    citizen_id: UUID
    version_id: UUID
    opens_on: date
    planned_on: date
    due_on: date
    closes_on: date
    state: str
    locale: str | None
    birth_year: int | None
    organisation_name: str
    contact: Mapping[str, Any]
    draft: Mapping[str, Any] | None = field(repr=False)
    answered_by: Mapping[str, str] = field(repr=False)
    response_id: UUID | None
    answered_at: datetime | None
    late: bool
    has_protocol: bool

    @property
    def respondent(self) -> dict[str, Any]:
        """Who answers what, as the statements name it."""
        return {
            "organisation": self.organisation_id,
            "occasion": self.occasion_id,
            "respondent_kind": self.respondent_kind,
            "relation": self.relation_id,
        }


def open_from_row(
    row: Any, organisation_id: UUID, occasion_id: UUID, *, respondent_kind: str, relation_id: UUID | None
) -> OpenLink:
    """What a row of the store says of an occasion and of whoever answers."""
    return OpenLink(
        organisation_id=organisation_id,
        occasion_id=occasion_id,
        respondent_kind=respondent_kind,
        relation_id=relation_id,
        episode_id=row.episode_id,
        citizen_id=row.citizen_id,
        version_id=row.instrument_version_id,
        opens_on=row.opens_on,
        planned_on=row.planned_on,
        due_on=row.due_on,
        closes_on=row.closes_on,
        state=row.state,
        locale=row.locale,
        birth_year=row.birth_year,
        organisation_name=row.organisation_name,
        contact=row.contact,
        draft=row.answers,
        answered_by=row.answered_by or {},
        response_id=row.response_id,
        answered_at=row.answered_at,
        late=bool(row.late),
        has_protocol=row.has_protocol,
    )


def use_link(statements: Statements, ticket: Ticket, at: datetime, *, lock: bool = False) -> OpenLink:
    """What a ticket still opens; ``lock``: nobody else keeps or sends answers until this transaction ends.

    Raises ``LinkError`` where the link was revoked or expired since, the relation has ended, or the citizen doesn't want
    to be asked, this time or at all.
    """
    row = answering.find_open_link(
        statements,
        organisation_id=ticket.organisation_id,
        link_id=ticket.link_id,
        at=at,
        today=at.astimezone(TIMEZONE).date(),
        lock=lock,
    )
    if row is None:
        raise _closed(statements, ticket, at)
    return open_from_row(
        row, ticket.organisation_id, row.occasion_id, respondent_kind=row.respondent_kind, relation_id=row.relation_id
    )


def _closed(statements: Statements, ticket: Ticket, at: datetime) -> LinkError:
    """Why a ticket opens nothing: that its own citizen said no thanks, else the one answer for everything."""
    row = answering.find_declined(statements, organisation_id=ticket.organisation_id, link_id=ticket.link_id, at=at)
    if row is None:
        return link_refused()
    return DeclinedError(Sentence("You have said no thanks to these questions"), row.organisation_name, row.contact)


def make_browser_key() -> str:
    """A new key for a browser, that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_refused() -> LinkError:
    """The one answer for a link that is unknown, expired, revoked or damaged, or asks what was declined."""
    return LinkError(Sentence("This link does not open anything. Ask the one who sent it for a new one."))


def issue_link(
    runtime: Runtime, scope: Scope, *, occasion_id: UUID, respondent_kind: str = "citizen",
    relation_id: UUID | None = None,
) -> str:  # fmt: skip
    """A new token for an occasion; only its hash is stored. ``relation_id``: whose link it is beside the citizen's."""
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
            relation_id=relation_id,
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
