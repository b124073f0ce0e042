"""What a citizen meets behind a link: who asks, the questions, and the answers so far. Reading changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog

from outcomes.instruments import Instrument, from_json, visible_items
from outcomes.instruments.answers import Answer
from outcomes.services.compare_answers import digest_answer, digest_answers
from outcomes.services.open_link import OpenLink, Ticket, use_link
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.services.read_contact import Contact, read_contact
from outcomes.services.recall_instrument import read_asked_instrument
from outcomes.vault import Vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from outcomes.instruments.model import Item
    from outcomes.services.runtime import Runtime

log = structlog.get_logger("outcomes.services")


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that the pages behind one link need; nothing that tells who the citizen is.

    ``answers`` are those that this browser gave; of those given in another one, only which questions they are to
    (``answered_elsewhere``). ``kept`` are all of them: they decide what is asked next, and are never shown.
    """

    ticket: Ticket
    opened: OpenLink = field(repr=False)
    instrument: Instrument
    today: date
    answers: Mapping[str, Answer]
    answered_elsewhere: frozenset[str]
    kept: Mapping[str, Answer] = field(repr=False)
    vault: Vault = field(repr=False)

    @property
    def organisation_name(self) -> str:
        """Who asks."""
        return self.opened.organisation_name

    @property
    def contact(self) -> Contact | None:
        """Whom to call or write."""
        return read_contact(self.opened.contact)

    @property
    def locale(self) -> str | None:
        """The language that whoever answers has chosen, or None."""
        return self.opened.locale

    @property
    def opens_on(self) -> date:
        """The first day one can answer."""
        return self.opened.opens_on

    @property
    def closes_on(self) -> date:
        """The last day that isn't late."""
        return self.opened.closes_on

    @property
    def response_id(self) -> UUID | None:
        """What was sent."""
        return self.opened.response_id

    @property
    def answered_at(self) -> datetime | None:
        """When it was sent."""
        return self.opened.answered_at

    @property
    def age_at_most(self) -> int | None:
        """How old whoever answers can be, where it is the citizen and their year of birth is known."""
        year = self.opened.birth_year if self.opened.respondent_kind == "citizen" else None
        return None if year is None else self.today.year - year

    @property
    def status(self) -> OccasionStatus:
        """Where the occasion stands today."""
        opened = self.opened
        return occasion_status(
            state=opened.state,
            opens_on=opened.opens_on,
            planned_on=opened.planned_on,
            due_on=opened.due_on,
            closes_on=opened.closes_on,
            today=self.today,
            answered=opened.response_id is not None,
            late=opened.late,
            begun=opened.draft is not None,
        )

    @property
    def unguarded(self) -> bool:
        """Whether an answer could call for help that nobody has arranged: then nothing is asked."""
        return is_unguarded(self.opened, self.instrument)

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions shown, given the answers so far."""
        return visible_items(self.instrument, self.kept)

    def items_given(self, answers: Mapping[str, Any]) -> tuple[Item, ...]:
        """The questions shown, given other answers."""
        return visible_items(self.instrument, answers)

    @property
    def digest(self) -> str:
        """A name for the answers that a review of them stands for."""
        return digest_answers(self.vault, self.opened, self.kept)

    def seen(self, item_id: str) -> str:
        """A name for what is kept of one answer, or for nothing: a page carries it to show what it was made from."""
        return digest_answer(self.vault, self.opened, item_id, self.kept.get(item_id))


def read_visit(runtime: Runtime, ticket: Ticket) -> Visit:
    """What the pages behind a link show. Writes nothing."""
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        opened = use_link(transaction, ticket, runtime.now())
        transaction.finish()
    instrument = read_asked_instrument(runtime, ticket, opened.version_id)
    kept = stored_answers(opened)
    here = ticket.browser_hash
    own = {item: value for item, value in kept.items() if here and opened.answered_by.get(item) == here}
    visit = Visit(
        ticket=ticket,
        opened=opened,
        instrument=instrument,
        today=runtime.today(),
        answers=own,
        answered_elsewhere=frozenset(kept.keys() - own.keys()),
        kept=kept,
        vault=runtime.vault,
    )
    if visit.unguarded:
        log.error("risk questions without protocol", instrument=instrument.key, version=instrument.version)
    return visit


def stored_answers(opened: OpenLink) -> dict[str, Answer]:
    """What is kept so far of the answers behind a link."""
    return {item: from_json(value) for item, value in (opened.draft or {}).items()}


def is_unguarded(opened: OpenLink, instrument: Instrument) -> bool:
    """Whether an answer could call for help that nobody has arranged: then nothing is asked."""
    return instrument.has_risk_items and not opened.has_protocol
