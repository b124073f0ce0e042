"""What a citizen meets behind a link: who asks, the questions, the answers so far; and keeping what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog

from outcomes.errors import AnswerChangedError, AnswerError, ConflictError, Fault, Sentence
from outcomes.instruments import (
    Instrument,
    answer_faults,
    from_json,
    restore_instrument,
    to_json,
    visible_items,
)
from outcomes.instruments.answers import Answer, Answers
from outcomes.instruments.wording import text as wording
from outcomes.services.compare_answers import changed_since, digest_answer, digest_answers
from outcomes.services.open_link import OpenLink, Ticket, use_link
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.services.raise_signals import find_risks
from outcomes.store import answering, instruments
from outcomes.store.database import again_after_deadlock
from outcomes.vault import Vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments.model import Item
    from outcomes.services.runtime import Runtime

TRIES = 5
"""How often what another tab changed meanwhile is looked at again before somebody is asked to press once more."""

log = structlog.get_logger("outcomes.services")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a citizen can call or write."""

    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who can see the answers."""

    name: str
    role: str | None = None


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
    def locale(self) -> str:
        """The language of whoever answers."""
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

    def intro(self, wording_locale: str) -> str:
        """What to keep in mind while answering, in the reader's wording; empty where the questionnaire says nothing."""
        return wording(self.instrument.intro, wording_locale)

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


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer led to: everything kept now, and whether this browser gave one that somebody looks at at once."""

    instrument: Instrument
    answers: Mapping[str, Answer] = field(repr=False)
    risk: bool

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions shown now."""
        return visible_items(self.instrument, self.answers)


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


def save_answer(
    runtime: Runtime, ticket: Ticket, *, item_id: str, value: Answer, seen: str | None = None
) -> Kept:  # fmt: skip
    """Keep one answer (``None``: skipped); see :func:`save_answers`."""
    return save_answers(runtime, ticket, answers={item_id: value}, seen=None if seen is None else {item_id: seen})


@again_after_deadlock
def save_answers(
    runtime: Runtime, ticket: Ticket, *, answers: Answers, seen: Mapping[str, str] | None = None
) -> Kept:  # fmt: skip
    """Keep answers (``None``: skipped), all or none. ``seen``: by item, what the page was made from (``Visit.seen``).

    Raises ``AnswerError`` for a value that isn't an answer, ``AnswerChangedError`` where something else than the page had
    seen is kept by now, and ``ConflictError`` where nothing can be answered (any more) or a question isn't asked any more.
    """
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        for _ in range(TRIES):
            at = runtime.now()
            opened = use_link(transaction, ticket, at, lock=True)
            instrument = read_asked_instrument(runtime, ticket, opened.version_id)
            check_may_answer(opened, instrument, runtime.today())
            kept = _check_kept(runtime, ticket, opened, instrument, answers, seen)
            risks = find_risks(instrument, kept, stored_answers(opened)).led_to_by(answers)
            written = answering.keep_answers(
                transaction,
                respondent=opened.respondent,
                known=opened.draft,
                answers={item: to_json(value) for item, value in answers.items()},
                browser_hash=ticket.browser_hash,
                risks=risks.items,
                anew=risks.anew,
                at=at,
                today=runtime.today(),
            )
            if written:
                transaction.commit()
                own = answers.keys() | {item for item, by in opened.answered_by.items() if by == ticket.browser_hash}
                return Kept(instrument, kept, not own.isdisjoint(risks.items))
    raise ConflictError(Sentence("Something was changed in another window just now. Press once more."))


def _check_kept(
    runtime: Runtime, ticket: Ticket, opened: OpenLink, instrument: Instrument, answers: Answers,
    seen: Mapping[str, str] | None,
) -> dict[str, Answer]:  # fmt: skip
    """Everything that is kept once ``answers`` are, where they may be."""
    if faults := answer_faults(instrument, answers):
        raise AnswerError(Sentence("The answer was not saved."), faults)
    changed = [] if seen is None else changed_since(runtime, ticket, opened, answers, seen)
    if changed:
        raise AnswerChangedError(
            Sentence("Some of this was answered in another window meanwhile. Nothing was overwritten."),
            tuple(Fault(item, Sentence("This was answered in another window meanwhile.")) for item in changed),
        )
    kept = {**stored_answers(opened), **answers}
    shown = {item.id for item in visible_items(instrument, kept)}
    if answers and not shown.intersection(answers):
        raise ConflictError(Sentence("This question is not asked any more, because an answer before it was changed."))
    return kept


def stored_answers(opened: OpenLink) -> dict[str, Answer]:
    """What is kept so far of the answers behind a link."""
    return {item: from_json(value) for item, value in (opened.draft or {}).items()}


def check_not_sent(opened: OpenLink) -> None:
    """Raises ``ConflictError`` where the answers were sent already."""
    if opened.response_id is not None:
        raise ConflictError(Sentence("You have already sent your answers to these questions. They stand as they are."))


def check_may_answer(opened: OpenLink, instrument: Instrument, today: date) -> None:
    """Raises ``ConflictError`` where the answers were sent already, the time hasn't come yet, or an answer could call for
    help that nobody has arranged."""
    check_not_sent(opened)
    if is_unguarded(opened, instrument):
        raise ConflictError(Sentence("The questions are not ready yet"))
    if today < opened.opens_on:
        raise ConflictError(
            Sentence("The questions can be answered from %(day)s. Come back then.", day=opened.opens_on)
        )


def is_unguarded(opened: OpenLink, instrument: Instrument) -> bool:
    """Whether an answer could call for help that nobody has arranged: then nothing is asked."""
    return instrument.has_risk_items and not opened.has_protocol


def read_asked_instrument(runtime: Runtime, ticket: Ticket, version_id: UUID) -> Instrument:
    """The questionnaire that a link asks, read once per process: its definition can't change."""
    cached = _PARSED.get(version_id)
    if cached is not None:
        return cached
    with runtime.database.transaction(ticket.scope) as session:
        return read_stored_instrument(session, version_id)


def read_stored_instrument(session: Session, version_id: UUID) -> Instrument:
    """The same in a transaction that is open."""
    cached = _PARSED.get(version_id)
    if cached is None:
        cached = _PARSED[version_id] = restore_instrument(
            instruments.get_version(session, version_id=version_id).definition
        )
    return cached


_PARSED: dict[UUID, Instrument] = {}


def known_instrument(version_id: UUID | None) -> Instrument | None:
    """An instrument that this process has read already, or None."""
    return _PARSED.get(version_id) if version_id is not None else None


def read_contact(stored: Mapping[str, Any]) -> Contact | None:
    """The contact that an organisation gave, or None."""
    return Contact(stored["name"], stored.get("phone"), stored.get("email")) if stored.get("name") else None
